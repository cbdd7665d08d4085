"""The findings about imports in files given as text, with a memory as the cache gives it to one scan after another."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache

import msgspec

from integrity.config.config import Config
from integrity.examine import examine, full_code, hits_across
from integrity.facts.program import Program
from integrity.imports.graph import ImportGraph
from integrity.imports.notes import Notes
from integrity.imports.resolver import Resolver
from integrity.registry.loader import Registry, load
from integrity.repository_imports import demands_of
from integrity.rule import Context, Hit


class Remembered:
    """What scans of the same folder, each of another state of it, have put in store."""

    def __init__(self) -> None:
        self._rows: dict[str, bytes] = {}
        self._files: Mapping[str, str] = {}
        self._texts: dict[str, str] = {}

    def at(self, files: Mapping[str, str], resolver: Resolver) -> Remembered:
        """The store as a scan of these files sees it."""
        self._files = dict(files)
        self._notes = Notes(resolver, files, (), self._rows.get, self._rows.__setitem__)
        for path, text in files.items():
            self._texts[self.version(path)] = text
            found = program(text)
            if found:
                self._rows[self.version(path)] = msgspec.msgpack.encode(found)
        return self

    def version(self, path: str) -> str:
        return hashlib.sha256(self._files[path].encode()).hexdigest()

    def program(self, version: str) -> bytes | None:
        return self._rows.get(version)

    def code(self, version: str) -> bytes | None:
        return msgspec.msgpack.encode(full_code(self._texts[version].encode())) if version in self._texts else None

    def note(self, about: str) -> bytes | None:
        return self._notes.note(about)

    def keep(self, about: str, note: object) -> None:
        self._notes.keep(about, note)


def findings(files: Mapping[str, str], store: Remembered | None) -> dict[str, list[Hit]]:
    """What the rules about the whole repository find, all of them, by path."""
    programs = {path: one for path, text in sorted(files.items()) if (one := program(text))}
    resolver = Resolver(files)
    seen = store.at(files, resolver) if store else None
    graph = ImportGraph(programs, resolver, lambda path: full_code(files[path].encode()), (), seen)
    contexts = {path: Context(collected="/test_" in f"/{path}") for path in files}
    found = hits_across([graph, demands_of(graph, contexts, Config())], _rules(), frozenset(_rules().codes))
    assert not found.failures
    return found.hits


@cache
def _rules() -> Registry:
    return load()


@cache
def program(text: str) -> Program | None:
    """The program as the cache gives it back."""
    _, _, found = examine(text.encode(), Context(), _rules())
    return msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Program) if found else None
