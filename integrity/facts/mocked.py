"""Tests that replace what they call themselves: the target of a patch is called in the test, by its own name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from integrity.facts.bodies import Function
from integrity.facts.expressions import dotted, literal, nodes

MOCKED_SUBJECT = "mocked-subject"

_REAL = frozenset({"wraps", "side_effect", "new", "new_callable"})  # what is put there may be real, or be the point


def mocked_subject(function: Function) -> Iterator[ast.Call]:
    """The calls of a test that go to what the test itself has patched, with a value given in advance."""
    targets = list(_targets(function))
    if not targets:
        return
    for statement in function.body:
        for one in nodes(statement):
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute):
                name = dotted(one.func)
                if any(_is_target(name, target, whole) for target, whole in targets):
                    yield one


def _is_target(name: str, target: str, whole: bool) -> bool:
    return name == target or (not whole and target.endswith(f".{name}"))


def _targets(function: Function) -> Iterator[tuple[str, bool]]:
    """The dotted names that patches replace, and whether they are spelt as the test spells them."""
    for call in _patches(function):
        name = dotted(call.func)
        if {one.arg for one in call.keywords} & _REAL:
            continue
        texts = [literal(one) for one in call.args]
        if name.endswith("patch") and len(texts) == 1 and isinstance(texts[0], str):
            yield texts[0], False
        elif name.endswith("patch.object") and len(texts) == len(("object", "name")) and isinstance(texts[1], str):
            yield f"{dotted(call.args[0])}.{texts[1]}", True


def _patches(function: Function) -> Iterator[ast.Call]:
    calls: list[Any] = list(function.decorator_list)
    for statement in function.body:
        for one in nodes(statement):
            if isinstance(one, (ast.With, ast.AsyncWith)):
                calls += [item.context_expr for item in one.items]
    for one in calls:
        if isinstance(one, ast.Call) and dotted(one.func).rpartition(".")[2] in ("patch", "object"):
            yield one
