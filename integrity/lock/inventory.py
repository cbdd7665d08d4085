"""The tests of a snapshot as a lock file holds them, and how two such inventories differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from integrity.collection.collect import FileTests
from integrity.engine import Scan
from integrity.errors import UnreadableError
from integrity.facts.model import FileFacts
from integrity.lock.bodies import fingerprint_of, fingerprints
from integrity.lock.document import Locked, Tests
from integrity.snapshot.readers import Entry, FileReader, ObjectReader
from integrity.source import decode


class Drift(NamedTuple):
    """How the tests differ from those on record; every list is sorted, names as in "tests/test_a.py::test_b".

    Attributes:
        lost: on record, and gone.
        changed: with another text, or with fewer or more parameters.
        moved: old and new name of those whose text lives on elsewhere.
        added: not on record.
    """

    lost: list[str]
    changed: list[str]
    moved: list[tuple[str, str]]
    added: list[str]


def take_inventory(scan: Scan) -> dict[str, dict[str, Locked]]:
    """The tests of a snapshot by file and by name; the cache must be open."""
    collected = scan.suite().collected
    facts = {path: found for path, found in scan.facts() if path in collected}
    entries = {entry.path: entry for entry in scan.snapshot.entries}
    with scan.snapshot.reader.open() as reader:
        return {
            path: _file(path, tests, facts[path], _text(reader, entries[path]))
            for path, tests in sorted(collected.items())
            if path in facts
        }


def drift(recorded: Tests, today: Tests) -> Drift:
    """How the tests of today differ from those on record."""
    old, new = _flat(recorded), _flat(today)
    gone, come = {name: old[name] for name in old if name not in new}, {name for name in new if name not in old}
    moved = dict(_moves(gone, {name: new[name] for name in come}))
    return Drift(
        lost=sorted(set(gone) - set(moved)),
        changed=sorted(name for name in old if name in new and old[name] != new[name]),
        moved=sorted(moved.items()),
        added=sorted(come - set(moved.values())),
    )


def _file(path: str, tests: FileTests, facts: FileFacts, text: str) -> dict[str, Locked]:
    bodies = fingerprints(text, facts.definitions)
    prefix = len(path) + len("::")
    certain = {name[prefix:]: tests.cases.get(name, 0) for name in tests.tests}
    found = {name: Locked("possible") for name in (one[prefix:] for one in tests.possible) if name and " " not in name}
    return found | {name: Locked(fingerprint_of(name, bodies), cases) for name, cases in certain.items()}


def _text(reader: FileReader | ObjectReader, entry: Entry) -> str:
    try:
        return decode(reader.read(entry)).text
    except UnreadableError:
        return ""


def _flat(tests: Tests) -> dict[str, Locked]:
    return {f"{path}::{name}": one for path, names in tests.items() for name, one in names.items()}


def _moves(gone: Mapping[str, Locked], come: Mapping[str, Locked]) -> Iterator[tuple[str, str]]:
    """Pairs of tests with the same text, which holds their name; those of other texts are lost and added."""
    homes: dict[str, list[str]] = defaultdict(list)
    for name, one in sorted(come.items(), reverse=True):
        homes[one.body].append(name)
    for name, one in sorted(gone.items()):
        if homes[one.body] and one.body not in {"inherited", "possible"}:
            yield name, homes[one.body].pop()
