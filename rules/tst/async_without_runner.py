"""A test is a coroutine, and nothing in the repository runs coroutines for pytest.

Why it matters: pytest cannot await a test by itself. Before version 8.4 it skips such a test with a warning, so that
the suite stays green; since then the test fails.

Instead: install `pytest-asyncio` or `anyio`, declare it, and mark the tests or set `asyncio_mode = auto`.

Known limits: a plugin counts when it is declared as a dependency, imported, configured, or when the repository has a
hook `pytest_pyfunc_call`. Medium, because plugins may be installed without being declared. Methods of classes are left
alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.collection import strays
from integrity.model import Severity, Span
from integrity.rule import Context, Example, Hit, Rule, Suite

from .._wording import counted, listed

RULE = Rule(
    code="TST207",
    name="async-without-runner",
    severity=Severity.MEDIUM,
    message="nothing runs coroutines for pytest here: {number} never awaited ({tests})",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        "",
        _TESTS,
        files={
            "pytest.ini": "[pytest]\nasyncio_mode = auto\n",
            "tests/test_login.py": "async def test_login():\n    assert await login()\n",
        },
    ),
    Example(
        "",
        _TESTS,
        files={"tests/test_login.py": "import anyio\n\n\nasync def test_login():\n    assert await login()\n"},
    ),
    Example(
        "",
        _TESTS,
        files={
            "requirements.txt": "pytest-asyncio\n",
            "tests/test_login.py": "async def test_login():\n    assert await login()\n",
        },
    ),
]
INVALID = [
    Example(
        "",
        _TESTS,
        files={
            "tests/test_login.py": """
            async def test_login():  # <- TST207
                assert await login()

            def test_sync():
                assert login()
            """,
        },
    ),
]


def check(suite: Suite) -> Iterator[Hit]:
    """One hit a file, on its first coroutine."""
    for stray in strays.coroutines(suite):
        number = counted(len(stray.tests), "test")
        yield RULE.at(
            Span(stray.line),
            path=stray.path,
            symbol=stray.symbol,
            number=f"{number} {'is' if len(stray.tests) == 1 else 'are'}",
            tests=listed(stray.tests),
        )
