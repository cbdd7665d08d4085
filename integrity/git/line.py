"""The first-parent line of a history and the tags on it: only commits are read, whatever trees or blobs are missing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from integrity.errors import GitError
from integrity.git.format import reason
from integrity.git.log import Commit, shallow
from integrity.git.objects import ObjectStore
from integrity.git.repository import Repository, ask

_FORMAT = "--format=%x01%H%x00%P%x00%ct%x00%an%x00%ae%x00%s%x00"
_COMMIT = re.compile(rb"\x01([0-9a-f]+)\0([0-9a-f ]*)\0([0-9]+)\0([^\0]*)\0([^\0]*)\0([^\0]*)\0")
_TAG = re.compile(r"([0-9a-f]+) ([0-9a-f]*) (.+)")


def first_parents(repository: Repository, tip: str, without: str = "") -> list[Commit]:
    """The commits from `tip` back along first parents, newest first.

    Args:
        repository: where to look.
        tip: the id of a commit.
        without: the id of a commit that ends the line before itself and its ancestors, "" for none.

    Raises:
        GitError: git cannot read them.
    """
    return _log(repository, ["--first-parent"], [tip, *([f"^{without}"] if without else [])])


def commits(repository: Repository, ids: Iterable[str]) -> list[Commit]:
    """These commits, in order.

    Raises:
        GitError: git cannot read them.
    """
    wanted = list(ids)
    return _log(repository, ["--no-walk=unsorted"], wanted) if wanted else []


def tags(repository: Repository, tip: str) -> dict[str, list[str]]:
    """The names of the tags on `tip` and its ancestors, sorted, by the id of the commit they name."""
    shown = "--format=%(objectname) %(*objectname) %(refname:strip=2)"
    answer = ask(["-C", str(repository.root), "for-each-ref", "refs/tags", "--merged", tip, shown])
    found: dict[str, list[str]] = {}
    for line in answer.output.decode("utf-8", "surrogateescape").splitlines():
        match = _TAG.fullmatch(line)
        if match:
            found.setdefault(match[2] or match[1], []).append(match[3])
    return {commit: sorted(names) for commit, names in found.items()}


def _log(repository: Repository, options: list[str], revisions: list[str]) -> list[Commit]:
    question = "".join(f"{revision}\n" for revision in revisions).encode()
    with ObjectStore.of(repository).opened() as environment:
        command = ["log", *options, "--no-show-signature", "--encoding=UTF-8", _FORMAT, "--stdin"]
        answer = ask(command, environment | shallow(repository), question)
    if answer.status != 0:
        raise GitError(f"git cannot read the history: {reason(answer.complaint)}")
    return [_commit(*fields) for fields in _COMMIT.findall(answer.output)]


def _commit(*fields: bytes) -> Commit:
    identity, parents, time, author, email, subject = (one.decode("utf-8", "surrogateescape") for one in fields)
    return Commit(identity, tuple(parents.split()), int(time), author, email, subject)
