"""`integrity restore`: plan, and on confirmation apply, the recovery of damaged files from git history."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import click

from integrity.cli.environment import use_color
from integrity.cli.options import announce, prepare, restoring
from integrity.cli.progress import progress
from integrity.errors import TargetError
from integrity.git.repository import Repository
from integrity.report.outputs import FILE_WIDTH
from integrity.restore.assembly import Assembly, Request
from integrity.restore.choice import STRATEGIES
from integrity.restore.plan import Plan

_DONE, _LEFT = 0, 1


@click.command("restore")
@restoring
@click.option("--dry-run", is_flag=True, help="Show the plan and stop.")
@click.option("--diff", is_flag=True, help="Show what would change in each file, too.")
@click.option("--from", "source", metavar="REV", default="", help="Take the versions of this revision.")
@click.option("--before", metavar="DATE", help="Only versions committed before this date (ISO 8601, UTC).")
@click.option("--strategy", type=click.Choice(STRATEGIES), default=STRATEGIES[0], help="Which healthy version to take.")
@click.option("--deleted", metavar="REV", default="", help="Bring back test files deleted since this revision instead.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="Format of the plan.")
def command(paths: tuple[Path, ...], **options: Any) -> int:
    """Bring damaged files of PATHS (default: the current folder) back from git history.

    The plan is always shown. Nothing is written before you agree, and everything is saved first.
    """
    repository = _repository(paths)
    request = Request(options["strategy"], options["source"], _moment(options["before"]), options["deleted"])
    prepared = prepare(paths, staged=False, rev="HEAD" if repository.bare else None, **options)
    announce(prepared, quiet=options["quiet"], verbose=options["verbose"])
    with prepared.cache, progress(quiet=options["quiet"]) as report:
        plan = Assembly(prepared.scan(report), repository, request).plan()
    _show(plan, options)
    return _LEFT if plan.items else _DONE


def _repository(paths: tuple[Path, ...]) -> Repository:
    """The repository around the paths.

    Raises:
        TargetError: there is none.
    """
    place = paths[0] if paths else Path()
    repository = Repository.discover(place)
    if repository is None:
        raise TargetError(f"{place} is not in a git repository, so there is no history to restore from")
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


def _show(plan: Plan, options: dict[str, Any]) -> None:
    if options["output_format"] == "json":
        from integrity.report.restore_contract import render as render_json

        click.echo(render_json(plan, applied=False, backup=None), nl=False)
        return
    from integrity.report.restore_text import render

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else FILE_WIDTH
    click.echo(render(plan, width=width, color=use_color(options["color"])), nl=False, color=True)
