"""What the import graph asks of a cache."""

from __future__ import annotations

from typing import Protocol


class Store(Protocol):
    """Remembers what was concluded from files."""

    def version(self, path: str) -> str:
        """Identifies the content of a file."""

    def program(self, version: str) -> bytes | None:
        """The encoded program of a content that some file has, or had; None when it is not known."""

    def code(self, version: str) -> bytes | None:
        """The encoded code, with the bodies of functions, of such a content; None when it is not known."""

    def note(self, about: str) -> bytes | None:
        """What was noted last about a subject and still holds as far as names go, None when nothing was."""

    def keep(self, about: str, note: object) -> None:
        """Keep a note, which replaces the one before; it is encoded."""
