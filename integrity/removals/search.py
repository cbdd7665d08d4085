"""Looks for removals in a part of a history: of files by their paths, of names by the versions of their module."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from integrity.errors import UnreadableError
from integrity.git.log import Change, Log, read_commits
from integrity.git.objects import BlobReader, ObjectStore
from integrity.git.repository import Repository
from integrity.removals.model import Answer, Removal, Thing
from integrity.removals.renaming import renamed

MOST_VERSIONS = 300


def search(repository: Repository, log: Log, things: Iterable[Thing]) -> dict[Thing, Answer]:
    """What a log says about things.

    Args:
        repository: where the log was read.
        log: the part of its history that matters.
        things: what is asked for.

    Raises:
        GitMissingError: there is no git to run.
    """
    found: dict[Thing, Answer] = {}
    with BlobReader(ObjectStore.of(repository)) as reader:
        contents = _Contents(reader)
        for paths, names in _grouped(things).items():
            if "" in names:
                found[Thing(paths, "")] = _removal_of_file(log, paths)
            wanted = names - {""}
            if wanted:
                answers = _removals_of_names(log, contents, paths, wanted)
                found.update((Thing(paths, name), answer) for name, answer in answers.items())
    return _with_heirs(repository, found)


def _grouped(things: Iterable[Thing]) -> dict[tuple[str, ...], set[str]]:
    """The names that are asked for, by the paths."""
    found: dict[tuple[str, ...], set[str]] = {}
    for thing in things:
        found.setdefault(thing.paths, set()).add(thing.name)
    return found


def _removal_of_file(log: Log, paths: Iterable[str]) -> Answer:
    """The last removal of one of the files."""
    gone = [_removal(log, one) for path in paths for one in log.changes(path) if one.old and not one.new]
    return Answer(max(gone, default=None))


def _removal(log: Log, change: Change) -> Removal:
    commit = log.commits[change.order]
    return Removal(commit.time, commit.id, change.path, change.old)


def _with_heirs(repository: Repository, answers: Mapping[Thing, Answer]) -> dict[Thing, Answer]:
    """Answers that say, too, where files were moved."""
    gone = {one.removal for thing, one in answers.items() if one.removal and not thing.name}
    log = read_commits(repository, sorted({one.commit for one in gone}))
    heirs = {one: _heir(log, one) for one in gone}
    return {
        thing: msgspec.structs.replace(one, removal=msgspec.structs.replace(one.removal, heir=heirs[one.removal]))
        if one.removal in heirs
        else one
        for thing, one in answers.items()
    }


def _heir(log: Log, removal: Removal) -> str:
    """The one file that holds since a commit what a file held that it removed; "" when there are none, or several."""
    order = log.order_of(removal.commit)
    heirs = {one.path for one in log.holders(removal.blob) if one.order == order and not one.old}
    return heirs.pop() if len(heirs) == 1 else ""


def _removals_of_names(
    log: Log, contents: _Contents, paths: Iterable[str], names: Collection[str]
) -> dict[str, Answer]:
    """Per name the last change after which its module no longer defined it.

    Nothing is said of a name when a version cannot be read that is later than what was found: the removal may be there.
    """
    changes = {_removal(log, one): one for path in paths for one in log.changes(path) if one.old}
    versions, whole = len(changes), len(changes) <= MOST_VERSIONS
    patterns = {name: _definition(name) for name in sorted(names)}
    found: dict[str, Answer] = {}
    for removal in sorted(changes, reverse=True)[:MOST_VERSIONS]:
        before, after = contents.read(changes[removal].old), contents.read(changes[removal].new)
        if before is None or after is None:
            return {**dict.fromkeys(patterns, Answer(None, versions, whole=False, unread=True)), **found}
        for name in [name for name, one in patterns.items() if one.search(before) and not one.search(after)]:
            del patterns[name]
            found[name] = Answer(msgspec.structs.replace(removal, heir=renamed(name, before, after)), versions, whole)
        if not patterns:
            break
    return {**dict.fromkeys(patterns, Answer(None, versions, whole)), **found}


def _definition(name: str) -> re.Pattern[bytes]:
    """Matches a module that binds a name at the start of a line or imports it there."""
    word = re.escape(name.encode("utf-8", "surrogateescape"))
    return re.compile(
        rb"^(?:(?:async[ \t]+)?(?:def|class)[ \t]+%b\b|%b[ \t]*[:=](?!=)"
        rb"|(?:from|import)\b[^\n(]*\b%b\b|from\b[^\n(]*\([^)]{0,4000}\b%b\b)" % (word, word, word, word),
        re.MULTILINE,
    )


@dataclass
class _Contents:
    """The bytes of versions, the last one kept: most are asked for twice in a row."""

    reader: BlobReader
    _last: dict[str, bytes | None] = field(default_factory=dict)

    def read(self, blob: str) -> bytes | None:
        """The bytes of a version, none of a removed file, None of an object that is not there."""
        if not blob:
            return b""
        if blob not in self._last:
            self._last = dict([*self._last.items()][-1:])
            self._last[blob] = self._read(blob)
        return self._last[blob]

    def _read(self, blob: str) -> bytes | None:
        try:
            return self.reader.read(blob)
        except UnreadableError:
            return None
