"""Which files differ between two snapshots, and which were renamed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from integrity.errors import UnreadableError
from integrity.git.objects import hash_blob
from integrity.snapshot.readers import Entry, FileReader, ObjectReader
from integrity.snapshot.snapshot import Snapshot

_RENAMED = 0.5
_MOST = 40_000  # comparisons of two files


class Side(NamedTuple):
    """One version of a file; the path is "" where there is none."""

    path: str = ""
    blob: str = ""

    @property
    def entry(self) -> Entry:
        """As readers want it."""
        return Entry(self.path, self.blob)


class Delta(NamedTuple):
    """The versions of one file that differ."""

    before: Side
    after: Side

    @property
    def path(self) -> str:
        """Where it is, or was."""
        return self.after.path or self.before.path


def listed(snapshot: Snapshot, reader: FileReader | ObjectReader, *, python: bool) -> dict[str, str]:
    """Path to blob of the files of a snapshot, ids that git does not know computed."""
    entries = (*snapshot.entries, *snapshot.around) if python else snapshot.others
    return {one.path: one.blob or _hashed(snapshot, reader, one) for one in entries}


def _hashed(snapshot: Snapshot, reader: FileReader | ObjectReader, entry: Entry) -> str:
    """The id of a file on disk; a text that cannot be read is no version of anything."""
    try:
        return hash_blob(reader.read(entry), snapshot.reader.object_format)
    except UnreadableError:
        return "unreadable"


def deltas(before: Mapping[str, str], after: Mapping[str, str]) -> list[Delta]:
    """What differs, exact renames followed."""
    changed = [
        Delta(Side(path, blob), Side(path, after[path]))
        for path, blob in before.items()
        if path in after and after[path] != blob
    ]
    gone = {path: blob for path, blob in before.items() if path not in after}
    new = {path: blob for path, blob in after.items() if path not in before}
    return sorted([*changed, *_exact(gone, new)], key=lambda one: (one.path, one.before.path))


def _exact(gone: dict[str, str], new: dict[str, str]) -> Iterator[Delta]:
    """Files with the same content at another path are the same; the name decides between several."""
    places: dict[str, list[str]] = defaultdict(list)
    for path, blob in new.items():
        places[blob].append(path)
    for path, blob in sorted(gone.items()):
        free = places.get(blob)
        if free:
            name = path.rpartition("/")[2]
            best = next((one for one in free if one.rpartition("/")[2] == name), free[0])
            free.remove(best)
            yield Delta(Side(path, blob), Side(best, blob))
        else:
            yield Delta(Side(path, blob), Side())
    for blob, paths in places.items():
        yield from (Delta(Side(), Side(path, blob)) for path in paths)


def renamed(gone: Sequence[tuple[str, Iterable[str]]], new: Sequence[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """Old to new path of files that are largely the same; the most similar first.

    Args:
        gone: path and lines of the files that are gone.
        new: likewise of those that are new.
    """
    if len(gone) * len(new) > _MOST:
        return {}
    left = [(path, _lines(lines)) for path, lines in gone]
    right = [(path, _lines(lines)) for path, lines in new]
    scored = sorted((-_alike(one, other), old, path) for old, one in left for path, other in right)
    found: dict[str, str] = {}
    taken: set[str] = set()
    for score, old, path in scored:
        if -score >= _RENAMED and old not in found and path not in taken:
            found[old] = path
            taken.add(path)
    return found


def _lines(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(line.strip() for line in lines if line.strip())


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)
