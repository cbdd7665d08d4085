"""What runners leave aside in one file of tests, as far as the file, and the names that it follows, can say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from integrity.collection.options import Options
from integrity.collection.program import Family, Program, Thing
from integrity.collection.tests import Finder, Sort
from integrity.facts.collection import matches
from integrity.facts.mentions import LIFECYCLE, NEAR_TEST
from integrity.facts.namespace import Ending, Function, Kind, Namespace
from integrity.imports.memo import WHOLE

_PLAIN = re.compile(r"builtins\.object|abc\.ABC|typing\.(?:Generic|Protocol)|(?:unittest|pytest)\..*")

Place = tuple[str, int]
"""A file and a line of it."""


class Candidate(msgspec.Struct, frozen=True, array_like=True):
    """Something that may be left aside; it depends on the rest of the repository whether it is.

    Attributes:
        path: its file.
        line: its line.
        symbol: its qualified name.
        tests: the names of the tests that are concerned, with the places of their functions.
        owner: of a setup method, the file and the name of the class that does not call it.
    """

    path: str
    line: int
    symbol: str
    tests: tuple[tuple[str, tuple[Place, ...]], ...] = ()
    owner: tuple[str, str] = ("", "")


class Unvisited(msgspec.Struct, frozen=True, array_like=True):
    """A function that would be a test if a runner visited its file: line, name, and whether it holds an assertion."""

    line: int
    name: str
    asserts: bool


class Aside(msgspec.Struct, frozen=True, array_like=True):
    """What runners may leave aside in one file.

    Attributes:
        classes: those with tests whose names no runner looks for.
        functions: those with assertions whose names are near those of tests.
        setups: methods such as `setUp` of classes that are no `TestCase`.
        coroutines: those that nothing decorates.
        cases: file and name of every class that a `TestCase` of the file is, or derives from.
        tests: of a file that runners do not visit, the functions that would be tests if they did.
    """

    classes: tuple[Candidate, ...] = ()
    functions: tuple[Candidate, ...] = ()
    setups: tuple[Candidate, ...] = ()
    coroutines: tuple[Candidate, ...] = ()
    cases: tuple[tuple[str, str], ...] = ()
    tests: tuple[Unvisited, ...] = ()

    @property
    def places(self) -> Iterator[Place]:
        """Every place that it names."""
        for one in (*self.classes, *self.functions, *self.setups, *self.coroutines):
            yield one.path, one.line
            yield from (place for _, places in one.tests for place in places)


def aside_of(path: str, program: Program, finder: Finder, options: Options, *, visited: bool) -> Aside:
    """What runners may leave aside in a file."""
    look = _Look(path, program.modules[path], program, finder, options)
    cases = tuple(sorted(set(look.cases())))
    if not visited:
        return Aside(cases=cases, tests=tuple(look.unvisited()))
    return Aside(
        classes=tuple(look.classes()),
        functions=tuple(look.functions()),
        setups=tuple(look.setups()),
        coroutines=tuple(look.coroutines()),
        cases=cases,
    )


class _Look(NamedTuple):
    """Looks at one file."""

    path: str
    module: Namespace
    program: Program
    finder: Finder
    options: Options

    def classes(self) -> Iterator[Candidate]:
        for name, thing in self._alone(Kind.CLASS):
            tests = self._own_tests(thing) if self._is_unmatched_class(thing, name) else ()
            if tests:
                yield Candidate(self.path, self.program.class_of(thing).line, name, tuple(tests))

    def functions(self) -> Iterator[Candidate]:
        for name, thing in self._alone(Kind.FUNCTION):
            function = self.program.function(thing)
            if function.name == name and self._is_near_test(function):
                yield Candidate(self.path, function.line, name)

    def setups(self) -> Iterator[Candidate]:
        for _, thing in self._bound(Kind.CLASS):
            family = self.program.family(thing)
            if _is_plain(family) and not is_unittest(family):
                yield from self._uncalled(thing, family)

    def coroutines(self) -> Iterator[Candidate]:
        if self.program.ending(self.path) is not Ending.REACHED or self.module.marks:
            return
        for name, thing in self._bound(Kind.FUNCTION):
            function = self.program.function(thing)
            if function.coroutine and not function.decorators:
                yield Candidate(self.path, function.line, name)

    def cases(self) -> Iterator[tuple[str, str]]:
        for index in range(len(self.module.classes)):
            family = self.program.family(Thing(Kind.CLASS, self.path, index))
            if is_unittest(family):
                yield from ((one.path, self.program.class_of(one).name) for one in family.order)

    def unvisited(self) -> Iterator[Unvisited]:
        found = self.finder.tests(self.path)
        lines = set() if found.unknown else {line for path, line in found.places if path == self.path}
        made = {one.line: one for one in self.module.functions if one.line in lines}
        yield from (Unvisited(line, made[line].name, made[line].asserts) for line in sorted(made))

    def _alone(self, kind: Kind) -> Iterator[tuple[str, Thing]]:
        """What the file defines under names that it mentions once only."""
        for name in self.module.alone:
            for thing in self.program.things(self.path, self.module.names.get(name, ())):
                if thing.kind is kind and thing.path == self.path:
                    yield name, thing

    def _bound(self, kind: Kind) -> Iterator[tuple[str, Thing]]:
        """What the file defines under any name."""
        for name, values in self.module.names.items():
            for thing in self.program.things(self.path, values) if not name.startswith("*") else ():
                if thing.kind is kind and thing.path == self.path:
                    yield name, thing

    def _is_unmatched_class(self, thing: Thing, name: str) -> bool:
        if matches(name, self.options.python_classes) or "__test__" in self.program.class_of(thing).names:
            return False
        family = self.program.family(thing)
        return _is_plain(family) and not is_unittest(family)

    def _own_tests(self, thing: Thing) -> Iterator[tuple[str, tuple[Place, ...]]]:
        """The tests that a class defines itself."""
        for name, values in self.program.class_of(thing).names.items():
            found = [one for one in self.program.things(thing.path, values) if self._is_test(one, name)]
            if found:
                yield name, ((self.path, self.program.function(found[-1]).line),)

    def _is_test(self, thing: Thing, name: str) -> bool:
        named = name.startswith("test") or matches(name, self.options.python_functions)
        own = thing.kind is Kind.FUNCTION and thing.path == self.path
        return named and own and self.finder.sort(thing, named=True) is Sort.TEST

    def _is_near_test(self, function: Function) -> bool:
        if not NEAR_TEST.match(function.name) or matches(function.name, self.options.python_functions):
            return False
        return not function.decorators and not function.asks

    def _uncalled(self, thing: Thing, family: Family) -> Iterator[Candidate]:
        members = self.program.members(family)
        methods = [one for one in LIFECYCLE if one in members and one not in self.module.setups]
        tests = tuple(self._named_tests(thing)) if methods else ()
        for method in methods if tests else ():
            for owner in self.program.attribute(thing, method):
                if owner.kind is Kind.FUNCTION and self._is_setup(owner, method):
                    name = self.program.class_of(thing).name
                    line = self.program.function(owner).line
                    yield Candidate(owner.path, line, f"{name}.{method}", tests, (self.path, name))

    def _is_setup(self, owner: Thing, method: str) -> bool:
        """Whether nothing in the file of a method says that it is called."""
        if owner.path != self.path:
            self.program.recall.note(owner.path, WHOLE)
        return not self.program.function(owner).decorators and method not in self.program.modules[owner.path].setups

    def _named_tests(self, thing: Thing) -> Iterator[tuple[str, tuple[Place, ...]]]:
        """The functions of a class, inherited ones included, that are named like tests."""
        if not matches(self.program.class_of(thing).name, self.options.python_classes):
            return
        for name in self.program.members(self.program.family(thing)):
            if name.startswith("test") or matches(name, self.options.python_functions):
                found = (one for one in self.program.attribute(thing, name) if one.kind is Kind.FUNCTION)
                places = tuple([(one.path, self.program.function(one).line) for one in found])
                if places:
                    yield name, places


def is_unittest(family: Family) -> bool:
    """Whether a class is a `TestCase`."""
    return any(one.endswith("TestCase") for one in family.outside)


def _is_plain(family: Family) -> bool:
    """Whether all ancestors of a class are known, and harmless."""
    return not family.doubtful and all(_PLAIN.fullmatch(one) for one in family.outside)
