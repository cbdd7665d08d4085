"""Merges many files in parallel: the one step of a plan whose cost shows."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import NamedTuple

from integrity.history.condition import Examiner
from integrity.restore.content import encode
from integrity.restore.merge import Merge, merge
from integrity.source import decode

_FEW = 8  # jobs; below that new processes cost more than they save
_SHARE = 4  # jobs handed over at once: they differ in size


class Stretch(NamedTuple):
    """A time in which nothing was damaged, so that every edit in it is honest.

    Attributes:
        left: the text as the damage left it.
        until: the text at the end.
        alive: whether the damage left tests alive, so that its commit may have done honest work beside it.
        added: whether among those are tests that the healthy version lacks.
    """

    left: str
    until: str
    alive: bool = False
    added: bool = False

    @property
    def eventless(self) -> bool:
        """Whether there is nothing to carry over."""
        return self.left == self.until and not self.alive


class Job(NamedTuple):
    """One file to merge.

    Attributes:
        path: today's, by whose rules the result is judged.
        healthy: the bytes of the version to return to.
        stretches: since the first damage, oldest first; the last one ends today.
        tolerated: the codes of minor damage in the healthy version.
        sound: the tests of the healthy version that check something.
    """

    path: str
    healthy: bytes
    stretches: tuple[Stretch, ...] = ()
    tolerated: frozenset[str] = frozenset()
    sound: frozenset[str] = frozenset()

    @property
    def trivial(self) -> bool:
        """Whether nothing was changed since the damage."""
        return all(stretch.eventless for stretch in self.stretches)


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
    """The healthy version with the edits of one stretch after the other.

    Edits that an earlier stretch cannot contribute are noted; those of the last one, today's, are a conflict.
    """
    result = Merge(decode(job.healthy).text, "plain")
    for stretch in job.stretches:
        if stretch.eventless:
            continue
        step = _carried(job, stretch, result.text or "", examiner)
        notes = (*result.notes, *step.notes)
        if step.text is not None:
            result = replace(step, kept_edits=result.kept_edits + step.kept_edits, notes=notes)
        elif stretch is job.stretches[-1]:
            return replace(step, notes=notes)
        else:
            result = replace(result, notes=(*notes, "edits made before a later damage could not be carried over"))
    return result


def _carried(job: Job, stretch: Stretch, text: str, examiner: Examiner) -> Merge:
    """A sound text with the edits of a stretch."""

    def since(base: str) -> Merge:
        return merge(text, base, stretch.until, lambda merged: _sound(job, merged, examiner))

    if not stretch.alive:
        return since(stretch.left)
    whole = since(text)
    return whole if whole.text is not None or stretch.added else since(stretch.left)


def _sound(job: Job, text: str, examiner: Examiner) -> bool:
    try:
        condition = examiner.condition_of(job.path, encode(text, job.healthy))
    except UnicodeEncodeError:
        return False
    hollowed = job.sound if "" in condition.hollow else job.sound & condition.hollow
    return not condition.gaps and condition.codes <= job.tolerated and not hollowed
