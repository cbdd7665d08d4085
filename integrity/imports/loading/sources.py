"""What all simulations of one repository share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from integrity.facts.program import Code, Guard, ImportSite, Program
from integrity.imports.memory import Memory
from integrity.imports.resolver import Located, Resolver
from integrity.imports.values import Choice

Full = Callable[[str], "Code | None"]
"""Gives the code of a file with the bodies of its functions, None when it cannot be had."""

_NEVER = int(Guard.TYPE_CHECKING | Guard.NEVER)


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
        asked: per file the names that simulations have looked up in it, "*" among them for all.
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
    asked: dict[str, set[str]] = field(default_factory=dict)
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


def targets(site: ImportSite, package: str, resolver: Resolver) -> Iterator[str]:
    """The absolute names of the modules that an import may load, the submodules among the imported names included."""
    base = resolver.absolute(site.module, site.level, package)
    if base:
        yield base
        yield from (f"{base}.{name}" for name, _ in site.names if name != "*")
