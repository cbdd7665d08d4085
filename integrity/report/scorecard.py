"""The score on its own: the percentages, and on request the arithmetic behind them and what to repair first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from integrity.gates import Gate
from integrity.model import Score, Severity, Share, Verdict
from integrity.report import phrases
from integrity.report.layout import cells, hanging
from integrity.report.options import FILE_WIDTH
from integrity.report.printable import printable
from integrity.score import BEST_WITH_CRITICAL, GRADES, GROUPS, grade, repairs, sound

_REPAIRS = 10


def render(
    verdict: Verdict,
    gates: Sequence[Gate] = (),
    failed: Sequence[str] = (),
    *,
    explain: bool,
    width: int = FILE_WIDTH,
) -> str:
    """The score as lines of text, each ending in a line feed.

    Args:
        verdict: of one scan.
        gates: the thresholds it is held against.
        failed: what else makes the run fail, one clause each.
        explain: add the arithmetic, and the ten files whose repair gains most.
        width: columns to wrap at.
    """
    lines = [
        f"score  {phrases.score_told(verdict.score)}",
        *_shares("by scope", verdict.score.scopes),
        *_shares("by group", verdict.score.groups),
        f"tests  {phrases.census(verdict.score.tests)}",
        *(f"{'gate met' if gate.met else 'GATE NOT MET'}  {phrases.gate(gate)}" for gate in gates),
        *(f"FAILED  {one} (see `integrity scan`)" for one in failed),
    ]
    if explain:
        lines += ["", *_arithmetic(verdict.score), *_caps(verdict), "", *_repairs(verdict)]
    return "\n".join(part for line in lines for part in _fitting(line, width)) + "\n"


def _fitting(line: str, width: int) -> list[str]:
    """The line, wrapped below its own indent where it is too long; figures in columns are left as they are."""
    indent = len(line) - len(line.lstrip())
    if cells(line) <= width or line[indent:].startswith("+"):
        return [line]
    return [" " * indent + part for part in hanging(line[indent:], width - indent)]


def _shares(label: str, shares: Mapping[str, Share]) -> Iterator[str]:
    yield label
    for name, share in shares.items():
        yield (
            f"  {name:<12} {phrases.percent(share.percent):>7}  {phrases.share(share)}"
            if share.files
            else f"  {name:<12} no files"
        )


def _arithmetic(score: Score) -> Iterator[str]:
    """The weighted mean, term by term."""
    total = sum(group.weight for group in score.groups.values())
    yield "A file is compliant for a group when it has no unsuppressed finding of severity"
    yield "high or above and no gap. Files that hold neither a statement nor a comment do"
    yield "not count. The score is the weighted mean:"
    for name, group in score.groups.items():
        part = group.percent * group.weight / total if total else 0.0
        fraction = f"{group.compliant:,} / {group.files:,} = {group.percent:.4f} %"
        yield f"  {name:<12} {fraction:>32}  x weight {group.weight:g} / {total:g}  = {part:8.4f}"
    yield f"  {'overall':<12} {'':>32}  {'':>{len(f'x weight  / {total:g}')}}     {score.overall:8.4f}"
    absent = [group for group in GROUPS if group not in score.groups]
    if absent:
        yield f"  not scored (no rule of severity high or above runs): {', '.join(absent)}"
    yield f"Grades: {_grades(score.overall)}"


def _grades(overall: float) -> str:
    """The bounds of the grades, and what is missing to the next one."""
    bounds = ", ".join(f"{letter} from {bound:g}" for letter, bound in GRADES)
    better = [(letter, bound) for letter, bound in GRADES if bound > overall]
    missing = f"; {better[-1][1] - overall:.4f} points are missing to {better[-1][0]}" if better else ""
    return f"{bounds}, else F{missing}."


def _caps(verdict: Verdict) -> Iterator[str]:
    """Why the grade is below that of the score alone; nothing when it is not."""
    tests, alone = verdict.score.tests, grade(verdict.score.overall)
    capped = grade(100.0, tests)
    if capped > alone:
        spoiled = f"{tests.lost + tests.hollow:,} lost or hollow"
        beside = f"beside {phrases.plural(tests.live, 'live test')}"
        yield f"  No better than {capped}, because of {spoiled} {beside}: {phrases.percent(sound(tests))} are live."
    critical = sum(finding.severity is Severity.CRITICAL for finding in verdict.findings)
    if critical and alone < BEST_WITH_CRITICAL:
        stand = "1 critical finding stands" if critical == 1 else f"{critical:,} critical findings stand"
        yield f"  No better than {BEST_WITH_CRITICAL}, because {stand}."


def _repairs(verdict: Verdict) -> Iterator[str]:
    """The files whose repair gains most, with what the score would be after each and all before it."""
    found = repairs(verdict.score, verdict.findings, verdict.gaps)
    if not found:
        yield "Every file is compliant: there is nothing to gain."
        return
    yield "Repair first (gain, score with this and all above it repaired, file, groups):"
    for one in found[:_REPAIRS]:
        groups = ", ".join(one.groups)
        yield f"  +{one.gain:.4f}  {one.reached:8.4f}  {printable(one.path)}  ({groups})"
    if len(found) > _REPAIRS:
        yield f"  and {phrases.plural(len(found) - _REPAIRS, 'more file')}, up to {found[-1].reached:.4f}"
