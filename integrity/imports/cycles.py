"""Groups of modules that import each other without a crash: at import, in functions, or for type checkers only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from integrity.facts.program import ImportSite
from integrity.imports.components import shortest_cycle
from integrity.imports.crashes import find
from integrity.imports.graph import Edge, ImportGraph, cyclic_groups

_Edges = Mapping[str, tuple[Edge, ...]]


class Step(NamedTuple):
    """A module of a cycle, and the import that leads to the next one; None for that of the package around it."""

    path: str
    site: ImportSite | None


class Cycle(NamedTuple):
    """A group of modules that import each other.

    Attributes:
        members: their paths, sorted.
        route: a shortest cycle through the first one.
        at_import: whether all of its imports may run when the modules are imported.
    """

    members: tuple[str, ...]
    route: tuple[Step, ...]
    at_import: bool


def harmless(graph: ImportGraph) -> list[Cycle]:
    """The groups by imports that run, at once or later, except those with a crash or a masked failure in them.

    The import of the package around a module does not count: every package that imports a module of its own would.
    """
    found = find(graph)
    failing = {crash.failure.place.path for crash in (*found.crashed, *found.masked)}
    edges = _joined(_explicit(graph.edges), graph.deferred)
    groups = _groups(edges)
    eager = frozenset(frozenset(one) for one in _groups(_explicit(graph.edges)))
    return [_cycle(graph, edges, one, frozenset(one) in eager) for one in groups if failing.isdisjoint(one)]


def type_checking_only(graph: ImportGraph) -> list[Cycle]:
    """The groups that need an import for type checkers, and none of whose modules is in another group."""
    running = _joined(_explicit(graph.edges), graph.deferred)
    known = {path for group in _groups(running) for path in group}
    edges = _joined(running, graph.type_checking)
    return [_cycle(graph, edges, group, False) for group in _groups(edges) if known.isdisjoint(group)]


def _explicit(edges: _Edges) -> dict[str, tuple[Edge, ...]]:
    return {path: tuple(edge for edge in found if edge.site >= 0) for path, found in edges.items()}


def _joined(edges: _Edges, others: _Edges) -> dict[str, tuple[Edge, ...]]:
    return {path: (*found, *others[path]) for path, found in edges.items()}


def _groups(edges: _Edges) -> tuple[tuple[str, ...], ...]:
    targets = {path: [edge.target for edge in found if edge.target != path] for path, found in edges.items()}
    return cyclic_groups(targets)


def _cycle(graph: ImportGraph, edges: _Edges, group: tuple[str, ...], at_import: bool) -> Cycle:
    targets = {path: [edge.target for edge in edges[path] if edge.target != path] for path in group}
    paths = shortest_cycle(targets, group[0], frozenset(group))
    following = [*paths[1:], paths[0]]
    route = tuple(_step(graph, edges, path, after) for path, after in zip(paths, following, strict=True))
    return Cycle(group, route, at_import)


def _step(graph: ImportGraph, edges: _Edges, path: str, after: str) -> Step:
    index = next(edge.site for edge in edges[path] if edge.target == after)
    return Step(path, graph.programs[path].sites[index] if index >= 0 else None)
