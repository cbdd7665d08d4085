"""The file does not parse, so that nothing in it can run.

Why it matters: the runner cannot collect a test file that is no Python; depending on how it is started it reports one
error for all its tests, or nothing at all. Tools that "mend" such a file by commenting it out come next.

Instead: bring the last version that parses back from history, or repair the line that is named.

Known limits: the verdict is that of the Python this program runs on; text that only a newer Python reads is told apart
(COR012). What CPython's compiler refuses after parsing, such as `return` outside a function, counts as well. Names of
tests in the file are recovered from its text, as well as that can be done.
"""

from __future__ import annotations

import re
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
    message="does not parse: {error}{python2}{commented}{tests}",
    since="0.1",
    restorable=True,
    explained_by=("COR008", "COR009", "COR010"),
)

_PYTHON_2 = re.compile(
    r"Missing parentheses in call to '(?:print|exec)'|leading zeros in decimal integer|multiple exception types"
)

_TESTS = Context(test=True, collected=True)

VALID = [
    "x = 1\n",
    "",
    'SAMPLE = """\ndef test_a(:\n"""\n',
    # A folder of samples for a parser: low, and still said.
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
        severity=Severity.LOW if file.context.data else Severity.CRITICAL,
        error=parse.message,
        python2=" (this is Python 2)" if _PYTHON_2.search(parse.message) else "",
        commented=f"; {counted(commented.code_lines, 'line')} of code commented out" if commented else "",
        tests=_tests(file.facts),
    )


def _tests(facts: FileFacts) -> str:
    """The tests that stand in the file, as the end of a sentence."""
    names = lost_tests(facts)
    return f"; {counted(len(names), 'test')} lost: {listed(names)}" if names else ""
