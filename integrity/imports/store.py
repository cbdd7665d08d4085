"""What the import graph asks of a cache."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Store(Protocol):
    """Remembers what was concluded from files."""

    def recall(self, paths: Iterable[str]) -> bytes | None:
        """What was concluded when these files, and the list of all files, were as they are; None when nothing was."""

    def remember(self, paths: Iterable[str], payload: bytes) -> None:
        """Keep a conclusion."""

    def version(self, path: str) -> str:
        """Identifies the content of a file."""

    def note(self, about: str) -> bytes | None:
        """What was noted last about a subject while the list of all files was as it is, None when nothing was."""

    def keep(self, about: str, payload: bytes) -> None:
        """Keep a note, which replaces the one before."""
