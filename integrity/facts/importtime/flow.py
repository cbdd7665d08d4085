"""Reads statements that decide on what runs: branches, loops, handlers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from integrity.facts.importtime.assignments import Assignments
from integrity.facts.importtime.shapes import (
    catches_import_errors,
    caught_names,
    dotted_name,
    swallowed_names,
    target_names,
    why_never,
)
from integrity.facts.program import (
    Assign,
    Guard,
    Handler,
    If,
    Literal,
    Perhaps,
    Raise,
    Return,
    Run,
    Step,
    Try,
    Value,
    With,
)


class Flow(Assignments):
    """The part of a reader that is about control flow."""

    def expression(self, node: ast.Expr) -> Iterator[Step]:
        """An expression as a statement."""
        value = self._run(self.value(node.value))
        if value is not None:
            yield Run(value)

    def if_(self, node: ast.If) -> Iterator[Step]:
        """`if`, with its `elif`s in one step; arms that never run are only looked through."""
        arms: list[tuple[Value, tuple[Step, ...]]] = []
        orelse: tuple[Step, ...] = ()
        alive = True
        current: ast.If | None = node
        while current:
            test = self.value(current.test)
            truth = test.value if isinstance(test, Literal) and not isinstance(test.value, str) else None
            never = why_never(current.test)
            body = self._guarded(current.body, Guard.CONDITIONAL if truth is not True else 0, truth is False, never)
            if alive and truth is not False:
                arms.append((test, body))
            alive = alive and truth is not True
            rest = current.orelse
            current = rest[0] if len(rest) == 1 and isinstance(rest[0], ast.If) else None
            if not current and rest:
                guard = Guard.CONDITIONAL if arms else 0
                found = self._guarded(rest, guard, not alive, Guard.NEVER)
                orelse = found if alive else ()
        if arms:
            yield If(tuple(arms), orelse)
        else:
            yield from orelse

    def try_(self, node: Any) -> Iterator[Step]:
        """`try`, `except*` included."""
        handlers = [(caught_names(handler.type), handler) for handler in node.handlers]
        grouped = type(node).__name__ == "TryStar"
        tries = any(catches_import_errors(names) for names, _ in handlers)
        body = self._guarded(node.body, Guard.TRIED if tries else 0)
        caught = tuple([self._handler(("",) if grouped else names, handler) for names, handler in handlers])
        yield Try(body, caught, self.block(node.orelse), self.block(node.finalbody))

    def _handler(self, names: tuple[str, ...] | None, node: ast.ExceptHandler) -> Handler:
        if node.name:
            self.bind(node.name)
            self._proof.unbound(node.name)
        return Handler(names, node.name or "", self._guarded(node.body, Guard.CONDITIONAL), node.lineno)

    def with_(self, node: ast.With | ast.AsyncWith) -> Iterator[Step]:
        """`with`, and what it swallows."""
        swallowed: tuple[str, ...] | None = ()
        expecting = False
        for item in node.items:
            names = swallowed_names(item.context_expr)
            swallowed = None if names is None or swallowed is None else (*swallowed, *names)
            expecting = expecting or bool(names)
        values = tuple([self.value(item.context_expr) for item in node.items])
        targets = [item.optional_vars for item in node.items if item.optional_vars]
        bound = [name for target in targets for name in target_names(target)]
        for name in bound:
            self.bind(name)
        body = self._guarded(node.body, Guard.EXPECTED if expecting else 0)
        yield With(values, tuple(bound), swallowed, body)

    def loop(self, node: ast.For | ast.AsyncFor | ast.While) -> Iterator[Step]:
        """A loop, whose body may never run."""
        head = self.value(node.test if isinstance(node, ast.While) else node.iter)
        target = [] if isinstance(node, ast.While) else list(self._store([node.target], None))
        body = self._guarded([*node.body, *node.orelse], Guard.CONDITIONAL)
        yield Perhaps((head,), (*target, *body))

    def match(self, node: ast.Match) -> Iterator[Step]:
        """`match`, of which any case may run."""
        head = self.value(node.subject)
        steps: list[Step] = []
        for case in node.cases:
            captured = [
                name
                for part in ast.walk(case.pattern)
                for name in (getattr(part, "name", None), getattr(part, "rest", None))
                if isinstance(name, str)
            ]
            for name in captured:
                self.bind(name)
            steps += [Assign(tuple(captured), None)] if captured else []
            steps += self._guarded(case.body, Guard.CONDITIONAL)
        yield Perhaps((head,), tuple(steps))

    def assert_(self, node: ast.Assert) -> Iterator[Step]:
        """`assert`."""
        test = self._run(self.value(node.test))
        if test is not None:
            yield Run(test)

    def raise_(self, node: ast.Raise) -> Iterator[Step]:
        """`raise`."""
        called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        yield Raise(dotted_name(called) if called else "", self.value(node.exc) if node.exc else None, node.lineno)

    def return_(self, node: ast.Return) -> Iterator[Step]:
        """`return`."""
        yield Return(self.value(node.value) if node.value else Literal(None))
