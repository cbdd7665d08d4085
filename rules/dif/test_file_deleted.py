"""A file of tests is deleted although what it tests still exists.

Why it matters: every test in it is gone at once, the suite stays green, and nothing in its output says so.

Instead: bring the file back with `integrity restore`, or delete it together with the code it tests.

Known limits: a file is taken for moved when half of its lines stand in a new one, and a test when its name or body
does. Tests that spoke of something that the same change removes from production code are no loss.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.changes.model import Fate, FilePair, Kind, Removed
from integrity.model import Severity, Span
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import evidence, plural

RULE = Rule(
    code="DIF001",
    name="test-file-deleted",
    severity=Severity.CRITICAL,
    message="the file with {tests} is deleted, and what they test is still there",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)
_TEXT = "from cart import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n"

VALID = [
    # Moved to another file.
    Example("", _TESTS, files={"test_cart.py": _TEXT}, before={"test_old.py": _TEXT}),
]
INVALID = [
    Example("", _TESTS, before={"test_cart.py": _TEXT.replace("from cart import total", "import cart  # <- DIF001")}),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit a file."""
    for file in change.of_kind(Kind.TEST):
        if file.after_path or not file.before.tests:
            continue
        lost = [one for one in change.removed if one.test.file is file and one.fate in (Fate.LOST, Fate.REPLACED)]
        if lost:
            yield _hit(change, file, lost)


def _hit(change: Change, file: FilePair, lost: list[Removed]) -> Hit:
    few = 2 * len(lost) < len(file.before.tests) and all(one.fate is Fate.REPLACED for one in lost)
    names = ", ".join(one.test.profile.name for one in lost[:3]) + (", ..." if len(lost) > 3 else "")  # noqa: PLR2004
    return RULE.at(
        Span(1),
        path=file.before_path,
        severity=Severity.MEDIUM if few else None if all(one.test.profile.checks for one in lost) else Severity.HIGH,
        evidence=evidence(change, names),
        tests=plural(len(lost), "test"),
    )
