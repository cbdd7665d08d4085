"""A function of the production code has more independent paths than anybody can test.

Why it matters: cyclomatic complexity is the number of independent paths, and so the least number of tests that take
each branch once. Above twenty, reviews miss things, and a change breaks what no test reaches.

Instead: take out parts that have a name of their own, replace chains of conditions by a table, return early.

Known limits: the figure is radon's (T. McCabe, "A Complexity Measure", 1976), in which boolean operators and
comprehensions count and nested functions count for themselves. A long but flat dispatch counts like a tangle. The
bound is `max-complexity` in `[tool.integrity.structure]`.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity, Span
from integrity.rule import Example, Hit, Rule, Structures

RULE = Rule(
    code="CPX001",
    name="complex-function",
    severity=Severity.MEDIUM,
    message="{name} has a cyclomatic complexity of {complexity}, above {bound}",
    since="0.1",
    enabled=False,
)

_BRANCHES = "".join(f"    if number == {number}:\n        return {number}\n" for number in range(4))

VALID = [f"def title_of(number):\n{_BRANCHES}    return -1\n"]
INVALID = [
    Example(
        f"def name_of(number):  # <- CPX001\n{_BRANCHES}    return -1\n", settings={"structure": {"max-complexity": 4}}
    ),
]


def check(structures: Structures) -> Iterator[Hit]:
    """One hit a function."""
    for path, structure in sorted(structures.files.items()):
        for block in structure.blocks:
            if block.complexity > structures.max_complexity:
                yield RULE.at(
                    Span(block.line),
                    symbol=block.name,
                    path=path,
                    name=block.name,
                    complexity=block.complexity,
                    bound=structures.max_complexity,
                )
