"""Comments and strings found by one regular expression agree with CPython's tokenizer."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.facts import lexical
from integrity.facts.lexical import Comment, Lexed

_PIECES = st.sampled_from(
    [
        "x = 1\n", "# comment\n", "y = 'a # b'\n", 'z = "q\\"#"\n', "s = '''\n# in\n'''\n", 't = """a\n"b" # c\n"""\n',
        "if x:\n    pass  # trailing\n", "\n", "   \n", "u = r'\\'  # raw\n", "v = ('a'\n     # between\n     'b')\n",
        "w = b'#'\n", "f'{x}#'\n", "\x0c# form feed\n", "n = 'é#'  # ü\n",
        "k = 1 \\\n  + 2  # continued\n", "'' ''  # two\n",
    ]
)  # fmt: skip


def _tokenized(text: str) -> list[tuple[int, int, str]]:
    """Line, column and text of every comment, by the standard library."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [(t.start[0], t.start[1] + 1, t.string.rstrip()) for t in tokens if t.type == tokenize.COMMENT]


def _parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except SyntaxError:
            return False
    return True


@given(st.lists(_PIECES, max_size=12).map("".join))
@settings(max_examples=300)
def test_comments_are_those_of_the_tokenizer(text: str) -> None:
    """Whatever parses has the comments that `tokenize` finds, at the same places."""
    if not _parses(text):
        return
    assert _tokenized(text) == [(c.line, c.column, c.text) for c in Lexed(text).comments]


@given(st.text(alphabet="ab#'\"\\\n ", max_size=60))
def test_masking_keeps_every_line_and_column(text: str) -> None:
    """Blanking strings and comments moves nothing, whatever the text."""
    masked = Lexed(text).masked
    assert [len(line) for line in text.split("\n")] == [len(line) for line in masked.split("\n")]
    assert all(new in (old, " ") for old, new in zip(text, masked, strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 'unterminated\n# comment\n", ["# comment"]),
        ('"""never closed\n# inside or not\n', ["# inside or not"]),
        ("a\x0b# not a line end\n# yes\n", ["# not a line end", "# yes"]),
    ],
)
def test_damage_costs_no_more_than_a_line(text: str, expected: list[str]) -> None:
    """An unterminated string does not swallow the comments of the lines below it."""
    assert expected == [comment.text for comment in Lexed(text).comments]


def test_span_counts_characters_from_one() -> None:
    """Offsets become 1-based lines and columns, exclusive at the end."""
    lexed = Lexed("é = 1\nab = 2\n")
    assert lexed.span(6, 8).line == 2
    assert (lexed.span(6, 8).column, lexed.span(6, 8).end_column) == (1, 3)


@given(st.text(alphabet="ab#'\"\\\n ", max_size=80))
@settings(max_examples=500)
def test_hostile_text_is_read_like_any_other(text: str) -> None:
    """The way taken through text full of escaped quotes finds the same comments and strings as the fast one."""
    fast = Lexed(text)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(lexical, "_MANY_ESCAPES", 0)
        careful = Lexed(text)
        assert (careful.comments, careful.strings) == (fast.comments, fast.strings)


@pytest.mark.parametrize("line", ['\\"""\n', 'def f(:\n\\"""\n', "\\'''\n", '"""a \\'])
def test_hostile_text_takes_linear_time(line: str) -> None:
    """A megabyte in which no string is ever closed is read as fast as any other; else this would take hours."""
    assert all(isinstance(comment, Comment) for comment in Lexed(line * (1_000_000 // len(line)) + "# end\n").comments)


@given(st.text() | st.text("aZ_9 .(é\n"))
def test_words_are_the_runs_of_ascii_letters_digits_and_underscores(text: str) -> None:
    """Whatever stands beside them."""
    assert Lexed(text).words == set(re.findall("[A-Za-z0-9_]+", text))
