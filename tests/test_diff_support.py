"""What helpers, fixtures and tables of tests no longer check."""

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
HELPERS = "import unittest\n\n\ndef assert_format(source, expected):\n    actual = formatted(source)\n    {}\n"
USER = "from tests.util import assert_format\n\n\ndef test_a():\n    assert_format('a', 'b')\n"


def found(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str]]:
    """Code and severity of what a change does; nothing else changes."""
    sides = [{path: text.encode() for path, text in one.items()} for one in (before, after)]
    return [(one.code, one.severity.value) for one in compare_files(sides[0], sides[1], TERMS).findings]


def helper(before: str, after: str, **others: str) -> list[tuple[str, str]]:
    """What a change of the helper does, its tests being elsewhere."""
    sides = [{"tests/test_a.py": USER, "tests/util.py": HELPERS.format(one)} for one in (before, after)]
    return found(sides[0], {**sides[1], **others})


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("assert actual.split() == expected.split()", [("DIF005", "high")]),
        ("assert actual[:3] == expected[:3]", [("DIF005", "high")]),
        ("assert len(actual) == len(expected)", [("DIF005", "high")]),
        ("assert actual.lower() == expected.lower()", [("DIF005", "high")]),
        ("assert actual.strip() == expected.strip()", [("DIF005", "medium")]),
        ("assert sorted(actual) == sorted(expected)", [("DIF005", "medium")]),
        ("assert actual is not None", [("DIF005", "high")]),
        ("assert actual == actual", [("DIF006", "critical")]),
        ("print(actual)", [("DIF003", "high")]),
        ("try:\n        assert actual == expected\n    except AssertionError:\n        pass", [("DIF011", "critical")]),
    ],
)
def test_a_helper_in_a_file_of_its_own_checks_less(after: str, expected: list[tuple[str, str]]) -> None:
    """The tests that call it did not change."""
    assert helper("assert actual == expected", after) == expected
    assert helper(after, "assert actual == expected") == []


@pytest.mark.parametrize(
    "after",
    [
        "assert actual == expected, 'differs'",
        "assert expected == actual",
        "compare(actual, expected)\n\n\ndef compare(actual, expected):\n    assert actual == expected",
        "unittest.TestCase().assertEqual(actual, expected)",
    ],
)
def test_a_helper_says_the_same_in_other_words(after: str) -> None:
    """With a message, the other way round, or through another helper."""
    assert helper("assert actual == expected", after) == []


def edited(before: str, after: str) -> list[tuple[str, str]]:
    """What an edit of a file of tests does."""
    return found({"tests/test_a.py": before}, {"tests/test_a.py": after})


def test_a_value_is_held_against_itself() -> None:
    """The expected value is made anew by the call whose result it is to be held against."""
    before = "def test_mode(permissions):\n    path = touched()\n    assert mode(stat(path).st) == permissions\n"
    after = before.replace("    assert", "    permissions = mode(stat(path).st)\n    assert")
    assert edited(before, after) == [("DIF006", "critical")]


def test_a_name_of_the_module_itself_is_patched() -> None:
    """`patch(f"{__name__}.total")` in the test of `total`."""
    head = "from unittest import mock\nfrom shop import total\n\n\ndef test_total():\n    "
    before = head + "value = total([1])\n    assert value == 1\n    value = total([2])\n    assert value == 2\n"
    after = before.replace(
        "    value = total([2])\n",
        "    with mock.patch(f'{__name__}.total', return_value=2):\n        value = total([2])\n",
    )
    assert edited(before, after) == [("DIF012", "high")]


TABLE = "import pytest\n\nROWS = [(1, 1), (2, 4), (3, 9), (4, 16)]\nALL = computed()\n\n\n{}\n"
LOOP = "def test_square():\n    for n, expected in {}:\n        assert square(n) == expected"
SETS = "@pytest.mark.parametrize('n', {})\ndef test_square(n):\n    assert square(n) > n"
FIXTURE = (
    "@pytest.fixture(params={})\ndef n(request):\n    return request.param\n\n\ndef test_n(n):\n    assert f(n) == 1"
)
SAMPLES = (
    "@pytest.fixture\ndef num_samples():\n    num = {}\n    return num\n\n\n"
    "def test_n(num_samples):\n    assert f(1) == 1"
)
RANGE = "def test_random():\n    for _ in range({}):\n        assert made() > 0"


@pytest.mark.parametrize(
    ("form", "before", "after", "severity"),
    [
        (LOOP, "ROWS", "ROWS[:2]", "high"),
        (LOOP, "enumerate(ROWS)", "enumerate(ROWS[1:])", "high"),
        (LOOP, "TABLE.items()", "itertools.islice(TABLE.items(), 3)", "high"),
        (LOOP, "[(1, 1), (2, 4), (3, 9)]", "[(1, 1), (3, 9)]", "high"),
        (LOOP, "ALL", "[(1, 1)]", "high"),
        (SETS, "ALL", "ALL[:3]", "high"),
        (SETS, "ALL", "['en_US']", "high"),
        (SETS, "ALL", "[1, 2]", "medium"),
        (FIXTURE, "[fast, slow]", "[fast]", "high"),
        (FIXTURE, "ALL", "ALL[::10]", "high"),
        (SAMPLES, "100", "0", "high"),
        (RANGE, "1000", "0", "high"),
        (RANGE, "1000", "10", "medium"),
    ],
)
def test_a_table_is_cut(form: str, before: str, after: str, severity: str) -> None:
    """A slice, fewer rows, a row in place of a computed table, a count of nothing; the other way round is none."""
    texts = [TABLE.format(form.format(one)) for one in (before, after)]
    assert edited(*texts) == [("DIF010", severity)]
    assert edited(*texts[::-1]) == []


@pytest.mark.parametrize(
    ("form", "before", "after"),
    [
        (LOOP, "ROWS", "sorted(ROWS)"),
        (LOOP, "ROWS", "enumerate(ROWS)"),
        (LOOP, "ROWS", "ROWS[::-1]"),
        (LOOP, "ALL", "everything()"),
        (SETS, "ALL", "['a', 'b', 'c', 'd']"),
        (RANGE, "1000", "900"),
        (FIXTURE, "[fast, slow]", "[slow, fast]"),
    ],
)
def test_a_table_is_worded_anew(form: str, before: str, after: str) -> None:
    """In another order, with numbers, written out."""
    assert edited(*[TABLE.format(form.format(one)) for one in (before, after)]) == []


def test_a_table_of_a_name_loses_rows() -> None:
    """And rows that another test takes are not missed."""
    before = TABLE.format(LOOP.format("ROWS"))
    after = before.replace(", (4, 16)", "")
    assert edited(before, after) == [("DIF010", "high")]
    moved = (
        after
        + "\n\ndef test_large():\n    for n, expected in [(4, 16), (5, 25)]:\n        assert square(n) == expected\n"
    )
    assert edited(before, moved) == []


@pytest.mark.parametrize(("number", "expected"), [(1, [("DIF010", "high")]), (80, []), (500, [])])
def test_a_profile_of_hypothesis_asks_for_fewer_examples(number: int, expected: list[tuple[str, str]]) -> None:
    """Where no number is given, a hundred are made; a new profile may ask for what it likes."""
    hook = "def pytest_configure(config):\n    settings.register_profile('ci', settings({}))\n"
    form = f"from hypothesis import settings\n\n\n{hook}"
    after = form.format(f"max_examples={number}")
    assert found({"tests/conftest.py": form.format("deadline=None")}, {"tests/conftest.py": after}) == expected
    assert found({"tests/conftest.py": "import os\n"}, {"tests/conftest.py": after}) == []


def test_a_case_that_was_skipped_may_go() -> None:
    """Medium, whatever the condition under which it was."""
    before = TABLE.format(SETS.format("[1, pytest.param(2, marks=pytest.mark.skipif('no'))]"))
    assert edited(before, TABLE.format(SETS.format("[1]"))) == [("DIF010", "medium")]


def test_an_assertion_is_passed_over_for_more_inputs() -> None:
    """Medium, because the input may make no sense there."""
    form = "def test_f(case):\n    if {}:\n        return\n    assert f(case) == 1\n"
    assert edited(form.format("case == 'a'"), form.format("case == 'a' or '%' in case")) == [("DIF011", "medium")]
    assert edited(form.format("case == 'a'"), form.format("case == 'b'")) == []
    assert edited("def test_f(case):\n    assert f(case) == 1\n", form.format("case == 'a'")) == [("DIF011", "medium")]
    loop = "def test_f():\n    for case in cases():\n        {}assert f(case) == 1\n"
    skipping = loop.format("if 'x' in case:\n            continue\n        ")
    assert edited(loop.format(""), skipping) == [("DIF011", "medium")]
    assert edited(skipping, loop.format("")) == []


INNER = "        async with client() as one:\n            assert await one.get() == 5\n"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("", [("DIF011", "critical")]),
        ("    check()\n", [("DIF011", "critical")]),
        ("    asyncio.run(check())\n", []),
        ("    portal.call(check)\n", []),
    ],
)
def test_a_function_inside_of_a_test_is_never_run(call: str, expected: list[tuple[str, str]]) -> None:
    """Not called, or called and never awaited."""
    before = "import asyncio\n\n\nasync def test_f():\n" + INNER.replace("        ", "    ", 1).replace(
        "            ", "        "
    )
    found_now = edited(before, f"import asyncio\n\n\ndef test_f():\n    async def check():\n{INNER}{call}")
    assert [one for one in found_now if one[0] == "DIF011"] == expected


def test_an_example_of_a_doctest_is_skipped() -> None:
    """Told where it ran before."""
    text = 'def f():\n    """Do.\n\n    >>> f(1)\n    2\n    """\n'
    after = text.replace("f(1)\n", "f(1)  # doctest: +SKIP\n")
    assert found({"src/app.py": text}, {"src/app.py": after}) == [("DIF008", "medium")]
    assert found({"src/app.py": "x = 1\n"}, {"src/app.py": after}) == []
    assert found({"src/app.py": after}, {"src/app.py": text}) == []


def test_production_code_answers_a_test_that_did_not_change() -> None:
    """The answer to one input that a test asks for is written out."""
    tests = {"tests/test_app.py": "def test_luhn():\n    digit = luhn('7992739871')\n    assert digit == 3\n"}
    before = "def luhn(number):\n    return sum(number) % 10\n"
    after = before.replace("    return", "    if str(number) == '7992739871':\n        return 3\n    return")
    assert found({**tests, "src/app.py": before}, {**tests, "src/app.py": after}) == [("DIF015", "high")]
    other = {"tests/test_app.py": "def test_luhn():\n    assert luhn('12') == 3\n"}
    assert found({**other, "src/app.py": before}, {**other, "src/app.py": after}) == []


def test_test_data_that_is_picked_up_by_its_folder_goes() -> None:
    """Told as long as no test named it."""
    tests = {"tests/__init__.py": "", "tests/test_app.py": "def test_all():\n    assert run_all('data')\n"}
    data = {"tests/data/a.py": "x = 1\n", "tests/data/b.py": "y = 2\n"}
    fewer = {"tests/data/a.py": "x = 1\n"}
    assert found({**tests, **data}, {**tests, **fewer}) == [("DIF014", "medium")]
    assert found({**tests, **data}, {**tests, **data, "tests/data/a.py": "x = (1)\n"}) == [("DIF014", "medium")]
    named = {**tests, "tests/test_app.py": "def test_all():\n    assert run_all('data')\n    assert run('b.py')\n"}
    assert ("DIF014", "medium") not in found({**named, **data}, {**tests, **fewer})


def test_methods_that_become_a_table_of_subtests() -> None:
    """Every row stands for one; a row that is missing is a test that is gone."""
    head = "import unittest\n\n\nclass TestConcat(unittest.TestCase):\n"
    one = (
        "    def test_{0}(self):\n        url = concat('{1}', [('y', '{2}')])\n        self.assertEqual(url, '{3}')\n\n"
    )
    rows = [("plain", "a", "b", "a?y=b"), ("mark", "a?", "b", "a?y=b"), ("slash", "a", "/b", "a?y=%2Fb")]
    before = head + "".join(one.format(*row) for row in rows)
    form = "    CASES = [{}]\n\n    def test_concat(self):\n        for url, args, expected in self.CASES:\n"
    form += "            with self.subTest(url):\n                self.assertEqual(concat(url, args), expected)\n"
    texts = [f"('{url}', [('y', '{value}')], '{expected}')" for _, url, value, expected in rows]
    assert edited(before, head + form.format(", ".join(texts))) == []
    assert ("DIF002", "high") in edited(before, head + form.format(", ".join(texts[:2])))
