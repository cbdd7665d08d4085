"""What may have been meant by a name that does not exist."""

from __future__ import annotations

from difflib import get_close_matches

from integrity.imports.existence import Missing, World

_NAMED = 3


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
    names = world.resolver.submodules(located) if missing.kind == "module" else world.names(located)
    close = get_close_matches(first, names, n=1, cutoff=0.75)
    return close[0] if close and close[0] != first else ""


def elsewhere(missing: Missing, world: World) -> tuple[str, ...]:
    """The places (path and line) where something of that name is defined today, at most three, code before tests."""
    if missing.kind == "module":
        tail = missing.name.rpartition(".")[2]
        return tuple(_first(world.modules_called(tail)))
    paths = [path for path in world.definitions.get(missing.name, ()) if path != missing.path]
    return tuple(f"{path}:{world.symbols[path].names[missing.name].line}" for path in _first(paths))


def _first(paths: list[str]) -> list[str]:
    return sorted(paths, key=lambda path: ("test" in path, path.count("/"), path))[:_NAMED]
