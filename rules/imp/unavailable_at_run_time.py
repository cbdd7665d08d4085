"""A name is used at run time that its module binds for type checkers only, or deletes.

Why it matters: the import looks right, and every type checker agrees, because `if TYPE_CHECKING:` holds for them. For
Python the name was never bound: the import, or the attribute, fails when the code runs.

Instead: import the name under `if TYPE_CHECKING:` here too, if only annotations need it, or from the module that
defines it.

Known limits: the same as those of the rules about missing names. A name that is also bound at run time, under whatever
condition, is not reported. On fifteen well-kept projects nothing was found.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.imports.defect import Reach
from integrity.model import Severity
from integrity.rule import Demands, Example, Hit, Rule

from .._missing import TARGETS, at, folded, is_missing

RULE = Rule(
    code="IMP005",
    name="unavailable-at-run-time",
    severity=Severity.CRITICAL,
    message="{module!r} {why} {attribute!r}, so that it does not exist at run time{consequences}",
    since="0.1",
)

_WHY = {"typing": "binds only for type checkers", "deleted": "deletes"}

VALID = [
    Example(
        "",
        files={
            "app/__init__.py": "",
            "app/models.py": """
            from typing import TYPE_CHECKING

            if TYPE_CHECKING:
                from app.shapes import Shape
            else:
                Shape = object
            """,
            "app/shapes.py": "class Shape: pass",
            "app/user.py": "from app.models import Shape",
        },
    ),
]

INVALID = [
    Example(
        "",
        files={
            "app/__init__.py": "",
            "app/models.py": """
            from typing import TYPE_CHECKING

            if TYPE_CHECKING:
                from app.shapes import Shape

            table = {}
            del table
            """,
            "app/shapes.py": "class Shape: pass",
            "app/user.py": """
            from app.models import Shape  # <- IMP005
            from app.models import table  # <- IMP005
            """,
        },
    ),
]


def check(demands: Demands) -> Iterator[Hit]:
    """Every use of such a name, once a file."""
    found = [one for one in demands.defects if is_missing(one, *_WHY) and one.use.kind not in TARGETS]
    for one, places in folded(found):
        if one.reach is not Reach.EXPECTED and one.missing:
            yield at(RULE, one, demands, places, module=one.owner, why=_WHY[one.missing.kind], attribute=one.name)
