"""Whether two versions of a module do the same when they are imported, whatever lines they stand on."""

from __future__ import annotations

import msgspec

from integrity.facts.program import Program
from integrity.model import Span


def alike(one: Program, other: Program) -> bool:
    """Whether the simulation cannot tell two programs apart, except by the bodies of their functions and by lines."""
    return (
        (one.names, one.exports, one.dynamic, one.lazy, one.broken)
        == (other.names, other.exports, other.dynamic, other.lazy, other.broken)
        and _same(one.sites, other.sites)
        and (one.code == other.code or _same(one.decoded(), other.decoded()))
    )


def _same(one: object, other: object) -> bool:
    """Whether two trees are equal but for places."""
    pending: list[tuple[object, object]] = [(one, other)]
    while pending:
        left, right = pending.pop()
        if type(left) is not type(right):
            return False
        if isinstance(left, Span):
            continue
        if isinstance(left, msgspec.Struct):
            fields = (field for field in left.__struct_fields__ if field != "line")
            pending += [(getattr(left, field), getattr(right, field)) for field in fields]
        elif isinstance(left, tuple) and isinstance(right, tuple):
            if len(left) != len(right):
                return False
            pending += zip(left, right, strict=True)
        elif left != right:
            return False
    return True
