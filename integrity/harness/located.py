"""Texts with the places they come from, which every reader here hands on."""

from __future__ import annotations

from typing import NamedTuple

from integrity.model import Span


class HarnessFileError(Exception):
    """A file cannot be read. The message says what is wrong in which line, and does not quote it."""


class Located(NamedTuple):
    """A piece of text and its line (from 1), with the column of its first character."""

    text: str
    line: int
    column: int = 1

    @property
    def span(self) -> Span:
        """The first line of it."""
        length = len(self.text.split("\n", 1)[0])
        return Span(self.line, self.column, self.line, self.column + length)
