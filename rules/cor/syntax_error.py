"""The file does not parse, so that nothing in it can run.

Why it matters: the runner cannot collect a test file that is no Python; depending on how it is started it reports one
error for all its tests, or nothing at all. Tools that "mend" such a file by commenting it out come next.

Instead: bring the last version that parses back from history, or repair the line that is named.

Known limits: the verdict is that of the Python this program runs on; text that only a newer Python reads is told
apart (COR012). What CPython's compiler refuses after parsing, such as `return` outside a function, counts as well.
Names of tests in the file are recovered from its text, as well as that can be done. A template that is Python once
each `{{...}}` is filled in is low, unless it is a test. In ten healthy projects (3,847 files) it reports 21 samples
in a formatter's test data, as low, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.collection import lost_tests
from integrity.facts.model import FileFacts, Syntax
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._wording import counted, listed

RULE = Rule(
    code="COR004",
    name="syntax-error",
    severity=Severity.CRITICAL,
    message="does not parse: {error}{commented}{tests}",
    since="0.1",
    restorable=True,
    explained_by=("COR008", "COR009", "COR010"),
)

_TESTS = Context(test=True, collected=True)

VALID = [
    "x = 1\n",
    "",
    'SAMPLE = """\ndef test_a(:\n"""\n',
    # As notebooks and consoles are written.
    """
    import client

    page = await client.fetch()
    """,
]
INVALID = [
    Example(
        """
        def test_total():
            assert total([1, 2] == 3  # <- COR004
        """,
        _TESTS,
    ),
    Example(
        """
        def test_total():
            assert total([1, 2]) == 3
        return None  # <- COR004
        """,
        _TESTS,
    ),
    # An `async` that was lost: CPython parses it, and refuses to compile it.
    Example(
        """
        import pytest


        @pytest.mark.asyncio
        def test_fetch(client):
            assert await client.fetch() == 200  # <- COR004
        """,
        _TESTS,
    ),
    Example(
        """
        async def test_fetch(client):
        async def test_store(client):  # <- COR004
            await client.store()
        """,
        _TESTS,
    ),
    # Python 2.
    """
    try:
        start()
    except OSError, error:  # <- COR004
        print("no")
    """,
    # A template: low.
    "class {{name}}:  # <- COR004\n    def run(self):\n        return {{ value }}\n",
    # A folder of samples for a parser: low, and still said.
    Example('print "hello"  # <- COR004\n', Context(data=True)),
]


def check(file: File) -> Iterator[Hit]:
    """One hit, where the parser gave up."""
    parse = file.facts.parse
    if parse.syntax is not Syntax.BROKEN:
        return
    commented = file.facts.commented
    yield RULE.at(
        parse.span,
        severity=Severity.LOW if file.context.data or (parse.template and not file.context.test) else None,
        error=parse.message,
        commented=f"; {counted(commented.code_lines, 'line')} of code commented out" if commented else "",
        tests=_tests(file.facts),
    )


def _tests(facts: FileFacts) -> str:
    """The tests that stand in the file, as the end of a sentence."""
    names = lost_tests(facts)
    return f"; {counted(len(names), 'test')} lost: {listed(names)}" if names else ""
