"""A child process that applies or undoes what standard input says, and kills itself at the n-th request to the system.

It prints how many requests there were, so that instant 0, which never comes, measures a whole run.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from integrity.apply import Change, apply, undo
from tests.support.applying import NOW, found

_REQUESTS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "subprocess.Popen"})


class Death:
    """An audit hook that kills its process at an instant."""

    def __init__(self, instant: int) -> None:
        self.count = 0
        self._instant = instant

    def __call__(self, event: str, _arguments: tuple[Any, ...]) -> None:
        if event not in _REQUESTS:
            return
        self.count += 1
        if self.count == self._instant:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Do what standard input says."""
    question = json.load(sys.stdin)
    changes = [
        Change(path, content.encode(), mode, None if expected is None else expected.encode())
        for path, content, mode, expected in question["changes"]
    ]
    repository = found(Path(question["root"]))
    death = Death(question["instant"])
    sys.addaudithook(death)
    if question["deed"] == "apply":
        apply(repository, changes, stage=True, now=NOW)
    else:
        undo(repository)
    sys.stdout.write(str(death.count))


main()
