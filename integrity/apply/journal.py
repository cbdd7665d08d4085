"""The journal of a run: which backup belongs to it and how far it is. It exists only while a run is unfinished.

What has happened to each file need not be written down: its bytes tell.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from integrity.apply.change import ApplyError
from integrity.apply.lock import exclusive
from integrity.git.repository import Repository
from integrity.git.writing import Writer

SAVING = "saving"  # nothing but the backup has been written
APPLYING = "applying"
UNDOING = "undoing"
_PHASES = frozenset({SAVING, APPLYING, UNDOING})


class Entry(NamedTuple):
    """The journal's only entry.

    Attributes:
        ref: of the backup.
        phase: one of SAVING, APPLYING, UNDOING.
    """

    ref: str
    phase: str


@dataclass(frozen=True)
class Journal:
    """The journal of a work tree, in its git directory."""

    folder: Path

    @classmethod
    def of(cls, repository: Repository) -> Journal:
        """The journal of a repository's work tree."""
        return cls(repository.git_dir / "integrity")

    @property
    def _place(self) -> Path:
        return self.folder / "journal.json"

    @property
    def _draft(self) -> Path:
        return self.folder / "journal.new"

    @property
    def scratch(self) -> Path:
        """A folder for what need not survive a run."""
        return self.folder / "scratch"

    def read(self) -> Entry | None:
        """What an unfinished run left, None when there is none.

        Raises:
            ApplyError: it is damaged.
        """
        try:
            data = json.loads(self._place.read_bytes())
            entry = Entry(str(data["ref"]), str(data["phase"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise ApplyError(f"{self._place} is damaged; {_MEND}") from error
        if entry.phase not in _PHASES:
            raise ApplyError(f"{self._place} is not understood; {_MEND}")
        return entry

    def write(self, ref: str, phase: str) -> None:
        """Replace the entry, durably.

        Raises:
            OSError: it cannot be written.
        """
        with self._draft.open("wb") as file:
            file.write(json.dumps({"ref": ref, "phase": phase}).encode())
            file.flush()
            os.fsync(file.fileno())
        self._draft.replace(self._place)

    def tidy(self) -> None:
        """Remove what a killed run left and nobody needs."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        self._draft.unlink(missing_ok=True)

    def clear(self) -> None:
        """The run is finished."""
        self._place.unlink(missing_ok=True)


_MEND = "remove it, then look with `integrity restore --undo --list` for the backup to go back to"


@contextmanager
def writing_to(repository: Repository) -> Iterator[tuple[Journal, Writer]]:
    """Keep other runs out while the context lasts.

    Raises:
        ApplyError: another run is writing, or the git directory cannot be written.
    """
    journal = Journal.of(repository)
    try:
        journal.folder.mkdir(exist_ok=True)
        with exclusive(journal.folder / "lock") as descriptor:
            journal.tidy()
            yield journal, Writer(repository, descriptor)
    except OSError as error:
        where = error.filename or journal.folder
        raise ApplyError(f"{where} cannot be written: {error.strerror}; mend that and run the command again") from error
