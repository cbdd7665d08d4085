"""Import crashes and masked failures, one per failing import, with who is hit and what would end them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from integrity.facts.program import Guard, ImportSite
from integrity.imports.graph import ImportGraph
from integrity.imports.names import read_at_import
from integrity.imports.values import Failure, Place

_MOST_TRIED = 6
_MOST_CHECKED = 3
_LATER = int(Guard.DEFERRED | Guard.CONDITIONAL)


class Remedy(NamedTuple):
    """An import whose move ends a crash.

    Attributes:
        path: the file of the import.
        site: the import.
        how: what to do with it.
    """

    path: str
    site: ImportSite
    how: str


@dataclass(frozen=True)
class Crash:
    """A failing import or use, for which a cycle is to blame.

    Attributes:
        failure: what is raised, as seen from the first entry.
        entries: the paths of the modules that end so when they are imported first, sorted.
        working: the paths of the modules on the way that can be imported first all the same, sorted.
        configured: the entry points of the project among those that crash, as paths.
        masked: where an `except` ends it, None when nothing does.
    """

    failure: Failure
    entries: tuple[str, ...]
    working: tuple[str, ...]
    configured: tuple[str, ...]
    masked: Place | None = None


def crashes(graph: ImportGraph) -> list[Crash]:
    """Every crash, in order of place."""
    found: dict[tuple[object, ...], list[tuple[str, Failure]]] = {}
    for path in _entries(graph):
        failure = graph.outcome(path).failure
        if failure and _is_cyclic(failure, graph):
            found.setdefault(_key(failure), []).append((path, failure))
    made = (_crash(graph, hits, None) for hits in found.values())
    return sorted(made, key=lambda crash: (crash.failure.place.path, crash.failure.place.line))


def masked(graph: ImportGraph) -> list[Crash]:
    """Every failure that an `except` ends, in order of place."""
    found: dict[tuple[object, ...], list[tuple[str, Failure]]] = {}
    handlers: dict[tuple[object, ...], Place] = {}
    for path in _entries(graph):
        for failure, handler in graph.outcome(path).masked:
            if _is_cyclic(failure, graph):
                hits = found.setdefault(_key(failure), [])
                handlers.setdefault(_key(failure), handler)
                if not hits or hits[-1][0] != path:
                    hits.append((path, failure))
    made = (_crash(graph, hits, handlers[key]) for key, hits in found.items())
    return sorted(made, key=lambda crash: (crash.failure.place.path, crash.failure.place.line))


def remedies(graph: ImportGraph, crash: Crash) -> list[Remedy]:
    """The single imports whose move ends the crash, the cheapest first; [] when no one import does."""
    found = []
    for path, index in _on_the_way(graph, crash.failure)[:_MOST_TRIED]:
        site = graph.programs[path].sites[index]
        how = _move(graph, path, site)
        if how and _ends(graph, crash, (path, index)):
            found.append(Remedy(path, site, how))
    return sorted(found, key=lambda remedy: (not remedy.how.startswith("under"), remedy.path, remedy.site.span))


def _entries(graph: ImportGraph) -> Iterator[str]:
    members = {path for group in graph.cyclic for path in group}
    for path in sorted(members.union(graph.entry_points)):
        if graph.names.get(path):
            yield path


def _is_cyclic(failure: Failure, graph: ImportGraph) -> bool:
    """Whether a module was only partly there, and would have had what was missing in the end."""
    if not failure.culprit:
        return False
    culprit = graph.by_name.get(failure.culprit, "")
    program = graph.programs.get(culprit)
    if program is None or failure.name in program.names or program.dynamic:
        return True
    stars = any(name == "*" for site in program.sites for name, _ in site.names)
    return stars or graph.resolver.locate(f"{failure.culprit}.{failure.name}", culprit).found


def _key(failure: Failure) -> tuple[object, ...]:
    return failure.place.path, failure.place.line, failure.kind, failure.name, failure.culprit


def _crash(graph: ImportGraph, hits: Sequence[tuple[str, Failure]], handler: Place | None) -> Crash:
    entries = tuple(sorted(path for path, _ in hits))
    failure = hits[0][1]
    culprit = graph.by_name.get(failure.culprit, "")
    concerned = sorted({culprit, *(place.path for place in failure.trace)} - set(entries))
    working = tuple(path for path in concerned if _works(graph, path, failure, handler))
    configured = tuple(path for path in graph.entry_points if path in entries)
    return Crash(failure, entries, working, configured, handler)


def _works(graph: ImportGraph, path: str, failure: Failure, handler: Place | None) -> bool:
    """Whether a module can be imported first, and what fails otherwise goes well with it."""
    if not graph.names.get(path):
        return False
    outcome = graph.outcome(path)
    swallowed = handler is not None and any(_key(one) == _key(failure) for one, _ in outcome.masked)
    return not outcome.failure and not outcome.unknown and failure.place.module in outcome.loaded and not swallowed


def _on_the_way(graph: ImportGraph, failure: Failure) -> list[tuple[str, int]]:
    """The imports that were running, the failing one first."""
    found: list[tuple[str, int]] = []
    for place in reversed(failure.trace):
        program = graph.programs.get(place.path)
        for index, site in enumerate(program.sites if program else ()):
            if (
                site.span.line <= place.line <= (site.span.end_line or site.span.line)
                and (place.path, index) not in found
            ):
                found.append((place.path, index))
    return found


def _move(graph: ImportGraph, path: str, site: ImportSite) -> str:
    """Where an import can go, "" when the module needs it while it is imported."""
    program = graph.programs[path]
    bound = {name for _, name in site.names} or {site.bound or site.module.partition(".")[0]}
    if site.guard & _LATER or "*" in bound or bound & set(program.exports or ()):
        return ""
    if bound & read_at_import(program.decoded()):
        return ""
    return "into the functions that use it, or under `if TYPE_CHECKING:` if only annotations do"


def _ends(graph: ImportGraph, crash: Crash, cut: tuple[str, int]) -> bool:
    """Whether a crash is gone when an import is."""
    for path in crash.entries[:_MOST_CHECKED]:
        outcome = graph.without(path, frozenset({cut}))
        if outcome.failure or outcome.unknown:
            return False
    return True
