"""Tests that ran stand in comments now.

Why it matters: the file still looks full, the suite is green, and nothing runs. A thousand files were lost this way
before anybody looked.

Instead: `integrity restore` brings the newest sound version back. A test that is not wanted is deleted, with a reason.

Known limits: a test counts as commented out when its name stands in a comment that holds its code, or in a string that
is not used.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.changes.model import Fate, Removed
from integrity.model import Severity, Span
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import evidence, plural

RULE = Rule(
    code="DIF013",
    name="tests-commented-out",
    severity=Severity.CRITICAL,
    message="{number} commented out: {names}",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

_SHOWN = 3

VALID = [
    Example(
        "# def test_total() used to be here\ndef test_sum():\n    assert total([1]) == 1\n",
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([1]) == 1\n"},
    ),
]
INVALID = [
    Example(
        """
        # def test_total():  # <- DIF013
        #     assert total([1]) == 1


        def test_none():
            assert total([]) == 0
        """,
        _TESTS,
        before={
            "example.py": """
            def test_total():
                assert total([1]) == 1


            def test_none():
                assert total([]) == 0
            """
        },
    ),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit a file."""
    files: dict[str, list[Removed]] = {}
    for removed in change.removed:
        if removed.fate is Fate.COMMENTED:
            files.setdefault(removed.test.file.path, []).append(removed)
    for path, found in sorted(files.items()):
        names = [one.test.profile.name for one in found]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        yield RULE.at(
            Span(_line(found[0])),
            symbol=found[0].test.symbol,
            path=path,
            evidence=evidence(change, "\n".join(f"def {name}(...)" for name in names[:_SHOWN]), "only comments"),
            number=plural(len(names), "test"),
            names=", ".join(names[:_SHOWN]) + more,
        )


def _line(removed: Removed) -> int:
    """Where the commented test stands."""
    profile, test = removed.test.file.after, removed.test.profile
    names = [name.rpartition(".")[2] for name in profile.commented]
    found = [line for name, line in zip(names, profile.commented_lines, strict=False) if name == test.name]
    return found[0] if found else 1
