"""Terminal lines: their width in cells, wrapping, and colour.

Written out here because the library for it costs more start-up time than a whole report needs, and because text from
the scanned repository must never be read as markup.
"""

from __future__ import annotations

from enum import Enum
from unicodedata import combining, east_asian_width

from integrity.model import Severity


class Style(Enum):
    """What a piece of text is; the value is its ANSI attribute (SGR parameters)."""

    CRITICAL = "1;31"
    HIGH = "31"
    MEDIUM = "33"
    LOW = "36"
    GOOD = "32"
    STRONG = "1"
    DIM = "2"


SEVERITY_STYLES = {
    Severity.CRITICAL: Style.CRITICAL,
    Severity.HIGH: Style.HIGH,
    Severity.MEDIUM: Style.MEDIUM,
    Severity.LOW: Style.LOW,
}
_SEPARATORS = "./_-"
_NARROWEST = 24  # cells; narrower columns are unreadable, the terminal may break the lines instead


class Pen:
    """Applies styles, or leaves text alone.

    Args:
        color: whether to write ANSI escape sequences.
    """

    def __init__(self, *, color: bool) -> None:
        self.color = color

    def __call__(self, style: Style | None, text: str) -> str:
        """The text in that style; plain without a style, and where there is nothing to see."""
        return f"\x1b[{style.value}m{text}\x1b[0m" if self.color and style and text else text


def cells(text: str) -> int:
    """Columns of a terminal that printable text takes: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    return sum(_cell(character) for character in text)


def pad(text: str, width: int) -> str:
    """The text filled up with spaces to `width` cells."""
    return text + " " * (width - cells(text))


def wrap(text: str, width: int) -> list[str]:
    """The words of the text on lines of at most `width` cells; longer words are cut. Never empty."""
    width = max(width, _NARROWEST - 2)
    lines: list[str] = []
    line, used = "", 0
    for word in _words(text, width):
        size = cells(word)
        if lines or line:
            if used + 1 + size <= width:
                line, used = f"{line} {word}", used + 1 + size
                continue
            lines.append(line)
        line, used = word, size
    return [*lines, line]


def hanging(text: str, width: int) -> list[str]:
    """The wrapped text, every line but the first indented by two."""
    first, *rest = wrap(text, max(width, _NARROWEST) - 2)
    return [first, *(f"  {line}" for line in rest)]


def reflow(text: str, width: int) -> str:
    """Markdown with the paragraphs wrapped anew that are too wide; code, lists and headings stay as they are."""
    blocks, code = [], False
    for block in text.split("\n\n"):
        plain = not code and not block.startswith(("```", "#", "- ", "|", " "))
        code ^= block.count("```") % 2 == 1
        wide = any(cells(line) > width for line in block.split("\n"))
        end = "\n" if block.endswith("\n") else ""
        blocks.append("\n".join(wrap(" ".join(block.split()), width)) + end if plain and wide else block)
    return "\n\n".join(blocks)


def _words(text: str, width: int) -> list[str]:
    """The words of the text, none wider than `width`."""
    words = text.split(" ")
    if all(len(word) * 2 <= width or cells(word) <= width for word in words):
        return words
    return [piece for word in words for piece in _cut(word, width)]


def _cut(word: str, width: int) -> list[str]:
    pieces, piece, used = [], "", 0
    for character in word:
        size = _cell(character)
        if used + size > width:
            kept = _good_end(piece)
            pieces.append(piece[:kept])
            piece = piece[kept:]
            used = cells(piece)
        piece, used = piece + character, used + size
    return [*pieces, piece]


def _good_end(piece: str) -> int:
    """Where a piece of a long name is best cut: after its last separator, unless that leaves most of the line empty."""
    end = max(piece.rfind(separator) for separator in _SEPARATORS) + 1
    return end if end * 2 > len(piece) else len(piece)


def _cell(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
