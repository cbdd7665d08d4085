"""What may have been meant by a name that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from integrity.imports.existence import World
from integrity.imports.things import Missing

_NAMED = 3
_CLOSE = 0.75  # of difflib's ratio


def similar(missing: Missing, world: World, importer: str) -> str:
    """The most similar name that the owner has, "" when none is; the same question costs nothing twice."""
    key = missing.kind, missing.owner, missing.name, missing.path
    if key not in world.similar:
        world.similar[key] = _similar(missing, world, importer)
    return world.similar[key]


def _similar(missing: Missing, world: World, importer: str) -> str:
    located = world.resolver.locate(missing.owner, importer) if missing.owner else None
    if located is None or not located.found or missing.kind == "attribute":
        return ""
    first = missing.name.partition(".")[0]
    module = missing.kind == "module"
    close = closest(first, world.resolver.submodules(located, first) if module else world.names(located, first))
    return close if close != first else ""


def closest(word: str, names: Iterable[str]) -> str:
    """The name that is most similar to a word, "" when none is similar enough."""
    return next(iter(get_close_matches(word, list(names), n=1, cutoff=_CLOSE)), "")


def elsewhere(missing: Missing, world: World, defining: Iterable[str]) -> tuple[str, ...]:
    """The places (path and line) where something of that name is defined today, at most three, code before tests.

    Args:
        missing: what does not exist.
        world: what there is.
        defining: the paths of the modules that define something of that name.
    """
    if missing.kind == "module":
        tail = missing.name.rpartition(".")[2]
        return tuple(_first(world.modules_called(tail)))
    paths = [path for path in defining if path != missing.path]
    return tuple(f"{path}:{world.symbols[path].names[missing.name].line}" for path in _first(paths))


def _first(paths: list[str]) -> list[str]:
    return sorted(paths, key=lambda path: ("test" in path, path.count("/"), path))[:_NAMED]
