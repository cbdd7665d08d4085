"""Results of many contents: from the cache where they are known, else examined now, in parallel, and stored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import TypeVar

import msgspec

from integrity.cache import Cache
from integrity.registry.loader import Registry
from integrity.result import Result
from integrity.rule import Context
from integrity.snapshot.readers import Entry, ReaderSpec

Progress = Callable[[int, int], None]
Wanted = dict[str, tuple[Entry, Context]]


@dataclass(frozen=True)
class Examination:
    """What is needed to examine contents.

    Attributes:
        reader: reads them, in any process.
        registry: the rules.
        cache: an open cache.
        jobs: number of worker processes.
        progress: called with the numbers of contents done and of all that have to be examined.
        programs: the encoded program of every blob examined so far.
        moved: the paths of files that turned out to hold something else than their entry says.
        imports: whether programs are extracted; nobody asks for those of most versions in a history.
    """

    reader: ReaderSpec
    registry: Registry
    cache: Cache
    jobs: int
    progress: Progress = lambda _done, _total: None
    programs: dict[str, bytes] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    imports: bool = True

    def results(self, wanted: Wanted) -> dict[str, Result]:
        """The result of everything wanted, by key (see `file_key`)."""
        stored = {key: decoded(content, Result) for key, content in self.cache.results(sorted(wanted)).items()}
        known = {key: result for key, result in stored.items() if result}
        return known | self.examine({key: value for key, value in wanted.items() if key not in known})

    def examine(self, wanted: Wanted) -> dict[str, Result]:
        """Examine contents in parallel, storing every batch at once so that an interrupted run is not lost."""
        if not wanted:
            return {}
        from integrity.workers import Task, examine_all

        tasks = [Task(key, *wanted[key], self.imports) for key in reversed(wanted)]
        results: dict[str, Result] = {}
        for batch in examine_all(tasks, self.reader, self.registry, self.jobs):
            rows, programs = {}, {}
            for done in batch:
                result = msgspec.msgpack.decode(done.result, type=Result)
                results[done.task.key] = result
                if result.lasting:
                    rows[file_key(done.blob, done.task.context)] = (done.result, done.facts)
                if done.blob != done.task.entry.blob:
                    self.moved.add(done.task.entry.path)
                if done.program:
                    self.programs[done.task.entry.blob or done.blob] = done.program
                    programs[done.blob] = done.program
            self.cache.store(rows)
            self.cache.store_programs(programs)
            self.progress(len(results), len(tasks))
        return results


def file_key(blob: str, context: Context) -> str:
    """The key of a result: content and context."""
    return f"{blob}-{_context_digest(context)}"


@cache
def _context_digest(context: Context) -> str:
    return hashlib.sha256(msgspec.msgpack.encode(context)).hexdigest()[:16]


_T = TypeVar("_T")


def decoded(content: bytes | None, kind: type[_T]) -> _T | None:
    """The stored value, None when there is none or it is of another shape."""
    if content is None:
        return None
    try:
        return msgspec.msgpack.decode(content, type=kind)
    except msgspec.DecodeError:
        return None
