"""`integrity explain`: a rule's documentation."""

from __future__ import annotations

import click

from integrity.cli.environment import fitted
from integrity.registry.documentation import explain, explain_many, lookup
from integrity.registry.loader import load


@click.command("explain", short_help="Explain rules: what they find, why, and what to do instead.")
@click.argument("codes", nargs=-1, metavar="CODE...")
@click.option("--all", "everything", is_flag=True, help="Explain every rule.")
def command(codes: tuple[str, ...], everything: bool) -> int:
    """Explain rules, by code or name: what they find, why it matters, what to do instead."""
    if not codes and not everything:
        raise click.UsageError("name a rule, as in `integrity explain COR001`, or use --all")
    registry = load()
    if everything:
        click.echo(fitted(explain_many(registry.rules)), nl=False)
    else:
        click.echo(fitted("\n".join(explain(lookup(registry, code)) for code in codes)), nl=False)
    return 0
