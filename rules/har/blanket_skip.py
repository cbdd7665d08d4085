"""A hook or an automatic fixture skips every test, or expects every one to fail.

Why it matters: the run is green and nothing was tested; an expected failure even hides that the tests do fail.

Instead: skip by a condition that is checked for each test (a mark, an option, a missing service), with a reason.

Known limits: any condition on the test or on the run makes it no blanket skip. Fixtures count where `autouse` is
written as `True`.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.tampering import Act
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._harness import acts

RULE = Rule(
    code="HAR005",
    name="blanket-skip",
    severity=Severity.CRITICAL,
    message="`{text}` {what}",
    since="0.1",
)

_TESTS = Context(test=True)
_WHAT = {Act.SKIPS_ALL: "skips every test", Act.XFAILS_ALL: "expects every test to fail, so that none can fail"}

VALID = [
    Example(
        """
        import pytest


        def pytest_collection_modifyitems(config, items):
            for item in items:
                if "slow" in item.keywords:
                    item.add_marker(pytest.mark.skip(reason="needs --slow"))


        @pytest.fixture(autouse=True)
        def database():
            if not reachable():
                pytest.skip("no database")
        """,
        _TESTS,
    ),
    Example(
        """
        def pytest_collection_modifyitems(config, items):
            if config.getoption("--slow"):
                return
            for item in items:
                item.add_marker(pytest.mark.skip)
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        import pytest


        def pytest_collection_modifyitems(items):
            for item in items:
                item.add_marker(pytest.mark.xfail(reason="flaky"))  # <- HAR005


        @pytest.fixture(autouse=True)
        def nothing():
            pytest.skip("later")  # <- HAR005
        """,
        _TESTS,
    ),
    Example("import pytest\n\n\ndef pytest_runtest_setup(item):\n    pytest.skip('later')  # <- HAR005\n", _TESTS),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a statement."""
    for one in acts(file, *_WHAT):
        if not one.condition:
            yield RULE.at(one.span, symbol=one.symbol, text=one.text, what=_WHAT[one.act])
