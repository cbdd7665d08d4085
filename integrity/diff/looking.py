"""One version of one file, read once: findings, suppressions and profile."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import msgspec

from integrity.cache import Cache
from integrity.changes.model import Kind
from integrity.examination import decoded, file_key
from integrity.examine import examine
from integrity.facts.lexical import Lexed
from integrity.facts.model import FileFacts, Syntax
from integrity.facts.profile import EMPTY, FileProfile
from integrity.facts.profiling import Naming, outline, profile
from integrity.facts.syntax import ParserLimit, parse
from integrity.git.objects import hash_blob
from integrity.registry.loader import Registry
from integrity.result import Result
from integrity.rule import Context
from integrity.source import decode

_WORD = re.compile(r"[^\W\d]\w+")
_LARGEST = 2_000_000  # bytes of a file that is no Python; beyond, its words say nothing
_REMEMBERED = 5_000


class Look(NamedTuple):
    """What is known of one version of a file."""

    result: Result
    profile: FileProfile
    lines: tuple[str, ...] = ()


NOTHING = Look(Result(counted=False), EMPTY)


class _Stored(NamedTuple):
    """A look as the cache holds it; `lined` says whether its profile has the lines of the text."""

    result: Result
    profile: FileProfile
    lined: bool


@dataclass(frozen=True)
class Looker:
    """Reads versions, and remembers them, so that a walk through a history reads each once.

    Attributes:
        registry: the rules.
        cache: an open cache.
    """

    registry: Registry
    cache: Cache
    _seen: dict[tuple[str, Context, Kind], Look] = field(default_factory=dict)

    def look(self, content: bytes, context: Context, kind: Kind, blob: str = "") -> Look:
        """The look of a Python file.

        Args:
            content: its bytes.
            context: what its path says about it.
            kind: what it is for; only tests are profiled in full.
            blob: the id of the content, computed when not given.
        """
        key = (blob or hash_blob(content, "sha1"), context, kind)
        found = self._seen.get(key)
        if found is None:
            if len(self._seen) > _REMEMBERED:
                self._seen.clear()
            found = self._seen[key] = self._read(content, context, kind, key[0])
        return found

    def _read(self, content: bytes, context: Context, kind: Kind, blob: str) -> Look:
        """From the cache where it has it; lines are not stored, because the content tells them."""
        lexed = Lexed(decode(content).text)
        lines = tuple(lexed.lines)
        key = f"look-{file_key(blob, context)}-{kind.value}"
        stored = decoded(self.cache.code(key), _Stored)
        if stored is None:
            stored = self._made(content, lexed, context, kind, blob)
            self._keep(key, stored)
        profile = replace(stored.profile, lines=lines) if stored.lined else stored.profile
        return Look(stored.result, profile, lines)

    def _made(self, content: bytes, lexed: Lexed, context: Context, kind: Kind, blob: str) -> _Stored:
        result, facts = self._examined(content, context, blob)
        found = _profiled(lexed, facts, context, kind)
        return _Stored(result, replace(found, lines=()), bool(found.lines))

    def _keep(self, key: str, stored: _Stored) -> None:
        if stored.result.lasting:
            with contextlib.suppress(UnicodeEncodeError, OverflowError):  # texts and numbers that no format can hold
                self.cache.store_code(key, msgspec.msgpack.encode(stored))

    def _examined(self, content: bytes, context: Context, blob: str) -> tuple[Result, FileFacts]:
        """Result and facts, from the cache where it has them."""
        key = file_key(blob, context)
        result = decoded(self.cache.results([key]).get(key), Result)
        facts = decoded(self.cache.facts([key]).get(key), FileFacts) if result else None
        if result and facts:
            return result, facts
        result, facts, _ = examine(content, context, self.registry, programs=False)
        if result.lasting:
            self.cache.store({key: (msgspec.msgpack.encode(result), msgspec.msgpack.encode(facts))})
        return result, facts


def _profiled(lexed: Lexed, facts: FileFacts, context: Context, kind: Kind) -> FileProfile:
    """The profile of a text; of production code, only what tests may speak of."""
    naming = Naming(context.python_classes, context.python_functions, context.collected, context.minimum_python)
    tree = None
    if facts.parse.syntax is not Syntax.BROKEN:
        try:
            tree = parse(lexed)[1]
        except (ParserLimit, RecursionError, MemoryError):
            tree = None
    if kind is Kind.TEST or tree is None:
        return profile(lexed, tree, facts, naming)
    return outline(lexed.text, tree)


def words_of(content: bytes) -> FileProfile:
    """The profile of a file that is no Python: its words."""
    if len(content) > _LARGEST or b"\0" in content[:8000]:
        return EMPTY
    return FileProfile(words=frozenset(_WORD.findall(content.decode("utf-8", "replace"))))
