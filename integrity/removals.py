"""Which commit took away what no longer exists: modules by their paths, names by the versions of their module."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from integrity.errors import TargetError, UnreadableError
from integrity.git.log import Change, Log, read_log
from integrity.git.objects import BlobReader, ObjectStore
from integrity.git.repository import Repository
from integrity.snapshot.snapshot import Snapshot

_VERSIONS = 200
_DIGITS = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Lost(NamedTuple):
    """Something that may have been there once.

    Attributes:
        about: identifies it.
        paths: the files that it was, or that defined it.
        name: what they defined, "" for the files themselves.
    """

    about: str
    paths: tuple[str, ...]
    name: str


class Past(NamedTuple):
    """The history of a snapshot.

    Attributes:
        repository: where it lies.
        tip: the id of its newest commit.
    """

    repository: Repository
    tip: str


def past_of(snapshot: Snapshot) -> Past | None:
    """The history that a snapshot stands on, None when there is none.

    Raises:
        GitError: git is needed and missing, or refuses the repository.
    """
    repository = Repository.discover(snapshot.root) if snapshot.in_repository else None
    if repository is None:
        return None
    try:
        return Past(repository, snapshot.revision or repository.resolve("HEAD"))
    except TargetError:
        return None


def removals(past: Past, lost: Iterable[Lost]) -> dict[str, str]:
    """What became of lost things, in words, by what they are about; nothing for those that history does not know.

    Raises:
        GitError: git is needed and missing.
    """
    wanted = sorted(set(lost))
    log = read_log(past.repository, [past.tip], (".py",))
    found: dict[str, str] = {}
    with BlobReader(ObjectStore.of(past.repository)) as reader:
        for paths, names in _grouped(wanted).items():
            if "" in names:
                found.update(dict.fromkeys(names[""], _removal_of_file(log, paths)))
            for name, change in _removals_of_names(log, reader, paths, set(names) - {""}):
                found.update(dict.fromkeys(names[name], _told("removed", log, change)))
    return {about: text for about, text in found.items() if text}


def _grouped(wanted: Iterable[Lost]) -> dict[tuple[str, ...], dict[str, list[str]]]:
    """What things are about, by their paths and their name."""
    found: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for one in wanted:
        found.setdefault(one.paths, {}).setdefault(one.name, []).append(one.about)
    return found


def _removal_of_file(log: Log, paths: tuple[str, ...]) -> str:
    """The newest removal of one of the files."""
    gone = [change for path in paths for change in log.changes(path) if change.old and not change.new]
    if not gone:
        return ""
    last = min(gone, key=lambda change: (change.order, change.path))
    heirs = {one.path for one in log.holders(last.old) if one.order == last.order and not one.old}
    deed = f"moved to {heirs.pop()}" if len(heirs) == 1 else "removed"
    return _told(deed, log, last)


def _removals_of_names(
    log: Log, reader: BlobReader, paths: Iterable[str], names: set[str]
) -> Iterator[tuple[str, Change]]:
    """Each name with the newest change after which its module no longer defined it."""
    patterns = {name: _definition(name) for name in sorted(names)}
    for change in [change for path in paths for change in log.changes(path) if change.old][:_VERSIONS]:
        if not patterns:
            return
        before, after = _content(reader, change.old), _content(reader, change.new)
        if before is None or after is None:
            continue
        for name, pattern in list(patterns.items()):
            if pattern.search(before) and not pattern.search(after):
                del patterns[name]
                yield name, change


def _definition(name: str) -> re.Pattern[bytes]:
    """Matches a module that binds a name at the start of a line or imports it there."""
    word = re.escape(name.encode("utf-8", "surrogateescape"))
    return re.compile(
        rb"^(?:(?:async[ \t]+)?(?:def|class)[ \t]+%b\b|%b[ \t]*[:=](?!=)"
        rb"|(?:from|import)\b[^\n(]*\b%b\b|from\b[^\n(]*\([^)]{0,4000}\b%b\b)" % (word, word, word, word),
        re.MULTILINE,
    )


def _content(reader: BlobReader, blob: str) -> bytes | None:
    """The bytes of a version, none of a removed file, None of an object that is not there."""
    if not blob:
        return b""
    try:
        return reader.read(blob)
    except UnreadableError:
        return None


def _told(deed: str, log: Log, change: Change) -> str:
    commit = log.commits[change.order]
    return f"{deed} by {commit.id[:_DIGITS]}{_day(commit.time)}"


def _day(seconds: int) -> str:
    """The day, in UTC, of a time that git has on record, however odd."""
    try:
        return f" of {_EPOCH + timedelta(seconds=seconds):%Y-%m-%d}"
    except OverflowError:
        return ""
