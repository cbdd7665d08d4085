"""Functions inside a test that nothing runs: what they assert is never asserted."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from integrity.facts.bodies import Function
from integrity.facts.expressions import nodes

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def never_run(function: Function, every: Sequence[ast.AST]) -> frozenset[int]:
    """The nodes, by id, of functions inside a function that it neither calls nor hands on.

    A coroutine that is called for its own sake and not awaited never runs either. What a decorator or a class takes may
    be run by others.

    Args:
        function: the function around them.
        every: its nodes.
    """
    inner = [one for one in every if isinstance(one, _FUNCTIONS) and one is not function and not one.decorator_list]
    if not inner:
        return frozenset()
    methods = {id(each) for one in every if isinstance(one, ast.ClassDef) for each in one.body}
    dropped = {id(one.value.func) for one in every if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)}
    found: set[int] = set()
    for one in inner:
        own = {id(each) for each in nodes(one)}
        named = [each for each in every if isinstance(each, ast.Name) and each.id == one.name and id(each) not in own]
        idle = isinstance(one, ast.AsyncFunctionDef)
        if id(one) not in methods and all(idle and id(each) in dropped for each in named):
            found |= own
    return frozenset(found)
