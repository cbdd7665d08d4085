"""Functions that import themselves from their own module and call what they imported: endless recursion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from integrity.facts.program import (
    Assign,
    Attribute,
    Call,
    Code,
    Def,
    Function,
    Guard,
    Import,
    ImportSite,
    Name,
    Return,
    Run,
    Step,
    Try,
    Value,
    With,
)
from integrity.imports.graph import ImportGraph

_DEFERRED = int(Guard.DEFERRED)
_NOT_RUN = int(Guard.TYPE_CHECKING | Guard.NEVER)


class SelfImport(NamedTuple):
    """A function that imports itself.

    Attributes:
        path: its file.
        site: the import.
        function: its name.
        line: where it calls itself.
    """

    path: str
    site: ImportSite
    function: str
    line: int


def self_imports(graph: ImportGraph) -> list[SelfImport]:
    """Every function that imports itself from its own module and then calls itself unconditionally."""
    return [
        found for path, program in sorted(graph.programs.items()) for found in _in_module(graph, path, program.sites)
    ]


def _in_module(graph: ImportGraph, path: str, sites: Iterable[ImportSite]) -> Iterator[SelfImport]:
    for index, site in enumerate(sites):
        name = site.function
        candidate = site.guard & _DEFERRED and not site.guard & _NOT_RUN and name and "." not in name
        if not candidate or not _names_own_module(graph, path, site, name):
            continue
        code = graph.full(path)
        function = _final(code, name) if code else None
        line = _calls_itself(function, index, site, name) if function else 0
        if line:
            yield SelfImport(path, site, name, line)


def _names_own_module(graph: ImportGraph, path: str, site: ImportSite, name: str) -> bool:
    package = graph.resolver.package_of(graph.names[path], path)
    base = graph.resolver.absolute(site.module, site.level, package)
    imported = [one for one, _ in site.names]
    return name in imported and bool(base) and graph.resolver.locate(base or "", path).path == path


def _final(code: Code, name: str) -> Function | None:
    """The function that a module leaves bound to a name, None when that is anything else."""
    found: Function | None = None
    for step in code.steps:
        if isinstance(step, Def) and step.name == name:
            found = None if step.decorators else code.functions[step.function]
        elif name in _bound(step):
            return None
    return found


def _bound(step: Step) -> set[str]:
    """The names that a step binds, or may bind, other than by defining a function."""
    found: set[str] = set()
    pending: list[object] = [step]
    while pending:
        node = pending.pop()
        if isinstance(node, Assign):
            found.update(node.names, node.unpacked)
        if isinstance(node, Def) and node is not step:
            found.add(node.name)
        if isinstance(node, tuple):
            pending += node
        elif isinstance(node, msgspec.Struct):
            pending += [getattr(node, field) for field in node.__struct_fields__]
    return found


def _calls_itself(function: Function, index: int, site: ImportSite, name: str) -> int:
    """The line of a call of the imported name that is certain to run, 0 when there is none."""
    bound = next(local for one, local in site.names if one == name)
    imported = False
    for step in _certain(function.body or ()):
        if isinstance(step, Import) and step.site == index:
            imported = True
        elif imported and isinstance(step, (Return, Run, Assign)):
            line = _call_in(step.value, bound)
            if line:
                return line
        if isinstance(step, Return):
            return 0
    return 0


def _certain(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps that run unless something is raised."""
    for step in steps:
        if isinstance(step, (Try, With)):
            yield from _certain(step.body)
        else:
            yield step


def _call_in(value: Value, name: str) -> int:
    """The line of a call of a name in an expression, 0 when there is none."""
    pending: list[object] = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, Call):
            if isinstance(node.function, Name) and node.function.name == name:
                return node.line
            pending += [node.function, *node.arguments]
        elif isinstance(node, Attribute):
            pending.append(node.value)
        elif isinstance(node, msgspec.Struct) and hasattr(node, "parts"):
            pending += node.parts
    return 0
