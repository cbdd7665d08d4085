"""Which comments suppress what: against the statement they belong to, and against Python's own logical lines."""

from __future__ import annotations

import ast
import io
import json
import textwrap
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.facts.lexical import Lexed
from integrity.facts.model import Suppression
from integrity.facts.suppressions import suppressions
from integrity.model import Span


def read(text: str) -> tuple[Suppression, ...]:
    """The suppressions of a text that parses."""
    return suppressions(Lexed(text), ast.parse(text))


def only(text: str) -> Suppression:
    """The one suppression of an indented text."""
    (found,) = read(textwrap.dedent(text).removeprefix("\n"))
    return found


@pytest.mark.parametrize(
    ("comment", "codes", "reason"),
    [
        ("# integrity: ignore[COR001] -- kept as an example", ("COR001",), "kept as an example"),
        ("# integrity: ignore[COR001]", ("COR001",), ""),
        ("#integrity:ignore[COR001]--why", ("COR001",), "why"),
        ("# integrity: ignore [COR001] -- why -- really", ("COR001",), "why -- really"),
        ("# integrity: ignore[COR001,ENV001] -- no space", ("COR001", "ENV001"), "no space"),
        ("# integrity: ignore[ COR001 , rule-name ] -- names", ("COR001", "rule-name"), "names"),
        ("# integrity: ignore[COR001 ENV001] -- no comma", ("COR001", "ENV001"), "no comma"),
        ("# integrity: ignore[COR001] because of ENV001", ("COR001",), ""),
        ("# noqa: F401  # integrity: ignore[COR001] -- why", ("COR001",), "why"),
        ("# integrity: ignore[COR001] -- see #12 # and more", ("COR001",), "see #12 # and more"),
    ],
)
def test_codes_and_reason_are_read(comment: str, codes: tuple[str, ...], reason: str) -> None:
    """Codes are whatever stands between the brackets, the reason is what follows two dashes."""
    found = only(f"x = 1  {comment}\n")
    assert (found.codes, found.reason, found.lines) == (codes, reason, (1, 1))


@pytest.mark.parametrize(
    "comment",
    [
        "# integrity: ignore",
        "# integrity: ignore -- reason alone",
        "# integrity: ignore[]",
        "# integrity: ignore[ , ] -- nothing",
        "# integrity: ignore[COR001",
        "# integrity: ignore COR001",
        "# integrity: file-ignore",
        "# integrity: ignore-file[COR001]",
        "# integrity: disable[COR001] -- another tool's word",
    ],
)
def test_a_malformed_comment_has_no_codes(comment: str) -> None:
    """What was meant as a suppression is kept, so that it can be reported, but names nothing it could silence."""
    assert only(f"x = 1  {comment}\n").codes == ()


@pytest.mark.parametrize(
    "line",
    [
        "x = '# integrity: ignore[COR001]'",
        'x = """\n# integrity: ignore[COR001]\n"""',
        "x = 1  # write `# integrity: ignore[COR001]` here",
        "# To silence it, write # integrity: ignore[COR001]",
        "# x = 1  # integrity: ignore[COR001] -- commented out with its line",
        "x = 1  # data integrity: ignore[COR001]",
        "x = 1  # integrity: ignored[row]",
        "x = 1  # integrity: rows are checked",
        "x = 1  # Integrity: ignore[COR001]",
    ],
)
def test_what_only_mentions_a_suppression_is_none(line: str) -> None:
    """Strings, quotations, prose and commented-out code suppress nothing and are not reported either."""
    assert read(f"{line}\n") == ()


def test_the_span_is_that_of_the_directive() -> None:
    """The place starts at the hash of the suppression, not at that of the pragma before it."""
    assert only("x = 1  # noqa  # integrity: ignore[A] -- b\n").span == Span(1, 16, 1, 43)


def test_one_comment_can_hold_two_suppressions() -> None:
    """Neither of them is lost."""
    found = read("x = 1  # integrity: ignore[A] # integrity: ignore[B]\n")
    assert [one.codes for one in found] == [("A",), ("B",)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x = [\n    1,\n    2,\n]  # integrity: ignore[A]\n", (1, 4)),
        ("x = [\n    1,  # integrity: ignore[A]\n    2,\n]\n", (1, 4)),
        ("x = [\n    # integrity: ignore[A]\n    1,\n]\n", (1, 4)),
        ("def f(\n    a,\n):  # integrity: ignore[A]\n    # about the body\n    return a\n", (1, 3)),
        ("@one\n@two\ndef f():  # integrity: ignore[A]\n    return 1\n", (1, 3)),
        ("@one\ndef f(): return 1  # integrity: ignore[A]\n", (1, 2)),
        ("x = [\n    1,\n]; y = [  # integrity: ignore[A]\n    2,\n]\n", (1, 5)),
        ("@one  # integrity: ignore[A]\nclass C(\n    B,\n):\n    x = 1\n", (1, 4)),
        ("if (\n    a\n    and b\n):  # integrity: ignore[A]\n    c()\nelse:\n    d()\n", (1, 4)),
        ("if a:\n    b()\nelse:  # integrity: ignore[A]\n    c()\n", (3, 3)),
        ("try:\n    b()\nexcept (\n    E,\n    F,\n):  # integrity: ignore[A]\n    c()\n", (3, 6)),
        ("match (\n    a\n):  # integrity: ignore[A]\n    case 1:\n        b()\n", (1, 3)),
        ("match a:\n    case 1:  # integrity: ignore[A]\n        b()\n", (2, 2)),
        ("def f():\n    x = 1  # integrity: ignore[A]\n    y = 2\n", (2, 2)),
        ('"""A\ndocstring.\n"""  # integrity: ignore[A]\n', (1, 3)),
    ],
)
def test_a_comment_at_the_end_of_a_line_covers_its_statement(text: str, lines: tuple[int, int]) -> None:
    """A simple statement is covered whole, a compound one up to the colon of its header."""
    assert only(text).lines == lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("# integrity: ignore[A]\nx = 1\ny = 2\n", (1, 2)),
        ("# integrity: ignore[A]\nx = [\n    1,\n]\n", (1, 4)),
        ("# integrity: ignore[A]\n# more words\n# and more\nx = 1\n", (1, 4)),
        ("# integrity: ignore[A]\n\nx = 1\n", (1, 1)),
        ("# integrity: ignore[A]\n", (1, 1)),
        ("# integrity: ignore[A]", (1, 1)),
        ("# integrity: ignore[A]\n@one\ndef f(\n    a,\n):\n    return a\n", (1, 5)),
        ("def f():\n    # integrity: ignore[A]\n    return (\n        1\n    )\n", (2, 5)),
        ("class C(B):\n    # integrity: ignore[A]\n    # x = 1\n\n    y = 1\n", (2, 3)),
    ],
)
def test_a_comment_on_its_own_line_covers_what_follows(text: str, lines: tuple[int, int]) -> None:
    """It covers the comments directly below and the statement directly below those, but never past a blank line."""
    assert only(text).lines == lines


@pytest.mark.parametrize("place", ["{}\nx = 1\n", "x = 1\n{}\n", "x = 1  {}\n", "def f():\n    pass\n\n\n{}\n"])
def test_a_file_ignore_covers_the_file(place: str) -> None:
    """It may stand anywhere at module level."""
    found = only(place.format("# integrity: file-ignore[A] -- why"))
    assert found.whole_file
    assert found.codes == ("A",)


def test_an_indented_file_ignore_is_malformed() -> None:
    """Meant for a function, it must not silence the whole file."""
    found = only("def f():\n    # integrity: file-ignore[A]\n    return 1\n")
    assert (found.codes, found.whole_file) == ((), False)


def test_a_text_that_does_not_parse_still_has_suppressions() -> None:
    """Without a tree a comment covers its line, and the next one when it stands alone."""
    text = "x = [\n    1,  # integrity: ignore[A]\n# integrity: ignore[B]\ndef (:\n# integrity: file-ignore[C]\n"
    found = suppressions(Lexed(text), None)
    assert [(one.codes, one.lines) for one in found] == [(("A",), (2, 2)), (("B",), (3, 4)), (("C",), (0, 0))]


@given(st.text(alphabet="# integrity:gnofle[]A0,-\n'\"()=x", max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    """Nonsense raises nothing, and every suppression lies inside the text and covers its own line."""
    lines = text.count("\n") + 1
    for one in suppressions(Lexed(text), None):
        assert 1 <= one.span.line <= lines
        assert one.whole_file or one.lines[0] <= one.span.line <= one.lines[1] <= lines


def logical_lines(text: str) -> Iterator[tuple[int, int, list[int]]]:
    """Per logical line of Python's tokenizer its first and last line, and the lines that end in code or a bracket."""
    first, ends = 0, []
    previous: tokenize.TokenInfo | None = None
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.NEWLINE, tokenize.NL):
            if previous and previous.end[0] == token.start[0] and previous.type != tokenize.COMMENT and first:
                ends.append(token.start[0])
            if token.type == tokenize.NEWLINE:
                yield first, token.start[0], ends
                first, ends = 0, []
        elif token.type not in (tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT):
            first = first or token.start[0]
        previous = token if token.type not in (tokenize.NEWLINE, tokenize.NL) else None


def belongs_to_one_statement(lines: list[str], first: int) -> bool:
    """Whether a logical line is a statement or header by itself: decorators are covered with what they decorate."""
    here, above = lines[first - 1].lstrip(), lines[first - 2].lstrip() if first > 1 else ""
    return not here.startswith(("@", "case ")) and not above.startswith("@")


@pytest.mark.parametrize("module", [json.decoder, textwrap, tokenize], ids=lambda module: module.__name__)
def test_a_comment_covers_the_logical_line_that_python_sees(module: object) -> None:
    """A comment put behind any line of real code covers exactly the tokenizer's logical line."""
    text = Path(str(getattr(module, "__file__", ""))).read_text(encoding="utf-8")
    lines = text.split("\n")
    checked = 0
    for first, last, ends in logical_lines(text):
        if first == last or not belongs_to_one_statement(lines, first):
            continue
        for line in ends:
            changed = [*lines[: line - 1], f"{lines[line - 1]}  # integrity: ignore[A]", *lines[line:]]
            assert only("\n".join(changed)).lines == (first, last), f"line {line}"
            checked += 1
    assert checked > 10
