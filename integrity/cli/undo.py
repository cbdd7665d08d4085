"""`integrity restore --undo` and `--resume`: back to what was there before a restore, or on to its end."""

from __future__ import annotations

from typing import Any

import click

from integrity.apply.apply import resume
from integrity.apply.backup import backups
from integrity.apply.undo import undo
from integrity.git.repository import Repository
from integrity.report.phrases import plural
from integrity.report.printable import printable

_DONE, _LEFT = 0, 1


def back_or_on(repository: Repository, options: dict[str, Any]) -> int:
    """Undo a restore, complete an interrupted one, or list what can be undone.

    Returns:
        The exit code: 1 when files were left alone because they have changed since.
    """
    if options["listed"]:
        return _list(repository)
    if options["resume"]:
        applied = resume(repository)
        click.echo(f"Completed: {plural(len(applied.paths), 'file')} written; {applied.backup} holds what was before.")
        return _DONE
    undone = undo(repository, options["backup"])
    click.echo(f"Brought back {plural(len(undone.restored), 'file')} as saved in {undone.backup}.")
    for path, why in undone.kept.items():
        click.echo(f"  left alone: {printable(path)}: {printable(why)}")
    return _LEFT if undone.kept else _DONE


def _list(repository: Repository) -> int:
    saved = backups(repository)
    if not saved:
        click.echo("There is nothing to undo.")
    for one in saved:
        click.echo(f"{one.ref}  {one.time:%Y-%m-%d %H:%M:%S} UTC  {plural(one.files, 'file')}  {one.state}")
    return _DONE
