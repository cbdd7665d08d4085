"""Which names a module can certainly read from some line on, so that reading them again shows nothing.

Most of what runs when a module is imported are annotations, thousands in a large one, whose names were bound by the
imports at its top. Without them programs are half as large.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from integrity.facts.program import Assign, Class, Def, Group, Import, ImportSite, Name, Step, Value


class Proof:
    """The names that are certain to be bound, as far as the module has been read.

    Args:
        always: names that are certain from the start.
        never: names that functions may unbind at any time.

    Attributes:
        left_out: names that are read at places which were left out; those that are certain from the start excepted.
    """

    def __init__(self, always: Iterable[str], never: Iterable[str]) -> None:
        self.left_out: dict[str, None] = {}
        self._always = frozenset(always)
        self._never = frozenset(never)
        self._bound: set[str] = set(self._always)

    def ran(self, step: Step, sites: Sequence[ImportSite]) -> None:
        """Note the names that a step of the module itself has bound, if what follows it runs."""
        if isinstance(step, Assign):
            self._bind((*step.names, *step.unpacked))
        elif isinstance(step, (Def, Class)):
            self._bind((step.name,))
        elif isinstance(step, Import):
            site = sites[step.site]
            self._bind([bound for _, bound in site.names] or [site.bound or site.module.partition(".")[0]])

    def unbound(self, name: str) -> None:
        """Note that a name is, or may be, unbound."""
        self._bound.discard(name)

    def pruned(self, value: Value, hidden: Collection[str], *, certain: bool) -> Value:
        """What is left of an expression whose value nobody uses.

        Args:
            value: the expression, not None.
            hidden: names that mean something else here than in the module.
            certain: whether the place is reached whenever what follows it is.
        """
        if type(value) is Name:
            return self._read(value, hidden, certain=certain)
        if type(value) is Group:
            parts = [self.pruned(one, hidden, certain=certain) for one in value.parts if one is not None]
            left = tuple([one for one in parts if one is not None])
            return Group(left) if left else None
        return value

    def _read(self, value: Name, hidden: Collection[str], *, certain: bool) -> Name | None:
        name = value.name
        if name not in self._bound:
            if certain and name not in hidden:
                self._bind((name,))
            return value
        if name not in self._always:
            self.left_out[name] = None
        return None

    def _bind(self, names: Iterable[str]) -> None:
        self._bound.update(name for name in names if name not in self._never)
