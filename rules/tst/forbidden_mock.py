"""A mock is used in tests that the project wants to run against the real thing.

Why it matters: an end-to-end test with a mock in it is green although the ends do not meet.

Instead: use the real service, or move the test to where mocks are allowed.

Known limits: only where the configuration says so: `no-mock-paths` (globs) and `no-mock-markers` in
`[tool.integrity.policy]`. Mocks are what unittest.mock, mock, pytest-mock, asynctest, flexmock and doublex make;
`monkeypatch` is none. One hit a function.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Policy, Rule

from .._tests import marks_of

RULE = Rule(
    code="TST301",
    name="forbidden-mock",
    severity=Severity.HIGH,
    message="{name} uses a mock where the policy of the project forbids them: `{text}`",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        from unittest.mock import Mock


        def test_total():
            store = Mock()
            assert total(store) == 3
        """,
        Context(test=True, collected=True),
    ),
]
INVALID = [
    Example(
        """
        from unittest.mock import Mock


        def test_total():
            store = Mock()  # <- TST301
            assert total(store) == 3
        """,
        Context(test=True, collected=True, policy=Policy(no_mocks=True)),
    ),
    Example(
        """
        import pytest


        @pytest.mark.e2e
        def test_total(mocker):  # <- TST301
            assert total(mocker.stub()) == 3
        """,
        Context(test=True, collected=True, policy=Policy(no_mock_markers=("e2e",))),
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a function."""
    policy = file.context.policy
    if not (policy.no_mocks or policy.no_mock_markers):
        return
    for use in file.facts.mocks:
        definition = file.facts.definitions[use.definition]
        if policy.no_mocks or not marks_of(file, definition).isdisjoint(policy.no_mock_markers):
            yield RULE.at(use.span, symbol=definition.qualname, name=definition.name, text=use.text)
