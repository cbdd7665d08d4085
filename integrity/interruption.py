"""Ctrl-C that is not lost: CPython drops a KeyboardInterrupt that is raised while a finalizer runs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _State:
    """Whether an interruption was asked for."""

    asked = False


@contextmanager
def heeded() -> Iterator[None]:
    """Remember every Ctrl-C, so that `check` can raise again what was lost; where the handler is CPython's own."""
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, _note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        _State.asked = False


def check() -> None:
    """Stop where it is safe.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed.
    """
    if _State.asked:
        raise KeyboardInterrupt


def _note(_signal: int, _frame: object) -> None:
    _State.asked = True
    raise KeyboardInterrupt
