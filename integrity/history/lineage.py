"""The versions of a file along its history, through moves and copies that left its content as it was."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from integrity.git.format import EMPTY_BLOBS
from integrity.git.log import Change, Log


def lineage(log: Log, path: str) -> list[Change]:
    """The changes that made the versions of a file, newest first, each blob of each path once.

    Where a path was born with a content that another path had before, that path's older versions follow: of a file that
    the same commit removed (a move), or of one with the same name (a copy).
    """
    found: dict[tuple[str, str], Change] = {}
    for change in sorted(_walk(log, path), key=lambda change: change.order):
        if change.new:
            found.setdefault((change.path, change.new), change)
    return list(found.values())


def kin(log: Log, path: str, known: list[Change]) -> list[Change]:
    """Versions of other files that may hold what this one has lost, newest first; only their content can tell.

    Those are the files removed by the commit that brought the path, the files that ever had one of its contents, and
    the files of the same name in other folders.

    Args:
        log: the history.
        path: the file.
        known: its lineage, which is left out.
    """
    seen = {change.path for change in known} | {path}
    births = [change for change in known if not change.old]
    removed = [gone.path for birth in births for gone in log.removed(birth.order)]
    holders = [held.path for change in known if change.new not in EMPTY_BLOBS for held in log.holders(change.new)]
    namesakes = log.namesakes(_name(path))
    others = dict.fromkeys(other for other in chain(removed, holders, namesakes) if other not in seen)
    versions = [change for other in others for change in lineage(log, other)]
    return sorted(dict.fromkeys(versions), key=lambda change: change.order)


def _walk(log: Log, path: str) -> Iterator[Change]:
    """Every change of the path and of its origins, each origin only before it was left."""
    todo, seen = [(path, -1)], {path}
    while todo:
        current, since = todo.pop()
        for change in log.changes(current):
            if change.order < since:
                continue
            yield change
            source = origin(log, change) if change.new and not change.old else None
            if source and source.path not in seen:
                seen.add(source.path)
                todo.append((source.path, change.order))


def origin(log: Log, birth: Change) -> Change | None:
    """The change of another path that had the content with which this one was born."""
    if birth.new in EMPTY_BLOBS:  # every empty file has it
        return None
    holders = [one for one in log.holders(birth.new) if one.path != birth.path and one.order > birth.order]
    removed = {one.path for one in log.removed(birth.order)}
    namesakes = [one for one in holders if _name(one.path) == _name(birth.path)]
    moved = [one for one in holders if one.path in removed]
    both = [one for one in namesakes if one in moved]
    return next(chain(both, moved, namesakes), None)


def _name(path: str) -> str:
    return path.rpartition("/")[2]
