"""What became of each oracle of a test: kept, gone, in another's place, or no longer able to fail."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from integrity.facts.gating import ENVIRON, OUTCOME, PLATFORM
from integrity.facts.profile import Check, Strength

_WORD = re.compile(r"\w+")
_RELATED = 0.5


class Aligned(NamedTuple):
    """The oracles of a pair of tests.

    Attributes:
        lost: those that are gone, in order.
        gained: those that are new, in order.
        silenced: those that still stand, before and after, and can no longer fail the test.
        guarded: those that are reached only under a condition on their own subject, or on the environment, now.
        passed: those that a return or `continue` passes over under more conditions now.
    """

    lost: list[Check]
    gained: list[Check]
    silenced: list[tuple[Check, Check]]
    guarded: list[tuple[Check, Check]]
    passed: list[tuple[Check, Check]]


def align(before: Sequence[Check], after: Sequence[Check]) -> Aligned:
    """Take away from both sides what is the same: first word by word, then with local names left open."""
    sound = [one for one in before if one.sound]
    lost, rest = _cancelled(sound, [one for one in after if one.sound], lambda one: one.key)
    lost, rest = _cancelled(
        lost, rest, lambda one: (one.kind, one.operator, one.shape, _written(one), one.bounds, one.echo)
    )
    idle = [one for one in after if not one.sound]
    gone = defaultdict(list)
    for check in idle:
        gone[check.key].append(check)
    silenced = []
    for check in list(lost):
        if gone[check.key] and not gone[check.key][0].fault:
            silenced.append((check, gone[check.key].pop()))
            lost.remove(check)
    was_idle = Counter(one.key for one in before if not one.sound)
    told = {id(one) for _, one in silenced}
    new = [one for one in idle if id(one) not in told and not _taken(was_idle, one.key)]
    gained = sorted([*rest, *new], key=lambda one: one.span)
    fails = any(one.kind == "fail" and one.sound and not one.condition for one in rest)
    guarded = [] if fails else _guarded(sound, after)
    told |= {id(one) for _, one in guarded}
    guarded += [(old, one) for old, one in _gated(sound, after, whole=not lost) if id(one) not in told]
    return Aligned(lost, gained, silenced, guarded, _passed(sound, after))


def _passed(before: Sequence[Check], after: Sequence[Check]) -> list[tuple[Check, Check]]:
    """The oracles in front of which a return or `continue` was put, or one was made to hold more often."""
    known = {one.key: one for one in before}
    pairs = ((known[one.key], one) for one in after if one.sound and one.exits and one.key in known)
    return [(old, one) for old, one in pairs if _is_wider(old.exits, one.exits)]


def _is_wider(old: Sequence[str], new: Sequence[str]) -> bool:
    fresh = [one for one in new if one not in old]
    gone = [one for one in old if one not in new]
    widened = any(one.startswith(f"{was} or ") or one.endswith(f" or {was}") for one in fresh for was in gone)
    return widened or len(new) > len(old)


def _guarded(before: Sequence[Check], after: Sequence[Check]) -> list[tuple[Check, Check]]:
    """The oracles around which a condition on what they check was put."""
    free = {one.key: one for one in before if not one.condition}
    known = Counter(one.key for one in before if one.condition)
    found = [one for one in after if one.sound and one.subject and one.subject in one.condition]
    found = [one for one in found if one.strength > Strength.WEAK]  # others narrow a type
    return [(free[one.key], one) for one in found if one.key in free and not _taken(known, one.key)]


def _gated(before: Sequence[Check], after: Sequence[Check], *, whole: bool) -> list[tuple[Check, Check]]:
    """The oracles that a return, or a condition on the environment, was put in front of.

    What an environment decides counts only where the oracles are the same (`whole`); what a platform decides, only
    where none holds on every platform.
    """
    kinds = {OUTCOME, ENVIRON, PLATFORM} if whole else {OUTCOME}
    if any(one.sound and not one.gate for one in after):
        kinds.discard(PLATFORM)
    free = {one.key: one for one in before if not one.gate}
    known = Counter(one.key for one in before if one.gate)
    found = [one for one in after if one.sound and one.gate in kinds]
    return [(free[one.key], one) for one in found if one.key in free and not _taken(known, one.key)]


def _taken(counts: Counter[tuple[str, ...]], key: tuple[str, ...]) -> bool:
    if counts[key] <= 0:
        return False
    counts[key] -= 1
    return True


def _written(check: Check) -> str:
    return check.expected if check.literal else ""


def _cancelled(
    left: Sequence[Check], right: Sequence[Check], key: Callable[[Check], Hashable]
) -> tuple[list[Check], list[Check]]:
    """Both sides without what has an equal on the other."""
    places: dict[Hashable, list[int]] = defaultdict(list)
    for place, one in enumerate(right):
        places[key(one)].append(place)
    used: set[int] = set()
    kept = []
    for one in left:
        free = places[key(one)]
        if free:
            used.add(free.pop(0))
        else:
            kept.append(one)
    return kept, [one for place, one in enumerate(right) if place not in used]


def pair_up(lost: Sequence[Check], gained: Sequence[Check]) -> list[tuple[Check, Check | None]]:
    """Each lost oracle with the new one in its place: the same subject first, then a related one, each used once."""
    free = list(gained)
    found: dict[int, Check] = {}
    for closeness in (_same_subject, _related, _part):
        for place, one in enumerate(lost):
            if place in found:
                continue
            best = next((other for other in free if closeness(one, other)), None)
            if best is not None:
                found[place] = best
                free.remove(best)
    return [(one, found.get(place)) for place, one in enumerate(lost)]


def _same_subject(one: Check, other: Check) -> bool:
    return bool(one.subject) and one.subject == other.subject


def _related(one: Check, other: Check) -> bool:
    if one.kind == other.kind and one.kind in ("raises", "warns", "mock"):
        return one.operator == other.operator or _overlap(one.subject, other.subject) >= _RELATED
    if one.expected and one.literal and one.expected == other.expected:
        return True
    ones, others = f"{one.subject} {one.expected}", f"{other.subject} {other.expected}"
    return _overlap(one.subject, other.subject) >= _RELATED or _overlap(ones, others) >= _RELATED


def _part(one: Check, other: Check) -> bool:
    """Whether the new oracle speaks of nothing but a part of what the old one was about."""
    words = set(_WORD.findall(other.subject))
    return bool(words) and other.kind == "truth" and words <= set(_WORD.findall(one.subject))


def _overlap(one: str, other: str) -> float:
    left, right = set(_WORD.findall(one)), set(_WORD.findall(other))
    return len(left & right) / (len(left | right) or 1)
