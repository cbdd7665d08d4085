"""Pairs of files to a `Change`: what became of every test and of every oracle."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from integrity.changes.alignment import Aligned, align, pair_up
from integrity.changes.fates import Fates
from integrity.changes.matching import match
from integrity.changes.model import Change, FilePair, Kind, Test, TestPair
from integrity.changes.oracles import Oracles, Side
from integrity.changes.recast import not_recast
from integrity.facts.profile import Check


class _Draft(NamedTuple):
    """A pair of tests before what moved to other tests is known."""

    before: Test
    after: Test
    oracles: tuple[Oracles, Oracles]
    aligned: Aligned


def compare(files: Iterable[FilePair]) -> Change:
    """What a change of these files does to their tests."""
    pairs = tuple(sorted(files, key=lambda one: (one.path, one.before_path)))
    matched = match(pairs)
    sides = Side(pairs, after=False), Side(pairs, after=True)
    drafts = [_draft(one, other, sides) for one, other in matched.pairs]
    moved = _Pool(drafts, matched.added, sides[1])
    fates = Fates(pairs, matched, sides, moved)
    removed = tuple(fates.of(test) for test in matched.removed)
    done = [_pair(draft, moved) for draft in drafts]
    ordered = sorted(done, key=lambda one: (one.after.path, one.after.profile.span))
    support = list(_support(pairs, sides, moved))
    fixtures = tuple(one for one in support if one.before.profile.fixture)
    helpers = tuple(one for one in support if not one.before.profile.fixture and not one.same_body)
    return Change(pairs, tuple(ordered), removed, tuple(matched.added), fixtures=fixtures, helpers=helpers)


def _support(files: Iterable[FilePair], sides: tuple[Side, Side], moved: _Pool) -> Iterator[TestPair]:
    """What checked something for tests before, with what has its place after; what stands elsewhere is kept."""
    for file in files:
        if file.kind is not Kind.TEST:
            continue
        after = {(one.qualname, one.fixture): one for one in file.after.functions if not one.collected}
        for one in file.before.functions:
            heir = after.get((one.qualname, one.fixture))
            if one.checks and not one.collected and heir:
                old, new = Test(file, one, file.before_path), Test(file, heir, file.after_path)
                pair = _pair(_draft(old, new, sides), moved)
                yield replace(pair, lost=tuple(each for each in pair.lost if not sides[1].has(each[0])))


def _draft(before: Test, after: Test, sides: tuple[Side, Side]) -> _Draft:
    oracles = sides[0].oracles(before), sides[1].oracles(after)
    return _Draft(before, after, oracles, align(oracles[0].checks, oracles[1].checks))


def _pair(draft: _Draft, moved: _Pool) -> TestPair:
    before, after = draft.oracles
    lost = [one for one in draft.aligned.lost if not moved.take(one, draft.after)]
    lost = not_recast(lost, draft.aligned.gained, draft.before.profile, draft.after.profile)
    return TestPair(
        draft.before,
        draft.after,
        (sum(one.sound for one in before.checks), sum(one.sound for one in after.checks)),
        tuple(pair_up(lost, draft.aligned.gained)),
        tuple(draft.aligned.gained),
        tuple(draft.aligned.silenced),
        tuple(draft.aligned.guarded),
        tuple(draft.aligned.passed),
        bool(after.opaque - before.opaque),
    )


class _Pool:
    """The oracles that other tests have gained, to be taken once each by the tests that lost them.

    Args:
        drafts: tests on both sides.
        added: new tests.
        side: the functions after the change.
    """

    def __init__(self, drafts: Sequence[_Draft], added: Sequence[Test], side: Side) -> None:
        gained = [(draft.after, one) for draft in drafts for one in draft.aligned.gained if one.sound]
        gained += [(test, one) for test in added for one in side.oracles(test).checks if one.sound]
        self._keys: dict[tuple[str, ...], list[Test]] = defaultdict(list)
        self._shapes: dict[str, list[Test]] = defaultdict(list)
        for test, one in gained:
            self._keys[one.key].append(test)
            self._shapes[one.shape].append(test)

    def take(self, check: Check, own: Test) -> bool:
        """Whether another test has gained the same oracle; it is then no longer free."""
        for place, test in enumerate(self._keys.get(check.key, ())):
            if test is not own:
                del self._keys[check.key][place]
                return True
        return False

    def heirs(self, checks: Iterable[Check]) -> Counter[Test]:
        """Which tests have gained oracles of the same form, literals and local names left open, and how many."""
        found: Counter[Test] = Counter()
        for check in checks:
            for test in {id(one): one for one in self._shapes.get(check.shape, ())}.values():
                found[test] += 1
        return found
