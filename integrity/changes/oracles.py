"""The oracles of a test with those of the helpers and fixtures that it uses, as far as the change shows them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from integrity.changes.model import FilePair, Test
from integrity.facts.profile import Check, FunctionProfile

_DEPTH = 4
_REPEATS = 10


class Oracles(NamedTuple):
    """What checks for a test.

    Attributes:
        checks: its own and those of its helpers, once a call.
        opaque: last names of calls that may check something and that nobody has looked into.
    """

    checks: tuple[Check, ...]
    opaque: Counter[str]


class Side:
    """The functions of one side of a change.

    Args:
        files: the changed files.
        after: which side.
    """

    def __init__(self, files: Iterable[FilePair], *, after: bool) -> None:
        self._known: dict[int, Oracles] = {}
        self._own: dict[int, dict[str, list[FunctionProfile]]] = {}
        self._everywhere: dict[str, list[FunctionProfile]] = defaultdict(list)
        self._keys: set[tuple[str, ...]] = set()
        for file in files:
            named: dict[str, list[FunctionProfile]] = defaultdict(list)
            for one in (file.after if after else file.before).functions:
                self._keys.update(each.key for each in one.checks if each.sound)
                if not one.collected:
                    named[one.name].append(one)
                    self._everywhere[one.name].append(one)
            self._own[id(file)] = named

    def has(self, check: Check) -> bool:
        """Whether any function of this side checks the same."""
        return check.key in self._keys

    def oracles(self, test: Test) -> Oracles:
        """What checks for a test of this side."""
        found = self._known.get(id(test.profile))
        if found is None:
            found = self._known[id(test.profile)] = self._collected(test)
        return found

    def _collected(self, test: Test) -> Oracles:
        own = self._own.get(id(test.file), {})
        found: list[Check] = []
        opaque: Counter[str] = Counter()
        todo = [(test.profile, 0, 1)]
        seen = {id(test.profile)}
        while todo:
            function, depth, times = todo.pop()
            found += function.checks * times
            opaque.update(name.rpartition(".")[2] for name in function.unresolved)
            used = Counter(function.calls) + Counter(function.parameters)
            for name, repeats in sorted(used.items()):
                helpers = own.get(name) or self._everywhere.get(name) or []
                for helper in helpers if depth < _DEPTH else ():
                    opaque.pop(name, None)
                    if id(helper) not in seen:
                        seen.add(id(helper))
                        todo.append((helper, depth + 1, min(repeats * times, _REPEATS)))
        for name in [one for one in opaque if one in own or one in self._everywhere]:
            del opaque[name]
        return Oracles(tuple(found), opaque)

    def users(self, name: str, tests: Iterable[Test]) -> list[Test]:
        """The tests that call a function by this name."""
        return [test for test in tests if name in test.profile.calls or name in test.profile.parameters]
