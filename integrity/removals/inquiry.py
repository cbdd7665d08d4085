"""Asks a history which commits removed things, and reads no more of it than is not known yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from integrity.git.log import Log, read_log
from integrity.git.past import Past
from integrity.removals.model import Answer, Thing
from integrity.removals.search import MOST_VERSIONS, search

_KEPT_TIPS = 3
_MOST_PATHS = 8  # with more of them, git reads all that happened faster than what happened to these
_EQUIVALENT = 40  # how many paths cost as much as all that happened
_MOST_WORK = 1_600_000  # commits times paths; about ten seconds


class Store(Protocol):
    """Keeps what was found out."""

    def read(self, key: str) -> bytes | None:
        """What is kept under a key, None when nothing is."""

    def write(self, key: str, payload: bytes) -> None:
        """Keep something, which replaces what was kept before."""


class _Known(msgspec.Struct, frozen=True, array_like=True):
    """What was found out at a commit.

    Attributes:
        tip: the id of the commit.
        boundary: where its history was cut off.
        commits: how many commits it is.
        things: the things that were asked for, and
        answers: what the history says about each.
    """

    tip: str
    boundary: str
    commits: int
    things: tuple[Thing, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def found(self) -> dict[Thing, Answer]:
        """What the history says, by the thing."""
        return dict(zip(self.things, self.answers, strict=True))


@dataclass(frozen=True)
class Replies:
    """What a history says.

    Attributes:
        answers: by the thing.
        complaint: why the history could not be read to its end, "" when it could.
        commits: how many commits it has.
        refused: whether it was not read because it is too long.
    """

    answers: Mapping[Thing, Answer] = field(default_factory=dict)
    complaint: str = ""
    commits: int = 0
    refused: bool = False


def inquire(past: Past, things: Iterable[Thing], store: Store, most_work: int = _MOST_WORK) -> Replies:
    """What a history says about things; the same whatever is in store.

    Args:
        past: the history.
        things: what is asked for.
        store: what was found out before.
        most_work: commits times paths above which the history is not read.

    Raises:
        GitMissingError: there is no git to run.
    """
    wanted = sorted(set(things))
    key = f"removals-{past.repository.common_dir}"
    kept = _kept(store, key)
    base, fresh = _base(past, kept)
    commits = (base.commits if base else 0) + fresh
    if commits * min(_EQUIVALENT, len(_paths(wanted))) > most_work:
        return Replies(commits=commits, refused=True)
    known = _brought_forward(past, base, wanted) if base else {}
    missing = [thing for thing in wanted if thing not in known]
    log = _log(past, missing) if missing else Log((), "", ())
    found = {**known, **search(past.repository, log, missing)}
    if not log.complaint:
        now = _Known(past.tip, past.boundary, commits, tuple(found), tuple(found.values()))
        if now != base:
            others = [one for one in kept if (one.tip, one.boundary) != (now.tip, now.boundary)]
            _keep(store, key, [now, *others][:_KEPT_TIPS])
    return Replies({thing: found[thing] for thing in wanted}, log.complaint, commits)


def _kept(store: Store, key: str) -> list[_Known]:
    content = store.read(key)
    return msgspec.msgpack.decode(content, type=list[_Known]) if content else []


def _keep(store: Store, key: str, kept: list[_Known]) -> None:
    with suppress(UnicodeEncodeError):  # a path that is not UTF-8
        store.write(key, msgspec.msgpack.encode(kept))


def _base(past: Past, kept: Iterable[_Known]) -> tuple[_Known | None, int]:
    """What is known of the closest earlier commit, and the number of commits since."""
    usable = [one for one in kept if one.boundary == past.boundary]
    for one in usable:
        if one.tip == past.tip:
            return one, 0
    distances = [(past.beyond(one.tip), one) for one in usable]
    found = min(((far, one) for far, one in distances if far is not None), key=lambda pair: pair[0], default=None)
    return (found[1], found[0]) if found else (None, past.beyond() or 0)


def _brought_forward(past: Past, base: _Known, wanted: Iterable[Thing]) -> dict[Thing, Answer]:
    """What is known of an earlier commit, together with what happened since; without what has to be asked again."""
    if base.tip == past.tip:
        return base.found
    earlier = {thing: answer for thing, answer in base.found.items() if answer.whole and thing in set(wanted)}
    log = read_log(past.repository, [past.tip], (".py",), without=[base.tip])
    if log.complaint or not earlier:
        return {}
    later = search(past.repository, log, earlier)
    joined = {thing: _joined(earlier[thing], later[thing]) for thing in earlier}
    return {thing: one for thing, one in joined.items() if one}


def _joined(earlier: Answer, later: Answer) -> Answer | None:
    """What two parts of a history say together, None when that is not what the whole would say."""
    versions = earlier.versions + later.versions
    if not later.whole or versions > MOST_VERSIONS:
        return None
    removals = [one.removal for one in (earlier, later) if one.removal]
    return Answer(max(removals, default=None), versions)


def _log(past: Past, things: Iterable[Thing]) -> Log:
    paths = _paths(things)
    few = len(paths) <= _MOST_PATHS and not any("\n" in path for path in paths)
    only = paths if few and not past.repository.partial else []
    return read_log(past.repository, [past.tip], (".py",), only=only)


def _paths(things: Iterable[Thing]) -> list[str]:
    return sorted({path for thing in things for path in thing.paths})
