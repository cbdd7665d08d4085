"""When what was concluded from all modules around the cycles still holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

import msgspec

from integrity.facts.program import Program
from integrity.imports.alike import alike
from integrity.imports.graph import ImportGraph
from integrity.imports.store import Store

T = TypeVar("T")


class Conclusion(msgspec.Struct, Generic[T], frozen=True, array_like=True):
    """Something concluded by simulating imports, with all that it depends on.

    Attributes:
        scene: a digest of what was simulated.
        versions: the contents of the files that took part, by path.
        exact: those of them whose every line counts: functions of theirs ran, or the conclusion names places in them.
        found: the conclusion.
    """

    scene: str
    versions: Mapping[str, str]
    exact: tuple[str, ...]
    found: T

    def holds(self, graph: ImportGraph, store: Store) -> bool:
        """Whether the same would be concluded today."""
        if self.scene != scene(graph) or self.versions.keys() != graph.concerned:
            return False
        changed = [path for path in graph.concerned if store.version(path) != self.versions[path]]
        if not set(changed).isdisjoint(self.exact):
            return False
        return all(_unchanged(store.program(self.versions[path]), graph.programs[path]) for path in changed)


def concluded(graph: ImportGraph, store: Store, places: Iterable[str], found: T) -> Conclusion[T]:
    """A conclusion about a graph as it is.

    Args:
        graph: the graph.
        store: knows the versions of its files.
        places: the paths of the files that the conclusion names places in.
        found: the conclusion.
    """
    exact = graph.concerned.intersection({*places, *graph.opened})
    return Conclusion(
        scene(graph), {path: store.version(path) for path in graph.concerned}, tuple(sorted(exact)), found
    )


def scene(graph: ImportGraph) -> str:
    """Identifies the modules that are imported first, and those that are taken for loaded."""
    alone = sorted(graph.sources.alone & graph.concerned)
    everything = (sorted(graph.members), alone, graph.entry_points)
    return hashlib.sha256(repr(everything).encode("utf-8", "surrogateescape")).hexdigest()


def _unchanged(before: bytes | None, now: Program) -> bool:
    return before is not None and alike(msgspec.msgpack.decode(before, type=Program), now)
