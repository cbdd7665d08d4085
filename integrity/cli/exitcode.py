"""From a verdict to an exit code."""

from __future__ import annotations

from integrity.config.config import Config
from integrity.model import Severity, Verdict
from integrity.report.phrases import plural

CLEAN, FINDINGS, INCOMPLETE = 0, 1, 2


def exit_code(verdict: Verdict, config: Config, *, allow_gaps: bool, exit_zero: bool, unmet: bool = False) -> int:
    """2 when something could not be checked, 1 when a gate is not met, else 0.

    Args:
        verdict: what was found.
        config: its failing severity and `fail-under`; a critical finding fails whatever they say.
        allow_gaps: gaps alone do not count.
        exit_zero: 1 becomes 0; 2 stays.
        unmet: whether another gate is not met.
    """
    if verdict.gaps and not allow_gaps:
        return INCOMPLETE
    failed = unmet or any(_fails(finding.severity, config) for finding in verdict.findings) or _below(verdict, config)
    return FINDINGS if failed and not exit_zero else CLEAN


def failures(verdict: Verdict, config: Config, *, allow_gaps: bool) -> tuple[str, ...]:
    """Why the gate is not met, one clause each; none when it is."""
    failing = sum(_fails(finding.severity, config) for finding in verdict.findings)
    clauses = [
        (len(verdict.gaps) if not allow_gaps else 0, f"{plural(len(verdict.gaps), 'gap')}: the check is incomplete"),
        (failing, f"{plural(failing, 'finding')} of severity {config.fail_severity.value} or above"),
        (_below(verdict, config), f"the score {verdict.score.overall:.4f} is below {config.fail_under}"),
    ]
    return tuple(clause for holds, clause in clauses if holds)


def _fails(severity: Severity, config: Config) -> bool:
    return severity is Severity.CRITICAL or severity.at_least(config.fail_severity)


def _below(verdict: Verdict, config: Config) -> bool:
    """Compared unrounded, so that what is printed can never hide the difference."""
    return config.fail_under is not None and verdict.score.overall < config.fail_under
