"""Comments, strings and line numbers of a text, found without parsing it.

One regular expression that stops only at quotes and hashes is ten times as fast as `tokenize`, and it also reads text
that does not parse: an unterminated string costs the rest of its line, not the rest of the file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate
from string import ascii_letters, digits
from typing import NamedTuple

from integrity.model import Span

_TOKEN = re.compile(
    r"""
    \#[^\n]*
    | \"{3} [^"\\]* (?: (?: \\. | "(?!"") ) [^"\\]* )* \"{3}
    | '{3} [^'\\]* (?: (?: \\. | '(?!'') ) [^'\\]* )* '{3}
    | " [^"\\\n]* (?: \\. [^"\\\n]* )* "
    | ' [^'\\\n]* (?: \\. [^'\\\n]* )* '
    """,
    re.VERBOSE | re.DOTALL,
)
_MANY_ESCAPES = 50
_OPENING = re.compile(r"""\#[^\n]*|\"{3}|'{3}|"|'""")
_INSIDE = {
    '"""': re.compile(r'[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*', re.DOTALL),
    "'''": re.compile(r"[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*", re.DOTALL),
    '"': re.compile(r'[^"\\\n]*(?:\\.[^"\\\n]*)*', re.DOTALL),
    "'": re.compile(r"[^'\\\n]*(?:\\.[^'\\\n]*)*", re.DOTALL),
}
_NOT_NEWLINE = re.compile(r"[^\n]")
_OF_WORDS = f"{ascii_letters}{digits}_".encode()
_BLANKED = bytes(one if one in _OF_WORDS else ord(" ") for one in range(256))


class Comment(NamedTuple):
    """A comment.

    Attributes:
        line: 1-based.
        column: 1-based, of the hash.
        text: from the hash to the end of the line, trailing white space removed.
        own_line: whether nothing but white space stands before it.
    """

    line: int
    column: int
    text: str
    own_line: bool

    @property
    def payload(self) -> str:
        """The text after the hash, indentation kept."""
        return self.text[1:]

    @property
    def span(self) -> Span:
        """The place of the comment."""
        return Span(self.line, self.column, self.line, self.column + len(self.text))


class Lexed:
    """A text with its lines, comments and strings; each part is computed on first use.

    Args:
        text: what `source.decode` gives; lines end in a line feed.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def lines(self) -> list[str]:
        """The lines without their ends. Never `splitlines`, which also splits at form feeds and U+2028."""
        return self.text.split("\n")

    @cached_property
    def lower(self) -> str:
        """The text in lower case, for words that are looked for in any."""
        return self.text.lower()

    @cached_property
    def words(self) -> frozenset[str]:
        """Every run of ASCII letters, digits and underscores: made in the time of fifteen searches, asked in none."""
        return frozenset(self.text.encode("utf-8", "surrogatepass").translate(_BLANKED).decode("ascii").split())

    @cached_property
    def non_blank(self) -> int:
        """The number of lines that hold more than white space."""
        return sum(map(bool, map(str.strip, self.lines)))

    @cached_property
    def starts(self) -> list[int]:
        """The offset at which each line starts."""
        return list(accumulate(map((1).__add__, map(len, self.lines[:-1])), initial=0))

    @cached_property
    def comments(self) -> list[Comment]:
        """Every comment, in order."""
        return self._tokens[0]

    @cached_property
    def strings(self) -> list[tuple[int, int]]:
        """Start and end offset of every string literal, quotes included and prefix excluded, in order."""
        return self._tokens[1]

    @cached_property
    def masked(self) -> str:
        """The text with the inside of every string and comment blanked, line for line and column for column."""
        pieces, position = [], 0
        comments = ((self.starts[c.line - 1] + c.column - 1, c) for c in self.comments)
        regions = [(start, start + len(comment.text)) for start, comment in comments]
        for start, end in sorted(regions + self.strings):
            inside = self.text[start:end]
            blank = _NOT_NEWLINE.sub(" ", inside) if "\n" in inside else " " * (end - start)
            pieces += [self.text[position:start], blank]
            position = end
        return "".join([*pieces, self.text[position:]])

    def between(self, first: int, last: int) -> str:
        """The text from one 1-based line to another, both included."""
        end = self.starts[last] if last < len(self.starts) else len(self.text)
        return self.text[self.starts[first - 1] : end]

    def line_at(self, offset: int) -> int:
        """The 1-based line that holds the character at `offset`."""
        return bisect_right(self.starts, offset)

    def span(self, start: int, end: int) -> Span:
        """The place of the characters from offset `start` up to, not including, `end`."""
        first, last = self.line_at(start), self.line_at(end)
        return Span(first, start - self.starts[first - 1] + 1, last, end - self.starts[last - 1] + 1)

    @cached_property
    def _tokens(self) -> tuple[list[Comment], list[tuple[int, int]]]:
        text, starts = self.text, self.starts
        comments: list[Comment] = []
        strings: list[tuple[int, int]] = []
        for start, end in _spans(text):
            if text[start] != "#":
                strings.append((start, end))
                continue
            line = bisect_right(starts, start)
            begin = starts[line - 1]
            own = start == begin or text[begin:start].isspace()
            comments.append(Comment(line, start - begin + 1, text[start:end].rstrip(), own))
        return comments, strings


def mentions(text: str, name: str) -> Iterator[int]:
    """The offsets at which a name stands as a whole word; punctuation at its end may be followed by anything."""
    position, size, called = text.find(name), len(name), not _goes_on(name[-1:])
    while position >= 0:
        end = position + size
        if not _goes_on(text[position - 1 : position]) and (called or not _goes_on(text[end : end + 1])):
            yield position
        position = text.find(name, end)


def holds(text: str, name: str) -> bool:
    """Whether a name stands in a text as a whole word, as of `mentions`."""
    return next(mentions(text, name), None) is not None


def _goes_on(character: str) -> bool:
    """Whether a character is part of a word; that of no text is not."""
    return character.isalnum() or character == "_"


class Tokens:
    """The comments and strings of a text from any offset on, in linear time as long as the offsets grow.

    Args:
        text: what to read.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._reach: dict[str, tuple[int, int]] = {}

    def after(self, position: int) -> tuple[int, int] | None:
        """Start and end of the first comment or string that starts at an offset or behind it."""
        while match := _OPENING.search(self._text, position):
            start, position = match.span()
            quotes = match[0]
            if quotes not in _INSIDE:
                return start, position
            end = self._end(quotes, position)
            if self._text.startswith(quotes, end):
                return start, end + len(quotes)
            if len(quotes) > 1:
                return start, start + 2
        return None

    def _end(self, quotes: str, position: int) -> int:
        """Where the inside of a string ends, closed or not; the same for any string that opens inside it."""
        since, until = self._reach.get(quotes, (0, -1))
        if not since <= position <= until:
            match = _INSIDE[quotes].match(self._text, position)
            until = match.end() if match else position
            self._reach[quotes] = position, until
        return until


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every comment and string, in order."""
    if text.count("\\") < _MANY_ESCAPES:
        return (match.span() for match in _TOKEN.finditer(text))
    triples = text.count('\\"""') + text.count("\\'''")
    continued = min(text.count("\\\n"), text.count('\\"') + text.count("\\'"))
    if max(triples, continued) < _MANY_ESCAPES:
        return (match.span() for match in _TOKEN.finditer(text))
    return _careful_spans(text)


def _careful_spans(text: str) -> Iterator[tuple[int, int]]:
    """The same in linear time, for text in which escaped quotes could send every search to the end of the text."""
    tokens, position = Tokens(text), 0
    while token := tokens.after(position):
        yield token
        position = token[1]
