"""What was found out about each file: anew only where it, or a name of another file that it looked up, changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Generic, TypeVar

import msgspec

from integrity.imports.store import Store

Asked = tuple[str, str]
"""A file and the name that was looked up in it; "" for what concerns every name, "*" for all names."""

WHOLE = "()"
"""Stands for a name where every line of a file counts."""

T = TypeVar("T")
_MOST_CHANGED = 500  # when more files changed, comparing what they offer is hardly cheaper than finding out again


class Noting:
    """Notes what is looked up."""

    def __init__(self) -> None:
        self._asked: set[Asked] = set()

    @contextmanager
    def noting(self) -> Iterator[set[Asked]]:
        """Collects what is looked up meanwhile."""
        around, asked = self._asked, set[Asked]()
        self._asked = asked
        try:
            yield asked
        finally:
            around |= asked
            self._asked = around


class _Kept(msgspec.Struct, Generic[T], frozen=True, array_like=True):
    """What was found out about a file, with what it depends on.

    Attributes:
        question: what it was found out for.
        asked: what was looked up for it, by number.
        elsewhere: the other files in which it names places.
        found: the answer.
    """

    question: str
    asked: tuple[int, ...]
    elsewhere: tuple[str, ...]
    found: T


class _Note(msgspec.Struct, Generic[T], frozen=True, array_like=True):
    """What is in store.

    Attributes:
        common: a digest of what all answers depend on.
        versions: the content of every module, by path.
        looked: everything that was looked up: file and name.
        files: the answer of every file.
    """

    common: str
    versions: dict[str, str]
    looked: tuple[Asked, ...]
    files: dict[str, _Kept[T]]


class Memo(Generic[T]):
    """What was found out about files, remembered from one scan to the next.

    Args:
        about: names the subject.
        kind: the type of the answers.
        store: remembers what was found.
        common: a digest of what all answers depend on.
        paths: every file in which something may be looked up.
        noting: collects what is looked up meanwhile.
        same: whether a file offers the same under a name as its content of another version, None for no such file.
    """

    def __init__(
        self,
        about: str,
        kind: type[T],
        store: Store,
        *,
        common: str,
        paths: Iterable[str],
        noting: Callable[[], AbstractContextManager[set[Asked]]],
        same: Callable[[str, str | None, str], bool],
    ) -> None:
        self._about = about
        self._type: type[_Note[T]] = _Note[kind]  # type: ignore[valid-type]
        self._store = store
        self._common = common
        self._versions = {path: store.version(path) for path in paths}
        self._noting = noting
        self._same = same
        self._looked: dict[Asked, int] = {}

    def answers(
        self, questions: Mapping[str, str], find: Callable[[str], T], elsewhere: Callable[[T], Iterable[str]]
    ) -> dict[str, T]:
        """What is to be found out about files.

        Args:
            questions: per file what is asked; another question asks for another answer.
            find: answers for a file.
            elsewhere: the files in which an answer names places.
        """
        note = self._stored()
        self._looked = {one: number for number, one in enumerate(note.looked)}
        known = dict(self._holding(note))

        def answered(path: str, question: str) -> _Kept[T]:
            if path in known and known[path].question == question:
                return known[path]
            with self._noting() as asked:
                found = find(path)
            numbers = [self._looked.setdefault(one, len(self._looked)) for one in sorted(asked) if one[0] != path]
            return _Kept(question, tuple(numbers), tuple(sorted({*elsewhere(found)} - {path})), found)

        kept = {path: answered(path, question) for path, question in questions.items()}
        if kept != known:
            self._keep(kept)
        return {path: one.found for path, one in kept.items()}

    def _stored(self) -> _Note[T]:
        content = self._store.note(self._about)
        note = msgspec.msgpack.decode(content, type=self._type) if content else None
        return note if note and note.common == self._common else _Note(self._common, {}, (), {})

    def _holding(self, note: _Note[T]) -> Iterator[tuple[str, _Kept[T]]]:
        """What is in store, as far as it still holds."""
        paths = note.versions.keys() | self._versions.keys()
        changed = {path for path in paths if note.versions.get(path) != self._versions.get(path)}
        if len(changed) > _MOST_CHANGED:
            return
        lost = self._lost(note, changed)
        for path, kept in note.files.items():
            if path not in changed and changed.isdisjoint(kept.elsewhere) and lost.isdisjoint(kept.asked):
                yield path, kept

    def _lost(self, note: _Note[T], changed: set[str]) -> set[int]:
        """The numbers of what was looked up and is something else now."""
        asked = [(number, path, name) for number, (path, name) in enumerate(note.looked) if path in changed]
        return {
            number
            for number, path, name in asked
            if name == WHOLE or not self._same(path, note.versions.get(path), name)
        }

    def _keep(self, kept: dict[str, _Kept[T]]) -> None:
        note = _Note(self._common, self._versions, tuple(self._looked), kept)
        self._store.keep(self._about, note)
