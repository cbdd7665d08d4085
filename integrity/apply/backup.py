"""Backups: states from before an application, each a commit under a ref of its own."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone

from integrity.apply.change import COMPLETE, INTERRUPTED, UNDONE, ApplyError, Backup
from integrity.apply.journal import Journal
from integrity.apply.record import NAME, Record
from integrity.errors import UnreadableError
from integrity.git import writing
from integrity.git.objects import BlobReader, ObjectStore
from integrity.git.repository import Repository
from integrity.git.writing import Kept, Ref, Writer

_TIME = "%Y%m%dT%H%M%S.%fZ"
_ABOUT = re.compile(r"^Files: (\d+)\nWork tree: (.*)$", re.MULTILINE)


def backups(repository: Repository) -> list[Backup]:
    """The backups of this work tree, newest first.

    Raises:
        GitError: git cannot list them.
        ApplyError: the journal is damaged.
    """
    found = writing.refs(repository)
    entry = Journal.of(repository).read()
    states = {ref.name.replace(writing.UNDONE, writing.BACKUPS): UNDONE for ref in found if is_mark(ref)}
    if entry:
        states[entry.ref] = INTERRUPTED
    own = [_backup(ref, states.get(ref.name, COMPLETE), worktree_name(repository)) for ref in found if not is_mark(ref)]
    return sorted((one for one in own if one), key=lambda one: one.ref, reverse=True)


def is_mark(ref: Ref) -> bool:
    """Whether a ref only says that a backup was gone back to."""
    return ref.name.startswith(writing.UNDONE)


def _backup(ref: Ref, state: str, worktree: str) -> Backup | None:
    """A ref as a backup, None when it is none of this work tree."""
    about = _ABOUT.search(ref.message)
    try:
        time = datetime.strptime(stamp_of(ref.name), _TIME).replace(tzinfo=timezone.utc)
    except ValueError:
        return None
    return Backup(ref.name, time, int(about[1]), state) if about and about[2] == worktree else None


def worktree_name(repository: Repository) -> str:
    """What tells a linked work tree from the others of its repository: "." for the main one."""
    return ascii(os.path.relpath(os.path.realpath(repository.git_dir), repository.common_dir))[1:-1]


def stamp_of(ref: str) -> str:
    """The part of a backup's ref that is a time."""
    return ref.rpartition("/")[2]


def fresh_ref(repository: Repository, now: datetime) -> str:
    """The name for a backup made now; later by some microseconds where that name is taken.

    Raises:
        GitError: git cannot list the backups.
    """
    taken = {ref.name for ref in writing.refs(repository)}
    moment = now.astimezone(timezone.utc)
    while (name := writing.BACKUPS + moment.strftime(_TIME)) in taken:
        moment += timedelta(microseconds=1)
    return name


def save(writer: Writer, ref: str, record: Record, contents: Mapping[str, bytes], now: datetime) -> None:
    """Save a record and the bytes that it speaks of.

    Args:
        writer: where to.
        ref: the backup's name.
        record: what is to be done.
        contents: the bytes by their id as a blob; those of the index may be left out.
        now: the time of the commit.

    Raises:
        GitError: git cannot save it.
    """
    subject = f"Files as they were before `integrity restore` ({len(record.files)})"
    message = f"{subject}\n\nFiles: {len(record.files)}\nWork tree: {record.worktree}\n"
    files = [Kept(NAME, executable=False, source=record.encode()), *_kept(record, contents)]
    writer.save(ref, files, record.head, message, int(now.timestamp()))


def _kept(record: Record, contents: Mapping[str, bytes]) -> Iterable[Kept]:
    for path, file in record.files.items():
        if file.before is not None:
            yield Kept(f"before/{path}", bool(file.before_mode & 0o100), contents[file.before])
        yield Kept(f"after/{path}", file.executable, contents[file.after])
        for folder, entry in (("index", file.index), ("staged", file.staged if file.staged != file.index else None)):
            if entry:
                yield Kept(f"{folder}/{path}", entry.mode == "100755", entry.blob)


def find(repository: Repository, name: str) -> Ref | None:
    """The backup of that name: the full one of its ref, or its time; None when there is none."""
    wanted = {name, writing.BACKUPS + name}
    return next((ref for ref in writing.refs(repository) if ref.name in wanted and not is_mark(ref)), None)


def load(repository: Repository, ref: Ref) -> Record:
    """The record of a backup.

    Raises:
        ApplyError: the ref is no backup, or one of another work tree.
        GitError: git cannot read it.
    """
    store = ObjectStore.of(repository)
    blob = next((entry.blob for entry in store.tree(ref.commit) if entry.path == NAME), "")
    with BlobReader(store) as blobs:
        try:
            record = Record.decode(blobs.read(blob), ref.name)
        except UnreadableError as error:
            raise ApplyError(f"{ref.name} is not a backup of integrity: {error}") from error
    if record.worktree != worktree_name(repository):
        raise ApplyError(
            f"{ref.name} was made in another work tree of this repository ({record.worktree}); undo it there"
        )
    return record


def read_blobs(repository: Repository, ids: Iterable[str]) -> dict[str, bytes]:
    """The bytes of blobs, by id.

    Raises:
        ApplyError: one is missing or damaged.
    """
    try:
        with BlobReader(ObjectStore.of(repository)) as blobs:
            return {blob: blobs.read(blob) for blob in set(ids)}
    except UnreadableError as error:
        raise ApplyError(f"a backup cannot be read: {error}") from error
