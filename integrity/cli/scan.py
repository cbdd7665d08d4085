"""`integrity scan`: check a work tree, the index or a revision."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from integrity.cli.environment import active_environment, step_summary
from integrity.cli.exitcode import announce_gates, exit_code
from integrity.cli.fixing import check_options, fix, fixing, show_diff
from integrity.cli.gate import gated, gating
from integrity.cli.options import Prepared, announce, prepare, scanning
from integrity.cli.progress import progress
from integrity.cli.reporting import INCLUDED, included, report_options
from integrity.errors import TargetError
from integrity.model import Verdict
from integrity.report import outputs

_FORMATS = tuple(name for name in outputs.FORMATS if name not in ("census", "statistics"))


@click.command("scan")
@scanning
@click.option(
    "--output-format", type=click.Choice(_FORMATS), default="text", help="Format of the report (default text)."
)
@click.option("--output-file", type=click.Path(path_type=Path), metavar="FILE", help="Write the report to a file.")
@click.option("-o", "output", multiple=True, metavar="FORMAT:DEST", help="One more report; may be repeated.")
@click.option(
    "--include",
    multiple=True,
    type=click.Choice(INCLUDED),
    help="Add what that command prints to an HTML report; may be repeated.",
)
@fixing
@gating
@click.option("--statistics", is_flag=True, help="Print the number of findings a code instead of the findings.")
@click.option("--census", is_flag=True, help="Print how many tests of each folder are live instead of the findings.")
@click.option("--env-inventory", is_flag=True, help="Print which environment variables are read and written where.")
@click.option(
    "--verify-imports",
    is_flag=True,
    help="Import every accused module in a fresh interpreter. This RUNS THE CODE that is checked.",
)
@click.option("--show-settings", is_flag=True, help="Print the settings in force, and scan nothing.")
def command(paths: tuple[Path, ...], staged: bool, rev: str | None, **options: Any) -> int:
    """Check the Python files of PATHS (default: the current folder).

    In a git repository these are the tracked files and the untracked ones that git does not ignore.
    """
    prepared = prepare(paths, staged=staged, rev=rev, **options)
    if options["show_settings"]:
        return _show_settings(prepared)
    check_options(prepared, options)
    if options["diff"]:
        return show_diff(prepared, options)
    if options["fix"]:
        prepared = fix(prepared, options, lambda: prepare(paths, staged=staged, rev=rev, **options))
    wanted = _wanted(options)
    if options["include"] and not any(one.format == "html" for one in wanted):
        raise click.UsageError(
            "--include adds to the page of HTML; ask for one with --output-format html or -o html:FILE"
        )
    told = not options["env_inventory"] and any(one.format == "text" and not one.destination for one in wanted)
    announce(prepared, quiet=options["quiet"], verbose=options["verbose"], told=told)
    with prepared.cache, progress(quiet=options["quiet"]) as report:
        scan = prepared.scan(report)
        if options["env_inventory"]:
            return _show_inventory(scan.facts(), options)
        found = gated(scan, scan.verdict(), prepared, options)
        sections = included(scan, options["include"])
    verdict = found.verdict
    if options["verify_imports"]:
        verdict = _verified(prepared, verdict, quiet=options["quiet"])
    _deliver(report_options(prepared, replace(found, verdict=verdict), sections, options), verdict, wanted)
    found.announce(quiet=options["quiet"])
    announce_gates(verdict, prepared.config, quiet=options["quiet"])
    gates = {"allow_gaps": options["allow_gaps"], "exit_zero": options["exit_zero"], "unmet": bool(found.unmet)}
    return exit_code(verdict, prepared.config, **gates)


def _verified(prepared: Prepared, verdict: Verdict, *, quiet: bool) -> Verdict:
    """The verdict with its findings about imports confirmed or not.

    Raises:
        TargetError: what was scanned is not on disk.
    """
    from integrity.confirmation import confirm, interpreter
    from integrity.repository_imports import resolver_of

    shot = prepared.snapshot
    if shot.kind != "worktree":
        raise TargetError("--verify-imports imports from the work tree; leave --staged and --rev out")
    python = interpreter(shot.root, active_environment())
    if not quiet:
        click.echo(f"integrity: note: importing the accused modules with {python}", err=True)
    return confirm(verdict, shot.root, resolver_of(shot), python)


def _wanted(options: dict[str, Any]) -> list[outputs.Output]:
    """Every report that was asked for; without any, one on standard output.

    Raises:
        ConfigError: faults of `-o`.
    """
    name = _printed(options)
    found = outputs.parse(options["output"])
    if options["output_file"]:
        return [outputs.Output(name, options["output_file"]), *found]
    if any(output.destination is None for output in found):
        return found
    return [outputs.Output(name), *found]


def _printed(options: dict[str, Any]) -> str:
    """The format of the main report; JSON holds the census anyway."""
    if options["statistics"]:
        return "statistics"
    return "census" if options["census"] and options["output_format"] == "text" else str(options["output_format"])


def _deliver(known: outputs.Options, verdict: Verdict, wanted: list[outputs.Output]) -> None:
    """Write every report; for GitHub also the summary of the step."""
    outputs.deliver(verdict, wanted, sys.stdout, known)
    summary = step_summary()
    if summary and any(output.format == "github" for output in wanted):
        from integrity.report.step_summary import step_summary as render_summary

        with summary.open("a", encoding="utf-8") as stream:
            stream.write(render_summary(verdict))


def _show_settings(prepared: Prepared) -> int:
    """Print the settings in force, one a line."""
    from integrity.config.config import show_settings
    from integrity.repository_imports import resolver_of

    shown = show_settings(prepared.config)
    resolver = resolver_of(prepared.snapshot)
    shown.append(("source roots", ", ".join(root or "." for root in resolver.roots.everywhere)))
    shown.append(("first-party names", ", ".join(resolver.first_party()) or "none"))
    for key, value in shown:
        click.echo(f"{key} = {value}")
    return 0


def _show_inventory(facts: Any, options: dict[str, Any]) -> int:
    """Print the inventory of environment variables."""
    from integrity.report import inventory

    uses = [inventory.Use(path, access) for path, found in facts for access in found.environ]
    text = inventory.render_json(uses) if options["output_format"] == "json" else inventory.render(uses)
    click.echo(text, nl=False)
    return 0
