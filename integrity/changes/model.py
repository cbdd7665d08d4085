"""A change as rules see it: files and tests before and after."""

from __future__ import annotations

import builtins
import enum
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from integrity.facts.profile import EMPTY, Check, FileProfile, FunctionProfile, LeftOut
from integrity.harness.model import HarnessSettings

_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_SHORTEST = 4
_COMMON = frozenset({*dir(builtins), *keyword.kwlist, "self", "test", "pytest", "raises", "parametrize", "fixture"})


def _parts(words: Iterable[str]) -> frozenset[str]:
    """The parts of names that say something, in lower case."""
    found = {part.lower() for word in words for part in _PART.findall(word)}
    return frozenset(part for part in found if len(part) >= _SHORTEST and part not in _COMMON)


class Kind(str, enum.Enum):
    """What a changed file is for."""

    TEST = "test"
    PRODUCTION = "production"
    DATA = "data"  # inputs and expected outputs of tests
    DEPENDENCY = "dependency"  # which versions of what are installed
    OTHER = "other"  # documents, settings of tools


class Withheld(NamedTuple):
    """A statement that is new, and the test files it keeps from running; none where it takes out single tests."""

    by: LeftOut
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class FilePair:
    """One file before and after; a path is "" on the side where there is no file.

    Attributes:
        before_path: relative to the root.
        after_path: likewise.
        before: its profile, empty for what is not Python.
        after: likewise.
        kind: what it is for, on the side where it exists, after before before.
        collected: whether a runner collects it by its name, before and after.
        python: whether it is Python.
        settings: what a file of configuration says about the harness of the tests, before and after.
        touched: words of the lines that only one of the sides has, for production code.
        undone: examples of doctests that were run and are skipped now, each with its line.
        withheld: what keeps tests of both sides from being collected that was not there before.
    """

    before_path: str
    after_path: str
    before: FileProfile = EMPTY
    after: FileProfile = EMPTY
    kind: Kind = Kind.PRODUCTION
    collected: tuple[bool, bool] = (False, False)
    python: bool = True
    touched: frozenset[str] = frozenset()
    settings: tuple[HarnessSettings, HarnessSettings] | None = None
    undone: tuple[tuple[str, int], ...] = ()
    withheld: tuple[Withheld, ...] = ()

    @property
    def path(self) -> str:
        """Where it is, or was."""
        return self.after_path or self.before_path


@dataclass(frozen=True, eq=False)
class Test:
    """A test of one side."""

    file: FilePair
    profile: FunctionProfile
    path: str

    @property
    def symbol(self) -> str:
        """How findings name it."""
        return self.profile.qualname

    @property
    def place(self) -> str:
        """Path and name."""
        return f"{self.path}::{self.profile.qualname.replace('.', '::')}"


@dataclass(frozen=True, eq=False)
class TestPair:
    """A test that exists on both sides, and what became of its oracles, those of helpers it calls included.

    Attributes:
        before: the test.
        after: likewise.
        checks: number of oracles that can fail the test, before and after.
        lost: oracles that are gone and stand nowhere else now, paired with the one in their place, if any.
        gained: oracles that are new.
        silenced: oracles that still stand and can no longer fail the test: before, after.
        guarded: oracles that now are reached only where they hold: before, after.
        passed: oracles that a return or `continue` passes over under more conditions now: before, after.
        opaque: whether it now calls something that may check for it and that nobody has looked into.
    """

    before: Test
    after: Test
    checks: tuple[int, int] = (0, 0)
    lost: tuple[tuple[Check, Check | None], ...] = ()
    gained: tuple[Check, ...] = ()
    silenced: tuple[tuple[Check, Check], ...] = ()
    guarded: tuple[tuple[Check, Check], ...] = ()
    passed: tuple[tuple[Check, Check], ...] = ()
    opaque: bool = False

    @property
    def same_body(self) -> bool:
        """Whether the body says the same, formatting aside."""
        return self.before.profile.tokens == self.after.profile.tokens


class Fate(str, enum.Enum):
    """What became of a test that no runner collects any more under any name."""

    LOST = "lost"
    WITH_SUBJECT = "with-subject"  # what it tested is gone, too
    FOLDED = "folded"  # its assertions stand in another test
    REPLACED = "replaced"  # new tests of the same file stand in its place
    COMMENTED = "commented"
    UNCOLLECTED = "uncollected"  # the function is still there, but not as a test
    BROKEN = "broken"  # the file no longer parses
    DUPLICATE = "duplicate"  # another test says the same


@dataclass(frozen=True, eq=False)
class Removed:
    """A test that is gone.

    Attributes:
        test: the test as it was.
        fate: what became of it.
        heir: the function that stands for it now, where there is one.
    """

    test: Test
    fate: Fate
    heir: Test | None = None


class Need(str, enum.Enum):
    """What is known of a module that tests are skipped without."""

    DECLARED = "declared"  # Python has it, or something in the project names or imports it
    OWN = "own"  # the project itself is or holds it
    ABSENT = "absent"  # nothing says that it is ever there


class Surroundings(NamedTuple):
    """What stands around the changed files, as far as the change makes it worth reading.

    Attributes:
        kept: the Python files that exist on both sides.
        settings: what every file of configuration says after the change, by path; where one of them changed.
        bystanders: files of tests that did not change, and may use what a changed fixture stands in for.
        bases: unchanged files of tests that hold base classes of classes which lost a test.
        needs: what is known of each module that tests are newly skipped without.
    """

    kept: frozenset[str] = frozenset()
    settings: Mapping[str, HarnessSettings] = {}
    bystanders: tuple[FilePair, ...] = ()
    bases: tuple[FilePair, ...] = ()
    needs: Mapping[str, Need] = {}


_NOTHING_AROUND = Surroundings()


@dataclass(frozen=True, eq=False)
class Change:
    """Everything that a change does to tests.

    Attributes:
        files: every changed file.
        pairs: tests on both sides, in changed files.
        removed: tests that are gone.
        added: tests that are new.
        around: what stands around the changed files.
        fixtures: fixtures on both sides, in changed files, paired as tests are.
        helpers: other functions on both sides that check for tests, likewise, where their bodies differ.
    """

    files: tuple[FilePair, ...] = ()
    pairs: tuple[TestPair, ...] = ()
    removed: tuple[Removed, ...] = ()
    added: tuple[Test, ...] = ()
    around: Surroundings = _NOTHING_AROUND
    fixtures: tuple[TestPair, ...] = ()
    helpers: tuple[TestPair, ...] = ()

    def of_kind(self, kind: Kind) -> Iterator[FilePair]:
        """The changed files of one kind."""
        return (one for one in self.files if one.kind is kind)

    @property
    def test_only(self) -> bool:
        """Whether nothing changed that could make a test change: no production code, no dependency."""
        return not any(one.kind in (Kind.PRODUCTION, Kind.DEPENDENCY) for one in self.files)

    @cached_property
    def touched(self) -> frozenset[str]:
        """The words, and parts of names, in the lines of production code that changed."""
        files = self.of_kind(Kind.PRODUCTION)
        return _parts(word for one in files for word in one.touched)

    def why(self, test: Test | None = None) -> str:
        """Why a weakened test is suspicious here, "" when there may be a reason.

        Args:
            test: the test; without one, only a change of tests alone is suspicious.
        """
        if self.test_only:
            return "no production file changed"
        if test is None or any(self.of_kind(Kind.DEPENDENCY)):
            return ""
        spoken = _parts({*test.profile.words, test.profile.name})
        return "nothing that it speaks of was touched in production code" if not spoken & self.touched else ""

    @property
    def balance(self) -> tuple[int, int]:
        """Numbers of tests lost for good and gained; folded and replaced ones are not lost."""
        harmless = (Fate.FOLDED, Fate.DUPLICATE)
        return sum(one.fate not in harmless for one in self.removed), len(self.added)
