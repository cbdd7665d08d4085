"""The harness of a repository as rules get it: its files of configuration, and the paths around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from integrity.harness.kinds import Kind
from integrity.harness.model import HarnessSettings, Setting, TestCommand

CI = frozenset({Kind.GITHUB, Kind.ACTION, Kind.GITLAB, Kind.AZURE, Kind.CIRCLE})

_PRECEDENCE = (Kind.PYTEST_TOML, Kind.PYTEST_INI, Kind.PYPROJECT, Kind.TOX_INI, Kind.SETUP_CFG)
_OF_PYTEST = frozenset({"addopts", "testpaths", "python_files", "python_classes", "python_functions", "norecursedirs"})


@dataclass(frozen=True)
class HarnessFile:
    """A file of configuration.

    Attributes:
        path: relative to the root of the repository.
        kind: what reads it.
        settings: what it says.
    """

    path: str
    kind: Kind
    settings: HarnessSettings

    @property
    def folder(self) -> str:
        """The folder it lies in, "" for the root."""
        return self.path.rpartition("/")[0]


@dataclass(frozen=True)
class Harness:
    """The harness of a repository.

    Attributes:
        files: those that could be read, in order of path.
        paths: every path of the repository.
    """

    files: tuple[HarnessFile, ...]
    paths: tuple[str, ...] = ()

    @cached_property
    def ci(self) -> tuple[HarnessFile, ...]:
        """The files that CI reads."""
        return tuple(file for file in self.files if file.kind in CI)

    @cached_property
    def pytest(self) -> tuple[HarnessFile, ...]:
        """The files that pytest takes its settings from: one a folder, by its order of precedence."""
        best: dict[str, HarnessFile] = {}
        for file in self.files:
            if file.kind in _PRECEDENCE and _configures_pytest(file):
                other = best.get(file.folder)
                if other is None or _PRECEDENCE.index(file.kind) < _PRECEDENCE.index(other.kind):
                    best[file.folder] = file
        return tuple(best[folder] for folder in sorted(best))

    @cached_property
    def called(self) -> frozenset[str]:
        """The words that CI calls programs with, among them names of scripts, targets and environments."""
        return frozenset(
            word.removeprefix("./")
            for file in self.ci
            for words in (*file.settings.calls, *(one.words for one in file.settings.commands))
            for word in words
        )

    def commands(self, files: Iterable[HarnessFile] | None = None) -> Iterator[tuple[HarnessFile, TestCommand]]:
        """Every command that runs tests, with its file."""
        for file in self.files if files is None else files:
            yield from ((file, command) for command in file.settings.commands)

    def options(self) -> Iterator[tuple[HarnessFile, Setting]]:
        """The words of `addopts` that pytest takes, and those that CI gives it by `PYTEST_ADDOPTS`."""
        for file in self.pytest:
            yield from ((file, one) for one in file.settings.settings if one.name == "addopts")
        for file in self.files:
            for one in file.settings.settings:
                if one.name == "env" and one.value.startswith("PYTEST_ADDOPTS="):
                    words = one.value.partition("=")[2].split()
                    yield from ((file, Setting("addopts", word, one.span)) for word in words)

    def runs_in_ci(self, file: HarnessFile, command: TestCommand) -> bool:
        """Whether CI runs a command: it says so itself, or calls the script, target or environment that it is of."""
        if file.kind in CI:
            return True
        if file.kind is Kind.SHELL:
            return any(word.endswith(file.path) or word == file.path.rpartition("/")[2] for word in self.called)
        names = {part for word in self.called for part in word.split(",")}
        if command.where == "testenv":
            return bool({"tox"} & self.called)
        return command.where in names


def _configures_pytest(file: HarnessFile) -> bool:
    if file.kind in (Kind.PYTEST_INI, Kind.PYTEST_TOML):
        return True
    return any(one.name in _OF_PYTEST for one in file.settings.settings)
