"""What to do next: commands and comments, and what each is good for."""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity, Verdict
from integrity.report.counts import RuleCount, by_rule
from integrity.report.phrases import plural
from integrity.report.printable import printable


def next_steps(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Pairs of what to type and what it does, the most useful first."""
    rules = sorted(by_rule(verdict), key=lambda rule: (rule.worst.rank, -rule.findings, rule.code))
    damaged = len({finding.path for finding in verdict.findings if finding.restorable})
    if damaged:
        yield ("integrity restore --dry-run", f"plan how to bring {plural(damaged, 'file')} back from git history")
    if rules:
        yield f"integrity explain {printable(rules[0].code)}", "what it means, and how to mend it"
    if verdict.gaps:
        yield "integrity scan --allow-gaps", "accept the gaps you have looked at"
    code = _silenceable(rules)
    if code:
        yield f"# integrity: ignore[{printable(code)}] -- why", "silence one finding, with your reason"
    yield "integrity score", "how the score is made up"


def _silenceable(rules: list[RuleCount]) -> str:
    """The most frequent rule that a user may have a good reason to silence: nothing critical, no damage; "" if none."""
    usual = [rule for rule in rules if not (rule.worst is Severity.CRITICAL or rule.restorable or rule.family == "SUP")]
    return max(usual, key=lambda rule: rule.findings).code if usual else ""
