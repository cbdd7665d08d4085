"""The pool of processes is gone once the work is done or given up: what it leaves would fail at interpreter exit."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from integrity.registry.loader import Registry
from integrity.rule import Context
from integrity.snapshot.readers import Entry, ReaderSpec
from integrity.workers import Task, examine_all


@pytest.fixture
def tasks(tmp_path: Path) -> list[Task]:
    """Enough files for several batches."""
    names = [f"module_{number}.py" for number in range(100)]
    for name in names:
        (tmp_path / name).write_text("x = 1\n")
    return [Task(name, Entry(name, ""), Context()) for name in names]


def test_finished_work_leaves_no_thread(tmp_path: Path, tasks: list[Task]) -> None:
    """At exit CPython would wake the pool's thread just while it closes its pipe."""
    before = threading.enumerate()
    done = [one for batch in examine_all(tasks, ReaderSpec(tmp_path, 1000), Registry((), {}, ""), 2) for one in batch]
    assert {one.task for one in done} == set(tasks)
    assert threading.enumerate() == before


def test_abandoned_work_leaves_no_thread(tmp_path: Path, tasks: list[Task]) -> None:
    """Likewise when the caller stops listening."""
    before = threading.enumerate()
    batches = examine_all(tasks, ReaderSpec(tmp_path, 1000), Registry((), {}, ""), 1)
    assert next(batches)
    batches.close()  # type: ignore[attr-defined]
    assert threading.enumerate() == before
