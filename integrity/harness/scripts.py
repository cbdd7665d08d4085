"""From shell commands to the commands that run tests, and the settings that stand in their words."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from integrity.harness.model import HarnessSettings, Setting, TestCommand
from integrity.harness.runners import runs_tests
from integrity.harness.shell import Options, ShellCommand, commands
from integrity.model import Span

_WORTH_READING = re.compile(r"test|tox|nox|check|trial|coverage|behave|stestr|green|ward", re.IGNORECASE)
_OPTIONAL = re.compile(
    r"experiment|nightly|upstream|optional|allow[-_ ]?(?:ed|fail)|canary|preview|bench|flaky|perf|beta|alpha|\brc\d*\b"
    r"|pre-?release|\bdev\b|[-_]dev\b|latest|mutation|free-?thread|nogil|pypy|informational|non-?blocking|unstable",
    re.IGNORECASE,
)

Place = Callable[[ShellCommand], Span]


@dataclass
class Collected:
    """What has been read of a file so far."""

    settings: list[Setting] = field(default_factory=list)
    commands: list[TestCommand] = field(default_factory=list)
    calls: list[tuple[str, ...]] = field(default_factory=list)

    def add_script(
        self,
        script: str,
        options: Options,
        place: Place,
        *,
        where: str = "",
        lost: str = "",
        names: Iterable[str] = (),
        environment: Iterable[str] = (),
    ) -> None:
        """Read a script.

        Args:
            script: of a shell.
            options: what the shell is told.
            place: tells the place of a command in the file.
            where: what the script belongs to.
            lost: how its failure as a whole is lost, "" when it is not.
            names: of everything around it, which may say that it may fail.
            environment: variables set around it.
        """
        if not _WORTH_READING.search(script):
            return
        optional = any(map(_OPTIONAL.search, names))
        for one in commands(script, options):
            if not runs_tests(one.words):
                self.calls.append(one.words)
                continue
            found = TestCommand(
                one.words,
                place(one),
                where,
                one.swallowed or lost,
                one.certain if one.swallowed else True,
                optional,
                (*environment, *one.environment),
            )
            self.commands.append(found)

    def add_words(
        self, words: tuple[str, ...], span: Span, *, where: str, lost: str = "", environment: tuple[str, ...] = ()
    ) -> None:
        """Read a command that no shell sees, unless it hands a script to one."""
        text = shlex.join(words)
        if any(word.rpartition("/")[2] in ("sh", "bash") for word in words):
            self.add_script(
                text, Options(), lambda _one: span, where=where, lost=lost, names=(where,), environment=environment
            )
        elif runs_tests(words):
            optional = bool(_OPTIONAL.search(where))
            self.commands.append(TestCommand(words, span, where, lost, optional=optional, environment=environment))
        else:
            self.calls.append(words)

    def add(self, name: str, values: Iterable[tuple[str, Span]]) -> None:
        """Note the values of a setting."""
        self.settings += [Setting(name, value, span) for value, span in values]

    def done(self) -> HarnessSettings:
        """Everything, in order of place."""
        return HarnessSettings(
            tuple(sorted(self.settings, key=lambda one: (one.span, one.name, one.value))),
            tuple(sorted(self.commands, key=lambda one: (one.span, one.words))),
            tuple(dict.fromkeys(self.calls)),
        )


def is_optional(*names: str) -> bool:
    """Whether one of some names says that a failure is allowed."""
    return any(map(_OPTIONAL.search, names))


def shell_lines(text: str) -> Iterator[tuple[int, str]]:
    """The numbered lines of a text, those that end in a backslash joined with the next ones."""
    start, joined = 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        start = start or number
        if line.endswith("\\"):
            joined += line[:-1] + " "
            continue
        yield start, joined + line
        start, joined = 0, ""
    if joined:
        yield start, joined
