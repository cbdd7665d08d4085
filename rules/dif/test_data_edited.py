"""Expected output of tests is rewritten although no production code changed.

Why it matters: a snapshot that is regenerated until the test passes records whatever the code does, wrong or not.

Instead: regenerate snapshots in the change that alters the output, so that a reviewer sees cause and effect together.

Known limits: every changed file of test data counts that existed before, and every one that is gone and that no changed
file of tests named; medium, because data is corrected, too.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.changes.model import Kind
from integrity.model import Severity, Span
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import evidence

RULE = Rule(
    code="DIF014",
    name="test-data-edited",
    severity=Severity.MEDIUM,
    message="{what} while no production code did",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example(
        "def test_page():\n    assert render() == golden('page.html')\n",
        _TESTS,
        files={"page.html": "<p>2</p>", "src/page.pyx": "two"},
        before={
            "example.py": "def test_page():\n    assert render() == golden('page.html')\n",
            "page.html": "<p>1</p>",
            "src/page.pyx": "one",
        },
    ),
]
INVALID = [
    Example(
        "def test_page():\n    assert render() == golden('page.html')\n",
        _TESTS,
        files={"page.html": "<p>2</p>  # <- DIF014"},
        before={
            "example.py": "def test_page():\n    assert render() == golden('page.html')\n",
            "page.html": "<p>1</p>",
        },
    ),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit a folder, so that a mass regeneration is one line."""
    if not change.test_only:
        return
    folders: dict[tuple[str, str], list[str]] = {}
    for file in change.of_kind(Kind.DATA):
        if file.before_path and (file.after_path or not _was_named(change, file.before_path)):
            what = "changed" if file.after_path else "went"
            folders.setdefault((file.path.rpartition("/")[0], what), []).append(file.path)
    for (_, verb), paths in sorted(folders.items()):
        more = f" and {len(paths) - 1} more files of its folder" if len(paths) > 1 else ""
        what = f"test data {paths[0].rpartition('/')[2]}{more} {verb}"
        yield RULE.at(Span(1), path=paths[0], evidence=evidence(change, ""), what=what)


def _was_named(change: Change, path: str) -> bool:
    """Whether a changed file of tests named a file, and no longer does."""
    name = path.rpartition("/")[2]
    stem = name.partition(".")[0]
    return any({name, stem} & (one.before.words - one.after.words) for one in change.of_kind(Kind.TEST))
