"""A comparison for people at a terminal: what was weakened, before and after side by side, and what to do next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from integrity.diff.compare import Comparison
from integrity.model import ChangeFinding, Finding, Gap, Severity, SnapshotInfo
from integrity.report.counts import by_severity, most_serious_first
from integrity.report.layout import SEVERITY_STYLES, Pen, Style, hanging, wrap
from integrity.report.options import Options
from integrity.report.phrases import plural, severities
from integrity.report.printable import printable
from integrity.report.steps import listed

_SEVERITY = max(len(severity.value) for severity in Severity)
_MARGIN = 2 + _SEVERITY + 2
_RELATED_SHOWN = 5
_PLACES = {"worktree": "the work tree", "index": "the index"}


def render(comparison: Comparison, options: Options) -> str:
    """The whole report; foreign text in it is printable."""
    pen, width = Pen(color=options.color), options.width
    files: dict[str, list[Finding]] = {}
    for finding in most_serious_first(comparison.findings):
        files.setdefault(finding.path, []).append(finding)
    sections = [_file(path, found, width, pen) for path, found in files.items()]
    sections += [_gaps(comparison.verdict.gaps, width, pen), _closing(comparison, options, pen)]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def headline(comparison: Comparison) -> str:
    """The result in one line."""
    sides = f"{_name(comparison.before)} to {_name(comparison.after)}"
    files = f"{plural(comparison.files, 'changed file')} from {sides}"
    if comparison.findings:
        counted = severities(by_severity(comparison.findings))
        return f"Found {plural(len(comparison.findings), 'finding')} in {files}: {counted}"
    if comparison.verdict.gaps:
        return f"Incomplete: no findings, but {plural(len(comparison.verdict.gaps), 'gap')} in {files}"
    return f"Nothing weakened in {files}"


def _name(side: SnapshotInfo) -> str:
    if side.kind == "revision" and side.revision:
        return printable(side.revision[:10])
    return _PLACES.get(side.kind, side.kind)


def _file(path: str, found: list[Finding], width: int, pen: Pen) -> list[str]:
    lines = [pen(Style.STRONG, printable(path))]
    for finding in found:
        lines += _finding(finding, width, pen)
    return lines


def _finding(finding: Finding, width: int, pen: Pen) -> list[str]:
    severity = pen(SEVERITY_STYLES[finding.severity], finding.severity.value.ljust(_SEVERITY))
    message = f"{finding.line}  {finding.code}  {printable(finding.message)}"
    first, *rest = hanging(message, width - _MARGIN)
    lines = [f"  {severity}  {first}"]
    lines += [" " * _MARGIN + line for line in (*rest, *_details(finding, width - _MARGIN, pen))]
    return lines


def _details(finding: Finding, width: int, pen: Pen) -> Iterator[str]:
    """Before and after, why it is serious, and where else to look."""
    if isinstance(finding, ChangeFinding):
        yield from _marked("-", finding.before, Style.HIGH, width, pen)
        yield from _marked("+", finding.after, Style.GOOD, width, pen)
        if finding.why:
            yield from (pen(Style.DIM, line) for line in hanging(f"why it counts: {printable(finding.why)}", width))
    for related in finding.related[:_RELATED_SHOWN]:
        place = f"line {related.line}" if related.path == finding.path else f"{printable(related.path)}:{related.line}"
        yield from (pen(Style.DIM, line) for line in hanging(f"{place}: {printable(related.message)}", width))


def _marked(mark: str, text: str, style: Style, width: int, pen: Pen) -> Iterator[str]:
    """Source lines behind a mark, as a diff shows them."""
    for line in text.split("\n") if text else ():
        first, *rest = wrap(printable(line), width - 2)
        yield pen(style, f"{mark} {first}")
        yield from (pen(style, f"  {one}") for one in rest)


def _gaps(gaps: tuple[Gap, ...], width: int, pen: Pen) -> list[str]:
    if not gaps:
        return []
    lines = [pen(Style.MEDIUM, f"Not checked ({len(gaps):,})")]
    for gap in gaps:
        lines += [f"  {line}" for line in hanging(f"{printable(gap.path)}: {printable(gap.reason)}", width - 2)]
    return lines


def _closing(comparison: Comparison, options: Options, pen: Pen) -> list[str]:
    """Totals, the tests, whether the gate holds, and the next steps."""
    tests = comparison.tests
    counted = f"{tests.before:,} -> {tests.after:,} in the changed files"
    moves = [
        (tests.lost, "lost"),
        (tests.gained, "gained"),
        (tests.changed, "changed"),
        (tests.moved, "moved or renamed"),
    ]
    told = ", ".join(f"{number:,} {what}" for number, what in moves if number)
    lines = wrap(headline(comparison), options.width)
    lines += wrap(f"Tests: {counted}{told and ': ' + told}", options.width) if comparison.files else []
    suppressed = comparison.verdict.suppressed
    lines += [f"{plural(suppressed, 'finding')} suppressed"] if suppressed else []
    accepted = comparison.verdict.baselined
    lines += [f"{plural(sum(accepted.values()), 'finding')} accepted, with a reason"] if accepted else []
    for failure in options.failures or ():
        lines += [pen(Style.CRITICAL, line) for line in hanging(f"Failed: {failure}", options.width)]
    steps = list(listed(list(_steps(comparison)), options.width, pen))
    return [*lines, "", *steps] if steps else lines


def _steps(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """What to run next, and what it is good for."""
    worst = most_serious_first(comparison.findings)[:1]
    if worst:
        yield f"integrity explain {printable(worst[0].code)}", "what it means, and how to mend it"
        base = comparison.before.revision
        path = worst[0].path
        if base and printable(path) == path and not _is_new(path, comparison):
            place = shlex.quote(f":/{path}")  # from whatever folder it is typed in
            yield f"git checkout {base[:10]} -- {place}", "bring the file back as it was"
    if comparison.verdict.gaps:
        yield "integrity diff --allow-gaps ...", "accept the gaps you have looked at"


def _is_new(path: str, comparison: Comparison) -> bool:
    """Whether there was no such file before, by this name."""
    return any(one.after_path == path != one.before_path for one in comparison.change.files)
