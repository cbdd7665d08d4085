"""Goes back to the state from before an application: bytes, modes and index entries.

What each file holds decides, not what was noted: one with the bytes of the application gets its old ones, one with the
old ones is done, and one with others was changed by somebody and is left alone. So undoing may be interrupted and
repeated at will.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from integrity.apply.backup import backups, find, load, read_blobs, stamp_of
from integrity.apply.change import UNDONE, ApplyError, Undone
from integrity.apply.files import Move, Present, Tree
from integrity.apply.journal import SAVING, UNDOING, Journal, writing_to
from integrity.apply.record import FileRecord, Record
from integrity.apply.refusal import check_index, unsafe
from integrity.errors import IntegrityError, UnreadableError
from integrity.git import writing
from integrity.git.format import Listed
from integrity.git.objects import hash_blob
from integrity.git.repository import Repository
from integrity.git.writing import IndexEntry, Ref, Writer

_CHANGED = "was changed since; left alone"
_RESTAGED = "was staged anew since; its index entry is left alone"
_AGAIN = "mend that and run `integrity restore --undo` again"


def undo(repository: Repository, backup: str | None = None, *, force: bool = False) -> Undone:
    """Bring back the state from before an application.

    Args:
        repository: which.
        backup: the ref of the backup or its time; None for that of an interrupted run, else the newest not undone yet.
        force: overwrite what was changed since, too.

    Raises:
        ApplyError: there is no such backup, another run is writing, or a file cannot be written; undoing again goes on.
        GitError: git failed.
    """
    if repository.bare:
        raise ApplyError(f"{repository.root} is a bare repository: nothing was ever applied there")
    with writing_to(repository) as (journal, writer):
        entry = journal.read()
        if entry and entry.phase == SAVING and backup in {None, entry.ref, stamp_of(entry.ref)}:
            return abandon(writer, journal, entry.ref)
        if entry and backup not in {None, entry.ref, stamp_of(entry.ref)}:
            raise ApplyError(
                f"an interrupted run is to be undone first: integrity restore --undo --backup {stamp_of(entry.ref)}"
            )
        ref = _chosen(repository, entry.ref if entry else backup)
        return _undone(writer, journal, ref, force=force)


def abandon(writer: Writer, journal: Journal, name: str) -> Undone:
    """End a run that was killed before it wrote any file."""
    ref = find(writer.repository, name)
    if ref:
        _mark(writer, ref)
    journal.clear()
    return Undone(name, (), {})


def _chosen(repository: Repository, name: str | None) -> Ref:
    """The backup to go back to."""
    if name is None:
        waiting = [one for one in backups(repository) if one.state != UNDONE]
        if not waiting:
            raise ApplyError(
                f"there is nothing to undo in {repository.root}; `integrity restore --undo --list` shows all"
            )
        name = waiting[0].ref
    ref = find(repository, name)
    if ref is None:
        raise ApplyError(f"there is no backup {name!r}; `integrity restore --undo --list` shows what there is")
    return ref


def _undone(writer: Writer, journal: Journal, ref: Ref, *, force: bool) -> Undone:
    record = load(writer.repository, ref)
    if any(file.index != file.staged for file in record.files.values()):
        check_index(writer.repository)
    journal.write(ref.name, UNDOING)
    try:
        outcome = revert(writer, ref, record, force=force)
    except IntegrityError as error:
        raise ApplyError(f"undoing stopped half-way: {error}; {_AGAIN}") from error
    if not outcome.kept:
        _mark(writer, ref)
    journal.clear()
    return outcome


def _mark(writer: Writer, ref: Ref) -> None:
    writer.mark(writing.UNDONE + stamp_of(ref.name), ref.commit)


def revert(writer: Writer, ref: Ref, record: Record, *, force: bool) -> Undone:
    """Bring files and index entries back.

    Raises:
        ApplyError: a file cannot be written; those before it are back.
        GitError: git failed.
    """
    tree = Tree(writer.repository.root, stamp_of(ref.name))
    judge = _Judge(tree, record, writer.repository.object_format, force)
    verdicts = {path: judge.file(path) for path in record.files}
    kept = {path: verdict for path, verdict in verdicts.items() if isinstance(verdict, str)}
    tree.discard(path for path in record.files if path not in kept)
    moves = _moves(writer.repository, record, {path: one for path, one in verdicts.items() if not isinstance(one, str)})
    tree.perform(moves)
    tree.remove_folders(record.folders)
    restaged = _revert_index(writer, record, force=force)
    return Undone(ref.name, tuple(sorted(move.path for move in moves)), {**restaged, **kept})


@dataclass(frozen=True)
class Stale:
    """A file to bring back; `now` is what it holds."""

    now: Present | None


@dataclass(frozen=True)
class _Judge:
    """Tells what is to be done about a file."""

    tree: Tree
    record: Record
    object_format: str
    force: bool

    def file(self, path: str) -> Stale | str | None:
        """What to bring back, why it is left alone, or None when it is as before."""
        file = self.record.files[path]
        reason = unsafe(self.tree, path)
        if reason:
            return f"{reason}; left alone"
        try:
            now = self.tree.look(path)
        except UnreadableError as error:
            return f"{error}; left alone"
        blob = hash_blob(now.content, self.object_format) if now else None
        if blob == file.before and (now is None or now.mode == file.before_mode):
            return None
        ours = blob in {None, file.before, file.after}
        return Stale(now) if ours or self.force else _CHANGED


def _moves(repository: Repository, record: Record, verdicts: Mapping[str, Stale | None]) -> list[Move]:
    stale = {path: verdict.now for path, verdict in verdicts.items() if verdict}
    contents = read_blobs(repository, (blob for path in stale if (blob := record.files[path].before)))
    return [_back(path, now, record.files[path], contents) for path, now in stale.items()]


def _back(path: str, now: Present | None, file: FileRecord, contents: Mapping[str, bytes]) -> Move:
    if file.before is None:
        return Move(path, now, None, None)
    return Move(path, now, contents[file.before], file.before_mode)


def _revert_index(writer: Writer, record: Record, *, force: bool) -> dict[str, str]:
    """Bring the staged entries back; gives those that were left alone."""
    staged = {path: file for path, file in record.files.items() if file.index != file.staged}
    if not staged:
        return {}
    present = writing.entries(writer.repository)
    now = {path: present_entry(present.get(path, ())) for path in staged}
    stale = {path: file.index for path, file in staged.items() if now[path] != file.index}
    foreign = {path for path in stale if now[path] != staged[path].staged and not force}
    wanted = {path: entry for path, entry in stale.items() if path not in foreign}
    if wanted:
        writer.set_index(wanted)
    return dict.fromkeys(sorted(foreign), _RESTAGED)


def present_entry(listed: Sequence[Listed]) -> IndexEntry | str | None:
    """The entry of a path; a word that equals none when it is unmerged or marked."""
    if not listed:
        return None
    entry = listed[0]
    plain = len(listed) == 1 and entry.stage == 0 and entry.vouched
    return IndexEntry(entry.mode, entry.blob) if plain else "unusual"
