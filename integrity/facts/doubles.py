"""Mocks and patches in a function: what they stand in for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from integrity.facts.bodies import Function
from integrity.facts.checks import source
from integrity.facts.expressions import awaited, dotted, literal, nodes
from integrity.facts.places import printable
from integrity.facts.profile import Double
from integrity.facts.vocabulary import MOCK_CLASSES

_KEPT = frozenset({"wraps", "side_effect"})  # a spy still runs the real thing
_TWO = 2


def doubles(function: Function) -> Iterator[Double]:
    """Every mock assigned to a name or attribute, and every patch, decorators included."""
    for one in nodes(function):
        if isinstance(one, (ast.Assign, ast.AnnAssign)) and isinstance(one.value, ast.expr):
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            if _makes_mock(awaited(one.value)):
                yield from (Double(dotted(target), printable(source(one)), one.lineno) for target in targets)
        elif isinstance(one, ast.Call):
            target = _patched(one)
            if target:
                yield Double(target, printable(source(one)), one.lineno)


def _makes_mock(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and dotted(node.func).rpartition(".")[2] in MOCK_CLASSES
        and not any(one.arg == "wraps" for one in node.keywords)
    )


def _patched(call: ast.Call) -> str:
    """The dotted target of a patch, "" for any other call."""
    name = dotted(call.func)
    if any(one.arg in _KEPT for one in call.keywords):
        return ""
    if name.endswith(("patch.object", "monkeypatch.setattr")) and len(call.args) >= _TWO:
        attribute = literal(call.args[1])
        if isinstance(attribute, str):
            return f"{dotted(call.args[0])}.{attribute}"
    if (name == "patch" or name.endswith((".patch", "monkeypatch.setattr"))) and call.args:
        target = literal(call.args[0])
        return target if isinstance(target, str) else ""
    return ""
