"""Runs a piece of work in a copy of this process, beside it."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TypeVar

T = TypeVar("T")


def begun(work: Callable[[], T]) -> Callable[[], T]:
    """Begin a piece of work in a copy of this process, where the platform can fork one.

    Args:
        work: what to do; it must not use open files or connections of this process, and what it returns is pickled.

    Returns:
        What waits for the outcome. A copy that dies on the way costs time only: the work is then done here, and so are
        the errors that it raises.
    """
    if sys.platform != "linux":
        return work
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(sender, work), daemon=True)
    try:
        process.start()
    except OSError:  # no memory for it, or too many processes
        return work
    finally:
        sender.close()

    def outcome() -> T:
        try:
            found: T = receiver.recv()
        except (EOFError, OSError):
            return work()
        finally:
            receiver.close()
            process.join()
        return found

    return outcome


def _send(sender: Connection, work: Callable[[], T]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(Exception):
        sender.send(work())
