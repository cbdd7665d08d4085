"""What CPython parses and then refuses to compile: such a module cannot be imported either.

Compiling every tree costs 80 % of parsing it. One walk over the statements costs 2 % and finds the files that may fail:
only those are compiled. Not looked for, because it takes a walk over every expression: repeated keyword arguments,
misplaced walruses and stars, asynchronous comprehensions, `await` in a lambda.

An `await` at module level is how notebooks and consoles are written, so it is refused only in a module of tests.
"""

from __future__ import annotations

import __future__

import ast
import re
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any, TypeGuard

from integrity.facts.limits import raise_if_limit

Function = ast.FunctionDef | ast.AsyncFunctionDef
Kinds = frozenset[type[ast.AST]]

_AWAIT = re.compile(r"await[ \t(\\]")
_BREAKS: Kinds = frozenset([ast.Break, ast.Continue])
_RARE: Kinds = frozenset([ast.Nonlocal, ast.Global, ast.Match, getattr(ast, "TryStar", ast.Match)])
# What may not stand in a coroutine, a plain function, a module or class directly, or seldom does.
_ASYNC: Kinds = _BREAKS | _RARE
_PLAIN: Kinds = _ASYNC | {ast.AsyncFor, ast.AsyncWith}
_OUTSIDE: Kinds = _PLAIN | {ast.Return}
_SCOPES = {ast.FunctionDef: _PLAIN, ast.AsyncFunctionDef: _ASYNC, ast.ClassDef: _OUTSIDE}
_IN_LOOP = {kinds: kinds - _BREAKS for scope in (_ASYNC, _PLAIN, _OUTSIDE) for kinds in (scope, scope - _BREAKS)}
_FUNCTIONS: Kinds = frozenset([ast.FunctionDef, ast.AsyncFunctionDef])
_LOOPS: Kinds = frozenset([ast.For, ast.AsyncFor, ast.While])
_LEAVES: Kinds = frozenset(
    [ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Import, ast.Assert, ast.Raise, ast.Delete, ast.Pass]
)
_YIELDS: Kinds = frozenset([ast.Yield, ast.YieldFrom])
_FIELDS = {
    **dict.fromkeys([*_SCOPES, ast.With, ast.AsyncWith, ast.ExceptHandler], ("body",)),
    **dict.fromkeys([ast.If, *_LOOPS], ("body", "orelse")),
    ast.Try: ("body", "handlers", "orelse", "finalbody"),
}


def refusal(tree: ast.Module, text: str) -> SyntaxError | None:
    """Why CPython does not compile a tree, None when it does, or when nothing hints that it might not.

    Args:
        tree: the tree of the text.
        text: what it was parsed from; compiled instead of a tree too deep to be handed back to CPython.

    Raises:
        ParserLimit: it exceeds one of CPython's own limits.
    """
    return _compile(tree, text) if _suspicious(tree, text) else None


def _compile(tree: ast.Module, text: str) -> SyntaxError | None:
    flags = 0 if _defines_tests(tree) else ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    for source in (tree, text):
        try:
            compile(source, "<text>", "exec", flags, dont_inherit=True)
        except SyntaxError as error:
            raise_if_limit(error)
            return error
        except (RecursionError, MemoryError):
            continue
        return None
    return None


def _defines_tests(tree: ast.Module) -> bool:
    definitions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef))
    return any(node.name.lower().startswith("test") for node in definitions)


def _suspicious(tree: ast.Module, text: str) -> bool:
    functions: list[Function] = []
    return _has_suspect(tree, functions) or ("await" in text and _awaits_outside(functions, text))


def _has_suspect(tree: ast.Module, functions: list[Function]) -> bool:
    """Whether a statement stands where it may not; notes every function on the way."""
    stack: list[tuple[list[ast.stmt], Kinds]] = [(tree.body[_prelude(tree.body) :], _OUTSIDE)]
    while stack:
        statements, suspects = stack.pop()
        for statement in statements:
            kind = type(statement)
            if kind in _LEAVES:
                continue
            if kind in suspects or (kind in _CHECKS and _CHECKS[kind](statement, suspects)):
                return True
            if kind in _FUNCTIONS:
                functions.append(statement)  # type: ignore[arg-type]
            stack += _blocks(statement, kind, suspects)
    return _yields(tree.body)


def _blocks(statement: ast.stmt, kind: type[ast.stmt], suspects: Kinds) -> list[tuple[list[ast.stmt], Kinds]]:
    """The blocks of a statement, each with what is suspicious in it."""
    inner = _SCOPES.get(kind, suspects)
    blocks = [(block, inner) for name in _FIELDS.get(kind, ()) if (block := getattr(statement, name))]
    if kind in _LOOPS:
        blocks[0] = (blocks[0][0], _IN_LOOP[suspects])
    if kind in _FUNCTIONS:
        blocks[0] = (_after_globals(blocks[0][0]), inner)
    return blocks


def _after_globals(body: list[ast.stmt]) -> list[ast.stmt]:
    """A function's body without the `global` statements before its first use of any name."""
    start = 0
    while start < len(body) and (type(body[start]) is ast.Global or _is_docstring(body[start])):
        start += 1
    return body[start:] if start else body


def _prelude(body: list[ast.stmt]) -> int:
    """The number of statements that may stand before other ones only: a docstring and known future imports."""
    start = 1 if body and _is_docstring(body[0]) else 0
    while start < len(body) and _is_known_future(body[start]):
        start += 1
    return start


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _is_known_future(statement: ast.stmt) -> bool:
    return _is_future(statement) and {alias.name for alias in statement.names}.issubset(__future__.all_feature_names)


def _is_future(statement: ast.stmt) -> TypeGuard[ast.ImportFrom]:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__" and not statement.level


def _bad_import(statement: ast.ImportFrom, suspects: Kinds) -> bool:
    """Whether it is a late future import, or a star in a function or class."""
    return _is_future(statement) or (ast.Return not in suspects and statement.names[0].name == "*")


def _bad_class(statement: ast.ClassDef, _: Kinds) -> bool:
    return _yields(statement.body)


def _bad_function(statement: Function, _: Kinds) -> bool:
    """Whether two parameters bear one name, or one is declared global."""
    arguments = statement.args
    names = [a.arg for a in arguments.args]
    if arguments.kwonlyargs or arguments.posonlyargs or arguments.vararg or arguments.kwarg:
        others = [*arguments.kwonlyargs, *arguments.posonlyargs, arguments.vararg, arguments.kwarg]
        names += [a.arg for a in others if a]
    unique = set(names)
    declared = (node for node in statement.body if type(node) is ast.Global)
    return len(unique) < len(names) or any(not unique.isdisjoint(node.names) for node in declared)


def _yields(body: list[ast.stmt]) -> bool:
    """Whether a statement of a module or class body is a `yield`."""
    return any(type(node.value) in _YIELDS for node in body if isinstance(node, ast.Expr | ast.Assign))


def _awaits_outside(functions: list[Function], text: str) -> bool:
    """Whether an `await`, be it in a comment or string, stands elsewhere than in a coroutine."""
    functions.sort(key=attrgetter("lineno"))
    around: list[Function] = []
    following = 0
    for line in _await_lines(text):
        while following < len(functions) and functions[following].lineno <= line:
            around.append(functions[following])
            following += 1
        while around and (around[-1].end_lineno or 0) < line:
            around.pop()
        if not around or type(around[-1]) is ast.FunctionDef:
            return True
    return False


def _await_lines(text: str) -> Iterator[int]:
    """The lines on which the word stands, in code unless the line is a comment."""
    line, position = 1, 0
    for match in _AWAIT.finditer(text):
        line += text.count("\n", position, match.start())
        position = match.start()
        yield line


_CHECKS: dict[type[ast.stmt], Callable[[Any, Kinds], bool]] = {
    ast.ImportFrom: _bad_import,
    ast.ClassDef: _bad_class,
    ast.FunctionDef: _bad_function,
    ast.AsyncFunctionDef: _bad_function,
}
