"""A name is imported from a module of the repository that does not define it.

Why it matters: CPython raises "cannot import name", at module level when the module is imported, inside a function when
that is called for the first time. This is what a rename, a removed factory or a half-finished merge leaves behind.

Instead: import the name from where it is defined today, which the message says as far as anyone can tell, or bring
the definition back from git history: the message names the commit that took it away, where one did.

Known limits: a name counts as defined when anything in the module may bind it: under a condition, in a function by
`global`, through a star import, through `__getattr__`, `globals()` or another module that sets it. An import under
`except ImportError` is IMP101; a name that exists for type checkers only, or was deleted, is IMP005. On
fifteen well-kept projects both findings were real.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.symbols import UseKind
from integrity.imports.defect import Reach
from integrity.model import Severity
from integrity.rule import Demands, Example, Hit, Rule

from .._missing import at, folded, is_missing

RULE = Rule(
    code="IMP002",
    name="missing-symbol",
    severity=Severity.CRITICAL,
    message="cannot import name {symbol_name!r} from {module!r}{consequences}",
    since="0.1",
)

VALID = [
    # Re-exported, starred, conditional, dynamic, a submodule.
    Example(
        "",
        files={
            "app/__init__.py": "from .core import *",
            "app/core.py": """
            import sys
            from .lazy import late

            if sys.platform == "win32":
                PATH = 1

            def configure():
                global SETTINGS
                SETTINGS = {}
            """,
            "app/lazy.py": "def __getattr__(name): return name",
            "app/user.py": """
            from app import PATH, SETTINGS, core, late
            from app.lazy import anything
            """,
        },
    ),
]

INVALID = [
    Example(
        "",
        files={
            "app/__init__.py": "",
            "app/bridge.py": "def create_bridge(): pass",
            "app/core.py": """
            from app.bridge import creat_bridge  # <- IMP002

            def connect():
                from .bridge import get_factory  # <- IMP002
                return get_factory()
            """,
        },
    ),
    Example(
        "",
        files={
            "app/__init__.py": "",
            "tests/test_app.py": "from app import create_app  # <- IMP002",
        },
    ),
]


def check(demands: Demands) -> Iterator[Hit]:
    """Every import of a missing name, once a file and name."""
    found = [one for one in demands.defects if one.use.kind is UseKind.IMPORT and is_missing(one, "name")]
    for one, places in folded(found):
        if one.reach is not Reach.EXPECTED:
            yield at(RULE, one, demands, places, symbol_name=one.name, module=one.owner)
