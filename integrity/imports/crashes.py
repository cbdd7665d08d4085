"""Import crashes and masked failures, one per failing import, with who is hit and what would end them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import msgspec

from integrity.facts.program import Guard, ImportSite
from integrity.imports.conclusion import Conclusion, concluded
from integrity.imports.graph import ImportGraph
from integrity.imports.names import read_at_import
from integrity.imports.store import Store
from integrity.imports.values import Failure, Place

_ABOUT = "crashes"
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
        otherwise: the paths of those that fail in another way, sorted.
        configured: the entry points of the project among those that crash, as paths.
        masked: where an `except` ends it, None when nothing does.
        remedies: the single imports whose move ends it, the one closest to the failure first.
        others: what may be raised instead, as branches go that nobody can decide on.
    """

    failure: Failure
    entries: tuple[str, ...]
    working: tuple[str, ...]
    configured: tuple[str, ...]
    masked: Place | None = None
    remedies: tuple[Remedy, ...] = ()
    otherwise: tuple[str, ...] = ()
    others: tuple[Failure, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether each module on the way is known to fail, in this way or in another one."""
        known = {*self.entries, *self.otherwise}
        return not self.working and all(place.path in known for place in self.failure.trace)


@dataclass(frozen=True)
class Crashes:
    """Every crash and every masked failure of a repository, each in order of place."""

    crashed: tuple[Crash, ...] = ()
    masked: tuple[Crash, ...] = ()


def find(graph: ImportGraph) -> Crashes:
    """Import every module that a cycle can concern, and see; what is in store is taken from there."""
    known = graph.concluded.get(_ABOUT)
    if not isinstance(known, Crashes):
        known = graph.concluded[_ABOUT] = _remembered(graph, graph.store) if graph.store else _found(graph)
    return known


def _remembered(graph: ImportGraph, store: Store) -> Crashes:
    content = store.note(_ABOUT)
    before = msgspec.msgpack.decode(content, type=Conclusion[Crashes]) if content else None
    if before and before.holds(graph, store):
        return before.found
    found = _found(graph)
    store.keep(_ABOUT, concluded(graph, store, _places(found), found))
    return found


def _found(graph: ImportGraph) -> Crashes:
    return Crashes(tuple(_crashed(graph)), tuple(_masked(graph)))


def _places(found: Crashes) -> Iterator[str]:
    """The files that crashes name places in."""
    for crash in (*found.crashed, *found.masked):
        yield from (place.path for place in (crash.failure.place, *crash.failure.trace))
        yield from (one.place.path for one in crash.others)
        yield from (one.path for one in crash.remedies)
        if crash.masked:
            yield crash.masked.path


def _crashed(graph: ImportGraph) -> list[Crash]:
    found: dict[_Kind, list[_Hit]] = {}
    others: dict[_Kind, dict[Failure, None]] = {}
    for path in _entries(graph):
        outcome = graph.outcome(path)
        ways = [*([outcome.failure] if outcome.failure else []), *outcome.others]
        failure = next((one for one in ways if _is_cyclic(one, graph)), None)
        if failure and not _comes_after_models(failure, graph, path):
            found.setdefault(_key(failure), []).append((path, failure))
            others.setdefault(_key(failure), {}).update(dict.fromkeys(one for one in ways if one != failure))
    made = (replace(_crash(graph, hits, None), others=tuple(others[key])) for key, hits in found.items())
    return sorted(made, key=_order)


def _masked(graph: ImportGraph) -> list[Crash]:
    found: dict[_Kind, list[_Hit]] = {}
    handlers: dict[_Kind, Place] = {}
    for path in _entries(graph):
        for failure, handler in graph.outcome(path).masked:
            if not _is_cyclic(failure, graph):
                continue
            hits = found.setdefault(_key(failure), [])
            handlers.setdefault(_key(failure), handler)
            if not hits or hits[-1][0] != path:
                hits.append((path, failure))
    made = (_crash(graph, hits, handlers[key]) for key, hits in found.items())
    return sorted(made, key=_order)


def _order(crash: Crash) -> tuple[str, int, str]:
    return crash.failure.place.path, crash.failure.place.line, crash.failure.name


def _remedies(graph: ImportGraph, failure: Failure, entries: Sequence[str]) -> Iterator[Remedy]:
    """The single imports whose move ends a crash; none when no one import does."""
    for path, index in _on_the_way(graph, failure)[:_MOST_TRIED]:
        site = graph.programs[path].sites[index]
        how = _move(graph, path, site)
        if how and _ends(graph, entries, (path, index)):
            yield Remedy(path, site, how)


def _entries(graph: ImportGraph) -> Iterator[str]:
    for path in sorted(graph.members):
        if graph.names.get(path):
            yield path


def _comes_after_models(failure: Failure, graph: ImportGraph, entry: str) -> bool:
    """Whether a crash needs models of Django that are imported on the way: Django has loaded those before, or refuses.

    `django.setup()` imports the `models` of every app before anything can use them; until then they cannot be imported.
    """
    for place in failure.trace[1:]:
        program = graph.programs.get(place.path)
        named = "models" in place.module.split(".")
        if named and program and any(site.module.partition(".")[0] == "django" for site in program.sites):
            return place.path != entry and not graph.outcome(place.path).failure
    return False


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


_Kind = tuple[str, int, str, str, str]
_Hit = tuple[str, Failure]


def _key(failure: Failure) -> _Kind:
    return failure.place.path, failure.place.line, failure.kind, failure.name, failure.culprit


def _crash(graph: ImportGraph, hits: Sequence[_Hit], handler: Place | None) -> Crash:
    entries = tuple(sorted(path for path, _ in hits))
    failure = hits[0][1]
    culprit = graph.by_name.get(failure.culprit, "")
    concerned = sorted({culprit, *(place.path for place in failure.trace)} - set(entries))
    working = tuple(path for path in concerned if _works(graph, path, failure, handler))
    configured = tuple(path for path in graph.entry_points if path in entries)
    ending = tuple(_remedies(graph, failure, entries)) if handler is None else ()
    otherwise = tuple(path for path in concerned if graph.names.get(path) and graph.outcome(path).failure)
    return Crash(failure, entries, working, configured, handler, ending, otherwise)


def _works(graph: ImportGraph, path: str, failure: Failure, handler: Place | None) -> bool:
    """Whether a module can be imported first, and what fails otherwise goes well with it."""
    if not graph.names.get(path):
        return False
    outcome = graph.outcome(path)
    swallowed = handler is not None and any(_key(one) == _key(failure) for one, _ in outcome.masked)
    goes = not outcome.failure and not outcome.unknown and not outcome.doubtful
    return goes and failure.place.module in outcome.loaded and not swallowed


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


def _ends(graph: ImportGraph, entries: Sequence[str], cut: tuple[str, int]) -> bool:
    """Whether a crash is gone when an import is."""
    for path in entries[:_MOST_CHECKED]:
        outcome = graph.without(path, frozenset({cut}))
        if outcome.failure or outcome.unknown or outcome.doubtful:
            return False
    return True
