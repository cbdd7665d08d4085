"""What to do next: commands and comments, and what each is good for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integrity.model import Severity, Verdict
from integrity.report.counts import RuleCount, by_rule
from integrity.report.layout import Pen, Style, cells, hanging, pad
from integrity.report.printable import printable


def next_steps(verdict: Verdict, mendable: Severity | None = Severity.HIGH) -> Iterator[tuple[str, str]]:
    """Pairs of what to type and what it does, the most useful first.

    Args:
        verdict: of one scan.
        mendable: the least severity of damage that `restore` looks for in history; None where there is no history.
    """
    rules = sorted(by_rule(verdict), key=lambda rule: (rule.worst.rank, -rule.findings, rule.code))
    damaged = restorable_files(verdict, mendable)
    if damaged:
        yield "integrity restore --dry-run", f"see {mended(damaged)}"
    if rules:
        yield f"integrity explain {printable(rules[0].code)}", "what it means, and how to mend it"
    if verdict.gaps:
        yield "integrity scan --allow-gaps", "accept the gaps you have looked at"
    code = _silenceable(rules)
    if code:
        yield f"# integrity: ignore[{printable(code)}] -- why", "silence one finding, with your reason"
    yield "integrity score", "how the score is made up"


def restorable_files(verdict: Verdict, mendable: Severity | None) -> int:
    """The number of files that `restore` looks for in history: it mends the work tree, and only grave damage."""
    if mendable is None or verdict.snapshot.kind == "revision":
        return 0
    grave = (one for one in verdict.findings if one.severity is Severity.CRITICAL or one.severity.at_least(mendable))
    return len({finding.path for finding in grave if finding.restorable})


def mended(files: int) -> str:
    """What `restore` finds out, as in "which of 12 files git history can bring back"."""
    return (
        f"which of {files:,} files git history can bring back" if files > 1 else "if git history has a healthy version"
    )


def listed(steps: Sequence[tuple[str, str]], width: int, pen: Pen) -> Iterator[str]:
    """The steps under a heading, with what each is good for beside it, or below it where room is short.

    Args:
        steps: pairs of what to type and what it does; nothing is written for none.
        width: columns of the terminal.
        pen: applies styles.
    """
    if not steps:
        return
    room = max(cells(step) for step, _ in steps)
    beside = all(2 + room + 2 + cells(use) <= width for _, use in steps)
    yield pen(Style.STRONG, "Next")
    for step, use in steps:
        if beside:
            yield f"  {pad(step, room)}  {pen(Style.DIM, use)}"
        else:
            yield f"  {step}"
            yield from (f"    {pen(Style.DIM, line)}" for line in hanging(use, width - 4))


def _silenceable(rules: list[RuleCount]) -> str:
    """The most frequent rule that a user may have a good reason to silence: nothing critical, no damage; "" if none."""
    usual = [rule for rule in rules if not (rule.worst is Severity.CRITICAL or rule.restorable or rule.family == "SUP")]
    return max(usual, key=lambda rule: rule.findings).code if usual else ""
