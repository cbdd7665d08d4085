"""A module of the repository is imported that does not exist.

Why it matters: a module that imports it at module level cannot be imported itself, nor can anything above it; a test
module is not collected, and its tests are lost without one of them failing. Inside a function the import waits for the
first call, often in production.

Instead: import the module from where it is today, bring it back from git history (the message names the commit that
took it away, where one did), or remove the import with what depends on it.

Known limits: only names whose topmost package is the repository's own are judged; the rest is a matter of the
environment. Modules that may be compiled, generated, ignored by git or put into `sys.modules` are never reported, nor
imports that are expected to fail (`pytest.raises`) or are for type checkers only. An import under
`except ImportError` is IMP101. On fifteen well-kept projects nothing was found; of 70 modules accused by this rule or
IMP002 in a damaged repository, picked at random, not one could be imported.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.symbols import UseKind
from integrity.imports.defect import Reach
from integrity.model import Severity
from integrity.rule import Demands, Example, Hit, Rule

from .._missing import at, folded, is_missing

RULE = Rule(
    code="IMP001",
    name="missing-module",
    severity=Severity.CRITICAL,
    message="no module named {module!r}{consequences}",
    since="0.1",
)

VALID = [
    Example(
        "",
        files={
            "app/__init__.py": "",
            "app/api.py": """
            from typing import TYPE_CHECKING

            import numpy.nothing
            import app.core
            from . import core
            from .core import run

            if TYPE_CHECKING:
                from app.types import Shape

            try:
                import app.fast
            except ImportError:
                app.fast = None
            """,
            "app/core.py": "def run(): pass",
        },
    ),
    # Expected to fail.
    Example(
        "",
        files={
            "app/__init__.py": "",
            "tests/test_app.py": """
            import pytest

            def test_it_is_gone():
                with pytest.raises(ImportError):
                    import app.gone
            """,
        },
    ),
]

INVALID = [
    Example(
        "",
        files={
            "app/__init__.py": "",
            "app/api.py": """
            import app.cores  # <- IMP001
            from app.nothing.deep import run, stop  # <- IMP001

            def serve():
                from .server import Server  # <- IMP001
            """,
            "app/core.py": "",
        },
    ),
]


def check(demands: Demands) -> Iterator[Hit]:
    """Every import of a missing module, once a file and module."""
    found = [one for one in demands.defects if one.use.kind is UseKind.IMPORT and is_missing(one, "module")]
    for one, places in folded(found):
        if one.reach is not Reach.EXPECTED:
            yield at(RULE, one, demands, places, module=one.name)
