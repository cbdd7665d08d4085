"""Small questions about the shape of a syntax tree."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from typing import Any

from integrity.facts.program import (
    Guard,
)

_CATCH_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_EXPECTING = frozenset({"raises", "assertRaises", "assertRaisesRegex", "suppress"})
_HARMLESS = frozenset(
    {"catch_warnings", "open", "nullcontext", "patch", "TemporaryDirectory", "lock", "Lock", "RLock", "_lock", "files"}
)


def operands(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions directly inside one, in order."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child


def literal_texts(node: ast.expr) -> tuple[str, ...] | None:
    """The strings of a list or tuple of strings."""
    if not isinstance(node, (ast.List, ast.Tuple)):
        return None
    values = [item.value for item in node.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return tuple(values) if len(values) == len(node.elts) else None


def target_names(target: ast.expr) -> Iterator[str]:
    """The names in an assignment target."""
    pending = [target]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, (ast.Tuple, ast.List)):
            pending += reversed(node.elts)
        elif isinstance(node, ast.Starred):
            pending.append(node.value)


def parameters_of(node: ast.arguments) -> list[ast.arg]:
    """All parameters of a signature, positional ones first."""
    found = [*node.posonlyargs, *node.args, node.vararg, *node.kwonlyargs, node.kwarg]
    return [one for one in found if one]


def positional_count(node: ast.arguments) -> int:
    """How many parameters may be given by position."""
    return len(node.posonlyargs) + len(node.args)


def default_values(node: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """The parameters that have a default, in the order in which those are evaluated."""
    places = [*node.posonlyargs, *node.args]
    yield from zip([one.arg for one in places[len(places) - len(node.defaults) :]], node.defaults, strict=True)
    yield from ((one.arg, value) for one, value in zip(node.kwonlyargs, node.kw_defaults, strict=True) if value)


def argument_keywords(node: ast.Call) -> tuple[str, ...]:
    """The parameters that the last arguments of a call are for, from the first on that is not given by its position."""
    starred = next((place for place, one in enumerate(node.args) if isinstance(one, ast.Starred)), len(node.args))
    return (*("*" for _ in node.args[starred:]), *(one.arg or "*" for one in node.keywords))


def tests_none(node: ast.Compare) -> bool:
    """Whether it is `x is None` or `x is not None`."""
    right = node.comparators[0]
    only = len(node.ops) == 1 and isinstance(node.ops[0], (ast.Is, ast.IsNot))
    return only and isinstance(right, ast.Constant) and right.value is None


def holds_items(node: ast.expr) -> bool:
    """Whether a loop over an expression certainly runs."""
    plain = isinstance(node, (ast.List, ast.Tuple)) and bool(node.elts)
    return plain and not any(isinstance(item, ast.Starred) for item in node.elts)  # type: ignore[attr-defined]


def type_parameters(node: Any) -> list[str]:
    """The names in `[T]` behind the name of a function, class or alias."""
    return [one.name for one in getattr(node, "type_params", ())]


def dotted_name(node: ast.expr) -> str:
    """The dotted name of an expression, "" when it is something else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def caught_names(node: ast.expr | None) -> tuple[str, ...] | None:
    """The dotted names of what a handler catches."""
    if node is None:
        return None
    return tuple([dotted_name(one) for one in node.elts]) if isinstance(node, ast.Tuple) else (dotted_name(node),)


def catches_import_errors(names: tuple[str, ...] | None) -> bool:
    """Whether a handler of these names ends an ImportError."""
    return names is None or not _CATCH_IMPORT_ERRORS.isdisjoint(names)


def swallowed_names(node: ast.expr) -> tuple[str, ...] | None:
    """The exceptions that a context manager ends quietly, None when nobody knows."""
    last = dotted_name(node.func if isinstance(node, ast.Call) else node).rpartition(".")[2]
    if isinstance(node, ast.Call) and last in _EXPECTING:
        return tuple([dotted_name(one) for argument in node.args for one in _alternatives(argument)])
    return () if last in _HARMLESS else None


def _alternatives(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def why_never(test: ast.expr) -> int:
    """What keeps the imports under a test that never holds from running."""
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__":
        return Guard.DEFERRED | Guard.CONDITIONAL
    if dotted_name(test).endswith("TYPE_CHECKING") or isinstance(test, ast.BoolOp):
        return Guard.TYPE_CHECKING
    return Guard.NEVER


def decided(node: ast.Compare) -> bool | None:
    """Whether a comparison holds, for those that are the same in every import: of `__name__`, and of the version."""
    if len(node.ops) != 1:
        return None
    left, operator, right = node.left, type(node.ops[0]), node.comparators[0]
    if isinstance(left, ast.Name) and left.id == "__name__" and isinstance(right, ast.Constant):
        return {ast.Eq: False, ast.NotEq: True}.get(operator) if right.value == "__main__" else None
    compare = _COMPARISONS.get(operator)
    if (
        compare is None
        or not isinstance(right, ast.Tuple)
        or dotted_name(left) not in ("sys.version_info", "version_info")
    ):
        return None
    wanted = [item.value for item in right.elts if isinstance(item, ast.Constant) and type(item.value) is int]
    if len(wanted) != len(right.elts):
        return None
    return compare(sys.version_info[:3] if len(wanted) > 2 else (*sys.version_info[:2], 0.5), tuple(wanted))  # noqa: PLR2004


_COMPARISONS: dict[type, Callable[[Any, Any], bool]] = {
    ast.Lt: lambda left, right: left < right,
    ast.LtE: lambda left, right: left <= right,
    ast.Gt: lambda left, right: left > right,
    ast.GtE: lambda left, right: left >= right,
}
