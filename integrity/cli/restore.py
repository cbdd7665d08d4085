"""`integrity restore`: plan, and on confirmation apply, the recovery of damaged files from git history."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import click

from integrity.apply.apply import apply
from integrity.apply.change import Applied, Change
from integrity.apply.refusal import refusals
from integrity.cli.environment import use_color, width
from integrity.cli.options import Prepared, announce, prepare, restoring
from integrity.cli.progress import progress
from integrity.errors import TargetError
from integrity.git.repository import Repository
from integrity.model import Verdict
from integrity.report.phrases import plural
from integrity.restore.assembly import Assembly, Request, withhold
from integrity.restore.choice import STRATEGIES
from integrity.restore.plan import UNRESTORABLE, Item, Plan
from integrity.restore.proof import COLLECT, collect, gain
from integrity.snapshot.selection import real, relative

_DONE, _LEFT = 0, 1
_DIRTY = ": commit them, or write the file all the same with --include-dirty"


@click.command("restore", short_help="Bring damaged files back from git history.")
@restoring
@click.option("--dry-run", is_flag=True, help="Show the plan and stop.")
@click.option("--diff", is_flag=True, help="Show what would change in each file, too.")
@click.option("-y", "--yes", is_flag=True, help="Apply the plan without asking.")
@click.option("--stage", is_flag=True, help="Add the result to the git index, too.")
@click.option("--include-dirty", is_flag=True, help="Also write files that have uncommitted changes.")
@click.option("--from", "source", metavar="REV", default="", help="Take the versions of this revision.")
@click.option("--before", metavar="DATE", help="Only versions committed before this date (ISO 8601, UTC).")
@click.option("--strategy", type=click.Choice(STRATEGIES), default=STRATEGIES[0], help="Which healthy version to take.")
@click.option("--prefer", type=click.Choice(["neither", "healthy"]), default="neither",
              help="What to take where later edits collide with the healthy version.")  # fmt: skip
@click.option("--deleted", metavar="REV", default="", help="Bring back test files deleted since this revision instead.")
@click.option(
    "--skeleton", is_flag=True, help="Write a failing test for each lost one of files without a healthy past."
)
@click.option("--verify", is_flag=True, help="Let pytest collect the restored files (runs code of the repository).")
@click.option("--verify-command", default=COLLECT, metavar="CMD", help="Collect with this command instead.")
@click.option("--undo", is_flag=True, help="Bring back everything as it was before the last restore.")
@click.option("--resume", is_flag=True, help="Complete a restore that was interrupted, without planning again.")
@click.option("--backup", metavar="REF", help="With --undo: go back to this saved state instead of the last one.")
@click.option("--list", "listed", is_flag=True, help="With --undo: show what can be undone, and stop.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="Format of the plan.")
def command(paths: tuple[Path, ...], **options: Any) -> int:
    """Bring damaged files of PATHS (default: the current folder) back from git history.

    The plan is always shown. Nothing is written before you agree, and everything that changes is saved first, so that
    --undo brings it back. HEAD and branches never move.

    Exit codes: 0 all done or nothing to do, 1 something is left, 2 error.
    """
    repository = _repository(paths)
    if options["undo"] or options["listed"] or options["resume"]:
        from integrity.cli.undo import back_or_on

        return back_or_on(repository, options)
    return _Restore(repository, paths, options).run()


@dataclass(frozen=True)
class _Restore:
    """One run of the command."""

    repository: Repository
    paths: tuple[Path, ...]
    options: dict[str, Any]

    def run(self) -> int:
        """Plan, show, ask, apply, prove."""
        prepared = self._prepared()
        announce(prepared, quiet=self.options["quiet"], verbose=self.options["verbose"])
        with prepared.cache, progress(quiet=self.options["quiet"]) as report:
            scan = prepared.scan(report)
            plan = Assembly(scan, self.repository, self._request()).plan(self._wanted())
            before = scan.verdict() if prepared.snapshot.entries else None
        plan = self._allowed(plan)
        if not self._json:
            self._show(plan)
        changes = [*_changes(plan), *self._skeletons(plan)]
        if not changes or self.options["dry_run"] or self.repository.bare or not self._agreed(len(changes)):
            self._report(plan, None)
            return _LEFT if plan.items else _DONE
        applied = apply(self.repository, changes, stage=self.options["stage"], now=datetime.now(timezone.utc))
        self._report(plan, applied)
        failed = self._prove(plan, applied, before)
        return _LEFT if failed or len(plan.doable) < len(plan.items) else _DONE

    @property
    def _json(self) -> bool:
        return bool(self.options["output_format"] == "json")

    def _prepared(self) -> Prepared:
        present = tuple(path for path in self.paths if path.exists() or not self.options["deleted"])
        rev = "HEAD" if self.repository.bare else None
        return prepare(present or (() if self.repository.bare else (self.repository.root,) if self.paths else ()),
                       staged=False, rev=rev, **self.options)  # fmt: skip

    def _request(self) -> Request:
        options = self.options
        return Request(
            options["strategy"],
            options["source"],
            _moment(options["before"]),
            over_edits=options["prefer"] == "healthy",
            deleted_since=options["deleted"],
        )

    def _wanted(self) -> list[str]:
        """The paths asked for, relative to the root."""
        if self.repository.bare:
            return [""]
        root = real(self.repository.root)
        return [relative(real(path), root) for path in self.paths or (Path(),)]

    def _allowed(self, plan: Plan) -> Plan:
        """The plan without what must not be written."""
        if self.repository.bare:
            return replace(plan, notes=(*plan.notes, "the repository is bare: apply the plan in a work tree of it"))
        paths = [item.path for item in plan.doable]
        found = refusals(self.repository, paths, include_dirty=self.options["include_dirty"])
        lasting = refusals(self.repository, paths, include_dirty=True) if found else {}
        return withhold(plan, {path: why if path in lasting else why + _DIRTY for path, why in found.items()})

    def _show(self, plan: Plan) -> None:
        """Every change, if asked for, then the plan, so that its totals stand above the question or the next steps."""
        from integrity.report.restore_text import next_steps, render

        color = use_color(self.options["color"])
        if self.options["diff"]:
            from integrity.report.restore_diff import render as render_diff

            for item in plan.doable:
                click.echo(render_diff(item, color=color), color=color)
        click.echo(render(plan, width=width(), color=color), nl=False, color=color)
        if self.options["dry_run"] and not self.repository.bare:
            steps = next_steps(plan, diff=self.options["diff"], width=width(), color=color)
            click.echo(steps, nl=False, color=color)

    def _agreed(self, files: int) -> bool:
        """Whether to go on; asked on a terminal, to be said with --yes elsewhere."""
        if self.options["yes"]:
            return True
        if not sys.stdin.isatty():
            click.echo("integrity: nothing was written; add --yes to apply the plan", err=True)
            return False
        return click.confirm(f"\nWrite {plural(files, 'file')}? Everything is saved first", err=True)

    def _report(self, plan: Plan, applied: Applied | None) -> None:
        if self._json:
            from integrity.report.restore_contract import render

            click.echo(render(plan, applied=applied is not None, backup=applied.backup if applied else None), nl=False)

    def _prove(self, plan: Plan, applied: Applied, before: Verdict | None) -> bool:
        """Scan again and print the gain; whether a restored file could not be collected."""
        after = self._verdict()
        color = use_color(self.options["color"])
        if before and not self._json:
            from integrity.report.restore_proof import commit_message, render

            measured = gain(len(applied.paths), before, after)
            click.echo("\n" + render(measured, applied.backup, width=width(), color=color), nl=False, color=color)
            click.echo(f"\nA message for the commit:\n\n{commit_message(plan.doable)}", nl=False)
        return self._verify(plan.doable) if self.options["verify"] else False

    def _verdict(self) -> Verdict:
        prepared = self._prepared()
        with prepared.cache, progress(quiet=self.options["quiet"]) as report:
            return prepared.scan(report).verdict()

    def _verify(self, items: Iterable[Item]) -> bool:
        from integrity.report.restore_proof import render_collected

        paths = [item.path for item in items if item.tests_after]
        failed = collect(self.repository.root, paths, self.options["verify_command"])
        color = use_color(self.options["color"])
        text = render_collected(len(paths), failed, width=width(), color=color)
        click.echo("\n" + text, nl=False, color=color, err=self._json)
        return bool(failed)

    def _skeletons(self, plan: Plan) -> list[Change]:
        """Modules with a failing test for each test that no history can bring back, if they were asked for."""
        if not self.options["skeleton"]:
            return []
        from integrity.restore.skeleton import skeleton

        root, changes = self.repository.root, list[Change]()
        for item in plan.items:
            if item.action == UNRESTORABLE and item.lost:
                culprit = item.damaged_by.id[:10] if item.damaged_by else "an uncommitted change"
                path, text = skeleton(item.path, item.lost, culprit, lambda path: (root / path).exists())
                click.echo(f"integrity: {path} will hold {plural(len(item.lost), 'failing test')}", err=True)
                changes.append(Change(path, text.encode(), 0o100644, None))
        return changes


def _changes(plan: Plan) -> list[Change]:
    """What applying the plan writes."""
    return [Change(item.path, item.after, _mode(item), item.before) for item in plan.doable if item.after is not None]


def _mode(item: Item) -> int | None:
    """The mode of a file that comes back; None keeps the one it has."""
    if item.before is not None or item.source is None or not item.source.mode:
        return None
    return int(item.source.mode, 8)


def _repository(paths: tuple[Path, ...]) -> Repository:
    """The repository around the paths.

    Raises:
        TargetError: there is none.
    """
    place = paths[0] if paths else Path()
    repository = Repository.discover(place)
    if repository is None:
        raise TargetError(f"{Path.cwd() / place} is not in a git repository, so there is no history to restore from")
    return repository


def _moment(text: str | None) -> float | None:
    """A date in seconds since 1970.

    Raises:
        click.UsageError: it is no date.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise click.UsageError(
            f"--before {text!r} is no date; write it as 2025-09-06 or 2025-09-06T12:00:00Z"
        ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()
