"""The baseline as a file: JSON with one entry a line, made so that merging two branches seldom conflicts.

Entries are sorted by a digest of their path before anything else, and a line that never changes stands between those of
different digests. Git reports a conflict when both sides change lines that touch; without such lines two branches that
each mend the file next to the other's would conflict every time. The last line of the list never changes either, so
that no entry gains or loses its comma when another one goes. There are no line numbers, no times and no versions of
this program in it, so that it changes only when the findings do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from integrity.baseline.entries import Key
from integrity.errors import IntegrityError

VERSION = 1
_SECTIONS = 64
_HEAD = f'{{"integrity-baseline": {VERSION}, "findings": ['
_TAIL = '"end"]}'
_FIELDS = {"path": str, "code": str, "symbol": str, "anchor": str, "count": int}
_CONFLICT = ("<<<<<<< ", "=======", ">>>>>>> ", "||||||| ")
_MEND = "restore the file from git, or write it anew with `integrity baseline create --force`"


class BaselineError(IntegrityError):
    """A baseline that cannot be used: not there, damaged, or no baseline at all."""


@dataclass(frozen=True)
class Entry:
    """A number of equal findings that are tolerated, and the line of the file that says so."""

    key: Key
    count: int
    line: int


def render(known: Mapping[Key, int]) -> str:
    """The text of a baseline; equal contents give equal bytes. Keys with a count of 0 are left out."""
    sections: dict[int, list[str]] = {number: [] for number in range(_SECTIONS)}
    for key, count in sorted(known.items()):
        if count > 0:
            fields = dict(zip(_FIELDS, (*key, count), strict=True))
            sections[_section(key.path)].append(json.dumps(fields))
    lines = [line for number, entries in sections.items() for line in (f'"{number:02}"', *entries)]
    return "\n".join([_HEAD, *(f"{line}," for line in lines), _TAIL]) + "\n"


def parse(content: bytes, shown: str) -> tuple[Entry, ...]:
    """The entries of a baseline, in the order of the file; equal keys are kept apart.

    Args:
        content: of the file.
        shown: its name for messages.

    Raises:
        BaselineError: it is damaged, or no baseline of this version.
    """
    text = content.decode("utf-8", "replace")
    conflict = next((number for number, line in enumerate(text.split("\n"), 1) if line.startswith(_CONFLICT)), 0)
    if conflict:
        raise BaselineError(f"{shown}: line {conflict}: a merge conflict; keep the lines of both sides, then prune")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        place = f"line {error.lineno}: " if isinstance(error, json.JSONDecodeError) else ""
        raise BaselineError(f"{shown}: {place}not valid JSON; {_MEND}") from None
    lines = _lines(text)
    return tuple(_entry(item, lines, shown) for item in _items(document, shown) if not isinstance(item, str))


def _section(path: str) -> int:
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).digest()[0] % _SECTIONS


def _items(document: object, shown: str) -> list[object]:
    """The list of findings in a document.

    Raises:
        BaselineError: it has none.
    """
    version = document.get("integrity-baseline") if isinstance(document, dict) else None
    if version is None or not isinstance(document, dict):
        raise BaselineError(f"{shown}: not a baseline of integrity; `integrity baseline create` writes one")
    if version != VERSION or isinstance(version, bool):
        raise BaselineError(f"{shown}: version {version!r} of the format, this program reads {VERSION}; upgrade it")
    findings = document.get("findings")
    if not isinstance(findings, list) or set(document) != {"integrity-baseline", "findings"}:
        raise BaselineError(f"{shown}: has other keys than a baseline; {_MEND}")
    return findings


def _entry(item: object, lines: Iterator[tuple[str, int]], shown: str) -> Entry:
    """One entry.

    Raises:
        BaselineError: it is none.
    """
    if not isinstance(item, dict) or not _fits(item):
        text = json.dumps(item)[:60]
        raise BaselineError(f"{shown}: {text} is no entry; {_MEND}")
    key = Key(*(item[name] for name in Key._fields))
    line = next((number for text, number in lines if text == json.dumps(item)), 1)
    return Entry(key, item["count"], line)


def _fits(item: dict[str, Any]) -> bool:
    typed = all(type(item.get(name)) is kind for name, kind in _FIELDS.items())
    return typed and len(item) == len(_FIELDS) and item["count"] > 0


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """The lines that may hold an entry, as `render` writes it, with their numbers, from top to bottom."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("{") and not line.startswith(_HEAD):
            yield line.strip().rstrip(","), number
