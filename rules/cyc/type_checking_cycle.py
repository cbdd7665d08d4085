"""Modules import each other, but only for type checkers.

Why it matters: hardly. Such a cycle never runs; it only shows that two modules know each other's types.

Instead: a protocol, or a module of shared types, if the two are ever to be separated.

Known limits: one finding a group of modules that are in no cycle of imports that run. Off by default.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.imports.cycles import type_checking_only
from integrity.model import Severity, Span
from integrity.rule import Example, Hit, ImportGraph, Rule

from .._cycles import along, route

RULE = Rule(
    code="CYC102",
    name="type-checking-cycle",
    severity=Severity.LOW,
    message="{count} modules import each other, but only for type checkers: {route}",
    since="0.1",
    enabled=False,
)

VALID = [Example("", files={"a.py": "import b\n", "b.py": "x = 1\n"})]
INVALID = [
    Example(
        "",
        files={
            "a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import b  # <- CYC102\n",
            "b.py": "import a\n",
        },
    ),
]


def check(graph: ImportGraph) -> Iterator[Hit]:
    """One hit a group."""
    for cycle in type_checking_only(graph):
        first = cycle.route[0]
        yield RULE.at(
            first.site.span if first.site else Span(1),
            path=first.path,
            count=len(cycle.members),
            route=route(graph, cycle),
            trace=along(graph, cycle),
        )
