"""What was found out about files of tests, remembered from one scan to the next."""

from __future__ import annotations

import hashlib
from typing import TypeVar

import msgspec

from integrity.collection.offers import same_offer
from integrity.collection.program import Program
from integrity.facts.namespace import Ending, Namespace
from integrity.facts.program import Program as Encoded
from integrity.imports.memo import Memo
from integrity.imports.store import Store

T = TypeVar("T")


def memo_of(about: str, kind: type[T], program: Program, given: object, store: Store) -> Memo[T]:
    """The memo of something about files of tests.

    Args:
        about: names it.
        kind: its type.
        program: the modules, which note what is looked up in them.
        given: whatever else it depends on.
        store: remembers it.
    """
    known: dict[str, Namespace | None] = {}

    def same(path: str, version: str | None, name: str) -> bool:
        if path not in known:
            known[path] = _namespace(store.program(version) if version else None)
        return same_offer(known[path], program.modules.get(path), name)

    common = _digest(program, given)
    return Memo(about, kind, store, common=common, paths=program.modules, noting=program.recall.noting, same=same)


def _namespace(content: bytes | None) -> Namespace | None:
    encoded = msgspec.msgpack.decode(content, type=Encoded).namespace if content else None
    return msgspec.msgpack.decode(encoded, type=Namespace) if encoded else None


def _digest(program: Program, given: object) -> str:
    """Identifies what every answer may depend on, besides what is looked up for it."""
    ended = sorted((path, one.ending.value) for path, one in program.heads.items() if one.ending is not Ending.REACHED)
    everything = (given, ended, sorted(program.patched, key=repr))
    return hashlib.sha256(repr(everything).encode("utf-8", "surrogateescape")).hexdigest()
