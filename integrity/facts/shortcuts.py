"""Production code that answers a test instead of doing its work: tests for a running test, and written-out answers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from integrity.facts.checks import source
from integrity.facts.expressions import dotted, is_constant, nodes
from integrity.facts.places import printable
from integrity.facts.profile import Shortcut

_VARIABLES = ("PYTEST_CURRENT_TEST", "PYTEST_VERSION", "PYTEST_XDIST_WORKER")
_TESTING = re.compile(r"(?:[A-Z]+_)*(?:TESTING|TEST_MODE|TEST_ENV|UNIT_?TESTS?|IS_TEST|IN_TESTS?|RUNNING_TESTS?)")
_RUNNERS = frozenset({"pytest", "unittest", "_pytest", "nose"})
_LOADED_BY_TESTS = _RUNNERS - {"unittest"}  # which is imported by others for its mocks, or to know its exceptions
_WARNS = frozenset({"warn", "warning", "note_deprecation"})
_TRIVIAL = frozenset({"None", "True", "False", "''", "0", "1", "-1", "0.0", "1.0", "-1.0", "[]", "()", "{}"})


def test_markers(tree: ast.Module) -> tuple[tuple[str, int], ...]:
    """Expressions that tell whether a test is running, as (text, line)."""
    every = list(nodes(tree))
    strict = {each for one in every if isinstance(one, ast.If) and _complains(one) for each in _asserted(one.test)}
    found = [(printable(text), line) for one in every if id(one) not in strict for text, line in _marker(one)]
    return tuple(sorted(set(found), key=lambda pair: (pair[1], pair[0])))


def _complains(node: ast.If) -> bool:
    """Whether a branch does nothing but raise or warn, which lets no test through that failed."""
    calls = (one.value for one in node.body if isinstance(one, ast.Expr))
    warnings = (isinstance(one, ast.Call) and dotted(one.func).rpartition(".")[2] in _WARNS for one in calls)
    others = [one for one in node.body if not isinstance(one, ast.Expr)]
    return not node.orelse and all(warnings) and all(isinstance(one, ast.Raise) for one in others)


def _asserted(test: ast.expr) -> set[int]:
    """The nodes of a condition, by id, that make it true by being true."""
    every = list(nodes(test))
    return {id(one) for one in every} - {id(each) for one in every if _denies(one) for each in nodes(one)}


def _denies(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        return any(isinstance(one, (ast.NotIn, ast.Is, ast.Eq, ast.NotEq)) for one in node.ops)
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _marker(node: ast.AST) -> Iterator[tuple[str, int]]:
    yield from _by_variable(node)
    if isinstance(node, ast.Constant) and node.value in _VARIABLES:
        yield str(node.value), node.lineno
    elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant):
        holders = {dotted(one) for one in node.comparators}
        told = "sys.modules" in holders and node.left.value in _LOADED_BY_TESTS
        if told or (holders & {"sys.argv"} and "test" in str(node.left.value)):
            yield source(node), node.lineno
    elif isinstance(node, ast.Call) and dotted(node.func) == "sys.modules.get" and node.args:
        first = node.args[0]
        if isinstance(first, ast.Constant) and first.value in _LOADED_BY_TESTS:
            yield source(node), node.lineno
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        yield from _by_caller(node)
        yield from _always_equal(node)


def _by_variable(node: ast.AST) -> Iterator[tuple[str, int]]:
    """A look at a variable of the environment that says by its name that this is a test."""
    if isinstance(node, ast.Subscript) and dotted(node.value).endswith("environ"):
        asked: list[ast.expr] = [node.slice]
    elif isinstance(node, ast.Call) and dotted(node.func).endswith(("getenv", "environ.get")):
        asked = node.args[:1]
    else:
        return
    for one in asked:
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and _TESTING.fullmatch(one.value):
            yield f"{one.value} of the environment", one.lineno


def _always_equal(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, int]]:
    """An object that equals everything, so that every comparison with it holds."""
    body = [one for one in function.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    constant = len(body) == 1 and isinstance(body[0], ast.Return) and isinstance(body[0].value, ast.Constant)
    if function.name == "__eq__" and constant and body[0].value.value is True:  # type: ignore[attr-defined]
        yield "def __eq__(...): return True", function.lineno


def _by_caller(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, int]]:
    """A look at the stack, in a function that knows what tests are called."""
    inner = list(nodes(function))
    looks = [
        one for one in inner if isinstance(one, ast.Call) and dotted(one.func) in ("inspect.stack", "sys._getframe")
    ]
    texts = [one.value for one in inner if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if looks and any(text in _RUNNERS or text.startswith("test_") for text in texts):
        yield source(looks[0]), looks[0].lineno


def shortcuts(tree: ast.Module) -> tuple[Shortcut, ...]:
    """Every `if x == LITERAL: return LITERAL`, and every `LITERAL if x == LITERAL else ...` that is returned."""
    found = [
        shortcut
        for function in nodes(tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for one in nodes(function)
        for shortcut in _shortcut(function.name, one)
    ]
    return tuple(sorted(set(found), key=lambda one: (one.line, one.text, one.function)))


def _shortcut(function: str, node: ast.AST) -> Iterator[Shortcut]:
    if isinstance(node, ast.If) and len(node.body) == 1 and isinstance(node.body[0], ast.Return):
        answer, text = node.body[0].value, f"if {source(node.test)}: {source(node.body[0])}"
    elif isinstance(node, ast.IfExp):
        answer, text = node.body, source(node)
    else:
        return
    given = tuple(_compared(node.test))
    if set(given) - _TRIVIAL and answer is not None and is_constant(answer) and source(answer) not in _TRIVIAL:
        yield Shortcut(function, given, source(answer), printable(text), node.lineno)


def _compared(test: ast.expr) -> Iterator[str]:
    """The literals that a condition compares something with for equality."""
    for one in nodes(test):
        if isinstance(one, ast.Compare) and len(one.ops) == 1 and isinstance(one.ops[0], (ast.Eq, ast.In)):
            sides = [one.left, one.comparators[0]]
            written = [each for each in sides if is_constant(each)]
            if len(written) == 1:
                node = written[0]
                elements = (
                    node.elts
                    if isinstance(one.ops[0], ast.In) and isinstance(node, (ast.Tuple, ast.List, ast.Set))
                    else [node]
                )
                yield from map(source, elements)
