"""What a restore has brought, measured by scanning again, and on request by letting pytest collect the files."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from integrity.errors import IntegrityError
from integrity.model import Verdict

COLLECT = "python -m pytest --collect-only -q --continue-on-collection-errors -p no:cacheprovider"
_ERROR = re.compile(r"^(?:ERROR|_+ ERROR collecting) ([^\s].*?)(?: _+| - .*)?$")


class VerifyError(IntegrityError):
    """The command that collects the restored files cannot be run."""


@dataclass(frozen=True)
class Gain:
    """The same tree before and after.

    Attributes:
        files: number of files written.
        live: live tests before and after.
        unparsable: files that do not parse, before and after.
        damaged: files with damage that history may mend, before and after.
        score: overall score before and after, 0 to 100.
    """

    files: int
    live: tuple[int, int]
    unparsable: tuple[int, int]
    damaged: tuple[int, int]
    score: tuple[float, float]


def gain(files: int, before: Verdict, after: Verdict) -> Gain:
    """What changed from one verdict to the next."""
    both = (before, after)
    live, unparsable, damaged = ([measure(one) for one in both] for measure in (_live, _unparsable, _damaged))
    return Gain(
        files,
        (live[0], live[1]),
        (unparsable[0], unparsable[1]),
        (damaged[0], damaged[1]),
        (before.score.overall, after.score.overall),
    )


def _live(verdict: Verdict) -> int:
    return verdict.score.tests.live


def _unparsable(verdict: Verdict) -> int:
    told = ((one.path, (one.message, *(other.message for other in one.related))) for one in verdict.findings)
    return len({path for path, messages in told if any("does not parse" in message for message in messages)})


def _damaged(verdict: Verdict) -> int:
    return len({one.path for one in verdict.findings if one.restorable})


def collect(root: Path, paths: Sequence[str], command: str) -> dict[str, str]:
    """Let a test runner collect files; this runs the code of the repository.

    Args:
        root: of the repository; where the command runs.
        paths: the files, relative to it.
        command: as a shell would split it; the paths are added.

    Returns:
        What stopped each file that could not be collected; empty when all could.

    Raises:
        VerifyError: the command cannot be run.
    """
    words = shlex.split(command)
    if not words:
        raise VerifyError("--verify-command is empty; leave it out for pytest")
    try:
        done = subprocess.run([*words, *paths], cwd=root, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise VerifyError(f"{words[0]} cannot be run: {error.strerror}; name another with --verify-command") from error
    lines = done.stdout.splitlines()
    failed = {match[1] for line in lines if (match := _ERROR.match(line))}
    collected = {line.partition("::")[0] for line in lines if "::" in line}
    return {path: _why(path, lines) for path in paths if path in failed or path not in collected}


def _why(path: str, lines: Sequence[str]) -> str:
    """The error that pytest reports below the heading of a file."""
    heading = next((place for place, line in enumerate(lines) if "ERROR collecting" in line and path in line), None)
    if heading is None:
        return "no test was collected"
    errors = (line[2:].strip() for line in lines[heading + 1 :] if line.startswith("E  "))
    return next(errors, "it could not be collected")
