"""Which versions of which files the story is made from, and the state of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from integrity.git.format import LINK_MODE, SUBMODULE_MODE
from integrity.git.log import Change, Log
from integrity.git.objects import ObjectStore
from integrity.history.condition import Examiner
from integrity.incident.state import State, state_of
from integrity.snapshot.readers import Entry, too_large

_CHUNK = 4_000  # versions whose full results are in memory at once
_NO_FILES = frozenset({LINK_MODE, SUBMODULE_MODE})


@dataclass(frozen=True)
class Survey:
    """The versions in question and their states.

    Attributes:
        changes: the changes in question, newest first.
        states: the state of each version before and after each of them, by path and blob.
        today: the states of the files that the head holds, by path.
        unread: how many versions could not be checked, by reason without the particulars.
    """

    changes: Sequence[Change]
    states: Mapping[Entry, State]
    today: Mapping[str, Entry] = field(default_factory=dict)

    @property
    def examined(self) -> int:
        """Number of versions that were judged."""
        return sum(1 for state in self.states.values() if not state.unread)

    @property
    def unread(self) -> int:
        """Number of versions that could not be."""
        return len(self.states) - self.examined

    def of(self, path: str, blob: str) -> State | None:
        """The state of a version, None when there is none or it is not in question."""
        return self.states.get(Entry(path, blob)) if blob else None


def survey(log: Log, examiner: Examiner, store: ObjectStore, today: Mapping[str, Entry], asked: Asked) -> Survey:
    """Judge every version in question.

    Args:
        log: the history.
        examiner: judges the versions.
        store: where they lie.
        today: what the head holds, by path.
        asked: which changes matter.
    """
    changes = [one for one in log.records if asked(one)]
    links = {Entry(one.path, one.new) for one in changes if one.mode in _NO_FILES}
    entries = [one for one in _versions(changes) if one not in links]
    sizes = store.sizes(entry.blob for entry in entries)
    limit = examiner.config.max_file_size
    states = {entry: _unreadable(entry, sizes, limit) for entry in entries if sizes.get(entry.blob, limit + 1) > limit}
    readable = [entry for entry in entries if entry not in states]
    for chunk, judge in _chunks(readable, examiner):
        conditions = judge.conditions(chunk)
        states |= {entry: state_of(one, examiner.config.fail_severity) for entry, one in conditions.items()}
    return Survey([one for one in changes if one.mode not in _NO_FILES], states, today)


Asked = Callable[[Change], bool]


def _versions(changes: Sequence[Change]) -> Iterator[Entry]:
    """What the changes made and what they replaced, each once."""
    blobs = ((one.path, blob) for one in changes for blob in (one.new, one.old) if blob)
    return (Entry(*one) for one in dict.fromkeys(blobs))


def _unreadable(entry: Entry, sizes: Mapping[str, int], limit: int) -> State:
    size = sizes.get(entry.blob)
    return State(unread="its object is missing" if size is None else too_large(size, limit))


def _chunks(entries: Sequence[Entry], examiner: Examiner) -> Iterator[tuple[Sequence[Entry], Examiner]]:
    """The entries in portions, each with an examiner that reports its progress on the whole."""
    for start in range(0, len(entries), _CHUNK):
        chunk = entries[start : start + _CHUNK]
        yield chunk, _reporting(examiner, start, len(chunk), len(entries))


def _reporting(examiner: Examiner, start: int, size: int, total: int) -> Examiner:
    report = examiner.examination.progress

    def progress(done: int, of: int) -> None:
        report(start + size - of + done, total)

    return replace(examiner, examination=replace(examiner.examination, progress=progress))
