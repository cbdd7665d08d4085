"""Which files of an older version of a repository live on under another name.

By content: equal blobs first, then the most similar texts. Git's own detection reads every blob concerned and ends at
the first that a partial clone lacks; here such a file is simply not recognised.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from integrity.snapshot.readers import Entry

_LEAST = 0.5  # git's own threshold
_COMMON = 50  # a line in more files than this says nothing about which of them is meant
_Lines = Counter[bytes]
Read = Callable[[Entry], "bytes | None"]


class _Pair(NamedTuple):
    """How alike two files are, best first when sorted."""

    distance: float
    other_name: bool
    old: str
    new: str


def renames(before: Sequence[Entry], after: Sequence[Entry], read_before: Read, read_after: Read) -> dict[str, str]:
    """Old path to new path of each file that was renamed; no path comes twice on either side.

    Args:
        before: every file of the older version.
        after: every file of the newer one.
        read_before: the content of an entry of the older version, None when it cannot be had.
        read_after: likewise for the newer one.
    """
    kept = {entry.path for entry in before} & {entry.path for entry in after}
    gone = {entry.path: entry for entry in before if entry.path not in kept}
    come = {entry.path: entry for entry in after if entry.path not in kept}
    if not gone or not come:
        return {}
    found = _chosen(_equal(gone, come))
    gone = {path: entry for path, entry in gone.items() if path not in found}
    come = {path: entry for path, entry in come.items() if path not in set(found.values())}
    if not gone or not come:
        return found
    olds = {path: _lines(read_before(entry)) for path, entry in gone.items()}
    news = {path: _lines(read_after(entry)) for path, entry in come.items()}
    return found | _chosen(_similar(olds, news))


def _equal(gone: Mapping[str, Entry], come: Mapping[str, Entry]) -> list[_Pair]:
    """The pairs of files with the same content; empty files are all alike and tell nothing."""
    by_blob = {
        blob: [entry.path for entry in group]
        for blob, group in groupby(sorted(come.values(), key=lambda one: one.blob), key=lambda one: one.blob)
    }
    return [
        _Pair(0.0, _name(entry.path) != _name(path), entry.path, path)
        for entry in gone.values()
        for path in by_blob.get(entry.blob, ())
    ]


def _similar(olds: Mapping[str, _Lines], news: Mapping[str, _Lines]) -> list[_Pair]:
    """The pairs of files that share at least half of their bytes, counted in whole lines."""
    holders: dict[bytes, list[str]] = defaultdict(list)
    for path, lines in news.items():
        for line in lines:
            holders[line].append(path)
    pairs = []
    for old, lines in olds.items():
        shared: Counter[str] = Counter()
        for line, number in lines.items():
            paths = holders.get(line, ())
            for new in paths if len(paths) <= _COMMON else ():
                shared[new] += len(line) * min(number, news[new][line])
        sizes = {new: max(_size(lines), _size(news[new])) for new in shared}
        pairs += [
            _Pair(1 - size / sizes[new], _name(old) != _name(new), old, new)
            for new, size in shared.items()
            if size >= _LEAST * sizes[new]
        ]
    return pairs


def _chosen(pairs: Iterable[_Pair]) -> dict[str, str]:
    """The best pairs, each path once."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for pair in sorted(pairs):
        if pair.old not in found and pair.new not in taken:
            found[pair.old] = pair.new
            taken.add(pair.new)
    return found


def _lines(content: bytes | None) -> _Lines:
    stripped = (line.strip() for line in (content or b"").split(b"\n"))
    return Counter(line for line in stripped if line)


def _size(lines: _Lines) -> int:
    return sum(len(line) * number for line, number in lines.items())


def _name(path: str) -> str:
    return path.rpartition("/")[2]
