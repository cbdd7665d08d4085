"""Remembers answers together with what was looked at for them, so that they can be checked against a later state."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from integrity.imports.memo import Asked, Noting

_T = TypeVar("_T")


class Recall(Noting):
    """Answers by key.

    What a circle, or the depth, cut short is not kept beyond the outermost question, since the answer would depend on
    which question was asked first.
    """

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[Hashable, tuple[Any, frozenset[Asked]]] = {}
        self._query: dict[Hashable, tuple[Any]] = {}
        self._open: set[Hashable] = set()
        self._cuts = 0

    def answer(self, key: Hashable, find: Callable[[], _T], circular: _T) -> _T:
        """The answer to a question.

        Args:
            key: identifies it.
            find: answers it.
            circular: stands for the answer while it is being found.
        """
        known = self._known.get(key)
        if known is not None:
            self._asked |= known[1]
            return known[0]  # type: ignore[no-any-return]
        if key in self._query:
            self._cuts += 1
            return self._query[key][0]  # type: ignore[no-any-return]
        if key in self._open:
            self._cuts += 1
            return circular
        return self._found(key, find)

    def _found(self, key: Hashable, find: Callable[[], _T]) -> _T:
        outermost, before = not self._open, self._cuts
        self._open.add(key)
        try:
            with self.noting() as asked:
                found = find()
        finally:
            self._open.discard(key)
            if outermost:
                self._query = {}
        if outermost or self._cuts == before:
            self._known[key] = found, frozenset(asked)
        else:
            self._query[key] = (found,)
        return found

    def note(self, path: str, name: str) -> None:
        """Say that a name of a file is looked up."""
        self._asked.add((path, name))

    def cut(self) -> None:
        """Say that a search ends here although it could go on."""
        self._cuts += 1
