"""Says why a version was chosen, or why there is none and what would help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

from integrity.git.log import Commit, Log
from integrity.restore.choice import Candidate, Choice
from integrity.restore.search import Past

_SHORT = 10  # digits of a commit's id


@dataclass(frozen=True)
class Circumstances:
    """What may keep history from helping.

    Attributes:
        shallow: whether the clone's history is cut off.
        complaint: why the history could not be read to its end, "" when it could.
    """

    shallow: bool
    complaint: str

    @property
    def notes(self) -> tuple[str, ...]:
        """What holds for the whole plan."""
        shallow = ("the clone is shallow, older versions are missing: `git fetch --unshallow` brings them",)
        broken = (f"the history could not be read to its end ({self.complaint}): `git fetch --refetch` may mend it",)
        return (shallow if self.shallow else ()) + (broken if self.complaint else ())


def always_hollow(files: int) -> tuple[str, ...]:
    """That some files are left out, because history has nothing better to offer; nothing for none."""
    if not files:
        return ()
    which = "1 file is" if files == 1 else f"{files:,} files are"
    return (f"{which} left out: the tests there that check nothing never did, in any version",)


def describe(commit: Commit) -> str:
    """A commit in a few words: short id and day."""
    return f"{commit.id[:_SHORT]} of {day(commit.time)}"


def day(time: float) -> str:
    """The day of a time in seconds since 1970, in UTC, as in "2025-09-06"."""
    return datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%d")


def why(choice: Choice, past: Past, log: Log, *, forced: bool) -> str:
    """Why this version."""
    if forced:
        return _forced(choice.candidate)
    kind = "healthy version of a file with the same tests" if past.borrowed else _kind(choice.candidate)
    if choice.older:
        fewer = f"the newest one ({_newest(choice, log)}) only {_tests(choice.newest)}"
        return f"an older {kind}: it holds {_tests(choice.candidate)}, {fewer}"
    return f"the newest {kind}"


def _forced(candidate: Candidate) -> str:
    codes = ", ".join(sorted(candidate.condition.codes))
    return "the version asked for with --from" + (f", although it is damaged, too ({codes})" if codes else "")


def _kind(candidate: Candidate) -> str:
    codes = ", ".join(sorted(candidate.condition.codes))
    return f"version without grave damage ({codes} is in it)" if codes else "healthy version"


def _newest(choice: Choice, log: Log) -> str:
    return describe(log.commits[choice.newest.version.order])


def _tests(candidate: Candidate) -> str:
    count = candidate.condition.sound
    return "1 test" if count == 1 else f"{count} tests"


def why_not(past: Past, circumstances: Circumstances, log: Log) -> str:
    """Why no version can be offered, and what would help.

    Args:
        past: its versions.
        circumstances: what may keep history from helping.
        log: the history.
    """
    if past.healthy:  # the user's own wishes ruled them out
        return f"{_count(past.healthy, 'healthy version')}, but none that --from or --before allows: leave them out"
    if not past.versions:
        return f"no commit holds it{_because(circumstances)}"
    missing = [one for one in past.versions if one.condition.gaps]
    if missing:
        unread = f"{_count(missing, 'version')} of {len(past.versions)} cannot be read"
        return f"{unread} ({missing[0].condition.gaps[0]}), no other is healthy"
    return f"never healthy in {_count(past.versions, 'version')}{_because(circumstances)}{_best(past, log)}"


def _because(circumstances: Circumstances) -> str:
    if circumstances.shallow:
        return "; the clone is shallow: `git fetch --unshallow` brings the rest of its history"
    if circumstances.complaint:
        return "; the history could not be read to its end: `git fetch --refetch` may mend it"
    return ""


def _best(past: Past, log: Log) -> str:
    """The version with the most tests, for those who want it all the same."""
    best = max(past.versions, key=lambda one: one.condition.sound)
    if best.condition.sound <= past.now.sound:
        return "; --skeleton writes a failing test for each lost one" if past.now.lost else ""
    commit = log.commits[best.version.order]
    codes = ", ".join(sorted(best.condition.codes))
    return f"; `--from {commit.id[:_SHORT]}` would bring {_tests(best)}, with {codes} in it"


def _count(things: Sequence[Candidate], noun: str) -> str:
    return f"1 {noun}" if len(things) == 1 else f"{len(things)} {noun}s"
