"""The functions that a test runner calls, and the conditions under which each of their statements runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from integrity.facts.expressions import dotted, nodes

Function = ast.FunctionDef | ast.AsyncFunctionDef

_LEAVING = (ast.Return, ast.Continue, ast.Raise, ast.Break)
_LEAVERS = frozenset({"skip", "fail", "exit", "_exit", "xfail"})
_ASKED = re.compile(
    r"""getoption|getini|getvalue|\.option\b|environ|getenv|getfixture|marker|\bmarks?\b|keywords|version|platform
      | argv|\bargs?\b|find_spec|\bwhich\b|availab|enabled?|disabled?|\bcli\b|settings|\bCI\b|skip|import|run_|--
      | has_|support|only""",
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST = 80
_SEARCHES = frozenset({"search", "match", "fullmatch", "findall", "startswith", "endswith"})
_OF_REPORTS = frozenset({"failed", "passed", "skipped", "outcome", "when", "excinfo", "longrepr"})


@dataclass(frozen=True)
class Step:
    """A statement of a function.

    Attributes:
        node: the statement.
        tests: the conditions that it depends on, those included that left the function or loop before it.
        handled: whether it stands in an `except` clause.
        loops: the loops around it, the innermost last.
    """

    node: ast.stmt
    tests: tuple[ast.expr, ...] = ()
    handled: tuple[ast.ExceptHandler, ...] = ()
    loops: tuple[ast.For | ast.AsyncFor | ast.While, ...] = ()


@dataclass(frozen=True)
class Hook:
    """A function.

    Attributes:
        node: its definition.
        symbol: its qualified name.
        name: the name under which the runner calls it.
    """

    node: Function
    symbol: str
    name: str

    @cached_property
    def steps(self) -> list[Step]:
        """Every statement in it, functions inside left out."""
        return list(steps(self.node.body))

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters."""
        arguments = self.node.args
        return tuple(one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))

    @cached_property
    def local(self) -> frozenset[str]:
        """The names that it binds."""
        stored = (one.id for one in nodes(self.node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
        return frozenset({*self.parameters, *stored})

    @cached_property
    def searched(self) -> frozenset[str]:
        """Those of them that say whether a text, such as that of an error, holds something, or what an item bears."""
        return self._bound(lambda value: any(map(_searches, nodes(value))))

    @cached_property
    def asked(self) -> frozenset[str]:
        """Those of them that say what somebody asks for, by an option or the environment."""
        return self._bound(lambda value: bool(_ASKED.search(source(value))))

    def _bound(self, holds: Callable[[ast.expr], bool]) -> frozenset[str]:
        """The names that are bound to a value of which something holds."""
        assigned = [step.node for step in self.steps if isinstance(step.node, ast.Assign)]
        targets = [target for one in assigned if holds(one.value) for target in one.targets]
        return frozenset(one.id for one in targets if isinstance(one, ast.Name))

    def condition(self, step: Step, neutral: frozenset[str]) -> tuple[str, bool]:
        """What a statement depends on beyond names that are neutral, and whether it is something that one asks for."""
        foreign = [test for test in step.tests if not self._is_neutral(test, neutral)]
        texts = [*(source(test) for test in foreign), *("except " + _caught(one) for one in step.handled)]
        text = " and ".join(texts)
        asked = any(isinstance(one, ast.Name) and one.id in self.asked for test in foreign for one in nodes(test))
        return shortened(text), asked or bool(_ASKED.search(text))

    def _is_neutral(self, test: ast.expr, neutral: frozenset[str]) -> bool:
        for node in nodes(test):
            if isinstance(node, ast.Attribute) and node.attr not in neutral:
                return False
            if (
                isinstance(node, ast.Name)
                and node.id not in neutral
                and node.id not in self.local - self.searched - self.asked
            ):
                return False
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in neutral:
                return False
        return True


def _searches(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        return any(isinstance(one, (ast.In, ast.NotIn)) for one in node.ops)
    if not isinstance(node, ast.Call):
        return False
    if dotted(node.func) == "getattr":
        return not any(isinstance(one, ast.Constant) and one.value in _OF_REPORTS for one in node.args)
    return dotted(node.func).rpartition(".")[2] in _SEARCHES


def hooks(tree: ast.Module) -> Iterator[Hook]:
    """The functions of a module, and the methods of its classes, that pytest calls by their name."""
    for symbol, node in functions(tree):
        name = hook_name(node)
        if name.startswith("pytest_"):
            yield Hook(node, symbol, name)


def functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """The functions at module level, also under conditions, and the methods of classes there."""
    pending: list[tuple[str, ast.stmt]] = [("", one) for one in reversed(tree.body)]
    while pending:
        prefix, node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            pending += [(f"{prefix}{node.name}.", one) for one in reversed(node.body)]
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            pending += [(prefix, one) for block in reversed(blocks(node)) for one in reversed(block)]


def hook_name(node: Function) -> str:
    """The name of the hook that a function implements, which a decorator may give."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and dotted(decorator.func).endswith("hookimpl"):
            for keyword in decorator.keywords:
                if keyword.arg == "specname" and isinstance(keyword.value, ast.Constant):
                    return str(keyword.value.value)
    return node.name


def blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a compound statement, in order."""
    found = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
    handlers = [one.body for one in getattr(node, "handlers", [])]
    cases = [one.body for one in getattr(node, "cases", [])]
    return [block for block in (found[0], *handlers, *cases, *found[1:]) if block]


def steps(body: Sequence[ast.stmt]) -> Iterator[Step]:
    """The statements of a body and of the blocks in it, with what they depend on."""
    pending: list[tuple[Sequence[ast.stmt], Step]] = [(body, Step(ast.Pass()))]
    while pending:
        block, outer = pending.pop()
        tests = outer.tests
        for node in block:
            step = Step(node, tests, outer.handled, outer.loops)
            yield step
            pending += _inside(node, step)
            if isinstance(node, ast.If) and (leaves(node.body) or leaves(node.orelse)):
                tests = (*tests, node.test)


def _inside(node: ast.stmt, step: Step) -> Iterator[tuple[list[ast.stmt], Step]]:
    if isinstance(node, (ast.If, ast.While)) and not _is_true(node.test):
        step = Step(node, (*step.tests, node.test), step.handled, step.loops)
    if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
        step = Step(node, step.tests, step.handled, (*step.loops, node))
    if isinstance(node, ast.Match):
        step = Step(node, (*step.tests, node.subject), step.handled, step.loops)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return
    for handler in getattr(node, "handlers", []):
        yield handler.body, Step(node, step.tests, (*step.handled, handler), step.loops)
    for block in blocks(node):
        if not any(block is handler.body for handler in getattr(node, "handlers", [])):
            yield block, step


def leaves(block: Sequence[ast.stmt]) -> bool:
    """Whether a block leaves the function or the loop it stands in, or skips the test."""
    calls = (node.value for node in block if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
    return any(isinstance(node, _LEAVING) for node in block) or any(
        dotted(call.func).rpartition(".")[2] in _LEAVERS for call in calls
    )


def is_idle(node: ast.AST | None, tree: ast.Module) -> bool:
    """Whether an expression is a function that runs nothing: a lambda of a constant, or one of this module."""
    if isinstance(node, ast.Lambda):
        return not any(isinstance(one, (ast.Call, ast.Await)) for one in nodes(node.body))
    if isinstance(node, ast.Name):
        found = [one for one in nodes(tree) if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))]
        named = [one for one in found if one.name == node.id]
        return len(named) == 1 and not named[0].decorator_list and does_nothing(named[0].body)
    return isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in ("Mock", "MagicMock", "AsyncMock")


def does_nothing(body: Iterable[ast.stmt]) -> bool:
    """Whether a body neither raises nor calls anything but `print`."""
    for statement in body:
        for node in nodes(statement):
            if isinstance(node, (ast.Raise, ast.Assert, ast.Await, ast.Yield, ast.YieldFrom, ast.With)):
                return False
            if isinstance(node, ast.Call) and dotted(node.func) != "print":
                return False
    return True


def source(node: ast.AST) -> str:
    """An expression or statement as text, "..." when it nests too deep to be written down."""
    try:
        return ast.unparse(node)
    except RecursionError:
        return "..."


def shortened(text: str) -> str:
    """A text in one line, at most 80 characters of it."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."


def _caught(handler: ast.ExceptHandler) -> str:
    return source(handler.type) if handler.type else "everything"


def _is_true(test: ast.expr) -> bool:
    return isinstance(test, ast.Constant) and bool(test.value)
