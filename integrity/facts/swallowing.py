"""What tests are wrapped in that catches their failures, and objects that equal everything."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from integrity.facts.expressions import dotted, literal, nodes

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_BROAD = frozenset({"AssertionError", "Exception", "BaseException"})
_EXITS = ("__exit__", "__aexit__")


def equals_everything(tree: ast.Module) -> Iterator[str]:
    """Names of classes of a module whose `__eq__` is always true."""
    for node in _classes(tree):
        if any(one.name == "__eq__" and _returns_true(one) for one in _methods(node)):
            yield node.name


def swallowers(tree: ast.Module) -> Iterator[str]:
    """Names of decorators and context managers of a module that let no failed assertion through."""
    for one in tree.body:
        if isinstance(one, _FUNCTIONS) and any(_catches(each) for each in nodes(one) if isinstance(each, ast.Try)):
            yield one.name
    for node in _classes(tree):
        if any(one.name in _EXITS and _returns_true(one) for one in _methods(node)):
            yield node.name


def wrapped(every: Iterable[ast.AST], decorators: Iterable[ast.expr]) -> Iterator[str]:
    """The last names of decorators, and of what `with` enters."""
    yield from (dotted(one).rpartition(".")[2] for one in decorators)
    for one in every:
        if isinstance(one, (ast.With, ast.AsyncWith)):
            yield from (dotted(item.context_expr).rpartition(".")[2] for item in one.items)


def _classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    return (one for one in tree.body if isinstance(one, ast.ClassDef))


def _methods(node: ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (one for one in node.body if isinstance(one, _FUNCTIONS))


def _returns_true(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function does nothing but return something true, a docstring aside."""
    body = [one for one in function.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    value = body[-1].value if body and isinstance(body[-1], ast.Return) else None
    return len(body) == 1 and value is not None and literal(value) is True


def _catches(node: ast.Try) -> bool:
    """Whether a `try` around a `yield`, or a call of what is handed in, forgets what it catches."""
    runs = any(isinstance(each, ast.Yield) or _calls_argument(each) for one in node.body for each in nodes(one))
    return runs and any(_forgets(one) for one in node.handlers)


def _calls_argument(node: ast.AST) -> bool:
    """Whether a call hands on whatever arguments it got, as decorators do."""
    return isinstance(node, ast.Call) and any(isinstance(one, ast.Starred) for one in node.args)


def _forgets(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type] if handler.type else []
    broad = not kinds or any(dotted(one).rpartition(".")[2] in _BROAD for one in kinds)
    inner = [each for one in handler.body for each in nodes(one)]
    fails = any(isinstance(one, (ast.Raise, ast.Assert)) for one in inner)
    called = {dotted(one.func).rpartition(".")[2] for one in inner if isinstance(one, ast.Call)}
    return broad and not fails and called.isdisjoint(("fail", "append"))
