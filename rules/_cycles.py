"""How the rules about import cycles tell what happens."""

from __future__ import annotations

from collections.abc import Sequence

from integrity.imports.crashes import Crash, Remedy
from integrity.imports.cycles import Cycle
from integrity.imports.graph import ImportGraph
from integrity.imports.values import Failure
from integrity.model import Span
from integrity.rule import Place

_SHOWN = 5


def span_of(graph: ImportGraph, crash: Crash) -> Span:
    """The place of the failing import, or of the line that fails."""
    failure = crash.failure
    sites = graph.programs[failure.place.path].sites
    return sites[failure.site].span if 0 <= failure.site < len(sites) else Span(failure.place.line)


def error(crash: Crash) -> str:
    """CPython's own words, and what else they may be."""
    others = [f"{_words(one)} ({one.place.path}:{one.place.line})" for one in crash.others]
    more = f" or {len(others) - 1:,} more" if len(others) > 1 else ""
    instead = f"; or, as the environment decides, {others[0]}{more}" if others else ""
    return _words(crash.failure) + instead


def _words(failure: Failure) -> str:
    return f"{failure.kind}: {failure.text}" if failure.text else failure.kind


def named(graph: ImportGraph, paths: Sequence[str]) -> str:
    """The names of modules: the first few, and how many more there are."""
    shown = ", ".join(graph.name(path) for path in paths[:_SHOWN])
    return shown if len(paths) <= _SHOWN else f"{shown} and {len(paths) - _SHOWN:,} more"


def remedy(crash: Crash) -> str:
    """What would end it."""
    if crash.remedies:
        return f"; to end it, move {_told(crash.remedies[0])}"
    lacking = crash.failure.name
    return f"; no one import can simply move: give {crash.failure.culprit} its {lacking!r} before it imports the others"


def _told(one: Remedy) -> str:
    names = ", ".join(name for name, _ in one.site.names)
    what = f"from {'.' * one.site.level}{one.site.module} import {names}" if names else f"import {one.site.module}"
    return f"`{what}` ({one.path}:{one.site.span.line}) {one.how}"


def trace(graph: ImportGraph, crash: Crash) -> tuple[Place, ...]:
    """The lines that run, in order, and what is there by then."""
    failure = crash.failure
    entry = crash.entries[0]
    lines = [
        Place(entry, 1, f"{graph.name(entry)} is imported first"),
    ]
    lines += [
        Place(place.path, place.line, f"{place.module} runs this line{_loading(after.module) if after else ''}")
        for place, after in zip(failure.trace[:-1], failure.trace[1:], strict=True)
    ]
    last = failure.place
    lines.append(Place(last.path, last.line, f"{failure.kind} here: {failure.culprit} has no {failure.name!r} yet"))
    lines += [
        Place(one.place.path, one.place.line, f"or {one.kind} here, as the environment decides") for one in crash.others
    ]
    bound = _line_of(graph, failure.culprit, failure.name)
    culprit = graph.by_name.get(failure.culprit, "")
    return (*lines, *([Place(culprit, bound, f"{failure.name!r} would be imported only here")] if bound else []))


def _loading(module: str) -> str:
    return f", and with it {module} begins"


def _line_of(graph: ImportGraph, module: str, name: str) -> int:
    """The line of the import that binds a name in a module, 0 when it is none."""
    program = graph.programs.get(graph.by_name.get(module, ""))
    sites = program.sites if program else ()
    found = (site.span.line for site in sites if not site.function and name in {bound for _, bound in site.names})
    return next(found, 0)


def route(graph: ImportGraph, cycle: Cycle) -> str:
    """The names of the modules around a cycle."""
    names = [graph.name(step.path) for step in cycle.route]
    shown = names if len(names) <= _SHOWN else [*names[:_SHOWN], f"{len(names) - _SHOWN} more"]
    return " -> ".join([*shown, names[0]])


def along(graph: ImportGraph, cycle: Cycle) -> tuple[Place, ...]:
    """The imports around a cycle."""
    names = [graph.name(step.path) for step in cycle.route]
    following = [*names[1:], names[0]]
    return tuple(
        Place(step.path, step.site.span.line if step.site else 1, f"{name} imports {after}")
        for step, name, after in zip(cycle.route, names, following, strict=True)
    )
