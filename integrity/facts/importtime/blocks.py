"""Reads blocks of statements, each kind of which a subclass knows how to read."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from integrity.facts.importtime.expressions import Expressions
from integrity.facts.importtime.reader import Scope
from integrity.facts.program import (
    Assign,
    Step,
    Value,
)


class Blocks(Expressions):
    """The part of a reader that goes through blocks.

    Attributes:
        statements: per type of statement what reads it.
    """

    statements: ClassVar[Mapping[type, Callable[[Any, Any], Iterable[Step]]]] = {}

    def block(self, statements: Sequence[ast.stmt], *, straight: bool = False) -> tuple[Step, ...]:
        """The steps of a block.

        Args:
            statements: the block.
            straight: whether it runs to its end once whenever the block around it does.
        """
        steps: list[Step] = []
        around = self._straight
        self._straight = around and straight
        for node in statements:
            read = self.statements.get(type(node))
            if read:
                for step in read(self, node):
                    _append(steps, step)
                    if self._straight and self.scope is self._module:
                        self._proof.ran(step, self.sites)
        self._straight = around
        return tuple(steps)

    def _run(self, value: Value) -> Value:
        """What is left of an expression whose value nobody uses."""
        if self._function or value is None:
            return value
        return self._proof.pruned(value, self.scope.names if self.scope.kind == "class" else (), certain=self._straight)

    def _guarded(
        self, statements: Sequence[ast.stmt], guard: int = 0, dead: bool = False, never: int = 0
    ) -> tuple[Step, ...]:
        """A block under a guard; of one that never runs only the imports are noted."""
        before, scope = self._guard, self.scope
        self._guard |= guard | (never if dead else 0)
        if dead:
            self.scope = Scope(scope.kind)
            self._light += 1
        try:
            return self.block(statements)
        finally:
            scope.yields = scope.yields or self.scope.yields
            self._guard, self.scope = before, scope
            self._light -= dead


def _append(steps: list[Step], step: Step) -> None:
    """Add a step; neighbouring assignments of values that do not matter become one."""
    last = steps[-1] if steps else None
    if type(step) is Assign and step.value is None and type(last) is Assign and last.value is None:
        steps[-1] = Assign((*last.names, *step.names), None, (*last.unpacked, *step.unpacked))
    else:
        steps.append(step)
