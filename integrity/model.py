"""The values every part agrees on: severities, findings, gaps and the verdict."""

from __future__ import annotations

import enum

import msgspec


class Severity(str, enum.Enum):
    """How serious a finding is, most serious first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """0 for critical to 3 for low, so that sorting by it puts the most serious first."""
        return _RANKS[self]

    def at_least(self, other: Severity) -> bool:
        """Whether this severity is as serious as `other`, or more so."""
        return self.rank <= other.rank


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Span(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A place in a file. Lines and columns start at 1, columns count characters, the end is exclusive in columns."""

    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0


class Related(msgspec.Struct, frozen=True):
    """A second place that explains a finding."""

    path: str
    line: int
    message: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One defect at one place, as design section 5 defines it; field order is the order of the JSON keys.

    `anchor`, the normalised text of its first line, is no key: with code, path and symbol it tells which findings of
    two versions of a repository are the same, however many equal ones there are. Nor is `fix`, the repair that
    `scan --fix` knows for it, "" for none.
    """

    code: str
    name: str
    severity: Severity
    message: str
    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    symbol: str
    fingerprint: str
    restorable: bool
    related: tuple[Related, ...] = ()
    anchor: str = ""
    fix: str = ""

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """The total order of findings."""
        return (self.path, self.line, self.column, self.code, self.message)


class ChangeFinding(Finding, frozen=True, kw_only=True):
    """A finding about a change: what was there before, what is there now, and why that is serious."""

    before: str = ""
    after: str = ""
    why: str = ""


class Gap(msgspec.Struct, frozen=True, order=True):
    """Something that could not be checked, and why. Never clean, never silent, never raises a score."""

    path: str
    reason: str


class Census(msgspec.Struct, frozen=True):
    """Numbers of test functions by verdict; one that several classes inherit counts once.

    Attributes:
        known: all of them, the sum of the others.
        live: collected, and able to fail as far as anyone can tell.
        hollow: collected, and unable to fail.
        disabled: never run, because something says so.
        uncollected: found by no runner.
        lost: named in damaged text.
        unknown_files: files of which only a run can tell what is collected; their tests count as if nothing interfered.
    """

    known: int = 0
    live: int = 0
    hollow: int = 0
    disabled: int = 0
    uncollected: int = 0
    lost: int = 0
    unknown_files: int = 0

    def __add__(self, other: Census) -> Census:
        mine, others = msgspec.structs.astuple(self), msgspec.structs.astuple(other)
        return Census(*(one + more for one, more in zip(mine, others, strict=True)))


class Share(msgspec.Struct, frozen=True):
    """Compliant files of all counted files, and their percentage (0 to 100, unrounded)."""

    compliant: int
    files: int
    percent: float


class ScopeShare(Share, frozen=True):
    """The share of a scope, with the tests in it."""

    tests: Census = Census()


class WeightedShare(Share, frozen=True):
    """The share of a family group, with its weight in the overall figure."""

    weight: float


class Score(msgspec.Struct, frozen=True):
    """The compliance score of design section 8, in the order of the JSON keys."""

    overall: float
    grade: str
    scopes: dict[str, ScopeShare]
    groups: dict[str, WeightedShare]
    tests: Census


class SnapshotInfo(msgspec.Struct, frozen=True):
    """What was scanned: `kind` is worktree, index or revision; `files` counts files, `tests` live tests.

    Files are those of Python, and those of configuration that say something about how tests are run.
    """

    kind: str
    revision: str | None
    files: int
    tests: int


class Verdict(msgspec.Struct, frozen=True):
    """Everything a report needs: the result of one scan after configuration and suppressions were applied.

    Attributes:
        snapshot: what was scanned.
        findings: in total order (path, line, column, code).
        gaps: in order of path and reason.
        suppressed: number of findings silenced by suppression comments and per-file ignores.
        score: the compliance score.
        notes: remarks that are neither findings nor gaps, such as submodules left alone.
        census: the tests in the files of each folder, those below it not included; folders without tests are left out.
        baselined: numbers of findings, by severity, that were known before and are tolerated.
        ignored: path and code of the findings that per-file ignores silenced, sorted.
    """

    snapshot: SnapshotInfo
    findings: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    suppressed: int
    score: Score
    notes: tuple[str, ...] = ()
    census: dict[str, Census] = {}
    baselined: dict[Severity, int] = {}
    ignored: tuple[tuple[str, str], ...] = ()
