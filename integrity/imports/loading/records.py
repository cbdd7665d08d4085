"""What earlier simulations have found, taken over where it depends on nothing that is different now."""

from __future__ import annotations

from integrity.imports.loading.doubts import Doubts
from integrity.imports.values import Key, Module


class Records(Doubts):
    """The part of a loader that takes over imports, and puts them on record."""

    def touch(self, module: Module) -> None:
        """Note that something depends on what a module holds so far: imports begun since are no longer clean."""
        if module.initializing:
            self._soil(module)

    def _soil(self, module: Module, spared: str = " ") -> None:
        for other in reversed(self.loading):
            if other is module:
                break
            if not other.name.startswith(spared):
                other.clean = False

    def _needed(self, module: Module) -> None:
        """Note that the module being imported needs another one."""
        if not self.loading:
            return
        current = self.loading[-1]
        current.needs.append((module.name, module.path))
        self.touch(module)
        parent = module.name.rpartition(".")[0]
        while parent and not current.name.startswith(f"{parent}."):
            above = self.modules.get(parent)
            if above is not None:
                current.needs.append((parent, above.path))
                if above.initializing:  # what lies below it never runs before it
                    self._soil(above, f"{parent}.")
            parent = parent.rpartition(".")[0]

    def _remembered(self, key: Key) -> Module | None:
        """The module as an earlier simulation has loaded it, with all that it needs."""
        memory = self.sources.memory
        closure = memory.closure(key)
        if closure is None:
            return None
        records = [memory.records[one] for one in closure if not self._is_complete(one)]
        if any(self._is_in_the_way(one) for record in records for one in record.modules):
            return None
        for record in records:
            for (name, _), module in record.modules.items():
                self.modules[name] = module
        for record in records:
            for (name, _), module in record.modules.items():
                self._attach(name)
                self.forks += module.forks
                for doubted, origin in module.taints:
                    self.taint(doubted, module, origin)
        return memory.records[key].modules[key]

    def _is_in_the_way(self, key: Key) -> bool:
        """Whether a module on record cannot be taken over: it is there already, or holds a branch that is decided."""
        return key[0] in self.modules or any(one[0] == key[1] for one in self.sources.decisions)

    def _is_complete(self, key: Key) -> bool:
        found = self.modules.get(key[0])
        return found is not None and found.path == key[1] and not found.initializing

    def _attach(self, name: str) -> None:
        """Make a remembered module an attribute of its package, unless that has the name from its own import."""
        parent, _, last = name.rpartition(".")
        above = self.modules.get(parent)
        if above is not None and (above.initializing or last not in above.namespace):
            self.set_attribute(above, last, self.modules[name])

    def _remember(self, module: Module) -> None:
        """Put an import on record, or add it to what the import around it has brought."""
        if not module.clean and self.loading:
            outer = self.loading[-1]
            outer.soiled += [module, *module.soiled]
            outer.failed = outer.failed or module.failed
        elif module.clean and not module.failed and not self.sources.decisions:
            self.sources.memory.store((module.name, module.path), module)
