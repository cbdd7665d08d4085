"""Everything that the modules of a repository ask for and that cannot be had."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from integrity.facts.symbols import Guard, GuardKind, Ref, Symbols, SymbolsHead, Use, UseKind
from integrity.imports.answers import Answers
from integrity.imports.boundaries import Boundaries, Crossing, crossings
from integrity.imports.calls import callee_of, refusal
from integrity.imports.defect import Defect, Reach
from integrity.imports.existence import World, is_builtin
from integrity.imports.hints import similar
from integrity.imports.resolver import Resolver
from integrity.imports.settings import Settings
from integrity.imports.shipping import Artefact, Unshipped, unshipped, unshipped_by_wheels
from integrity.imports.store import Store
from integrity.imports.things import ClassOf, Missing, Thing
from integrity.imports.unset import Unset, unset_reads
from integrity.model import Span

_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
_ALL_ERRORS = frozenset({"Exception", "BaseException"})
_NOT_STRIKING = (GuardKind.NEVER, GuardKind.SKIPPED, GuardKind.TYPING, GuardKind.RAISES)
_CAUGHT = {
    UseKind.IMPORT: _IMPORT_ERRORS,
    UseKind.MODULE: _IMPORT_ERRORS,
    UseKind.CALL: frozenset({"TypeError"}),
    UseKind.ATTRIBUTE: frozenset({"AttributeError"}),
    UseKind.TARGET: _IMPORT_ERRORS | {"AttributeError"},
    UseKind.MEMBER: frozenset({"AttributeError"}),
}


class Role(Protocol):
    """What the path of a file says about it, as far as it matters here."""

    @property
    def collected(self) -> bool:
        """Whether a test runner collects it."""

    @property
    def test(self) -> bool:
        """Whether it belongs to the tests."""

    @property
    def data(self) -> bool:
        """Whether it is test data."""

    @property
    def python_classes(self) -> tuple[str, ...]:
        """Prefixes or globs of the names of collected classes."""


Removals = Callable[[World, Iterable[Defect]], Mapping[str, str]]


class Demands:
    """The subject of rules about what does not exist: the demands of all modules, held against what there is.

    Args:
        resolver: finds modules.
        symbols: by path, sorted.
        roles: by path.
        stubs: the paths of all stubs.
        boundaries: which imports the project forbids.
        removals: tells, by what defects are about, which commit took away what they miss.
        artefacts: what the project ships.
        settings: what the files of the repository say.
        store: remembers what was found out; None for nothing.
        heads: what is asked of every module, where that can be had for less than `symbols`.
        content: gives the bytes of a file, none of one that cannot be read.
    """

    def __init__(
        self,
        resolver: Resolver,
        symbols: Mapping[str, Symbols],
        roles: Mapping[str, Role],
        stubs: Iterable[str] = (),
        boundaries: Boundaries | None = None,
        *,
        removals: Removals | None = None,
        artefacts: Sequence[Artefact] = (),
        settings: Settings | None = None,
        store: Store | None = None,
        heads: Mapping[str, SymbolsHead] | None = None,
        content: Callable[[str], bytes] | None = None,
    ) -> None:
        self._content = content
        self.world = World(resolver, symbols, stubs, heads)
        self._answers = Answers(self.world, self._of, self._runs, store)
        self._boundaries = boundaries or Boundaries()
        self.roles = roles
        self._removals = removals
        self._artefacts = artefacts
        self._settings = settings or Settings()

    @cached_property
    def defects(self) -> tuple[Defect, ...]:
        """Every demand that cannot be met, in order of path and place; test data is not asked."""
        return tuple(
            defect for path, one in self._answers.all.items() if not self.roles[path].data for defect in one.defects
        )

    @cached_property
    def unset(self) -> tuple[Unset, ...]:
        """Every attribute that a collected test class reads and that nothing sets."""
        collected = {path: one.python_classes for path, one in self.roles.items() if one.collected and not one.data}
        return tuple(unset_reads(self.world, self._answers.all, self._answers.families, collected))

    def defining(self, name: str) -> Sequence[str]:
        """The paths of the modules that define a function or class of a name, in order."""
        return self._definitions.get(name, ())

    @cached_property
    def _definitions(self) -> dict[str, list[str]]:
        wanted = {one.missing.name for one in self.defects if one.missing}
        found: dict[str, list[str]] = {}
        for path, one in self._answers.all.items():
            for name in wanted.intersection(one.defines.split()):
                found.setdefault(name, []).append(path)
        return found

    @cached_property
    def crossings(self) -> tuple[Crossing, ...]:
        """Every import that the project forbids."""
        return tuple(crossings(self.world, self._boundaries))

    @cached_property
    def unshipped(self) -> tuple[Unshipped, ...]:
        """Every import of a module that an artefact leaves out."""
        production = [path for path in self.world.symbols if not (self.roles[path].test or self.roles[path].data)]
        return (
            *unshipped(self._artefacts, self._settings, self._start, self._run_by),
            *unshipped_by_wheels(self._settings.wheels, production, self._run_by),
        )

    def _start(self, entry_point: str) -> str:
        """The path of an entry point, given as path, module or module:function; "" when there is none."""
        known = entry_point in self.world.symbols
        return entry_point if known else self.world.resolver.locate(entry_point.partition(":")[0]).path

    def _run_by(self, path: str) -> Iterator[tuple[Use, str]]:
        """The imports of a file that nothing catches, with each file they run."""
        symbols = self.world.symbols.get(path)
        for use in symbols.uses if symbols else ():
            reach = reach_of(use.kind, symbols.around(use)) if symbols and use.kind is UseKind.IMPORT else None
            if reach in (Reach.IMPORT, Reach.CALL):
                yield from ((use, target) for target in self._reached(use.ref, path))

    @cached_property
    def imported(self) -> frozenset[str]:
        """The files that another one imports, itself or something in it."""
        return frozenset().union(*(one.runs for one in self._answers.all.values()))

    def _runs(self, path: str) -> Iterator[str]:
        """The other files that the imports of a file run."""
        for use in self.world.symbols[path].uses:
            if use.kind is UseKind.IMPORT:
                yield from (one for one in self._reached(use.ref, path) if one != path)

    def _reached(self, ref: Ref, importer: str) -> Iterator[str]:
        """The files that an import runs: those of the module, the packages around it, and the submodule imported."""
        name = self.world.module_name(ref, importer)
        parts = f"{name}.{ref.rest}".rstrip(".").split(".") if name else []
        for count in range(1, len(parts) + 1):
            located = self.world.resolver.locate(".".join(parts[:count]), importer)
            if located.path:
                yield located.path

    @cached_property
    def hit(self) -> Mapping[str, int]:
        """What defects are about to the number of files that have one."""
        files: dict[str, set[str]] = {}
        for one in self.defects:
            files.setdefault(one.about, set()).add(one.path)
        return {about: len(paths) for about, paths in files.items()}

    @cached_property
    def removed(self) -> Mapping[str, str]:
        """What defects are about to the commit that took it away, where nothing catches the error."""
        asked = {one.about: one for one in self.defects if one.missing and one.reach <= Reach.CALL}
        return self._removals(self.world, asked.values()) if self._removals and asked else {}

    def _of(self, path: str) -> Iterator[Defect]:
        symbols = self.world.symbols[path]
        imported = {one.ref for one in symbols.uses if one.kind is UseKind.IMPORT}
        names = {f"{ref.module}.{ref.rest}".rstrip(".") for ref in imported}
        seen: set[tuple[Span, str]] = set()
        for use in symbols.uses:
            reach = reach_of(use.kind, symbols.around(use))
            if reach is None:
                continue
            found = self._call(path, use, reach) if use.kind is UseKind.CALL else self._name(path, use, reach, names)
            if found and (found.use.span, found.about) not in seen:
                seen.add((found.use.span, found.about))
                yield found

    def _name(self, path: str, use: Use, reach: Reach, imported: set[str]) -> Defect | None:
        thing = self._find(path, use)
        if not isinstance(thing, Missing) or self._is_answered(use, thing, imported, path):
            return None
        if use.kind is UseKind.ATTRIBUTE and self._is_set_in_text(path, thing.name):
            return None
        close = similar(thing, self.world, path)
        return Defect(path, use, reach, missing=thing, about=f"{thing.owner}:{thing.name}", similar=close)

    def _find(self, path: str, use: Use) -> Thing:
        if use.kind is UseKind.MODULE:
            return self.world.find_module(use.ref.module, path)
        if use.kind is UseKind.TARGET:
            return self.world.find_text(use.ref.module, path)
        return self.world.find(use.ref, path)

    def _is_answered(self, use: Use, thing: Missing, imported: set[str], path: str) -> bool:
        """Whether the name is none of this demand's business: another one of the file reports it, or mock makes it."""
        if use.kind in (UseKind.ATTRIBUTE, UseKind.MEMBER):
            if thing.kind == "attribute" and use.kind is UseKind.ATTRIBUTE:
                return True
            absolute = self.world.module_name(use.ref, path) or ""
            written = [use.ref.module + thing.at[len(absolute) :]]
            return any(name == one or name.startswith(f"{one}.") for one in written for name in imported)
        last = use.ref.module.rpartition(".")[2] if use.kind is UseKind.TARGET else ""
        return thing.kind == "name" and last == thing.name and is_builtin(last)

    def _is_set_in_text(self, path: str, name: str) -> bool:
        """Whether code that a file holds in a string, and may run, sets an attribute of that name."""
        content = self._content(path) if self._content else b""
        word = re.escape(name.encode("utf-8", "surrogateescape"))
        return re.search(rb"\.%b[ \t]*=(?!=)" % word, content) is not None

    def _call(self, path: str, use: Use, reach: Reach) -> Defect | None:
        thing = self.world.find(use.ref, path)
        callee = callee_of(thing, self.world)
        if callee is None:
            return None
        why = refusal(callee, use.positional, use.keywords, method=isinstance(thing, ClassOf))
        return Defect(path, use, reach, refusal=why, about=f"{use.ref}:{why.error}") if why else None


def reach_of(kind: UseKind, guards: list[Guard]) -> Reach | None:
    """When a demand strikes if it cannot be met; None where it never does, or is meant to."""
    reach = Reach.IMPORT
    errors = _CAUGHT[kind]
    for guard in guards:
        if guard.kind in _NOT_STRIKING or (guard.kind is GuardKind.REBUILT and kind is UseKind.CALL):
            return None
        reach = max(reach, _reach(guard, errors))
    if kind is not UseKind.IMPORT and reach is Reach.EXPECTED:
        return None
    return reach


def _reach(guard: Guard, errors: frozenset[str]) -> Reach:
    names = set(guard.names)
    if guard.kind is GuardKind.TRY:
        caught = Reach.CAUGHT if names & _ALL_ERRORS else Reach.IMPORT
        return Reach.EXPECTED if names & errors else caught
    if guard.kind is GuardKind.FALLBACK:
        return Reach.EXPECTED if names & (_IMPORT_ERRORS | {"AttributeError"}) else Reach.CALL
    return Reach.CALL
