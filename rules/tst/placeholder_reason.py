"""A test is switched off, and the reason is missing or says nothing: "TODO", "broken", "flaky".

Why it matters: without a reason nobody can tell when the test may come back, so that it never does.

Instead: name the issue, or say what has to change first.

Known limits: a comment beside the mark, or right above it, counts as a reason. Names of issues, addresses, dates and
any word that is not made for every test are reasons. Skips without condition and without reason are left to
`unconditional-skip`, which says so; what text is computed at run time is not judged.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.switches import Condition, Form, Reason, Switch, Where
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._reasons import is_placeholder
from .._switches import switches

RULE = Rule(
    code="TST103",
    name="placeholder-reason",
    severity=Severity.MEDIUM,
    message="{what} is switched off and nothing says why{reason}",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        import sys

        import pytest


        @pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
        def test_total():
            assert total([1, 2]) == 3


        @pytest.mark.skipif("sys.platform == 'win32'")
        def test_fork():
            assert total([1]) == 1


        @pytest.mark.skipif(*WHEN_NO_STORE)
        def test_store():
            assert total([1]) == 1


        @pytest.mark.skipif(False, reason="")
        def test_never():
            assert total([1]) == 1


        @pytest.mark.xfail(strict=True)  # GH-12
        def test_sum():
            assert total([1]) == 1
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import sys

        import pytest


        @pytest.mark.skipif(sys.platform == "win32", reason="TODO: fix")  # <- TST103
        def test_total():
            assert total([1, 2]) == 3


        @pytest.mark.xfail(strict=True)  # <- TST103
        def test_sum():
            assert total([1]) == 1
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a mark or call."""
    for switch, symbol, what in switches(file, Form.SKIP, Form.XFAIL):
        if switch.condition is Condition.NEVER:
            continue
        if switch.where is not Where.ALIAS and not _told_elsewhere(switch) and is_placeholder(switch):
            text = " ".join(switch.why.split())[:60]
            yield RULE.at(switch.span, symbol=symbol, what=what, reason=f' but "{text}"' if text else "")


def _told_elsewhere(switch: Switch) -> bool:
    """Whether `unconditional-skip` says that there is no reason."""
    return switch.form is Form.SKIP and switch.condition is Condition.NONE and switch.reason is Reason.NONE
