"""Strongly connected components of a graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping


def components(edges: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The components, each sorted, in an order in which no component leads to a later one (Tarjan, without recursion).

    Args:
        edges: per node the nodes it leads to; nodes without an entry are left out.
    """
    search = _Search(edges)
    for root in edges:
        if root not in search.order:
            search.walk(root)
    return search.found


class _Search:
    """Tarjan's tables: `order` of discovery, the `low`est order that can be reached, nodes `held` for a component."""

    def __init__(self, edges: Mapping[str, Iterable[str]]) -> None:
        self.order: dict[str, int] = {}
        self.found: list[list[str]] = []
        self._edges = edges
        self._low: dict[str, int] = {}
        self._held: dict[str, None] = {}

    def walk(self, root: str) -> None:
        """Find the components that can be reached from a node."""
        work = [self._enter(root)]
        while work:
            node, ahead = work[-1]
            fresh = self._advance(node, ahead)
            if fresh is not None:
                work.append(self._enter(fresh))
                continue
            work.pop()
            if work:
                around = work[-1][0]
                self._low[around] = min(self._low[around], self._low[node])
            if self._low[node] == self.order[node]:
                self.found.append(self._popped(node))

    def _enter(self, node: str) -> tuple[str, Iterator[str]]:
        self.order[node] = self._low[node] = len(self.order)
        self._held[node] = None
        return node, iter(self._edges[node])

    def _advance(self, node: str, ahead: Iterator[str]) -> str | None:
        """The next node that was not met yet, None when there is none ahead."""
        for other in ahead:
            if other not in self._edges:
                continue
            if other not in self.order:
                return other
            if other in self._held:
                self._low[node] = min(self._low[node], self.order[other])
        return None

    def _popped(self, node: str) -> list[str]:
        members: list[str] = []
        while not members or members[-1] != node:
            members.append(self._held.popitem()[0])
        return sorted(members)


def reaching(edges: Mapping[str, Iterable[str]], goals: Iterable[str]) -> set[str]:
    """The nodes from which a path leads to one of the goals, those included."""
    backwards: dict[str, list[str]] = {}
    for node, others in edges.items():
        for other in others:
            backwards.setdefault(other, []).append(node)
    found = set(goals)
    pending = list(found)
    while pending:
        for node in backwards.get(pending.pop(), ()):
            if node not in found:
                found.add(node)
                pending.append(node)
    return found


def reached(edges: Mapping[str, Iterable[str]], starts: Iterable[str]) -> set[str]:
    """The nodes to which a path leads from one of the starts, those included."""
    found = set(starts)
    pending = list(found)
    while pending:
        fresh = [other for other in edges.get(pending.pop(), ()) if other not in found]
        found.update(fresh)
        pending += fresh
    return found


def shortest_cycle(edges: Mapping[str, Iterable[str]], start: str, inside: frozenset[str]) -> list[str]:
    """The nodes of a shortest cycle through a node that stays inside a component, the node first; [] for none."""
    before: dict[str, str] = {}
    layer = [start]
    while layer:
        following = []
        for node in layer:
            for other in edges.get(node, ()):
                if other == start:
                    return _walked(before, start, node)
                if other in inside and other not in before:
                    before[other] = node
                    following.append(other)
        layer = following
    return []


def _walked(before: Mapping[str, str], start: str, node: str) -> list[str]:
    path = [node]
    while path[-1] != start:
        path.append(before[path[-1]])
    return path[::-1]
