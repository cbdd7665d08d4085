"""The tests of each file: found again only where the file, or a name of another one that it looked up, changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

import msgspec

from integrity.collection.collect import FileTests
from integrity.collection.offers import same_offer
from integrity.collection.program import Program
from integrity.facts.namespace import Ending, Namespace
from integrity.facts.program import Program as Encoded
from integrity.imports.store import Store

_ABOUT = "tests"
_MOST_CHANGED = 500  # when more files changed, comparing what they offer is hardly cheaper than collecting


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """The tests of a file with what they depend on.

    Attributes:
        reason: why nobody knows what is collected from the file, "" mostly.
        asked: what was looked up for it, by number.
        elsewhere: the numbers of the other files in which places of it are.
        tests: what was found.
    """

    reason: str
    asked: tuple[int, ...]
    elsewhere: tuple[str, ...]
    tests: FileTests


class _Note(msgspec.Struct, frozen=True, array_like=True):
    """What is in store.

    Attributes:
        common: a digest of what all tests depend on.
        versions: the content of every module, by path.
        looked: everything that was looked up: file and name.
        files: the tests of every file that was visited.
    """

    common: str
    versions: dict[str, str]
    looked: tuple[tuple[str, str], ...]
    files: dict[str, _Kept]


class Collected:
    """The tests of files, remembered from one scan to the next.

    Args:
        program: the modules.
        options: pytest's options, whose representation tells them apart.
        store: remembers what was found.
    """

    def __init__(self, program: Program, options: object, store: Store) -> None:
        self._program = program
        self._store = store
        self._versions = {path: store.version(path) for path in program.modules}
        self._common = _digest(program, options)
        self._looked: dict[tuple[str, str], int] = {}

    def tests(self, visited: Mapping[str, str], find: Callable[[str], FileTests]) -> dict[str, FileTests]:
        """The tests of the visited files.

        Args:
            visited: file to the reason why nobody knows what is collected from it, "" mostly.
            find: finds the tests of a file.
        """
        note = self._stored()
        self._looked = {one: number for number, one in enumerate(note.looked)}
        known = dict(self._holding(note))
        found = {path: self._file(path, reason, known, find) for path, reason in visited.items()}
        if found != known:
            self._keep(found)
        return {path: kept.tests for path, kept in found.items()}

    def _stored(self) -> _Note:
        content = self._store.note(_ABOUT)
        note = msgspec.msgpack.decode(content, type=_Note) if content else None
        return note if note and note.common == self._common else _Note(self._common, {}, (), {})

    def _file(self, path: str, reason: str, known: Mapping[str, _Kept], find: Callable[[str], FileTests]) -> _Kept:
        if path in known and known[path].reason == reason:
            return known[path]
        with self._program.recall.noting() as asked:
            tests = find(path)
        numbers = [self._looked.setdefault(one, len(self._looked)) for one in sorted(asked) if one[0] != path]
        elsewhere = {place for place, _ in (*tests.places, *tests.doubtful)} - {path}
        return _Kept(reason, tuple(numbers), tuple(sorted(elsewhere)), tests)

    def _holding(self, note: _Note) -> Iterator[tuple[str, _Kept]]:
        """What is in store, as far as it still holds."""
        paths = note.versions.keys() | self._versions.keys()
        changed = {path for path in paths if note.versions.get(path) != self._versions.get(path)}
        if len(changed) > _MOST_CHANGED:
            return
        lost = self._lost(note, changed)
        for path, kept in note.files.items():
            if path not in changed and changed.isdisjoint(kept.elsewhere) and lost.isdisjoint(kept.asked):
                yield path, kept

    def _lost(self, note: _Note, changed: set[str]) -> set[int]:
        """The numbers of what was looked up and is something else now."""
        asked = [(number, path, name) for number, (path, name) in enumerate(note.looked) if path in changed]
        before = {path: self._before(note.versions.get(path)) for path in {path for _, path, _ in asked}}
        now = self._program.modules
        return {number for number, path, name in asked if not same_offer(before[path], now.get(path), name)}

    def _before(self, version: str | None) -> Namespace | None:
        content = self._store.program(version) if version else None
        encoded = msgspec.msgpack.decode(content, type=Encoded).namespace if content else None
        return msgspec.msgpack.decode(encoded, type=Namespace) if encoded else None

    def _keep(self, found: dict[str, _Kept]) -> None:
        note = _Note(self._common, self._versions, tuple(self._looked), found)
        with suppress(UnicodeEncodeError):  # a path that is not UTF-8
            self._store.keep(_ABOUT, msgspec.msgpack.encode(note))


def _digest(program: Program, options: object) -> str:
    """Identifies what the tests of every file may depend on, besides what is looked up for it."""
    ended = sorted(
        (path, one.ending.value) for path, one in program.modules.items() if one.ending is not Ending.REACHED
    )
    packages = sorted(path for path in program.modules if path.endswith("__init__.py"))
    everything = (options, ended, packages, sorted(program.patched, key=repr))
    return hashlib.sha256(repr(everything).encode("utf-8", "surrogateescape")).hexdigest()
