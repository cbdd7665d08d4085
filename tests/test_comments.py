"""Commented-out code: what is damage, what is prose, and which tests are named in it."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.facts.codelines import Kind, kind_of
from integrity.facts.comments import commented
from integrity.facts.lexical import Lexed
from integrity.facts.model import Commented, CommentedKind

_SUITE = textwrap.dedent(
    '''
    """Tests of the cart."""
    import pytest

    from shop import Cart


    @pytest.fixture
    def cart():
        return Cart()


    class TestTotal:
        """Sums."""

        def test_none(self, cart):
            assert cart.total() == 0

        async def test_one(self, cart):
            cart.add("pear", 3)
            with pytest.raises(ValueError):
                cart.add("pear", -1)
            assert cart.total() == 3


    def test_empty(cart):
        for item in cart:
            raise AssertionError(item)
        assert not cart
    '''
).strip()
_MARKERS = [
    "REMOVED_SYNTAX_ERROR:", "Removed problematic line:", "DISABLED_BY_TOOL:", "ZAPPED BY LINTER:", "XX_OFF", "~",
    "[bot-off]", "FIXME_AUTO -", "off>", "disabled", "$$", "#", "<agent>", "COMMENTED OUT: legacy test -",
]  # fmt: skip


def _facts(text: str) -> Commented | None:
    return commented(Lexed(text), _tree(text), ())


def _tree(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):  # the latter for NUL bytes, before 3.12
        return None


def _marked(text: str, marker: str) -> str:
    """Every line commented out behind a marker, as the incident's tool did: indentation before the hash."""
    lines = ((line[: len(line) - len(line.lstrip())], line.lstrip()) for line in text.split("\n"))
    return "\n".join(f"{indent}# {marker} {rest}".rstrip() if rest else "" for indent, rest in lines)


@pytest.mark.parametrize("marker", _MARKERS)
def test_any_repeated_marker_in_front_of_code_is_residue(marker: str) -> None:
    """Known markers and ones never seen before are learned from the file, and every test is named."""
    facts = _facts(_marked(_SUITE, marker))
    assert facts is not None
    assert facts.kind is CommentedKind.RESIDUE
    assert facts.tests == ("TestTotal.test_none", "TestTotal.test_one", "test_empty")
    assert facts.live_lines == 0
    assert facts.share == 1.0


def test_plain_comments_dominate() -> None:
    """A suite commented out without any marker is dominated by commented-out code."""
    text = "\n".join(f"# {line}".rstrip() for line in _SUITE.split("\n"))
    facts = _facts(text)
    assert facts is not None
    assert facts.kind is CommentedKind.DOMINATED
    assert facts.tests == ("TestTotal.test_none", "TestTotal.test_one", "test_empty")


def test_single_line_behind_a_known_marker() -> None:
    """One damaged line in a large file is found, at its place."""
    text = "VALUES = [\n" + "    1,\n" * 300 + "    # REMOVED_SYNTAX_ERROR: compute(2),\n]\n"
    facts = _facts(text)
    assert facts is not None
    assert (facts.kind, facts.span.line, facts.code_lines) == (CommentedKind.RESIDUE, 302, 1)


@pytest.mark.parametrize(
    "text",
    [
        "# REMOVED_SYNTAX_ERROR: is what the tool wrote; see the notes\nx = 1\n",
        'MARKER = "# REMOVED_SYNTAX_ERROR: def test_x():"\n',
        'S = """\n# REMOVED_SYNTAX_ERROR: def test_a():\n# REMOVED_SYNTAX_ERROR:     assert a\n"""\n',
        "x = 1  # REMOVED_SYNTAX_ERROR: y = 2\n",
        "# def test_x() is in another file\n",
        "# class TestThings: all of them\n# are elsewhere\n",
        "# for example:\n#     def test_x():\n#         assert x\n",
        "# Step: a = 1\n# Step: b = 2\n# Step: c = 3\n# Step: import os\n# Step: d = 4\n",
        "".join(f"# option_{n} = {n}\n" for n in range(40)),
        "",
    ],
)
def test_mentions_prose_and_settings_are_not_damage(text: str) -> None:
    """Detectors, documentation, examples and commented settings are left alone."""
    assert _facts(text) is None


def test_reason_above_a_commented_test_is_kept() -> None:
    """The sentence that says why is part of the facts."""
    facts = _facts("x = 1\n# TODO: not supported yet\n# def test_a():\n#     assert a\n")
    assert facts is not None
    assert facts.reason == "TODO: not supported yet"


def test_string_statement_of_tests_is_commented_out() -> None:
    """A test wrapped in a string that stands alone is no test any more."""
    facts = _facts('x = 1\n"""\ndef test_a():\n    assert x\n"""\n')
    assert facts is not None
    assert (facts.in_string, facts.tests) == (True, ("test_a",))


def test_string_with_prose_is_documentation() -> None:
    """A docstring that shows a test among words is not a commented-out test."""
    assert _facts('"""How to write one:\n\ndef test_a():\n    assert x\n"""\n') is None


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r"), max_size=40), max_size=30))
def test_any_comments_are_judged_without_error(lines: list[str]) -> None:
    """No text makes the judgement fail, and shares stay within bounds."""
    text = "\n".join(f"# {line}" for line in lines)
    facts = _facts(text)
    assert facts is None or 0 < facts.share <= 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def test_a():", Kind.STATEMENT), ("assert a == b", Kind.STATEMENT), ("import os", Kind.STATEMENT),
        ("from a import b", Kind.STATEMENT), ("with open(x) as f:", Kind.STATEMENT), ("return f(x)", Kind.STATEMENT),
        ("x = 1", Kind.CODE), ("foo(bar)", Kind.CODE), ("self.x += 2", Kind.CODE), ("call(", Kind.CODE),
        ("pass", Kind.FILLER), (")", Kind.FILLER), ("return value", Kind.FILLER), ("assert something", Kind.FILLER),
        ("import the module", Kind.PROSE), ("return the value of it", Kind.PROSE), ("Note: foo", Kind.PROSE),
        ("with great power, for all: be careful", Kind.PROSE), ("if this fails: retry", Kind.PROSE),
        ("see foo(bar) for more", Kind.PROSE), ("from here on: nothing", Kind.PROSE), ("x", Kind.PROSE),
        ("a, b", Kind.PROSE),
    ],
)  # fmt: skip
def test_kind_of_line(text: str, expected: Kind) -> None:
    """Code is told from English line by line."""
    assert expected is kind_of(text)


@pytest.mark.parametrize("marker", _MARKERS)
@pytest.mark.parametrize("lines", [3, 4])
def test_one_whole_test_behind_a_marker_is_enough(marker: str, lines: int) -> None:
    """A marker need not be repeated over the file where the few lines behind it make up a test."""
    body = "".join(f"# {marker}     assert {number} < total()\n" for number in range(lines - 1))
    found = _facts(f"x = 1\n\n\n# {marker} def test_gone():\n{body}\n\ndef test_left():\n    assert x\n")
    assert found is not None
    assert found.tests == ("test_gone",)


@pytest.mark.parametrize("label", ["Example:", "Usage:", "Was:", "Note:", "Before:"])
def test_a_test_shown_behind_a_label_is_no_damage(label: str) -> None:
    """People show code behind such words."""
    assert _facts(f"x = 1\n# {label} def test_shown():\n# {label}     assert x\n") is None


@pytest.mark.parametrize("marker", _MARKERS)
def test_a_file_of_two_line_tests_behind_a_marker_is_damage(marker: str) -> None:
    """No run of marked lines is longer than two where blank lines stay blank."""
    tests = "".join(f"# {marker} def test_{name}():\n# {marker}     assert total() == 1\n\n\n" for name in "abcd")
    found = _facts(f"# {marker} from app.cart import total\n\n\n{tests}")
    assert found is not None
    assert (found.kind, found.tests) == (CommentedKind.RESIDUE, ("test_a", "test_b", "test_c", "test_d"))
