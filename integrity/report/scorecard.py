"""The score on its own: the percentages, and on request the arithmetic behind them and what to repair first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from integrity.model import Score, Severity, Verdict
from integrity.report import phrases
from integrity.report.printable import printable
from integrity.score import group_of

_REPAIRS = 10


def render(verdict: Verdict, *, explain: bool) -> str:
    """The score as lines of text, each ending in a line feed.

    Args:
        verdict: of one scan.
        explain: add the arithmetic, and the ten files whose repair gains most.
    """
    lines = [
        f"score  {phrases.score(verdict.score)}",
        *_shares(verdict.score),
        f"tests  {phrases.census(verdict.score.tests)}",
    ]
    if explain:
        lines += ["", *_arithmetic(verdict.score), "", *_repairs(verdict)]
    return "\n".join(lines) + "\n"


def _shares(score: Score) -> Iterator[str]:
    for name, share in [*score.scopes.items(), *score.groups.items()]:
        yield (
            f"  {name:<12} {phrases.percent(share.percent):>7}  {phrases.share(share)}"
            if share.files
            else f"  {name:<12} no files"
        )


def _arithmetic(score: Score) -> Iterator[str]:
    """The weighted mean, term by term."""
    total = sum(group.weight for group in score.groups.values())
    yield "A file is compliant for a family when it has no unsuppressed finding of severity high or above and no gap."
    yield "Files that hold neither a statement nor a comment do not count. The score is the weighted mean:"
    for name, group in score.groups.items():
        part = group.percent * group.weight / total if total else 0.0
        fraction = f"{group.compliant:,} / {group.files:,} = {group.percent:.4f} %"
        yield f"  {name:<12} {fraction:>32}  x weight {group.weight:g} / {total:g}  = {part:8.4f}"
    yield f"  {'overall':<12} {'':>32}  {'':>{len(f'x weight  / {total:g}')}}     {score.overall:8.4f}"


def _repairs(verdict: Verdict) -> Iterator[str]:
    """The files whose repair gains most, with what the score would be after each and all before it."""
    gains = _gains(verdict)
    if not gains:
        yield "Every file is compliant: there is nothing to gain."
        return
    yield "Repair first (score after each):"
    reached = verdict.score.overall
    for path, gain in sorted(gains.items(), key=lambda item: (-item[1], item[0]))[:_REPAIRS]:
        reached += gain
        yield f"  +{gain:.4f}  {reached:9.4f}  {printable(path)}"
    if len(gains) > _REPAIRS:
        yield f"  and {len(gains) - _REPAIRS:,} more files"


def _gains(verdict: Verdict) -> dict[str, float]:
    """What each non-compliant file costs, in points of the overall score."""
    groups = verdict.score.groups
    broken: dict[str, set[str]] = defaultdict(set)
    for finding in verdict.findings:
        group = group_of(finding.code)
        if group in groups and finding.severity.at_least(Severity.HIGH):
            broken[finding.path].add(group)
    for gap in verdict.gaps:
        broken[gap.path].update(groups)
    total = sum(group.weight for group in groups.values()) or 1.0
    return {
        path: sum(100.0 / groups[name].files * groups[name].weight / total for name in names)
        for path, names in broken.items()
    }
