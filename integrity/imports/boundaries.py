"""Imports that a project's own rules forbid: between parts that stay independent, and by deprecated paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from integrity.facts.symbols import Use, UseKind
from integrity.imports.existence import World


@dataclass(frozen=True)
class Boundaries:
    """What a project has laid down.

    Attributes:
        forbidden: a dotted name to those that nothing below it may import.
        canonical: a deprecated dotted name to the one to use instead.
    """

    forbidden: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    canonical: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Crossing:
    """An import that is not allowed.

    Attributes:
        path: the file.
        use: the import.
        name: what it imports, absolute.
        part: the part that the file belongs to, "" for a deprecated path.
        other: the part that it may not import, or the path to use instead.
    """

    path: str
    use: Use
    name: str
    part: str
    other: str


def crossings(world: World, boundaries: Boundaries) -> Iterator[Crossing]:
    """Every import that crosses a boundary or uses a deprecated path, in order of path and place."""
    if not boundaries.forbidden and not boundaries.canonical:
        return
    for path, symbols in world.symbols.items():
        for use in symbols.uses:
            name = world.module_name(use.ref, path) if use.kind is UseKind.IMPORT else None
            if name:
                full = f"{name}.{use.ref.rest}".rstrip(".")
                yield from (Crossing(path, use, full, *found) for found in _judged(boundaries, world.name(path), full))


def _judged(boundaries: Boundaries, importer: str, name: str) -> Iterator[tuple[str, str]]:
    """The part and what it may not import, or "" and the path to use instead; the closest deprecated path counts."""
    for part, others in sorted(boundaries.forbidden.items()):
        yield from ((part, other) for other in others if _within(importer, part) and _within(name, other))
    deprecated = [one for one in boundaries.canonical if _within(name, one) and not _within(importer, one)]
    if deprecated:
        longest = max(deprecated, key=len)
        yield "", boundaries.canonical[longest] + name[len(longest) :]


def _within(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}.")
