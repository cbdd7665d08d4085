"""CPython's import protocol over a simulated `sys.modules`.

The names and the order of steps are those of `importlib._bootstrap` and `Python/import.c`.
"""

from __future__ import annotations

import sys

from integrity.facts.program import Program
from integrity.imports.loading.records import Records
from integrity.imports.resolver import Kind, Located
from integrity.imports.values import UNKNOWN, Module, RaisedError, UnknowableError

_IMPLICIT = frozenset(
    {"__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__", "__path__", "__builtins__",
     "__cached__", "__dict__", "__class__", "__annotations__"}
)  # fmt: skip
_NAMESPACE = Program()
_MAX_DEPTH = 400


class Loader(Records):
    """The modules of one interpreter, and how they get there."""

    def load(self, name: str, importer: Module, site: int = -1) -> object:
        """`importlib._bootstrap._find_and_load`: the module, or UNKNOWN for one that is not the repository's.

        Raises:
            RaisedError: as CPython would.
        """
        found = self.modules.get(name)
        if found is not None:
            self._needed(found)
            return found
        if self.is_tainted(name):
            self._blame(name)
            return UNKNOWN
        parent = name.rpartition(".")[0]
        above = self._package(parent, importer, site) if parent else None
        if above is UNKNOWN:
            self.taint(name, importer)
            return UNKNOWN
        found = self.modules.get(name)
        if found is not None:
            self._needed(found)
            return found
        return self._find_and_load(name, above, importer, site)

    def _find_and_load(self, name: str, above: object, importer: Module, site: int) -> object:
        """`importlib._bootstrap._find_and_load_unlocked`, once the package above is there."""
        if isinstance(above, Module) and not above.folders:
            if above.open:
                return UNKNOWN
            text = f"No module named {name!r}; {above.name!r} is not a package"
            self.fail("ModuleNotFoundError", text, importer, name=name, site=site)
        located = self.sources.resolver.locate_on(name, importer.search)
        if located.kind is Kind.MISSING:
            self.fail("ModuleNotFoundError", f"No module named {name!r}", importer, name=name, site=site)
        if not located.found:
            self.foreign += name.partition(".")[0] not in sys.stdlib_module_names
            return UNKNOWN
        module = self._remembered((name, located.path))
        if module is None:
            module = self._fresh(located, importer)
            self._run(module)
        self._needed(module)
        if isinstance(above, Module):
            self.set_attribute(above, name.rpartition(".")[2], module)
        return module

    def _package(self, name: str, importer: Module, site: int) -> object:
        """The package above a module that is about to be imported."""
        found = self.modules.get(name)
        return self.load(name, importer, site) if found is None else found

    def _fresh(self, located: Located, importer: Module) -> Module:
        path = located.path
        program = self.sources.programs.get(path) if path else _NAMESPACE
        package = located.name if located.is_package else located.name.rpartition(".")[0]
        search = importer.search or self.sources.resolver.roots.search(path)
        module = Module(located.name, path, package, located.folders, search, program)
        module.open = program is None or program.dynamic
        module.asked = self.sources.asked.setdefault(path, module.asked)
        return module

    def _run(self, module: Module) -> None:
        """`importlib._bootstrap._load_unlocked`."""
        self.modules[module.name] = module
        program = module.program
        if program is None or not module.path:
            self._remember(module)
            return
        if module.path in self.sources.alone:
            self._assume(module, program)
            self._remember(module)
            return
        if len(self.stack) > _MAX_DEPTH:
            raise UnknowableError("imports nest too deep")
        module.initializing = True
        if not self.stack:
            self.doubted_before = frozenset(self.tainted)
        self.loading.append(module)
        before = len(self._doubts), len(self.forks)
        try:
            if program.broken:
                self.fail("SyntaxError", "", module)
            module.code = self.sources.code(module.path)
            self._execute(module, module.code)
        except RaisedError:
            self.modules.pop(module.name, None)
            self._doubt_imports()
            raise
        finally:
            module.initializing = False
            self.loading.pop()
        module.taints = tuple(self._doubts[before[0] :])
        module.forks = tuple(self.forks[before[1] :])
        self._remember(module)

    def _assume(self, module: Module, program: Program) -> None:
        """Take a module that is out of reach of any cycle for loaded."""
        module.namespace = dict.fromkeys(program.names, UNKNOWN)
        module.assumed = True
        stars = any(name == "*" for site in program.sites for name, _ in site.names)
        module.open = module.open or program.lazy or program.broken or stars

    def attribute(self, module: Module, name: str) -> object | None:
        """The attribute of a module, UNKNOWN or MAYBE when nobody knows, None when there is none."""
        module.asked.add(name)
        attached = self.attached.get(module.name)
        found = (attached.get(name) if attached else None) or module.namespace.get(name)
        if found is not None:
            return found
        if name in _IMPLICIT or module.open:
            return UNKNOWN
        full = f"{module.name}.{name}"
        if self.is_tainted(full):
            self._blame(full)
            return UNKNOWN
        located = self.sources.resolver.locate_on(full, module.search) if module.assumed else None
        return UNKNOWN if located and located.found and located.path in self.sources.alone else None
