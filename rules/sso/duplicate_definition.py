"""A class or function stands with the same body in several production modules.

Why it matters: there is no single source of truth. The next repair reaches one copy; the others go on being
imported, tested, or run with the old fault. Coding agents in particular copy what they do not find.

Instead: keep one, and import it where the others stood.

Known limits: only definitions at module level, of at least 60 nodes of the syntax tree (about eight lines), outside of
tests and test data; docstrings and layout have no part in the comparison. A vendored library, or an old version that is
kept on purpose as pydantic keeps its version 1, is found as what it is, a copy: exclude its folder.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity, Span
from integrity.rule import Example, Hit, Rule, Structures

from .._shapes import elsewhere, equal, namesakes, places, several_modules

RULE = Rule(
    code="SSO001",
    name="duplicate-definition",
    severity=Severity.MEDIUM,
    message="{kind} {name} ({lines} lines) stands with the same body in {count} modules: also in {others}",
    since="0.1",
    enabled=False,
)

_BODY = '''
    """{0}."""
    total, seen = 0, set()
    for line in lines:
        if line.article in seen:
            raise ValueError(f"{{line.article}} stands twice")
        seen.add(line.article)
        total += line.price * line.{1} * (1 - line.discount)
    return round(total, 2) if rounded else total
'''
_TOTAL = f"def total_of(lines, rounded=True):{_BODY}"

VALID = [
    # Of the same name, and something else.
    Example(
        _TOTAL.format("The sum", "number"),
        files={"shop/cart.py": "def total_of(lines, rounded=True):\n    return sum(line.price for line in lines)\n"},
    ),
    # Too small to tell.
    Example("def main():\n    return run(sys.argv)\n", files={"shop/b.py": "def main():\n    return run(sys.argv)\n"}),
]
INVALID = [
    Example(
        _TOTAL.format("The sum", "number").replace("True):\n", "True):  # <- SSO001\n", 1),
        files={"shop/cart.py": _TOTAL.format("What a cart costs", "number")},
    ),
]


def check(structures: Structures) -> Iterator[Hit]:
    """One hit for all copies, at the first."""
    for group in namesakes(structures):
        for copies in equal(group):
            if several_modules(copies):
                first, *others = copies
                shape = first.shape
                yield RULE.at(
                    Span(shape.line),
                    symbol=shape.name,
                    path=first.path,
                    trace=places(others, "the same body"),
                    kind=shape.kind,
                    name=shape.name,
                    lines=shape.end - shape.line + 1,
                    count=len({one.path for one in copies}),
                    others=elsewhere(others),
                )
