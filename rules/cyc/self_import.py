"""A function imports itself from its own module, and calls what it imported.

Why it matters: importing the module goes well, and so does every check that imports. The first call recurses until
Python gives up with RecursionError. It is what is left when a function that forwarded to another module was moved, or
rewritten by a tool, into that very module.

Instead: bring back the body that does the work, or import the function of the other module that was meant.

Known limits: only a call that is certain to run counts, and only while the name still means that function at the end of
the module; a decorated function is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.imports.recursion import self_imports
from integrity.model import Severity
from integrity.rule import Example, Hit, ImportGraph, Place, Rule

RULE = Rule(
    code="CYC004",
    name="self-import",
    severity=Severity.HIGH,
    message="{function}() imports itself from its own module {module} and calls itself: "
    "RecursionError at the first call",
    since="0.1",
)

VALID = [
    # The name means something else by then.
    Example("", files={"a.py": "def f():\n    from a import f\n    return f()\n\n\nf = print\n"}),
    # It forwards to another module.
    Example("", files={"a.py": "def f():\n    from b import f\n    return f()\n", "b.py": "def f(): ...\n"}),
    # It ends.
    Example("", files={"a.py": "def f(n):\n    from a import f\n    if n:\n        return f(n - 1)\n    return 0\n"}),
]
INVALID = [
    Example("", files={"p/a.py": "def f():\n    from p.a import f  # <- CYC004\n    return f()\n"}),
    Example("", files={"p/a.py": "def f():\n    try:\n        from .a import f as g  # <- CYC004\n        x = g()\n"
                                 "    except ImportError:\n        x = None\n    return x\n"}),
]  # fmt: skip


def check(graph: ImportGraph) -> Iterator[Hit]:
    """One hit a function."""
    for found in self_imports(graph):
        yield RULE.at(
            found.site.span,
            path=found.path,
            symbol=found.function,
            function=found.function,
            module=graph.name(found.path),
            trace=(Place(found.path, found.line, "calls itself here"),),
        )
