"""What becomes of a failed assertion inside a `try`: what its handlers do, and whether the test can learn of it."""

from __future__ import annotations

import ast
import enum
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from integrity.facts.aftermath import Scene, is_told, names_read
from integrity.facts.expressions import awaited, dotted, nodes
from integrity.facts.vocabulary import FAILS, SKIPS, STOPS, is_assertion, looks_like_oracle

_ANYTHING = frozenset({"Exception", "BaseException"})
_ASSERTION = frozenset({"AssertionError", *_ANYTHING})
_SILENT = frozenset(
    {"debug", "info", "warning", "error", "exception", "critical", "log", "print_exc", "print_exception"}
)
_LOGGER = re.compile(r"(?:^|[._])log(?:s|ger|ging)?$", re.IGNORECASE)
_IDLE = frozenset({"gc.collect", "warnings.warn", "sys.stderr.write", "sys.stdout.write"})


class Handling(str, enum.Enum):
    """What happens to an exception that a handler catches."""

    IGNORED = "ignored"
    RETURNED = "returned"
    SKIPPED = "skipped"
    UNTOLD = "untold"  # nothing shows that the test learns of it, but what is called or tried again may
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


def catch_of(node: ast.Try, scene: Scene) -> Catch | None:
    """The first handler that catches an AssertionError, None where it goes through."""
    for handler in node.handlers:
        caught = set(_caught(handler.type))
        if caught & _ASSERTION:
            return Catch(
                _handling_in(node, handler, scene), "BaseException" in caught, bool(caught & _ANYTHING), handler
            )
    return None


def _handling_in(node: ast.Try, handler: ast.ExceptHandler, scene: Scene) -> Handling:
    """What a handler does; in a loop it may be tried again, and the last failure may be told."""
    found = _handling(handler, scene)
    if scene.loop is None or found is Handling.RECORDED:
        return found
    return Handling.RECORDED if is_told(node, scene) else Handling.UNTOLD


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


def _handling(handler: ast.ExceptHandler, scene: Scene) -> Handling:
    """What a handler does; RECORDED unless each statement is known to change nothing that the test reads."""
    result = Handling.IGNORED
    read: frozenset[str] | None = None
    for statement in _flat(handler.body):
        found = _of_plain(statement)
        if found is None:
            read = names_read(scene, handler) if read is None else read
            found = _of_effect(statement, read, handler.name or "")
        if found is Handling.RECORDED:
            return found
        if found in (Handling.SKIPPED, Handling.UNTOLD) or result is Handling.IGNORED:
            result = Handling.UNTOLD if Handling.UNTOLD in (found, result) else found
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


def _of_plain(statement: ast.stmt) -> Handling | None:
    """What a statement does to the failure that needs no look around, None for any other."""
    if isinstance(statement, (ast.Pass, ast.Continue, ast.Break)):
        return Handling.IGNORED
    if isinstance(statement, ast.Return):
        return Handling.IGNORED if statement.value is None else Handling.RETURNED
    if isinstance(statement, ast.Expr):
        value = awaited(statement.value)
        if isinstance(value, ast.Constant):
            return Handling.IGNORED
        name = dotted(value.func) if isinstance(value, ast.Call) else ""
        if name in SKIPS:
            return Handling.SKIPPED
        return Handling.IGNORED if is_silent(name) or name in _IDLE or name.endswith("sleep") else None
    return None


def _of_effect(statement: ast.stmt, read: frozenset[str], error: str) -> Handling:
    """What becomes of a failure by an assignment or a call; anything else may fail the test."""
    if isinstance(statement, (ast.Assign, ast.AugAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        if any(not isinstance(one, ast.Name) or one.id in read for one in targets):
            return Handling.RECORDED
        calls = any(isinstance(one, ast.Call) for one in nodes(statement.value))
        return Handling.UNTOLD if calls else Handling.IGNORED
    value = awaited(statement.value) if isinstance(statement, ast.Expr) else None
    return _of_call(value, read, error) if isinstance(value, ast.Call) else Handling.RECORDED


def _of_call(call: ast.Call, read: frozenset[str], error: str) -> Handling:
    """What a call may do: note the failure in what is read later, fail with it, or nothing that can be seen."""
    name = dotted(call.func)
    first, _, rest = name.partition(".")
    if not name or name in FAILS or name in STOPS or is_assertion(name) or looks_like_oracle(name):
        return Handling.RECORDED
    if rest:
        return Handling.RECORDED if first in read else Handling.UNTOLD
    given = [each.id for one in [*call.args, *call.keywords] for each in nodes(one) if isinstance(each, ast.Name)]
    return Handling.RECORDED if error in given else Handling.UNTOLD


def is_silent(name: str) -> bool:
    """Whether a call by this dotted name only writes for people to read."""
    owner, _, last = name.rpartition(".")
    if last not in _SILENT:
        return name in ("print", "pprint")
    return owner in ("self", "traceback") or "log" in owner.partition(".")[0].lower() or bool(_LOGGER.search(owner))
