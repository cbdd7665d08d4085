"""From what classes derive, and in which order."""

from __future__ import annotations

from collections.abc import Iterable

from integrity.facts.symbols import BUILTINS, Ref
from integrity.imports.things import ClassOf

PLAIN_BASES = frozenset(
    {
        Ref(BUILTINS, "object"),
        Ref("abc", "ABC"),
        Ref("typing", "Generic"),
        Ref("typing_extensions", "Generic"),
    }
)
DATACLASS = Ref("dataclasses", "dataclass")
_PLAIN_DECORATORS = frozenset(
    {DATACLASS, Ref("typing", "final"), Ref("typing", "runtime_checkable"), Ref("functools", "total_ordering")}
)


def is_plain(decorators: Iterable[Ref]) -> bool:
    """Whether decorators leave the class as it is written; those of test runners do, too."""
    return all(one in _PLAIN_DECORATORS or one.module.split(".")[0] in ("pytest", "unittest") for one in decorators)


def merged(lines: list[list[ClassOf]]) -> list[ClassOf] | None:
    """The C3 linearisation of several lines of ancestors, None when there is none."""
    merged: list[ClassOf] = []
    lines = [line for line in lines if line]
    while lines:
        heads = (line[0] for line in lines)
        good = next((one for one in heads if not any(one in line[1:] for line in lines)), None)
        if good is None:
            return None
        merged.append(good)
        lines = [rest for line in lines if (rest := [one for one in line if one != good])]
    return merged
