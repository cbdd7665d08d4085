"""The story of the damage in a history; plain data for the reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from integrity.git.log import Commit
from integrity.git.messages import Message
from integrity.incident.state import Pattern

BROUGHT, REWROTE, SPREAD = "brought", "rewrote", "spread"
STANDING, REPAIRED, OVERWRITTEN, DELETED, UNKNOWN = "standing", "repaired", "overwritten", "deleted", "unknown"
ENDS = (STANDING, REPAIRED, OVERWRITTEN, DELETED, UNKNOWN)


_DAY = 86_400  # seconds


class Fate(NamedTuple):
    """What became of damage.

    Attributes:
        end: one of `ENDS`: it stands in the head; a sound version with the tests took its place, or one without most
            of them; the file was removed; or the history does not tell.
        path: where the damage lay at last, after moves.
        order: place in the log of the commit that ended it, -1 when none did.
    """

    end: str
    path: str
    order: int = -1


class Outcome(NamedTuple):
    """What became of some of the damage.

    Attributes:
        end: one of `ENDS`.
        commits: the place in the log of each commit that ended it (-1: none did), with the number of times, most first.
    """

    end: str
    commits: list[tuple[int, int]]

    @property
    def files(self) -> int:
        """How often damage ended so."""
        return sum(number for _, number in self.commits)


class Harm(NamedTuple):
    """What one commit did to one file.

    Attributes:
        order: place of the commit in the log.
        path: relative to the root.
        kind: "brought" damage into a sound or new file, "rewrote" damage into other damage, as when text that does not
            parse is commented out, or "spread" it by copying a damaged file.
        patterns: the damage that was not there before.
        origin: for "spread", where the damaged content lay before; else "".
        tests_before: number of live tests.
        tests_after: number of live tests.
        named: number of tests named in the damaged text.
        fate: what became of it.
    """

    order: int
    path: str
    kind: str
    patterns: tuple[Pattern, ...]
    origin: str = ""
    tests_before: int = 0
    tests_after: int = 0
    named: int = 0
    fate: Fate = Fate(UNKNOWN, "")

    @property
    def tests_lost(self) -> int:
        """Live tests before that are not live after."""
        return max(0, self.tests_before - self.tests_after)


@dataclass(frozen=True)
class Deed:
    """The damage of one commit.

    Attributes:
        commit: who, when and why.
        harms: one a file, in order of path.
        message: the rest of what the commit says, None when it cannot be read.
        tools: names of the tools that had a part in it, as far as the commit says.
    """

    commit: Commit
    harms: Sequence[Harm]
    message: Message | None = None
    tools: tuple[str, ...] = ()

    @property
    def tests_lost(self) -> int:
        """Live tests before that are not live after."""
        return sum(harm.tests_lost for harm in self.harms)


@dataclass(frozen=True)
class Wave:
    """Commits of one author within minutes of each other that damaged files in the same way.

    Attributes:
        deeds: newest first.
    """

    deeds: Sequence[Deed]

    @property
    def harms(self) -> list[Harm]:
        """The damage of all of them."""
        return [harm for deed in self.deeds for harm in deed.harms]

    @property
    def files(self) -> int:
        """Number of files damaged."""
        return len({harm.path for harm in self.harms})

    @property
    def tests_lost(self) -> int:
        """Live tests before that are not live after."""
        return sum(deed.tests_lost for deed in self.deeds)

    @property
    def named(self) -> int:
        """Number of tests named in the damaged texts."""
        return sum({harm.path: harm.named for harm in self.harms}.values())

    @property
    def first(self) -> Commit:
        """The oldest commit."""
        return self.deeds[-1].commit

    @property
    def last(self) -> Commit:
        """The newest commit."""
        return self.deeds[0].commit

    @property
    def kinds(self) -> Counter[str]:
        """How many files were damaged in which way."""
        return Counter(harm.kind for harm in self.harms)

    @property
    def patterns(self) -> list[tuple[Pattern, int]]:
        """The damage and in how many files it was brought in, the most frequent first."""
        return ranked(Counter(one._replace(python_2=False) for harm in self.harms for one in harm.patterns))

    @property
    def tools(self) -> tuple[str, ...]:
        """The tools named by any of them."""
        return tuple(dict.fromkeys(tool for deed in self.deeds for tool in deed.tools))

    @property
    def outcomes(self) -> list[Outcome]:
        """What became of the damage, one an end, in the order of `ENDS`."""
        counted: dict[str, Counter[int]] = {}
        for harm in self.harms:
            counted.setdefault(harm.fate.end, Counter())[harm.fate.order] += 1
        return [Outcome(end, _most(counted[end])) for end in ENDS if end in counted]


class Script(NamedTuple):
    """A file whose live text names a marker.

    Attributes:
        path: relative to the root.
        marker: what it names.
        line: 1-based, of the first place.
        added: the commit that brought the path in, None when it is not known.
        before: whether it named the marker when the first damage behind it was done.
        delay: how long after that damage the path was brought in, in seconds; None if it was there, or is not known.
        present: whether the head holds it.
    """

    path: str
    marker: str
    line: int
    added: Commit | None
    before: bool
    delay: int | None
    present: bool

    @property
    def likely(self) -> bool:
        """Whether it may have done the damage: it named the marker then, or came within a day, as scripts often do."""
        return self.before or (self.delay is not None and self.delay <= _DAY)


@dataclass(frozen=True)
class Story:
    """Everything that is told.

    Attributes:
        head: the id of the commit whose history was read.
        commits: that history, newest first; orders are places in it.
        waves: the damage, newest first.
        scripts: the likely culprits first.
        examined: number of versions that were judged.
        unread: number of versions that could not be.
        standing: the files of the head that are damaged, sorted.
        since: from when on commits were looked at, "" for all.
        notes: what holds for the whole, such as a history that is not complete.
    """

    head: str
    commits: Sequence[Commit]
    waves: Sequence[Wave]
    scripts: Sequence[Script] = ()
    examined: int = 0
    unread: int = 0
    standing: Sequence[str] = ()
    since: str = ""
    notes: Sequence[str] = ()

    @property
    def deeds(self) -> list[Deed]:
        """The damage, commit by commit, newest first."""
        return sorted((deed for wave in self.waves for deed in wave.deeds), key=lambda deed: deed.harms[0].order)

    @property
    def harms(self) -> list[Harm]:
        """The damage, file by file."""
        return [harm for wave in self.waves for harm in wave.harms]

    @property
    def files(self) -> int:
        """Number of files ever damaged."""
        return len({harm.path for harm in self.harms})

    @property
    def tests_lost(self) -> int:
        """Live tests lost; those of a file that lost some more than once are counted as often as it lost most."""
        most: dict[str, int] = {}
        for harm in self.harms:
            most[harm.path] = max(most.get(harm.path, 0), harm.tests_lost)
        return sum(most.values())

    @property
    def ends(self) -> Counter[str]:
        """How many files met which end in the end; copies and moved files count where they lay at last."""
        return Counter({harm.fate.path: harm.fate.end for harm in sorted(self.harms, key=_oldest_first)}.values())

    @property
    def end(self) -> int:
        """The time of the head, up to which damage that stands has stood; seconds since 1970."""
        return self.commits[0].time if self.commits else 0

    def stood(self, harm: Harm) -> int | None:
        """How long damage stood, in seconds; None when the history does not tell."""
        if harm.fate.end == UNKNOWN:
            return None
        until = self.commits[harm.fate.order].time if harm.fate.order >= 0 else self.end
        return max(0, until - self.commits[harm.order].time)


def _oldest_first(harm: Harm) -> int:
    return -harm.order


def _most(counted: Counter[int]) -> list[tuple[int, int]]:
    """The most frequent first, then the newest; places in the log grow with age."""
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))


def ranked(counted: Counter[Pattern]) -> list[tuple[Pattern, int]]:
    """The most frequent first; ties in order of code and marker."""
    return sorted(counted.items(), key=lambda one: (-one[1], one[0]))
