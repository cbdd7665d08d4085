"""Honest changes of real projects that were blocked once, each with the tampering next to it that must be."""

from __future__ import annotations

import pytest

from integrity.cache import Cache
from integrity.config.config import Config
from integrity.diff.compare import Terms
from integrity.diff.files import compare_files
from integrity.diff.looking import Looker
from integrity.registry.loader import load

REGISTRY = load()
TERMS = Terms(Config(), REGISTRY, Looker(REGISTRY, Cache(None, "")))
APP = "import sys\n\n\ndef run(kind):\n    return kind\n"


def found(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str]]:
    """Code and severity of what a change does."""
    sides = [{path: text.encode() for path, text in one.items()} for one in (before, after)]
    return [(one.code, one.severity.value) for one in compare_files(sides[0], sides[1], TERMS).findings]


def edited(before: str, after: str) -> list[tuple[str, str]]:
    """What an edit of a file of tests does."""
    return found({"tests/test_app.py": before}, {"tests/test_app.py": after})


def test_a_result_that_changes_on_the_way_may_be_held_against_what_it_was() -> None:
    """`original = limit()` and at the end `assert limit() == original`; without a change in between it always holds."""
    start = "def test_push():\n    {}with local(12):\n        {}\n    assert limit() == {}\n"
    before = start.format("", "assert limit() == 12", "DEFAULT")
    assert edited(before, start.format("original = limit()\n    ", "assert limit() == 12", "original")) == []
    tautology = "def test_push():\n    original = limit()\n    assert limit() == original\n"
    assert ("DIF006", "critical") in edited("def test_push():\n    assert limit() == 5\n", tautology)


def test_the_beginning_of_a_text_is_more_than_any_true_value() -> None:
    """Medium; mere truth is high."""
    form = "def test_run():\n    out = run()\n    assert {}\n"
    before = form.format("out == 'done in 0 seconds'")
    assert edited(before, form.format("out.startswith('done in 0')")) == [("DIF005", "medium")]
    assert edited(before, form.format("out")) == [("DIF005", "high")]


def test_a_helper_may_drop_what_a_type_checker_asked_for() -> None:
    """`assert profile is not None` in a context manager checks nothing for a test."""
    form = "@contextmanager\ndef restored():\n    profile = current()\n    {}yield profile\n"
    assert edited(form.format("assert profile is not None\n    "), form.format("")) == []


ENVIRON = "import os\nimport subprocess\n\n\ndef test_run():\n    {}done = subprocess.run(['x'{}])\n    {}"
PLAIN = "assert done.returncode == 0\n"


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (ENVIRON.format("name = os.getenv('WORKER')\n    ", ", name", f"if done.stderr:\n        {PLAIN}"), []),
        (ENVIRON.format("", "", f"if os.getenv('CI'):\n        {PLAIN}"), ["DIF011"]),
        (ENVIRON.format("ci = bool(os.getenv('CI'))\n    ", "", f"if ci:\n        {PLAIN}"), ["DIF011"]),
    ],
)
def test_a_command_that_is_told_where_to_write_is_no_condition_on_the_environment(
    after: str, expected: list[str]
) -> None:
    """Only what asks for a variable itself decides by the environment."""
    codes = [code for code, _ in edited(ENVIRON.format("", "", PLAIN), after)]
    assert [code for code in codes if code == "DIF011"] == expected


@pytest.mark.parametrize(
    ("body", "blocked"),
    [
        ("if 'pytest' in sys.modules and not kind:\n        raise ValueError(kind)\n    return kind", False),
        ("if 'pytest' in sys.modules:\n        warnings.warn('only for tests')\n    return kind", False),
        ("if 'pytest' not in sys.modules:\n        raise ValueError(kind)\n    return kind", True),
        ("if not ('pytest' in sys.modules):\n        raise ValueError(kind)\n    return kind", True),
        ("if 'pytest' in sys.modules:\n        kind = 5\n    return kind", True),
    ],
)
def test_production_code_may_refuse_more_under_tests(body: str, *, blocked: bool) -> None:
    """To raise or to warn lets no test pass that failed; to raise only elsewhere does."""
    test = {"tests/test_app.py": "def test_run():\n    assert run('a') == 'a'\n"}
    before, after = (
        {**test, "src/app.py": one} for one in (APP, f"import sys\nimport warnings\n\n\ndef run(kind):\n    {body}\n")
    )
    assert found(before, after) == ([("DIF015", "high")] if blocked else [])


def test_a_test_that_was_off_may_go() -> None:
    """Medium, because nothing is lost that ran."""
    rest = "import pytest\n\n\ndef test_run():\n    assert run('a') == 'a'\n"
    gone = "\n\n{}def test_wide():\n    assert broad(1, 2, 3).width() == 17\n"
    assert edited(rest + gone.format("@pytest.mark.xfail(reason='#12')\n"), rest) == [("DIF002", "medium")]
    assert edited(rest + gone.format(""), rest) == [("DIF002", "high")]


MANY = "".join(
    f"\n\ndef test_{word}():\n    value = made('{word}')\n    assert value.{word} == {len(word)}\n"
    for word in ("red", "green", "blue")
)
OLD = (
    "\n\ndef test_decimal():\n    model = build(Decimal)\n"
    "    assert model(v='1.1').v == Decimal('1.1')\n    assert model(v=1).v == 1\n"
)
NEW = (
    "\n\n@pytest.mark.parametrize('given', ['1.1', 1])\ndef test_{}(given):\n"
    "    adapter = TypeAdapter(Decimal)\n    assert adapter.validate_python(given) == Decimal(given)\n"
)


@pytest.mark.parametrize(
    ("added", "expected"), [(NEW.format("decimal"), "medium"), (NEW.format("of_numbers"), "medium"), ("", "high")]
)
def test_a_file_that_is_split_may_reword_its_tests(added: str, expected: str) -> None:
    """A new file that took tests of the old one along has others in place of what is gone."""
    head = "import pytest\n"
    stays = "".join(
        f"\n\ndef test_keep_{n}():\n    assert keep({n}) == {n * n}\n    assert other.keep({n}) == {n}\n"
        for n in range(9)
    )
    before = {"tests/test_types.py": head + stays + MANY + OLD}
    after = {"tests/test_types.py": head + stays, "tests/types/test_colours.py": head + MANY + added}
    assert found(before, after) == [("DIF002", expected)]


BASE = "class TestBase:\n    def test_flags(self):\n        assert made(self.kind).flags == ['a']\n"
CHILD = (
    "from tests.test_base import TestBase\n\n\nclass TestChild(TestBase):\n    kind = 1\n\n"
    "    def test_own(self):\n        assert made(1).own == 2\n{}"
)
OWN = "\n    def test_flags(self):\n        response = other(self.kind)\n        assert response.flags == ['a', 'b']\n"


def test_a_test_that_is_inherited_may_go() -> None:
    """From a class of an unchanged file; without one, it is gone."""
    before, after = ({"tests/test_child.py": CHILD.format(one)} for one in (OWN, ""))
    assert found({"tests/test_base.py": BASE, **before}, {"tests/test_base.py": BASE, **after}) == []
    other = BASE.replace("test_flags", "test_others")
    assert found({"tests/test_base.py": other, **before}, {"tests/test_base.py": other, **after}) == [
        ("DIF002", "high")
    ]


def test_tests_may_move_to_a_base_class_that_no_runner_collects() -> None:
    """As long as a collected file inherits them."""
    body = "    def test_total(self):\n        result = total([1, 2], kind=self.kind)\n        assert result == 3\n"
    before = {"tests/test_a.py": f"class TestA:\n    kind = 1\n\n{body}"}
    base = {"tests/utils/bases.py": f"class Base:\n{body}"}
    child = "from tests.utils.bases import Base\n\n\nclass TestA(Base):\n    kind = 1\n"
    assert found(before, {**base, "tests/test_a.py": child}) == []
    assert found(before, {**base, "tests/test_a.py": "x = 1\n"}) == [("DIF008", "critical")]


def test_a_warning_that_production_code_gives_no_more() -> None:
    """Medium where production code changed; critical where only the test did."""
    form = "import pytest\n\n\ndef test_close():\n    {}\n"
    before = form.format("with pytest.warns(DeprecationWarning):\n        opened().close()")
    code = [{"src/app.py": f"def opened():\n    return {one}\n"} for one in ("warned()", "made()")]
    after = form.format("opened().close()")
    assert found({**code[0], "tests/test_a.py": before}, {**code[1], "tests/test_a.py": after}) == [
        ("DIF003", "medium")
    ]
    assert edited(before, after) == [("DIF003", "critical")]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("assert run(1, x(2)) is None", "run(1, x(2))", [("DIF003", "medium")]),
        ("assert run(1) is None", "pass", [("DIF003", "critical")]),
        ("assert run(1) == []", "assert not run(1)", []),
        ("assert run(1) == wanted", "assert not run(1)", [("DIF005", "medium")]),
        ("assert run(1) is None", "assert run(1)", [("DIF005", "medium")]),
        ("assert run(1) == 5", "assert run(1)", [("DIF005", "high")]),
    ],
)
def test_another_expectation_is_not_a_weaker_one(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    """Nothing, something, and what returns nothing by its type."""
    codes = edited(f"def test_run():\n    {before}\n", f"def test_run():\n    {after}\n")
    assert [one for one in codes if one[0] in {code for code, _ in expected} or not expected] == expected


def test_a_search_that_fails_at_its_end_guards_nothing() -> None:
    """`if text in message: assert ...; return` in a loop, and a failure behind it."""
    before = "def test_log(log):\n    message = log[0]\n    assert 'a' in message\n    assert 'b' in message\n"
    loop = (
        "def test_log(log):\n    for message in log:\n        if 'a' in message:\n            assert 'b' in message\n"
    )
    done = f"{loop}            return\n    raise AssertionError('none')\n"
    assert [one for one in edited(before, done) if one[0] == "DIF011"] == []
    assert ("DIF011", "high") in edited(before.replace("'a'", "'b'"), loop.replace("'a'", "'b'"))


def test_cases_may_become_tests_of_their_own() -> None:
    """Each value stands in one of them."""
    before = (
        "import pytest\n\n\n@pytest.mark.parametrize('url', ['broken', 'chunked'])\n"
        "def test_loss(url):\n    assert get(url).lost == 1\n"
    )
    one = "def test_loss{0}():\n    assert get('/{1}').lost == 1\n"
    assert edited(before, one.format("", "broken") + "\n\n" + one.format("_too", "chunked")) == []
    assert edited(before, one.format("", "broken")) == [("DIF010", "high")]


def test_a_test_that_asserts_nothing_may_go() -> None:
    """Medium, because it could hardly fail."""
    rest = "def test_run():\n    assert run('a') == 'a'\n"
    assert edited(f"{rest}\n\ndef test_wide():\n    return broad(1, 2, 3) == 17\n", rest) == [("DIF002", "medium")]


def test_a_gate_for_a_type_checker_or_a_skipped_platform_is_none() -> None:
    """The platform was left out before, and `TYPE_CHECKING` is false where tests run."""
    form = "import sys\nimport pytest\n\n\n{}def test_share():\n    {}assert share() == 1\n"
    mark = "@pytest.mark.skipif(sys.platform != 'win32', reason='needs Windows')\n"
    gate = "if {}sys.platform != 'win32':\n        return\n    "
    assert edited(form.format(mark, ""), form.format(mark, gate.format(""))) == []
    assert edited(form.format("", ""), form.format("", gate.format("TYPE_CHECKING and "))) == []
    assert edited(form.format("", ""), form.format("", gate.format(""))) == [("DIF011", "high")]
    inside = form.format(mark, "if sys.platform == 'win32':\n        ")
    assert edited(form.format(mark, ""), inside) == []


def test_a_defect_that_moves_out_of_its_class_is_no_new_one() -> None:
    """Its line is another one, its name is not."""
    one = "def test_kept({0}):\n{1}    return made() == 1\n"
    before = "class TestAll:\n    " + one.format("self", "    ")
    assert edited(before, "import pytest\n\n\n" + one.format("", "")) == []


def test_a_file_that_is_rewritten_elsewhere_under_a_like_name() -> None:
    """Medium where the new one checks about as much; critical where it checks next to nothing."""
    gone = "def test_all():\n" + "".join(f"    assert worked({n}) == {n * n}\n" for n in range(6))
    new = "def test_fallback(worker):\n    assert worker.fell_back\n    assert worker.log('x') == ['y']\n{}"
    before = {"t/integration/test_rabbitmq_default_queue_fallback.py": gone, "tests/__init__.py": ""}
    path = "t/smoke/tests/test_default_queue.py"
    more = "    assert worker.queue == 'celery'\n"
    assert found(before, {path: new.format(more), "tests/__init__.py": ""}) == [("DIF001", "medium")]
    assert found(before, {path: new.format(""), "tests/__init__.py": ""}) == [("DIF001", "critical")]
    assert found(before, {"tests/test_other.py": new.format(more), "tests/__init__.py": ""}) == [("DIF001", "critical")]


def test_examples_may_go() -> None:
    """Their tests show how something is used; medium."""
    one = "def test_price():\n    assert price(5) == 4\n"
    assert found({"lib/examples/test_basic.py": one}, {}) == [("DIF001", "medium")]
    assert found({"lib/tests/test_basic.py": one}, {}) == [("DIF001", "critical")]


def test_cases_may_become_the_parameters_of_a_fixture() -> None:
    """Every test that takes it runs on all of them."""
    before = (
        "import pytest\n\n\n@pytest.mark.parametrize('on', [True, False])\ndef test_a(on):\n    assert f(on) == 1\n"
    )
    fixture = "import pytest\n\n\n@pytest.fixture(params=[True, False])\ndef on(request):\n    return request.param\n"
    assert edited(before, f"{fixture}\n\ndef test_a(on):\n    assert f(on) == 1\n") == []
