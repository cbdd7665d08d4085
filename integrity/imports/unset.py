"""Attributes that the tests of a class read and that nothing ever sets.

Set means: in the body of the class or of what it derives from, on any object in one of their methods or elsewhere in
their files, on a test class from outside (`request.cls.x = ...`) anywhere, or in a class derived from it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from integrity.facts.symbols import Ref
from integrity.imports.existence import PLAIN_BASES, ClassOf, World
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


def unset_reads(world: World, collected: Mapping[str, Sequence[str]]) -> Iterator[Unset]:
    """Every read of `self.x` in a collected test class where nothing sets `x`, in order of path and place.

    Args:
        world: what all modules offer.
        collected: per collected file the prefixes or globs of the names of collected classes.
    """
    finder = _Finder(world)
    for path in world.symbols:
        if path in collected:
            yield from finder.of_file(path, collected[path])


class _Finder:
    def __init__(self, world: World) -> None:
        self._world = world
        self._hooks = {name for symbols in world.symbols.values() for name in symbols.hooks}
        self._heirs: dict[str, list[ClassOf]] | None = None
        self._families: dict[tuple[str, str], _Family | None] = {}

    def of_file(self, path: str, patterns: Sequence[str]) -> Iterator[Unset]:
        """The reads of one file."""
        found: list[Unset] = []
        for name, shape in self._world.symbols[path].classes.items():
            family = self._family(ClassOf(path, name, shape)) if shape.reads else None
            bare = name.rpartition(".")[2]
            named = any(bare.startswith(one) or fnmatchcase(bare, one) for one in patterns)
            if family and (family.test_case or named):
                found += self._unset(ClassOf(path, name, shape), family)
        yield from sorted(found, key=lambda one: (one.span, one.name))

    def _unset(self, owner: ClassOf, family: _Family) -> Iterator[Unset]:
        known = family.known | self._hooks | (_of_test_case() if family.test_case else _OF_OBJECT)
        reads = [(name, span) for name, span in owner.shape.reads if name not in known]
        heirs = self._heirs_of(owner) if reads else []
        for name, span in reads:
            if not any(self._may_have(heir, name) for heir in heirs):
                yield Unset(owner.path, owner.name, name, span, tuple(sorted(family.known)), idle=name in family.idle)

    def _family(self, owner: ClassOf, depth: int = 0) -> _Family | None:
        """What instances have, None where that is unknown."""
        key = owner.path, owner.name
        if key not in self._families:
            self._families[key] = None  # what a class that derives from itself finds
            self._families[key] = self._joined(owner, depth) if depth <= _DEEPEST else None
        return self._families[key]

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
        above = self._family(parent, depth) if isinstance(parent, ClassOf) else None
        if above is None:
            return False
        family.names |= above.names
        family.idle |= above.idle
        family.runs_setup = family.runs_setup or above.runs_setup
        family.test_case = family.test_case or above.test_case
        return True

    def _may_have(self, heir: ClassOf, name: str) -> bool:
        """Whether a class that derives from the one that reads an attribute has it, or may have it.

        In a test case what is shared finds the methods of unittest, and its `setUp` is called.
        """
        family = self._family(heir)
        return family is None or name in family.known or (family.test_case and name in _of_test_case())

    def _heirs_of(self, owner: ClassOf) -> list[ClassOf]:
        """The classes that may derive from this one."""
        if self._heirs is None:
            self._heirs = defaultdict(list)
            for path, symbols in self._world.symbols.items():
                for name, shape in symbols.classes.items():
                    for base in shape.bases:
                        self._heirs[base.rest.rpartition(".")[2]].append(ClassOf(path, name, shape))
        return self._heirs.get(owner.name.rpartition(".")[2], [])


@cache
def _of_test_case() -> frozenset[str]:
    """What every test case of unittest has; imported late, because it brings all of asyncio with it."""
    from unittest import IsolatedAsyncioTestCase

    return frozenset(dir(IsolatedAsyncioTestCase("run"))) | {"_testMethodName", "_outcome"}
