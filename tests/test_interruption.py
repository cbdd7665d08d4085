"""A Ctrl-C that CPython drops is raised again."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from integrity.interruption import check, heeded


class _Finalized:
    """Presses Ctrl-C when it goes away, where CPython drops the exception."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interruption_in_a_finalizer_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is raised at the next place where stopping is safe, and forgotten afterwards."""
    dropped: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", dropped.append)
    with heeded():
        check()
        made = _Finalized()
        del made
        assert len(dropped) == 1
        with pytest.raises(KeyboardInterrupt):
            check()
    check()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
