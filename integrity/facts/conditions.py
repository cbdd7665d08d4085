"""When a mark holds, and why it is there: its condition and its reason, read from the call that makes it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import NamedTuple

from integrity.facts.expressions import dotted, truth
from integrity.facts.outline import constant_truth
from integrity.facts.switches import Bound, Condition, Reason

_SIGNS: dict[type, str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_OF = {True: Condition.ALWAYS, False: Condition.NEVER}

Constants = Mapping[str, ast.expr]
"""Names that a module binds once, to a literal."""


class When(NamedTuple):
    """A condition and the version of Python that it compares with."""

    condition: Condition
    bound: Bound | None = None


def when(test: ast.expr, constants: Constants, *, holds: bool = True) -> When:
    """When a condition holds, or does not.

    Args:
        test: the condition; text is evaluated, as pytest does.
        constants: the constants of the module.
        holds: False for `skipUnless`, which acts where the condition does not hold.
    """
    test = _evaluated(test)
    value = constant_truth(test)
    if value is not None:
        return When(_OF[value is holds])
    name, negated = _negated(test)
    if isinstance(name, ast.Name) and name.id in constants:
        value = truth(constants[name.id])
        if value is not None:
            return When(Condition.SWITCH if (value is not negated) is holds else Condition.NEVER)
    return When(Condition.DEPENDS, _bound(test, holds=holds))


def _evaluated(test: ast.expr) -> ast.expr:
    """The expression that a text holds."""
    if isinstance(test, ast.Constant) and isinstance(test.value, str):
        try:
            return ast.parse(test.value.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ast.Name("?", ast.Load())
    return test


def _negated(test: ast.expr) -> tuple[ast.expr, bool]:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return test.operand, True
    return test, False


def _bound(test: ast.expr, *, holds: bool) -> Bound | None:
    """The version in `sys.version_info < (3, 8)`."""
    if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.comparators[0], ast.Tuple):
        return None
    sign = _SIGNS.get(type(test.ops[0]))
    if sign is None or dotted(test.left) not in ("sys.version_info", "version_info"):
        return None
    numbers = [one.value for one in test.comparators[0].elts if isinstance(one, ast.Constant)]
    if len(numbers) < 2 or not all(isinstance(one, int) for one in numbers[:2]):  # noqa: PLR2004 - major and minor
        return None
    return Bound(sign if holds else _OPPOSITE[sign], int(str(numbers[0])), int(str(numbers[1])))


class Why(NamedTuple):
    """Whether a reason is given, and its text as far as it is literal."""

    reason: Reason = Reason.NONE
    text: str = ""


def why(node: ast.expr | None, constants: Constants) -> Why:
    """The reason that an expression gives."""
    if node is None:
        return Why()
    if isinstance(node, ast.Name) and node.id in constants:
        node = constants[node.id]
    if isinstance(node, ast.Constant):
        text = node.value if isinstance(node.value, str) else ""
        return Why(Reason.TEXT if text.strip() else Reason.NONE, text[:300])
    if isinstance(node, ast.JoinedStr):
        parts = [one.value for one in node.values if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        return Why(Reason.COMPUTED, "".join(parts)[:300])
    return Why(Reason.COMPUTED)
