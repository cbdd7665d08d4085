"""The structure of the production code: measured where a rule asks for it, in parallel, and stored by content."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice

import msgspec

from integrity.cache import Cache
from integrity.config.config import Config
from integrity.errors import UnreadableError
from integrity.facts.structure import Structure, structure_of
from integrity.rule import Context, Structures
from integrity.snapshot.readers import Entry, ReaderSpec
from integrity.source import decode

_BATCH = 32
_FEW = 8  # files: for fewer no process is started


def structures_of(
    entries: Sequence[Entry],
    contexts: Mapping[str, Context],
    *,
    reader: ReaderSpec,
    cache: Cache,
    config: Config,
    jobs: int,
) -> Structures:
    """The structure of every file of production code.

    Args:
        entries: of the whole repository.
        contexts: what their paths say.
        reader: reads them, in any process.
        cache: an open cache.
        config: holds the bounds.
        jobs: number of processes.
    """
    wanted = [one for one in entries if not (contexts[one.path].test or contexts[one.path].data)]
    known = _stored(cache, {one.blob for one in wanted})
    missing = list({one.blob: one for one in wanted if one.blob not in known}.values())
    for blob, structure in _measured(missing, reader, jobs):
        known[blob] = structure
        if not structure.problem:
            cache.store_code(_key(blob), msgspec.msgpack.encode(structure))
    files = {one.path: known[one.blob] for one in wanted if one.blob in known}
    return Structures(files, config.max_complexity, config.min_maintainability)


def _stored(cache: Cache, blobs: set[str]) -> dict[str, Structure]:
    decode_one = msgspec.msgpack.Decoder(Structure).decode
    found = cache.codes([_key(blob) for blob in sorted(blobs)])
    return {key.partition("-")[2]: decode_one(payload) for key, payload in found.items()}


def _key(blob: str) -> str:
    return f"structure-{blob}"


def _measured(entries: Sequence[Entry], reader: ReaderSpec, jobs: int) -> Iterator[tuple[str, Structure]]:
    source = iter(entries)
    batches = list(iter(lambda: list(islice(source, _BATCH)), []))
    if len(entries) <= _FEW or jobs == 1:
        for batch in batches:
            yield from _measure(batch, reader)
        return
    method = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
    with ProcessPoolExecutor(min(jobs, len(batches)), method) as pool:
        for found in pool.map(partial(_measure, reader=reader), batches):
            yield from found


def _measure(entries: Sequence[Entry], reader: ReaderSpec) -> list[tuple[str, Structure]]:
    """The structure of some files; those that cannot be read are gaps already."""
    found = []
    with reader.open() as opened:
        for entry in entries:
            try:
                content = opened.read(entry)
            except UnreadableError:
                continue
            found.append((entry.blob, structure_of(decode(content).text)))
    return found
