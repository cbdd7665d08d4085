"""Suppression comments of files in which a comment starts with `#`, whatever else they hold.

A comment at the end of a line covers that line; one on a line of its own covers the comments directly below it and the
line below those.
"""

from __future__ import annotations

import re
from functools import cached_property

from integrity.facts.lexical import Comment, Lexed
from integrity.facts.model import Suppression
from integrity.facts.suppressions import suppressions

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$")
_WORD = "integrity:"


def remarks(text: str, *, inline: bool = True) -> tuple[Suppression, ...]:
    """The suppression comments of a text, in order of line.

    Args:
        text: with line feeds as ends of lines.
        inline: whether a comment may stand behind something else; in INI files it may not.
    """
    return suppressions(_Lines(text, inline=inline), None) if _WORD in text else ()


class _Lines(Lexed):
    """A text whose comments are told line by line."""

    def __init__(self, text: str, *, inline: bool) -> None:
        super().__init__(text)
        self._inline = inline

    @cached_property
    def comments(self) -> list[Comment]:
        """Those on lines of their own, and those behind something that state a suppression."""
        found = (self._comment(number, line) for number, line in enumerate(self.lines, 1) if "#" in line)
        return [one for one in found if one]

    def _comment(self, number: int, line: str) -> Comment | None:
        stripped = line.strip()
        if stripped.startswith("#"):
            return Comment(number, line.index("#") + 1, stripped, own_line=True)
        match = _COMMENT.search(line) if self._inline and _WORD in line else None
        return Comment(number, match.start() + 1, match[0].rstrip(), own_line=False) if match else None
