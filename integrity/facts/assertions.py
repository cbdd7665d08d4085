"""What can be wrong with the condition of one assertion, so that it holds whatever the code under test does."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from integrity.facts.expressions import NOT_LITERAL, dotted, is_constant, literal, same, truth
from integrity.facts.vocabulary import MOCK_ASSERTIONS, SILENT_MOCK_NAMES

CONSTANT = "constant"
TUPLE = "tuple"
TAUTOLOGY = "tautology"
ANYTHING = "anything"
IDENTICAL = "identical"
NUMERIC = "numeric"
TRUTHY = "truthy"
UNCALLED = "uncalled-mock-assertion"
PERMISSIVE = "permissive"
STATUS = "permissive-status"
UNAVAILABLE = "unavailable-status"
TOLERANCE = "unbounded-tolerance"

_RELATIVE = frozenset({"rel", "rtol"})
_TOLERANCES = frozenset({*_RELATIVE, "abs", "atol", "delta"})
_HUGE = 100  # times the expected value
_SUCCESS, _REFUSAL, _FAILURE = 2, 4, 5  # the hundreds of status codes of HTTP
_DOWN = 503  # "Service Unavailable": what a health check answers on purpose


class Fault(NamedTuple):
    """Why an assertion cannot fail: the flaw's kind, and whether there is no innocent reading."""

    kind: str
    certain: bool = True


def fault_of(condition: ast.expr, always_true: Callable[[ast.expr], bool]) -> Fault | None:
    """What is wrong with an asserted condition; None when it can fail.

    Args:
        condition: the expression behind `assert`.
        always_true: whether a name or attribute stands for a function, class or module, which is always true.
    """
    judge = _JUDGES.get(type(condition))
    if judge:
        return judge(condition)
    if isinstance(condition, (ast.Name, ast.Attribute)):
        return _of_name(condition, always_true)
    if isinstance(condition, ast.Call):
        return _of_call(condition, always_true)
    if isinstance(condition, ast.BoolOp):
        return _of_boolean(condition, always_true)
    return None


def condition_of(call: ast.Call) -> ast.expr | None:
    """The condition that one of unittest's assertions checks, None where operators could not write it."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    arguments = call.args
    if name in _UNARY and arguments:
        return _UNARY[name](arguments[0])
    if name in _BINARY and len(arguments) > 1:
        return ast.Compare(arguments[0], [_BINARY[name]], [arguments[1]])
    return None


def _of_constant(node: ast.expr) -> Fault | None:
    value = truth(node)
    return Fault(CONSTANT) if value else None


def _of_tuple(node: ast.expr) -> Fault | None:
    return Fault(TUPLE) if truth(node) else None


def _of_collection(node: ast.expr) -> Fault | None:
    if not truth(node):
        return None
    return Fault(CONSTANT if is_constant(node) else TRUTHY)


def _of_object(_: ast.expr) -> Fault | None:
    return Fault(TRUTHY)


def _of_text(node: ast.expr) -> Fault | None:
    return Fault(TRUTHY) if truth(node) else None


def _of_negation(node: ast.UnaryOp) -> Fault | None:
    if not isinstance(node.op, ast.Not):
        return None
    if truth(node.operand) is False:
        return Fault(CONSTANT)
    inner = node.operand
    if (
        isinstance(inner, ast.BoolOp)
        and isinstance(inner.op, ast.And)
        and any(truth(one) is False for one in inner.values)
    ):
        return Fault(TAUTOLOGY)
    return None


def _of_name(node: ast.Name | ast.Attribute, always_true: Callable[[ast.expr], bool]) -> Fault | None:
    if isinstance(node, ast.Attribute) and node.attr in MOCK_ASSERTIONS:
        return Fault(UNCALLED)
    return Fault(TRUTHY) if always_true(node) else None


def _of_call(node: ast.Call, always_true: Callable[[ast.expr], bool]) -> Fault | None:
    name, arguments = dotted(node.func), node.args
    last = name.rpartition(".")[2]
    if last in SILENT_MOCK_NAMES and "." in name:
        return Fault(UNCALLED)
    if name == "isinstance" and len(arguments) > 1 and _names_object(arguments[1]):
        return Fault(ANYTHING)
    if name == "bool" and len(arguments) == 1 and isinstance(arguments[0], ast.expr):
        return fault_of(arguments[0], always_true) if not isinstance(arguments[0], ast.Call) else None
    return None


def _names_object(node: ast.expr) -> bool:
    names = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(isinstance(one, ast.Name) and one.id == "object" for one in names)


def _of_boolean(node: ast.BoolOp, always_true: Callable[[ast.expr], bool]) -> Fault | None:
    if isinstance(node.op, ast.And):
        return _of_all(node.values, always_true)
    if any(truth(one) for one in node.values):
        return Fault(TAUTOLOGY)
    if any(_contradict(one, other) for one, other in pairwise(node.values)):
        return Fault(TAUTOLOGY)
    faults = [fault for one in node.values if not isinstance(one, ast.BoolOp) and (fault := fault_of(one, always_true))]
    sure = [fault for fault in faults if fault.kind in (TAUTOLOGY, NUMERIC, CONSTANT)]
    return sure[0] if sure else None


def _of_all(operands: list[ast.expr], always_true: Callable[[ast.expr], bool]) -> Fault | None:
    """The first operand's fault, when all have one."""
    first = None
    for one in operands:
        fault = None if isinstance(one, ast.BoolOp) else fault_of(one, always_true)
        if fault is None:
            return None
        first = first or fault
    return first


def _contradict(left: ast.expr, right: ast.expr) -> bool:
    """Whether one of two conditions is the negation of the other."""
    if isinstance(right, ast.UnaryOp) and isinstance(right.op, ast.Not):
        return same(left, right.operand)
    if isinstance(left, ast.UnaryOp) and isinstance(left.op, ast.Not):
        return same(left.operand, right)
    if not (isinstance(left, ast.Compare) and isinstance(right, ast.Compare)):
        return False
    opposite = (*map(type, left.ops), *map(type, right.ops)) in _OPPOSITES
    return opposite and same(left.left, right.left) and same(left.comparators[0], right.comparators[0])


def _of_comparison(node: ast.Compare) -> Fault | None:
    if len(node.ops) > 1:
        return None
    left, sign, right = node.left, node.ops[0], node.comparators[0]
    if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
        return Fault(CONSTANT) if _evaluates_to_true(left.value, sign, right.value) else None
    if type(left) is type(right) and isinstance(sign, _REFLEXIVE) and same(left, right):
        return Fault(CONSTANT) if is_constant(left) else Fault(IDENTICAL, isinstance(left, ast.Name))
    if isinstance(left, ast.Call) or isinstance(right, ast.Call) or _is_call_count(left):
        return unbounded(left) or unbounded(right) or _of_size(left, sign, right)
    if isinstance(sign, ast.In) and isinstance(right, (ast.List, ast.Tuple, ast.Set)):
        return _of_choice(left, right.elts)
    return None


def _evaluates_to_true(left: object, sign: ast.cmpop, right: object) -> bool:
    try:
        return bool(_EVALUATE[type(sign)](left, right))
    except TypeError:
        return False


def _of_size(left: ast.expr, sign: ast.cmpop, right: ast.expr) -> Fault | None:
    """`len(x) >= 0` and its kin."""
    if isinstance(sign, _BELOW):
        left, sign, right = right, _TURNED[type(sign)], left
    bound = literal(right)
    if not isinstance(bound, (int, float)) or isinstance(bound, bool) or not _is_size(left):
        return None
    reached = (isinstance(sign, ast.GtE) and bound <= 0) or (isinstance(sign, ast.Gt) and bound < 0)
    return Fault(NUMERIC) if reached else None


def _is_size(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("len", "abs")
    return _is_call_count(node)


def _is_call_count(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("call_count", "await_count")


def unbounded(node: ast.expr) -> Fault | None:
    """What is wrong with a call that compares with a tolerance: it is so wide that every number is within it."""
    if isinstance(node, ast.Call) and any(
        one.arg in _TOLERANCES and _is_huge(one.value, one.arg) for one in node.keywords
    ):
        return Fault(TOLERANCE)
    return None


def _is_huge(node: ast.expr, keyword: str | None) -> bool:
    if isinstance(node, (ast.Name, ast.Attribute)):
        return dotted(node).rpartition(".")[2] in ("inf", "Inf", "infty")
    if isinstance(node, ast.Call):
        return dotted(node.func) == "float" and any(
            literal(one) in ("inf", "Infinity", "infinity") for one in node.args
        )
    value = literal(node)
    return keyword in _RELATIVE and isinstance(value, (int, float)) and value >= _HUGE


def _of_choice(left: ast.expr, choices: list[ast.expr]) -> Fault | None:
    values = [literal(one) for one in choices]
    if any(value is NOT_LITERAL for value in values):
        return None
    if any(value is True for value in values) and any(value is False for value in values):
        return Fault(PERMISSIVE)
    codes = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    numbers = [code // 100 for code in codes]
    if not _is_status(left) or not {_SUCCESS, _FAILURE} <= set(numbers):
        return None
    honest = numbers.count(_FAILURE) == 1 and _DOWN in codes and numbers.count(_REFUSAL) <= 1
    return Fault(UNAVAILABLE if honest else STATUS)


def _is_status(node: ast.expr) -> bool:
    last = dotted(node).rpartition(".")[2].lower()
    return "status" in last or last in ("code", "returncode", "response_code", "http_code")


def _truthy(node: ast.expr) -> ast.expr:
    return node


def _negated(node: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), node)


def _is_not_none(node: ast.expr) -> ast.expr:
    return ast.Compare(node, [ast.IsNot()], [ast.Constant(None)])


def _is_none(node: ast.expr) -> ast.expr:
    return ast.Compare(node, [ast.Is()], [ast.Constant(None)])


_JUDGES: dict[type, Callable[..., Fault | None]] = {
    ast.Constant: _of_constant,
    ast.Tuple: _of_tuple,
    ast.List: _of_collection,
    ast.Set: _of_collection,
    ast.Dict: _of_collection,
    ast.JoinedStr: _of_text,
    ast.GeneratorExp: _of_object,
    ast.Lambda: _of_object,
    ast.UnaryOp: _of_negation,
    ast.Compare: _of_comparison,
}
_REFLEXIVE = (ast.Eq, ast.Is, ast.LtE, ast.GtE)
_BELOW = (ast.Lt, ast.LtE)
_TURNED: dict[type, ast.cmpop] = {ast.Lt: ast.Gt(), ast.LtE: ast.GtE()}
_OPPOSITES = frozenset(
    {
        (ast.Is, ast.IsNot),
        (ast.IsNot, ast.Is),
        (ast.Eq, ast.NotEq),
        (ast.NotEq, ast.Eq),
        (ast.In, ast.NotIn),
        (ast.NotIn, ast.In),
    }
)
_EVALUATE: dict[type, Callable[[object, object], object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.Lt: operator.lt,  # type: ignore[dict-item]
    ast.LtE: operator.le,  # type: ignore[dict-item]
    ast.Gt: operator.gt,  # type: ignore[dict-item]
    ast.GtE: operator.ge,  # type: ignore[dict-item]
    ast.In: lambda left, right: left in right,  # type: ignore[operator]
    ast.NotIn: lambda left, right: left not in right,  # type: ignore[operator]
}
_UNARY: dict[str, Callable[[ast.expr], ast.expr]] = {
    "assertTrue": _truthy,
    "assert_": _truthy,
    "failUnless": _truthy,
    "assertFalse": _negated,
    "failIf": _negated,
    "assertIsNotNone": _is_not_none,
    "assertIsNone": _is_none,
}
_BINARY: dict[str, ast.cmpop] = {
    "assertEqual": ast.Eq(),
    "assertEquals": ast.Eq(),
    "assertNotEqual": ast.NotEq(),
    "assertIs": ast.Is(),
    "assertIsNot": ast.IsNot(),
    "assertIn": ast.In(),
    "assertNotIn": ast.NotIn(),
    "assertGreater": ast.Gt(),
    "assertGreaterEqual": ast.GtE(),
    "assertLess": ast.Lt(),
    "assertLessEqual": ast.LtE(),
    "assertListEqual": ast.Eq(),
    "assertDictEqual": ast.Eq(),
    "assertTupleEqual": ast.Eq(),
    "assertSetEqual": ast.Eq(),
    "assertMultiLineEqual": ast.Eq(),
    "assertCountEqual": ast.Eq(),
}
