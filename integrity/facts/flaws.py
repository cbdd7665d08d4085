"""The flaws of one function's oracles, as facts.

Kinds, besides those of `assertions` and `bodies`:

- ``swallowed``: a failed assertion is caught and forgotten; ``swallowed-return`` and ``swallowed-skip`` where the
  handler returns a value or skips the test;
- ``unreachable``: an oracle behind a statement that nothing passes;
- ``never-awaited``: a test that is a coroutine, for a runner that awaits none;
- ``mock-only``: a test in which nothing but mocks of its own is called.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from integrity.facts.bodies import EXITS, Body, Oracle
from integrity.facts.expressions import dotted
from integrity.facts.handlers import Catch, Handling
from integrity.facts.lexical import Lexed
from integrity.facts.places import printable
from integrity.facts.verdicts import Flaw
from integrity.model import Span

SWALLOWED = "swallowed"
SWALLOWED_RETURN = "swallowed-return"
SWALLOWED_SKIP = "swallowed-skip"
UNREACHABLE = "unreachable"
NEVER_AWAITED = "never-awaited"
MOCK_ONLY = "mock-only"

_SWALLOWING = {
    Handling.IGNORED: SWALLOWED,
    Handling.RETURNED: SWALLOWED_RETURN,
    Handling.SKIPPED: SWALLOWED_SKIP,
}
_CHILD = re.compile(r"fork|Process\(|subprocess|multiprocessing")  # which may end without ending the run
_LOUD = ("raise", "pytest.fail", "self.fail", "fail")


def of_body(lexed: Lexed, body: Body, index: int, *, sole: bool) -> Iterator[Flaw]:
    """The flaws of a function, one a statement, one a handler and one a stretch of unreachable code."""
    seen: set[int] = set()
    for oracle in body.oracles:
        if oracle.fault:
            certain = oracle.fault.certain and not oracle.place.nested
            yield flaw_at(lexed, oracle.fault.kind, index, oracle.node, certain=certain, sole=sole)
        else:
            yield from _of_place(lexed, oracle, index, seen, sole=sole)
    for kind, node, place in body.oddities:
        doubtful = place.expected or place.nested or (kind == EXITS and bool(_CHILD.search(lexed.text)))
        yield flaw_at(lexed, kind, index, node, certain=not doubtful, sole=sole)


def _of_place(lexed: Lexed, oracle: Oracle, index: int, seen: set[int], *, sole: bool) -> Iterator[Flaw]:
    catch, dead = oracle.swallowed, oracle.place.dead
    if dead and id(dead.node) not in seen and dead.reason not in _LOUD and not isinstance(oracle.node, ast.Raise):
        seen.add(id(dead.node))
        yield flaw_at(lexed, UNREACHABLE, index, oracle.node, sole=sole, reason=dead.reason)
    elif catch and catch.handling in _SWALLOWING and id(catch.node) not in seen and not oracle.marker:
        seen.add(id(catch.node))
        yield flaw_at(lexed, _SWALLOWING[catch.handling], index, oracle.node, sole=sole, reason=_becomes(catch))


def _becomes(catch: Catch) -> str:
    """`xfail` where the handler declares the failure, and nothing but a failed assertion, to be expected."""
    body = [] if catch.every else getattr(catch.node, "body", [])
    calls = [one.value for one in body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
    declared = len(body) == 1 and any(dotted(one.func).rpartition(".")[2] == "xfail" for one in calls)
    return "xfail" if declared else ""


def flaw_at(
    lexed: Lexed, kind: str, index: int, node: ast.AST, *, sole: bool = False, certain: bool = True, reason: str = ""
) -> Flaw:
    """A flaw at a node, with the line that shows it."""
    span = span_of(lexed, node)
    return Flaw(kind, index, span, printable(lexed.lines[span.line - 1]), certain, sole, reason)


def is_verdict(value: ast.expr | None) -> bool:
    """Whether a returned value is a verdict: true or false by its form."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, bool)
    if isinstance(value, ast.UnaryOp):
        return isinstance(value.op, ast.Not)
    return isinstance(value, (ast.Compare, ast.BoolOp))


def span_of(lexed: Lexed, node: Any) -> Span:
    """Where a statement or expression stands; the tree counts columns in bytes of UTF-8."""
    line, end_line = node.lineno, node.end_lineno or node.lineno
    return Span(
        line, _column(lexed, line, node.col_offset), end_line, _column(lexed, end_line, node.end_col_offset or 0)
    )


def _column(lexed: Lexed, line: int, offset: int) -> int:
    """The 1-based column of a byte offset in a line."""
    text = lexed.lines[min(line, len(lexed.lines)) - 1]
    return (offset if text.isascii() else len(text.encode()[:offset].decode("utf-8", "replace"))) + 1
