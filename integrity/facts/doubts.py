"""Tests whose assertions may never be made, or say little: flaws of whole tests rather than of one assertion.

Kinds:

- ``optional-exception``: every assertion stands in an `except`, or an expected exception may as well not be raised;
- ``conditional``: every assertion depends on a result that the test has computed itself;
- ``looped``: every assertion stands in a loop that may run no times;
- ``after-raiser``: an assertion behind the statement that is to raise, in the same `with raises` block;
- ``broad-raises``: any exception is accepted, whatever its message;
- ``stub-echo``: an assertion about what a mock of the test itself gives back;
- ``same-call``: two results of the same call are compared;
- ``weak``: all assertions only ask whether there is something;
- ``implicit-skip``: a `return` under a condition, before the first assertion;
- ``equals-anything``: `__eq__` is always true;
- ``vacuous-property``: a property that no example, or a single one, is tried on;
- ``unawaited``: a coroutine function of the file is called and not awaited.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from integrity.facts.bodies import Body, Function, Oracle, is_given
from integrity.facts.expressions import awaited, dotted, is_constant, literal, nodes, truth
from integrity.facts.handlers import is_silent
from integrity.facts.retries import retried
from integrity.facts.spots import Spot, Spots
from integrity.facts.vocabulary import FAILS, MOCK_CLASSES, is_assertion, looks_like_oracle

OPTIONAL = "optional-exception"
CONDITIONAL = "conditional"
LOOPED = "looped"
AFTER_RAISER = "after-raiser"
BROAD = "broad-raises"
ECHO = "stub-echo"
SAME_CALL = "same-call"
WEAK = "weak"
IMPLICIT_SKIP = "implicit-skip"
EQUALS_ANYTHING = "equals-anything"
VACUOUS = "vacuous-property"
UNAWAITED = "unawaited"

_TWICE = re.compile(
    r"determin|idempot|cach|same|stab|repeat|consist|hash|equal|eq(?:_|$)|twice|random|seed|singleton|memo|ident|copy"
    r"|reproduc|reus|pure|invarian|pickl|again|multiple|second|compar|symmetr|order|alias|interchang|intern|lazy|reset",
    re.IGNORECASE,
)
_EXPECTED = re.compile(r"expect|want|reference|golden|truth|correct|desired|target", re.IGNORECASE)
_WILD = re.compile(r"any|every|wild|always|match|equal|same|all", re.IGNORECASE)
_GATE = re.compile(
    r"version|platform|sys\.|os\.name|\bPY|IS_|HAS_|pypy|win32|darwin|linux|skip|avail|support|enabled", re.IGNORECASE
)
_BROAD = frozenset({"Exception", "BaseException"})
_WEAK_CALLS = frozenset({"isinstance", "hasattr", "callable", "bool", "issubclass"})
_OPEN_MOCKS = MOCK_CLASSES - {"create_autospec"}
_FEW = 1


Around = tuple[tuple[Any, str], ...]
"""The statements around another one, outermost first, each with the name of the block."""


class Names(NamedTuple):
    """What the names of a file mean, as far as tests call them.

    Attributes:
        coroutines: coroutine functions at module level, and by class ("Class.method") their methods.
        local: all functions of the file by name.
    """

    coroutines: frozenset[str]
    local: frozenset[str]


def names_of(bodies: Iterable[Body]) -> Names:
    """The names of the functions of a file."""
    listed = list(bodies)
    counts: dict[str, int] = {}
    for one in listed:
        key = _key(one)
        counts[key] = counts.get(key, 0) + 1
    coroutines = {
        _key(one)
        for one in listed
        if isinstance(one.node, ast.AsyncFunctionDef) and not one.node.decorator_list and counts[_key(one)] == 1
    }
    return Names(frozenset(coroutines), frozenset(one.node.name for one in listed))


def _key(body: Body) -> str:
    return f"{body.owner.name}.{body.node.name}" if body.owner else body.node.name


def of_body(body: Body, names: Names) -> Iterator[tuple[str, ast.AST, bool]]:
    """Kind, place and certainty of everything doubtful about a function; call before the body forgets its oracles."""
    node = body.node
    if node.name == "__eq__" and body.owner is not None and _is_always_true(node):
        yield EQUALS_ANYTHING, node, not _WILD.search(body.owner.name)
    if not node.name.startswith("test"):
        return
    spots = Spots(node)
    yield from _unawaited(body, spots.all, names)
    yield from _raising(spots.all)
    yield from _property(node, spots.all)
    yield from _repeated(node, spots.all)
    yield from retried(spots.all, body.oracles)
    if not _checks_elsewhere(body, names):
        yield from _doubtful(body, spots)


def _is_always_true(node: Function) -> bool:
    body = [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
    return len(body) == 1 and isinstance(body[0], ast.Return) and _value(body[0]) is True


def _value(statement: ast.Return) -> object:
    return literal(statement.value) if statement.value is not None else None


# Coroutines


def _unawaited(body: Body, spots: Iterable[Spot], names: Names) -> Iterator[tuple[str, ast.AST, bool]]:
    """Calls of coroutine functions of the file whose result is dropped."""
    if not names.coroutines:
        return
    rebound = {one.arg for one in nodes(body.node.args) if isinstance(one, ast.arg)}
    for spot in spots:
        value = spot.statement.value if isinstance(spot.statement, ast.Expr) else None
        if not isinstance(value, ast.Call):
            continue
        name = dotted(value.func)
        if isinstance(value.func, ast.Name) and name in names.coroutines and name not in rebound:
            yield UNAWAITED, value, True
        first, _, last = name.partition(".")
        own = f"{body.owner.name}.{last}" if body.owner and first == "self" else ""
        if own in names.coroutines and isinstance(value.func, ast.Attribute):
            yield UNAWAITED, value, True


# Expected exceptions


def _raising(spots: Iterable[Spot]) -> Iterator[tuple[str, ast.AST, bool]]:
    """What is wrong with `with pytest.raises(...)`."""
    for spot in spots:
        statement = spot.statement
        if not isinstance(statement, (ast.With, ast.AsyncWith)):
            continue
        for item in statement.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and dotted(call.func).rpartition(".")[2] in ("raises", "assertRaises"):
                yield from _of_raises(statement, item, call)


def _of_raises(statement: Any, item: ast.withitem, call: ast.Call) -> Iterator[tuple[str, ast.AST, bool]]:
    expected = {dotted(one) for one in call.args[:1]}
    if expected & _BROAD and len(call.args) == 1 and not call.keywords and item.optional_vars is None:
        yield BROAD, call, True
    if expected & {*_BROAD, "AssertionError"}:
        return
    acted = False
    for one in statement.body:
        if acted and isinstance(one, ast.Assert) and _asks_nothing_of_calls(one.test):
            yield AFTER_RAISER, one, True
            return
        acted = acted or any(isinstance(each, ast.Call) for each in nodes(one))


def _asks_nothing_of_calls(test: ast.expr) -> bool:
    """Whether a condition calls nothing, and is no marker of what must not be reached."""
    return truth(test) is not False and not any(isinstance(each, ast.Call) for each in nodes(test))


# Properties


def _property(node: Function, spots: Iterable[Spot]) -> Iterator[tuple[str, ast.AST, bool]]:
    if not any(dotted(one).rpartition(".")[2] == "given" for one in node.decorator_list):
        return
    yield from ((VACUOUS, one, True) for one in node.decorator_list if _tries_one(one))
    for spot in spots:
        value = spot.statement.value if isinstance(spot.statement, ast.Expr) and not spot.around else None
        if isinstance(value, ast.Call) and _rejects_all(value):
            yield VACUOUS, value, True


def _tries_one(decorator: ast.expr) -> bool:
    """Whether it is `settings(max_examples=1)`."""
    if not isinstance(decorator, ast.Call) or dotted(decorator.func).rpartition(".")[2] != "settings":
        return False
    values = [literal(one.value) for one in decorator.keywords if one.arg == "max_examples"]
    return any(isinstance(value, int) and value <= _FEW for value in values)


def _rejects_all(call: ast.Call) -> bool:
    """Whether it is `assume(False)`."""
    return dotted(call.func).rpartition(".")[2] == "assume" and bool(call.args) and truth(call.args[0]) is False


# What is compared


def _repeated(node: Function, spots: list[Spot]) -> Iterator[tuple[str, ast.AST, bool]]:
    """Comparisons of two results of one call, and of what a mock gives back."""
    bound: dict[str, list[ast.expr | None]] = {}
    mocks: set[str] = set()
    for spot in spots:
        _bind(spot.statement, bound, mocks)
    real = _real(spots)
    once = {name: values[0] for name, values in bound.items() if len(values) == 1}
    for spot in spots:
        test = spot.statement.test if isinstance(spot.statement, ast.Assert) else None
        if not isinstance(test, ast.Compare) or len(test.ops) != 1 or not isinstance(test.ops[0], (ast.Eq, ast.Is)):
            continue
        left, right = (_resolved(one, once) for one in (test.left, test.comparators[0]))
        if dotted(test.left) == dotted(test.comparators[0]) != "?" and isinstance(test.left, ast.Name):
            continue
        if _same_call(left, right) and _names_expected(test) and not _TWICE.search(node.name):
            yield SAME_CALL, spot.statement, True
        elif _echoes(left, right, mocks, real) or _echoes(right, left, mocks, real):
            yield ECHO, spot.statement, True


def _bind(statement: ast.stmt, bound: dict[str, list[ast.expr | None]], mocks: set[str]) -> None:
    if not isinstance(statement, ast.Assign):
        return
    for target in statement.targets:
        if isinstance(target, ast.Name):
            bound.setdefault(target.id, []).append(statement.value)
            if _is_mock(awaited(statement.value)):
                mocks.add(target.id)
        else:
            for one in nodes(target):
                if isinstance(one, ast.Name):
                    bound.setdefault(one.id, []).append(None)


def _is_mock(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in _OPEN_MOCKS


def _real(spots: Iterable[Spot]) -> set[str]:
    """The attributes, by dotted name, that are bound to something else than a mock or a stub: to what may be real."""
    found: set[str] = set()
    for spot in spots:
        if isinstance(spot.statement, ast.Assign):
            value = spot.statement.value
            if isinstance(value, (ast.Call, ast.Attribute, ast.Name)) and not _is_mock(value):
                found.update(dotted(one) for one in spot.statement.targets if isinstance(one, ast.Attribute))
    return found


def _resolved(node: ast.expr, once: dict[str, ast.expr | None]) -> ast.expr:
    if isinstance(node, ast.Name):
        return awaited(once.get(node.id) or node)
    return awaited(node)


def _names_expected(test: ast.Compare) -> bool:
    """Whether two names are compared of which one says that it is what is expected."""
    names = [one.id for one in (test.left, test.comparators[0]) if isinstance(one, ast.Name)]
    return len(names) == len(("left", "right")) and any(map(_EXPECTED.match, names))


def _same_call(left: ast.expr, right: ast.expr) -> bool:
    return isinstance(left, ast.Call) and isinstance(right, ast.Call) and ast.dump(left) == ast.dump(right)


def _echoes(one: ast.expr, other: ast.expr, mocks: set[str], real: set[str]) -> bool:
    """Whether one comes from a mock and the other from nothing that runs."""
    return _from_mock(one, mocks, real) and not any(isinstance(each, ast.Call) for each in nodes(other))


def _from_mock(node: ast.expr, mocks: set[str], real: set[str]) -> bool:
    """Whether an expression is a call of a mock that the test has made, by an attribute of it or itself."""
    if not isinstance(node, ast.Call):
        return False
    name = dotted(node.func)
    return name.partition(".")[0] in mocks and name not in real and not is_assertion(name)


# Whether there is an assertion at all


def _checks_elsewhere(body: Body, names: Names) -> bool:
    """Whether something that is not in sight may assert: a helper, an oracle of a plugin, a nested function."""
    if any(one.place.nested for one in body.oracles):
        return True
    return any(
        looks_like_oracle(name) or name.rpartition(".")[2] in names.local or name.startswith(("self.", "cls."))
        for name in body.likely
    )


def _doubtful(body: Body, spots: Spots) -> Iterator[tuple[str, ast.AST, bool]]:
    places = [(oracle, spots.around(oracle.node)) for oracle in body.oracles if oracle.sound]
    if not places:
        yield from _optional(spots.all) if not body.oracles and not any(map(is_given, body.node.decorator_list)) else ()
        return
    first = places[0][0].node
    if all(_in_handler(one) for _, one in places):
        telling = [oracle.node for oracle, _ in places if not oracle.marker and not isinstance(oracle.node, ast.Raise)]
        yield from ((OPTIONAL, one, True) for one in telling[:1])
    elif _on_one_condition(places, spots):
        yield CONDITIONAL, first, True
    elif all(_in_loop(one) for _, one in places):
        yield LOOPED, first, True
    elif all(_is_weak(oracle) for oracle, _ in places):
        yield WEAK, first, True
    yield from _implicit_skip(spots, first)


def _optional(spots: list[Spot]) -> Iterator[tuple[str, ast.AST, bool]]:
    """`try: call()` and `except ValueError: pass`, in a test that asserts nothing."""
    top = [spot.statement for spot in spots if not spot.around]
    tries = [one for one in top if isinstance(one, ast.Try)]
    if len(tries) != 1 or tries[0].orelse or tries[0] is not top[-1]:
        return
    handlers = tries[0].handlers
    if handlers and all(
        one.type is not None and dotted(one.type) not in _BROAD and _is_silent(one) for one in handlers
    ):
        yield OPTIONAL, tries[0], True


def _is_silent(handler: ast.ExceptHandler) -> bool:
    return all(
        isinstance(one, ast.Pass)
        or (isinstance(one, ast.Return) and one.value is None)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Call) and is_silent(dotted(one.value.func)))
        for one in handler.body
    )


def _in_handler(around: Iterable[tuple[Any, str]]) -> bool:
    """Whether a statement runs only after an exception, and the `try` does not insist on one."""
    for node, part in around:
        if part == "handler":
            last = _last(node.body)
            insists = isinstance(last, (ast.Raise, ast.Assert)) or (
                isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and dotted(last.value.func) in FAILS
            )
            return not insists and not node.orelse
    return False


def _last(body: list[ast.stmt]) -> ast.stmt:
    """The statement that is reached last where nothing is raised."""
    last = body[-1]
    while isinstance(last, (ast.With, ast.AsyncWith)):
        last = last.body[-1]
    return last


def _on_one_condition(places: list[tuple[Oracle, Around]], spots: Spots) -> bool:
    """Whether all oracles stand under the same condition, which is not that of a loop's filter."""
    conditions = [around[0][0] for _, around in places if around]
    if any(oracle.marker or isinstance(oracle.node, ast.Raise) for oracle, _ in places):
        return False  # `if wrong: raise` is an assertion
    same = len(conditions) == len(places) and all(one is conditions[0] for one in conditions)
    return same and isinstance(conditions[0], ast.If) and _depends(places[0][1][:1], spots)


def _depends(around: Iterable[tuple[Any, str]], spots: Spots) -> bool:
    """Whether a statement stands under a condition on what the test has computed, with no other case."""
    for node, _ in around:
        if isinstance(node, ast.If) and truth(node.test) is None and not node.orelse and not _is_gate(node.test):
            used = {one.id for one in nodes(node.test) if isinstance(one, ast.Name)}
            if used & spots.computed(node):
                return True
    return False


def _is_gate(test: ast.expr) -> bool:
    return bool(_GATE.search(ast.unparse(test)))


def _in_loop(around: Iterable[tuple[Any, str]]) -> bool:
    """Whether a statement stands in a loop over something computed."""
    for node, part in around:
        if isinstance(node, (ast.For, ast.AsyncFor)) and part == "body":
            source = node.iter
            return not is_constant(source) and not (
                isinstance(source, ast.Call) and dotted(source.func) in ("range", "zip")
            )
    return False


def _is_weak(oracle: Oracle) -> bool:
    """Whether an assertion only asks whether something is there, or of what type it is."""
    test: ast.expr | None = getattr(oracle.node, "test", None)
    if isinstance(oracle.node, ast.Call):
        return dotted(oracle.node.func).rpartition(".")[2] in ("assertIsNotNone", "assertIsInstance")
    if isinstance(test, ast.Compare):
        return isinstance(test.ops[0], ast.IsNot) and literal(test.comparators[0]) is None
    if isinstance(test, ast.Call):
        return dotted(test.func) in _WEAK_CALLS
    return isinstance(test, ast.Name)


def _implicit_skip(spots: Spots, first: Any) -> Iterator[tuple[str, ast.AST, bool]]:
    """`if not ready: return` in front of the first assertion."""
    for spot in spots.all:
        one = spot.statement
        if one.lineno >= first.lineno:
            return
        if isinstance(one, ast.If) and not spot.around and not one.orelse and _returns(one) and not _is_gate(one.test):
            used = {each.id for each in nodes(one.test) if isinstance(each, ast.Name)}
            if used & spots.computed(one):
                yield IMPLICIT_SKIP, one, True
                return


def _returns(node: ast.If) -> bool:
    *rest, last = node.body
    silent = all(isinstance(one, ast.Expr) for one in rest)
    return silent and isinstance(last, ast.Return) and last.value is None
