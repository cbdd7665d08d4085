"""CPython's import protocol over a simulated `sys.modules`.

The names and the order of steps are those of `importlib._bootstrap` and `Python/import.c`. What the simulation does not
know it passes over: an import that may or may not run *taints* what it would load, so that nothing is concluded from
the state of those modules any more.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from integrity.facts.program import Code, Guard, ImportSite, Program
from integrity.imports.memory import Memory
from integrity.imports.resolver import Kind, Located, Resolver
from integrity.imports.values import UNKNOWN, Choice, Failure, Key, Module, Place, RaisedError, UnknowableError

Full = Callable[[str], "Code | None"]
"""Gives the code of a file with the bodies of its functions, None when it cannot be had."""

_IMPLICIT = frozenset(
    {"__name__", "__file__", "__doc__", "__package__", "__spec__", "__loader__", "__path__", "__builtins__",
     "__cached__", "__dict__", "__class__", "__annotations__"}
)  # fmt: skip
_NEVER = int(Guard.TYPE_CHECKING | Guard.NEVER)
_NAMESPACE = Program()
_MAX_STEPS = 2_000_000
_MAX_DEPTH = 400


@dataclass
class Sources:
    """What all simulations of one repository share.

    Attributes:
        resolver: tells where names lead.
        programs: the program of every file.
        full: gives code with function bodies.
        called: the bare names of the functions that may be called during an import; None for any.
        alone: the files out of reach of any cycle; they are not run, but taken for loaded.
        cut: imports, as path and index of the site, that are taken for moved away.
        memory: what earlier simulations have found.
        postponed: whether annotations are never evaluated at import, as from Python 3.14 on (PEP 649).
        decisions: which way branches go that nobody can decide on.
        hopeful: whether what may have been loaded is taken for not loaded.
        otherwise: which way all the others go; None when they are gone through in doubt.
    """

    resolver: Resolver
    programs: dict[str, Program]
    full: Full
    called: frozenset[str] | None = None
    alone: frozenset[str] = frozenset()
    cut: frozenset[tuple[str, int]] = frozenset()
    memory: Memory = field(default_factory=Memory)
    postponed: bool = False
    decisions: Mapping[Choice, bool] = field(default_factory=dict)
    otherwise: bool | None = None
    hopeful: bool = False
    _others: dict[bool | None, Sources] = field(default_factory=dict)
    _codes: dict[str, Code] = field(default_factory=dict)
    _fulls: dict[str, Code] = field(default_factory=dict)
    _leads: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def cutting(self, cut: frozenset[tuple[str, int]]) -> Sources:
        """The same repository without some imports, as path and index of the site."""
        return replace(self, cut=cut, memory=Memory(), _others={})

    def all_going(self, way: bool) -> Sources:
        """The same repository in a world where every undecided branch goes one way."""
        return self._other(way)

    def taking_for_not_loaded(self) -> Sources:
        """The same repository, of which what may have been loaded is taken for not loaded."""
        return self._other(None)

    def _other(self, way: bool | None) -> Sources:
        found = self._others.get(way)
        if found is None:
            found = self._others[way] = replace(self, memory=Memory(), otherwise=way, hopeful=way is None)
        return found

    def code(self, path: str) -> Code:
        """What a file runs at import."""
        found = self._codes.get(path)
        if found is None:
            found = self._codes[path] = self.programs[path].decoded()
        return found

    def with_bodies(self, path: str) -> Code:
        """Likewise, with the bodies of its functions; empty when they cannot be had."""
        found = self._fulls.get(path)
        if found is None:
            found = self._fulls[path] = self.full(path) or Code()
        return found

    def leads(self, located: Located, search: tuple[str, ...]) -> tuple[str, ...]:
        """The names of the modules that a module may load, the package above it included."""
        key = located.name, located.path
        found = self._leads.get(key)
        if found is None:
            found = self._leads[key] = tuple(dict.fromkeys(self._leading(located, search)))
        return found

    def _leading(self, located: Located, search: tuple[str, ...]) -> Iterator[str]:
        program = self.programs.get(located.path)
        parent = located.name.rpartition(".")[0]
        package = located.name if located.is_package else parent
        if parent:
            yield parent
        for site in program.sites if program else ():
            if self._may_run(site):
                for name in targets(site, package, self.resolver):
                    if self.resolver.locate_on(name, search).found:
                        yield name

    def _may_run(self, site: ImportSite) -> bool:
        """Whether an import may run while something is imported."""
        if site.guard & _NEVER:
            return False
        later = site.guard & Guard.DEFERRED and self.called is not None
        return not later or site.function.rpartition(".")[2] in (self.called or ())


class Loader:
    """One interpreter's modules.

    Args:
        sources: the repository.
        execute: runs the body of a module.

    Attributes:
        modules: the first-party part of `sys.modules`.
        tainted: modules of which nobody knows whether they were loaded.
        doubted_before: those of them of which nobody knew it when the module that was asked for began to run.
        loading: the modules being imported, outermost first.
        attached: per module attributes that were set after its import had ended.
        stack: the modules whose code runs, outermost first, once for every frame.
        masked: failures that an `except` has ended, with the place of the handler.
        doubt: above 0 while what runs may not run in fact.
        origin: the branch that everything in doubt depends on, where there is a single one.
        blamed: branches that it would be good to know more about, for something came to depend on them.
        foreign: how many imports so far were of modules that nobody here knows.
        perilous: how many steps so far, gone through in doubt, may fail: imports of modules around cycles, `raise`.
        forks: branches of which each way holds such a step.
    """

    def __init__(self, sources: Sources, execute: Callable[[Module, Code], None]) -> None:
        self.sources = sources
        self.modules: dict[str, Module] = {}
        self.tainted: dict[str, Choice | None] = {}
        self.doubted_before: frozenset[str] = frozenset()
        self.loading: list[Module] = []
        self.attached: dict[str, dict[str, object]] = {}
        self.stack: list[tuple[Module, int]] = []
        self.masked: list[tuple[Failure, Place]] = []
        self.doubt = 0
        self.origin: Choice | None = None
        self.blamed: dict[Choice, None] = {}
        self.foreign = 0
        self.perilous = 0
        self.forks: list[Choice] = []
        self._doubts: list[tuple[str, Choice | None]] = []
        self._steps = 0
        self._execute = execute

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

    def set_attribute(self, module: Module, name: str, value: object) -> None:
        """Give a module an attribute from outside."""
        if module.initializing:
            module.namespace[name] = value
        else:
            self.attached.setdefault(module.name, {})[name] = value

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

    def _doubt_imports(self) -> None:
        """Note that what is being imported depends on something that is not the same in every simulation."""
        for other in self.loading:
            other.failed = True

    def is_tainted(self, name: str) -> bool:
        """Whether a module may have been loaded, and that counts."""
        return name in self.tainted and not self.sources.hopeful

    def _blame(self, name: str) -> None:
        """Note that it matters whether a tainted module has been loaded."""
        self._doubt_imports()
        origin = self.tainted[name]
        if origin and not self.doubt:
            self.blamed[origin] = None

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

    def _fresh(self, located: Located, importer: Module) -> Module:
        path = located.path
        program = self.sources.programs.get(path) if path else _NAMESPACE
        package = located.name if located.is_package else located.name.rpartition(".")[0]
        search = importer.search or self.sources.resolver.roots.search(path)
        module = Module(located.name, path, package, located.folders, search, program)
        module.open = program is None or program.dynamic
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

    def _remember(self, module: Module) -> None:
        """Put an import on record, or add it to what the import around it has brought."""
        if not module.clean and self.loading:
            outer = self.loading[-1]
            outer.soiled += [module, *module.soiled]
            outer.failed = outer.failed or module.failed
        elif module.clean and not module.failed and not self.sources.decisions:
            self.sources.memory.store((module.name, module.path), module)

    def _assume(self, module: Module, program: Program) -> None:
        """Take a module that is out of reach of any cycle for loaded."""
        module.namespace = dict.fromkeys(program.names, UNKNOWN)
        module.assumed = True
        stars = any(name == "*" for site in program.sites for name, _ in site.names)
        module.open = module.open or program.lazy or program.broken or stars

    def attribute(self, module: Module, name: str) -> object | None:
        """The attribute of a module, UNKNOWN or MAYBE when nobody knows, None when there is none."""
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

    # Failing

    def fail(
        self,
        kind: str,
        text: str,
        importer: Module,
        *,
        name: str = "",
        site: int = -1,
        culprit: Module | None = None,
    ) -> None:
        """Raise a simulated exception where the importer stands.

        Raises:
            RaisedError: always, unless what runs may not run in fact.
        """
        if self.doubt:
            if self.origin:
                self.blamed[self.origin] = None
            raise UnknowableError("may fail")
        outer = [Place(one.name, one.path, line) for one, line in self.stack[:-1]]
        trace = (*outer, *(Place(one.name, one.path, one.line) for one, _ in self.stack[-1:]))
        place = Place(importer.name, importer.path, importer.line)
        blamed = culprit.name if culprit is not None and culprit.initializing else ""
        raise RaisedError(Failure(kind, text, place, trace, name, blamed, site))

    def tick(self) -> None:
        """Count a step.

        Raises:
            UnknowableError: there were too many.
        """
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise UnknowableError("takes too long")


def targets(site: ImportSite, package: str, resolver: Resolver) -> Iterator[str]:
    """The absolute names of the modules that an import may load, the submodules among the imported names included."""
    base = resolver.absolute(site.module, site.level, package)
    if base:
        yield base
        yield from (f"{base}.{name}" for name, _ in site.names if name != "*")
