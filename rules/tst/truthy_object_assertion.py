"""An assertion is made on an object that is always true: a generator, a function, a class.

Why it matters: the call is missing. `assert all_valid` asks whether the function exists, and a generator expression is
true before it has been asked for anything: `assert (x > 0 for x in found)` passes for every `found`.

Instead: call the function; put `all(...)` or `any(...)` around the generator.

Known limits: names count where the file itself defines them as an undecorated function, as a class without bases, and
binds them to nothing else. Assertions in functions inside a test are left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.assertions import TRUTHY
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import flaws

RULE = Rule(
    code="TST006",
    name="truthy-object-assertion",
    severity=Severity.CRITICAL,
    message="`{text}` asserts an object that is always true",
    since="0.1",
    verdict="hollow",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def is_valid(cart):
            return cart.total() == 3


        def test_total():
            assert is_valid(make_cart())
            assert all(one > 0 for one in make_cart())


        def test_found(is_valid):
            assert is_valid
            assert [one for one in make_cart()]
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def is_valid(cart):
            return cart.total() == 3


        def test_total():
            assert is_valid  # <- TST006
            assert (one > 0 for one in make_cart())  # <- TST006
            assert lambda: make_cart().total() == 3  # <- TST006
            assert f"total of {make_cart()}"  # <- TST006
            assert [make_cart().total() == 3]  # <- TST006
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit an assertion."""
    for flaw, definition in flaws(file, TRUTHY):
        if flaw.certain:
            yield RULE.at(flaw.span, symbol=definition.qualname, verdict=None if flaw.sole else "", text=flaw.text)
