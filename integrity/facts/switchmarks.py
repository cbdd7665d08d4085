"""Marks that switch tests off, as pytest and unittest spell them, read from expressions."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from integrity.facts.conditions import Constants, When, Why, when, why
from integrity.facts.expressions import dotted, literal
from integrity.facts.model import Import
from integrity.facts.outline import Outline
from integrity.facts.switches import Condition, Form, Reason

_PYTEST = {
    "skip": Form.SKIP,
    "skipif": Form.SKIP,
    "xfail": Form.XFAIL,
    "flaky": Form.FLAKY,
    "rerun": Form.FLAKY,
    "parametrize": Form.NO_CASES,
}
_UNITTEST = {
    "skip": Form.SKIP,
    "skipIf": Form.SKIP,
    "skipUnless": Form.SKIP,
    "expectedFailure": Form.EXPECTED_FAILURE,
    "SkipTest": Form.SKIP,  # an exception: what it decorates is no function any more
}
_FRAMEWORKS = frozenset({"unittest", "unittest.case", "pytest", "flaky"})
_EMPTY_CALLS = frozenset({"list", "tuple", "set", "dict", "frozenset"})
_CONDITIONS = 1  # positional arguments before the reason


class Mark(NamedTuple):
    """A mark, as an expression says it.

    Attributes:
        form: how it switches tests off.
        node: the expression.
        when: when it holds.
        why: its reason.
        strict: what `strict=` says, None when nothing.
        raises: whether the expected exception is named.
        runs: whether the test is run all the same.
    """

    form: Form
    node: ast.expr
    when: When = When(Condition.NONE)
    why: Why = Why()
    strict: bool | None = None
    raises: bool = False
    runs: bool = True


class Vocabulary:
    """What the names of a module mean, as far as marks are concerned.

    Args:
        outline: of the module.
        imports: of the module.
    """

    def __init__(self, outline: Outline, imports: Iterable[Import]) -> None:
        self._imported = {one.bound: one.name for one in imports if one.module in _FRAMEWORKS and one.name}
        bound: dict[str, list[ast.expr | None]] = {}
        for block in outline.blocks:
            for statement in block.statements if block.owner < 0 else ():
                _bind(statement, bound, plain=not block.guarded)
        once = {name: values[0] for name, values in bound.items() if len(values) == 1}
        self.constants: Constants = {name: value for name, value in once.items() if isinstance(value, ast.Constant)}
        self._marks: Mapping[str, ast.expr] = {
            name: value for name, value in once.items() if value is not None and _may_be_mark(value)
        }

    def mark(self, node: ast.expr) -> tuple[Mark, bool] | None:
        """The mark that an expression makes, and whether it does so by the name of one made elsewhere."""
        if isinstance(node, ast.Name) and node.id in self._marks:
            found = self._direct(self._marks[node.id])
            return (found, True) if found else None
        found = self._direct(node)
        return (found, False) if found else None

    def meaning(self, name: str) -> str:
        """The name as if nothing had been imported by its own name: "skip" as "unittest.skip"."""
        first, dot, rest = name.partition(".")
        original = self._imported.get(first)
        if original is None:
            return name.removeprefix("py.test.") if name.startswith("py.test.") else name
        return f"pytest.mark.{rest}" if original == "mark" and rest else f"{original}{dot}{rest}"

    def _direct(self, node: ast.expr) -> Mark | None:
        name = self.meaning(dotted(node))
        form = _form(name, imported=dotted(node) in self._imported)
        if form is None:
            return None
        call = node if isinstance(node, ast.Call) else None
        last = name.rpartition(".")[2]
        if form is Form.NO_CASES:
            return Mark(form, node) if call and _is_without_cases(call) else None
        if call is None:
            return Mark(form, node)
        return self._of_call(form, call, last)

    def _of_call(self, form: Form, call: ast.Call, last: str) -> Mark:
        given = {one.arg: one.value for one in call.keywords if one.arg}
        conditional = last in ("skipif", "skipIf", "skipUnless", "xfail")
        arguments = list(call.args)
        tests = [given["condition"]] if "condition" in given else []
        if conditional:
            tests += arguments if last in ("skipif", "xfail") else arguments[:_CONDITIONS]
            arguments = arguments[_CONDITIONS:]
        text = given.get("reason") or given.get("msg") or next(iter(arguments), None)
        return Mark(
            form,
            call,
            _combined([when(one, self.constants, holds=last != "skipUnless") for one in tests]),
            why(text, self.constants) if text is not None or not tests else _implied(tests),
            _truth(given.get("strict")),
            "raises" in given,
            _truth(given.get("run")) is not False,
        )


def _implied(tests: list[ast.expr]) -> Why:
    """The reason where none is given: pytest shows a condition in the form of a text; `*` may hold both."""
    for one in tests:
        if isinstance(one, ast.Starred):
            return Why(Reason.COMPUTED)
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            return Why(Reason.COMPUTED, one.value[:300])
    return Why()


def _bind(statement: ast.stmt, bound: dict[str, list[ast.expr | None]], *, plain: bool) -> None:
    """Note what a statement binds; None for a value that depends on what runs."""
    for name, value in _bindings(statement):
        bound.setdefault(name, []).append(value if plain else None)


def _bindings(statement: ast.stmt) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a statement binds at once, each with its value where that is the whole of one expression."""
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            value = statement.value if isinstance(target, ast.Name) else None
            yield from ((one.id, value) for one in ast.walk(target) if isinstance(one, ast.Name))
    elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)) and isinstance(statement.target, ast.Name):
        yield statement.target.id, statement.value if isinstance(statement, ast.AnnAssign) else None
    elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name, None
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        yield from (((name.asname or name.name).partition(".")[0], None) for name in statement.names)


def _may_be_mark(value: ast.expr) -> bool:
    return isinstance(value, (ast.Call, ast.Attribute)) and any(
        part in ("mark", "unittest") for part in dotted(value).split(".")
    )


def _form(name: str, *, imported: bool) -> Form | None:
    """The form of a mark by its full name."""
    parent, _, last = name.rpartition(".")
    if parent == "pytest.mark":
        return _PYTEST.get(last)
    if parent in ("unittest", "unittest.case") or (imported and not parent):
        return Form.FLAKY if last == "flaky" else _UNITTEST.get(last)
    return None


def _combined(found: list[When]) -> When:
    """When any of several conditions holds."""
    if not found:
        return When(Condition.NONE)
    for condition in (Condition.ALWAYS, Condition.SWITCH, Condition.DEPENDS):
        for one in found:
            if one.condition is condition:
                return one if len(found) == 1 else When(condition)
    return found[0]


def _truth(node: ast.expr | None) -> bool | None:
    value = literal(node) if node is not None else None
    return value if isinstance(value, bool) else None if node is None else True


def _is_without_cases(call: ast.Call) -> bool:
    """Whether `parametrize` is given no values, written out."""
    named = [one.value for one in call.keywords if one.arg == "argvalues"]
    values = named or call.args[1:2]
    return bool(values) and is_empty_collection(values[0])


def is_empty_collection(node: ast.expr) -> bool:
    """Whether an expression makes a collection that holds nothing whatever happens."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return not node.elts
    if isinstance(node, ast.Dict):
        return not node.keys
    if isinstance(node, (ast.ListComp, ast.GeneratorExp, ast.SetComp)):
        return is_empty_collection(node.generators[0].iter)
    if not isinstance(node, ast.Call) or node.keywords or not isinstance(node.func, ast.Name):
        return False
    if node.func.id == "range":
        return len(node.args) == 1 and literal(node.args[0]) == 0
    return node.func.id in _EMPTY_CALLS and not node.args


def marks_in(node: ast.expr) -> Iterator[ast.expr]:
    """The marks of `pytestmark`: one, or a list of them."""
    yield from node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
