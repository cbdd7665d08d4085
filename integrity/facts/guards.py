"""What stands around a statement: functions, conditions, and what becomes of an error that it raises."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from typing import Any

from integrity.facts.symbols import Guard, GuardKind

RAISER = re.compile("raises", re.IGNORECASE)  # of pytest and unittest, and what projects name alike
_ENDERS = frozenset({"fail", "exit", "_exit", "quit", "abort"})
_EVERYTHING = "BaseException"
_PLAIN = frozenset(
    {"wraps", "staticmethod", "classmethod", "property", "contextmanager", "asynccontextmanager", "fixture"}
)


class Guards:
    """Every distinct guard of a module, by index; -1 stands for none."""

    def __init__(self) -> None:
        self.all: list[Guard] = []
        self._known: dict[Guard, int] = {}
        self._dead: list[bool] = []

    def function(self, outer: int) -> int:
        """The body of a function; one inside another is no different."""
        inside = outer >= 0 and any(one.kind is GuardKind.FUNCTION for one in self.around(outer))
        return outer if inside else self._add(Guard(GuardKind.FUNCTION, (), outer))

    def rebuilt(self, node: Any, scope: ast.AST, outer: int) -> int:
        """The body of a decorated function inside a test: compilers and the like take it, and nothing is called."""
        inside = isinstance(scope, _FUNCTIONS) and scope.name.startswith("test")
        names = {last_name(one.func if isinstance(one, ast.Call) else one) for one in node.decorator_list}
        return self._add(Guard(GuardKind.REBUILT, (), outer)) if inside and names - _PLAIN else outer

    def condition(self, scope: ast.AST, outer: int) -> int:
        """A block that may not run; what runs inside a function is a matter of chance anyway."""
        return outer if isinstance(scope, _FUNCTIONS) else self._add(Guard(GuardKind.CONDITION, (), outer))

    def branches(self, node: ast.If, scope: ast.AST, outer: int) -> tuple[int, int]:
        """The two branches of a condition."""
        kind, negated = _condition(node.test)
        if kind is GuardKind.CONDITION:
            return (self.condition(scope, outer),) * 2
        guarded = self._add(Guard(kind, (), outer))
        return (outer, guarded) if negated else (guarded, outer)

    def tried(self, node: Any, outer: int) -> int:
        """The body of a `try`, where a handler does not raise again."""
        names = [name for one in node.handlers if not _ends(one.body) for name in error_names(one.type)]
        return self._add(Guard(GuardKind.TRY, tuple(dict.fromkeys(names)), outer)) if names else outer

    def handled(self, handler: ast.ExceptHandler, outer: int) -> int:
        """The body of an `except` clause."""
        return self._add(Guard(GuardKind.FALLBACK, tuple(error_names(handler.type)), outer))

    def with_statement(self, node: Any, outer: int) -> int:
        """The body of a `with`: an error may be expected or suppressed in it."""
        for item in node.items:
            call = item.context_expr
            name = last_name(call.func) if isinstance(call, ast.Call) else ""
            raises = bool(RAISER.search(name))
            if raises or name == "suppress":
                kind = GuardKind.RAISES if raises else GuardKind.TRY
                errors = [error for one in call.args for error in error_names(one)]
                outer = self._add(Guard(kind, tuple(errors), outer))
        return outer

    def after(self, node: ast.stmt, guard: int) -> int:
        """What stands around the statements behind one of a module: nothing runs behind the skip of the whole."""
        if guard >= 0 and self.all[guard].kind is GuardKind.SKIPPED:
            return guard
        if skips_module(node):
            return self._add(Guard(GuardKind.SKIPPED, (), guard))
        if isinstance(node, (ast.If, ast.Try)) and _may_leave(node):
            known = guard >= 0 and self.all[guard].kind is GuardKind.CONDITION  # a long row of them says no more
            return guard if known else self._add(Guard(GuardKind.CONDITION, (), guard))
        return guard

    def never_runs(self, guard: int) -> bool:
        """Whether only type checkers see what stands there."""
        return guard >= 0 and self._dead[guard]

    def around(self, index: int) -> list[Guard]:
        """The guard with this index and those around it, innermost first."""
        found: list[Guard] = []
        while index >= 0:
            found.append(self.all[index])
            index = self.all[index].outer
        return found

    def _add(self, guard: Guard) -> int:
        index = self._known.get(guard)
        if index is None:
            index = self._known[guard] = len(self.all)
            self.all.append(guard)
            self._dead.append(guard.kind in (GuardKind.TYPING, GuardKind.NEVER) or self.never_runs(guard.outer))
        return index


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def error_names(node: ast.expr | None) -> list[str]:
    """The last parts of the names of the errors in an `except` clause; a bare one, or one nobody knows, is all."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return [last_name(part) or _EVERYTHING for part in parts]


def last_name(node: ast.AST | None) -> str:
    """The last part of a dotted name, "" for anything else."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def skips_module(node: ast.stmt) -> bool:
    """Whether nothing behind a statement runs: it raises, or skips the module."""
    if isinstance(node, ast.Raise):
        return True
    call = node.value if isinstance(node, ast.Expr) else None
    if not isinstance(call, ast.Call):
        return False
    if last_name(call.func) in ("exit", "_exit"):
        return True
    return last_name(call.func) == "skip" and any(one.arg == "allow_module_level" for one in call.keywords)


def _may_leave(node: ast.If | ast.Try) -> bool:
    """Whether a branch raises or skips the module."""
    blocks: Sequence[list[ast.stmt]] = [node.body, node.orelse]
    if isinstance(node, ast.Try):
        blocks = [*blocks, *(handler.body for handler in node.handlers)]
    return any(skips_module(statement) for block in blocks for statement in block)


def _ends(body: Iterable[ast.stmt]) -> bool:
    """Whether a handler raises, or makes the test fail or the program end."""
    for node in body:
        if isinstance(node, ast.Raise) or (isinstance(node, ast.Assert) and _is_false(node.test)):
            return True
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and last_name(call.func) in _ENDERS:
            return True
    return False


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _condition(test: ast.expr) -> tuple[GuardKind, bool]:
    """What kind of condition a test is, and whether its body is the other branch."""
    negated = False
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, negated = test.operand, not negated
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    if any(last_name(part) == "TYPE_CHECKING" for part in parts) and (len(parts) == 1 or not negated):
        return GuardKind.TYPING, negated
    if any(isinstance(part, ast.Constant) and not part.value for part in parts):
        return GuardKind.NEVER, negated
    if isinstance(test, ast.Compare) and last_name(test.left) == "__name__" and isinstance(test.ops[0], ast.Eq):
        return GuardKind.SCRIPT, negated
    return GuardKind.CONDITION, negated
