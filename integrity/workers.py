"""Examines many files in parallel processes, and survives those that kill the process that parses them."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.util import Finalize
from typing import NamedTuple

import msgspec

from integrity.errors import UnreadableError
from integrity.examine import examine
from integrity.registry.loader import Registry, load
from integrity.result import Result
from integrity.rule import Context
from integrity.snapshot.readers import Entry, FileReader, ObjectReader, ReaderSpec

_BATCH = 48  # files a batch: large enough to hide the hand-over
_FEWEST = 6  # likewise, towards the end

_PATIENCE = 60  # seconds a file


class Task(NamedTuple):
    """A file to examine.

    Attributes:
        key: the caller's name for it.
        entry: where it is.
        context: what its path says about it.
        programs: whether its program is wanted, too.
    """

    key: str
    entry: Entry
    context: Context
    programs: bool = True


class Done(NamedTuple):
    """An examined file: the blob id of the bytes read ("" when none were), its result, facts and program, encoded.

    The program is empty where none was wanted or none could be had.
    """

    task: Task
    blob: str
    result: bytes
    facts: bytes
    program: bytes = b""


def examine_all(tasks: Sequence[Task], reader: ReaderSpec, registry: Registry, jobs: int) -> Iterator[list[Done]]:
    """Examine files in `jobs` processes, yielding batch after batch in no particular order.

    A file whose parsing kills its process is examined again alone, and becomes a gap when that kills it, too.
    """
    survivors: list[Sequence[Task]] = []
    yield from _pooled(list(_batches(tasks, jobs)), reader, registry, jobs, survivors)
    for task in (task for batch in survivors for task in batch):
        lost: list[Sequence[Task]] = []
        yield from _pooled([[task]], reader, registry, 1, lost)
        if lost:
            yield [_killed(task)]


def _batches(tasks: Sequence[Task], jobs: int) -> Iterator[Sequence[Task]]:
    """Batches that become smaller towards the end, so that all processes end at about the same time.

    Guided self-scheduling (Polychronopoulos and Kuck, 1987): each takes its share of what is left, here half of it.
    """
    start = 0
    while start < len(tasks):
        share = (len(tasks) - start) // (2 * jobs)
        size = max(_FEWEST, min(_BATCH, share))
        yield tasks[start : start + size]
        start += size


def _pooled(
    batches: Sequence[Sequence[Task]],
    reader: ReaderSpec,
    registry: Registry,
    jobs: int,
    unfinished: list[Sequence[Task]],
) -> Iterator[list[Done]]:
    """Examine batches in a pool; those that a dying process took with it are added to `unfinished`."""
    if not batches:
        return
    pool = ProcessPoolExecutor(min(jobs, len(batches)), _start_method(), _start, (reader, _inherited(registry)))
    try:
        futures = {pool.submit(_examine_batch, batch): batch for batch in batches}
        yield from _collected(futures, unfinished)
    finally:
        pool.shutdown(
            cancel_futures=True
        )  # waits: a pool that still closes at exit trips over CPython's farewell to it


def _collected(
    futures: dict[Future[list[Done]], Sequence[Task]], unfinished: list[Sequence[Task]]
) -> Iterator[list[Done]]:
    pending = set(futures)
    while pending:
        finished, pending = wait(pending, return_when=FIRST_COMPLETED)
        for future in finished:
            try:
                yield future.result()
            except BrokenProcessPool:
                unfinished.append(futures[future])


def _killed(task: Task) -> Done:
    """The gap of a file that no process survives."""
    return _unchecked(task, "the parser crashed on it, most likely because it nests too deep")


def _unchecked(task: Task, *reasons: str) -> Done:
    """A gap that need not be there the next time."""
    result = Result(counted=True, gaps=reasons, lasting=False)
    return Done(task, "", msgspec.msgpack.encode(result), b"")


def _start_method() -> multiprocessing.context.BaseContext:
    """Forking hands the loaded rules over for nothing; elsewhere each process loads them itself."""
    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def _inherited(registry: Registry) -> Registry | None:
    """The registry to hand to a new process; None where it would have to be pickled."""
    return registry if sys.platform == "linux" else None


class _State:
    """What a worker process keeps between batches."""

    reader: FileReader | ObjectReader
    registry: Registry


def _start(reader: ReaderSpec, registry: Registry | None) -> None:
    """Prepare a worker: syntax trees are not cyclic, so that collecting garbage would only cost time."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    _State.registry = registry or load()
    _State.reader = reader.open().__enter__()  # without it, git would look for a repository around the current folder
    Finalize(_State, _State.reader.__exit__, (None, None, None), exitpriority=1)


def _examine_batch(batch: Sequence[Task]) -> list[Done]:
    done = [_examine_one(task) for task in batch]
    gc.collect(1)
    return done


@contextmanager
def _time_limit() -> Iterator[None]:
    """Raise TimeoutError when the work takes too long, where the platform has timers: a last resort, never reached."""

    def expire(_signal: int, _frame: object) -> None:
        raise TimeoutError

    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _examine_one(task: Task) -> Done:
    """Read and examine one file; what cannot be read is a gap, and so is what no one foresaw."""
    try:
        content = _State.reader.read(task.entry)
        with _time_limit():
            result, facts, program = examine(content, task.context, _State.registry, programs=task.programs)
    except TimeoutError:
        return _unchecked(task, f"takes longer than {_PATIENCE} s to examine")
    except UnreadableError as error:
        return _unchecked(task, *error.lines)
    except Exception as error:  # noqa: BLE001 - one file must not hide the findings in all others
        return _unchecked(task, f"internal error, please report it: {type(error).__name__}: {error}")
    blob = _State.reader.identity(task.entry, content)
    encode = msgspec.msgpack.encode
    return Done(task, blob, encode(result), encode(facts), encode(program) if program else b"")
