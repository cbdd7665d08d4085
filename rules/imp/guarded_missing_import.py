"""An import that can never succeed is caught by `except ImportError`.

Why it matters: the guard was written for a dependency that may be absent. Here the module or name is one of the
repository's own and does not exist, so that the fallback always wins, and a feature is silently switched off for good.

Instead: import what exists today, or remove the import and keep the fallback.

Known limits: off by default, because many such imports are left-overs that hurt nobody. The limits of IMP001 and IMP002
hold.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.symbols import UseKind
from integrity.imports.defect import Reach
from integrity.model import Severity
from integrity.rule import Demands, Example, Hit, Rule

from .._missing import at, folded

RULE = Rule(
    code="IMP101",
    name="guarded-missing-import",
    severity=Severity.LOW,
    message="{what!r} does not exist, so that the import always fails and `except` hides it{consequences}",
    since="0.1",
    enabled=False,
)

VALID = [
    Example(
        "",
        files={
            "app/__init__.py": "",
            "app/main.py": """
            try:
                import ujson as json
            except ImportError:
                import json
            """,
        },
    ),
]

INVALID = [
    Example(
        "",
        files={
            "app/__init__.py": "",
            "app/main.py": """
            try:
                from app.fast import parse  # <- IMP101
            except ImportError:
                parse = None
            """,
        },
    ),
]


def check(demands: Demands) -> Iterator[Hit]:
    """Every import that always fails and is caught, once a file."""
    found = [one for one in demands.defects if one.use.kind is UseKind.IMPORT and one.reach is Reach.EXPECTED]
    for one, places in folded(found):
        yield at(RULE, one, demands, places, what=one.at)
