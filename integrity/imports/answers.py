"""What is found out about the demands of each file, remembered from one scan to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property

import msgspec

from integrity.facts.program import Program
from integrity.facts.symbols import NameKind, Symbols
from integrity.imports.defect import Defect
from integrity.imports.existence import World
from integrity.imports.memo import Memo
from integrity.imports.offers import same_symbols
from integrity.imports.store import Store
from integrity.imports.unset import Families, Reader


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What was found out about one file.

    Attributes:
        defects: its demands that cannot be met.
        runs: the other files that its imports run.
        defines: the names of its functions and classes, separated by blanks.
        bases: the bare names of all that its classes derive from, likewise.
        readers: its classes that read attributes which they do not set.
    """

    defects: tuple[Defect, ...]
    runs: frozenset[str]
    defines: str
    bases: str
    readers: tuple[Reader, ...]

    def elsewhere(self) -> Iterator[str]:
        """The files in which it names places."""
        yield from (one.missing.path for one in self.defects if one.missing and one.missing.line)


class Answers:
    """The answers to the demands of every file.

    Attributes:
        families: what classes have.

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
        self.families = Families(world)
        self._before: dict[str, Symbols | None] = {}

    @cached_property
    def all(self) -> dict[str, Answer]:
        """The answer of every file, by path."""
        world, store = self._world, self._store
        if not store:
            return {path: self._answer(path) for path in world.symbols}
        memo = Memo(
            "answers",
            Answer,
            store,
            common=world.common,
            paths=world.symbols,
            noting=world.noting,
            same=lambda path, version, name: self._same(store, path, version, name),
        )
        return memo.answers(dict.fromkeys(world.symbols, ""), self._answer, Answer.elsewhere)

    def _answer(self, path: str) -> Answer:
        symbols = self._world.symbols[path]
        made = [name for name, one in symbols.names.items() if one.kind in (NameKind.FUNCTION, NameKind.CLASS)]
        bases = {base.rest.rpartition(".")[2] for shape in symbols.classes.values() for base in shape.bases}
        return Answer(
            tuple(self._ask(path)),
            frozenset(self._reached(path)),
            " ".join(made),
            " ".join(sorted(bases)),
            tuple(self.families.readers(path)),
        )

    def _same(self, store: Store, path: str, version: str | None, name: str) -> bool:
        """Whether a file offers the same under a name as another version of it."""
        if path not in self._before:
            self._before[path] = _symbols(store.program(version) if version else None)
        return same_symbols(self._before[path], self._world.symbols.get(path), name)


def _symbols(content: bytes | None) -> Symbols | None:
    encoded = msgspec.msgpack.decode(content, type=Program).symbols if content else None
    return msgspec.msgpack.decode(encoded, type=Symbols) if encoded else None
