"""Judges the result of a merge: nothing of the healthy version lost, nothing of today's sound code, nothing garbled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from integrity.restore.mergeoutline import Function, Outline, bare, outline

Accept = Callable[[str], bool]


class Fault(NamedTuple):
    """What is wrong with a merged text.

    Attributes:
        text: a clause for people.
        damage: whether whatever brought it about is damage; else two honest changes collide.
        function: the function that is harmed, "" for anything else.
    """

    text: str
    damage: bool
    function: str = ""


@dataclass(frozen=True)
class Sides:
    """The three texts of a merge and what is known of them.

    Attributes:
        healthy: the version from history.
        damaged: the version as the damage left it.
        today: the file now.
    """

    healthy: str
    damaged: str
    today: str

    @cached_property
    def theirs(self) -> Outline | None:
        """The outline of the healthy version."""
        return outline(self.healthy)

    @cached_property
    def base(self) -> Outline | None:
        """The outline of the damaged version."""
        return outline(self.damaged)

    @cached_property
    def ours(self) -> Outline | None:
        """The outline of the file now."""
        return outline(self.today)

    def edited(self, name: str) -> bool:
        """Whether today's function of that name was written or changed after the damage."""
        function = self.ours.functions.get(name) if self.ours else None
        if function is None:
            return False
        if self.base is None:
            return function.text not in self.damaged
        before = self.base.functions.get(name)
        return before is None or before.text != function.text

    def displaced(self, name: str) -> bool:
        """Whether today's function is one of the healthy version that damage moved elsewhere, as flattening does."""
        places = self._places.get(bare(name), [])
        live = {*(self.ours.functions if self.ours else ()), *(self.base.functions if self.base else ())}
        return bool(places) and name not in places and any(place not in live for place in places)

    @cached_property
    def _places(self) -> dict[str, list[str]]:
        """The qualified names of the healthy version by their last part."""
        places: dict[str, list[str]] = {}
        for name in self.theirs.functions if self.theirs else ():
            places.setdefault(bare(name), []).append(name)
        return places

    @cached_property
    def wanted(self) -> list[str]:
        """Today's functions that the result must hold: whole, and new since the damage or a test unknown to health."""
        if self.ours is None or self.theirs is None:
            return []
        return [
            name
            for name, function in self.ours.functions.items()
            if name not in self.theirs.functions
            and not (function.hollow or self.displaced(name))
            and (function.test or self.edited(name))
        ]

    def renamed_imports(self) -> list[str]:
        """Names that today imports otherwise than the damaged version did."""
        if self.ours is None:
            return []
        before = self.base.imports if self.base else {}
        return [name for name, sources in self.ours.imports.items() if before.get(name) != sources]

    def renamed(self, name: str, result: Outline) -> bool:
        """Whether a test of the healthy version stands in the result under another name."""
        if self.theirs is None or self.base is None or name not in self.base.functions:
            return False
        body = self.theirs.functions[name].body
        return any(
            function.test and function.body == body and other not in self.theirs.functions
            for other, function in result.functions.items()
        )


def faults(sides: Sides, text: str) -> list[Fault]:
    """What is wrong with a merged text, [] when nothing is.

    Args:
        sides: what was merged.
        text: the result.
    """
    result = outline(text)
    if result is None:
        return [Fault("the result does not parse", damage=sides.ours is None)]
    if sides.theirs is None:
        return [Fault("the version from history does not parse", damage=False)]
    return [
        *_lost(sides, result, sides.theirs),
        *_garbled(sides, result),
        *_unbound(sides, result, sides.theirs),
        *_doubled(sides, result),
    ]


def unmet(sides: Sides, text: str) -> list[str]:
    """What today's file holds, new and sound, and a merged text does not."""
    result, ours = outline(text), sides.ours
    if result is None or ours is None:
        return []
    lost = [name for name in sides.wanted if name not in result.functions]
    renamed = [name for name in sides.renamed_imports() if name in result.imports]
    return [
        *(f"{name}, new in today's file, would be lost" for name in lost),
        *(
            f"the import of {name}, changed in today's file, would be lost"
            for name in renamed
            if result.imports[name] != ours.imports[name]
        ),
    ]


def _lost(sides: Sides, result: Outline, theirs: Outline) -> Iterator[Fault]:
    """Tests of the healthy version that are not there."""
    for name, function in theirs.functions.items():
        if function.test and name not in result.functions and not sides.renamed(name, result):
            yield Fault(f"the test {name} would be lost", damage=True, function=name)


def _garbled(sides: Sides, result: Outline) -> Iterator[Fault]:
    """Functions and classes that are neither the healthy version's nor an honest edit of today's."""
    for name, function in result.functions.items():
        yield from _complaints(sides, name, function)
    known = [side.classes for side in (sides.theirs, sides.ours) if side]
    for name, count in result.classes.items():
        if count > max(classes[name] for classes in known):
            yield Fault(f"the class {name} would be defined twice", damage=False)


def _complaints(sides: Sides, name: str, function: Function) -> Iterator[Fault]:
    """What is wrong with a function of the result."""
    theirs, base, ours = (side.functions.get(name) if side else None for side in (sides.theirs, sides.base, sides.ours))
    if theirs and theirs.text == function.text:
        return
    if theirs and weakened(theirs, function):
        yield Fault(f"{name} {weakened(theirs, function)}", damage=True, function=name)
    elif ours and ours.text == function.text:
        if sides.displaced(name):
            yield Fault(f"{name} is not where the healthy version has it", damage=True)
        elif theirs and not sides.edited(name):
            yield Fault(f"{name} would stay damaged", damage=True)
    elif theirs is None and sides.ours is None and function.text in sides.today and not function.hollow:
        return  # whole and new, in a text that does not parse elsewhere
    elif not (theirs and base and ours and base.text not in {theirs.text, ours.text}):
        yield Fault(f"{name} would be garbled", damage=False)


def weakened(before: Function, after: Function) -> str:
    """In what a version of a function checks less than the healthy one, "" when it does not."""
    if after.hollow and not before.hollow:
        return "was hollowed out"
    if before.test and before.asserts and not after.asserts:
        return "would check nothing"
    return ""


def _unbound(sides: Sides, result: Outline, theirs: Outline) -> Iterator[Fault]:
    """Names and fixtures that the result uses and no longer holds."""
    defined = theirs.bound | (sides.ours.bound if sides.ours else set())
    unbound = (result.missing & defined) - theirs.missing
    fixtures = theirs.fixtures & result.parameters - {bare(name) for name in result.functions} - set(result.imports)
    for name in sorted(unbound | fixtures):
        yield Fault(f"{name} would be used but no longer defined", damage=True)


def _doubled(sides: Sides, result: Outline) -> Iterator[Fault]:
    """Names that today imports from elsewhere, still imported from the old place as well."""
    for name in sides.renamed_imports():
        found = result.imports.get(name, ())
        if sides.ours and found != sides.ours.imports[name] and sides.ours.imports[name][-1] in found:
            yield Fault(f"{name} would be imported from two places", damage=False)
