"""CSV for spreadsheets: one row a finding or gap, no cell of which a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io

from integrity.model import Finding, Gap, Verdict
from integrity.report.printable import printable

COLUMNS = (
    "severity", "code", "name", "path", "line", "column", "end_line", "end_column", "symbol", "message", "restorable",
    "fingerprint",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@")  # https://owasp.org/www-community/attacks/CSV_Injection


def render(verdict: Verdict) -> str:
    """The table with its head; gaps first, with the severity "not checked"; text is printable and on one line."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(_gap, verdict.gaps))
    writer.writerows(map(_finding, verdict.findings))
    return stream.getvalue()


def _finding(finding: Finding) -> list[str | int]:
    return [
        finding.severity.value,
        _cell(finding.code),
        _cell(finding.name),
        _cell(finding.path),
        finding.line,
        finding.column,
        finding.end_line,
        finding.end_column,
        _cell(finding.symbol),
        _cell(finding.message),
        "yes" if finding.restorable else "no",
        _cell(finding.fingerprint),
    ]


def _gap(gap: Gap) -> list[str | int]:
    return ["not checked", "", "", _cell(gap.path), "", "", "", "", "", _cell(gap.reason), "", ""]


def _cell(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe goes before what could begin a formula."""
    shown = printable(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown
