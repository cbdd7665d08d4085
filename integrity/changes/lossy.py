"""Assertions that compare less of a result than before: a slice, a size, a text without its case or its spaces."""

from __future__ import annotations

import ast

from integrity.facts.profile import Check

_COARSE = frozenset({"len", "bool", "type", "int", "round", "abs", "any", "all", "hash", "id"})
_UNORDERED = frozenset({"sorted", "set", "frozenset", "Counter"})
_COARSE_METHODS = frozenset({"split", "lower", "upper", "casefold", "title", "capitalize", "swapcase", "keys"})
_TRIMMING_METHODS = frozenset({"strip", "lstrip", "rstrip", "splitlines", "replace", "removesuffix", "removeprefix"})
_COARSE_SIGNS = (ast.FloorDiv, ast.Mod, ast.RShift, ast.BitAnd)
_MOST = 4


def less(before: Check, after: Check) -> tuple[str, bool]:
    """How an assertion compares less than the one it replaces, and whether next to no honest reason asks for that.

    Returns:
        What is done to the result now, "" when it is compared as before; and whether it is more than trimming or order.
    """
    if before.kind != "compare" or after.kind != "compare" or before.operator != after.operator:
        return "", False
    for was, now, own in ((before.subject, after.subject, after.expected), (before.expected, after.expected, "")):
        found = _layers(now, was)
        if found and (own == before.expected or _layers(own, before.expected) or after.literal or not own):
            return ", ".join(name for name, _ in found), any(coarse for _, coarse in found)
    return "", False


def _layers(text: str, core: str) -> list[tuple[str, bool]]:
    """What a source does to another that it contains, each with whether it is coarse; nothing when it does more."""
    node = _parsed(text)
    found: list[tuple[str, bool]] = []
    while node is not None and ast.unparse(node) != core:
        inner = _inner(node)
        if inner is None or len(found) >= _MOST:
            return []
        node, name, coarse = inner
        found.append((name, coarse))
    return found if node is not None else []


def _inner(node: ast.expr) -> tuple[ast.expr, str, bool] | None:
    """What stands inside one lossy operation, its name and whether it is coarse."""
    if isinstance(node, ast.Subscript):
        bounds = node.slice
        whole = isinstance(bounds, ast.Slice) and bounds.lower is None and bounds.upper is None
        return None if whole or not _is_place(bounds) else (node.value, f"[{ast.unparse(bounds)}]", True)
    if isinstance(node, ast.BinOp) and isinstance(node.op, _COARSE_SIGNS):
        return node.left, f"{ast.unparse(ast.BinOp(ast.Name('it'), node.op, node.right))}", True
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Name) and node.args and node.func.id in _COARSE | _UNORDERED:
        return node.args[0], f"{node.func.id}()", node.func.id in _COARSE
    if isinstance(node.func, ast.Attribute) and node.func.attr in _COARSE_METHODS | _TRIMMING_METHODS:
        return node.func.value, f".{node.func.attr}()", node.func.attr in _COARSE_METHODS
    return None


def _is_place(bounds: ast.expr) -> bool:
    """Whether a subscript is a slice, a number or a key, which picks a part."""
    number = bounds.operand if isinstance(bounds, ast.UnaryOp) else bounds
    return isinstance(bounds, ast.Slice) or isinstance(number, ast.Constant)


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body if text else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
