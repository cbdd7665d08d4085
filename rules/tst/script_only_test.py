"""A module looks like tests to its readers and runs only when it is started as a program.

Why it matters: `if __name__ == "__main__": main()` is for people. No runner collects what it calls, so that no run of
the suite ever fails because of it.

Instead: make tests of the functions, or keep the program away from the tests and give it another name.

Known limits: modules of the tests count that hold no test which a runner collects, and whose program reaches functions
with assertions, or named like tests. Low where only the names say so.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.straying import SCRIPT
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._tests import tests

RULE = Rule(
    code="TST211",
    name="script-only-test",
    severity=Severity.MEDIUM,
    message="no runner runs the checks here, only whoever starts the module as a program: {names}",
    since="0.1",
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        """
        def test_total():
            assert total([1, 2]) == 3


        if __name__ == "__main__":
            test_total()
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def check_total():  # no test
            assert total([1, 2]) == 3


        if __name__ == "__main__":
            check_total()  # <- TST211
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a module."""
    if not file.context.test or file.context.data or tests(file):
        return
    for stray in file.facts.strays:
        if stray.kind == SCRIPT and (file.context.collected or "test_" in stray.text):
            severity = None if stray.certain and file.context.collected else Severity.LOW
            yield RULE.at(stray.span, severity=severity, names=stray.text)
