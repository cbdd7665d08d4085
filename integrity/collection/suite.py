"""The tests of the whole repository: the subject of rules about what is collected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import msgspec

from integrity.collection.collect import FileTests, collect_by, tests_of
from integrity.collection.files import Files
from integrity.collection.kept import Collected
from integrity.collection.options import Options, options
from integrity.collection.oracles import Oracles
from integrity.collection.program import Program
from integrity.collection.tests import Finder
from integrity.facts.collection import DefinedTest
from integrity.facts.namespace import Namespace
from integrity.facts.verdicts import Checker
from integrity.imports.resolver import Resolver
from integrity.imports.store import Store

_DECODE = msgspec.msgpack.Decoder(Namespace).decode
_NOTHING = FileTests()


class Suite:
    """Which test functions of a repository a runner collects.

    What a command line leaves out (`testpaths`, `-k`, `-m`, `--deselect`) is collected by another one, so that it is
    not looked at here.

    Attributes:
        tests: the files of the tests (but no data), sorted.
        options: pytest's options as far as they decide on what can be collected at all.
        table: pytest's configuration, by the name of the option.
        resolver: where dotted names lead.
        defined: per file that was asked for, the functions named like tests.

    Args:
        encoded: path to encoded namespace of every module that could be read.
        paths: every path of the repository.
        tests: the files of the tests.
        table: pytest's configuration.
        resolver: where dotted names lead.
        given: options that the configuration sets itself, as `Options` names them.
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
        defined: Mapping[str, Sequence[DefinedTest]] = MappingProxyType({}),
        imported: Callable[[], frozenset[str]] = frozenset,
        counts: bool = False,
        checkers: Callable[[str], Iterable[Checker]] = lambda _: (),
        store: Store | None = None,
    ) -> None:
        self.tests = tuple(sorted(tests))
        self.table = table
        self.resolver = resolver
        self.options = _options(table, given)
        self.defined = defined
        self._imported = imported
        self._counts = counts
        self._checkers = checkers
        self._store = store
        self._encoded = encoded
        self._paths = frozenset(paths)

    @cached_property
    def modules(self) -> Mapping[str, Namespace]:
        """The names of every module that could be read."""
        return {path: _DECODE(content) for path, content in self._encoded.items()}

    @cached_property
    def program(self) -> Program:
        """Follows names through the modules."""
        return Program(self.modules, self.resolver)

    @cached_property
    def finder(self) -> Finder:
        """Tells what a runner makes of functions and classes."""
        found = self.options
        patterns = (found.python_classes, found.python_functions)
        return Finder(self.program, *patterns, imported=found.imported, counts=self._counts)

    @cached_property
    def oracles(self) -> Oracles:
        """Tells whether something in another file checks for a test."""
        known: dict[str, Mapping[int, Checker]] = {}

        def checkers(path: str) -> Mapping[int, Checker]:
            if path not in known:
                known[path] = {one.line: one for one in self._checkers(path)}
            return known[path]

        return Oracles(self.program, frozenset(self.tests), checkers)

    @cached_property
    def collected(self) -> dict[str, FileTests]:
        """The tests of every file that a runner visits."""
        visited = self._files.visited()
        if self._store is None or self._counts:
            return collect_by(self.finder, visited, self.modules, self.options)

        def find(path: str) -> FileTests:
            return tests_of(path, visited[path], path in self.modules, self.finder, self.options)

        return Collected(self.program, self.options, self._store).tests(visited, find)

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
        return self._files.matching(path)

    @cached_property
    def _files(self) -> Files:
        return Files(self._paths, self.modules, self.options, self.resolver)


def _options(table: Mapping[str, Any], given: Mapping[str, tuple[str, ...]]) -> Options:
    found = replace(options(table), paths=(), keyword="", mark="", deselected=())
    return replace(found, **given)  # type: ignore[arg-type]
