"""The report for people at a terminal: findings by file, what could not be checked, and a last screen that sums up."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from integrity.model import Finding, Gap, Related, Severity, Verdict
from integrity.report.closing import closing
from integrity.report.counts import FileCount, by_file, most_serious_first
from integrity.report.layout import SEVERITY_STYLES, Pen, Style, cells, hanging, pad, wrap
from integrity.report.printable import printable
from integrity.rule import FIXES

_SEVERITY = max(len(severity.value) for severity in Severity)
_RELATED_SHOWN = 5


def render(
    verdict: Verdict, *, width: int = 100, color: bool = False, mendable: Severity | None = Severity.HIGH
) -> str:
    """The whole report; foreign text in it is printable and on one line.

    Args:
        verdict: what to report.
        width: columns to wrap at.
        color: whether to write ANSI colours; the text is the same without them.
        mendable: the least severity of damage that `restore` looks for in history; None where there is no history.
    """
    pen, columns = Pen(color=color), _columns(verdict, width)
    files = sorted(by_file(verdict), key=lambda file: file.order)
    sections = [
        *(_file(file, columns, pen) for file in files),
        _gaps(verdict.gaps, width, pen),
        _notes(verdict.notes, width, pen),
        closing(verdict, width, pen, mendable),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


class _Columns(msgspec.Struct, frozen=True):
    """Widths in cells, the same for every file of a report."""

    place: int
    code: int
    message: int

    @property
    def indent(self) -> int:
        """Where messages start."""
        return 2 + _SEVERITY + 2 + self.place + 2 + self.code + 2


def _columns(verdict: Verdict, width: int) -> _Columns:
    place = max((len(_place(finding)) for finding in verdict.findings), default=0)
    code = max((cells(printable(finding.code)) for finding in verdict.findings), default=0)
    columns = _Columns(place, code, 0)
    return msgspec.structs.replace(columns, message=width - columns.indent)


def _file(file: FileCount, columns: _Columns, pen: Pen) -> list[str]:
    lines = [pen(Style.STRONG, printable(file.path))]
    for finding in most_serious_first(file.findings):
        lines += _finding(finding, columns, pen)
    return lines


def _finding(finding: Finding, columns: _Columns, pen: Pen) -> list[str]:
    severity = pen(SEVERITY_STYLES[finding.severity], finding.severity.value.ljust(_SEVERITY))
    place = _place(finding).ljust(columns.place)
    code = pad(printable(finding.code), columns.code)
    first, *rest = [*_message(finding, columns, pen), *_details(finding, columns, pen)]
    margin = " " * columns.indent
    return [f"  {severity}  {place}  {code}  {first}", *(margin + line for line in rest)]


def _place(finding: Finding) -> str:
    return f"{finding.line}:{finding.column}"


def _message(finding: Finding, columns: _Columns, pen: Pen) -> list[str]:
    """The wrapped message, and the symbol where the message does not name it."""
    message, symbol = printable(finding.message), printable(finding.symbol)
    lines = wrap(message, columns.message)
    if not symbol or symbol in message:
        return lines
    context = f"in {symbol}"
    if cells(lines[-1]) + 2 + cells(context) <= columns.message:
        return [*lines[:-1], f"{lines[-1]}  {pen(Style.DIM, context)}"]
    return lines + [pen(Style.DIM, line) for line in wrap(context, columns.message)]


def _details(finding: Finding, columns: _Columns, pen: Pen) -> Iterator[str]:
    """The related places, dimmed, and how to have it mended."""
    if finding.fix:
        safe = FIXES.get(finding.fix.partition(":")[0], False)
        yield pen(Style.DIM, f"scan --fix{'' if safe else ' --unsafe-fixes'} mends it")
    for related in finding.related[:_RELATED_SHOWN]:
        for line in hanging(_related(related, finding.path), columns.message):
            yield pen(Style.DIM, line)
    more = len(finding.related) - _RELATED_SHOWN
    if more > 0:
        yield pen(Style.DIM, f"and {more:,} more places (json lists all)")


def _related(related: Related, path: str) -> str:
    place = f"line {related.line}" if related.path == path else f"{printable(related.path)}:{related.line}"
    return f"{place}: {printable(related.message)}"


def _gaps(gaps: tuple[Gap, ...], width: int, pen: Pen) -> list[str]:
    if not gaps:
        return []
    lines = [pen(Style.MEDIUM, f"Not checked ({len(gaps):,})")]
    for gap in gaps:
        text = f"{printable(gap.path)}: {printable(gap.reason)}"
        lines += [f"  {line}" for line in hanging(text, width - 2)]
    return lines


def _notes(notes: tuple[str, ...], width: int, pen: Pen) -> list[str]:
    return [pen(Style.DIM, line) for note in notes for line in hanging(f"Note: {printable(note)}", width)]
