"""TOML files with the places of their values.

`tomllib` says what a text means, but not where; tomlkit keeps the layout, but tells no line. So the meaning is
`tomllib`'s, and this finds the places in a text that is known to be valid.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

from integrity.config import toml
from integrity.harness.located import HarnessFileError, Located

Path = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*'""")
_STRING = re.compile(r""""{3}(?:\\.|[^\\])*?"{3,5}|\'{3}.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'""", re.DOTALL)
_PLAIN = re.compile(r"[^,\]}\n#]+")


class Document:
    """A TOML text.

    Attributes:
        table: what it means.

    Args:
        text: with line feeds as ends of lines.

    Raises:
        HarnessFileError: it is not TOML.
    """

    def __init__(self, text: str) -> None:
        try:
            self.table: dict[str, Any] = toml.parse(text.encode("utf-8", "surrogatepass"))
        except toml.TomlError as error:
            raise HarnessFileError(str(error)) from None
        self._text = text
        self._starts = list(accumulate((len(line) + 1 for line in text.split("\n")[:-1]), initial=0))
        self.places: dict[Path, tuple[int, int]] = dict(_Scanner(text).values())

    def get(self, *path: str) -> Any:
        """The value at a path of keys, None when there is none."""
        found: Any = self.table
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        return found

    def located(self, text: str, *path: str | int) -> Located:
        """A text with the place of the value at a path, or of what is around it."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                start, _ = self.places[path[:length]]
                line = bisect_right(self._starts, start)
                return Located(text, line, start - self._starts[line - 1] + 1)
        return Located(text, 1)

    def source(self, path: Path) -> str:
        """The text of the value at a path."""
        start, end = self.places[path]
        return self._text[start:end]


class _Scanner:
    """Finds the values of a valid text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._counts: dict[Path, int] = {}

    def values(self) -> Iterator[tuple[Path, tuple[int, int]]]:
        """The path, and the start and end, of every value, those in lists and inline tables included."""
        table: Path = ()
        while self._skip(_SPACE) < len(self._text):
            if self._text[self._position] == "[":
                table = self._header()
            else:
                yield from self._pair(table)

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._position)
        self._position = match.end() if match else self._position
        return self._position

    def _header(self) -> Path:
        many = self._text.startswith("[[", self._position)
        self._position += 2 if many else 1
        path = self._resolved(self._keys(), many=many)
        self._position = self._text.index("]", self._position) + (2 if many else 1)
        return path

    def _resolved(self, keys: list[str], *, many: bool) -> Path:
        """The path of a table; one in an array of tables has the number of the latest."""
        path: Path = ()
        for number, key in enumerate(keys, 1):
            path = (*path, key)
            if many and number == len(keys):
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def _keys(self) -> list[str]:
        found = []
        while True:
            self._skip(_BLANK)
            match = _KEY.match(self._text, self._position)
            if match is None:  # a text that is not valid after all
                raise HarnessFileError("a key was expected")
            found.append(_unquoted(match[0]))
            self._position = match.end()
            self._skip(_BLANK)
            if not self._text.startswith(".", self._position):
                return found
            self._position += 1

    def _pair(self, table: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
        path = (*table, *self._keys())
        self._position = self._text.index("=", self._position) + 1
        self._skip(_BLANK)
        yield from self._value(path)

    def _value(self, path: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
        start = self._position
        opening = self._text[start]
        if opening in "[{":
            self._position += 1
            yield from self._members(path, "]" if opening == "[" else "}")
        else:
            match = (_STRING if opening in "\"'" else _PLAIN).match(self._text, start)
            self._position = match.end() if match else start + 1
        yield path, (start, self._position)

    def _members(self, path: Path, closing: str) -> Iterator[tuple[Path, tuple[int, int]]]:
        number = 0
        while self._text[self._skip(_SPACE)] != closing:
            if closing == "}":
                yield from self._pair(path)
            else:
                yield from self._value((*path, number))
            number += 1
            if self._text[self._skip(_SPACE)] == ",":
                self._position += 1
        self._position += 1


def _unquoted(key: str) -> str:
    if key[0] not in "\"'":
        return key
    return str(toml.parse(f"x = {key}".encode("utf-8", "surrogatepass"))["x"])
