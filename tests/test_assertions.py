"""An assertion that is said to hold whatever the code does must hold in CPython for every value; and the reverse."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.facts.assertions import Fault, condition_of, fault_of

VALUES = [0, 1, -1, 2.5, "", "a", None, [], [0], (), (1, 2), {}, True, False, set(), b"", object(), float("inf")]
ATOMS = st.sampled_from(
    [
        *("x", "y", "0", "1", "-1", "True", "False", "None", "''", "'m'", "[]", "[x]", "()", "(x, 'm')", "{}", "{x}"),
        *("len(x)", "abs(x)", "x.real", "f'{x}'", "f'a{x}'", "isinstance(x, object)", "isinstance(x, int)", "x()", "f"),
        *("[i for i in x]", "(i for i in x)", "lambda: x", "bool(x)", "C", "(*x,)", "[*x]", "{**x}", "x[0]"),
        *("(True, False)", "[200, 500]"),
    ]
)
SIGNS = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "is", "is not", "in", "not in"])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Conditions made of smaller ones."""
    return st.one_of(
        st.tuples(inner, SIGNS, inner).map(lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})"
        ),
        inner.map(lambda part: f"not ({part})"),
        inner.map(lambda part: f"bool({part})"),
    )


CONDITIONS = st.recursive(ATOMS, grown, max_leaves=6)


def fault(source: str) -> Fault | None:
    """What is wrong with a condition, where `f` is a function and `C` a class."""
    return fault_of(ast.parse(source, mode="eval").body, lambda node: isinstance(node, ast.Name) and node.id in "fC")


def outcomes(source: str) -> list[bool]:
    """What CPython makes of a condition for every value; values for which it raises are left out."""
    code = compile(source, "condition", "eval", dont_inherit=True)
    found = []
    for x in VALUES:
        for y in VALUES:
            names = {"x": x, "y": y, "f": outcomes, "C": Fault}
            try:
                found.append(bool(eval(code, names)))  # noqa: S307 - generated above
            except (TypeError, AttributeError, IndexError, KeyError):
                continue
    return found


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@given(CONDITIONS)
def test_what_cannot_fail_never_fails(source: str) -> None:
    """Permissive choices aside, which leave out values that nobody expects."""
    found = fault(source)
    claimed = found and found.certain and not found.kind.startswith("permissive")
    assert not claimed or all(outcomes(source)), (source, found)


FAULTY = {
    "True": "constant",
    "1": "constant",
    "'message'": "constant",
    "1 == 1": "constant",
    "'a' in 'abc'": "constant",
    "not False": "constant",
    "[1, 2]": "constant",
    "(x, 'message')": "tuple",
    "x or True": "tautology",
    "True or x": "tautology",
    "x == 1 or 'message'": "tautology",
    "x or not x": "tautology",
    "x is None or x is not None": "tautology",
    "x == 3 or x != 3": "tautology",
    "not (x and False)": "tautology",
    "x or len(x) >= 0": "numeric",
    "isinstance(x, object)": "anything",
    "len(x) >= 0": "numeric",
    "len(x) > -1": "numeric",
    "0 <= len(x)": "numeric",
    "abs(x) >= 0": "numeric",
    "x.call_count >= 0": "numeric",
    "len(x) >= 0 and True": "numeric",
    "x == x": "identical",
    "(i > 0 for i in x)": "truthy",
    "lambda: x": "truthy",
    "f": "truthy",
    "C": "truthy",
    "f'total {x}'": "truthy",
    "[x == 1]": "truthy",
    "x.assert_called_once": "uncalled-mock-assertion",
    "x.called_once_with(1)": "uncalled-mock-assertion",
    "x in (True, False)": "permissive",
    "x.status_code in [200, 404, 500]": "permissive-status",
    "status in {201, 502}": "permissive-status",
    "status in [200, 401, 404, 503]": "permissive-status",
    "status in {200, 404, 503}": "unavailable-status",
    "x == approx(1, abs=float('inf'))": "unbounded-tolerance",
}


@pytest.mark.parametrize(("source", "kind"), FAULTY.items(), ids=FAULTY.keys())
def test_the_kind_of_a_fault(source: str, kind: str) -> None:
    """Each with the kind that its rule asks for."""
    found = fault(source)
    assert found == Fault(kind)


SOUND = [
    *("False", "0", "None", "''", "not True", "1 == 2", "()", "[]", "{}", "x", "x.y", "x()", "x == 1", "x is y"),
    *("x or y", "x or False", "x or ''", "x and True", "len(x) >= 1", "len(x) > 0", "len(x) <= 0", "len(x) == 0"),
    *("abs(x) > 0", "x >= 0", "count >= 0", "x != x", "x < x", "not x", "all(i for i in x)", "[i for i in x]", "(*x,)"),
    *("x in (True, None)", "x in (200, 201)", "x.status_code in (200, 404)", "x in [200, 500]", "isinstance(x, int)"),
    *("x is None or y is not None", "x == 1 or x == 2", "f'{x}'", "f()", "C()", "x.called", "x == approx(1, abs=0.5)"),
    *("x if y else True", "bool(x)", "x == 1 == 1", "x.get('a') == x.get('b')", "next(x) == next(x)"),
]


@pytest.mark.parametrize("source", SOUND)
def test_what_can_fail_is_left_alone(source: str) -> None:
    """Falsy constants fail whenever they are reached; the others depend on the value."""
    assert fault(source) is None


def test_attributes_that_equal_themselves_are_doubtful() -> None:
    """A property may be under test."""
    assert fault("x.y == x.y") == Fault("identical", certain=False)


UNITTEST = {
    "self.assertTrue(True)": "constant",
    "self.assertFalse(False)": "constant",
    "self.assertEqual(1, 1)": "constant",
    "self.assertIsNotNone('a')": "constant",
    "self.assertIsNone(None)": "constant",
    "self.assertIn('a', 'abc')": "constant",
    "self.assertTrue(x or True)": "tautology",
    "self.assertEqual(x, x)": "identical",
    "self.assertGreaterEqual(len(x), 0)": "numeric",
    "self.assertIn(x.status_code, [200, 500])": "permissive-status",
    "self.assertTrue(x)": "",
    "self.assertFalse(x)": "",
    "self.assertFalse(True)": "",
    "self.assertEqual(x, 1)": "",
    "self.assertGreater(len(x), 0)": "",
    "self.assertNotIn(x, 'abc')": "",
}


@pytest.mark.parametrize(("source", "kind"), UNITTEST.items(), ids=UNITTEST.keys())
def test_assertions_of_unittest_are_conditions(source: str, kind: str) -> None:
    """They are judged like what they say."""
    call = ast.parse(source, mode="eval").body
    assert isinstance(call, ast.Call)
    condition = condition_of(call)
    assert condition is not None
    found = fault_of(condition, lambda _: False)
    assert (found.kind if found else "") == kind
