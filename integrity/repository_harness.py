"""The configuration of the test harness in a snapshot: facts from the cache, and what the rules find in each file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

import msgspec

from integrity.cache import Cache
from integrity.errors import UnreadableError
from integrity.examine import anchored, hits_across
from integrity.harness.kinds import Kind, kind_of
from integrity.harness.model import HarnessFacts
from integrity.harness.subject import Harness, HarnessFile
from integrity.registry.loader import Registry
from integrity.result import Result
from integrity.roles import Roles
from integrity.snapshot.readers import FileReader, ObjectReader
from integrity.snapshot.snapshot import Entry, Snapshot

_TO_COLLECT = frozenset({Kind.PYPROJECT, Kind.PYTEST_TOML, Kind.PYTEST_INI, Kind.TOX_INI, Kind.SETUP_CFG})


class RepositoryHarness:
    """Makes the subject of rules about the harness, and results of what they find.

    Args:
        snapshot: what is checked.
        roles: tells which files are data of tests.
        cache: an open cache, which remembers facts.
        reader: an open reader of the snapshot.
    """

    def __init__(self, snapshot: Snapshot, roles: Roles, cache: Cache, reader: FileReader | ObjectReader) -> None:
        self._snapshot = snapshot
        self._roles = roles
        self._cache = cache
        self._reader = reader

    def facts(self) -> Mapping[str, HarnessFacts]:
        """The facts of every file, asked for or not, by path in order; unreadable ones state their problem."""
        entries = sorted((*self._snapshot.harness, *self._snapshot.harness_around))
        return {entry.path: self._facts(entry, kind) for entry in entries if (kind := self._kind(entry.path))}

    def results(self, registry: Registry, active: frozenset[str]) -> dict[str, Result]:
        """What the selected rules make of each file that was asked for.

        A rule that fails is a gap of every one of them.
        """
        facts = self.facts()
        harness = harness_of(facts, self._snapshot.paths)
        found = hits_across([harness], registry, active)
        asked = {entry.path: entry for entry in self._snapshot.harness if entry.path in facts}
        results = {}
        for path, one in facts.items():
            if path in asked:
                hits = anchored(self._content(asked[path]), found.hits.get(path, ()))
                gaps = (*([one.problem] if one.problem else []), *found.failures)
                results[path] = Result(one.counted, tuple(hits), one.suppressions, gaps=gaps, lasting=not gaps)
        return results

    def _kind(self, path: str) -> Kind | None:
        """What reads a file, None for data of tests and for the settings of projects that tests are about."""
        context = self._roles.context(path)
        kind = kind_of(path)
        nested = context.test and path.count("/") > 1 and kind in _TO_COLLECT
        return None if context.data or nested else kind

    def _facts(self, entry: Entry, kind: Kind) -> HarnessFacts:
        from integrity.harness.extract import facts_of

        key = f"harness-{kind.value}-{entry.blob}"
        stored = self._cache.code(key)
        if stored is not None:
            with suppress(msgspec.DecodeError):
                return msgspec.msgpack.decode(stored, type=HarnessFacts)
        try:
            found = facts_of(self._reader.read(entry), kind)
        except UnreadableError as error:
            return HarnessFacts(problem=error.lines[0])
        with suppress(UnicodeEncodeError):
            self._cache.store_code(key, msgspec.msgpack.encode(found))
        return found

    def _content(self, entry: Entry) -> bytes:
        try:
            return self._reader.read(entry)
        except UnreadableError:
            return b""


def harness_of(facts: Mapping[str, HarnessFacts], paths: tuple[str, ...]) -> Harness:
    """The subject that rules get, of the facts of files by path."""
    return Harness(tuple(_files(facts)), paths)


def _files(facts: Mapping[str, HarnessFacts]) -> Iterator[HarnessFile]:
    for path, one in sorted(facts.items()):
        kind = kind_of(path)
        if kind:
            yield HarnessFile(path, kind, one.settings)
