"""An assertion is true by logic alone, as in `x or True`, `x == x` and `len(x) >= 0`.

Why it matters: it looks like a check in every review, it names the result, and it holds for any result.

Instead: write the condition that was meant. Behind `or`, a message is often what was meant: `assert done, "no"`.

Known limits: `x == x` counts only for a plain name, as all that a test asserts, and not where the comparison itself
may be under test: in tests named for equality, hashing, order or identity, and in files that define `__eq__`. That
and tests of sizes are high, `isinstance(x, object)` is medium, all others critical. Assertions in functions inside a
test are left alone: such a function may be what is tested.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.assertions import ANYTHING, IDENTICAL, NUMERIC, TAUTOLOGY
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws

RULE = Rule(
    code="TST004",
    name="tautological-assertion",
    severity=Severity.CRITICAL,
    message="`{text}` is true by logic alone",
    since="0.1",
    verdict="hollow",
    restorable=True,
)

_SEVERITIES = {
    TAUTOLOGY: Severity.CRITICAL,
    NUMERIC: Severity.HIGH,
    IDENTICAL: Severity.HIGH,
    ANYTHING: Severity.MEDIUM,
}

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def test_total():
            cart = make_cart()
            assert cart.total() == 3 or cart.empty
            assert len(cart) >= 1
            assert abs(cart.total()) > 0


        def test_equality():
            cart = make_cart()
            assert cart == cart
        """,
        _TESTS,
    ),
    # Not a test file.
    "assert total() or True\n",
]
INVALID = [
    Example(
        """
        import unittest


        def test_total():
            cart = make_cart()
            assert cart.total() == 3 or True  # <- TST004
            assert cart.total() or "no total"  # <- TST004
            assert cart.owner is None or cart.owner is not None  # <- TST004
            assert isinstance(cart, object)  # <- TST004
            assert len(cart) >= 0  # <- TST004


        def test_owner():
            cart = make_cart()
            assert cart == cart  # <- TST004


        class CartTests(unittest.TestCase):
            def test_add(self):
                self.assertGreaterEqual(len(make_cart()), 0)  # <- TST004
                self.assertTrue(make_cart().add(1) or True)  # <- TST004
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit an assertion."""
    for flaw, definition in flaws(file, *_SEVERITIES):
        if flaw.certain and (flaw.kind != IDENTICAL or flaw.sole):
            yield RULE.at(
                flaw.span,
                symbol=definition.qualname,
                verdict=None if flaw.sole else "",
                severity=_SEVERITIES[flaw.kind],
                text=flaw.text,
            )
