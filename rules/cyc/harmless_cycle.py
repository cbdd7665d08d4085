"""Modules import each other, but no order of imports crashes.

Why it matters: nothing is broken. Such a cycle makes modules impossible to understand, test or split one by one, and it
is where the next crash comes from.

Instead: move what both need into a third module, or hand it over as an argument.

Known limits: one finding a group of modules, with the shortest cycle through its first module. Imports in functions
count, those for type checkers do not. Off by default.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.imports.cycles import Cycle, harmless
from integrity.model import Severity, Span
from integrity.rule import Example, Hit, ImportGraph, Rule

from .._cycles import along, route

RULE = Rule(
    code="CYC101",
    name="harmless-cycle",
    severity=Severity.LOW,
    message="{count} modules import each other{how}: {route}",
    since="0.1",
    enabled=False,
)

VALID = [
    Example("", files={"a.py": "import b\n", "b.py": "x = 1\n"}),
    Example("", files={"p/__init__.py": "", "p/a.py": "from p import b\n", "p/b.py": ""}),
]
INVALID = [
    Example("", files={"a.py": "import b  # <- CYC101\n", "b.py": "import a\n"}),
    Example("", files={"a.py": "import b  # <- CYC101\n", "b.py": "def f():\n    import a\n    return a\n"}),
]


def check(graph: ImportGraph) -> Iterator[Hit]:
    """One hit a group."""
    for cycle in harmless(graph):
        yield _hit(graph, cycle)


def _hit(graph: ImportGraph, cycle: Cycle) -> Hit:
    first = cycle.route[0]
    return RULE.at(
        first.site.span if first.site else Span(1),
        path=first.path,
        count=len(cycle.members),
        how="" if cycle.at_import else ", some of them only in functions",
        route=route(graph, cycle),
        trace=along(graph, cycle),
    )
