"""How findings about what does not exist are worded, and how serious they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from integrity.facts.symbols import UseKind
from integrity.imports.defect import Defect, Reach
from integrity.imports.hints import elsewhere
from integrity.model import Severity
from integrity.rule import Demands, Hit, Rule

from ._wording import counted, listed

TARGETS = (UseKind.TARGET, UseKind.MEMBER, UseKind.MODULE)


def is_missing(defect: Defect, *kinds: str) -> bool:
    """Whether the defect is that something of one of these kinds does not exist."""
    return defect.missing is not None and defect.missing.kind in kinds


def at(
    rule: Rule,
    defect: Defect,
    demands: Demands,
    places: int,
    *,
    worst: Severity = Severity.CRITICAL,
    **fields: Any,
) -> Hit:
    """The hit of a defect.

    Args:
        rule: the rule that reports it.
        defect: the defect.
        demands: where it comes from.
        places: how many places of the file it stands for.
        worst: the highest severity that it can have.
        **fields: those of the rule's message, without `consequences`.
    """
    grave = max(severity(defect, demands), worst, key=lambda one: one.rank)
    end = consequences(defect, demands, places)
    message: dict[str, Any] = {**fields, "consequences": end}
    return rule.at(defect.use.span, path=defect.path, severity=grave, **message)


def reason(defect: Defect) -> str:
    """Why a name leads nowhere, in the words of CPython."""
    missing = defect.missing
    if missing is None or missing.kind == "module":
        return f"no module named {defect.name!r}"
    kind = "class" if missing.kind == "attribute" else "module"
    return f"{kind} {missing.owner!r} has no attribute {missing.name!r}"


def severity(defect: Defect, demands: Demands) -> Severity:
    """By when it strikes, and whether anything runs into it.

    A module that no test runner collects and nothing imports hurts nobody yet.
    """
    role = demands.roles[defect.path]
    if defect.reach is Reach.IMPORT:
        needed = role.collected or defect.path in demands.imported
        return Severity.CRITICAL if needed or defect.path.endswith("conftest.py") else Severity.HIGH
    return {Reach.CALL: Severity.HIGH, Reach.CAUGHT: Severity.MEDIUM}.get(defect.reach, Severity.LOW)


def folded(defects: Iterable[Defect]) -> Iterator[tuple[Defect, int]]:
    """The worst defect of each file about the same thing, with the number of places it stands for."""
    groups: dict[tuple[str, str], list[Defect]] = {}
    for one in defects:
        groups.setdefault((one.path, one.about), []).append(one)
    for same in groups.values():
        yield min(same, key=lambda one: (one.reach, one.use.span)), sum(one.use.count for one in same)


def consequences(defect: Defect, demands: Demands, places: int = 1) -> str:
    """The end of a message: what may have been meant, where it is, how many files are hit."""
    parts = [*_meant(defect, demands)]
    if defect.about in demands.removed:
        parts.append(demands.removed[defect.about])
    files = demands.hit[defect.about]
    if places > 1:
        parts.append(f"{counted(places, 'place')} in this file")
    if files > 1:
        parts.append(f"{counted(files, 'file')} hit")
    return "".join(f"; {part}" for part in parts)


def _meant(defect: Defect, demands: Demands) -> Iterator[str]:
    missing = defect.missing
    if missing is None:
        return
    if defect.similar:
        yield f"did you mean {defect.similar!r}?"
    places = elsewhere(missing, demands.world, demands.defining(missing.name))
    if places and missing.kind == "module":
        yield f"there is {listed(places)}"
    elif places:
        yield f"{missing.name} is defined in {listed(places)}"
