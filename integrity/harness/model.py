"""What a file of configuration says about how the tests are run. Plain data that can be stored and compared."""

from __future__ import annotations

import msgspec

from integrity.facts.model import Suppression
from integrity.model import Span


class Setting(msgspec.Struct, frozen=True, array_like=True):
    """One value of one setting; a list is as many of them as it has items, and `addopts` as many as it has words.

    Attributes:
        name: of pytest's settings their own name ("addopts", "testpaths", "xfail_strict", ...); of coverage's
            "fail_under", "omit", "exclude_lines"; "env" for a variable of the environment, as in "PYTHONOPTIMIZE=1".
        value: as text.
        span: its place.
    """

    name: str
    value: str
    span: Span


class TestCommand(msgspec.Struct, frozen=True, array_like=True):
    """A command that runs tests.

    Attributes:
        words: its words, quotes removed.
        span: its place.
        where: the CI job, tox environment, make target or script task that it belongs to, "" when to the whole file.
        swallowed: how its failure is lost, "" when it is not.
        certain: whether it is certainly lost.
        optional: whether the names around it say that it may fail, as "nightly" does.
        environment: variables set for it, as in "PYTHONOPTIMIZE=1".
    """

    __test__ = False

    words: tuple[str, ...]
    span: Span
    where: str = ""
    swallowed: str = ""
    certain: bool = True
    optional: bool = False
    environment: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The command as one line."""
        return " ".join(self.words)


class HarnessSettings(msgspec.Struct, frozen=True, array_like=True):
    """What a file says, in order of place.

    Attributes:
        settings: every value that concerns tests or coverage.
        commands: every command that runs tests.
        calls: every other command word by word that may call a script or a target, as ("make", "check").
    """

    settings: tuple[Setting, ...] = ()
    commands: tuple[TestCommand, ...] = ()
    calls: tuple[tuple[str, ...], ...] = ()

    def values(self, name: str) -> tuple[str, ...]:
        """The values of a setting, in order."""
        return tuple(one.value for one in self.settings if one.name == name)


class HarnessFacts(msgspec.Struct, frozen=True, array_like=True):
    """Everything known of one file of configuration.

    Attributes:
        settings: what it says.
        suppressions: its suppression comments.
        problem: why it cannot be read, "" when it can.
    """

    settings: HarnessSettings = HarnessSettings()
    suppressions: tuple[Suppression, ...] = ()
    problem: str = ""

    @property
    def counted(self) -> bool:
        """Whether there was anything to check in it."""
        return bool(self.settings.settings or self.settings.commands or self.suppressions)
