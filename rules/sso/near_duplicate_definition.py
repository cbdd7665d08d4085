"""A class or function stands with nearly the same body in several production modules.

Why it matters: it was copied, and the copies have begun to drift. Whoever mends one has to know of the others, and
nobody can say which of them is right.

Instead: find out what differs on purpose, make that an argument, and keep one.

Known limits: as for SSO001. Bodies count as nearly the same when about 70 % of the runs of five nodes of
their syntax trees are the same; that is estimated, so that pairs near that bound may be missed. Implementations of one
interface may be alike by nature.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integrity.model import Severity, Span
from integrity.rule import Example, Hit, Rule, Structures

from .._shapes import RESEMBLANCE, Found, elsewhere, equal, namesakes, places, several_modules

RULE = Rule(
    code="SSO002",
    name="near-duplicate-definition",
    severity=Severity.LOW,
    message="{kind} {name} stands with nearly the same body ({share} %) in {count} modules: also in {others}",
    since="0.1",
    enabled=False,
)

_TOTAL = """
def total_of(lines, rounded=True):
    total, seen = 0, set()
    for line in lines:
        if line.article in seen:
            raise ValueError(f"{{line.article}} stands twice")
        seen.add(line.article)
        total += line.price * line.number * (1 - line.discount)
    log.debug("summed up %s", seen)
    return round(total, {0}) if rounded else total
"""

VALID = [
    Example(
        "", files={"a.py": _TOTAL.format(2), "b.py": "def total_of(lines):\n    return sum(map(price_of, lines))\n"}
    ),
]
INVALID = [
    Example(
        _TOTAL.format(2).replace("True):\n", "True):  # <- SSO002\n", 1),
        files={"shop/cart.py": _TOTAL.format(4)},
    ),
]


def check(structures: Structures) -> Iterator[Hit]:
    """One hit for all that resemble each other, at the first; equal ones count as one."""
    for group in namesakes(structures):
        for cluster in _clusters([copies[0] for copies in equal(group)]):
            if several_modules(cluster):
                first, *others = cluster
                share = min(first.shape.resemblance(other.shape) for other in others)
                yield RULE.at(
                    Span(first.shape.line),
                    symbol=first.shape.name,
                    path=first.path,
                    trace=places(others, "nearly the same body"),
                    kind=first.shape.kind,
                    name=first.shape.name,
                    share=int(share * 100),
                    count=len({one.path for one in cluster}),
                    others=elsewhere(others),
                )


def _clusters(found: Sequence[Found]) -> list[list[Found]]:
    """Groups in which each resembles another; those of one are left out."""
    clusters: list[list[Found]] = []
    for one in found:
        near = [cluster for cluster in clusters if any(_alike(one, other) for other in cluster)]
        clusters = [cluster for cluster in clusters if cluster not in near]
        clusters.append([*(other for cluster in near for other in cluster), one])
    return [sorted(cluster) for cluster in clusters if len(cluster) > 1]


def _alike(one: Found, other: Found) -> bool:
    return one.shape.resemblance(other.shape) >= RESEMBLANCE
