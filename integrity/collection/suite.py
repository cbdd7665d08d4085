"""The tests of the whole repository: the subject of rules about what is collected."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import msgspec

from integrity.collection.aside import Aside, aside_of
from integrity.collection.collect import FileTests, tests_of
from integrity.collection.files import Files
from integrity.collection.memo import memo_of
from integrity.collection.options import Options, options
from integrity.collection.oracles import Oracles
from integrity.collection.program import Program
from integrity.collection.tests import Finder
from integrity.facts.collection import DefinedTest
from integrity.facts.decoding import Decoded, heads
from integrity.facts.namespace import Namespace, NamespaceHead
from integrity.facts.verdicts import Checker, Open
from integrity.imports.resolver import Resolver
from integrity.imports.store import Store
from integrity.nested import Nearest, Nested, prefixed

_NOTHING = FileTests()
_UNVISITED = "-"


class _Found(msgspec.Struct, frozen=True, array_like=True):
    """What was found out about a file: its tests, None when no runner visits it, and what is left aside in it."""

    tests: FileTests | None
    aside: Aside | None

    def elsewhere(self) -> Iterator[str]:
        """The files in which it names places."""
        if self.tests:
            yield from (path for path, _ in (*self.tests.places, *self.tests.doubtful))
        if self.aside:
            yield from (path for path, _ in self.aside.places)


class Suite:
    """Which test functions of a repository a runner collects.

    What a command line leaves out (`testpaths`, `-k`, `-m`, `--deselect`) is collected by another one, so that it is
    not looked at here.

    Attributes:
        tests: the files of the tests (but no data), sorted.
        options: pytest's options as far as they decide on what can be collected at all.
        tables: pytest's configuration at the root and in folders below it, by the name of the option.
        resolver: where dotted names lead.
        defined: per file that was asked for, the functions named like tests.

    Args:
        encoded: path to encoded namespace of every module that could be read.
        paths: every path of the repository.
        tests: the files of the tests.
        table: pytest's configuration.
        resolver: where dotted names lead.
        given: options that the configuration sets itself, as `Options` names them.
        nested: the folders below the root that configure pytest.
        defined: per file that was asked for, the functions named like tests.
        imported: gives every name, and every part of a module's name, that any import of the repository holds.
        checkers: gives the functions of a file to which tests of others may leave the checking.
        store: remembers the tests of each file; None for nothing.
    """

    def __init__(
        self,
        encoded: Mapping[str, bytes],
        paths: Iterable[str],
        tests: Iterable[str],
        *,
        table: Mapping[str, Any],
        resolver: Resolver,
        given: Mapping[str, tuple[str, ...]],
        nested: Sequence[Nested] = (),
        defined: Mapping[str, Sequence[DefinedTest]] = MappingProxyType({}),
        imported: Callable[[], frozenset[str]] = frozenset,
        counts: bool = False,
        checkers: Callable[[str], Iterable[Checker]] = lambda _: (),
        store: Store | None = None,
    ) -> None:
        self.tests = tuple(sorted(tests))
        self.tables = (table, *(one.pytest for one in nested))
        self.resolver = resolver
        self.options = _options(table, given)
        self._nearest = Nearest(nested)
        self._nested = {one.folder: _nested_options(one) for one in nested}
        self._alone = tuple(f"{one.folder}/" for one in nested if not one.rooted)
        self.defined = defined
        self._imported = imported
        self._counts = counts
        self._checkers = checkers
        self._store = store
        self._encoded = encoded
        self._paths = frozenset(paths)
        self._finders: dict[tuple[object, ...], Finder] = {}

    @cached_property
    def modules(self) -> Mapping[str, Namespace]:
        """The names of every module that could be read."""
        return Decoded(self._encoded, Namespace)

    @cached_property
    def _heads(self) -> Mapping[str, NamespaceHead]:
        return heads(self._encoded, NamespaceHead)

    def mentions(self, name: str) -> bool:
        """Whether any module may bind a name."""
        return any(name.encode() in content for content in self._encoded.values())

    @cached_property
    def program(self) -> Program:
        """Follows names through the modules."""
        return Program(self.modules, self.resolver, self._heads)

    def options_at(self, path: str) -> Options:
        """The options that hold for a file: those of the nearest folder that configures pytest."""
        nested = self._nearest.of(path.rpartition("/")[0])
        return self._nested[nested.folder] if nested else self.options

    def finder_at(self, path: str) -> Finder:
        """Tells what a runner makes of the functions and classes of a file."""
        found = self.options_at(path)
        patterns = (found.python_classes, found.python_functions)
        key = (*patterns, found.imported)
        if key not in self._finders:
            self._finders[key] = Finder(self.program, *patterns, imported=found.imported, counts=self._counts)
        return self._finders[key]

    def checked(self, tests: Mapping[str, Sequence[Open]]) -> dict[str, tuple[int, ...]]:
        """The tests, as positions among those of each file, for which something outside of them checks.

        Args:
            tests: those without an assertion of their own, by file.
        """

        def find(path: str) -> tuple[int, ...]:
            return tuple(place for place, one in enumerate(tests[path]) if self._oracles.check(path, one))

        if self._store is None:
            return {path: find(path) for path in tests}
        memo = memo_of("checked", tuple[int, ...], self.program, self._files.plugins, self._store)
        questions = {path: _digest(found) for path, found in tests.items()}
        return memo.answers(questions, find, lambda _: ())

    @cached_property
    def _oracles(self) -> Oracles:
        """Tells whether something in another file checks for a test."""
        known: dict[str, Mapping[int, Checker]] = {}

        def checkers(path: str) -> Mapping[int, Checker]:
            if path not in known:
                known[path] = {one.line: one for one in self._checkers(path)}
            return known[path]

        return Oracles(self.program, frozenset(self.tests), checkers, self._files.plugins)

    @cached_property
    def collected(self) -> dict[str, FileTests]:
        """The tests of every file that a runner visits."""
        if self._remembered is not None:
            return {path: one.tests for path, one in self._remembered.items() if one.tests}
        return {path: self._tests(path, reason) for path, reason in self._visited.items()}

    @cached_property
    def asides(self) -> dict[str, Aside]:
        """What runners may leave aside in each file of tests that could be read."""
        if self._remembered is not None:
            return {path: found.aside for path in self.tests if (found := self._remembered.get(path)) and found.aside}
        return {path: self._aside(path) for path in self.tests if path in self.modules}

    @cached_property
    def cases(self) -> frozenset[tuple[str, str]]:
        """File and name of every class that a `TestCase` in the files of tests is, or derives from."""
        return frozenset().union(*(one.cases for one in self.asides.values()))

    @cached_property
    def _remembered(self) -> dict[str, _Found] | None:
        """What was found out about every file, from store as far as it holds; None without one."""
        if self._store is None or self._counts:
            return None
        memo = memo_of("tests", _Found, self.program, (self.options, self._nested), self._store)
        return memo.answers({**dict.fromkeys(self.tests, _UNVISITED), **self._visited}, self._find, _Found.elsewhere)

    def _find(self, path: str) -> _Found:
        reason = self._visited.get(path)
        tests = None if reason is None else self._tests(path, reason)
        return _Found(tests, self._aside(path) if path in self.modules else None)

    def _tests(self, path: str, reason: str) -> FileTests:
        return tests_of(path, reason, path in self.modules, self.finder_at(path), self.options_at(path))

    def _aside(self, path: str) -> Aside:
        return aside_of(path, self.program, self.finder_at(path), self.options_at(path), visited=path in self._visited)

    @cached_property
    def _visited(self) -> dict[str, str]:
        """Every file that a runner searches for tests, with the reason why nobody knows which, "" mostly."""
        found = {path: why for path, why in self._files.visited().items() if not path.startswith(self._alone)}
        for folder, files in self._files_below.items():
            for path, reason in files.visited().items():
                if self._is_nearest(folder, path):
                    found[path] = found.get(path, reason) and reason
        return dict(sorted(found.items()))

    def _is_nearest(self, folder: str, path: str) -> bool:
        nested = self._nearest.of(path.rpartition("/")[0])
        return nested is not None and nested.folder == folder

    @cached_property
    def places(self) -> frozenset[tuple[str, int]]:
        """File and line of every function that is collected, or may be."""
        return frozenset().union(*(one.places | one.doubtful for one in self.collected.values()))

    def of(self, path: str) -> FileTests:
        """What is collected from a file; nothing when it is not visited."""
        return self.collected.get(path, _NOTHING)

    @cached_property
    def imported(self) -> frozenset[str]:
        """Every name, and every part of a module's name, that any import of the repository holds."""
        return self._imported()

    def matches(self, path: str) -> bool:
        """Whether the name of a file is that of a file of tests."""
        nested = self._nearest.of(path.rpartition("/")[0])
        return (self._files_below[nested.folder] if nested else self._files).matching(path)

    @cached_property
    def _files(self) -> Files:
        return Files(self._paths, self.program, self.options)

    @cached_property
    def _files_below(self) -> dict[str, Files]:
        """By folder that configures pytest, the files that it concerns."""
        return {
            folder: Files(
                (path for path in self._paths if path.startswith(f"{folder}/")),
                self.program,
                found,
                folder,
            )
            for folder, found in self._nested.items()
        }


def _nested_options(nested: Nested) -> Options:
    """The options of a folder below the root, its paths written as paths in the repository."""
    found = _options(nested.pytest, {})
    return replace(
        found,
        python_files=nested.python_files,
        python_classes=nested.python_classes,
        python_functions=nested.python_functions,
        norecursedirs=found.norecursedirs if nested.norecursedirs is None else nested.norecursedirs,
        ignored=tuple(prefixed(nested.folder, found.ignored)),
        ignored_globs=tuple(prefixed(nested.folder, found.ignored_globs)),
    )


def _digest(tests: Sequence[Open]) -> str:
    return hashlib.sha256(msgspec.msgpack.encode(tests)).hexdigest()


def _options(table: Mapping[str, Any], given: Mapping[str, tuple[str, ...]]) -> Options:
    found = replace(options(table), paths=(), keyword="", mark="", deselected=())
    return replace(found, **given)  # type: ignore[arg-type]
