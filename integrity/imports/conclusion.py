"""When what was concluded from all modules around the cycles still holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, TypeVar

import msgspec

from integrity.facts.importtime import ALWAYS_BOUND
from integrity.facts.program import Code, Program
from integrity.imports.alike import alike, same_bodies, spared
from integrity.imports.graph import ImportGraph
from integrity.imports.store import Store

T = TypeVar("T")


class Conclusion(msgspec.Struct, Generic[T], frozen=True, array_like=True):
    """Something concluded by simulating imports, with all that it depends on.

    Attributes:
        scene: a digest of what was simulated.
        versions: the contents of the files that took part, by path.
        named: those of them in which the conclusion names places, so that every line counts.
        opened: those of them of which functions ran.
        asked: per file the names that others have looked up in it, "*" among them for all.
        found: the conclusion.
    """

    scene: str
    versions: Mapping[str, str]
    named: frozenset[str]
    opened: frozenset[str]
    asked: Mapping[str, frozenset[str]]
    found: T

    def holds(self, graph: ImportGraph, store: Store) -> bool:
        """Whether the same would be concluded today."""
        if self.scene != scene(graph) or self.versions.keys() != graph.concerned:
            return False
        changed = [path for path in graph.concerned if store.version(path) != self.versions[path]]
        return all(self._unchanged(graph, store, path) for path in changed)

    def _unchanged(self, graph: ImportGraph, store: Store, path: str) -> bool:
        """Whether the simulation cannot tell a file from the version of it that took part."""
        version, now = self.versions[path], graph.programs[path]
        content = store.program(version)
        before = msgspec.msgpack.decode(content, type=Program) if content else None
        if before is None:
            return False
        asked, lines = _Asked(graph, path, self.asked.get(path, frozenset())), path in self.named
        if not alike(before, now, asked.lacks, lines=lines):
            return False
        if path not in self.opened:
            return True
        return _same_functions(store.code(version), graph.full(path), spared(before, now, asked.lacks), lines=lines)


class _Asked(NamedTuple):
    """What was looked up in a module."""

    graph: ImportGraph
    path: str
    names: frozenset[str]

    def lacks(self, name: str) -> bool:
        """Whether nobody can have come across a name of it."""
        if name in ALWAYS_BOUND or name.startswith("__") or not self.names.isdisjoint(("*", name)):
            return False
        inner = f"{self.graph.name(self.path)}.{name}"
        return not self.path.endswith("__init__.py") or not self.graph.resolver.locate(inner, self.path).found


def concluded(graph: ImportGraph, store: Store, places: Iterable[str], found: T) -> Conclusion[T]:
    """A conclusion about a graph as it is.

    Args:
        graph: the graph.
        store: knows the versions of its files.
        places: the paths of the files that the conclusion names places in.
        found: the conclusion.
    """
    versions = {path: store.version(path) for path in graph.concerned}
    named = graph.concerned.intersection(places)
    asked = {path: frozenset(names) for path, names in graph.sources.asked.items() if path in graph.concerned}
    return Conclusion(scene(graph), versions, named, graph.concerned.intersection(graph.opened), asked, found)


def scene(graph: ImportGraph) -> str:
    """Identifies the modules that are imported first, and those that are taken for loaded."""
    alone = sorted(graph.sources.alone & graph.concerned)
    everything = (sorted(graph.members), alone, graph.entry_points, sorted(_called(graph)))
    return hashlib.sha256(repr(everything).encode("utf-8", "surrogateescape")).hexdigest()


def _called(graph: ImportGraph) -> Iterator[tuple[str, int]]:
    """The imports in functions that may be called while something is imported."""
    for path in graph.concerned:
        for edge in graph.edges[path]:
            if edge.site >= 0 and graph.programs[path].sites[edge.site].function:
                yield path, edge.site


def _same_functions(before: bytes | None, now: Code | None, spare: frozenset[str], *, lines: bool) -> bool:
    """Whether code with the bodies of its functions does what was stored."""
    stored = msgspec.msgpack.decode(before, type=Code | None) if before is not None else None
    return stored is not None and now is not None and same_bodies(stored, now, spare, lines=lines)
