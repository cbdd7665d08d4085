"""The text of a file as it stands on disk, and replacements of spans in it."""

from __future__ import annotations

import ast
import codecs
import re
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from integrity.errors import IntegrityError
from integrity.source import declared_encoding, decode

_LINE_END = re.compile(r"\r\n|\r|\n")


class FixError(IntegrityError):
    """A file cannot be repaired; its text says why."""


class Edit(NamedTuple):
    """One replacement: the characters from `start` up to, not including, `end`."""

    start: int
    end: int
    text: str


class Text:
    """A file's text, line ends and all.

    Args:
        content: the bytes of the file.

    Raises:
        FixError: they cannot be decoded, or not be encoded again to the same bytes, or they do not parse.
    """

    def __init__(self, content: bytes) -> None:
        self._content = content
        problem = decode(content).problem
        if problem:
            raise FixError(problem)
        self._mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
        self._encoding = declared_encoding(content)
        body = content.removeprefix(self._mark)
        self.text = body.decode(self._encoding)
        if self.text.encode(self._encoding) != body:
            raise FixError(f"does not survive {self._encoding}")
        if not self._parses(self.text):
            raise FixError("does not parse")

    def offset(self, line: int, column: int) -> int:
        """The offset of a place; lines and columns start at 1."""
        return self._starts[line - 1] + column - 1

    def edited(self, edits: Sequence[Edit]) -> bytes:
        """The bytes with replacements that do not overlap.

        Raises:
            FixError: the result does not parse, or cannot be encoded.
        """
        text = self.text
        for edit in sorted(edits, reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        if not self._parses(text):
            raise FixError("would not parse after the repair")
        try:
            return self._mark + text.encode(self._encoding)
        except UnicodeEncodeError as error:
            raise FixError(f"cannot be written as {self._encoding}") from error

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    @staticmethod
    def _parses(text: str) -> bool:
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
        return True
