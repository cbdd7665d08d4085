"""Expressions with the local names in them replaced by what was assigned to them, once."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterable

from integrity.facts.checks import source
from integrity.facts.expressions import awaited, nodes

_MOST = 20  # replacements in one expression


class Unfolding:
    """The local names of one function that are assigned once, and to what.

    Args:
        every: the nodes of the function.
    """

    def __init__(self, every: Iterable[ast.AST]) -> None:
        values: dict[str, ast.expr] = {}
        stored: Counter[str] = Counter()
        for one in every:
            if isinstance(one, ast.arg):
                stored[one.arg] += 1
            elif isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load):
                stored[one.id] += 1
            elif isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
                values[one.targets[0].id] = awaited(one.value)
        self._values = {name: value for name, value in values.items() if stored[name] == 1}

    def value(self, name: str) -> ast.expr | None:
        """What a name is assigned, once; None for any other name."""
        return self._values.get(name)

    def of(self, text: str) -> str:
        """An expression's source unfolded; as it is where it does not parse."""
        try:
            tree = ast.parse(text, mode="eval").body
            return source(_Unfolder(self._values).visit(tree))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return text


class _Unfolder(ast.NodeTransformer):
    def __init__(self, values: dict[str, ast.expr]) -> None:
        self._values = values
        self._left = _MOST

    def visit_Name(self, node: ast.Name) -> ast.expr:
        value = self._values.get(node.id)
        if value is None or self._left <= 0 or _too_long(value):
            return node
        self._left -= 1
        replaced: ast.expr = self.visit(copy.deepcopy(value))
        return replaced


def _too_long(value: ast.expr) -> bool:
    return sum(1 for _ in nodes(value)) > 10 * _MOST
