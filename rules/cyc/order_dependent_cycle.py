"""An import cycle crashes or not, depending on which of its modules is imported first.

Why it matters: it works for years, and then a new import, a sorted import block, or a test that is run alone enters the
cycle from the other side. The traceback then blames a line that nobody has touched.

Instead: break the cycle where the message says. An import that only functions use belongs into these functions, one
that only annotations use under `if TYPE_CHECKING:`; what two modules both need belongs into a third.

Known limits: what happens at import is simulated, not run. Values that come from outside of the repository are unknown,
and what is unknown is taken to go well. The error text is that of the Python that runs this check. Named are modules
around cycles and entry points: others that import those first crash with them, and are not listed. Branches are taken
for independent of each other. What imports Django's models is taken to come after them, as `django.setup()` sees to.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.imports.crashes import find
from integrity.model import Severity
from integrity.rule import Example, Hit, ImportGraph, Rule

from .._cycles import error, named, remedy, span_of, trace

RULE = Rule(
    code="CYC002",
    name="order-dependent-cycle",
    severity=Severity.HIGH,
    message="importing {entries} first crashes, while {working} first works: {error}{remedy}",
    since="0.1",
)

VALID = [
    # The name is there before the cycle closes, whichever way.
    Example("", files={"a.py": "x = 1\nfrom b import y\n", "b.py": "y = 1\nfrom a import x\n"}),
    # A submodule needs no attribute: it is found in sys.modules.
    Example(
        "", files={"p/__init__.py": "from p import a\n", "p/a.py": "from p import b\n", "p/b.py": "from p import a\n"}
    ),
    # Only type checkers import it.
    Example(
        "",
        files={
            "a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from b import y\nx = 1\n",
            "b.py": "from a import x\ny = 1\n",
        },
    ),
]
INVALID = [
    Example("", files={"a.py": "from b import y\nx = 1\n", "b.py": "y = 1\nfrom a import x  # <- CYC002\n"}),
    # Only the implicit import of the package around it closes the cycle.
    Example(
        "",
        files={
            "db/__init__.py": "from db.models import Row\n",
            "db/models.py": "from job import Job  # <- CYC002\n\n\nclass Row: ...\n",
            "db/base.py": "class Base: ...\n",
            "job.py": "from db.base import Base\n\n\nclass Job(Base): ...\n",
        },
    ),
]


def check(graph: ImportGraph) -> Iterator[Hit]:
    """One hit a failing import that another order of imports avoids."""
    for crash in find(graph).crashed:
        if not crash.working or crash.configured:
            continue
        yield RULE.at(
            span_of(graph, crash),
            path=crash.failure.place.path,
            entries=named(graph, crash.entries),
            working=named(graph, crash.working),
            error=error(crash),
            remedy=remedy(crash),
            trace=trace(graph, crash),
        )
