"""Merges many files in parallel: the one step of a plan whose cost shows."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from integrity.history.condition import Examiner
from integrity.restore.content import encode
from integrity.restore.merge import Merge, merge
from integrity.source import decode

_FEW = 8  # jobs; below that new processes cost more than they save
_SHARE = 4  # jobs handed over at once: they differ in size


class Job(NamedTuple):
    """One file to merge.

    Attributes:
        path: today's, by whose rules the result is judged.
        healthy: the bytes of the version to return to.
        left: the text as the damage left it.
        today: the text now.
        tolerated: the codes of minor damage in the healthy version.
        alive: whether the damage left tests alive, so that its commit may have done honest work beside it.
        added: whether among those are tests that the healthy version lacks.
    """

    path: str
    healthy: bytes
    left: str
    today: str
    tolerated: frozenset[str] = frozenset()
    alive: bool = False
    added: bool = False

    @property
    def trivial(self) -> bool:
        """Whether nothing was changed since the damage."""
        return self.left == self.today and not self.alive


def merge_all(jobs: Sequence[Job], examiner: Examiner, processes: int) -> list[Merge]:
    """The merges, in the order of the jobs."""
    hard = [job for job in jobs if not job.trivial]
    if processes < 2 or len(hard) < _FEW or sys.platform != "linux":  # noqa: PLR2004 - rules cannot be pickled
        done = [_merged(job, examiner) for job in hard]
    else:
        done = _pooled(hard, examiner, processes)
    found = iter(done)
    return [Merge(decode(job.healthy).text, "plain") if job.trivial else next(found) for job in jobs]


class _State:
    """What a forked process finds."""

    examiner: Examiner


def _pooled(jobs: Sequence[Job], examiner: Examiner, processes: int) -> list[Merge]:
    _State.examiner = examiner
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        return list(pool.map(_merged_there, jobs, chunksize=_SHARE))


def _merged_there(job: Job) -> Merge:
    return _merged(job, _State.examiner)


def _merged(job: Job, examiner: Examiner) -> Merge:
    healthy = decode(job.healthy).text

    def since(base: str) -> Merge:
        return merge(healthy, base, job.today, lambda text: _sound(job, text, examiner))

    if not job.alive:
        return since(job.left)
    whole = since(healthy)
    return whole if whole.text is not None or job.added else since(job.left)


def _sound(job: Job, text: str, examiner: Examiner) -> bool:
    try:
        condition = examiner.condition_of(job.path, encode(text, job.healthy))
    except UnicodeEncodeError:
        return False
    return condition.tolerable and condition.codes <= job.tolerated
