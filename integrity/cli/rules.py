"""`integrity rules`: list the rules, or run their examples."""

from __future__ import annotations

import sys

import click

from integrity.cli.environment import width
from integrity.registry.loader import Registry, load


@click.command("rules")
@click.option("--verify", is_flag=True, help="Run every example of every rule in this installation.")
@click.option(
    "--output-format", type=click.Choice(["text", "json", "markdown"]), default="text", help="Format of the list."
)
def command(verify: bool, output_format: str) -> int:
    """List the rules of every installed pack."""
    registry = load()
    if verify:
        return _verify(registry)
    from integrity.registry import documentation

    renderers = {
        "text": lambda found: documentation.rules_list(found, width() if sys.stdout.isatty() else 0),
        "json": documentation.rules_json,
        "markdown": documentation.rules_table,
    }
    click.echo(renderers[output_format](registry), nl=False)
    return 0


def _verify(registry: Registry) -> int:
    """Print every fault of every example; the exit code is 1 when there is one."""
    from integrity.testing import verify

    faults = verify(registry)
    for fault in faults:
        click.echo(fault)
    examples = sum(len(loaded.valid) + len(loaded.invalid) for loaded in registry.rules)
    click.echo(f"{len(registry.rules)} rules, {examples} examples, {len(faults)} faults")
    return 1 if faults else 0
