"""A file of tests is deleted although what it tests still exists.

Why it matters: every test in it is gone at once, the suite stays green, and nothing in its output says so.

Instead: bring the file back with `integrity restore`, or delete it together with the code it tests.

Known limits: a file is taken for moved when half of its lines stand in a new one, and a test when its name or body
does. Tests that spoke of something that the same change removes from production code are no loss. Medium where few
tests of it are gone and others stand in their place, where a new file of a like name checks half as much or more, and
in folders of examples.
"""

from __future__ import annotations

import re
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

_EXAMPLES = re.compile(r"(?:^|/)(?:examples?|docs?)/")
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


def _is_rewritten(change: Change, file: FilePair, lost: list[Removed]) -> bool:
    """Whether a new file of tests with a name like it checks at least half as much as what is gone did."""
    checks = sum(one.sound for each in lost for one in each.test.profile.checks)
    parts = _parts(file.before_path)
    for new in change.of_kind(Kind.TEST):
        common = parts & _parts(new.after_path)
        alike = not new.before_path and 2 * len(common) >= len(parts) > 0 and new.collected[1]
        if alike and 2 * sum(one.sound for test in new.after.tests for one in test.checks) >= checks > 0:
            return True
    return False


def _parts(path: str) -> frozenset[str]:
    """The words of the name of a file of tests."""
    stem = path.rpartition("/")[2].partition(".")[0]
    return frozenset(stem.split("_")) - {"test", "tests", ""}


def _hit(change: Change, file: FilePair, lost: list[Removed]) -> Hit:
    few = 2 * len(lost) < len(file.before.tests) and all(one.fate is Fate.REPLACED for one in lost)
    few = few or _is_rewritten(change, file, lost) or bool(_EXAMPLES.search(file.before_path))
    names = ", ".join(one.test.profile.name for one in lost[:3]) + (", ..." if len(lost) > 3 else "")  # noqa: PLR2004
    return RULE.at(
        Span(1),
        path=file.before_path,
        severity=Severity.MEDIUM if few else None if all(one.test.profile.checks for one in lost) else Severity.HIGH,
        evidence=evidence(change, names),
        tests=plural(len(lost), "test"),
    )
