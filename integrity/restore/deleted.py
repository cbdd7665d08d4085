"""Test files that were there at a revision and are gone today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from integrity.git.format import LINK_MODE, SUBMODULE_MODE, Listed
from integrity.history.condition import Examiner
from integrity.restore.search import Case, named_tests
from integrity.snapshot.readers import Entry

_MOVED = 0.8  # of its tests: so many must live in one other file for a test file to be moved rather than deleted


def deleted_tests(
    then: Sequence[Listed], present: Mapping[str, str], living: Mapping[str, frozenset[str]], examiner: Examiner
) -> list[Case]:
    """The test files of a revision that are gone, and whose tests live in no other file.

    Args:
        then: the files at that revision.
        present: the blob of every path of today.
        living: the live tests of every path of today.
        examiner: judges the files of then.
    """
    blobs = set(present.values())
    gone = [
        Entry(one.path, one.blob)
        for one in then
        if one.mode not in {LINK_MODE, SUBMODULE_MODE}
        and one.path not in present
        and one.blob not in blobs
        and examiner.roles.context(one.path).collected
    ]
    conditions = examiner.conditions(gone)
    facts = examiner.facts(gone)
    alive = {entry: named_tests(facts.get(entry)) for entry in gone if conditions[entry].tests}
    born = [tests for path, tests in living.items() if path not in {one.path for one in then}]
    return [Case(Entry(one.path, ""), "", ()) for one, tests in alive.items() if tests and not _live_on(tests, born)]


def _live_on(tests: frozenset[str], others: Iterable[frozenset[str]]) -> bool:
    return any(len(tests & other) >= _MOVED * len(tests) for other in others)
