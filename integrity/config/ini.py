"""INI text as pytest reads it: unlike with `configparser`, keys keep their case and nothing is interpolated."""

from __future__ import annotations

from typing import TypeVar

_T = TypeVar("_T")
_COMMENT = ("#", ";")


class IniError(Exception):
    """The text is not INI. The message names the line, and does not quote it."""


def parse(text: str) -> dict[str, dict[str, str]]:
    """Sections, each with its keys and values; the lines of a value are joined by line feeds.

    Raises:
        IniError: a line that is none of section, key with value, continuation or comment; or a repeated name.
    """
    sections: dict[str, dict[str, list[str]]] = {}
    keys: dict[str, list[str]] | None = None
    value: list[str] | None = None
    for number, line in _lines(text):
        header = _header(line)
        if header == "":
            raise IniError(f"line {number} names no section")
        if header is not None:
            keys, value = _new(sections, header, {}, number), None
        elif line[0].isspace() or line[0] == "[":
            _existing(value, number).append(line.strip())
        else:
            name, content = _pair(line, number)
            value = _new(_existing(keys, number), name, [content] if content else [], number)
    return {name: {key: "\n".join(lines) for key, lines in section.items()} for name, section in sections.items()}


def _lines(text: str) -> list[tuple[int, str]]:
    """The numbered lines that hold something, without white space at their end."""
    numbered = enumerate(text.removeprefix("\N{BYTE ORDER MARK}").splitlines(), 1)
    return [(number, line.rstrip()) for number, line in numbered if line.strip() and not _is_comment(line)]


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(_COMMENT)


def _header(line: str) -> str | None:
    """The name of the section that a line opens; a comment may follow it."""
    if not line.startswith("["):
        return None
    for mark in _COMMENT:
        line = line.partition(mark)[0].rstrip()
    return line[1:-1] if line.endswith("]") else None


def _pair(line: str, number: int) -> tuple[str, str]:
    name, equals, value = line.partition("=")
    if not equals or ":" in name:
        name, colon, value = line.partition(":")
        if not colon:
            raise IniError(f"line {number} is neither a section nor a key with a value")
    return name.strip(), value.strip()


def _new(names: dict[str, _T], name: str, value: _T, number: int) -> _T:
    if name in names:
        raise IniError(f"line {number} repeats a name")
    names[name] = value
    return value


def _existing(value: _T | None, number: int) -> _T:
    if value is None:
        raise IniError(f"line {number} belongs to nothing")
    return value
