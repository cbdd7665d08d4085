"""Files whose live text names a marker of the damage: what wrote it may be among them, and so may what looks for it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from integrity.errors import UnreadableError
from integrity.facts.lexical import Lexed
from integrity.git.log import Change, Commit, Log
from integrity.incident.story import Script
from integrity.incident.survey import Survey
from integrity.snapshot.readers import Entry
from integrity.source import decode

_PYTHON = (".py", ".pyi", ".pyw")
_PROSE = (".md", ".rst", ".txt", ".html", ".xml", ".json", ".log", ".csv", ".lock")

Read = Callable[[str], bytes]


@dataclass(frozen=True)
class Hunt:
    """What is needed to find them.

    Attributes:
        log: the history, of the paths named by `mentioned` too.
        survey: tells which versions are damaged themselves.
        markers: each marker, with the place in the log of the oldest commit that wrote it.
        read: the bytes of a blob; raises UnreadableError.
    """

    log: Log
    survey: Survey
    markers: Mapping[str, int]
    read: Read

    def scripts(self, mentioned: Sequence[Entry]) -> list[Script]:
        """The files, those that named the marker before the damage first.

        Args:
            mentioned: the files of the head that hold a marker anywhere.
        """
        found = [*self._present(mentioned), *self._gone()]
        return sorted(found, key=lambda one: (not one.before, not one.likely, one.marker, one.path))

    def _present(self, mentioned: Sequence[Entry]) -> Iterator[Script]:
        """Of today's files, those that are not damaged; prose only if it was there before the damage."""
        for entry in mentioned:
            if self._damaged(entry):
                continue
            text = self._text(entry)
            for marker, order in self.markers.items():
                line = _line_of(marker, text)
                before = bool(line) and self._named_before(entry.path, marker, order)
                if line and (before or not entry.path.endswith(_PROSE)):
                    yield self._script(entry.path, marker, line, before=before, present=True)

    def _gone(self) -> Iterator[Script]:
        """Of the Python files that the head no longer holds, those that named a marker when the damage was done."""
        gone = (path for path in self.log.paths() if path.endswith(_PYTHON) and path not in self.survey.today)
        for path in sorted(gone):
            for marker, order in self.markers.items():
                version = self._at(path, order)
                line = self._line(Entry(path, version.new), marker) if version and version.new else 0
                if line:
                    yield self._script(path, marker, line, before=True, present=False)

    def _script(self, path: str, marker: str, line: int, *, before: bool, present: bool) -> Script:
        added, damage = self._added(path), self.log.commits[self.markers[marker]]
        delay = added.time - damage.time if added and added.time > damage.time else None
        return Script(path, marker, line, added, before, delay, present)

    def _line(self, entry: Entry, marker: str) -> int:
        """Where a version's live text names a marker, 0 if it does not or is damaged itself."""
        return (
            0
            if self._damaged(entry) or marker.encode() not in self._bytes(entry)
            else _line_of(marker, self._text(entry))
        )

    def _named_before(self, path: str, marker: str, order: int) -> bool:
        """Whether the version of a path that the damage found in place, or came with, named the marker."""
        version = self._at(path, order)
        return bool(version and version.new and self._line(Entry(path, version.new), marker))

    def _at(self, path: str, order: int) -> Change | None:
        """The change that had made the version of a path at the time of a commit."""
        changes = self._changes.get(path, [])
        place = bisect_left(changes, order, key=lambda one: one.order)
        return changes[place] if place < len(changes) else None

    def _added(self, path: str) -> Commit | None:
        changes = self._changes.get(path)
        return self.log.commits[changes[-1].order] if changes else None

    def _damaged(self, entry: Entry) -> bool:
        state = self.survey.states.get(entry)
        return bool(state and (state.damaged or state.unread))

    @cached_property
    def _changes(self) -> dict[str, list[Change]]:
        return {path: self.log.changes(path) for path in self.log.paths()}

    def _bytes(self, entry: Entry) -> bytes:
        try:
            return self.read(entry.blob)
        except UnreadableError:
            return b""

    def _text(self, entry: Entry) -> str:
        """The live text: without the comments, for Python."""
        text = decode(self._bytes(entry)).text
        return without_comments(text) if entry.path.endswith(_PYTHON) else text


def without_comments(text: str) -> str:
    """The text with every comment blanked, line for line."""
    lexed = Lexed(text)
    lines = list(lexed.lines)
    for comment in lexed.comments:
        lines[comment.line - 1] = lines[comment.line - 1][: comment.column - 1]
    return "\n".join(lines)


def _line_of(marker: str, text: str) -> int:
    """The line of the first mention, 0 without one; a line that the marker itself comments out is none."""
    if marker not in text:
        return 0
    behind_hash = re.compile(rf"^\s*#\s*{re.escape(marker)}")
    lines = enumerate(text.split("\n"), 1)
    return next((number for number, line in lines if marker in behind_hash.sub("", line, count=1)), 0)
