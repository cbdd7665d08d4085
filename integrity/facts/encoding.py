"""Damage by a wrong encoding: NUL bytes, replacement characters, UTF-8 read as Windows-1252, escaped line ends.

Mojibake is proved, not guessed: the characters are written back as Windows-1252 (as Latin-1 where that has none) and
must then read as UTF-8, giving a character that people write.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from integrity.facts.lexical import Lexed
from integrity.facts.model import Trace
from integrity.facts.places import stands_alone, string_around, trace

NUL = "nul"
REPLACEMENT = "replacement-character"
MOJIBAKE = "mojibake"
ESCAPED_LINES = "escaped-line-ends"

_REPLACED = re.compile("\ufffd+")
_NUL = re.compile("\0+")
_HIGH = {byte: bytes([byte]).decode("cp1252", "replace").replace("\ufffd", chr(byte)) for byte in range(0x80, 0x100)}
_BYTE = {character: byte for byte, character in _HIGH.items()} | {chr(byte): byte for byte in range(0x80, 0x100)}


def _class(first: int, last: int, *, latin: bool = False) -> str:
    """A regular expression for the characters that the bytes from `first` to `last` are misread as."""
    characters = {_HIGH[byte] for byte in range(first, last + 1)}
    return (
        "[" + "".join(sorted(characters | ({chr(byte) for byte in range(first, last + 1)} if latin else set()))) + "]"
    )


_TAIL = _class(0x80, 0xBF, latin=True)
_MISREAD = re.compile(
    f"(?:{_class(0xC2, 0xDF)}{_TAIL}|{_class(0xE0, 0xEF)}{_TAIL}{{2}}|{_class(0xF0, 0xF4)}{_TAIL}{{3}})+"
)
_LEADS = "ÂÃâðÐ"  # of Latin letters, punctuation, emoji and Cyrillic: what is misread in practice
# Characters that a lone misreading is believed to stand for; any other needs three in a row.
_COMMON = re.compile(
    "[\u00a0-\u00ff\u2010-\u2027\u2030-\u205e\u20ac\u2122\u2190-\u21ff\u2200-\u22ff\u2500-\u27bf\ufe0f\U0001f300-\U0001faff]"
)
_WORD = re.compile("[\u0100-\u017f\u0370-\u052f\u0590-\u06ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{3,}")
_ON_PURPOSE = re.compile(
    r"mojibake|replacement|u\+fffd|utf|unicode|decod|encod|latin|cp1252|charset|codec|surrogate|byte", re.IGNORECASE
)
_QUOTES = tuple("\"'`()")
_FEWEST = 2
_MOST = 1000  # places that are read closely; further ones are not even counted
_NEAR = 200  # characters of the line that are read on either side
_LONG_LINE = 2000
_STATEMENT = re.compile(
    r"\\n(?:\\n|[ \t]|\\t){0,8}"
    r"(?:import |from \w|def \w|class \w|async def |@\w|if |for |return\b|assert |\w[\w.]* = |\"\"\")"
)
_STATEMENTS = 10


def encoding_damage(lexed: Lexed, tree: ast.Module | None) -> Iterator[Trace]:
    """Every damaged character of a text; `certain` is False where it stands in a string that is data."""
    text = lexed.text
    if tree is None:
        yield from (trace(NUL, lexed, *match.span()) for match in _NUL.finditer(text))
    if tree is None or not tree.body:
        yield from _escaped_lines(lexed)
    if text.isascii():
        return
    if "\ufffd" in text:
        yield from _found(lexed, REPLACEMENT, islice(_REPLACED.finditer(text), _MOST))
    if any(lead in text for lead in _LEADS):
        yield from _mojibake(lexed)


def _mojibake(lexed: Lexed) -> Iterator[Trace]:
    """Runs that prove to be misread, when there are enough of them to be no accident of typography."""
    found = [match for match in islice(_MISREAD.finditer(lexed.text), _MOST) if _is_misread(match[0])]
    if len(found) >= _FEWEST or any(len(match[0]) > _FEWEST for match in found):
        yield from _found(lexed, MOJIBAKE, found)


def _is_misread(run: str) -> bool:
    """Whether characters written back as Windows-1252 read as UTF-8, and as something plausible."""
    try:
        meant = bytes(_BYTE[character] for character in run).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(_COMMON.search(meant) or _WORD.search(meant))


def _found(lexed: Lexed, kind: str, matches: Iterable[re.Match[str]]) -> Iterator[Trace]:
    """The traces of damaged characters, without those that stand there on purpose.

    Where a string is about the replacement character itself, so are the comments that show it without a word around.
    """
    places = [(match, _is_data(lexed, match.start())) for match in matches]
    meant = kind == REPLACEMENT and any(data and _is_isolated(match) for match, data in places)
    for match, data in places:
        shown = not data and _is_isolated(match) and _is_output(lexed, match.start())
        if not shown and not (meant and _is_isolated(match)) and not _is_mentioned(lexed, match):
            yield trace(kind, lexed, *match.span(), certain=not data)


def _is_data(lexed: Lexed, place: int) -> bool:
    """Whether a place lies in a string that is no statement of its own."""
    around = string_around(lexed, place)
    return bool(around and not stands_alone(lexed, around[0]))


def _is_output(lexed: Lexed, place: int) -> bool:
    """Whether a place lies in a docstring that shows a session with the interpreter, whose output may hold anything."""
    around = string_around(lexed, place)
    return bool(around and ">>> " in lexed.text[around[0] : around[1]])


def _is_isolated(match: re.Match[str]) -> bool:
    """Whether no letter stands beside a replaced character, so that the string is about the character itself."""
    beside = match.string[max(0, match.start() - 1) : match.start()] + match.string[match.end() : match.end() + 1]
    return not any(character.isalpha() for character in beside)


def _is_mentioned(lexed: Lexed, match: re.Match[str]) -> bool:
    """Whether a line speaks of encodings, or puts the character alone in quotes."""
    start, end = match.span()
    line = lexed.starts[lexed.line_at(start) - 1]
    near = match.string[max(line, start - _NEAR) : end + _NEAR].split("\n", 1)[0]
    before, after = match.string[start - 1 : start], match.string[end : end + 1]
    return (before in _QUOTES and after in _QUOTES) or bool(_ON_PURPOSE.search(near))


def _escaped_lines(lexed: Lexed) -> Iterator[Trace]:
    """A file whose line ends became backslash and n: one long line that holds statement after statement."""
    line = max(lexed.lines, key=len)
    if len(line) < _LONG_LINE or len(line) * 2 < len(lexed.text):
        return
    count = sum(1 for _ in _STATEMENT.finditer(line))
    if count >= _STATEMENTS:
        start = lexed.starts[lexed.lines.index(line)]
        yield trace(ESCAPED_LINES, lexed, start, start + len(line))
