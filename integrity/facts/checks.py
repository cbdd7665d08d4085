"""One oracle's expression to a `Check`: what it compares with what, and how much it demands."""

from __future__ import annotations

import ast
import re
from collections.abc import Container, Iterator
from typing import NamedTuple

from integrity.facts.expressions import awaited, dotted, is_constant, literal, nodes
from integrity.facts.profile import Strength
from integrity.facts.vocabulary import EXPECTING, MOCK_ASSERTIONS

_LONGEST = 4_000  # nodes; what is larger is compared by its size alone
_EQUAL = frozenset({
    "assertEqual", "assertEquals", "assertIs", "assertListEqual", "assertDictEqual", "assertSetEqual", "eq_", "is_",
    "assertTupleEqual", "assertSequenceEqual", "assertMultiLineEqual", "assertCountEqual", "assert_equal",
    "assert_array_equal", "assert_frame_equal", "assert_series_equal", "assert_index_equal", "assert_string_equal",
    "assertItemsEqual", "assertHTMLEqual", "assertJSONEqual", "assertXMLEqual", "assertQuerySetEqual", "eq",
})  # fmt: skip
_ONE_SIDED = {"assertIsNone": "None", "assertFalse": "False", "assertTrue": "True", "assertIsNotNone": "not None"}
_LOOSE_CALLS = frozenset({
    "assertIn", "assertNotIn", "assertNotEqual", "assertGreater", "assertGreaterEqual", "assertLess", "assertLessEqual",
    "assertAlmostEqual", "assertNotAlmostEqual", "assertRegex", "assertNotRegex", "assertIsNot", "assert_allclose",
    "assert_almost_equal", "assert_array_almost_equal", "assert_approx_equal", "assert_array_less", "in_", "not_in",
    "assertNotIsInstance", "assertRegexpMatches", "assertDictContainsSubset", "ne_", "is_not_", "assertContains",
})  # fmt: skip
_WEAK_CALLS = frozenset({"assertIsNotNone", "assertIsInstance", "is_true", "assert_"})
_WEAK_PREDICATES = frozenset({"isinstance", "issubclass", "hasattr", "callable", "bool", "len", "id", "type", "str"})
_MOCK = {
    "assert_called": Strength.WEAK, "assert_awaited": Strength.WEAK,
    "assert_called_once": Strength.LOOSE, "assert_awaited_once": Strength.LOOSE,
}  # fmt: skip
_BROAD = frozenset({"Exception", "BaseException"})
_OF_TEXT = frozenset({"startswith", "endswith", "issubset", "issuperset", "isdisjoint", "match", "search", "fullmatch"})
_OF_PATTERN = frozenset({"match", "search", "fullmatch"})
_APPROXIMATE = frozenset({"approx", "isclose", "allclose"})
_BOUNDS = frozenset({"rel", "abs", "rtol", "atol", "delta", "places", "decimal", "significant", "msec", "timeout"})
_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in",
}  # fmt: skip
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_UNITTEST_SIGNS = {
    "assertIn": "in", "assertNotIn": "not in", "assertNotEqual": "!=", "assertGreater": ">", "assertGreaterEqual": ">=",
    "assertLess": "<", "assertLessEqual": "<=", "assertIs": "is", "assertIsNot": "is not",
}  # fmt: skip
_SPACE = re.compile(r"\s+")


class Reading(NamedTuple):
    """What an oracle's expression says; the fields are those of `Check`."""

    kind: str
    operator: str
    strength: Strength
    subject: str = ""
    expected: str = ""
    literal: bool = False
    bounds: tuple[tuple[str, float], ...] = ()


def source(node: ast.AST) -> str:
    """The normalised source of a node; a digest of its size when it is too large or too deep to write out."""
    try:
        if sum(1 for _ in nodes(node)) > _LONGEST:
            return f"<{type(node).__name__} of {sum(1 for _ in nodes(node))}>"
        return _SPACE.sub(" ", ast.unparse(node))
    except (RecursionError, ValueError, AttributeError):
        return f"<{type(node).__name__}>"


def shape(node: ast.AST, local: Container[str]) -> str:
    """The form of an assertion: node types and names, literals and local names left open."""
    parts: list[str] = []
    stack = [node]
    while stack and len(parts) < _LONGEST:
        one = stack.pop()
        if isinstance(one, ast.expr) and (is_constant(one) or (isinstance(one, ast.Name) and one.id in local)):
            parts.append("_")
        elif isinstance(one, ast.Name):
            parts.append(one.id)
        else:
            parts.append(f".{one.attr}" if isinstance(one, ast.Attribute) else type(one).__name__)
            stack += ast.iter_child_nodes(one)
    return " ".join(parts)


def read_condition(node: ast.expr, *, holds: bool = True) -> Reading:
    """What `assert node` says; with `holds` off, what `assert not node` says."""
    for _ in range(20):
        node = awaited(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            node, holds = node.operand, not holds
        else:
            break
    if isinstance(node, ast.Compare):
        return _of_comparison(node if holds else _negated(node))
    if isinstance(node, ast.BoolOp):
        return _of_boolean(node)
    if isinstance(node, ast.Call):
        return _of_predicate(node, holds=holds)
    return Reading("truth", "" if holds else "not", Strength.WEAK, source(node))


def _negated(node: ast.Compare) -> ast.Compare:
    """The opposite of a comparison, where one operator says it."""
    opposite = _OPPOSITE.get(type(node.ops[0])) if len(node.ops) == 1 else None
    return ast.Compare(node.left, [opposite()], node.comparators) if opposite else node


def read_call(call: ast.Call, body: str = "") -> Reading:
    """What a call that is an assertion says.

    Args:
        call: the call.
        body: the source of the block that it guards, when it is a context manager.
    """
    name = dotted(call.func)
    last = name.rpartition(".")[2]
    if last in EXPECTING:
        return _of_expectation(call, last, body)
    if last in MOCK_ASSERTIONS:
        kept = _MOCK.get(last, Strength.EXACT)
        written = all(map(is_constant, (*call.args, *(one.value for one in call.keywords))))
        return Reading("mock", last, kept, name.rpartition(".")[0], _arguments(call), written)
    if last in ("assertTrue", "assertFalse", "assert_", "failUnless", "ok_") and call.args:
        return read_condition(call.args[0], holds=last != "assertFalse")
    if last in _ONE_SIDED and call.args:
        weak = last == "assertIsNotNone"
        sign, strength = ("is not", Strength.WEAK) if weak else ("is", Strength.EXACT)
        return Reading("compare", sign, strength, source(call.args[0]), "None", literal=True)
    if len(call.args) > 1:
        return _of_two(call, last)
    return Reading("call", last, Strength.EXACT, _arguments(call))


def _of_two(call: ast.Call, last: str) -> Reading:
    """An assertion of unittest or numpy about two values."""
    left, right = call.args[:2]
    if last in _EQUAL or last in _UNITTEST_SIGNS:
        sign = _UNITTEST_SIGNS.get(last, "==")
        return _sided(left, sign, right, bounds(call), same=last in _EQUAL)
    subject, expected, written = _sides(left, right)
    if last in _WEAK_CALLS:
        return Reading("truth", last, Strength.WEAK, source(left), source(right))
    strength = Strength.LOOSE if last in _LOOSE_CALLS else Strength.EXACT
    found = bounds(call)
    if last in ("assertAlmostEqual", "assert_almost_equal", "assert_array_almost_equal") and len(call.args) > 2:  # noqa: PLR2004
        found = (*found, *_number("places", call.args[2]))
    return Reading("compare", "~" if strength is Strength.LOOSE else last, strength, subject, expected, written, found)


def _of_comparison(node: ast.Compare) -> Reading:
    if len(node.ops) > 1:
        signs = " ".join(_SIGNS[type(one)] for one in node.ops)
        exact = any(isinstance(one, (ast.Eq, ast.Is)) for one in node.ops)
        sides = [node.left, *node.comparators]
        subject = next((one for one in sides if not is_constant(one)), sides[0])
        others = ", ".join(source(one) for one in sides if one is not subject)
        return Reading("compare", signs, Strength.EXACT if exact else Strength.LOOSE, source(subject), others)
    return _sided(node.left, _SIGNS[type(node.ops[0])], node.comparators[0], bounds(node), same=False)


def _sided(left: ast.expr, sign: str, right: ast.expr, found: tuple[tuple[str, float], ...], *, same: bool) -> Reading:
    """A comparison with its sides told apart."""
    if sign in ("in", "not in"):
        contained = not is_constant(left) and is_constant(right)
        subject, expected = (left, right) if contained else (right, left)
        return Reading("compare", sign, Strength.LOOSE, source(subject), source(expected), is_constant(expected), found)
    subject, expected, written = _sides_of(left, right)
    if subject is not left:
        sign = _MIRRORED.get(sign, sign)
    strength = _strength(sign, expected, same=same)
    if sign in _MIRRORED and (number := _number(sign, expected)):
        found = (*found, *number)
    if sign == "==" and _is_approximate(left, right):
        sign, strength = "~", Strength.LOOSE
        written = isinstance(expected, ast.Call) and all(map(is_constant, expected.args))
    return Reading("compare", sign, strength, source(subject), source(expected), written, found)


def _strength(sign: str, expected: ast.expr, *, same: bool) -> Strength:
    if same or sign in ("==", "is"):
        return Strength.EXACT
    if sign in ("is not", "!=") and literal(expected) is None:
        return Strength.WEAK
    return Strength.LOOSE


def _sides_of(left: ast.expr, right: ast.expr) -> tuple[ast.expr, ast.expr, bool]:
    """The side under test, what it is held against, and whether that is written out."""
    if is_constant(right):
        return left, right, True
    if is_constant(left):
        return right, left, True
    return left, right, False


def _sides(left: ast.expr, right: ast.expr) -> tuple[str, str, bool]:
    subject, expected, written = _sides_of(left, right)
    return source(subject), source(expected), written


def _is_approximate(left: ast.expr, right: ast.expr) -> bool:
    return any(
        isinstance(one, ast.Call) and dotted(one.func).rpartition(".")[2] in _APPROXIMATE for one in (left, right)
    )


def _of_boolean(node: ast.BoolOp) -> Reading:
    parts = [
        Reading("truth", "", Strength.LOOSE, source(one)) if isinstance(one, ast.BoolOp) else read_condition(one)
        for one in node.values
    ]
    if isinstance(node.op, ast.And):
        best = max(parts, key=lambda part: part.strength)
        return Reading("truth", "and", best.strength, parts[0].subject, source(node), best.literal)
    worst = min(Strength.LOOSE, *(part.strength for part in parts))
    return Reading("truth", "or", worst, parts[0].subject, source(node))


def _of_predicate(call: ast.Call, *, holds: bool) -> Reading:
    last = dotted(call.func).rpartition(".")[2]
    operator = last if holds else f"not {last}"
    subject, expected = call.args[0] if call.args else call, _arguments(call)
    if last in _WEAK_PREDICATES:
        return Reading("truth", operator, Strength.WEAK, source(subject), expected)
    subject = call.func.value if last in _OF_TEXT and isinstance(call.func, ast.Attribute) else call
    every = last == "all" or last.startswith(("array_equal", "is_equal", "equal"))
    strength = Strength.EXACT if every else Strength.LOOSE
    written = last in _OF_PATTERN and any(isinstance(one, ast.Constant) for one in call.args)
    return Reading("truth", operator, strength, source(subject), expected, written, bounds(call))


def _of_expectation(call: ast.Call, last: str, body: str) -> Reading:
    """`raises(E, match=...)` and its kin."""
    names = list(_exceptions(call.args[0])) if call.args else []
    pattern = next((one.value for one in call.keywords if one.arg in ("match", "check", "expected_regex")), None)
    if pattern is None and last in ("assertRaisesRegex", "assertRaisesMessage", "assertWarnsRegex"):
        pattern = call.args[1] if len(call.args) > 1 else None
    kind = "raises" if "aise" in last else "warns"
    if pattern is not None:
        strength = Strength.EXACT
    else:
        strength = Strength.WEAK if not names or _BROAD & set(names) else Strength.LOOSE
    rest = call.args[1:] if not body and pattern is None else []
    subject = body or ", ".join(map(source, rest))
    return Reading(kind, ", ".join(sorted(names)), strength, subject, source(pattern) if pattern else "", literal=True)


def _exceptions(node: ast.expr) -> Iterator[str]:
    for one in node.elts if isinstance(node, ast.Tuple) else [node]:
        yield dotted(one).rpartition(".")[2]


def _arguments(call: ast.Call) -> str:
    parts = [source(one) for one in call.args]
    parts += [f"{one.arg}={source(one.value)}" for one in call.keywords if one.arg not in ("msg", "err_msg")]
    return ", ".join(parts)


def bounds(node: ast.AST) -> tuple[tuple[str, float], ...]:
    """Every tolerance named in an expression, with its value."""
    found: list[tuple[str, float]] = []
    for count, one in enumerate(nodes(node)):
        if count > _LONGEST:
            break
        if isinstance(one, ast.keyword) and one.arg in _BOUNDS:
            found += _number(str(one.arg), one.value)
    return tuple(sorted(found))


def _number(name: str, node: ast.expr) -> tuple[tuple[str, float], ...]:
    value = literal(node)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return ((name, float(value)),)
    return ()
