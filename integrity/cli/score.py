"""`integrity score`: the compliance percentages, and on request their arithmetic."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from integrity.cli.environment import width
from integrity.cli.exitcode import announce_gates, exit_code, faults
from integrity.cli.options import announce, prepare, scanning
from integrity.cli.progress import progress
from integrity.gates import gates
from integrity.report import outputs


@click.command("score", short_help="Print the compliance score, and how it is made up.")
@scanning
@click.option("--explain", is_flag=True, help="Show the arithmetic, and the files whose repair gains most.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="Format of the report.")
def command(paths: tuple[Path, ...], staged: bool, rev: str | None, **options: Any) -> int:
    """Print the compliance score of PATHS (default: the current folder)."""
    prepared = prepare(paths, staged=staged, rev=rev, **options)
    announce(prepared, quiet=options["quiet"], verbose=options["verbose"])
    with prepared.cache, progress(quiet=options["quiet"]) as report:
        verdict = prepared.scan(report).verdict()
    if options["output_format"] == "json":
        outputs.deliver(verdict, [outputs.Output("json")], sys.stdout, outputs.Options(command="score"))
        announce_gates(verdict, prepared.config, quiet=options["quiet"])
    else:
        from integrity.report.scorecard import render

        failed = faults(verdict, prepared.config, allow_gaps=options["allow_gaps"])
        thresholds = gates(verdict.score, prepared.config)
        click.echo(render(verdict, thresholds, failed, explain=options["explain"], width=width()), nl=False)
    return exit_code(verdict, prepared.config, allow_gaps=options["allow_gaps"], exit_zero=options["exit_zero"])
