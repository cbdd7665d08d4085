"""What reports may know beside the verdict, collected from the command line and the scan."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from integrity.cli.environment import use_color, width
from integrity.cli.exitcode import failures
from integrity.cli.gate import Gated
from integrity.cli.options import Prepared
from integrity.engine import Scan
from integrity.errors import IntegrityError, TargetError
from integrity.git.repository import Repository
from integrity.report.options import FILE_WIDTH, Options, Section
from integrity.snapshot.snapshot import Snapshot, take

INCLUDED = ("incident", "restore")


def report_options(prepared: Prepared, found: Gated, sections: Sequence[Section], options: dict[str, Any]) -> Options:
    """The options of every report of one scan.

    Args:
        prepared: the scan.
        found: its result, and what that was held against.
        sections: reports of other commands to include.
        options: those of the command line; `color` and `allow_gaps` are looked at.
    """
    unmet = failures(found.verdict, prepared.config, allow_gaps=options["allow_gaps"])
    return Options(
        width=width(),
        color=use_color(options["color"]),
        project=prepared.snapshot.root.name,
        failures=(*unmet, *found.unmet),
        failing=prepared.config.fail_severity,
        rules=prepared.registry.rules,
        base=found.compared,
        sections=sections,
        past=prepared.snapshot.in_repository,
        read=lambda paths: _contents(prepared.snapshot, paths),
    )


def included(scan: Scan, names: Sequence[str]) -> list[Section]:
    """The reports of other commands that were asked for; the cache must be open.

    Raises:
        TargetError: what is scanned is no work tree in a repository, or has no commit.
    """
    if not names:
        return []
    if scan.snapshot.kind != "worktree" or not scan.snapshot.in_repository:
        raise TargetError("--include needs the work tree of a git repository; leave --staged and --rev out")
    repository = Repository.discover(scan.snapshot.root)
    if repository is None:
        raise TargetError(f"{scan.snapshot.root} is not in a git repository, so there is no history to include")
    tellers = {"incident": _incident, "restore": _plan}
    return [tellers[name](scan, repository) for name in dict.fromkeys(names)]


def _incident(scan: Scan, repository: Repository) -> Section:
    from integrity.incident.assembly import Assembly
    from integrity.report.incident_text import render

    head = take([repository.root], rev=repository.resolve("HEAD"), exclude=scan.config.exclude)
    story = Assembly(replace(scan, snapshot=head), repository).story()
    return Section("Incident: who damaged what, and when", render(story, width=FILE_WIDTH))


def _plan(scan: Scan, repository: Repository) -> Section:
    from integrity.report.restore_text import render
    from integrity.restore.assembly import Assembly, Request

    plan = Assembly(scan, repository, Request()).plan()
    return Section("Restore: what history can bring back", render(plan, width=FILE_WIDTH))


def _contents(snapshot: Snapshot, paths: Collection[str]) -> dict[str, bytes]:
    """The scanned files among `paths` that can still be read, by path."""
    found: dict[str, bytes] = {}
    with snapshot.reader.open() as reader:
        for entry in snapshot.entries:
            if entry.path in paths:
                try:
                    found[entry.path] = reader.read(entry)
                except IntegrityError:  # an excerpt less; what could not be checked is a gap of the verdict already
                    continue
    return found
