"""What becomes of tests and oracles in a change, and the laws that every comparison keeps."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.cache import Cache
from integrity.changes.model import Fate
from integrity.config.config import Config
from integrity.diff.compare import Comparison, Terms, compare_texts
from integrity.diff.files import compare_files
from integrity.diff.looking import Looker
from integrity.model import ChangeFinding
from integrity.registry.loader import load
from tests.support.changes.refactors import REFACTORS
from tests.support.changes.shop import PROJECT, Case
from tests.support.changes.tamperings import TAMPERINGS

REGISTRY = load()
TERMS = Terms(Config(), REGISTRY, Looker(REGISTRY, Cache(None, "")))
CASES = (*TAMPERINGS, *REFACTORS)
ENCODED = {path: text.encode() for path, text in PROJECT.items()}
TEST = "def test_total():\n    assert total([1, 2]) == 3\n"


def edit(before: str | bytes | None, after: str | bytes | None, path: str = "tests/test_cart.py") -> Comparison:
    """An edit of one file."""
    old, new = (one.encode() if isinstance(one, str) else one for one in (before, after))
    return compare_texts(path, old, new, TERMS)


def codes(found: Comparison) -> list[str]:
    """The codes of the findings."""
    return [one.code for one in found.findings]


def files(case: Case, *, back: bool = False) -> Comparison:
    """The comparison of a case, or of its reverse."""
    old, new = ({path: text.encode() for path, text in one.items()} for one in (case.before, case.after))
    return compare_files(new, old, TERMS) if back else compare_files(old, new, TERMS)


def test_an_edit_of_one_file_is_judged_by_itself() -> None:
    """Before and after as bytes, None where there is no file."""
    (finding,) = edit(TEST, "def test_total():\n    total([1, 2])\n").findings
    assert isinstance(finding, ChangeFinding)
    assert (finding.code, finding.before, finding.symbol) == ("DIF003", "assert total([1, 2]) == 3", "test_total")
    assert codes(edit(TEST, None)) == ["DIF001"]
    assert codes(edit(None, TEST)) == []
    assert codes(edit(TEST, TEST)) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_happens_to_what_stays_the_same(case: Case) -> None:
    """Whatever the files are."""
    after = {path: text.encode() for path, text in case.after.items()}
    found = compare_files(after, after, TERMS)
    assert (found.findings, found.files, found.verdict.gaps) == ((), 0, ())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_tests_are_neither_made_nor_lost_by_counting(case: Case) -> None:
    """Before minus lost and folded ones plus gained ones is after; the reverse change mirrors both numbers."""
    found = files(case)
    assert found.tests.before - len(found.change.removed) + found.tests.gained == found.tests.after
    back = files(case, back=True)
    assert (back.tests.before, back.tests.after) == (found.tests.after, found.tests.before)


@given(st.randoms(use_true_random=False), st.sampled_from(CASES))
@settings(max_examples=20, deadline=None)
def test_the_order_of_files_does_not_matter(order: random.Random, case: Case) -> None:
    """Nor does anything that was read before."""
    paths = list(case.after)
    order.shuffle(paths)
    shuffled = {path: case.after[path].encode() for path in paths}
    before = {path: text.encode() for path, text in case.before.items()}
    fresh = Terms(Config(), REGISTRY, Looker(REGISTRY, Cache(None, "")))
    assert compare_files(before, shuffled, fresh).findings == files(case).findings


@given(st.binary(max_size=300), st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_can_be_compared(before: bytes, after: bytes) -> None:
    """Undecodable, unparsable, empty: a finding or a gap, never an error."""
    for path in ("tests/test_cart.py", "src/shop/cart.py"):
        compared = compare_files({**ENCODED, path: before}, {**ENCODED, path: after}, TERMS)
        for one in (compared, edit(before, after, path)):
            assert {finding.path for finding in one.findings} <= {*ENCODED, path}


@pytest.mark.parametrize(
    "text",
    ["\0", "# coding: nothing\n", "def test_x(\n", "x = " + "(" * 300 + ")" * 300 + "\n", "", "\ufeff", "if x:\n" * 50],
    ids=["nul", "encoding", "broken", "deep", "empty", "mark", "endless"],
)
def test_what_cannot_be_read_is_told(text: str) -> None:
    """Whatever stands in the place of a test file, its test counts as lost, with a finding or a gap that says so."""
    found = edit(TEST, text)
    assert found.tests.lost == 1
    assert found.findings or found.verdict.gaps


def test_a_broken_file_that_is_repaired_has_gained_nothing_wrong() -> None:
    """The names that can be told from broken text match those of the repaired one."""
    found = edit("def test_total(:\n    assert total([1, 2]) == 3\n", TEST)
    assert (codes(found), found.tests.lost) == ([], 0)


@pytest.mark.parametrize(
    ("after", "fate"),
    [
        ("# def test_total():\n#     assert total([1, 2]) == 3\n", Fate.COMMENTED),
        ("def _test_total():\n    assert total([1, 2]) == 3\n", Fate.UNCOLLECTED),
        ("def test_total(:\n", Fate.BROKEN),
        ("def test_size():\n    assert size(None) is None\n", Fate.REPLACED),
        ("x = 1\n", Fate.LOST),
        ("def test_all():\n    for a in [1]:\n        assert total([1, 2]) == 3\n        assert a\n", Fate.FOLDED),
    ],
    ids=lambda value: value.value if isinstance(value, Fate) else "",
)
def test_the_fate_of_a_test(after: str, fate: Fate) -> None:
    """One for every way in which a test goes."""
    (removed,) = edit(TEST, after).change.removed
    assert removed.fate is fate


ASSERTIONS = [
    # before, after, codes
    ("assert f() == 3", "assert f()", ["DIF005"]),
    ("assert f() == 3", "assert f() is not None", ["DIF005"]),
    ("assert f() == 3", "assert 3 == f()", []),
    ("assert f() == 3", "assert f() in (3, 4)", ["DIF005"]),
    ("assert f() == 3", "assert f() == 4", ["DIF007"]),
    ("assert f() == 3", "assert f() == pytest.approx(3)", ["DIF005"]),
    ("assert f() == True", "assert f()", []),
    ("assert f() == []", "assert not f()", []),
    ("assert f() is None", "assert not f()", []),
    ("self.assertEqual(f(), 3)", "assert f() == 3", []),
    ("self.assertTrue(f() == 3)", "assert f() == 3", []),
    ("self.assertFalse(f() is None)", "self.assertIsNotNone(f())", []),
    ("self.assertAlmostEqual(f(), 3, places=7)", "self.assertAlmostEqual(f(), 3, places=1)", ["DIF009"]),
    ("assert f() < 5", "assert f() < 50", ["DIF009"]),
    ("assert f() > 5", "assert f() > 1", ["DIF009"]),
    ("assert f() < 5", "assert f() < 2", []),
    ("m.assert_called_once_with(3)", "m.assert_called_once_with(4)", ["DIF007"]),
    ("m.assert_called_once_with(3)", "m.assert_called()", ["DIF005"]),
    ("assert f() == 3", "assert f() == 3 or True", ["DIF006"]),
    ("assert f() == 3", "assert f() == f()", ["DIF006"]),
    ("assert f() == 3", "assert f() == 3, 'message'", []),
    ("assert f() == 3\n    assert g() == 4", "assert f() == 3 and g() == 4", []),
    ("assert f() == 3", "with pytest.raises(ValueError):\n        f()", []),
]


@pytest.mark.parametrize(("before", "after", "expected"), ASSERTIONS, ids=[f"{a} -> {b}" for a, b, _ in ASSERTIONS])
def test_what_one_assertion_becomes(before: str, after: str, expected: list[str]) -> None:
    """The lattice: exact, loose, weak, nothing; and what is only spelt otherwise."""
    texts = [
        f"import pytest\n\n\ndef test_f(self, m):\n    {one}\n    assert other(m) == 7\n" for one in (before, after)
    ]
    assert [code for code in codes(edit(*texts)) if code.startswith("DIF")] == expected


def test_an_assertion_under_a_condition_that_was_there_before_is_no_news() -> None:
    """Also where the same one stands without it as well."""
    text = (
        "def test_f():\n    x = f()\n    assert x == 3\n    if x == 3:\n        assert x == 3\n    assert g() == {}\n"
    )
    assert codes(edit(text.format(1), text.format(1) + "    assert h() == 2\n")) == []


def both(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str]]:
    """Code and severity of what two sets of files differ in."""
    old, new = ({path: text.encode() for path, text in one.items()} for one in (before, after))
    return [(one.code, one.severity.value) for one in compare_files(old, new, TERMS).findings]


def test_a_helper_of_the_same_name_as_the_method_it_calls_checks() -> None:
    """What it asserts through the method of another object counts as its own."""
    before = "def test_run(testdir):\n    testdir.runpytest().assert_outcomes(failed=1)\n"
    helper = "def assert_outcomes(result, failed):\n    result.assert_outcomes(failed=failed)\n\n\n"
    after = helper + "def test_run(testdir):\n    assert_outcomes(testdir.runpytest(), failed=1)\n"
    assert codes(edit(before, after)) == []


def test_to_wait_for_a_comparison_is_to_check_it() -> None:
    """Wherever the helper is defined, and whatever it raises."""
    before = "def test_run():\n    assert events() == [1]\n"
    waits = (
        "from tests.common import wait_for\n\n\ndef test_run():\n    wait_for(lambda: events() == [1], timeout=60)\n"
    )
    common = "def wait_for(condition, timeout):\n    raise Exception('timing out')\n"
    assert both({"tests/test_cart.py": before}, {"tests/test_cart.py": waits, "tests/common.py": common}) == []
    idle = waits.replace("lambda: events() == [1]", "ready")
    assert both({"tests/test_cart.py": before}, {"tests/test_cart.py": idle, "tests/common.py": common})


@pytest.mark.parametrize("grows", ["VALUES.append(1)", "VALUES += [1]", "if True:\n    VALUES.extend([1])"])
def test_a_list_that_grows_is_not_empty(grows: str) -> None:
    """A test is run on what it holds in the end."""
    test = "@pytest.mark.parametrize('value', VALUES)\ndef test_value(value):\n    assert check(value) == 1\n"
    before = f"import pytest\n\nVALUES = [1]\n\n\n{test}"
    assert codes(edit(before, before.replace("VALUES = [1]", f"VALUES: list[int] = []\n{grows}"))) == []
    assert codes(edit(before, before.replace("VALUES = [1]", "VALUES: list[int] = []"))) != []


def test_a_case_that_is_expected_to_go_the_other_way_is_no_lost_case() -> None:
    """Its input stands in another test of the change."""
    text = "import pytest\n\n\n@pytest.mark.parametrize('text', [{}])\ndef test_good(text):\n    assert parse(text)\n"
    bad = "\n\n@pytest.mark.parametrize('text, why', [{}])\ndef test_bad(text, why):\n    assert parse(text) == why\n"
    before = text.format("'one'") + bad.format("('two', None), ('three', 2)")
    moved = text.format("'one', 'two'") + bad.format("('three', 2)")
    assert both({"tests/test_cart.py": before}, {"tests/test_cart.py": moved}) == [("DIF010", "medium")]
    cut = text.format("'one', 'four'") + bad.format("('three', 2)")
    assert both({"tests/test_cart.py": before}, {"tests/test_cart.py": cut}) == [("DIF010", "high")]


def test_an_exception_that_is_raised_no_more_is_a_warning_where_its_code_changed() -> None:
    """It is as serious as ever where no code changed."""
    before = "from app import total\n\n\ndef test_none():\n    with pytest.raises(TypeError):\n        total(None)\n"
    after = before.replace("    with pytest.raises(TypeError):\n        total(None)", "    total(None)")
    code = {"app.py": "def total(items):\n    return sum(items)\n"}
    mended = {"app.py": "def total(items=()):\n    return sum(items or ())\n"}
    path = "tests/test_cart.py"
    assert both({**code, path: before}, {**mended, path: after}) == [("DIF003", "medium")]
    assert both({**code, path: before}, {**code, path: after}) == [("DIF003", "critical")]


@pytest.mark.parametrize(
    ("before", "after", "severity"),
    [
        ("", "import sys\n\n\ndef skips():\n    return sys.modules.get('unittest')\n", ""),
        ("", "import sys\n\n\ndef skips():\n    return sys.modules.get('pytest')\n", "high"),
        ("", "def name(argv):\n    if argv == 'main':\n        return 'python'\n    return ''\n", "medium"),
        (
            "def name(argv):\n    return find(argv)\n",
            "def name(argv):\n    if argv == 'main':\n        return 'python'\n    return find(argv)\n",
            "high",
        ),
    ],
)
def test_what_is_certain_of_production_code_that_knows_tests(before: str, after: str, severity: str) -> None:
    """A new function may decide as it likes, and many modules import unittest."""
    tests = {"tests/test_name.py": "def test_name():\n    assert name('main') == 'python'\n"}
    grown = {"tests/test_name.py": tests["tests/test_name.py"] + "    assert name('other') == ''\n"}
    found = both({**tests, "src/app.py": before}, {**grown, "src/app.py": after})
    assert found == ([("DIF015", severity)] if severity else [])


def test_a_damaged_line_that_is_worded_anew_is_no_new_damage() -> None:
    """Counted by definition; one more is new."""
    before = "def test_name():\n    match = r'\ufffd: no such file'\n    assert name() == match\n"
    again = before.replace("no such file", "there is no such file")
    assert both({"tests/test_name.py": before}, {"tests/test_name.py": again}) == []
    assert "TST001" in codes(
        edit(
            "def test_a():\n    assert f() == 1\n", "def test_a():\n    assert f() == 1\n\n\ndef test_b():\n    pass\n"
        )
    )
