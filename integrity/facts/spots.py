"""The statements of a function with what stands around each of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from integrity.facts.bodies import Function
from integrity.facts.expressions import awaited, dotted, nodes

_COMPOUND = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.Match),
    getattr(ast, "TryStar", ast.Try),  # since Python 3.11
)

_OPTIONAL_IMPORTS = ("import_module", "importorskip", "__import__", "find_spec", "try_import", "optional_dependency")


class Spot(NamedTuple):
    """Where a statement stands in a test: the statements around it, outermost first, and the blocks of them."""

    statement: ast.stmt
    around: tuple[tuple[Any, str], ...]


class Spots:
    """The statements of one function, nested definitions left out, in order.

    Args:
        function: the function.
    """

    def __init__(self, function: Function) -> None:
        self.function = function
        self.all = list(_spots(function))

    def around(self, node: Any) -> tuple[tuple[Any, str], ...]:
        """What stands around a statement, or around the one that an expression belongs to."""
        known = self._around.get(id(node))
        if known is not None:
            return known
        holding = [one for one in self.all if one.statement.lineno <= node.lineno <= (one.statement.end_lineno or 0)]
        return holding[-1].around if holding else ()

    def computed(self, before: ast.stmt) -> set[str]:
        """The names that are bound to the result of a call in front of a statement."""
        return {name for line, name in self._computed if line < before.lineno}

    @cached_property
    def _around(self) -> dict[int, tuple[tuple[Any, str], ...]]:
        return {id(one.statement): one.around for one in self.all}

    @cached_property
    def _computed(self) -> list[tuple[int, str]]:
        return [
            (one.statement.lineno, each.id)
            for one in self.all
            if isinstance(one.statement, ast.Assign) and _is_result(awaited(one.statement.value))
            for target in one.statement.targets
            for each in nodes(target)
            if isinstance(each, ast.Name)
        ]


def _is_result(value: ast.expr) -> bool:
    """Whether it is what a call gives back; a module that may be missing is none of the test's doing."""
    return isinstance(value, ast.Call) and not dotted(value.func).rpartition(".")[2].endswith(_OPTIONAL_IMPORTS)


def _spots(node: Function) -> Iterator[Spot]:
    """The statements of a function, nested definitions left out, in order."""
    stack: list[Spot] = [Spot(one, ()) for one in reversed(node.body)]
    while stack:
        spot = stack.pop()
        yield spot
        if isinstance(spot.statement, _COMPOUND):
            stack += reversed(
                [Spot(one, (*spot.around, (spot.statement, part))) for part, one in _inside(spot.statement)]
            )


def _inside(node: Any) -> Iterator[tuple[str, ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield from ((name, one) for one in block)
    for handler in getattr(node, "handlers", ()):
        yield from (("handler", one) for one in handler.body)
    for case in getattr(node, "cases", ()):
        yield from (("case", one) for one in case.body)
