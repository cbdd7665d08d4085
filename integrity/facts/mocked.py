"""Tests that replace what they call themselves: the target of a patch is called in the test, by its own name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from integrity.facts.bodies import Function
from integrity.facts.expressions import dotted, literal, nodes

MOCKED_SUBJECT = "mocked-subject"

_REAL = frozenset({"wraps", "side_effect", "new", "new_callable"})  # what is put there may be real, or be the point


def mocked_subject(function: Function) -> Iterator[ast.Call]:
    """The calls of a test that go to what the test itself has patched, with a value given in advance."""
    for patch, statements in _patches(function):
        target = _target(patch)
        if target:
            yield from (one for one in _calls(statements) if _is_target(dotted(one.func), *target))


def _calls(statements: list[ast.stmt]) -> Iterator[ast.Call]:
    """The calls of attributes in statements."""
    for statement in statements:
        for one in nodes(statement):
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
                yield one


def _is_target(name: str, target: str, whole: bool) -> bool:
    return name == target or (not whole and target.endswith(f".{name}"))


def _target(call: ast.Call) -> tuple[str, bool] | None:
    """The dotted name that a patch replaces, and whether it is spelt as the test spells it."""
    if {one.arg for one in call.keywords} & _REAL:
        return None
    name, texts = dotted(call.func), [literal(one) for one in call.args]
    if name.endswith("patch") and len(texts) == 1 and isinstance(texts[0], str):
        return texts[0], False
    if name.endswith("patch.object") and len(texts) == len(("object", "name")) and isinstance(texts[1], str):
        return f"{dotted(call.args[0])}.{texts[1]}", True
    return None


def _patches(function: Function) -> Iterator[tuple[ast.Call, list[ast.stmt]]]:
    """The patches of a test, each with the statements for which it holds."""
    held: list[tuple[ast.expr, list[ast.stmt]]] = [(one, function.body) for one in function.decorator_list]
    for statement in function.body:
        for one in nodes(statement):
            if isinstance(one, (ast.With, ast.AsyncWith)):
                held += [(item.context_expr, one.body) for item in one.items]
    for expression, statements in held:
        if isinstance(expression, ast.Call) and dotted(expression.func).rpartition(".")[2] in ("patch", "object"):
            yield expression, statements
