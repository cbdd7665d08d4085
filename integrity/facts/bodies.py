"""The outermost functions of a module with their oracles, from one walk over the statements.

What stands in nested functions and classes belongs to the function around them. Expressions are looked at only where a
statement can be an oracle by its form: `assert`, a call for its own sake, what `with` enters, what is assigned or
returned. Nothing recurses.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from integrity.facts.aftermath import Scene
from integrity.facts.assertions import IDENTICAL, NUMERIC, TOLERANCE, UNCALLED, Fault, condition_of, fault_of, unbounded
from integrity.facts.expressions import awaited, dotted, is_constant, is_plain, last_name, literal, nodes, truth
from integrity.facts.handlers import Catch, Handling, catch_of, catch_of_suppress, is_silent
from integrity.facts.vocabulary import EXPECTING, FAILS, MOCK_ASSERTIONS, SILENT_MOCK_NAMES, SKIPS, STOPS, is_assertion

Function = ast.FunctionDef | ast.AsyncFunctionDef

COMPARISON = "bare-comparison"
OBSCURE_COMPARISON = "obscure-comparison"
INERT = "inert-raises"
EXITS = "exits"

_EXPECTING_SIGNS = (ast.Eq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
_LITERALS = (ast.Constant, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.JoinedStr)
_EQUALITY = re.compile(
    r"eq(?:_|$|u)|hash|nan|compar|ident|order|reflex|cache|singleton|operator|same|cmp|sort|lt|le|gt|ge|dunder|magic|is_"
)
_TOLERANCE = re.compile(r"inf|toler|approx|close|rel|abs")


class Dead(NamedTuple):
    """The statement after which nothing runs."""

    reason: str
    node: ast.stmt


class Place(NamedTuple):
    """Where a statement stands inside its function.

    Attributes:
        body: the function, None outside of all.
        owner: the class around the function.
        catch: what catches a failed assertion there.
        dead: why it cannot be reached.
        expected: whether an exception or warning is expected there.
        loop: the loop that repeats a `try` there.
        tried: whether a `try` is around it.
        nested: whether a function inside the function is around it.
    """

    body: Body | None = None
    owner: ast.ClassDef | None = None
    catch: Catch | None = None
    dead: Dead | None = None
    expected: bool = False
    loop: ast.stmt | None = None
    tried: bool = False
    nested: bool = False


class Oracle(NamedTuple):
    """One statement that fails when the code under test is wrong, or pretends to.

    Attributes:
        node: the statement or expression.
        fault: what is wrong with it by itself.
        raises_assertion: whether it raises AssertionError rather than what `pytest.fail` raises.
        marker: whether it fails whenever it is reached, as `assert False` does.
        place: where it stands.
    """

    node: ast.AST
    fault: Fault | None
    raises_assertion: bool
    marker: bool
    place: Place

    @property
    def swallowed(self) -> Catch | None:
        """What catches its failure."""
        catch = self.place.catch
        return catch if catch and (self.raises_assertion or catch.base) else None

    @property
    def sound(self) -> bool:
        """Whether it can fail the test, as far as can be told."""
        return not _loses(self.swallowed) and self.place.dead is None and (self.fault is None or not self.fault.certain)


@dataclass(eq=False)
class Body:
    """One outermost function.

    Attributes:
        node: its tree.
        owner: the class around it.
        oracles: in order of place.
        oddities: statements that look like an oracle and are none: kind, node, place.
        acts: number of statements that run something, besides oracles, prints and sleeps.
        open_acts: those of them whose exceptions are not all caught.
        sleeps: number of statements that only wait.
        skipped: whether it skips itself, unconditionally.
        likely: names of calls for their own sake that could be oracles, unless their failures are caught.
        prints: what is printed, as calls.
        returns: the values it returns, itself.
    """

    node: Function
    owner: ast.ClassDef | None
    oracles: list[Oracle] = field(default_factory=list)
    oddities: list[tuple[str, ast.AST, Place]] = field(default_factory=list)
    acts: int = 0
    open_acts: int = 0
    sleeps: int = 0
    skipped: bool = False
    likely: list[str] = field(default_factory=list)
    prints: list[ast.Call] = field(default_factory=list)
    returns: list[ast.Return] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether any of its oracles is."""
        return any(oracle.sound for oracle in self.oracles)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Its tree and all in it, as of `expressions.nodes`."""
        return list(nodes(self.node))

    def forget(self) -> None:
        """Let go of its oracles, which know it in turn, so that the tree goes at once and not with the garbage."""
        self.oracles.clear()
        self.oddities.clear()


class _Frame:
    """A block of statements being read; `dead` holds from a statement on that nothing passes."""

    __slots__ = ("place", "statements")

    def __init__(self, statements: list[ast.stmt], place: Place) -> None:
        self.statements = iter(statements)
        self.place = place


_Inner = list[tuple[list[ast.stmt], Place]]
AlwaysTrue = Callable[[ast.expr, Function], bool]


def read_bodies(tree: ast.Module, always_true: AlwaysTrue, *, compares: bool) -> list[Body]:
    """Every outermost function of a module, in order.

    Args:
        tree: the module.
        always_true: whether a name or attribute inside a function stands for something that is always true.
        compares: whether the module defines how its objects compare, so that `x == x` tests something.
    """
    return _Reader(always_true, compares).read(tree)


class _Reader:
    def __init__(self, always_true: AlwaysTrue, compares: bool) -> None:
        self._always_true = always_true
        self._compares = compares
        self._bodies: list[Body] = []

    def read(self, tree: ast.Module) -> list[Body]:
        stack = [_Frame(tree.body, Place())]
        while stack:
            frame = stack[-1]
            for statement in frame.statements:
                reader = _READERS.get(type(statement))
                if reader is None:
                    continue
                inner = reader(self, statement, frame)
                if inner:
                    stack += [_Frame(block, place) for block, place in reversed(inner) if block]
                    break
            else:
                stack.pop()
        return self._bodies

    # Definitions

    def function(self, node: Function, frame: _Frame) -> _Inner:
        place = frame.place
        if place.body is not None:
            if node.decorator_list:
                self._act(place)
            return [(node.body, place._replace(nested=True, catch=None, expected=False, loop=None))]
        body = Body(node, place.owner)
        self._bodies.append(body)
        return [(node.body, Place(body, place.owner))]

    def class_(self, node: ast.ClassDef, frame: _Frame) -> _Inner:
        place = frame.place
        if place.body is not None:
            self._act(place)
            return [(node.body, place)]
        return [(node.body, Place(owner=node))]

    # Oracles

    def assertion(self, node: ast.Assert, frame: _Frame) -> None:
        if frame.place.body:
            marker = truth(node.test) is False
            self._oracle(frame.place.body, node, node.test, frame.place, marker=marker)

    def expression(self, node: ast.Expr, frame: _Frame) -> None:
        body = frame.place.body
        if body is None:
            return
        value = awaited(node.value)
        if isinstance(value, ast.Call):
            self._call(body, value, node, frame)
        elif isinstance(value, ast.Attribute) and value.attr in (MOCK_ASSERTIONS | SILENT_MOCK_NAMES):
            body.oracles.append(Oracle(value, Fault(UNCALLED), True, False, frame.place))
        elif isinstance(value, ast.Compare) and not (frame.place.expected or frame.place.tried):
            body.oddities.append((COMPARISON if _expects(value) else OBSCURE_COMPARISON, node, frame.place))
        elif not isinstance(value, ast.Constant):
            self._act(frame.place)

    def _call(self, body: Body, call: ast.Call, statement: ast.stmt, frame: _Frame) -> None:
        """A call for its own sake."""
        place = frame.place
        name = dotted(call.func)
        if name in SKIPS or name in FAILS or name in STOPS:
            self._end(body, name, call, statement, frame)
        elif is_silent(name):
            body.prints.append(call)
            for argument in call.args:
                self._evaluate(argument, place)
        elif name.endswith("sleep"):
            body.sleeps += 1
        elif not self._checks(body, name, call, place):
            self._act(place)
            if not _loses(place.catch):
                body.likely.append(name)

    def _end(self, body: Body, name: str, call: ast.Call, statement: ast.stmt, frame: _Frame) -> None:
        """A call that does not return."""
        place = frame.place
        if name in FAILS:
            body.oracles.append(Oracle(call, None, name == "self.fail", True, place))
        elif _ends_well(name, call):
            body.oddities.append((EXITS, call, place))
        elif name in SKIPS:
            body.skipped = body.skipped or statement in body.node.body
        else:
            self._act(place)
        if name in FAILS or "." in name:
            frame.place = _after(place, name, statement)

    def _checks(self, body: Body, name: str, call: ast.Call, place: Place) -> bool:
        """Note a call that is an oracle by its name; whether it is."""
        last = name.rpartition(".")[2]
        if last in SILENT_MOCK_NAMES and "." in name:
            body.oracles.append(Oracle(call, Fault(UNCALLED), True, False, place))
        elif last in EXPECTING:
            if len(call.args) + len(call.keywords) == 1 and last in ("raises", "warns", "assertRaises"):
                body.oddities.append((INERT, call, place))
            else:
                body.oracles.append(Oracle(call, None, False, False, place))
        elif is_assertion(name):
            self._oracle(body, call, condition_of(call), place)
        else:
            return False
        return True

    def _oracle(
        self, body: Body, node: ast.AST, condition: ast.expr | None, place: Place, *, marker: bool = False
    ) -> None:
        fault = unbounded(node) if isinstance(node, ast.Call) else None
        if condition is not None and fault is None:
            fault = fault_of(condition, lambda one: self._always_true(one, body.node))
        if fault and self._is_meant(fault, body.node):
            fault = fault._replace(certain=False)
        body.oracles.append(Oracle(node, fault, True, marker, place))

    def _is_meant(self, fault: Fault, function: Function) -> bool:
        """Whether a test is about what makes its assertion look odd."""
        if fault.kind == IDENTICAL:
            return self._compares or bool(_EQUALITY.search(function.name))
        if fault.kind == TOLERANCE:
            return bool(_TOLERANCE.search(function.name))
        return fault.kind == NUMERIC and any(map(is_given, function.decorator_list))

    # What runs something

    def assigned(self, node: Any, frame: _Frame) -> None:
        body = frame.place.body
        if body is None or node.value is None or isinstance(node.value, (ast.Constant, ast.Name)):
            return
        value = awaited(node.value)
        if isinstance(value, ast.Call):
            name = last_name(value.func)
            if name in EXPECTING or is_assertion(name):
                body.oracles.append(Oracle(value, None, True, False, frame.place))
            self._act(frame.place)
        elif not is_constant(value):
            self._act(frame.place)

    def returned(self, node: ast.Return, frame: _Frame) -> None:
        place = frame.place
        if place.body is None:
            return
        if node.value is not None:
            if not place.nested:
                place.body.returns.append(node)
            self.assigned(node, frame)
        frame.place = _after(place, "return", node)

    def raised(self, node: ast.Raise, frame: _Frame) -> None:
        place = frame.place
        if place.body is None:
            return
        name = dotted(node.exc) if node.exc else ""
        place.body.oracles.append(Oracle(node, None, name == "AssertionError", True, place))
        frame.place = _after(place, "raise", node)

    def jumped(self, node: ast.stmt, frame: _Frame) -> None:
        if frame.place.body is not None:
            frame.place = _after(frame.place, type(node).__name__.lower(), node)

    def acted(self, _: ast.stmt, frame: _Frame) -> None:
        self._act(frame.place)

    def _evaluate(self, expression: ast.expr, place: Place) -> None:
        """Note an expression that runs something; names, literals and texts made of them do not."""
        if not isinstance(expression, ast.Name) and not is_plain(expression):
            self._act(place)

    def _act(self, place: Place) -> None:
        if place.body is None:
            return
        place.body.acts += 1
        if not (_loses(place.catch) and place.catch and place.catch.every):
            place.body.open_acts += 1

    # Blocks

    def with_(self, node: Any, frame: _Frame) -> _Inner:
        place = frame.place
        if place.body is None:
            return [(node.body, place)]
        for item in node.items:
            place = self._entered(place.body, item.context_expr, place)
        return [(node.body, place)]

    def _entered(self, body: Body | None, manager: ast.expr, place: Place) -> Place:
        manager = awaited(manager)
        if body is None or not isinstance(manager, ast.Call):
            self._act(place)
            return place
        name = dotted(manager.func)
        last = name.rpartition(".")[2]
        if last in EXPECTING or is_assertion(name):
            body.oracles.append(Oracle(manager, None, last not in ("raises", "warns"), False, place))
            return place._replace(expected=True)
        if last == "suppress":
            return place._replace(catch=catch_of_suppress(manager) or place.catch)
        self._act(place)
        return place

    def try_(self, node: Any, frame: _Frame) -> _Inner:
        place = frame.place
        catch = catch_of(node, Scene(place.body.nodes, place.loop)) if place.body else None
        inner = place._replace(catch=catch or place.catch, tried=True)
        blocks = [(node.body, inner), (node.orelse, place)]
        return [*blocks, *[(handler.body, place) for handler in node.handlers], (node.finalbody, place)]

    def branch(self, node: Any, frame: _Frame) -> _Inner:
        place = frame.place
        if place.body is None:
            return [(node.body, place), (node.orelse, place)]
        value = truth(node.test)
        self._evaluate(node.test, place)
        never = _after(place, "a condition that is never true", node)
        return [(node.body, never if value is False else place), (node.orelse, place)]

    def loop(self, node: Any, frame: _Frame) -> _Inner:
        place = frame.place
        if place.body is None:
            return [(node.body, place), (node.orelse, place)]
        if isinstance(node, ast.While) and truth(node.test) is False:
            return [(node.body, _after(place, "a condition that is never true", node)), (node.orelse, place)]
        self._evaluate(node.test if isinstance(node, ast.While) else node.iter, place)
        return [(node.body, place._replace(loop=node)), (node.orelse, place)]

    def match(self, node: ast.Match, frame: _Frame) -> _Inner:
        self._evaluate(node.subject, frame.place)
        return [(case.body, frame.place) for case in node.cases]


def _loses(catch: Catch | None) -> bool:
    """Whether a failure is caught and certainly forgotten."""
    return catch is not None and catch.handling not in (Handling.UNTOLD, Handling.RECORDED)


def _ends_well(name: str, call: ast.Call) -> bool:
    """Whether a call ends the whole run at once, with the exit status of success."""
    if name == "os._exit":
        return any(literal(one) == 0 for one in call.args)
    return name == "pytest.exit" and any(one.arg == "returncode" and literal(one.value) == 0 for one in call.keywords)


def _expects(node: ast.Compare) -> bool:
    """Whether it compares for equality or identity with something written out, as only an assertion does."""
    literals = [one for one in (node.left, *node.comparators) if isinstance(one, _LITERALS)]
    return bool(literals) and all(isinstance(sign, _EXPECTING_SIGNS) for sign in node.ops)


def is_given(decorator: ast.expr) -> bool:
    """Whether it runs the test on generated examples, whose own invariants it may show."""
    return dotted(decorator).rpartition(".")[2] == "given"


def _after(place: Place, reason: str, node: ast.stmt) -> Place:
    return place if place.dead else place._replace(dead=Dead(reason, node))


def _is_empty(body: list[ast.stmt]) -> bool:
    """Whether statements do nothing: docstrings, `pass`, `...`."""
    return all(isinstance(one, ast.Pass) or _is_text(one) for one in body)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def is_empty(node: Function) -> bool:
    """Whether a function does nothing: docstrings, `pass`, `...`."""
    return _is_empty(node.body)


_READERS: dict[type, Callable[..., _Inner | None]] = {
    ast.FunctionDef: _Reader.function,
    ast.AsyncFunctionDef: _Reader.function,
    ast.ClassDef: _Reader.class_,
    ast.Assert: _Reader.assertion,
    ast.Expr: _Reader.expression,
    ast.Assign: _Reader.assigned,
    ast.AnnAssign: _Reader.assigned,
    ast.AugAssign: _Reader.assigned,
    ast.Return: _Reader.returned,
    ast.Raise: _Reader.raised,
    ast.Break: _Reader.jumped,
    ast.Continue: _Reader.jumped,
    ast.Import: _Reader.acted,
    ast.ImportFrom: _Reader.acted,
    ast.Delete: _Reader.acted,
    ast.With: _Reader.with_,
    ast.AsyncWith: _Reader.with_,
    ast.Try: _Reader.try_,
    ast.If: _Reader.branch,
    ast.For: _Reader.loop,
    ast.AsyncFor: _Reader.loop,
    ast.While: _Reader.loop,
    ast.Match: _Reader.match,
}
if hasattr(ast, "TryStar"):  # since Python 3.11
    _READERS[ast.TryStar] = _Reader.try_
