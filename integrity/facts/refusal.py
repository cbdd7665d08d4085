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
Block = tuple[list[ast.stmt], Kinds]  # statements, and what may not stand among them

_AWAIT = re.compile(r"await[ \t(\\]")
_OPERAND = re.compile(r"(?:\A|[=(\[{,:+*%<>|&-]|\b(?:return|yield|in|not|and|or|if|else|is|await|assert))[ \t]*\Z")
_BREAKS: Kinds = frozenset([ast.Break, ast.Continue])
_RARE: Kinds = frozenset([ast.Nonlocal, ast.Global, getattr(ast, "TryStar", ast.Nonlocal)])
# What may not stand in a coroutine, a plain function, a module or class directly, or seldom does.
_ASYNC: Kinds = _BREAKS | _RARE
_PLAIN: Kinds = _ASYNC | {ast.AsyncFor, ast.AsyncWith}
_OUTSIDE: Kinds = _PLAIN | {ast.Return}
_IN_LOOP = {kinds: kinds - _BREAKS for scope in (_ASYNC, _PLAIN, _OUTSIDE) for kinds in (scope, scope - _BREAKS)}
_LEAVES: Kinds = frozenset(
    [ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Import, ast.Assert, ast.Raise, ast.Delete, ast.Pass]
)
_YIELDS: Kinds = frozenset([ast.Yield, ast.YieldFrom])


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
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, kinds) and node.name.lower().startswith("test") for node in tree.body)


def _suspicious(tree: ast.Module, text: str) -> bool:
    functions: list[Function] = []
    return _has_suspect(tree, functions) or ("await" in text and _awaits_outside(functions, text))


def _has_suspect(tree: ast.Module, functions: list[Function]) -> bool:
    """Whether a statement stands where it may not; notes every function on the way."""
    stack: list[Block] = [(tree.body[_prelude(tree.body) :], _OUTSIDE)]
    while stack:
        statements, suspects = stack.pop()
        if ast.Return in suspects and _yields(statements):
            return True
        for statement in statements:
            kind = type(statement)
            if kind in _LEAVES:
                continue
            if kind in suspects:
                return True
            step = _STEPS.get(kind)
            if step and step(statement, suspects, stack, functions):
                return True
    return False


def _function(function: Function, _: Kinds, stack: list[Block], functions: list[Function]) -> bool:
    functions.append(function)
    stack.append((_after_globals(function.body), _PLAIN if type(function) is ast.FunctionDef else _ASYNC))
    return _bad_names(function)


def _class(statement: ast.ClassDef, _: Kinds, stack: list[Block], __: list[Function]) -> None:
    stack.append((statement.body, _OUTSIDE))


def _import(statement: ast.ImportFrom, suspects: Kinds, _: list[Block], __: list[Function]) -> bool:
    """Whether it is a late future import, or a star in a function."""
    return statement.module == "__future__" or (statement.names[0].name == "*" and ast.Return not in suspects)


def _with(statement: ast.With | ast.ExceptHandler, suspects: Kinds, stack: list[Block], _: list[Function]) -> None:
    stack.append((statement.body, suspects))


def _if(statement: ast.If, suspects: Kinds, stack: list[Block], _: list[Function]) -> None:
    stack.append((statement.body, suspects))
    if statement.orelse:
        stack.append((statement.orelse, suspects))


def _loop(statement: ast.For | ast.While, suspects: Kinds, stack: list[Block], _: list[Function]) -> None:
    stack += ((statement.body, _IN_LOOP[suspects]), (statement.orelse, suspects))


def _try(statement: ast.Try, suspects: Kinds, stack: list[Block], _: list[Function]) -> None:
    stack += ((block, suspects) for block in (statement.body, statement.orelse, statement.finalbody) if block)
    stack += ((handler.body, suspects) for handler in statement.handlers)


def _match(statement: ast.Match, suspects: Kinds, stack: list[Block], _: list[Function]) -> bool:
    """Whether a name, which takes everything, stands before the last case or in an alternative."""
    stack += ((case.body, suspects) for case in statement.cases)
    last = statement.cases[-1]
    patterns = (case.pattern for case in statement.cases if case is not last and not case.guard)
    return any(isinstance(pattern, ast.MatchAs | ast.MatchOr) for pattern in patterns)


def _after_globals(body: list[ast.stmt]) -> list[ast.stmt]:
    """A function's body without the `global` statement that opens it."""
    start = 1 if _is_docstring(body[0]) else 0
    return body[start + 1 :] if len(body) > start and type(body[start]) is ast.Global else body


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


def _bad_names(function: Function) -> bool:
    """Whether two parameters bear one name, or one is declared global."""
    arguments = function.args
    names = [argument.arg for argument in arguments.args]
    if arguments.kwonlyargs or arguments.vararg or arguments.kwarg or arguments.posonlyargs:
        others = [*arguments.kwonlyargs, arguments.vararg, arguments.kwarg, *arguments.posonlyargs]
        names += [argument.arg for argument in others if argument]
    if len(names) > 1 and len(set(names)) < len(names):
        return True
    return type(function.body[0]) is ast.Global and not set(function.body[0].names).isdisjoint(names)


def _yields(body: list[ast.stmt]) -> bool:
    """Whether one of some statements outside of functions is a `yield`."""
    return any(type(node.value) in _YIELDS for node in body if isinstance(node, ast.Expr | ast.Assign))


def _awaits_outside(functions: list[Function], text: str) -> bool:
    """Whether an `await` stands elsewhere than in a coroutine."""
    functions.sort(key=attrgetter("lineno"))
    around: list[Function] = []
    following = 0
    for line, offset in _awaits(text):
        while following < len(functions) and functions[following].lineno <= line:
            around.append(functions[following])
            following += 1
        while around and (around[-1].end_lineno or 0) < line:
            around.pop()
        if not (around and type(around[-1]) is ast.AsyncFunctionDef) and _is_code(text, offset):
            return True
    return False


def _awaits(text: str) -> Iterator[tuple[int, int]]:
    """Line and offset of every `await`, be it in code or not."""
    line, position = 1, 0
    for match in _AWAIT.finditer(text):
        offset = match.start()
        line += text.count("\n", position, offset)
        position = offset
        yield line, offset


def _is_code(text: str, offset: int) -> bool:
    """Whether the word at an offset can be an operator, rather than prose in a comment or string."""
    before = text[text.rfind("\n", 0, offset) + 1 : offset]
    return not before.lstrip().startswith("#") and _OPERAND.search(before) is not None


_STEPS: dict[type[ast.stmt], Callable[[Any, Kinds, list[Block], list[Function]], bool | None]] = {
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.ImportFrom: _import,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.If: _if,
    ast.For: _loop,
    ast.AsyncFor: _loop,
    ast.While: _loop,
    ast.Try: _try,
    ast.Match: _match,
}
