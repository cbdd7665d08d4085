"""Which names a module reads while it is imported."""

from __future__ import annotations

import msgspec

from integrity.facts.program import Code, Name


def read_at_import(code: Code) -> set[str]:
    """The names that the steps of a module read, in whatever branch, without the bodies of its functions."""
    found = set(code.reads)
    pending: list[object] = list(code.steps)
    while pending:
        node = pending.pop()
        if isinstance(node, Name):
            found.add(node.name)
        elif isinstance(node, tuple):
            pending += node
        elif isinstance(node, msgspec.Struct):
            pending += [getattr(node, field) for field in node.__struct_fields__]
    return found
