"""An import that fails because of a cycle is swallowed by an `except`.

Why it matters: nothing crashes and nothing is logged, but what the import was for is missing: a flag stays False, a
fallback is used in production, a feature is off. Whether it is off depends on which module happened to be imported
first.

Instead: break the cycle, and catch ImportError only around imports of packages that may really not be installed.

Known limits: what happens at import is simulated, not run. An `except` around a call is seen when the function that is
called belongs to the repository.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.imports.crashes import Crash, find
from integrity.model import Severity
from integrity.rule import Example, Hit, ImportGraph, Place, Rule

from .._cycles import error, named, span_of, trace

RULE = Rule(
    code="CYC003",
    name="masked-cycle",
    severity=Severity.MEDIUM,
    message="{what} is lost without a word when {entries} {is_} imported first{order}: {error}; "
    "the except in {handler} swallows it",
    since="0.1",
)

VALID = [
    # The package may not be installed.
    Example("", files={"a.py": "try:\n    import numpy\nexcept ImportError:\n    numpy = None\n"}),
    # A cycle that does no harm.
    Example(
        "",
        files={
            "a.py": "x = 1\ntry:\n    from b import y\nexcept ImportError:\n    y = None\n",
            "b.py": "y = 1\nfrom a import x\n",
        },
    ),
]
INVALID = [
    Example(
        "",
        files={
            "a.py": "import b\n\n\ndef feature(): ...\n",
            "b.py": "try:\n    from a import feature  # <- CYC003\nexcept ImportError:\n    feature = None\n",
        },
    ),
]


def check(graph: ImportGraph) -> Iterator[Hit]:
    """One hit a failing import that an `except` ends."""
    for crash in find(graph).masked:
        handler = crash.masked
        if handler is None:
            continue
        yield RULE.at(
            span_of(graph, crash),
            path=crash.failure.place.path,
            what=_lost(graph, crash),
            entries=named(graph, crash.entries),
            is_="is" if len(crash.entries) == 1 else "are",
            order=f" (not when {named(graph, crash.working)} is)" if crash.working else "",
            error=error(crash),
            handler=f"{handler.path}:{handler.line}",
            trace=(*trace(graph, crash), Place(handler.path, handler.line, "swallowed here")),
        )


def _lost(graph: ImportGraph, crash: Crash) -> str:
    """What the import would have brought."""
    failure = crash.failure
    sites = graph.programs[failure.place.path].sites
    names = [name for name, _ in sites[failure.site].names] if 0 <= failure.site < len(sites) else []
    return ", ".join(names) or failure.name
