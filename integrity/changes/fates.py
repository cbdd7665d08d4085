"""What became of a test that is gone."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Protocol

from integrity.changes.matching import Matched, containment
from integrity.changes.model import Fate, FilePair, Kind, Removed, Test
from integrity.changes.oracles import Side
from integrity.changes.recast import stands_in_rows
from integrity.facts.profile import Check

_FOLDED = 0.5
_CONTAINED = 0.6
_SMALLEST = 6
_MANY = 10
_DULL = re.compile(r"\W|^_*$|^.{0,2}$|^\d+$")


def _weight(test: Test) -> int:
    """Number of cases of a test; a list that is computed counts as long."""
    cases = len(test.profile.cases)
    return max(1, cases) if test.profile.countable else cases + _MANY


class Heirs(Protocol):
    """Knows which tests have gained oracles of the same form."""

    def heirs(self, checks: Iterable[Check]) -> Counter[Test]:
        """Tests, and how many of the oracles they have gained."""


class Fates:
    """Tells what became of tests.

    Args:
        files: the changed files.
        matched: the tests.
        sides: the functions before and after.
        pool: the oracles that tests have gained.
    """

    def __init__(self, files: Sequence[FilePair], matched: Matched, sides: tuple[Side, Side], pool: Heirs) -> None:
        self._files = files
        self._matched = matched
        self._sides = sides
        self._pool = pool

    def of(self, test: Test) -> Removed:
        """The fate of a test that matches none after the change."""
        file = test.file
        if file.after.broken:
            return Removed(test, Fate.BROKEN)
        if {test.profile.name, test.profile.qualname} & self._commented or self._in_comments(test):
            return Removed(test, Fate.COMMENTED)
        uncollected = self._uncollected(test)
        if uncollected:
            return self._off(test, uncollected)
        heir = self._heir(test)
        if heir:
            return Removed(test, *heir)
        if self._vanished_for(test):
            return Removed(test, Fate.WITH_SUBJECT)
        return Removed(test, Fate.REPLACED if self._is_replaced(test) else Fate.LOST)

    def _off(self, test: Test, uncollected: Test) -> Removed:
        """The fate of a test that stands as a function that no runner collects by itself."""
        if self._is_base(uncollected):
            return Removed(test, Fate.FOLDED, uncollected)
        used = self._sides[1].users(uncollected.profile.name, self._after)
        return Removed(test, Fate.FOLDED, used[0]) if used else Removed(test, Fate.UNCOLLECTED, uncollected)

    @cached_property
    def _commented(self) -> frozenset[str]:
        """Names of tests that stand in comments now and did not before."""
        found = (set(one.after.commented) - set(one.before.commented) for one in self._files)
        names = frozenset().union(*found)
        return names | {name.rpartition(".")[2] for name in names}

    def _in_comments(self, test: Test) -> bool:
        """Whether its file now defines it in a comment, and did not before."""
        before, after = test.file.before, test.file.after
        pattern = re.compile(rf"\s*#.*\bdef {re.escape(test.profile.name)}\b")
        return any(map(pattern.match, after.lines)) and not any(map(pattern.match, before.lines))

    @cached_property
    def _after(self) -> list[Test]:
        return [*(other for _, other in self._matched.pairs), *self._matched.added]

    @cached_property
    def _by_body(self) -> dict[tuple[str, ...], list[Test]]:
        """Functions that no runner collects, after the change, by their body."""
        found: dict[tuple[str, ...], list[Test]] = defaultdict(list)
        for file in self._files:
            for one in file.after.functions:
                if not (one.collected and file.collected[1]) and len(one.tokens) >= _SMALLEST:
                    found[one.tokens].append(Test(file, one, file.after_path))
        return found

    def _is_base(self, test: Test) -> bool:
        """Whether the class of a function is imported, or inherited, where a runner collects it."""
        owner, dot, _ = test.symbol.partition(".")
        return bool(dot) and owner in self._inherited

    @cached_property
    def _inherited(self) -> frozenset[str]:
        """The last names of what collected files import, and of the bases of their classes."""
        found: set[str] = set()
        for file in self._files:
            if file.collected[1]:
                found |= {name.rpartition(".")[2] for name in file.after.names.values()}
                found |= {base.rpartition(".")[2] for some in file.after.bases.values() for base in some}
        return frozenset(found)

    def _uncollected(self, test: Test) -> Test | None:
        """The function that is still there: under its name in its file, or its body anywhere."""
        for one in test.file.after.functions:
            if one.qualname == test.profile.qualname and one.name.startswith("test") and not one.fixture:
                return Test(test.file, one, test.file.after_path)
        return next(iter(self._by_body.get(test.profile.tokens, ())), None)

    def _heir(self, test: Test) -> tuple[Fate, Test] | None:
        """The test that now says what this one said."""
        tokens = test.profile.tokens
        twin = next((one for one in self._after if one.profile.tokens == tokens and len(tokens) >= _SMALLEST), None)
        if twin:
            return Fate.DUPLICATE, twin
        checks = [one for one in self._sides[0].oracles(test).checks if one.sound]
        for heir, number in self._pool.heirs(checks).most_common(1):
            if number >= _FOLDED * len(checks):
                return Fate.FOLDED, heir
        table = next((one for one in self._changed if stands_in_rows(checks, self._checks_of(one), one.profile)), None)
        if table:
            return Fate.FOLDED, table
        wider = [one for one in self._changed if containment(test, one) >= _CONTAINED]
        return (Fate.FOLDED, wider[0]) if wider and len(tokens) >= _SMALLEST else None

    def _checks_of(self, test: Test) -> Sequence[Check]:
        return self._sides[1].oracles(test).checks

    @cached_property
    def _changed(self) -> list[Test]:
        """The tests whose bodies are new or not what they were."""
        changed = [other for one, other in self._matched.pairs if one.profile.tokens != other.profile.tokens]
        return [*self._matched.added, *changed]

    @cached_property
    def _vanished(self) -> frozenset[str]:
        """Words of production code that are gone from every file of it that changed."""
        files = [one for one in self._files if one.kind is Kind.PRODUCTION]
        before = frozenset().union(*(one.before.words for one in files), *(_module(one.before_path) for one in files))
        after = frozenset().union(*(one.after.words for one in files), *(_module(one.after_path) for one in files))
        return frozenset(word for word in before - after if not _DULL.search(word))

    @cached_property
    def _spoken(self) -> dict[int, frozenset[str]]:
        """The words of the tests that are left, by file: what they still speak of is not gone."""
        found: dict[int, set[str]] = defaultdict(set)
        for test in self._after:
            found[id(test.file)] |= test.profile.words
        return {file: frozenset(words) for file, words in found.items()}

    def _vanished_for(self, test: Test) -> frozenset[str]:
        """What the test spoke of that is gone from production code."""
        words = test.profile.words
        if not test.file.after_path:  # its imports go with it
            words = words | test.file.before.words
        return (words & self._vanished) - self._spoken.get(id(test.file), frozenset())

    def _is_replaced(self, test: Test) -> bool:
        """Whether the file, with new ones that it was split into, gained at least as many checking tests as it lost.

        Or one of them bears its name.
        """
        own = id(test.file)
        if self._gained[own] + sum(self._gained[one] for one in self._parts.get(own, ())) >= self._lost[own]:
            return True
        return any(self._sound(one) for one in self._named.get(test.profile.name, ()))

    @cached_property
    def _parts(self) -> dict[int, frozenset[int]]:
        """The new files that tests of a file went to, by that file; any files, where it is gone."""
        found: dict[int, set[int]] = defaultdict(set)
        for one, other in self._matched.pairs:
            if one.file is not other.file and not (other.file.before_path and one.file.after_path):
                found[id(one.file)].add(id(other.file))
        return {file: frozenset(parts) for file, parts in found.items()}

    @cached_property
    def _named(self) -> dict[str, list[Test]]:
        """The new tests by their names."""
        found: dict[str, list[Test]] = defaultdict(list)
        for one in self._matched.added:
            found[one.profile.name].append(one)
        return found

    @cached_property
    def _gained(self) -> Counter[int]:
        """Number of new tests that check something, each of their cases counted, by file."""
        found: Counter[int] = Counter()
        for one in self._matched.added:
            found[id(one.file)] += _weight(one) if self._sound(one) else 0
        for old, new in self._matched.pairs:
            found[id(new.file)] += max(0, _weight(new) - _weight(old))
        return found

    @cached_property
    def _lost(self) -> Counter[int]:
        """Number of tests that are gone, by file."""
        return Counter(id(one.file) for one in self._matched.removed)

    def _sound(self, test: Test) -> bool:
        return any(one.sound for one in self._sides[1].oracles(test).checks)


def _module(path: str) -> frozenset[str]:
    """The name of the module in a file."""
    stem = path.rpartition("/")[2].partition(".")[0]
    return frozenset([stem]) if stem != "__init__" else frozenset(path.split("/")[-2:-1])
