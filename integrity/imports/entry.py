"""What happens when a module is imported first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from integrity.imports.certainty import is_certain
from integrity.imports.execution import Interpreter
from integrity.imports.loading import Loader, Sources
from integrity.imports.values import Choice, Failure, Place, RaisedError, UnknowableError

_MOST_WORLDS = 16
_MOST_DECISIONS = 8
_WAYS = (True, False)

World = Mapping[Choice, bool]
"""Which way branches go that nobody can decide on."""


@dataclass(frozen=True)
class Outcome:
    """What an import comes to.

    Attributes:
        failure: the exception it ends in, None when it ends well or nobody can tell.
        others: other exceptions that it may end in instead, as branches go that nobody can decide on.
        unknown: why nobody can tell, "" when it is known.
        masked: failures on the way that an `except` ended, with the place of the handler.
        loaded: the names of the repository's modules that were loaded.
        doubtful: whether it does end in a failure if what may have been loaded was not, or if branches go one way.
        worlds: the ways that branches can go which lead to this; together they are all ways there are.
    """

    failure: Failure | None
    unknown: str
    masked: tuple[tuple[Failure, Place], ...]
    loaded: frozenset[str]
    doubtful: bool = False
    others: tuple[Failure, ...] = ()
    worlds: tuple[World, ...] = field(default=({},), compare=False)


class _Ending(NamedTuple):
    """How an import ends in a world, and the branch that it would be best to decide on next."""

    outcome: Outcome
    blamed: Choice | None
    loader: Loader


def enter(sources: Sources, name: str, search: tuple[str, ...]) -> Outcome:
    """Import a module first, in a fresh interpreter.

    Where the end depends on branches that nobody can decide on, each way is tried: it is a failure if it is one in
    all of them, the same or not.

    Args:
        sources: the repository.
        name: the module's dotted name.
        search: the folders on `sys.path`.
    """
    ending = _end(sources, name, search)
    if ending.outcome.failure and ending.loader.perilous:
        return _exact(ending.outcome, _extremes(sources, name, search))
    if ending.outcome.failure or not ending.blamed:
        return ending.outcome
    hopeful = _end(sources.taking_for_not_loaded(), name, search)
    failure = hopeful.outcome.failure
    if not failure and not ending.outcome.unknown and not ending.loader.forks:
        return ending.outcome
    if failure and is_certain(failure, hopeful.loader, name):
        return _exact(replace(hopeful.outcome, masked=ending.outcome.masked), _extremes(sources, name, search))
    ways = _extremes(sources, name, search)
    found = _in_every_world(sources, name, search, ending.blamed) if len(ways) == len(_WAYS) else None
    return _exact(found, ways) if found else replace(ending.outcome, doubtful=bool(failure or ways))


def _in_every_world(sources: Sources, name: str, search: tuple[str, ...], choice: Choice) -> Outcome | None:
    """The failure that an import ends in whichever way undecided branches go, None when it is none in some."""
    endings: list[Outcome] = []
    for one in _endings(sources, name, search, choice):
        endings.append(one)
        if not one.failure or len(endings) > _MOST_WORLDS:
            return None
    return replace(endings[0], worlds=tuple(world for one in endings for world in one.worlds))


def _exact(outcome: Outcome, failures: Sequence[Failure]) -> Outcome:
    """A certain failure, told as it is where branches are decided: none of them can end in another one before."""
    if not failures:
        return outcome
    first, *others = {_same(one): one for one in failures}.values()
    return replace(outcome, failure=first, others=tuple(others))


def _extremes(sources: Sources, name: str, search: tuple[str, ...]) -> list[Failure]:
    """How it fails in the two worlds where all undecided branches go one way; nothing of one where it does not."""
    outcomes = [_end(sources.all_going(way), name, search).outcome for way in _WAYS]
    return [one.failure for one in outcomes if one.failure]


def _endings(sources: Sources, name: str, search: tuple[str, ...], choice: Choice) -> Iterator[Outcome]:
    """The ends that an import comes to when a branch is decided, and those that matter then; one per world."""
    pending: list[World] = [{choice: False}, {choice: True}]
    while pending:
        world = pending.pop()
        ending = _end(replace(sources, decisions=world), name, search)
        blamed = ending.blamed
        if ending.outcome.failure or blamed is None or blamed in world or len(world) >= _MOST_DECISIONS:
            yield replace(ending.outcome, worlds=(world,))
        else:
            pending += [{**world, blamed: False}, {**world, blamed: True}]


def _end(sources: Sources, name: str, search: tuple[str, ...]) -> _Ending:
    interpreter = Interpreter(sources)
    failure, unknown = None, ""
    try:
        interpreter.enter(name, search)
    except RaisedError as error:
        failure = error.failure
    except UnknowableError as error:
        unknown = str(error)
    loader = interpreter.loader
    outcome = Outcome(failure, unknown, tuple(loader.masked), frozenset(loader.modules))
    blamed = next(reversed(loader.blamed) if unknown else iter(loader.blamed), None)
    return _Ending(outcome, blamed or next(iter(loader.forks), None), loader)


def _same(failure: Failure) -> tuple[object, ...]:
    """What two failures have in common that are the same to the reader."""
    return failure.kind, failure.text, failure.place, failure.name, failure.culprit, failure.site
