"""What may have been loaded: an import that may or may not run *taints* what it would load.

Nothing is concluded from the state of tainted modules any more.
"""

from __future__ import annotations

from integrity.imports.loading.state import State
from integrity.imports.values import Choice, Module


class Doubts(State):
    """The part of a loader that knows what is in doubt."""

    def is_tainted(self, name: str) -> bool:
        """Whether a module may have been loaded, and that counts."""
        return name in self.tainted and not self.sources.hopeful

    def taint(self, name: str, importer: Module, origin: Choice | None = None) -> None:
        """Note that a module, with all that it would load, may have been loaded.

        Args:
            name: the module.
            importer: what may have loaded it.
            origin: the branch on which that depends, if it is not the one that runs.
        """
        if name in self.tainted or name in self.modules:
            return
        origin = origin or self.origin
        self._doubts.append((name, origin))
        pending = [name]
        resolver = self.sources.resolver
        while pending:
            current = pending.pop()
            if current in self.tainted or current in self.modules:
                continue
            located = resolver.locate_on(current, importer.search)
            if not located.found:
                continue
            self.tainted[current] = origin
            pending += self.sources.leads(located, importer.search)

    def _blame(self, name: str) -> None:
        """Note that it matters whether a tainted module has been loaded."""
        self._doubt_imports()
        origin = self.tainted[name]
        if origin and not self.doubt:
            self.blamed[origin] = None

    def _doubt_imports(self) -> None:
        """Note that what is being imported depends on something that is not the same in every simulation."""
        for other in self.loading:
            other.failed = True
