"""An import cycle crashes, whichever module of it is imported first.

Why it matters: no order of imports helps. The package cannot be imported, or cannot be imported the way its own command
does, and every test that needs it fails at collection.

Instead: break the cycle where the message says. An import that only functions use belongs into these functions, one
that only annotations use under `if TYPE_CHECKING:`; what two modules both need belongs into a third.

Known limits: what happens at import is simulated, not run. Values that come from outside of the repository are unknown,
and what is unknown is taken to go well. The error text is that of the Python that runs this check. Named are modules
around cycles and entry points: others that import those first crash with them, and are not listed. Branches are taken
for independent of each other. What imports Django's models is taken to come after them, as `django.setup()` sees to.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.imports.crashes import Crash, find
from integrity.model import Severity
from integrity.rule import Example, Hit, ImportGraph, Rule

from .._cycles import error, named, remedy, span_of, trace

RULE = Rule(
    code="CYC001",
    name="crashing-cycle",
    severity=Severity.CRITICAL,
    message="importing {entries} crashes{way}: {error}{remedy}",
    since="0.1",
)

VALID = [
    # Nothing is taken from a module that is not there yet.
    Example("", files={"a.py": "import b\nx = 1\n", "b.py": "import a\n\n\ndef f():\n    return a.x\n"}),
]
INVALID = [
    Example(
        "",
        files={
            "a.py": "from b import y  # <- CYC001\nx = 1\n",
            "b.py": "from a import x  # <- CYC001\ny = 1\n",
        },
    ),
    # Whichever way the environment decides, in other words each time.
    Example(
        "",
        files={
            "a.py": "import os\nif os.cpu_count() > 2:\n    import b\nelse:\n    import c\nx = y = 1\n",
            "b.py": "from a import x  # <- CYC001\n",
            "c.py": "from a import y\n",
        },
    ),
]


def check(graph: ImportGraph) -> Iterator[Hit]:
    """One hit a failing import that no order of imports avoids, or that an entry point meets."""
    for crash in find(graph).crashed:
        if crash.working and not crash.configured:
            continue
        yield RULE.at(
            span_of(graph, crash),
            path=crash.failure.place.path,
            entries=named(graph, crash.configured or crash.entries),
            way=_way(crash),
            error=error(crash),
            remedy=remedy(crash),
            trace=trace(graph, crash),
        )


def _way(crash: Crash) -> str:
    """When it crashes."""
    if crash.configured:
        return ", and it is an entry point"
    if not crash.settled:
        return ", and no order of imports is known to work"
    if crash.otherwise:
        return ", and the other modules on the way fail otherwise"
    return " whatever is imported first"
