"""A test is commented out while the rest of its file is alive.

Why it matters: the runner reports neither a failure nor a skip, the number of tests falls by one, and nobody is
reminded. A test that is skipped with a reason at least stays on the report.

Instead: bring the test back and mend it, mark it `@pytest.mark.skip(reason=...)` with a reference, or delete it.

Known limits: the signature must be followed by a commented body, so that prose and examples that mention a test are
not flagged; so must a string that stands as a statement hold nothing but code. Only test files are looked at. Eleven of
3,547 files in ten healthy projects are flagged, all of them rightly; a reason above the test lowers the severity.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.model import Commented, CommentedKind
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._wording import counted, listed

RULE = Rule(
    code="COR003",
    name="commented-out-test",
    severity=Severity.HIGH,
    message="{tests} commented out{how}: {names}{reason}",
    since="0.1",
    restorable=True,
    explained_by=("COR004",),
)

_REASON_LENGTH = 60

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        '''
        """Tests of the cart."""

        # Every `def test_...` below needs the fixture `cart`, for example:
        #
        #     def test_example(cart):
        #         assert cart

        # def test_total() stands in test_total.py


        def test_empty(cart):
            """Commented examples in a docstring are documentation:

            # def test_x():
            #     assert x
            """
            assert not cart
        ''',
        _TESTS,
    ),
    # Not a test file: an example in a comment.
    """
    # def test_usage():
    #     assert add(1, 2) == 3
    def add(a, b):
        return a + b
    """,
]
INVALID = [
    Example(
        """
        def test_empty(cart):
            assert not cart


        class TestTotal:
            # def test_one(self, cart):  # <- COR003
            #     cart.add("pear", 3)
            #     assert cart.total() == 3

            def test_none(self, cart):
                assert cart.total() == 0
        """,
        _TESTS,
    ),
    Example(
        '''
        def test_empty(cart):
            assert not cart


        """  # <- COR003
        def test_one(cart):
            cart.add("pear", 3)
            assert cart.total() == 3
        """
        ''',
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a file, on its first commented-out test."""
    commented = file.facts.commented
    if commented is None or commented.kind is not CommentedKind.TEST or not file.context.test:
        return
    yield RULE.at(
        commented.span,
        symbol=commented.tests[0],
        severity=_severity(commented, file.context),
        related=tuple((line, name) for line, name in zip(commented.test_lines[1:], commented.tests[1:], strict=True)),
        tests=counted(len(commented.tests), "test"),
        how=" as a string" if commented.in_string else "",
        names=listed(commented.tests),
        reason=f' (reason given: "{commented.reason[:_REASON_LENGTH]}")' if commented.reason else "",
    )


def _severity(commented: Commented, context: Context) -> Severity:
    """High, lower when somebody says why, lowest in data that is damaged on purpose."""
    if context.data:
        return Severity.LOW
    return Severity.MEDIUM if commented.reason else Severity.HIGH
