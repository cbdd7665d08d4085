"""Groups commits into waves: what one author did in one way within minutes is one event, whatever their number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from integrity.incident.story import SPREAD, Deed, Wave

_PAUSE = 20 * 60  # seconds without a commit of the kind after which a new wave begins


@dataclass
class _Open:
    """A wave that may go on.

    Attributes:
        deeds: oldest first.
        codes: the damage that any of them did.
    """

    deeds: list[Deed]
    codes: set[str]

    def is_like(self, deed: Deed) -> bool:
        """Whether a commit, made before the wave was over, did the same."""
        return not self.codes.isdisjoint(_codes(deed))


def waves(deeds: Iterable[Deed]) -> list[Wave]:
    """The waves, the one with the newest commit first.

    Args:
        deeds: in any order.
    """
    latest: dict[tuple[str, bool], list[_Open]] = {}
    done: list[_Open] = []
    for deed in sorted(deeds, key=lambda one: (one.commit.time, -one.harms[0].order)):
        key = deed.commit.email, _spreads(deed)
        current = [wave for wave in latest.get(key, ()) if deed.commit.time - wave.deeds[-1].commit.time <= _PAUSE]
        wave = next((one for one in current if one.is_like(deed)), None)
        if wave is None:
            wave = _Open([], set())
            done.append(wave)
            current.append(wave)
        wave.deeds.append(deed)
        wave.codes |= _codes(deed)
        latest[key] = current
    found = [Wave(tuple(sorted(wave.deeds, key=lambda one: one.harms[0].order))) for wave in done]
    return sorted(found, key=lambda wave: wave.deeds[0].harms[0].order)


def _spreads(deed: Deed) -> bool:
    """Whether most of what a commit did was to copy damaged files."""
    return sum(1 for harm in deed.harms if harm.kind == SPREAD) * 2 > len(deed.harms)


def _codes(deed: Deed) -> set[str]:
    return {pattern.code for harm in deed.harms for pattern in harm.patterns}
