"""When what was concluded from all modules around the cycles still holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

import msgspec

from integrity.facts.program import Code, Program
from integrity.imports.alike import alike
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
        found: the conclusion.
    """

    scene: str
    versions: Mapping[str, str]
    named: frozenset[str]
    opened: frozenset[str]
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
        if before is None or not alike(before, now):
            return False
        if path in self.named and (before.sites, before.code) != (now.sites, now.code):
            return False
        return path not in self.opened or _same_functions(store.code(version), graph.full(path))


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
    return Conclusion(scene(graph), versions, named, graph.concerned.intersection(graph.opened), found)


def scene(graph: ImportGraph) -> str:
    """Identifies the modules that are imported first, and those that are taken for loaded."""
    alone = sorted(graph.sources.alone & graph.concerned)
    everything = (sorted(graph.members), alone, graph.entry_points)
    return hashlib.sha256(repr(everything).encode("utf-8", "surrogateescape")).hexdigest()


def _same_functions(before: bytes | None, now: Code | None) -> bool:
    """Whether code with the bodies of its functions is what was stored, on the same lines."""
    return before is not None and msgspec.msgpack.decode(before, type=Code | None) == now
