"""The same scan of an older version of the repository, to tell what is new and whether the score fell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial

from integrity.baseline.entries import Key
from integrity.baseline.matching import moved
from integrity.engine import Scan
from integrity.errors import TargetError, UnreadableError
from integrity.git.objects import ObjectStore
from integrity.git.repository import Repository
from integrity.git.revisions import merge_base
from integrity.model import Score, Verdict
from integrity.renames import renames
from integrity.snapshot.readers import Entry, FileReader, ObjectReader
from integrity.snapshot.snapshot import Snapshot, take


@dataclass(frozen=True)
class Base:
    """What a change is compared with.

    Attributes:
        revision: the id of the commit, "" when it holds no Python file.
        verdict: the scan of it, None when it holds no Python file.
        known: its findings as they would be called today, renamed files followed.
        unread: files that differ from today's and that cannot be read there, so that whatever is found in them is new.
    """

    revision: str
    verdict: Verdict | None
    known: Counter[Key]
    unread: tuple[str, ...]


def scan_base(scan: Scan, ref: str, today: Verdict) -> Base:
    """Scan the commit from which a scan's snapshot began to differ from `ref`, with the same configuration.

    Args:
        scan: of the snapshot of today.
        ref: the revision to compare with; what counts is its merge base with the snapshot's own revision, so that
            what others added to `ref` in the meantime plays no part.
        today: the verdict of `scan`.

    Raises:
        TargetError: outside git, no such revision, or no commit in common.
    """
    shot = scan.snapshot
    repository = Repository.discover(shot.root) if shot.in_repository else None
    if repository is None:
        raise TargetError(f"{shot.root} is not in a git repository, so there is nothing to compare with")
    revision = merge_base(repository, ref, shot.revision or "HEAD")
    config = scan.config
    older = take((shot.root,), rev=revision, exclude=config.exclude, max_file_size=config.max_file_size)
    if not older.entries and not older.gaps:
        return Base(revision, None, Counter(), ())
    unaware = replace(config, import_history=False)  # nobody reads the messages
    verdict = replace(scan, snapshot=older, config=unaware).verdict()
    known = moved(verdict.findings, _renames(older, shot))
    same, unread = _unreadable(older, shot, ObjectStore.of(repository))
    known |= moved((finding for finding in today.findings if finding.path in same), {})
    return Base(revision, verdict, known, unread)


def fallen(before: Score, after: Score) -> list[str]:
    """How far a score fell, and where; nothing when it did not. Compared unrounded."""
    if after.overall >= before.overall:
        return []
    lines = [f"the score fell by {_points(before.overall, after.overall)}"]
    for kind, olds, news in (("group", before.groups, after.groups), ("scope", before.scopes, after.scopes)):
        for name, share in news.items():
            old = olds.get(name)
            if old and old.files and share.percent < old.percent:
                counts = f"{old.compliant:,} of {old.files:,} files, now {share.compliant:,} of {share.files:,}"
                lines.append(f"{kind} {name}: by {_points(old.percent, share.percent)}: {counts}")
    return lines


def _points(before: float, after: float) -> str:
    """A loss with as many digits as it takes to see it, as in "0.3 points, from 98.7 % to 98.4 %"."""
    digits = next((number for number in range(1, 7) if round(before - after, number)), 6)
    return f"{before - after:.{digits}f} points, from {before:.{digits}f} % to {after:.{digits}f} %"


def _renames(older: Snapshot, newer: Snapshot) -> dict[str, str]:
    after = [*newer.entries, *newer.around]
    with older.reader.open() as old_reader, newer.reader.open() as new_reader:
        return renames(older.entries, after, partial(_content, old_reader), partial(_content, new_reader))


def _content(reader: FileReader | ObjectReader, entry: Entry) -> bytes | None:
    try:
        return reader.read(entry)
    except UnreadableError:
        return None


def _unreadable(older: Snapshot, newer: Snapshot, store: ObjectStore) -> tuple[frozenset[str], tuple[str, ...]]:
    """The files that could not be read in the older version: those that are the same today, and those that are not."""
    gaps = {gap.path for gap in older.gaps}
    if not gaps:
        return frozenset(), ()
    listed = {item.path: item.blob for item in store.tree(older.revision or "")}
    today = {entry.path: entry.blob for entry in newer.entries}
    same = frozenset(path for path in gaps if path in today and today[path] == listed.get(path))
    return same, tuple(sorted(path for path in gaps - same if path in today))
