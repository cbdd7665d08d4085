"""What is wrong with the demands of each file: asked again only where the file, or one it was held against, changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

import msgspec

from integrity.imports.defect import Defect
from integrity.imports.existence import World
from integrity.imports.store import Store

_ABOUT = "answers"


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What was found out about one file.

    Attributes:
        defects: its demands that cannot be met.
        runs: the other files that its imports run.
    """

    defects: tuple[Defect, ...]
    runs: frozenset[str]


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """An answer with what it depends on; files by their numbers.

    Attributes:
        version: the content of the file.
        asked: the other files that were looked into.
        runs: as in the answer.
        defects: likewise.
    """

    version: str
    asked: tuple[int, ...]
    runs: tuple[int, ...]
    defects: tuple[Defect, ...] = ()


class _Note(msgspec.Struct, frozen=True, array_like=True):
    """What is in store: every file in the order of the world, and a digest of what all answers depend on."""

    common: str
    files: tuple[_Kept, ...]


class Answers:
    """The answers to the demands of every file.

    Args:
        world: what there is.
        ask: finds the defects of a file.
        reached: finds the files that the imports of a file run.
        store: remembers answers; None for nothing.
    """

    def __init__(
        self,
        world: World,
        ask: Callable[[str], Iterable[Defect]],
        reached: Callable[[str], Iterable[str]],
        store: Store | None,
    ) -> None:
        self._world = world
        self._ask = ask
        self._reached = reached
        self._store = store
        self._paths = list(world.symbols)
        self._numbers = {path: number for number, path in enumerate(self._paths)}

    @cached_property
    def all(self) -> dict[str, Answer]:
        """The answer of every file, by path."""
        if not self._store:
            return {path: self._answer(path)[0] for path in self._paths}
        versions = [self._store.version(path) for path in self._paths]
        stored = self._stored(self._store)
        changed = frozenset(
            number for number, one in enumerate(stored) if one is None or one.version != versions[number]
        )
        found: dict[str, Answer] = {}
        kept: list[_Kept] = []
        for path, version, known in zip(self._paths, versions, stored, strict=True):
            if known and known.version == version and changed.isdisjoint(known.asked):
                found[path] = Answer(known.defects, frozenset([self._paths[number] for number in known.runs]))
                kept.append(known)
                continue
            answer, asked = self._answer(path)
            found[path] = answer
            kept.append(_Kept(version, self._numbered(asked), self._numbered(answer.runs), answer.defects))
        if changed:
            note = _Note(self._world.common, tuple(kept))
            self._store.keep(_ABOUT, msgspec.msgpack.encode(note))
        return found

    def _stored(self, store: Store) -> tuple[_Kept | None, ...]:
        """What is in store about each file, None for what is not."""
        content = store.note(_ABOUT)
        note = msgspec.msgpack.decode(content, type=_Note) if content else None
        return note.files if note and note.common == self._world.common else (None,) * len(self._paths)

    def _answer(self, path: str) -> tuple[Answer, set[str]]:
        """The answer of a file, and the files that were looked into for it."""
        with self._world.noting() as asked:
            defects = tuple(self._ask(path))
        return Answer(defects, frozenset(self._reached(path))), asked - {path}

    def _numbered(self, paths: Iterable[str]) -> tuple[int, ...]:
        return tuple(sorted(self._numbers[path] for path in paths if path in self._numbers))
