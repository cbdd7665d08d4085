"""What reporters may know beside the verdict; plain data, so that any command can fill it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from integrity.model import Finding, Score, Severity
from integrity.registry.declaration import LoadedRule

FILE_WIDTH = 100


@dataclass(frozen=True)
class Base:
    """An older state to compare with.

    Attributes:
        name: what it is called, as in "main".
        score: its score.
        fingerprints: those of its findings, so that new ones can be told; None when only the score is known.
    """

    name: str
    score: Score
    fingerprints: frozenset[str] | None = None

    def is_new(self, finding: Finding) -> bool:
        """Whether the older state did not have this finding; never when its findings are not known."""
        return self.fingerprints is not None and finding.fingerprint not in self.fingerprints


@dataclass(frozen=True)
class Point:
    """One commit of a history.

    Attributes:
        label: how it is named, as in "1.4.0" or "2025-09-06 1a2b3c4".
        overall: the score of its tree, 0 to 100.
        live: its live tests.
    """

    label: str
    overall: float
    live: int


@dataclass(frozen=True)
class Section:
    """A report of another command to include, such as an incident or a plan of restoration.

    Attributes:
        title: its heading.
        text: its lines, as a terminal without colour shows them.
    """

    title: str
    text: str


@dataclass(frozen=True)
class Options:
    """What a reporter may know beside the verdict.

    Attributes:
        width: columns to wrap at.
        color: whether ANSI colours are wanted.
        command: the command that was run.
        project: the name of what was scanned, for headings.
        failures: why the gate is not met, one clause each; empty when it is met, None when nobody judged.
        failing: findings at least this serious fail the gate.
        rules: the installed rules, so that reports can describe them.
        base: the state to compare with.
        history: older scores, oldest first; the verdict's own is not among them.
        sections: reports of other commands to include.
        past: whether git may hold older versions of what was scanned.
        read: gives the content of scanned files by their paths; those that cannot be read are left out.
    """

    width: int = FILE_WIDTH
    color: bool = False
    command: str = "scan"
    project: str = ""
    failures: tuple[str, ...] | None = None
    failing: Severity = Severity.HIGH
    rules: tuple[LoadedRule, ...] = ()
    base: Base | None = None
    history: Sequence[Point] = ()
    sections: Sequence[Section] = ()
    past: bool = True
    read: Callable[[Collection[str]], Mapping[str, bytes]] | None = None

    @property
    def mendable(self) -> Severity | None:
        """The least severity of damage that `restore` looks for in history; None where there is no history."""
        return self.failing if self.past else None
