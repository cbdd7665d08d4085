"""Which suppression comments hold for a change: those that stood there before, so that no change silences itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from integrity.facts.model import Suppression


def standing(before: Iterable[Suppression], after: Iterable[Suppression]) -> list[Suppression]:
    """The comments of the newer version that the older one had, too, wherever they stood, as often as it had them."""
    left = Counter((one.codes, one.whole_file) for one in before)
    found = []
    for one in after:
        if left[one.codes, one.whole_file] > 0:
            left[one.codes, one.whole_file] -= 1
            found.append(one)
    return found
