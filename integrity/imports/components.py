"""Strongly connected components of a graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def components(edges: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """The components, each sorted, in an order in which no component leads to a later one (Tarjan, without recursion).

    Args:
        edges: per node the nodes it leads to; nodes without an entry are left out.
    """
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    held: list[str] = []
    standing: set[str] = set()
    found: list[list[str]] = []
    for root in edges:
        if root in order:
            continue
        order[root] = low[root] = len(order)
        held.append(root)
        standing.add(root)
        work = [(root, iter(edges[root]))]
        while work:
            node, ahead = work[-1]
            for other in ahead:
                if other not in edges:
                    continue
                if other not in order:
                    order[other] = low[other] = len(order)
                    held.append(other)
                    standing.add(other)
                    work.append((other, iter(edges[other])))
                    break
                if other in standing:
                    low[node] = min(low[node], order[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == order[node]:
                    found.append(_popped(held, standing, node))
    return found


def _popped(held: list[str], standing: set[str], node: str) -> list[str]:
    members = []
    while True:
        member = held.pop()
        standing.discard(member)
        members.append(member)
        if member == node:
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
