"""A progress bar on standard error: only on a terminal, and only when the work takes more than about a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from integrity.examination import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

_PATIENCE = 1.0  # seconds


class _Delayed:
    """Shows a bar once patience has run out."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._bar: Bar | None = None

    def __call__(self, done: int, total: int) -> None:
        if self._bar is None and time.monotonic() - self._begun > _PATIENCE and done < total:
            self._bar = _bar()
            self._bar.start()
            self._bar.add_task("Checking", total=total)
        if self._bar:
            self._bar.update(self._bar.task_ids[0], completed=done)

    def close(self) -> None:
        if self._bar:
            self._bar.stop()


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files"),
        TimeRemainingColumn(),
    )
    return Bar(*columns, console=Console(stderr=True), transient=True)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Progress]:
    """What to call with the numbers of files done and of all files."""
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    delayed = _Delayed()
    try:
        yield delayed
    finally:
        delayed.close()
