"""Which healthy version to return to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from integrity.git.log import Change
from integrity.history.condition import Condition

STRATEGIES = ("balanced", "newest", "most-tests")
_SHRUNKEN = 0.5  # of the most tests that any healthy version held; see `choose`
_FULL = 0.9  # likewise: so many make an older version as good as the fullest
_FEW = 2  # tests: losing one is what honest work does


class Candidate(NamedTuple):
    """A version and its condition."""

    version: Change
    condition: Condition


class Choice(NamedTuple):
    """The version to return to, and what speaks for it."""

    candidate: Candidate
    older: bool  # whether a newer healthy version was passed over
    newest: Candidate


def choose(healthy: Sequence[Candidate], strategy: str, moved: Callable[[Candidate, Candidate], bool]) -> Choice:
    """The version to return to.

    "newest" takes the newest, "most-tests" the newest of those with the most tests. "balanced" takes the newest, unless
    it holds under half of the tests of another one, and two tests less: of 937 damaged files with known history the
    newest healthy version of 20 had been emptied before it was damaged, while honest work often takes a tenth away.

    Args:
        healthy: newest first, at least one.
        strategy: one of `STRATEGIES`.
        moved: whether the tests that the first candidate has and the second has not live elsewhere today.
    """
    newest = healthy[0]
    fullest = max(healthy, key=lambda one: one.condition.sound)
    most = fullest.condition.sound
    if strategy == "most-tests":
        return Choice(fullest, fullest is not newest, newest)
    if strategy == "newest" or not _is_shrunken(newest.condition.sound, most) or moved(fullest, newest):
        return Choice(newest, older=False, newest=newest)
    full = next(one for one in healthy if one.condition.sound >= _FULL * most)
    return Choice(full, older=True, newest=newest)


def _is_shrunken(tests: int, most: int) -> bool:
    return tests < _SHRUNKEN * most and most - tests >= min(_FEW, most)
