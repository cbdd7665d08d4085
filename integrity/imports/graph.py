"""The import graph of a repository: modules by their file, and which imports lead from one to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from integrity.facts.program import Code, Guard, ImportSite, Program
from integrity.imports.components import components, reached, reaching
from integrity.imports.entry import Outcome, enter
from integrity.imports.leads import Leads
from integrity.imports.loading import Full, Sources
from integrity.imports.resolver import Resolver
from integrity.imports.store import Store

_TYPE_CHECKING = int(Guard.TYPE_CHECKING)
_DEFERRED = int(Guard.DEFERRED)
_NOT_RUN = int(Guard.TYPE_CHECKING | Guard.NEVER)
_LATER = int(Guard.DEFERRED | Guard.LAZY)
_NOT_LOADED = int(Guard.TYPE_CHECKING | Guard.NEVER | Guard.LAZY)


class Edge(NamedTuple):
    """An import, or the import of a package before its submodule (site -1)."""

    target: str
    site: int


class ImportGraph:
    """The subject of rules about imports: every module of a repository.

    Args:
        programs: path to program, of every Python file of the repository.
        resolver: tells where names lead.
        full: gives code with the bodies of functions.
        entry_points: dotted modules, or paths, that are run or imported first.
        store: remembers conclusions; None for nothing.
        postponed: whether annotations are never evaluated at import, as from Python 3.14 on (PEP 649).

    Attributes:
        programs: as given.
        resolver: as given.
        full: as given.
        entry_points: the paths of those that exist.
        store: as given.
        postponed: as given.
        opened: the files whose functions simulations have looked into.
        concluded: what was concluded about it so far, by subject.
    """

    def __init__(
        self,
        programs: Mapping[str, Program],
        resolver: Resolver,
        full: Full,
        entry_points: Iterable[str] = (),
        store: Store | None = None,
        *,
        postponed: bool = False,
    ) -> None:
        self.store = store
        self.postponed = postponed
        self.programs = dict(programs)
        self.resolver = resolver
        self.full = full
        self.opened: set[str] = set()
        self.concluded: dict[str, object] = {}
        self.entry_points = tuple(dict.fromkeys(path for one in entry_points if (path := self._entry(one))))
        self._outcomes: dict[str, Outcome] = {}
        self._leads = Leads(resolver, self.programs, store)

    def name(self, path: str) -> str:
        """The dotted name of a module, its path when it has none."""
        return self.names.get(path) or path

    @cached_property
    def names(self) -> dict[str, str]:
        """Path to dotted name, "" for files that cannot be imported by name."""
        return {path: self._leads.name(path) for path in self.programs}

    @cached_property
    def by_name(self) -> dict[str, str]:
        """Dotted name to path; of several files of one name the first."""
        return {name: path for path, name in reversed(self.names.items()) if name}

    @cached_property
    def edges(self) -> dict[str, tuple[Edge, ...]]:
        """What each module may load when it is imported, the package around it included."""
        found = {path: tuple(self._edges(path, program)) for path, program in self.programs.items()}
        self._leads.keep()
        return found

    @cached_property
    def deferred(self) -> dict[str, tuple[Edge, ...]]:
        """What each module imports later: in functions that nothing calls at import time."""
        return {
            path: tuple(
                self._leading(path, program, lambda site: bool(site.guard & _LATER) and not site.guard & _NOT_RUN)
            )
            for path, program in self.programs.items()
        }

    @cached_property
    def type_checking(self) -> dict[str, tuple[Edge, ...]]:
        """What each module imports for type checkers only."""
        return {
            path: tuple(self._leading(path, program, lambda site: bool(site.guard & _TYPE_CHECKING)))
            for path, program in self.programs.items()
        }

    @cached_property
    def cyclic(self) -> tuple[tuple[str, ...], ...]:
        """The groups of modules that load each other when they are imported, as sorted paths."""
        return cyclic_groups(self.targets)

    @cached_property
    def targets(self) -> dict[str, tuple[str, ...]]:
        """What each module may load when it is imported, as paths."""
        return {path: tuple(edge.target for edge in found) for path, found in self.edges.items()}

    @cached_property
    def members(self) -> frozenset[str]:
        """The modules in any of the groups, and the entry points."""
        return frozenset(path for group in self.cyclic for path in group).union(self.entry_points)

    @cached_property
    def concerned(self) -> frozenset[str]:
        """The files on which it depends what importing one of the members comes to."""
        return frozenset(reached(self.targets, self.members))

    @cached_property
    def sources(self) -> Sources:
        """What simulations of this repository share."""
        leading = reaching(self.targets, (path for group in self.cyclic for path in group))
        alone = frozenset(path for path in self.programs if path not in leading)
        return Sources(self.resolver, self.programs, self._opened, self._called, alone, postponed=self.postponed)

    def outcome(self, path: str) -> Outcome:
        """What importing a module first comes to.

        A package is imported before its submodules, so what it comes to is theirs unless it goes well without them.
        """
        if path not in self._outcomes:
            self._outcomes[path] = self._outcome(path)
        return self._outcomes[path]

    def without(self, path: str, cut: frozenset[tuple[str, int]]) -> Outcome:
        """What it would come to if some imports, as path and index of the site, were moved away."""
        return enter(self.sources.cutting(cut), self.names[path], self.resolver.roots.search(path))

    def _opened(self, path: str) -> Code | None:
        self.opened.add(path)
        return self.full(path)

    def _outcome(self, path: str) -> Outcome:
        name, search = self.names[path], self.resolver.roots.search(path)
        above = self.resolver.locate_on(name.rpartition(".")[0], search).path if "." in name else ""
        if above and above in self.programs and above not in self.sources.alone and self.names[above]:
            outer = self.outcome(above)
            if outer.failure or outer.unknown or name in outer.loaded:
                return outer
        return enter(self.sources, name, search)

    def _entry(self, text: str) -> str:
        """The path of an entry point given as a path, as `module`, or as `module:function`."""
        if text in self.programs:
            return text
        located = self.resolver.locate(text.partition(":")[0].strip())
        return located.path if located.path in self.programs else ""

    def _edges(self, path: str, program: Program) -> list[Edge]:
        called = self._called
        found: list[Edge] = []
        for index, site in enumerate(program.sites):
            guard = site.guard
            if guard & _NOT_LOADED or (guard & _DEFERRED and site.function.rpartition(".")[2] not in called):
                continue
            found += [Edge(target, index) for target in self._leads.targets(path, index)]
        above = self._leads.above(path)
        return [*found, Edge(above, -1)] if above and above != path else found

    @cached_property
    def _called(self) -> frozenset[str]:
        """Bare names of functions that may be called while something is imported; special methods always are."""
        inner: dict[str, set[str]] = {}
        called: set[str] = set()
        for program in self.programs.values():
            called.update(program.calls.split())
            for name, calls in program.inner.items():
                inner.setdefault(name, set()).update(calls.split())
        pending = [*called, *(name for name in inner if name.startswith("__") and name.endswith("__"))]
        called.update(pending)
        while pending:
            fresh = inner.get(pending.pop(), set()) - called
            called |= fresh
            pending += fresh
        return frozenset(called)

    def _leading(self, path: str, program: Program, wanted: Callable[[ImportSite], bool]) -> list[Edge]:
        found: list[Edge] = []
        for index, site in enumerate(program.sites):
            if wanted(site):
                found += [Edge(target, index) for target in self._leads.targets(path, index)]
        return found


def cyclic_groups(edges: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """The components of a graph that hold a cycle, sorted."""
    found = (one for one in components(edges) if len(one) > 1 or one[0] in edges[one[0]])
    return tuple(sorted(tuple(one) for one in found))
