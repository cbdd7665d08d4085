"""Which tests a runner collects from a file, and which ones its damage has taken, by name and place alone.

The rules are those of pytest (https://docs.pytest.org/en/stable/explanation/goodpractices.html) and unittest: functions
whose name matches, at module level or in classes whose name matches and that neither have nor inherit a constructor,
and the `test*` methods of every subclass of `TestCase`. Bases are followed within the file; one from elsewhere is
unittest's when its name ends in `TestCase`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase

import msgspec

from integrity.facts.ancestry import linearize
from integrity.facts.model import Definition, FileFacts, Syntax
from integrity.model import Census

_GLOB = frozenset("*?[")
_HARMLESS = re.compile(r"(?:pytest|mock|unittest|patch|parametrize|asyncio|anyio|trio|staticmethod)(?:\.|$)")
_TEST_PACKAGE = re.compile(r"test", re.IGNORECASE)
_TEST_MODULE = re.compile(r"(?:^|\.)(?:test_\w+|\w+_tests?|tests)$")
_VALUES = frozenset({"property", "cached_property", "setter", "getter", "deleter", "abstractproperty"})
_CONSTRUCTORS = frozenset({"__init__", "__new__"})


class DefinedTest(msgspec.Struct, frozen=True, array_like=True):
    """A function that is named like a test and stands in a module or class.

    Attributes:
        name: its qualified name.
        line: of its `def`.
        end: the last line of its body.
    """

    name: str
    line: int
    end: int


def defined_tests(facts: FileFacts, python_functions: Sequence[str]) -> tuple[DefinedTest, ...]:
    """The functions of a file that are named like tests, collected or not, in order of line."""
    if facts.parse.syntax is Syntax.BROKEN:
        return ()
    definitions, patterns = facts.definitions, ("test", "runTest", *python_functions)
    outside = {-1}
    found = []
    for index, one in enumerate(definitions):
        if one.parent in outside:
            if one.is_class:
                outside.add(index)
            elif matches(one.name, patterns) and not _is_fixture(one) and not _is_value(one):
                found.append(DefinedTest(one.qualname, one.span.line, one.span.end_line or one.span.line))
    return tuple(found)


def census_of(
    facts: FileFacts, python_classes: Sequence[str], python_functions: Sequence[str], *, collected: bool, data: bool
) -> Census:
    """The numbers of tests of a file.

    Args:
        facts: of the file.
        python_classes: prefixes or globs of collected classes, as pytest.
        python_functions: prefixes or globs of collected functions, likewise.
        collected: whether the runner collects the file by its name.
        data: whether it is damaged on purpose, so that no test is lost in it.
    """
    live = len(live_tests(facts, python_classes, python_functions)) if collected else 0
    lost = 0 if data else len(lost_tests(facts))
    return Census(known=live + lost, live=live, lost=lost)


def live_tests(
    facts: FileFacts, python_classes: Sequence[str], python_functions: Sequence[str]
) -> tuple[Definition, ...]:
    """The test functions and methods that a runner collects from the file; none when it does not parse."""
    if facts.parse.syntax is Syntax.BROKEN:
        return ()
    module = _Module(facts.definitions, python_classes, python_functions)
    return tuple(facts.definitions[index] for index in sorted(module.live()))


class _Module:
    """The definitions of a file as a runner finds them: by name, where the last of a name hides the others.

    Args:
        definitions: functions and classes, each after the one that encloses it.
        python_classes: prefixes or globs of collected classes, as pytest.
        python_functions: prefixes or globs of collected functions, likewise.
    """

    def __init__(
        self, definitions: Sequence[Definition], python_classes: Sequence[str], python_functions: Sequence[str]
    ) -> None:
        self._definitions = definitions
        self._python_classes = python_classes
        self._python_functions = python_functions
        self._members: dict[int, dict[str, int]] = defaultdict(dict)
        self._orders: dict[int, list[int]] = {-1: [-1]}
        self._unittest: set[int] = set()
        for index, definition in enumerate(definitions):
            if definition.is_class:
                self._derive(index)
            self._members[definition.parent][definition.name] = index

    def live(self) -> set[int]:
        """Index of every function that is collected, itself or through a class that inherits it."""
        found: set[int] = set()
        todo = [-1]
        visited = set(todo)
        while todo:
            owner = todo.pop()
            for index in self._namespace(owner).values():
                if not self._definitions[index].is_class:
                    found.update([index] if self._is_test(index, owner) else ())
                elif index not in visited and owner not in self._unittest and self._is_collected(index):
                    visited.add(index)
                    todo.append(index)
        return found

    def _derive(self, index: int) -> None:
        """Note the bases of a class among the classes before it, and whether it descends from a `TestCase`."""
        definition = self._definitions[index]
        bases = [(base, self._find(base, definition.parent)) for base in definition.bases]
        self._orders[index] = linearize(index, [self._orders[place] for _, place in bases if place is not None])
        if any(base.endswith("TestCase") if place is None else place in self._unittest for base, place in bases):
            self._unittest.add(index)

    def _find(self, name: str, scope: int) -> int | None:
        """The class that a dotted name means in a scope, at the point that the walk has reached."""
        first, *rest = name.split(".")
        place = self._members[scope].get(first, self._members[-1].get(first))
        for part in rest:
            place = None if place is None else self._members[place].get(part)
        return place if place in self._orders else None

    def _namespace(self, owner: int) -> dict[str, int]:
        """The members of the module (-1) or a class, inherited ones included, by name."""
        found: dict[str, int] = {}
        for place in reversed(self._orders[owner]):
            found.update(self._members[place])
        return found

    def _is_collected(self, index: int) -> bool:
        """Whether a runner looks for tests in a class."""
        if index in self._unittest:
            return True
        return matches(self._definitions[index].name, self._python_classes) and not any(
            self._members[place].keys() & _CONSTRUCTORS for place in self._orders[index]
        )

    def _is_test(self, index: int, owner: int) -> bool:
        """Whether a function is a test of its module or class."""
        definition = self._definitions[index]
        if _is_value(definition):
            return False
        if owner in self._unittest:
            return definition.name.startswith("test")
        return matches(definition.name, self._python_functions) and not _is_fixture(definition)


def matches(name: str, patterns: Collection[str]) -> bool:
    """Whether a name starts with a prefix or matches a glob, as pytest reads its options."""
    return any(fnmatchcase(name, one) if _GLOB & set(one) else name.startswith(one) for one in patterns)


def imports_tests(facts: FileFacts, python_classes: Sequence[str], python_functions: Sequence[str]) -> bool:
    """Whether the file brings in tests of another one: everything of a module for tests, or a test by its name."""
    patterns = (*python_classes, *python_functions)
    return any(
        _TEST_PACKAGE.search(one.module) or one.level
        if one.name == "*"
        else one.name and matches(one.bound, patterns) and (_TEST_MODULE.search(one.module) or one.level)
        for one in facts.imports
    )


def swallowed_tests(facts: FileFacts) -> tuple[Definition, ...]:
    """Tests inside another function, themselves or with their class, that never uses them: nothing can run them."""
    definitions = facts.definitions
    inside = {index for index, one in enumerate(definitions) if one.is_class and _idle(definitions, one)}
    return tuple(one for one in definitions if _is_test(one) and (one.parent in inside or _idle(definitions, one)))


def _is_test(definition: Definition) -> bool:
    """Whether it is named like a test by every runner's default."""
    return not definition.is_class and definition.name.startswith("test") and not _is_fixture(definition)


def _is_value(definition: Definition) -> bool:
    """Whether instances have a value by that name and no method."""
    return any(name.rpartition(".")[2] in _VALUES for name in definition.decorators)


def _is_fixture(definition: Definition) -> bool:
    return any(name.rpartition(".")[2] == "fixture" for name in definition.decorators)


def _idle(definitions: Sequence[Definition], definition: Definition) -> bool:
    """Whether a function holds the definition, does not use it, and no decorator registers it elsewhere."""
    if definition.used or definition.parent < 0 or definitions[definition.parent].is_class:
        return False
    return all(map(_HARMLESS.match, definition.decorators))


def lost_tests(facts: FileFacts) -> tuple[str, ...]:
    """Qualified names of the tests in damaged text: commented out, swallowed, or in text that does not parse."""
    commented = facts.commented.tests if facts.commented else ()
    if facts.parse.syntax is Syntax.BROKEN:
        stranded = tuple(one.qualname for one in facts.definitions if _is_test(one))
    else:
        stranded = tuple(one.qualname for one in swallowed_tests(facts))
    return tuple(dict.fromkeys(commented + stranded))
