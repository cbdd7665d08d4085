"""Options that several commands share, and what they mean."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from integrity.cache import Cache
from integrity.codeversion import code_version
from integrity.config.config import Config, code_faults, load, override
from integrity.config.detect import detect
from integrity.engine import Scan
from integrity.errors import ConfigError, UnreadableError
from integrity.examination import Progress
from integrity.git.repository import GitMissingError, Repository
from integrity.model import Severity
from integrity.registry.loader import Registry
from integrity.registry.loader import load as load_rules
from integrity.report.phrases import plural
from integrity.snapshot.selection import common_root, real
from integrity.snapshot.snapshot import Snapshot, take

_F = TypeVar("_F", bound=Callable[..., Any])

_WHAT = (
    click.argument("paths", nargs=-1, type=click.Path(path_type=Path)),
    click.option("--staged", is_flag=True, help="Check what is staged in the git index instead of the work tree."),
    click.option("--rev", metavar="REV", help="Check a revision, straight from the object store."),
)
_SELECTION = (
    click.option("--select", multiple=True, metavar="CODES", help="Rules to run: codes, prefixes, names or ALL."),
    click.option("--ignore", multiple=True, metavar="CODES", help="Rules to leave out."),
    click.option("--extend-select", multiple=True, metavar="CODES", help="Rules to run in addition."),
    click.option(
        "--exclude", multiple=True, metavar="GLOBS", help="Paths to leave out, replacing the configured ones."
    ),
    click.option("--extend-exclude", multiple=True, metavar="GLOBS", help="Paths to leave out in addition."),
    click.option("--per-file-ignores", multiple=True, metavar="GLOB:CODES", help="Rules to leave out in some files."),
)
_JOBS = click.option(
    "-j", "--jobs", type=click.IntRange(1, 512), metavar="N", help="Processes (default: one a processor)."
)
_FAIL_UNDER = click.option(
    "--fail-under", type=click.FloatRange(0, 100), metavar="PCT", help="Fail when the score is below."
)
_PLACES = (
    click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Read this configuration file."),
    click.option("--isolated", is_flag=True, help="Read no configuration file."),
    click.option("-n", "--no-cache", is_flag=True, help="Neither read nor write the cache."),
    click.option("--cache-dir", metavar="DIR", help="Where the cache lies (default .integrity_cache)."),
    _JOBS,
)
_GATES = (
    click.option(
        "--fail-severity",
        type=click.Choice([s.value for s in Severity]),
        help="Least severity that fails (default high).",
    ),
    _FAIL_UNDER,
    click.option("--allow-gaps", is_flag=True, help="Do not fail because something could not be checked."),
    click.option("-e", "--exit-zero", is_flag=True, help="Exit with 0 even when there are findings."),
)
_VOICE = (
    click.option("-q", "--quiet", is_flag=True, help="No progress and no notes on stderr."),
    click.option("-v", "--verbose", is_flag=True, help="Say on stderr what was read and what is checked."),
    click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colour the report."),
)
_SETTINGS = (*_PLACES, *_GATES, *_VOICE)


def scanning(command: _F) -> _F:
    """Add the arguments and options of a command that scans."""
    for decorate in reversed((*_WHAT, *_SELECTION, *_SETTINGS)):
        command = decorate(command)
    return command


def restoring(command: _F) -> _F:
    """Add the arguments and options of a command that looks for damage in a work tree and its history."""
    for decorate in reversed((_WHAT[0], *_SELECTION, *_SETTINGS)):
        command = decorate(command)
    return command


def comparing(command: _F) -> _F:
    """Add the options of a command that compares two versions."""
    settings = [one for one in _SETTINGS if one not in (_JOBS, _FAIL_UNDER)]
    for decorate in reversed((*_SELECTION, *settings)):
        command = decorate(command)
    return command


def judging(command: _F) -> _F:
    """Add the options of a command that judges, without paths of its own and without a gate."""
    for decorate in reversed((*_SELECTION, *_PLACES, *_VOICE)):
        command = decorate(command)
    return command


@dataclass(frozen=True)
class Prepared:
    """A scan ready to run, with the configuration it runs under."""

    config: Config
    registry: Registry
    snapshot: Snapshot
    cache: Cache
    jobs: int

    def scan(self, progress: Progress) -> Scan:
        """The scan; the cache must be open."""
        return Scan(self.snapshot, self.config, self.registry, self.cache, self.jobs, progress)


def prepare(paths: Sequence[Path], *, staged: bool, rev: str | None, **options: Any) -> Prepared:
    """Read the configuration and the rules, and list what is to be checked.

    Raises:
        IntegrityError: anything a user can mend.
    """
    if staged and rev:
        raise click.UsageError("--staged and --rev exclude each other")
    start, root = _place(paths)
    registry = load_rules()
    config = configured(start, root, registry, options)
    snapshot = take(paths, staged=staged, rev=rev, exclude=config.exclude, max_file_size=config.max_file_size)
    config = detected(config, root, snapshot)
    folder = None if options["no_cache"] else cache_folder(snapshot, config)
    return Prepared(
        config, registry, snapshot, Cache(folder, code_version(registry)), options["jobs"] or default_jobs()
    )


def announce(prepared: Prepared, *, quiet: bool, verbose: bool, told: bool = False) -> None:
    """Say on standard error what was left alone, and on request what was read.

    Args:
        prepared: what is to be checked.
        quiet: say nothing unless asked to.
        verbose: whether that was asked for.
        told: whether the report itself says what was left alone.
    """
    if verbose:
        click.echo(f"integrity: configuration: {prepared.config.source or 'none, defaults hold'}", err=True)
        click.echo(
            f"integrity: {len(prepared.registry.rules)} rules, version {prepared.registry.version[:12]}", err=True
        )
        click.echo(
            f"integrity: {plural(len(prepared.snapshot.entries), 'file')} below {prepared.snapshot.root}", err=True
        )
        jobs = "1 process" if prepared.jobs == 1 else f"{prepared.jobs} processes"
        click.echo(f"integrity: {jobs}, {prepared.cache}", err=True)
    for note in () if quiet else (*prepared.config.notes, *(() if told else prepared.snapshot.notes)):
        click.echo(f"integrity: note: {note}", err=True)


def _place(paths: Sequence[Path]) -> tuple[Path, Path]:
    """The folder to look for a configuration in, and the folder to stop at.

    Raises:
        GitError: git refuses the repository.
        TargetError: outside git, the paths have no folder in common.
    """
    targets = [real(path) for path in paths or (Path(),)]
    start = targets[0] if targets[0].is_dir() else targets[0].parent
    try:
        repository = Repository.discover(start)
    except GitMissingError:
        repository = None
    return start, repository.root if repository else common_root(targets)


def cache_folder(snapshot: Snapshot, config: Config) -> Path | None:
    """Where the cache lies; nowhere when git tracks it: the scanned repository must not bring its own verdict."""
    folder = snapshot.root / config.cache_dir
    if not snapshot.in_repository:
        return folder
    repository = Repository.discover(snapshot.root)
    if repository is None or repository.bare or repository.tracks(config.cache_dir):
        return None
    return folder


def configured(
    start: Path, root: Path, registry: Registry, options: dict[str, Any], base: Config | None = None
) -> Config:
    """The configuration in force, as far as file and flags set it; `detected` fills in the rest.

    Args:
        start: the folder to look for a file in.
        root: the folder to stop at.
        registry: the rules.
        options: those of the command line.
        base: the configuration to take when no flag names another one.

    Raises:
        ConfigError: every fault of file and flags.
    """
    chosen = options["config"] or options["isolated"]
    config = base if base and not chosen else load(start, root, options["config"], isolated=options["isolated"])
    names = ("select", "ignore", "extend_select", "exclude", "extend_exclude", "per_file_ignores", "fail_severity",
             "fail_under", "cache_dir")  # fmt: skip
    config = override(config, **{name: options.get(name) for name in names})
    faults = code_faults(config, registry.codes)
    if faults:
        raise ConfigError(faults)
    return config


def detected(config: Config, root: Path, snapshot: Snapshot) -> Config:
    """The configuration with what the checked version itself says to pytest and to its build tool.

    Args:
        config: what is set.
        root: the folder of the work tree, which speaks for itself.
        snapshot: what is checked; an index or a revision need not say what the work tree says.
    """
    files = {one.path: one for one in (*snapshot.harness, *snapshot.harness_around)}
    if snapshot.kind == "worktree":
        return detect(root, config, paths=files)
    with snapshot.reader.open() as reader:

        def read(name: str) -> bytes | None:
            try:
                return reader.read(files[name]) if name in files else None
            except UnreadableError as error:
                raise OSError(0, str(error)) from error

        return detect(root, config, read, files)


def default_jobs() -> int:
    """The number of processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
