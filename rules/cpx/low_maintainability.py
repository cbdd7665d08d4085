"""A module of the production code is so large and dense that it can hardly be maintained.

Why it matters: the maintainability index sums up volume, complexity and length. A module below ten is one that people
avoid to touch, and whose tests nobody dares to delete or to mend.

Instead: divide it along what changes together.

Known limits: the index is radon's, from 0 to 100, which takes comments for a merit
(https://radon.readthedocs.io/en/latest/intro.html#maintainability-index). Length dominates it: a long table of
constants is called hard to maintain. The bound is `min-maintainability` in `[tool.integrity.structure]`.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity, Span
from integrity.rule import Example, Hit, Rule, Structures

RULE = Rule(
    code="CPX002",
    name="low-maintainability",
    severity=Severity.LOW,
    message="the maintainability index of this module is {index:.1f}, below {bound:g}",
    since="0.1",
    enabled=False,
)

VALID = ["def double(number):\n    return number + number\n"]
INVALID = [
    Example(
        "def double(number):  # <- CPX002\n    return number * number + number\n",
        settings={"structure": {"min-maintainability": 99}},
    ),
]


def check(structures: Structures) -> Iterator[Hit]:
    """One hit a module."""
    for path, structure in sorted(structures.files.items()):
        if structure.maintainability < structures.min_maintainability:
            yield RULE.at(Span(1), path=path, index=structure.maintainability, bound=structures.min_maintainability)
