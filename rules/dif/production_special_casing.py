"""Production code learns to recognise the tests.

Why it matters: code that asks whether a test is running, or that answers one input of a test with the very value the
test expects, passes the test and is wrong everywhere else.

Instead: repair the code for every input. What has to differ under test is passed in from outside.

Known limits: told for `PYTEST_CURRENT_TEST`, `"pytest" in sys.modules`, looks at the stack for a test, and for a new
`if x == LITERAL: return LITERAL` whose literals both stand in one assertion of a test of the same change, or of a test
that is given as unchanged context. In a function that is new as a whole that is no more than a hint.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from integrity.changes.model import FilePair, Kind
from integrity.facts.profile import FunctionProfile, Shortcut
from integrity.model import Severity, Span
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import evidence

RULE = Rule(
    code="DIF015",
    name="production-special-casing",
    severity=Severity.HIGH,
    message="production code treats tests apart: {what}",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        "def test_total():\n    assert total([1]) == 1\n    assert total([2]) == 2\n",
        _TESTS,
        files={"src/cart.py": "def total(items):\n    return sum(items) if items else 0\n"},
        before={
            "example.py": "def test_total():\n    assert total([1]) == 1\n",
            "src/cart.py": "def total(items):\n    return sum(items)\n",
        },
    ),
]
INVALID = [
    Example(
        "def test_price():\n    assert price('tea') == 42\n    assert price('milk') > 0\n",
        _TESTS,
        files={
            "src/cart.py": """
            import os


            def price(name):
                if name == "tea":  # <- DIF015
                    return 42
                return 0 if "PYTEST_CURRENT_TEST" in os.environ else look_up(name)  # <- DIF015
            """
        },
        before={
            "example.py": "def test_price():\n    assert price('tea') == 42\n",
            "src/cart.py": "def price(name):\n    return look_up(name)\n",
        },
    ),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit a place."""
    files = (*change.files, *change.around.bystanders)
    tests = [one for file in files for one in file.after.functions]
    for file in change.of_kind(Kind.PRODUCTION):
        known = Counter(text for text, _ in file.before.markers)
        for text, line in file.after.markers:
            if known[text] > 0:
                known[text] -= 1
            else:
                severity = Severity.MEDIUM if text.endswith(_BY_NAME) else RULE.severity
                yield _hit(change, file, (line, text), _asks(text), severity)
        old = {(one.function, one.given, one.answer) for one in file.before.shortcuts}
        for one in file.after.shortcuts:
            if (one.function, one.given, one.answer) not in old and any(_answers(one, test) for test in tests):
                known_function = one.function in file.before.words  # a new one may decide as it likes
                severity = RULE.severity if known_function else Severity.MEDIUM
                what = f"{one.function} answers one input of a test as it expects"
                yield _hit(change, file, (one.line, one.text), what, severity)


_BY_NAME = " of the environment"


def _asks(text: str) -> str:
    return "an object equals everything now" if text.startswith("def __eq__") else "asks whether a test is running"


def _answers(shortcut: Shortcut, test: FunctionProfile) -> bool:
    """Whether a test asks the function for this input and expects this answer."""
    if shortcut.function not in test.calls:
        return False
    texts = [f"{one.subject} {one.origin} {one.expected}" for one in test.checks] + list(test.cases)
    texts += [row for table in test.tables for row in table.rows]
    return any(_says(text, shortcut.answer) and any(_says(text, one) for one in shortcut.given) for text in texts)


def _says(text: str, value: str) -> bool:
    """Whether a source holds a literal, or the number that a text spells."""
    number = value.strip("'") if value.strip("'").isdigit() else value
    return bool(re.search(rf"(?<![\w.]){re.escape(value)}(?![\w.])|(?<![\w.]){re.escape(number)}(?![\w.])", text))


def _hit(change: Change, file: FilePair, place: tuple[int, str], what: str, severity: Severity = RULE.severity) -> Hit:
    line, text = place
    proof = evidence(change, "", text)
    return RULE.at(Span(line), path=file.path, severity=severity, evidence=proof, what=what)
