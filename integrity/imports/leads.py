"""Which files each import of a repository leads to: found out once for a version of a file and a list of all files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from integrity.facts.program import ImportSite, Program
from integrity.imports.resolver import Resolver
from integrity.imports.store import Store

_ABOUT = "leads"


class _File(msgspec.Struct, array_like=True):
    """What is known of one file.

    Attributes:
        version: the content that it is known of.
        name: its dotted name, "" when no name leads to it.
        above: the number of the package around it, -1 for none.
        sites: per import that was asked for the numbers of the files it leads to.
    """

    version: str
    name: str
    above: int
    sites: dict[int, tuple[int, ...]] = {}


class _Note(msgspec.Struct, array_like=True):
    """What is in store: every file with its path, in the order of their numbers."""

    paths: tuple[str, ...]
    files: tuple[_File, ...]


class Leads:
    """The files that imports lead to.

    Args:
        resolver: tells where names lead.
        programs: the program of every file, by path.
        store: remembers what was found out; None for nothing.
    """

    def __init__(self, resolver: Resolver, programs: Mapping[str, Program], store: Store | None) -> None:
        self._resolver = resolver
        self._programs = programs
        self._store = store
        self._paths = sorted(programs)
        self._fresh = False

    def name(self, path: str) -> str:
        """The dotted name of a file, "" when no name leads to it."""
        return self._files[path].name

    def above(self, path: str) -> str:
        """The file of the package around a file, "" for none."""
        number = self._files[path].above
        return self._paths[number] if number >= 0 else ""

    def targets(self, path: str, index: int) -> list[str]:
        """The files of the modules that an import, given by its index, may load."""
        known = self._files[path].sites
        if index not in known:
            self._fresh = True
            found = self._found(self._programs[path].sites[index], path)
            known[index] = tuple([self._numbers[one] for one in found])
        return [self._paths[number] for number in known[index]]

    def keep(self) -> None:
        """Put in store what was found out."""
        if self._store and self._fresh:
            note = _Note(tuple(self._paths), tuple([self._files[path] for path in self._paths]))
            self._store.keep(_ABOUT, note)
            self._fresh = False

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {path: number for number, path in enumerate(self._paths)}

    @cached_property
    def _files(self) -> dict[str, _File]:
        stored = self._stored()
        found = {}
        for path in self._paths:
            version = self._store.version(path) if self._store else ""
            known = stored.get(path)
            if known is None or known.version != version:
                known = self._file(path, version)
                self._fresh = True
            found[path] = known
        return found

    def _stored(self) -> dict[str, _File]:
        """What is in store about these files."""
        content = self._store.note(_ABOUT) if self._store else None
        note = msgspec.msgpack.decode(content, type=_Note) if content else _Note((), ())
        known = dict(zip(note.paths, note.files, strict=True))
        return known if list(note.paths) == self._paths else dict(self._renumbered(note.paths, known))

    def _renumbered(self, paths: Sequence[str], known: Mapping[str, _File]) -> Iterator[tuple[str, _File]]:
        """What was known when the files had other numbers."""
        self._fresh = True
        numbers = {number: self._numbers.get(path, -1) for number, path in enumerate(paths)}
        for path, one in known.items():
            targets = {site: tuple([numbers[each] for each in found]) for site, found in one.sites.items()}
            above = numbers[one.above] if one.above >= 0 else -1
            if not any(-1 in each for each in targets.values()) and (above >= 0) == (one.above >= 0):
                yield path, _File(one.version, one.name, above, targets)

    def _file(self, path: str, version: str) -> _File:
        name = self._resolver.name(path)
        above = self._package(name.rpartition(".")[0], path)
        return _File(version, name, self._numbers.get(above, -1))

    def _found(self, site: ImportSite, path: str) -> list[str]:
        base = self._resolver.absolute(site.module, site.level, self._resolver.package_of(self.name(path), path))
        if not base:
            return []
        search = self._resolver.roots.search(path)
        located = self._resolver.locate_on(base, search)
        found = [located.path] if located.path else [self._package(base, path)]
        if located.is_package:
            below = (self._resolver.locate_on(f"{base}.{name}", search) for name, _ in site.names if name != "*")
            found += [one.path for one in below if one.path]
        return [one for one in found if one in self._programs]

    def _package(self, name: str, path: str) -> str:
        """The file of the closest regular package at or above a name."""
        search = self._resolver.roots.search(path)
        while name:
            located = self._resolver.locate_on(name, search)
            if located.path:
                return located.path
            name = name.rpartition(".")[0]
        return ""
