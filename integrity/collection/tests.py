"""The tests of one module, as pytest and unittest find them in its names.

The rules are those of `_pytest/python.py` and `_pytest/unittest.py` of pytest 8 and 9, and of `unittest.TestLoader`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import NamedTuple

from integrity.collection.program import Family, Member, Program, Thing
from integrity.facts.collection import matches
from integrity.facts.namespace import Ending, Kind, Values

UNCLEAR = "?"
"""Stands among the marks of a test that may have others."""

_GENERATES = "pytest_generate_tests"
_UNPARAMETRIZED = frozenset(
    {
        *("tmp_path", "tmp_path_factory", "tmpdir", "tmpdir_factory", "monkeypatch", "recwarn", "request", "caplog"),
        *("capsys", "capsysbinary", "capfd", "capfdbinary", "cache", "pytestconfig", "record_property"),
        *("capteesys", "doctest_namespace", "record_xml_attribute", "record_testsuite_property", "pytester"),
    }
)
_MOST = 100_000  # tests of one module
_DEEPEST = 20  # classes in classes
_STANDARD = frozenset(sys.stdlib_module_names)
_WITHOUT_CONSTRUCTOR = re.compile(
    r"builtins\.object|abc\.ABC|(?:typing|typing_extensions)\.(?:Generic|Protocol|Any)|contextlib\.\w+Decorator"
)
_NO_METHOD = frozenset({"property", "cached_property", "setter", "getter", "deleter", "abstractproperty"})
_ABSTRACT = frozenset({"abstractmethod", "abstractproperty", "abstractclassmethod", "abstractstaticmethod"})
_KEEPING = re.compile(r"(?:pytest|unittest|mock|functools|abc|typing|builtins|contextlib|hypothesis)\..*")
_TEST_MODULE = re.compile(r"(?:^|\.)(?:test_\w+|\w+_tests?|tests)\.")


class Test(NamedTuple):
    """A test that is collected.

    Attributes:
        name: the id without the file, as in "TestA::test_b".
        marks: names of its marks, `UNCLEAR` among them when it may have others.
        cases: how many tests literal parameters make of it, None when that cannot be told.
    """

    name: str
    marks: frozenset[str] = frozenset()
    cases: int | None = None


@dataclass
class ModuleTests:
    """The tests of a module.

    Attributes:
        certain: those that are collected wherever the module can be imported.
        possible: beginnings of the names of those that may be, too.
        unknown: why nothing can be said of the module, "" when something can.
        places: file and line of every function that makes a certain test.
        doubtful: likewise for possible tests.
    """

    certain: list[Test] = field(default_factory=list)
    possible: list[str] = field(default_factory=list)
    unknown: str = ""
    places: set[tuple[str, int]] = field(default_factory=set)
    doubtful: set[tuple[str, int]] = field(default_factory=set)


class Sort(Enum):
    """What a function is to a runner."""

    TEST = "test"
    PERHAPS = "perhaps"
    OTHER = "other"


@dataclass(frozen=True)
class _Place:
    """Where in a module something was found.

    Attributes:
        prefix: the names of the classes around it, each with its colons.
        marks: the marks of what is around it.
        certain: whether it is certainly there.
        depth: the number of classes around it.
        countable: whether no `pytest_generate_tests` is known.
        unittest: whether it is a `TestCase`, of whose methods parameters make no more tests.
    """

    prefix: str = ""
    marks: frozenset[str] = frozenset()
    certain: bool = True
    depth: int = 0
    countable: bool = True
    unittest: bool = False


class Finder:
    """Finds the tests of modules.

    Args:
        program: the modules.
        python_classes: prefixes or globs of collected classes, as pytest.
        python_functions: prefixes or globs of collected functions, likewise.
        imported: whether functions and classes of other modules count, as pytest's `collect_imported_tests`.
        counts: whether the cases that parameters make are counted, which costs time.
    """

    def __init__(
        self,
        program: Program,
        python_classes: Sequence[str] = ("Test",),
        python_functions: Sequence[str] = ("test",),
        *,
        imported: bool = True,
        counts: bool = True,
    ) -> None:
        self._program = program
        self._classes = python_classes
        self._functions = python_functions
        self._imported = imported
        self._counts = counts
        self._matching: dict[str, bool] = {}
        conftests = [path for path in program.modules if path.endswith("conftest.py")]
        self._generates = counts and any(self._multiplies(program.bound(path)) for path in conftests)

    def tests(self, path: str) -> ModuleTests:
        """The tests of a module."""
        module = self._program.modules[path]
        found = ModuleTests()
        if module.dynamic:
            return replace(found, unknown=module.dynamic)
        names = self._program.bound(path)
        enabled = _enabled(names.get("__test__", ()))
        ending = self._program.ending(path)
        if ending is Ending.NEVER or enabled is False:
            return found
        marks = self._marks(path, [module.marks])
        certain = enabled is True and ending is Ending.REACHED
        place = _Place("", marks, certain, countable=not self._generates and not self._multiplies(names))
        for name, things in names.items():
            self._collect(found, name, self._own(path, things), place)
        return found

    def _multiplies(self, names: Mapping[str, tuple[Thing, ...]]) -> bool:
        """Whether a hook, or a fixture that is used everywhere, may make several tests of each."""
        if not self._counts:
            return True
        functions = (
            self._program.function(one)
            for found in names.values()
            for one in found
            if one.path and one.kind is Kind.FUNCTION
        )
        return _GENERATES in names or any(
            one.autouse and not (one.cases and _UNPARAMETRIZED.issuperset(one.asks)) for one in functions
        )

    def _countable(self, members: Mapping[str, list[Member]]) -> bool:
        return self._counts and not self._multiplies({one: self._resolved(bound) for one, bound in members.items()})

    def _own(self, path: str, things: tuple[Thing, ...]) -> tuple[Thing, ...]:
        if self._imported:
            return things
        return tuple(one for one in things if one.path == path or one.kind not in (Kind.FUNCTION, Kind.CLASS))

    def _collect(self, found: ModuleTests, name: str, things: tuple[Thing, ...], place: _Place) -> None:
        """What a name of a module, or of a class, brings."""
        if len(found.certain) + len(found.possible) > _MOST or place.depth > _DEEPEST:
            found.unknown = "more tests than anyone counts"
            return
        functions = [thing for thing in things if thing.kind is Kind.FUNCTION]
        only = len(functions) == len(things)
        if functions:
            self._collect_functions(found, name, functions, place if only else replace(place, certain=False))
        for thing in things:
            if thing.kind is Kind.CLASS:
                self._collect_class(found, name, thing, replace(place, certain=place.certain and len(things) == 1))
            elif self._may_hold_tests(name, thing):
                found.possible.append(f"{place.prefix}{name}")

    def _may_hold_tests(self, name: str, thing: Thing) -> bool:
        """Whether something that is not defined in the project can be a test or a class of tests."""
        if thing.kind is Kind.UNKNOWN or (thing.kind is Kind.IMPORT and _TEST_MODULE.search(thing.name)):
            return matches(name, (*self._functions, *self._classes))
        return False

    def _collect_functions(self, found: ModuleTests, name: str, functions: Sequence[Thing], place: _Place) -> None:
        """The functions that a name may mean."""
        named = self._is_function_name(name)
        if not named and not any(self._may_ask(one) for one in functions):
            return  # only `istest` or `__test__` makes a test of it, and most functions end here
        self._add(found, name, {self.sort(one, named=named) for one in functions}, functions, place)

    def _add(self, found: ModuleTests, name: str, sorts: set[Sort], functions: Sequence[Thing], place: _Place) -> None:
        """Note a test, if it is one."""
        if sorts == {Sort.TEST} and place.certain:
            marks = [self._marks(one.path, self._program.function(one).decorators) for one in functions]
            unclear = {UNCLEAR} if len(set(marks)) > 1 else ()
            cases = {1 if place.unittest else self._cases(one, place) for one in functions}
            count = cases.pop() if len(cases) == 1 else None
            found.certain.append(Test(f"{place.prefix}{name}", place.marks.union(unclear, *marks), count))
            found.places.update(self._places(functions))
        elif sorts != {Sort.OTHER}:
            found.possible.append(f"{place.prefix}{name}")
            found.doubtful.update(self._places(functions))

    def _places(self, functions: Iterable[Thing]) -> Iterator[tuple[str, int]]:
        return ((one.path, self._program.function(one).line) for one in functions)

    def _cases(self, thing: Thing, place: _Place) -> int | None:
        """How many cases a function has, None when a fixture, a class or a hook may multiply it."""
        function = self._program.function(thing)
        marks = place.marks | self._marks(thing.path, function.decorators)
        if (
            not place.countable
            or "parametrize" in place.marks
            or "usefixtures" in marks
            or not _UNPARAMETRIZED.issuperset(function.asks)
        ):
            return None
        return function.cases or None

    def sort(self, thing: Thing, *, named: bool, method: bool = False) -> Sort:
        """What a function is to pytest.

        Args:
            thing: the function.
            named: whether its name is that of a test.
            method: whether it belongs to a `TestCase`, which takes even fixtures for tests.
        """
        decorators = self._decorators(thing)
        flags = self._program.things(thing.path, self._flags(thing))
        enabled, asked = _enabled(flags), _asked(flags)
        last = {name.rpartition(".")[2] for name in decorators}
        fixture = not method and any("fixture" in one.lower() for one in last)
        if "nottest" in last or enabled is False or fixture or last & _NO_METHOD:
            return Sort.OTHER
        patched = thing in self._program.patched
        chosen = named or "istest" in last or asked
        if chosen is False and not patched:
            return Sort.OTHER
        doubtful = "expand" in last or enabled is None or chosen is None or patched
        return Sort.PERHAPS if doubtful else Sort.TEST

    def _may_ask(self, thing: Thing) -> bool:
        """Whether a function may be a test although its name is not that of one."""
        return bool(self._program.function(thing).decorators or self._flags(thing)) or thing in self._program.patched

    def _flags(self, thing: Thing) -> Values:
        """What `__test__` of a function is bound to."""
        return self._program.modules[thing.path].flags.get(thing.place, ())

    def _collect_class(self, found: ModuleTests, name: str, thing: Thing, place: _Place) -> None:
        family = self._program.family(thing)
        unittest = any(one.endswith("TestCase") for one in family.outside)
        members = self._program.members(family)
        enabled = _enabled(self._resolved(members.get("__test__", [])))
        asked = _asked(self._resolved(members.get("__test__", [])))
        named = unittest or matches(name, self._classes) or asked is not False
        patched = not self._program.patched.isdisjoint(family.order)
        if not patched and (enabled is False or not (named or (family.doubtful and self._looks_tested(members)))):
            return
        if patched or (not unittest and (family.doubtful or self._outside(family) is None)):
            found.possible.append(f"{place.prefix}{name}::")
            named_tests = (self._resolved(bound) for member, bound in members.items() if self._is_named(member))
            functions = [one for things in named_tests for one in things if one.kind is Kind.FUNCTION]
            found.doubtful.update(self._places(functions))
            return
        if self._abstract(family) or (not unittest and self._constructed(family, members)):
            return
        chosen = unittest or matches(name, self._classes) or asked is True
        certain = place.certain and not family.doubtful and enabled is True and chosen and not self._replaced(thing)
        inner = _Place(
            f"{place.prefix}{name}::",
            place.marks | self._class_marks(family),
            certain,
            place.depth + 1,
            place.countable and self._countable(members),
            unittest,
        )
        if unittest:
            self._collect_methods(found, members, inner)
        else:
            for member, bound in members.items():
                self._collect(found, member, self._resolved(bound), inner)
        if family.doubtful:
            found.possible.append(inner.prefix)

    def _collect_methods(self, found: ModuleTests, members: dict[str, list[Member]], place: _Place) -> None:
        """The tests of a `TestCase`; `runTest` is one where there is no other."""
        before = len(found.certain) + len(found.possible)
        for name, bound in members.items():
            if name.startswith("test"):
                self._collect_method(found, name, bound, place)
        if "runTest" in members and before == len(found.certain) + len(found.possible):
            self._collect_method(found, "runTest", members["runTest"], place)

    def _collect_method(self, found: ModuleTests, name: str, bound: list[Member], place: _Place) -> None:
        """A member of a `TestCase` that is named like a test: it is one when it can be called."""
        things = self._resolved(bound)
        functions = [one for one in things if one.kind is Kind.FUNCTION]
        sorts = {
            self.sort(one, named=True, method=True) if one.kind is Kind.FUNCTION else _callable(one) for one in things
        }
        self._add(found, name, sorts, functions, place)

    def _resolved(self, members: list[Member]) -> tuple[Thing, ...]:
        """What the members that a name may mean lead to."""
        return tuple(dict.fromkeys(thing for one in members for thing in self._program.things(one.path, one.values)))

    def _looks_tested(self, members: dict[str, list[Member]]) -> bool:
        """Whether a class of unknown ancestry holds anything named like a test."""
        return any(map(self._is_named, members))

    def _is_function_name(self, name: str) -> bool:
        """Whether a name is that of a test function."""
        found = self._matching.get(name)
        if found is None:
            found = self._matching[name] = matches(name, self._functions)
        return found

    def _is_named(self, name: str) -> bool:
        return name.startswith("test") or self._is_function_name(name)

    def _outside(self, family: Family) -> bool | None:
        """Whether ancestors outside of the project bring a constructor, None when nobody knows."""
        others = [one for one in family.outside if not _WITHOUT_CONSTRUCTOR.fullmatch(one)]
        if any(one.partition(".")[0] in _STANDARD for one in others):
            return True
        return None if others else False

    def _constructed(self, family: Family, members: dict[str, list[Member]]) -> bool:
        """Whether a class has a constructor, be it from a decorator such as `dataclass`."""
        if "__init__" in members or "__new__" in members or self._outside(family):
            return True
        decorated = (self._decorator_names(one.path, self._program.class_of(one).decorators) for one in family.order)
        return any(_constructing(name) for names in decorated for name in names)

    def _replaced(self, thing: Thing) -> bool:
        """Whether a decorator may make something else of a class."""
        names = self._decorator_names(thing.path, self._program.class_of(thing).decorators)
        return any("parameterized" in name.lower() for name in names)

    def _abstract(self, family: Family) -> bool:
        """Whether a class cannot be instantiated, since methods are left to its subclasses."""
        seen: set[str] = set()
        for one in family.order if self._is_abc(family) else ():
            names = self._program.class_of(one).names
            if self._is_abc(self._program.family(one)):
                own = (self._program.things(one.path, names[name]) for name in names.keys() - seen)
                if any(self._is_abstract(thing) for things in own for thing in things):
                    return True
            seen.update(names)
        return False

    def _is_abc(self, family: Family) -> bool:
        """Whether a class keeps account of abstract methods; those of other classes can be instantiated."""
        metas = (
            thing.name
            for one in family.order
            for thing in self._program.things(one.path, self._program.class_of(one).metaclass)
        )
        return any(name.endswith(("ABC", "ABCMeta", "Protocol")) for name in (*family.outside, *metas))

    def _is_abstract(self, thing: Thing) -> bool:
        if thing.kind is not Kind.FUNCTION:
            return False
        return any(name.rpartition(".")[2] in _ABSTRACT for name in self._decorators(thing))

    def _class_marks(self, family: Family) -> frozenset[str]:
        """The marks of a class and of its ancestors."""
        values: list[tuple[str, Values]] = []
        for one in family.order:
            made = self._program.class_of(one)
            values += [(one.path, decorator) for decorator in made.decorators]
            values.append((one.path, made.names.get("pytestmark", ())))
        return frozenset().union(*(self._marks(path, [found]) for path, found in values))

    def _marks(self, path: str, values: Iterable[Values]) -> frozenset[str]:
        """The names of the marks among decorators, `UNCLEAR` for a decorator that may be one."""
        found: set[str] = set()
        for thing in (thing for one in values for thing in self._program.things(path, one)):
            if thing.kind is Kind.MARK:
                found.add(thing.name)
            elif thing.kind is not Kind.IMPORT or not _KEEPING.fullmatch(thing.name):
                found.add(UNCLEAR)
        return frozenset(found)

    def _decorators(self, thing: Thing) -> list[str]:
        return self._decorator_names(thing.path, self._program.function(thing).decorators)

    def _decorator_names(self, path: str, decorators: Iterable[Values]) -> list[str]:
        found = (thing for values in decorators for thing in self._program.things(path, values))
        things = (thing for thing in found if thing.kind is not Kind.MARK)
        return [self._program.function(one).name if one.kind is Kind.FUNCTION else one.name for one in things]


def _enabled(things: Sequence[Thing]) -> bool | None:
    """What `__test__` says: None when nobody knows."""
    said = {thing.truth for thing in things if thing.kind is not Kind.ABSENT}
    if not said:
        return True
    return said.pop() if len(said) == 1 else None


def _asked(things: Sequence[Thing]) -> bool | None:
    """Whether `__test__` is `True` itself, which makes a test of any name; None when nobody knows."""
    said = {thing.kind is Kind.PLAIN and thing.name == "True" for thing in things}
    if any(thing.kind is Kind.UNKNOWN for thing in things):
        return None
    return (said or {False}).pop() if len(said) < 2 else None  # noqa: PLR2004 - yes and no


def _callable(thing: Thing) -> Sort:
    """Whether a member of a `TestCase` that is no function of the project can be called."""
    if thing.kind is Kind.CLASS:
        return Sort.TEST
    return Sort.PERHAPS if thing.kind in (Kind.UNKNOWN, Kind.IMPORT) else Sort.OTHER


def _constructing(decorator: str) -> bool:
    """Whether a class decorator adds a constructor."""
    return decorator in _CONSTRUCTING or decorator.rpartition(".")[2] == "dataclass"


_CONSTRUCTING = frozenset({"attr.s", "attr.attrs", "attr.define", "attrs.define", "attr.frozen", "attrs.frozen"})
