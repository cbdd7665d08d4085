"""`integrity init`: write a commented configuration and the hook stanza."""

from __future__ import annotations

from pathlib import Path

import click

from integrity.config import scaffold


@click.command("init", short_help="Write a configuration and a pre-commit stanza.")
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False, exists=True))
def command(folder: Path) -> int:
    """Write a configuration and a pre-commit stanza for FOLDER; nothing is ever overwritten."""
    for line in scaffold.write(scaffold.plan(folder)):
        click.echo(line)
    return 0
