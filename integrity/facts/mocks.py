"""Tests whose every call goes to a mock of their own making."""

from __future__ import annotations

import ast
import builtins

from integrity.facts.bodies import Function
from integrity.facts.expressions import awaited, dotted, nodes
from integrity.facts.vocabulary import MOCK_CLASSES, is_assertion

_FAMILIAR = frozenset({*dir(builtins), "mock", "unittest", "pytest", "asyncio", "self", *MOCK_CLASSES})
_ELSEWHERE = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Yield)


def only_mocks(function: Function) -> bool:
    """Whether a function makes a mock and calls it, and mentions nothing that comes from elsewhere.

    Parameters come from elsewhere, and so do all attributes of `self` but the assertions.
    """
    mocks: set[str] = set()
    bound: set[str] = set()
    used: set[str] = set()
    called = False
    for statement in function.body:
        for one in nodes(statement):
            if isinstance(one, _ELSEWHERE) or (isinstance(one, ast.Attribute) and _is_own(one)):
                return False
            if isinstance(one, ast.Name):
                (used if isinstance(one.ctx, ast.Load) else bound).add(one.id)
            elif isinstance(one, ast.Assign) and _makes_mock(one.value):
                mocks |= {target.id for target in one.targets if isinstance(target, ast.Name)}
            elif isinstance(one, ast.Call):
                called = called or _calls_one_of(mocks, one)
    return called and used <= bound | _FAMILIAR


def _is_own(node: ast.Attribute) -> bool:
    """Whether it is an attribute of `self` that is no assertion."""
    return isinstance(node.value, ast.Name) and node.value.id == "self" and not is_assertion(node.attr)


def _makes_mock(value: ast.expr) -> bool:
    value = awaited(value)
    return isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2] in MOCK_CLASSES


def _calls_one_of(mocks: set[str], call: ast.Call) -> bool:
    """Whether a call goes to a mock, and not to one of its assertions."""
    name = dotted(call.func)
    return name.partition(".")[0] in mocks and not is_assertion(name)
