"""A hook keeps tests from running and lets them count as run.

Why it matters: pytest asks hooks such as `pytest_pyfunc_call` to run the test. One that answers "done" without running
it makes every test pass, whatever it asserts.

Instead: run the test in the hook (`pyfuncitem.obj(...)`), or return `None` so that pytest does.

Known limits: a hook that calls anything that gets the item, or is named as if it ran something, is believed. Functions
in the place of a test count when they call nothing. Patches of pytest's own methods count unless the original is read.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.tampering import Act, Tamper
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._harness import acts, when

RULE = Rule(
    code="HAR003",
    name="execution-no-op",
    severity=Severity.CRITICAL,
    message="the hook's `{text}` {what}{when}",
    since="0.1",
)

_TESTS = Context(test=True)
_WHAT = {
    Act.REPLACES_RUN: "says that the test was run, but nothing runs it",
    Act.REPLACES_TEST: "puts a function that does nothing in the place of the test",
    Act.PATCHES_RUNNER: "replaces the method with which pytest runs tests",
}

VALID = [
    Example(
        """
        import asyncio


        def pytest_pyfunc_call(pyfuncitem):
            if asyncio.iscoroutinefunction(pyfuncitem.obj):
                asyncio.run(pyfuncitem.obj(**pyfuncitem.funcargs))
                return True
            return None


        def pytest_collection_modifyitems(items):
            for item in items:
                item.obj = traced(item.obj)
        """,
        _TESTS,
    ),
    Example(
        """
        def pytest_runtest_protocol(item, nextitem):
            for _ in range(3):
                reports = runtestprotocol(item, nextitem=nextitem, log=False)
            return True
        """,
        _TESTS,
    ),
    "class Reference:\n    def forget(self):\n        self.obj = lambda: None\n",
]
INVALID = [
    Example(
        """
        def pytest_pyfunc_call(pyfuncitem):
            return True  # <- HAR003
        """,
        _TESTS,
    ),
    Example(
        """
        def pytest_collection_modifyitems(items):
            for item in items:
                item.obj = lambda *args, **kwargs: None  # <- HAR003
        """,
        _TESTS,
    ),
    Example("import pytest\n\npytest.Function.runtest = lambda self: None  # <- HAR003\n", _TESTS),
    # Medium.
    Example(
        """
        def pytest_runtest_protocol(item, nextitem):
            if item.get_closest_marker("manual"):
                return True  # <- HAR003
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a statement."""
    for one in acts(file, *_WHAT):
        yield RULE.at(
            one.span, symbol=one.symbol, severity=_severity(one), text=one.text, what=_WHAT[one.act], when=when(one)
        )


def _severity(one: Tamper) -> Severity:
    if not one.condition:
        return Severity.CRITICAL
    return Severity.MEDIUM if one.asked else Severity.HIGH
