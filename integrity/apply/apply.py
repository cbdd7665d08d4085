"""Writes a set of files to the work tree such that nothing is lost, whatever happens on the way.

Everything that will change is saved as a commit first; then all new contents are written beside their destinations, and
renamed over them; then, if wanted, the index is updated. A run that fails goes back by itself; one that is killed is
found by its journal, and can be completed or undone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from integrity.apply.backup import find, fresh_ref, load, read_blobs, save, stamp_of, worktree_name
from integrity.apply.change import Applied, ApplyError, Change
from integrity.apply.files import Move, Present, Tree, parents, printable
from integrity.apply.journal import APPLYING, SAVING, Entry, Journal, writing_to
from integrity.apply.record import FileRecord, Record
from integrity.apply.refusal import check_repository, refusals
from integrity.apply.undo import abandon, present_entry, revert
from integrity.errors import IntegrityError, UnreadableError
from integrity.git import writing
from integrity.git.objects import hash_blob
from integrity.git.repository import Repository
from integrity.git.writing import IndexEntry, Ref, Writer

_WAYS_OUT = "`integrity restore --resume` completes it, `integrity restore --undo` goes back"
_UNDO = "run `integrity restore --undo`"
_EXECUTABLE = 0o100755


def apply(repository: Repository, changes: Sequence[Change], *, stage: bool, now: datetime) -> Applied:
    """Write files, after saving everything that will change.

    Args:
        repository: which.
        changes: each path once.
        stage: whether the result is added to the index, as `git add` would.
        now: names the backup; aware of its zone.

    Raises:
        ApplyError: a file or the repository refuses, and nothing was changed; or writing failed, and everything is as
            before unless the message says otherwise.
        GitError: git failed before anything was changed.
    """
    with writing_to(repository) as (journal, writer):
        check_repository(repository, stage=stage)
        entry = journal.read()
        if entry and entry.phase == SAVING:
            abandon(writer, journal, entry.ref)
        elif entry:
            return _resumed(writer, journal, entry, changes)
        if not changes:
            return Applied("", ())
        return _Run(writer, journal).start(changes, stage=stage, now=now)


def resume(repository: Repository) -> Applied:
    """Complete an interrupted run from its backup.

    Raises:
        ApplyError: there is none, it was being undone, or a file was changed since.
        GitError: git failed.
    """
    with writing_to(repository) as (journal, writer):
        check_repository(repository, stage=True)
        entry = journal.read()
        if entry is None:
            raise ApplyError(f"no run was interrupted in {repository.root}: there is nothing to complete")
        if entry.phase == SAVING:
            abandon(writer, journal, entry.ref)
            return Applied("", ())
        return _resumed(writer, journal, entry, ())


class _Run:
    """A new run, or the completion of an interrupted one."""

    def __init__(self, writer: Writer, journal: Journal) -> None:
        self._writer = writer
        self._journal = journal
        self._repository = writer.repository

    def start(self, changes: Sequence[Change], *, stage: bool, now: datetime) -> Applied:
        """Check, save, write."""
        name = fresh_ref(self._repository, now)
        tree = Tree(self._repository.root, stamp_of(name))
        present = self._checked(tree, changes)
        record, contents = self._recorded(tree, changes, present, stage=stage)
        moves = _outstanding(tree, record, contents, self._repository.object_format)
        try:
            self._journal.write(name, SAVING)
            save(self._writer, name, record, contents, now)
            ref = self._saved(name)
            self._journal.write(name, APPLYING)
        except BaseException:
            self._journal.clear()
            raise
        return self.complete(ref, record, moves)

    def complete(self, ref: Ref, record: Record, moves: Sequence[Move]) -> Applied:
        """Make the moves, update the index, and end the run; go back when it fails."""
        tree = Tree(self._repository.root, stamp_of(ref.name))
        try:
            tree.perform(moves)
            self._stage(record)
        except BaseException as error:
            self._back(ref, record, error)
            raise
        self._journal.clear()
        return Applied(ref.name, tuple(sorted(record.files)))

    def _back(self, ref: Ref, record: Record, error: BaseException) -> None:
        """Undo a run that failed; the journal stays when even that fails."""
        try:
            kept = revert(self._writer, ref, record, force=False).kept
            abandon(self._writer, self._journal, ref.name)
        except IntegrityError as second:
            raise ApplyError(f"{error}; going back failed, too: {second}; {_UNDO}") from error
        if not isinstance(error, IntegrityError):
            return
        if kept:
            left = ", ".join(printable(path) for path in sorted(kept))
            raise ApplyError(f"{error}; everything else is as before, but left alone was {left}") from error
        raise ApplyError(f"{error}; everything is as before: mend that and run the command again") from error

    def _checked(self, tree: Tree, changes: Sequence[Change]) -> dict[str, Present | None]:
        """What the files hold today, if all may be written."""
        paths = [change.path for change in changes]
        _check_distinct(paths)
        for path, reason in refusals(self._repository, paths, include_dirty=True).items():
            raise ApplyError(f"{printable(path)} {reason}; nothing was written")
        return {change.path: _expected(tree, change) for change in changes}

    def _recorded(
        self, tree: Tree, changes: Sequence[Change], present: Mapping[str, Present | None], *, stage: bool
    ) -> tuple[Record, dict[str, bytes]]:
        """What is to be done, and the bytes by their id."""
        index = writing.entries(self._repository)
        blobs = self._added(changes) if stage else {}
        files: dict[str, FileRecord] = {}
        contents: dict[str, bytes] = {}
        for change in changes:
            entry = present_entry(index.get(change.path, ()))
            plain = entry if isinstance(entry, IndexEntry) else None
            file = self._file(change, present[change.path], plain, blobs.get(change.path))
            files[change.path] = file
            contents[file.after] = change.content
            if file.before is not None and change.expected is not None:
                contents[file.before] = change.expected
        commit, branch = writing.head(self._repository)
        folders = tuple(tree.missing_folders(files))
        return Record(worktree_name(self._repository), commit, branch, folders, files), contents

    def _file(self, change: Change, present: Present | None, index: IndexEntry | None, blob: str | None) -> FileRecord:
        kind = self._repository.object_format
        before = None if present is None else hash_blob(present.content, kind)
        mode = None if present is None else _permissions(present.mode, change.mode)
        executable = bool(mode & 0o100) if mode is not None else change.mode == _EXECUTABLE
        staged = index if blob is None else IndexEntry(_index_mode(index, change, executable=executable), blob)
        old = 0 if present is None else present.mode
        return FileRecord(before, old, hash_blob(change.content, kind), mode, executable, index, staged)

    def _added(self, changes: Sequence[Change]) -> dict[str, str]:
        """The blobs for the index."""
        for path, name in writing.filtered(self._repository, [change.path for change in changes]).items():
            raise ApplyError(
                f"{printable(path)} is stored through the filter {name!r}, which is not run; leave out --stage and add "
                "the files yourself"
            )
        return self._writer.as_added({change.path: change.content for change in changes}, self._journal.scratch)

    def _saved(self, name: str) -> Ref:
        ref = find(self._repository, name)
        if ref is None:
            raise ApplyError(
                f"the backup {name} was removed as it was made; nothing was written: run the command again"
            )
        return ref

    def _stage(self, record: Record) -> None:
        wanted = {path: file.staged for path, file in record.files.items() if file.staged != file.index}
        if wanted:
            self._writer.set_index(wanted)


def _resumed(writer: Writer, journal: Journal, entry: Entry, changes: Sequence[Change]) -> Applied:
    """Complete an interrupted run, if all of `changes` belong to it."""
    ref = find(writer.repository, entry.ref)
    kind = writer.repository.object_format
    if entry.phase != APPLYING or ref is None:
        raise ApplyError(f"an `integrity restore --undo` was interrupted ({entry.ref}); {_UNDO}")
    record = load(writer.repository, ref)
    planned = {path: file.after for path, file in record.files.items()}
    if any(planned.get(change.path) != hash_blob(change.content, kind) for change in changes):
        raise ApplyError(f"an `integrity restore` with another plan was interrupted ({entry.ref}); {_WAYS_OUT}")
    wanted = {blob for file in record.files.values() for blob in (file.before, file.after) if blob}
    contents = read_blobs(writer.repository, wanted)
    moves = _outstanding(Tree(writer.repository.root, stamp_of(ref.name)), record, contents, kind)
    return _Run(writer, journal).complete(ref, record, moves)


def _outstanding(tree: Tree, record: Record, contents: Mapping[str, bytes], object_format: str) -> list[Move]:
    """What is left to be written.

    Raises:
        ApplyError: a file was changed by somebody since the run was interrupted.
    """
    moves = []
    for path, file in record.files.items():
        present = _look(tree, path)
        blob = hash_blob(present.content, object_format) if present else None
        done = blob == file.after and (file.after_mode is None or present is None or present.mode == file.after_mode)
        if not done and blob != file.before:
            raise ApplyError(f"{printable(path)} was changed since the run was interrupted; {_UNDO}")
        if not done:
            moves.append(Move(path, present, contents[file.after], file.after_mode, file.executable))
    return moves


def _check_distinct(paths: Sequence[str]) -> None:
    """Refuse a set in which one path is another's folder, or the same."""
    known = set(paths)
    double = [path for path in paths if known & set(parents(path))]
    if len(known) < len(paths) or double:
        raise ApplyError("two changes are for the same path, or for one inside the other; nothing was written")


def _expected(tree: Tree, change: Change) -> Present | None:
    """What a file holds, if that is what the change was made for."""
    present = _look(tree, change.path)
    if (present.content if present else None) != change.expected:
        raise ApplyError(
            f"{printable(change.path)} was changed since the plan was made; nothing was written: run the command again"
        )
    return present


def _look(tree: Tree, path: str) -> Present | None:
    try:
        return tree.look(path)
    except UnreadableError as error:
        raise ApplyError(f"{printable(path)} {error}; nothing was written") from error


def _permissions(present: int, mode: int | None) -> int:
    """The permission bits for a file that has `present` and shall have the mode of git `mode`."""
    if mode is None or (mode == _EXECUTABLE) == bool(present & 0o100):
        return present
    return present | (present & 0o444) >> 2 if mode == _EXECUTABLE else present & ~0o111


def _index_mode(index: IndexEntry | None, change: Change, *, executable: bool) -> str:
    """The mode for the index: the entry's own unless another is asked for; what the disk says may not be trusted."""
    if index and change.mode is None:
        return index.mode
    return "100755" if executable else "100644"
