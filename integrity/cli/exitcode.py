"""From a verdict to an exit code."""

from __future__ import annotations

import click

from integrity.config.config import Config
from integrity.gates import gates
from integrity.model import Severity, Verdict
from integrity.report import phrases

CLEAN, FINDINGS, INCOMPLETE = 0, 1, 2


def exit_code(verdict: Verdict, config: Config, *, allow_gaps: bool, exit_zero: bool, unmet: bool = False) -> int:
    """2 when something could not be checked, 1 when a gate is not met, else 0.

    Args:
        verdict: what was found.
        config: its failing severity and thresholds; a critical finding fails whatever they say.
        allow_gaps: gaps alone do not count.
        exit_zero: 1 becomes 0; 2 stays.
        unmet: whether another gate is not met.
    """
    if verdict.gaps and not allow_gaps:
        return INCOMPLETE
    below = not all(gate.met for gate in gates(verdict.score, config))
    failed = unmet or below or any(_fails(finding.severity, config) for finding in verdict.findings)
    return FINDINGS if failed and not exit_zero else CLEAN


def failures(verdict: Verdict, config: Config, *, allow_gaps: bool) -> tuple[str, ...]:
    """Why the gate is not met, one clause each; none when it is."""
    below = [phrases.gate(gate) for gate in gates(verdict.score, config) if not gate.met]
    return (*faults(verdict, config, allow_gaps=allow_gaps), *below)


def faults(verdict: Verdict, config: Config, *, allow_gaps: bool) -> tuple[str, ...]:
    """The part of `failures` that has nothing to do with thresholds of the score."""
    failing = sum(_fails(finding.severity, config) for finding in verdict.findings)
    clauses = [
        (
            len(verdict.gaps) if not allow_gaps else 0,
            f"{phrases.plural(len(verdict.gaps), 'gap')}: the check is incomplete",
        ),
        (failing, f"{phrases.plural(failing, 'finding')} of severity {config.fail_severity.value} or above"),
    ]
    return tuple(clause for holds, clause in clauses if holds)


def _fails(severity: Severity, config: Config) -> bool:
    return severity is Severity.CRITICAL or severity.at_least(config.fail_severity)


def announce_gates(verdict: Verdict, config: Config, *, quiet: bool) -> None:
    """Say on standard error which thresholds are not reached, with both figures; that is said even when quiet."""
    for gate in gates(verdict.score, config):
        if gate.percent is None and not quiet:
            click.echo(f"integrity: note: {phrases.gate(gate)}", err=True)
        elif not gate.met:
            click.echo(f"integrity: gate not met: {phrases.gate(gate)}", err=True)
