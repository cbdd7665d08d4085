"""How severely a weakened test is judged, and which rewritings of a test say as much as before."""

from __future__ import annotations

from textwrap import dedent

import pytest

from integrity.cache import Cache
from integrity.config.config import Config
from integrity.diff.compare import Terms
from integrity.diff.files import compare_files
from integrity.diff.looking import Looker
from integrity.registry.loader import load

REGISTRY = load()
TERMS = Terms(Config(), REGISTRY, Looker(REGISTRY, Cache(None, "")))
PROJECT = '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.10"\n'
HEAD = "import operator\nimport sys\nimport pytest\nfrom shop import add, super_len, fail, check\n\n"


def found(before: str, after: str) -> dict[str, str]:
    """The severity of each code that a rewriting of one file of tests yields."""
    old, new = (
        {"pyproject.toml": PROJECT.encode(), "tests/test_shop.py": (HEAD + dedent(one)).encode()}
        for one in (before, after)
    )
    return {one.code: one.severity.value for one in compare_files(old, new, TERMS).findings}


ADD = """
    def test_add():
        assert add(1, 2) == 3
        assert isinstance(add(1, 2), int)
"""


@pytest.mark.parametrize("later", ["assert add", "assert add(0, 0) == 0", "pass"])
def test_a_test_that_a_later_one_hides_is_told_whatever_else_is_said(later: str) -> None:
    """A lesser finding about the same name does not stand in its place."""
    levels = found(ADD, f"{ADD}\n\n    def test_add():\n        {later}\n")
    assert "critical" in levels.values()
    assert "TST201" in levels or levels["DIF003"] == "critical"


@pytest.mark.parametrize(
    ("constant", "condition"),
    [
        ("", "sys.version_info >= (3, 10)"),
        ("", "sys.version_info > (3, 9)"),
        ("", "'sys.version_info >= (3, 10)'"),
        ("SLOW = True", "SLOW"),
        ("FAST = False", "not FAST"),
    ],
)
def test_a_condition_that_always_holds_is_none(constant: str, condition: str) -> None:
    """Where the file or the lowest Python of the project says so."""
    mark = f"pytest.mark.skipif({condition}, reason='later')"
    assert found(ADD, f"\n    {constant}\n\n    @{mark}{ADD}")["DIF008"] == "high"
    assert found(ADD, f"\n    {constant}\n    pytestmark = {mark}\n{ADD}")["DIF008"] == "high"


@pytest.mark.parametrize(
    ("constant", "condition"),
    [
        ("", "sys.version_info >= (3, 11)"),
        ("", "sys.version_info < (3, 10)"),
        ("", "'sys.platform'"),
        ("SLOW = False", "SLOW"),
        ("SLOW = True\n    if sys.argv:\n        SLOW = False", "SLOW"),
    ],
)
def test_a_condition_that_may_fail_is_one(constant: str, condition: str) -> None:
    """The test still runs somewhere."""
    assert "DIF008" not in found(ADD, f"\n    {constant}\n\n    @pytest.mark.skipif({condition}, reason='x'){ADD}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("add(1, 2) == expect", "add(1, 2) in (True, False)"),
        ("add(1, 2) is True", "add(1, 2) in [False, None, True]"),
        ("super_len(add) == 5", "super_len(add) >= 0"),
        ("add.count == 5", "add.count > -1"),
        ("expect in add.message", "add.message"),
        ("'part' in add.message", "isinstance(add.message, str)"),
    ],
)
def test_an_assertion_of_which_nothing_is_left_blocks(before: str, after: str) -> None:
    """It lets every result through that can be expected."""
    rest = "\n        assert add(2, 2) == 4\n"
    test = "\n    def test_add(expect='a'):\n        assert "
    assert found(test + before + rest, test + after + rest) == {"DIF005": "high"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("add(1, 2) == 3", "add(1, 2) in (3, 4)"),
        ("add(1, 2) == 3", "add(1, 2) >= 0"),
        ("super_len(add) == 5", "super_len(add) >= 1"),
        ("'part' in add.message", "add.message.startswith('p')"),
    ],
)
def test_an_assertion_that_still_demands_something_does_not(before: str, after: str) -> None:
    """It is for a reviewer to judge."""
    test = "\n    def test_add():\n        assert "
    assert set(found(f"{test}{before}\n", f"{test}{after}\n").values()) <= {"medium"}


TABLE = """
    @pytest.mark.parametrize(("value", "text"), [(1, "is not in the range"), (2, "no number")])
    def test_message(value, text):
        assert text in check(value)
"""


def test_an_expected_text_of_a_case_that_is_cut_is_told() -> None:
    """The expectation stands in the row; another text is no part of it."""
    assert found(TABLE, TABLE.replace("is not in the range", "range")) == {"DIF007": "medium"}
    assert found(TABLE, TABLE.replace("is not in the range", "too large")) == {}


RAISES = """
    def test_add():
        with pytest.raises(ValueError) as e:
            add(1, 2)
        assert 'not set' in str(e.value)
"""
MATCHES = """
    def test_add():
        with pytest.raises(ValueError, match={!r}):
            add(1, 2)
"""


@pytest.mark.parametrize("pattern", ["not set", "FOO is not set$", r"not\ set"])
def test_a_pattern_says_what_an_assertion_said(pattern: str) -> None:
    """Of the text of the exception."""
    assert found(RAISES, MATCHES.format(pattern)) == {}


def test_a_pattern_that_says_less_is_told() -> None:
    """A part of the text, or an end that is left open."""
    assert found(RAISES, MATCHES.format("set")) == {"DIF004": "medium"}
    exact = RAISES.replace("'not set' in str(e.value)", "str(e.value) == 'not set'")
    assert found(exact, MATCHES.format("^not set$")) == {}
    assert found(exact, MATCHES.format("not set")) == {"DIF004": "medium"}


LIST = """
    def test_order():
        assert add(1, 2) == 3
        assert add(2, 2) == 4
        assert add(0, 0) == 0
"""
ROWS = """
    @pytest.mark.parametrize(("a", "b", "sum_"), [(1, 2, 3), (2, 2, 4), (0, 0, 0)])
    def test_order(a, b, sum_):
        assert add(a, b) == sum_
"""


def test_rows_say_what_assertions_said() -> None:
    """As many rows as there were assertions."""
    assert found(LIST, ROWS) == {}
    order = "\n    def test_order():\n        v = add(1, 2)\n        assert v < 20\n        assert v > 0\n"
    assert (
        found(
            order,
            """
    @pytest.mark.parametrize(("op", "other"), [(operator.lt, 20), (operator.gt, 0)])
    def test_order(op, other):
        v = add(1, 2)
        assert op(v, other)
    """,
        )
        == {}
    )


@pytest.mark.parametrize(
    ("old", "new"), [(", (0, 0, 0)", ""), (" == sum_", " is not None"), ("(2, 2, 4)", "(2, 2, 5)"), ("add(a, b)", "a")]
)
def test_rows_that_say_less_are_told(old: str, new: str) -> None:
    """A row is missing, or the assertion is not what it was."""
    assert found(LIST, ROWS.replace(old, new))


VALID = """
    class TestCheck:
        def test_valid(self):
            assert check('x', 1)

        def test_invalid(self):
            assert not check('y', 1)
"""
FOLDED = """
    class TestCheck:
        @pytest.mark.parametrize("ip, expected", (("x", True), ("y", False)))
        def test_check(self, ip, expected):
            assert check(ip, 1) is expected
"""


def test_tests_that_are_folded_into_rows_are_not_missed() -> None:
    """With the expected value as a parameter; what stands in no row is missed."""
    assert found(VALID, FOLDED) == {}
    assert "DIF002" in found(VALID, FOLDED.replace('("y", False)', '("y", True)'))
    assert "DIF002" in found(VALID, FOLDED.replace("is expected", "is not None"))
