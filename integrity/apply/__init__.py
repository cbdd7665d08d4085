"""Writes planned contents to a work tree: everything is saved first, nothing is lost, and all of it can be undone.

applied = apply(repository, changes, stage=False, now=datetime.now(timezone.utc))
undo(repository, applied.backup)
"""

from __future__ import annotations

from integrity.apply.apply import apply, resume
from integrity.apply.backup import backups
from integrity.apply.change import COMPLETE, INTERRUPTED, UNDONE, Applied, ApplyError, Backup, Change, Undone
from integrity.apply.refusal import refusals
from integrity.apply.undo import undo

__all__ = [
    "COMPLETE",
    "INTERRUPTED",
    "UNDONE",
    "Applied",
    "ApplyError",
    "Backup",
    "Change",
    "Undone",
    "apply",
    "backups",
    "refusals",
    "resume",
    "undo",
]
