"""Groups commits into waves: what one author did in one way within minutes is one event, whatever their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from integrity.incident.state import Pattern
from integrity.incident.story import SPREAD, Deed, Wave, ranked

_PAUSE = 20 * 60  # seconds without a commit of the kind after which a new wave begins

_Kind = tuple[str, str, str]


def waves(deeds: Iterable[Deed]) -> list[Wave]:
    """The waves, the one with the newest commit first.

    Args:
        deeds: in any order.
    """
    open_waves: dict[_Kind, list[Deed]] = {}
    done: list[list[Deed]] = []
    for deed in sorted(deeds, key=lambda one: (one.commit.time, -one.harms[0].order)):
        kind = _kind(deed)
        wave = open_waves.get(kind)
        if wave is None or deed.commit.time - wave[-1].commit.time > _PAUSE:
            wave = open_waves[kind] = []
            done.append(wave)
        wave.append(deed)
    found = [Wave(tuple(sorted(wave, key=lambda one: one.harms[0].order))) for wave in done]
    return sorted(found, key=lambda wave: wave.deeds[0].harms[0].order)


def _kind(deed: Deed) -> _Kind:
    """What the commits of a wave have in common: the author, and the damage done to most files."""
    spread = sum(1 for harm in deed.harms if harm.kind == SPREAD) * 2 > len(deed.harms)
    return deed.commit.email, main_pattern(deed).code, SPREAD if spread else ""


def main_pattern(deed: Deed) -> Pattern:
    """The damage that most files of a commit bear."""
    patterns: Sequence[tuple[Pattern, int]] = ranked(
        Counter(pattern for harm in deed.harms for pattern in harm.patterns)
    )
    return patterns[0][0]
