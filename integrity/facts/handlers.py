"""What becomes of a failed assertion inside a `try`: what its handlers do, judged by their statements alone."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from integrity.facts.expressions import awaited, dotted
from integrity.facts.vocabulary import SKIPS

_ANYTHING = frozenset({"Exception", "BaseException"})
_ASSERTION = frozenset({"AssertionError", *_ANYTHING})
_SILENT = frozenset(
    {"debug", "info", "warning", "error", "exception", "critical", "log", "print_exc", "print_exception"}
)


class Handling(str, enum.Enum):
    """What happens to an exception that a handler catches."""

    IGNORED = "ignored"
    RETURNED = "returned"
    SKIPPED = "skipped"
    RECORDED = "recorded"  # something that may fail the test later, or at once


class Catch(NamedTuple):
    """The handler that catches failed assertions.

    Attributes:
        handling: what it does.
        base: whether it also catches what `pytest.fail` raises, which is no `Exception`.
        every: whether it catches every ordinary exception, too.
        node: the handler, or the context manager.
    """

    handling: Handling
    base: bool
    every: bool
    node: ast.AST


def catch_of(node: ast.Try) -> Catch | None:
    """The first handler that catches an AssertionError, None where it goes through."""
    for handler in node.handlers:
        caught = set(_caught(handler.type))
        if caught & _ASSERTION:
            return Catch(_handling(handler.body), "BaseException" in caught, bool(caught & _ANYTHING), handler)
    return None


def catch_of_suppress(call: ast.Call) -> Catch | None:
    """What `contextlib.suppress(...)` catches."""
    caught = {dotted(one) for one in call.args}
    if caught & _ASSERTION:
        return Catch(Handling.IGNORED, "BaseException" in caught, bool(caught & _ANYTHING), call)
    return None


def _caught(node: ast.expr | None) -> Iterator[str]:
    if node is None:
        yield "BaseException"
        return
    for one in node.elts if isinstance(node, ast.Tuple) else [node]:
        yield dotted(one).removeprefix("builtins.")


def _handling(body: list[ast.stmt]) -> Handling:
    """What a handler does; RECORDED unless each statement is known to change nothing."""
    result = Handling.IGNORED
    for statement in _flat(body):
        found = _of_statement(statement)
        if found is Handling.RECORDED:
            return found
        if found is Handling.SKIPPED or result is Handling.IGNORED:
            result = found
    return result


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements, those under `if` in place of it."""
    stack = [iter(body)]
    while stack:
        for statement in stack[-1]:
            if isinstance(statement, ast.If):
                stack += [iter(statement.orelse), iter(statement.body)]
                break
            yield statement
        else:
            stack.pop()


def _of_statement(statement: ast.stmt) -> Handling:
    if isinstance(statement, (ast.Pass, ast.Continue, ast.Break)):
        return Handling.IGNORED
    if isinstance(statement, ast.Return):
        return Handling.IGNORED if statement.value is None else Handling.RETURNED
    if isinstance(statement, ast.Expr):
        value = awaited(statement.value)
        if isinstance(value, ast.Constant):
            return Handling.IGNORED
        if isinstance(value, ast.Call):
            return _of_call(value)
    return Handling.RECORDED


def _of_call(call: ast.Call) -> Handling:
    name = dotted(call.func)
    if name in SKIPS:
        return Handling.SKIPPED
    return Handling.IGNORED if is_silent(name) else Handling.RECORDED


def is_silent(name: str) -> bool:
    """Whether a call by this dotted name only writes for people to read."""
    first, _, rest = name.partition(".")
    return name in ("print", "pprint") or (
        rest.rpartition(".")[2] in _SILENT
        and (rest.startswith("logg") or "log" in first.lower() or first in ("traceback", "self"))
    )
