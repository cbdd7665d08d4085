"""The thresholds that a score is held against.

Everything is compared unrounded: 94.96 % does not reach 95 %, whatever a report rounds it to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from integrity.config.config import Config
from integrity.model import Score, Share


class Gate(NamedTuple):
    """One threshold and the percentage that is held against it.

    Attributes:
        subject: what is judged: "score", "group tests", "scope production".
        threshold: the percentage to reach.
        percent: the percentage reached; None where no rule of the group ran, so that there is nothing to judge.
        share: the two numbers behind the percentage; None for the overall score, which is a mean.
    """

    subject: str
    threshold: float
    percent: float | None
    share: Share | None = None

    @property
    def met(self) -> bool:
        """Whether the threshold is reached, or there is nothing to judge."""
        return self.percent is None or self.percent >= self.threshold


def gates(figures: Score, config: Config) -> tuple[Gate, ...]:
    """Every configured threshold, the overall one first.

    A scope without any file does not reach its threshold: deleting all tests shows nothing about them.
    """
    return tuple(_gates(figures, config))


def _gates(figures: Score, config: Config) -> Iterator[Gate]:
    if config.fail_under is not None:
        yield Gate("score", config.fail_under, figures.overall)
    for kind, shares, thresholds in (
        ("group", figures.groups, config.thresholds),
        ("scope", figures.scopes, config.scope_thresholds),
    ):
        for name, threshold in thresholds.items():
            share = shares.get(name)
            yield Gate(f"{kind} {name}", threshold, share.percent if share else None, share)
