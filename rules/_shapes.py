"""Definitions of the same name in several modules, and how much they resemble each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from integrity.facts.structure import Shape
from integrity.rule import Place, Structures

LEAST_SIZE = 60  # nodes: below that, two functions are alike by chance or by custom
RESEMBLANCE = 0.7  # a choice; no measurement stands behind it


class Found(NamedTuple):
    """A definition and the file it stands in."""

    path: str
    shape: Shape


def namesakes(structures: Structures) -> Iterator[list[Found]]:
    """Definitions of one kind and name, large enough to tell something, that stand in several modules."""
    groups: dict[tuple[str, str], list[Found]] = defaultdict(list)
    for path, structure in sorted(structures.files.items()):
        for shape in structure.shapes:
            if shape.size >= LEAST_SIZE:
                groups[shape.name, shape.kind].append(Found(path, shape))
    for _, found in sorted(groups.items()):
        if several_modules(found):
            yield found


def several_modules(found: Sequence[Found]) -> bool:
    """Whether they stand in more than one file."""
    return len({one.path for one in found}) > 1


def equal(found: Sequence[Found]) -> list[list[Found]]:
    """The definitions that are the same, in groups; also of one."""
    groups: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        groups[one.shape.digest].append(one)
    return list(groups.values())


def places(found: Sequence[Found], remark: str) -> tuple[Place, ...]:
    """Where definitions stand."""
    return tuple(Place(one.path, one.shape.line, remark) for one in found)


def elsewhere(found: Sequence[Found]) -> str:
    """The paths of definitions, cut to three."""
    paths = list(dict.fromkeys(one.path for one in found))
    rest = f" and {len(paths) - 3} more" if len(paths) > 3 else ""  # noqa: PLR2004 - as many as a line holds
    return ", ".join(paths[:3]) + rest
