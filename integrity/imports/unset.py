"""Attributes that the tests of a class read and that nothing ever sets.

Set means: in the body of the class or of what it derives from, on any object in one of their methods or elsewhere in
their files, on a test class from outside (`request.cls.x = ...`) anywhere, or in a class derived from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from typing import Protocol

import msgspec

from integrity.facts.symbols import Ref
from integrity.imports.ancestry import PLAIN_BASES
from integrity.imports.existence import World
from integrity.imports.memo import Asked
from integrity.imports.things import ClassOf
from integrity.model import Span

_TEST_CASES = frozenset(
    {
        *(Ref("unittest", name) for name in ("TestCase", "IsolatedAsyncioTestCase")),
        *(Ref("unittest.case", name) for name in ("TestCase",)),
        Ref("unittest.async_case", "IsolatedAsyncioTestCase"),
    }
)
_OF_OBJECT = frozenset(dir(object)) | {"__dict__", "__module__", "__weakref__"}
_DEEPEST = 60


class Reader(msgspec.Struct, frozen=True, array_like=True):
    """A class that reads attributes which neither it nor what it derives from sets.

    Attributes:
        name: its qualified name.
        test_case: whether it is one of unittest's.
        reads: the attributes, each with its first place.
        known: the attributes that it has.
        idle: those that setup methods set which nothing calls.
    """

    name: str
    test_case: bool
    reads: tuple[tuple[str, Span], ...]
    known: tuple[str, ...]
    idle: frozenset[str]


class Told(Protocol):
    """What is known of a file."""

    @property
    def readers(self) -> Sequence[Reader]:
        """Its classes that read attributes which they do not set."""

    @property
    def bases(self) -> str:
        """The bare names of all that its classes derive from, separated by blanks."""


@dataclass(frozen=True)
class Unset:
    """A read of an attribute that nothing sets.

    Attributes:
        path: the file.
        owner: the class, by its qualified name.
        name: the attribute.
        span: its first place.
        known: the attributes that the class has.
        idle: whether a setup method sets it that nothing calls.
    """

    path: str
    owner: str
    name: str
    span: Span
    known: tuple[str, ...]
    idle: bool = False


@dataclass
class _Family:
    """What a class and all that it derives from have.

    Attributes:
        names: the attributes that are set, or declared, somewhere.
        idle: those that only setup methods in the manner of unittest set.
        test_case: whether it is one of unittest's.
        runs_setup: whether it calls such a setup method itself.
    """

    names: set[str]
    idle: set[str]
    test_case: bool = False
    runs_setup: bool = False

    @property
    def known(self) -> set[str]:
        """What its instances have when a test runs."""
        return self.names | self.idle if self.test_case or self.runs_setup else self.names


def unset_reads(
    world: World, answers: Mapping[str, Told], families: Families, collected: Mapping[str, Sequence[str]]
) -> Iterator[Unset]:
    """Every read of `self.x` in a collected test class where nothing sets `x`, in order of path and place.

    Args:
        world: what all modules offer.
        answers: what is known of every file.
        families: what classes have.
        collected: per collected file the prefixes or globs of the names of collected classes.
    """
    finder = _Finder(world, answers, families)
    for path, told in answers.items():
        if path in collected and told.readers:
            yield from finder.of_file(path, told.readers, collected[path])


class Families:
    """What classes have, together with all that they derive from.

    Args:
        world: what all modules offer.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[tuple[str, str], tuple[_Family | None, frozenset[Asked]]] = {}

    def readers(self, path: str) -> Iterator[Reader]:
        """The classes of a file that read attributes which they do not set."""
        for name, shape in self._world.symbols[path].classes.items():
            family = self.of(ClassOf(path, name, shape)) if shape.reads else None
            if family:
                known = family.known | (_of_test_case() if family.test_case else _OF_OBJECT)
                reads = tuple(one for one in shape.reads if one[0] not in known)
                if reads:
                    had = tuple(sorted(family.known))
                    yield Reader(name, family.test_case, reads, had, frozenset(family.idle))

    def of(self, owner: ClassOf, depth: int = 0) -> _Family | None:
        """What instances of a class have, None where that is unknown."""
        key = owner.path, owner.name
        if key not in self._known:
            self._known[key] = None, frozenset()  # what a class that derives from itself finds
            with self._world.noting() as asked:
                found = self._joined(owner, depth) if depth <= _DEEPEST else None
            self._known[key] = found, frozenset(asked)
        family, looked = self._known[key]
        self._world.note(looked)
        return family

    def _joined(self, owner: ClassOf, depth: int) -> _Family | None:
        shape = owner.shape
        decorated = any(one.module.partition(".")[0] not in ("pytest", "unittest") for one in shape.decorators)
        if shape.dynamic or shape.metaclass or decorated:
            return None
        idle = set(shape.idle)
        names = {*shape.names, *shape.stores, *(field.name for field in shape.fields)} - idle
        family = _Family(names, idle, runs_setup=shape.runs_setup)
        for base in shape.bases:
            if base not in PLAIN_BASES and not self._join(family, base, owner.path, depth + 1):
                return None
        return family

    def _join(self, family: _Family, base: Ref, path: str, depth: int) -> bool:
        """Add what a base has; False where that is unknown."""
        if base in _TEST_CASES:
            family.test_case = True
            return True
        parent = self._world.find(base, path)
        above = self.of(parent, depth) if isinstance(parent, ClassOf) else None
        if above is None:
            return False
        family.names |= above.names
        family.idle |= above.idle
        family.runs_setup = family.runs_setup or above.runs_setup
        family.test_case = family.test_case or above.test_case
        return True


class _Finder:
    def __init__(self, world: World, answers: Mapping[str, Told], families: Families) -> None:
        self._world = world
        self._answers = answers
        self._families = families

    def of_file(self, path: str, readers: Iterable[Reader], patterns: Sequence[str]) -> Iterator[Unset]:
        """The reads of one file."""
        found: list[Unset] = []
        for one in readers:
            bare = one.name.rpartition(".")[2]
            if one.test_case or any(bare.startswith(each) or fnmatchcase(bare, each) for each in patterns):
                found += self._unset(path, one)
        yield from sorted(found, key=lambda one: (one.span, one.name))

    def _unset(self, path: str, reader: Reader) -> Iterator[Unset]:
        reads = [(name, span) for name, span in reader.reads if name not in self._world.hooks]
        heirs = list(self._heirs_of(reader.name.rpartition(".")[2])) if reads else []
        for name, span in reads:
            if not any(self._may_have(heir, name) for heir in heirs):
                yield Unset(path, reader.name, name, span, reader.known, idle=name in reader.idle)

    def _may_have(self, heir: ClassOf, name: str) -> bool:
        """Whether a class that derives from the one that reads an attribute has it, or may have it.

        In a test case what is shared finds the methods of unittest, and its `setUp` is called.
        """
        family = self._families.of(heir)
        return family is None or name in family.known or (family.test_case and name in _of_test_case())

    def _heirs_of(self, name: str) -> Iterator[ClassOf]:
        """The classes that may derive from one of this name."""
        for path in self._deriving.get(name, ()):
            for qualified, shape in self._world.symbols[path].classes.items():
                if any(base.rest.rpartition(".")[2] == name for base in shape.bases):
                    yield ClassOf(path, qualified, shape)

    @cached_property
    def _deriving(self) -> dict[str, list[str]]:
        """The files with classes that derive from something of a name."""
        found: dict[str, list[str]] = {}
        for path, told in self._answers.items():
            for name in told.bases.split(" "):
                found.setdefault(name, []).append(path)
        return found


@cache
def _of_test_case() -> frozenset[str]:
    """What every test case of unittest has; imported late, because it brings all of asyncio with it."""
    from unittest import IsolatedAsyncioTestCase

    return frozenset(dir(IsolatedAsyncioTestCase("run"))) | {"_testMethodName", "_outcome"}
