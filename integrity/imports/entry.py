"""What happens when a module is imported first."""

from __future__ import annotations

from dataclasses import dataclass

from integrity.imports.execution import Interpreter
from integrity.imports.loading import Sources
from integrity.imports.values import Failure, Place, RaisedError, UnknowableError


@dataclass(frozen=True)
class Outcome:
    """What an import comes to.

    Attributes:
        failure: the exception it ends in, None when it ends well or nobody can tell.
        unknown: why nobody can tell, "" when it is known.
        masked: failures on the way that an `except` ended, with the place of the handler.
        loaded: the names of the repository's modules that were loaded.
    """

    failure: Failure | None
    unknown: str
    masked: tuple[tuple[Failure, Place], ...]
    loaded: frozenset[str]


def enter(sources: Sources, name: str, search: tuple[str, ...]) -> Outcome:
    """Import a module first, in a fresh interpreter.

    Args:
        sources: the repository.
        name: the module's dotted name.
        search: the folders on `sys.path`.
    """
    interpreter = Interpreter(sources)
    failure, unknown = None, ""
    try:
        interpreter.enter(name, search)
    except RaisedError as error:
        failure = error.failure
    except UnknowableError as error:
        unknown = str(error)
    loader = interpreter.loader
    return Outcome(failure, unknown, tuple(loader.masked), frozenset(loader.modules))
