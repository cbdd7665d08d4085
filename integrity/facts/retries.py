"""Loops in which a test tries an assertion again until it holds.

The kind is ``retried``: a `try` in a loop that leaves the loop when its assertions hold, and goes on when they do not.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from integrity.facts.bodies import Oracle
from integrity.facts.expressions import dotted
from integrity.facts.handlers import Catch, Handling
from integrity.facts.spots import Spot

RETRIED = "retried"

_CAUGHT = frozenset({"AssertionError", "Exception", "BaseException"})
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_LEAVING = (ast.Break, ast.Return)


def retried(spots: Collection[Spot], oracles: Collection[Oracle]) -> Iterator[tuple[str, ast.AST, bool]]:
    """Kind and place of the loops of a test that try its assertions again, and whether they tell of the last failure.

    Args:
        spots: its statements.
        oracles: its assertions.
    """
    for spot in spots:
        loop = spot.around[-1][0] if spot.around and spot.around[-1][1] == "body" else None
        tried = spot.statement
        if isinstance(tried, ast.Try) and isinstance(loop, _LOOPS) and _goes_on(tried) and _ends(tried, loop):
            lines = range(tried.lineno, (tried.body[-1].end_lineno or tried.lineno) + 1)
            inside = [one for one in oracles if getattr(one.node, "lineno", 0) in lines]
            if inside:
                yield RETRIED, loop, all(one.swallowed is None or _is_told(one.swallowed) for one in inside)


def _is_told(catch: Catch) -> bool:
    """Whether the test may learn of the failure."""
    return catch.handling is Handling.RECORDED


def _goes_on(tried: ast.Try) -> bool:
    """Whether a failed assertion is caught, and the loop may take its next turn."""
    for handler in tried.handlers:
        types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if any(one is None or dotted(one) in _CAUGHT for one in types):
            return not isinstance(handler.body[-1], (ast.Raise, *_LEAVING))
    return False


def _ends(tried: ast.Try, loop: ast.For | ast.AsyncFor | ast.While) -> bool:
    """Whether the loop ends when nothing was raised."""
    follows = loop.body[loop.body.index(tried) + 1 :]
    return any(isinstance(one, _LEAVING) for one in (*tried.body, *tried.orelse, *follows[:1]))
