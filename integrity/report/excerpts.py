"""The lines of source that findings point at, as many as a report has room for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import escape

from integrity.model import Finding
from integrity.report.counts import most_serious_first
from integrity.report.printable import printable
from integrity.source import decode

_LINES, _LINES_OF_MANY = 3, 1
MANY = 500  # findings; with more of them one line each shows more places than three lines each
_WIDTH = 160  # characters of a line
_MARKUP = 45  # characters around a line of HTML


class Line(NamedTuple):
    """A line of source in three parts, of which the middle one is what the finding is about."""

    number: int
    before: str
    marked: str
    after: str


@dataclass(frozen=True)
class Excerpts:
    """The excerpts of a report.

    Attributes:
        lines: by the number of the finding in the verdict.
        left_out: how many findings have none for want of room.
    """

    lines: Mapping[int, tuple[Line, ...]]
    left_out: int


def excerpts(
    findings: Collection[Finding], read: Callable[[Collection[str]], Mapping[str, bytes]] | None, room: int
) -> Excerpts:
    """The excerpts of the most serious findings.

    Args:
        findings: those of a verdict, in its order.
        read: gives the content of files by their paths; None when there is none to be had.
        room: how many characters of HTML all excerpts may take together.
    """
    if read is None:
        return Excerpts({}, 0)
    numbers = {id(finding): number for number, finding in enumerate(findings)}
    ranked = [(numbers[id(finding)], finding) for finding in most_serious_first(findings)]
    texts = {path: decode(content).text.split("\n") for path, content in read({one.path for one in findings}).items()}
    return _fitting(ranked, texts, room, _LINES if len(ranked) <= MANY else _LINES_OF_MANY)


def _fitting(ranked: Iterable[tuple[int, Finding]], texts: Mapping[str, list[str]], room: int, most: int) -> Excerpts:
    found: dict[int, tuple[Line, ...]] = {}
    left_out = 0
    for number, finding in ranked:
        lines = _excerpt(finding, texts.get(finding.path, []), most)
        used = sum(_MARKUP + len(escape("".join(line[1:]))) for line in lines)
        if used > room:
            left_out += 1
        elif lines:
            found[number] = lines
            room -= used
    return Excerpts(found, left_out)


def _excerpt(finding: Finding, text: list[str], most: int) -> tuple[Line, ...]:
    """The first lines of the marked place, at most `most`; blank ones at its end are left out."""
    last = min(max(finding.end_line, finding.line), finding.line + most - 1, len(text))
    while last > finding.line and not text[last - 1].strip():
        last -= 1
    single = finding.end_line == finding.line
    return tuple(
        _line(number, text[number - 1], (finding.column - 1, finding.end_column - 1) if single else (0, 0))
        for number in range(finding.line, last + 1)
    )


def _line(number: int, text: str, marked: tuple[int, int]) -> Line:
    """One line, cut to a bearable width."""
    first, last = marked
    if not 0 <= first < last <= min(len(text), _WIDTH):
        return Line(number, _shown(text), "", "")
    return Line(number, _shown(text[:first]), _shown(text[first:last]), _shown(text[last:_WIDTH]))


def _shown(text: str) -> str:
    """Text as a line of a report; tabs are kept wide enough to see the indentation."""
    return printable((text if len(text) <= _WIDTH else f"{text[:_WIDTH]}...").expandtabs(4))
