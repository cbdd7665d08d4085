"""What is done to a copy of the environment: made into another copy, passed to a subprocess, amended, or kept.

A copy is not the environment. One that is only amended and passed on as `env=` is how a subprocess is started.
"""

from __future__ import annotations

import ast

from integrity.facts.environ_forms import AMENDERS, COPIERS, SPAWNERS, callee, literal, merges
from integrity.facts.scopes import Names


def copied(names: Names, parent: ast.AST | None, node: ast.AST) -> ast.AST | None:
    """The expression that makes another copy of this one, None when there is none."""
    if isinstance(parent, ast.Attribute):
        call = names.parents.get(parent)
        return call if isinstance(call, ast.Call) and call.func is parent and parent.attr in {"copy", "items"} else None
    if isinstance(parent, ast.Call):
        return parent if isinstance(parent.func, ast.Name) and callee(parent) in COPIERS else None
    if isinstance(parent, ast.keyword):
        call = names.parents[parent]
        return call if parent.arg is None and callee(call) == "dict" else None
    if isinstance(parent, ast.comprehension):
        made = names.parents[parent]
        return made if isinstance(made, ast.DictComp) and parent.iter is node else None
    return parent if isinstance(parent, (ast.Dict, ast.BinOp)) and merges(parent, node) else None


def passed(names: Names, parent: ast.AST | None, node: ast.AST) -> bool:
    """Whether a mapping is handed to a subprocess: as `env=`, as the entry "env" of its options, or to `execve`."""
    if isinstance(parent, ast.keyword):
        return parent.arg == "env"
    if isinstance(parent, ast.Call):
        return callee(parent) in SPAWNERS
    if isinstance(parent, ast.Dict):
        entries = zip(parent.keys, parent.values, strict=True)
        return any(value is node and key is not None and literal(names, key) == "env" for key, value in entries)
    target = parent.targets[0] if isinstance(parent, ast.Assign) else None
    return isinstance(target, ast.Subscript) and literal(names, target.slice) == "env"


def amended(names: Names, parent: ast.AST | None, node: ast.AST) -> bool:
    """Whether a copy is changed, or read only to change it."""
    if isinstance(parent, ast.Subscript) and parent.value is node and not isinstance(parent.ctx, ast.Load):
        return True
    if isinstance(parent, ast.AugAssign) and parent.target is node:
        return True
    return isinstance(node, ast.Name) and _in_amendment(names, node)


def _in_amendment(names: Names, node: ast.Name) -> bool:
    """Whether the statement around a use sets an entry of the same mapping."""
    statement: ast.AST | None = node
    while statement is not None and not isinstance(statement, ast.stmt):
        statement = names.parents.get(statement)
    changed = _changed(statement)
    return isinstance(changed, ast.Name) and changed.id == node.id


def _changed(statement: ast.AST | None) -> ast.AST | None:
    """The mapping of which a statement sets entries, None when it sets none."""
    if isinstance(statement, (ast.Assign, ast.AugAssign)):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        return target.value if isinstance(target, ast.Subscript) else None
    method = statement.value.func if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) else None
    return method.value if isinstance(method, ast.Attribute) and method.attr in AMENDERS else None
