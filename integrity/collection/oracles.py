"""Whether something in another file checks for a test: a helper, a fixture, a base class or a decorator."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence

from integrity.collection.program import Family, Program, Thing
from integrity.facts.namespace import Kind
from integrity.facts.verdicts import Checker, Open, Reach
from integrity.imports.memo import WHOLE

_DEEPEST = 4  # steps from function to function
_SUPPORT = re.compile(r"(?:^|[/_])(?:tests?|testing|conftest|helpers?|support|testutils?|\w*assert\w*)(?:[/_.]|$)")
_TEARDOWNS = (
    *("tearDown", "asyncTearDown", "tearDownClass", "teardown_method", "teardown_class", "teardown"),
    "teardown_function",
)
_PLAIN = re.compile(r"(?:builtins|typing|abc|enum|dataclasses|unittest)\..*")

Checkers = Callable[[str], Mapping[int, Checker]]


class Oracles:
    """Follows what tests use through the modules of a project.

    What cannot be followed and looks like an oracle counts as one. Production code is looked into only where its name
    says that it checks something: its assertions guard itself. What a fixture does is preparation, unless it asserts.

    Args:
        program: the modules.
        tests: the paths of the files of tests.
        checkers: gives the functions of a file, by line.
        plugins: the paths of the plugins of pytest that the project loads from itself.
    """

    def __init__(
        self, program: Program, tests: Container[str], checkers: Checkers, plugins: Sequence[str] = ()
    ) -> None:
        self._program = program
        self._tests = tests
        self._checkers = checkers
        self._plugins = tuple(one for one in plugins if one in program.modules)
        self._classes: dict[str, dict[int, Thing]] = {}

    def check(self, path: str, test: Open) -> bool:
        """Whether anything checks for a test of a file."""
        if path not in self._program.modules:
            return bool(test.reach.signs)
        if self._reaches(path, test.reach, 0, strict=False):
            return True
        return test.acts and (self._around(path) or self._above(self._class_at(path, test.reach.owner)))

    def _reaches(self, path: str, reach: Reach, depth: int, *, strict: bool) -> bool:
        """Whether anything that a function uses checks something."""
        owner = self._class_at(path, reach.owner)
        asked = set(reach.asks)
        signs = frozenset(() if strict else reach.signs)
        if any(self._provides(path, owner, name, name in signs, depth) for name in reach.asks):
            return True
        names = dict.fromkeys((*reach.signs, *reach.mentions))
        return any(
            self._uses(path, owner, name, depth, sign=name in signs, strict=strict)
            for name in names
            if name not in asked
        )

    def _provides(self, path: str, owner: Thing | None, name: str, sign: bool, depth: int) -> bool:
        """Whether the fixture of a name checks something."""
        found = self._fixture(path, owner, name)
        if not found:
            return sign
        return any(self._checks(one, depth + 1, strict=True) for one in found)

    def _uses(self, path: str, owner: Thing | None, name: str, depth: int, *, sign: bool, strict: bool) -> bool:
        """Whether what a name stands for checks something."""
        found = self._things(path, owner, name)
        if not found:
            return sign
        for one in found:
            if one.kind not in (Kind.FUNCTION, Kind.CLASS):
                if sign:
                    return True
            elif (sign or self._supports(one.path)) and self._holds(one, depth + 1, strict=strict):
                return True
        return False

    def _holds(self, thing: Thing, depth: int, *, strict: bool) -> bool:
        if thing.kind is Kind.FUNCTION:
            return self._checks(thing, depth, strict=strict)
        family = self._program.family(thing)
        if not strict and not _is_known(family):
            return True
        return any(self._checks(one, depth, strict=strict) for _, one in self._methods(family))

    def _checks(self, thing: Thing, depth: int, *, strict: bool) -> bool:
        """Whether a function checks something.

        Args:
            thing: the function.
            depth: how many steps it is away from the test.
            strict: whether only assertions count, as in a fixture.
        """
        if depth > _DEEPEST:
            self._program.recall.cut()
            return not strict
        key = "checks", thing, strict
        return self._program.recall.answer(key, lambda: self._looked_into(thing, depth, strict=strict), False)

    def _looked_into(self, thing: Thing, depth: int, *, strict: bool) -> bool:
        found = self._checker(thing)
        if found is None:
            return not strict
        if found.asserts or (found.raises and not strict):
            return True
        return self._reaches(thing.path, found.reach, depth, strict=strict)

    def _checker(self, thing: Thing) -> Checker | None:
        self._program.recall.note(thing.path, WHOLE)
        return self._checkers(thing.path).get(self._program.function(thing).line)

    def _things(self, path: str, owner: Thing | None, name: str) -> tuple[Thing, ...]:
        """What a dotted name means in a function."""
        first, _, rest = name.partition(".")
        if first in ("self", "cls"):
            return self._program.attribute(owner, rest) if owner and "." not in rest else ()
        return self._program.named(path, name)

    def _fixture(self, path: str, owner: Thing | None, name: str) -> tuple[Thing, ...]:
        """The functions that provide a fixture: of the class, the module, the nearest `conftest.py`, or a plugin."""
        places = [self._program.attribute(owner, name)] if owner else []
        for found in (*places, *(self._program.named(one, name) for one in (path, *self._given(path)))):
            functions = tuple(one for one in found if self._is_decorated(one))
            if functions:
                return functions
        return ()

    def _is_decorated(self, thing: Thing) -> bool:
        return thing.kind is Kind.FUNCTION and bool(self._program.function(thing).decorators)

    def _given(self, path: str) -> Iterator[str]:
        """The modules whose fixtures a file has: each `conftest.py` around it, the nearest first, and plugins."""
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            place = f"{folder}/conftest.py".lstrip("/")
            if place in self._program.modules and place != path:
                yield place
        yield from self._plugins

    def _around(self, path: str) -> bool:
        """Whether a fixture that every test of a file uses checks something."""
        return any(self._is_watching(one) for one in self._given(path))

    def _is_watching(self, conftest: str) -> bool:
        return self._program.recall.answer(("watching", conftest), lambda: self._watched(conftest), False)

    def _watched(self, conftest: str) -> bool:
        self._program.recall.note(conftest, WHOLE)
        functions = [
            one
            for things in self._program.bound(conftest).values()
            for one in things
            if one.kind is Kind.FUNCTION and self._program.function(one).autouse
        ]
        return any(self._watches(one) for one in functions)

    def _watches(self, thing: Thing) -> bool:
        """Whether a fixture asserts something after the test."""
        found = self._checker(thing)
        return found is not None and found.watches

    def _above(self, owner: Thing | None) -> bool:
        """Whether what a class inherits from other files checks something around each of its tests."""
        if owner is None:
            return False
        return any(
            self._checks(one, 1, strict=True)
            for name, one in self._methods(self._program.family(owner))
            if one.path != owner.path and (name in _TEARDOWNS or self._program.function(one).autouse)
        )

    def _methods(self, family: Family) -> Iterator[tuple[str, Thing]]:
        """The functions of a class, inherited ones included, by name."""
        for name, members in self._program.members(family).items():
            for member in members:
                for one in self._program.things(member.path, member.values) if member.path else ():
                    if one.kind is Kind.FUNCTION:
                        yield name, one

    def _class_at(self, path: str, line: int) -> Thing | None:
        if not line:
            return None
        if path not in self._classes:
            classes = self._program.modules[path].classes
            self._classes[path] = {one.line: Thing(Kind.CLASS, path, place) for place, one in enumerate(classes)}
        return self._classes[path].get(line)

    def _supports(self, path: str) -> bool:
        """Whether a file is there for tests."""
        return path in self._tests or bool(_SUPPORT.search(path))


def _is_known(family: Family) -> bool:
    """Whether everything that a class inherits is known."""
    return not family.doubtful and all(map(_PLAIN.match, family.outside))
