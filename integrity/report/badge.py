"""A badge: the score as a small SVG picture for a README, without scripts, links or fonts of its own."""

from __future__ import annotations

from integrity.model import Severity, Verdict
from integrity.report.phrases import score
from integrity.report.templating import template

_COLORS = {"A": "#2e7d32", "B": "#4d7c0f", "C": "#8a6100", "D": "#b45309", "F": "#c62828"}
_FAILED = "#c62828"
_CHARACTER, _MARGIN = 6.6, 6  # pixels, of Verdana at 11


def render(verdict: Verdict, failed: bool | None = None) -> str:
    """The badge as SVG.

    Args:
        verdict: whose score to show.
        failed: whether the gate is not met, which turns it red; None looks for critical findings and gaps.
    """
    if failed is None:
        failed = bool(verdict.gaps) or any(finding.severity is Severity.CRITICAL for finding in verdict.findings)
    label, value = "test integrity", score(verdict.score) + (", failing" if failed else "")
    left, right = _width(label), _width(value)
    color = _FAILED if failed else _COLORS.get(verdict.score.grade, _FAILED)
    return template("badge.svg").render(label=label, value=value, left=left, right=right, color=color)


def _width(text: str) -> int:
    return round(len(text) * _CHARACTER) + 2 * _MARGIN
