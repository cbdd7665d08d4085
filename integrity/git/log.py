"""The history of a tip in one query: every commit, and every version of every Python file, whatever blobs are missing.

Only commits and trees are read, never blobs: looking for renames by content would stop at the first blob that a partial
clone lacks. A commit whose tree is missing ends the reading; what came before it stands, and `Log.complaint` says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from integrity.git.format import reason
from integrity.git.objects import ObjectStore
from integrity.git.repository import Repository, ask

_HEADER = "%x01%H%x00%P%x00%ct%x00%an%x00%ae%x00%s"
_WALK = ("log", "--date-order", "--full-history", "--root", "-m", "--raw", "--no-renames", "--no-abbrev", "-z",
         "--no-show-signature", "--encoding=UTF-8", f"--format={_HEADER}", "--stdin")  # fmt: skip
_TOKEN = re.compile(
    rb"\n?(?:\x01([0-9a-f]+)\0([0-9a-f ]*)\0([0-9]+)\0([^\0]*)\0([^\0]*)\0([^\0]*)\0"
    rb"|:[0-7]{6} ([0-7]{6}) ([0-9a-f]+) ([0-9a-f]+) [A-Z][0-9]*\0([^\0]*)\0)"
)  # every record is matched, wanted or not, so that no path can pass for one


class Commit(NamedTuple):
    """One commit.

    Attributes:
        id: its full object id.
        parents: the ids of its parents.
        time: when it was committed, in seconds since 1970.
        author: the author's name.
        email: the author's address.
        subject: the first line of its message.
    """

    id: str
    parents: tuple[str, ...]
    time: int
    author: str
    email: str
    subject: str


class Change(NamedTuple):
    """What a commit did to one path, against one of its parents.

    Attributes:
        order: place of the commit in the log, 0 for the newest.
        path: relative to the root.
        old: the blob before, "" when there was none.
        new: the blob after, "" when it was removed.
        mode: six octal digits of the mode after, "" when it was removed.
    """

    order: int
    path: str
    old: str
    new: str
    mode: str


@dataclass(frozen=True)
class Log:
    """Everything that happened to the Python files of a history.

    Attributes:
        commits: newest first, none before its children.
        complaint: why the reading ended early, "" when it did not.
        records: the changes, in the order of the commits.
    """

    commits: Sequence[Commit]
    complaint: str
    records: Sequence[Change]

    def changes(self, path: str) -> list[Change]:
        """What made the versions of a path, newest first; merges that took over a parent's version are left out."""
        return self._own([self.records[place] for place in self._by_path.get(path, ())])

    def holders(self, blob: str) -> list[Change]:
        """The changes, newest first, that brought a blob to a path."""
        return [self.records[place] for place in self._by_blob.get(blob, ())]

    def removed(self, order: int) -> list[Change]:
        """The files that a commit removed."""
        return [self.records[place] for place in self._by_commit.get(order, ()) if not self.records[place].new]

    def namesakes(self, name: str) -> list[str]:
        """Every path there ever was whose last part is `name`, sorted."""
        return self._by_name.get(name, [])

    def order_of(self, commit: str) -> int | None:
        """The place of a commit in the log."""
        return self._orders.get(commit)

    def paths(self) -> Iterable[str]:
        """Every path there ever was."""
        return self._by_path.keys()

    def _own(self, changes: list[Change]) -> list[Change]:
        sides: dict[int, int] = {}
        for change in changes:
            sides[change.order] = sides.get(change.order, 0) + 1
        return [one for one in changes if sides[one.order] >= max(1, len(self.commits[one.order].parents))]

    @cached_property
    def _by_path(self) -> dict[str, list[int]]:
        return _grouped(change.path for change in self.records)

    @cached_property
    def _by_blob(self) -> dict[str, list[int]]:
        return _grouped(change.new for change in self.records)

    @cached_property
    def _by_commit(self) -> dict[int, list[int]]:
        return _grouped(change.order for change in self.records)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in sorted(self._by_path):
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return found

    @cached_property
    def _orders(self) -> dict[str, int]:
        return {commit.id: order for order, commit in enumerate(self.commits)}


def read_log(
    repository: Repository,
    tips: Sequence[str],
    suffixes: Iterable[str],
    paths: Iterable[str] = (),
    *,
    without: Iterable[str] = (),
    only: Iterable[str] = (),
) -> Log:
    """The history of `tips`.

    Args:
        repository: where to look.
        tips: ids of commits; their ancestors are read.
        suffixes: of the files that matter, as in ".py".
        paths: further files that matter.
        without: ids of commits that are left out, with their ancestors.
        only: files; commits that concern none of them are left out, and so is what they do to others. All, if empty.
    """
    if not tips:
        return Log((), "", ())
    lines = [*tips, *(f"^{one}" for one in without), *(["--", *only] if only else [])]
    return _asked(repository, _WALK, lines, _wanted(suffixes, paths))


def read_commits(repository: Repository, ids: Sequence[str]) -> Log:
    """What these commits did to Python files, each against its parents."""
    if not ids:
        return Log((), "", ())
    return _asked(repository, (*_WALK, "--no-walk=unsorted"), ids, _wanted((".py",), ()))


def _asked(repository: Repository, walk: Sequence[str], lines: Iterable[str], wanted: Callable[[bytes], bool]) -> Log:
    question = "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    with ObjectStore.of(repository).opened() as environment:
        answer = ask(walk, {**environment, **shallow(repository), "GIT_LITERAL_PATHSPECS": "1"}, question)
    commits, changes = _parse(answer.output, wanted)
    return Log(commits, reason(answer.complaint) if answer.status else "", changes)


def shallow(repository: Repository) -> dict[str, str]:
    """Where git learns at which commits a shallow clone ends."""
    return {"GIT_SHALLOW_FILE": str(repository.common_dir / "shallow")} if repository.shallow else {}


def _wanted(suffixes: Iterable[str], paths: Iterable[str]) -> Callable[[bytes], bool]:
    """Whether a path, in bytes, matters."""
    endings = tuple(suffix.encode() for suffix in suffixes)
    named = {path.encode("utf-8", "surrogateescape") for path in paths}
    return lambda path: path.endswith(endings) or path in named


def _parse(output: bytes, wanted: Callable[[bytes], bool]) -> tuple[list[Commit], list[Change]]:
    """Read git's answer: NUL-separated fields of a commit, then `:OLDMODE NEWMODE OLD NEW STATUS` and path by turns."""
    commits: list[Commit] = []
    changes: list[Change] = []
    for match in _TOKEN.finditer(output):
        identity, *header, mode, old, new, path = match.groups()
        if path is None:
            if not commits or commits[-1].id != _text(identity):  # a merge is written once a parent
                commits.append(_commit(identity, *header))
        elif wanted(path):
            changes.append(Change(len(commits) - 1, _text(path), _known(old), _known(new), _known(mode)))
    return commits, changes


def _commit(*fields: bytes) -> Commit:
    identity, parents, time, author, email, subject = map(_text, fields)
    return Commit(identity, tuple(parents.split()), int(time), author, email, subject)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _known(raw: bytes) -> str:
    """An id or mode, "" for the zeros that stand for nothing."""
    return raw.decode("ascii") if raw.strip(b"0") else ""


_Key = TypeVar("_Key", bound=Hashable)


def _grouped(keys: Iterable[_Key]) -> dict[_Key, list[int]]:
    """The places of each key."""
    found: dict[_Key, list[int]] = {}
    for place, key in enumerate(keys):
        found.setdefault(key, []).append(place)
    return found
