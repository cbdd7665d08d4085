"""The import graph of a snapshot: programs from the cache, function bodies read when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

import msgspec

from integrity.cache import Cache
from integrity.config.config import Config
from integrity.errors import UnreadableError
from integrity.examine import Across, anchored, checkers, full_code
from integrity.facts.decoding import Decoded, heads
from integrity.facts.program import Code, Program
from integrity.facts.symbols import Symbols, SymbolsHead
from integrity.facts.verdicts import Checker
from integrity.imports.boundaries import Boundaries
from integrity.imports.defect import Defect
from integrity.imports.defects import Demands, Removals
from integrity.imports.existence import World
from integrity.imports.graph import ImportGraph
from integrity.imports.notes import Notes
from integrity.imports.resolver import Resolver
from integrity.imports.settings import Settings
from integrity.imports.shipping import Artefact
from integrity.removals.inquiry import inquire
from integrity.removals.model import Thing
from integrity.removals.words import notes, told
from integrity.rule import Context
from integrity.snapshot.readers import FileReader, ObjectReader
from integrity.snapshot.snapshot import Entry, Snapshot

_POSTPONING = (3, 14)


class RepositoryImports:
    """Makes the subject of rules about the import graph, and places what they find.

    Args:
        snapshot: what is checked.
        config: names the entry points.
        cache: an open cache, which remembers function bodies.
        reader: an open reader of the snapshot.
        resolver: tells where names lead in it; made when it is not given.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        config: Config,
        cache: Cache,
        reader: FileReader | ObjectReader,
        resolver: Resolver | None = None,
    ) -> None:
        self._snapshot = snapshot
        self._config = config
        self._cache = cache
        self._reader = reader
        self._resolver = resolver or resolver_of(snapshot)
        self._entries = {entry.path: entry for entry in (*snapshot.entries, *snapshot.around)}
        self._notes: tuple[str, ...] = ()
        self._dated = False

    def graph(self, programs: Mapping[str, Program], *, lasting: bool = True) -> ImportGraph:
        """The graph of these programs, by path.

        Args:
            programs: path to program.
            lasting: whether each is the program of its entry's blob, so that conclusions may be stored.
        """
        decoded: dict[str, Code | None] = {}

        def full(path: str) -> Code | None:
            if path not in decoded:
                decoded[path] = self._full(path)
            return decoded[path]

        entry_points = (*self._config.entry_points, *self._snapshot.settings.scripts)
        store = self if lasting else None
        return ImportGraph(programs, self._resolver, full, entry_points, store, postponed=self._postponed)

    @property
    def _postponed(self) -> bool:
        """Whether every Python that the project supports evaluates annotations when somebody asks for them."""
        lowest = tuple(int(part) for part in self._config.minimum_python.split(".") if part.isdigit())
        return lowest >= _POSTPONING

    def version(self, path: str) -> str:
        """The id of the content of a file."""
        return self._entries[path].blob

    def program(self, version: str) -> bytes | None:
        """The encoded program of a blob, None when it is not known."""
        return self._cache.programs([version]).get(version)

    def code(self, version: str) -> bytes | None:
        """The encoded code of a blob, with the bodies of functions, None when it is not known."""
        return self._cache.code(version)

    def note(self, about: str) -> bytes | None:
        """What was noted last about a subject and still holds, None when nothing was."""
        return self._filed.note(about)

    def keep(self, about: str, note: object) -> None:
        """Keep a note, which replaces the one before."""
        self._filed.keep(about, note)

    @cached_property
    def _filed(self) -> Notes:
        shot = self._snapshot
        config = self._config
        roles = (config.test_paths, config.python_files, config.norecursedirs)
        given = (shot.opaque, shot.settings, self._postponed, roles)
        return Notes(self._resolver, shot.paths, given, self._cache.code, self._cache.store_code)

    def demands(self, graph: ImportGraph, contexts: Mapping[str, Context]) -> Demands:
        """What the modules of a graph ask for, held against what there is."""
        stubs = [path for path in self._snapshot.paths if path.endswith(".pyi")]
        history = self._removed if self._config.import_history else None
        return demands_of(
            graph,
            contexts,
            self._config,
            stubs,
            history=history,
            settings=self._snapshot.settings,
            content=lambda path: self._content(self._entries[path]) or b"",
        )

    def _removed(self, world: World, defects: Iterable[Defect]) -> Mapping[str, str]:
        """Which commit took away what defects miss, by what they are about."""
        past = self._snapshot.past
        lost = {about: thing for defect in defects for about, thing in _lost(world, defect)}
        self._dated = bool(lost)
        if past is None or not lost:
            return {}
        replies = inquire(past, lost.values(), _Shelf(self._cache))
        self._notes = tuple(notes(past, replies))
        removals = {thing: one.removal for thing, one in replies.answers.items()}
        return {about: told(thing, one) for about, thing in sorted(lost.items()) if (one := removals.get(thing))}

    def kept(self, found: Across) -> Across:
        """The hits in the files that were asked for, with the text of their lines, and what is to be said of them."""
        asked = {entry.path for entry in self._snapshot.entries}
        placed = {
            path: anchored(self._content(self._entries[path]) or b"", hits)
            for path, hits in found.hits.items()
            if path in asked
        }
        return found._replace(anchored=placed, notes=self._notes, dated=self._dated)

    def _full(self, path: str) -> Code | None:
        entry = self._entries[path]
        stored = self._cache.code(entry.blob)
        if stored is not None:
            return msgspec.msgpack.decode(stored, type=Code | None)
        content = self._content(entry)
        code = None if content is None else full_code(content)
        if content is not None:
            self._cache.store_code(entry.blob, msgspec.msgpack.encode(code))
        return code

    def checkers(self, path: str) -> tuple[Checker, ...]:
        """The functions of a file to which tests of others may leave the checking."""
        entry = self._entries[path]
        key = f"checkers-{entry.blob}"
        stored = self._cache.code(key) if entry.blob else None
        if stored is not None:
            return msgspec.msgpack.decode(stored, type=tuple[Checker, ...])
        content = self._content(entry)
        found = () if content is None else checkers(content)
        if content is not None and entry.blob:
            self._cache.store_code(key, msgspec.msgpack.encode(found))
        return found

    def _content(self, entry: Entry) -> bytes | None:
        try:
            return self._reader.read(entry)
        except UnreadableError:
            return None


def decoded_programs(encoded: Mapping[str, bytes]) -> dict[str, Program]:
    """The programs that are stored encoded, by path."""
    decode = msgspec.msgpack.Decoder(Program).decode
    return {path: decode(content) for path, content in encoded.items()}


def demands_of(
    graph: ImportGraph,
    contexts: Mapping[str, Context],
    config: Config,
    stubs: Iterable[str] = (),
    *,
    history: Removals | None = None,
    settings: Settings | None = None,
    content: Callable[[str], bytes] | None = None,
) -> Demands:
    """The demands of the modules of a graph; those that do not parse ask for nothing."""
    symbols = {
        path: one.symbols for path, one in sorted(graph.programs.items()) if one.symbols and not path.endswith(".pyi")
    }
    boundaries = Boundaries(config.forbidden_imports, config.canonical_imports)
    artefacts = [Artefact(name, **fields) for name, fields in sorted(config.artefacts.items())]
    return Demands(
        graph.resolver,
        Decoded(symbols, Symbols),
        contexts,
        stubs,
        boundaries,
        removals=history,
        artefacts=artefacts,
        settings=settings,
        store=graph.store,
        heads=heads(symbols, SymbolsHead),
        content=content,
    )


def resolver_of(snapshot: Snapshot) -> Resolver:
    """Tells where names lead in a snapshot."""
    return Resolver(snapshot.paths, snapshot.settings, snapshot.opaque)


def _lost(world: World, defect: Defect) -> Iterator[tuple[str, Thing]]:
    """What a defect is about, and where history may know of what it misses."""
    missing = defect.missing
    if missing is not None and missing.kind == "name" and missing.path:
        yield defect.about, Thing((missing.path,), missing.name)
    elif missing is not None and missing.kind == "module" and missing.owner:
        inner = missing.name.replace(".", "/")
        places = [f"{folder}/{inner}".lstrip("/") for folder in world.resolver.locate(missing.owner).folders]
        yield defect.about, Thing(tuple(f"{place}{end}" for place in places for end in (".py", "/__init__.py")), "")


class _Shelf:
    """The part of a cache where other things are kept than what follows from one file."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def read(self, key: str) -> bytes | None:
        """What is kept under a key, None when nothing is."""
        return self._cache.code(key)

    def write(self, key: str, payload: bytes) -> None:
        """Keep something, which replaces what was kept before."""
        self._cache.store_code(key, payload)
