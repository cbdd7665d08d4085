"""What earlier simulations have found: imports that come to the same whatever was imported before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from integrity.imports.values import Key, Module


class Record(NamedTuple):
    """An import that had nothing to do with what was being imported around it.

    Attributes:
        modules: the module, and those loaded on the way which did depend on it, or on each other, being half done.
        needs: what else it asked for.
    """

    modules: dict[Key, Module]
    needs: tuple[Key, ...]


@dataclass
class Memory:
    """Records of imports, by the name and path of the module."""

    records: dict[Key, Record] = field(default_factory=dict)
    _closures: dict[Key, tuple[Key, ...]] = field(default_factory=dict)

    def store(self, key: Key, module: Module) -> None:
        """Keep the first record of a module."""
        if key in self.records:
            return
        modules = {key: module, **{(one.name, one.path): one for one in module.soiled}}
        needs = dict.fromkeys(need for one in modules.values() for need in one.needs if need not in modules)
        self.records[key] = Record(modules, tuple(needs))

    def closure(self, key: Key) -> tuple[Key, ...] | None:
        """The keys of all records that an import needs, what is needed first; None when that is not on record.

        It is not when one of them needs itself through others, or when two of them bring the same module.
        """
        if key not in self._closures:
            found = self._collected(key)
            if found is None:
                return None
            self._closures[key] = found
        return self._closures[key]

    def _collected(self, key: Key) -> tuple[Key, ...] | None:
        if key not in self.records:
            return None
        done: dict[Key, None] = {}
        brought = set(self.records[key].modules)
        open_: dict[Key, Iterator[Key]] = {key: iter(self.records[key].needs)}
        while open_:
            current = next(reversed(open_))
            need = next(open_[current], None)
            if need is None:
                done[current] = None
                del open_[current]
                continue
            if need in done:
                continue
            if need in open_ or need in brought or need not in self.records:
                return None
            modules = self.records[need].modules
            if not brought.isdisjoint(modules):
                return None
            brought.update(modules)
            open_[need] = iter(self.records[need].needs)
        return tuple(done)
