"""`integrity history`: the score over time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from integrity.cli.environment import use_color, width
from integrity.cli.options import announce, judging, prepare
from integrity.cli.progress import progress
from integrity.errors import TargetError
from integrity.git.repository import Repository
from integrity.report.options import FILE_WIDTH
from integrity.report.outputs import write
from integrity.timeline.history import history
from integrity.timeline.points import Timeline

_FORMATS = ("text", "json", "csv", "html")


def _spacing(_context: click.Context, _option: click.Parameter, text: str) -> str:
    """Week, tag, or a positive number; "" when it is not given.

    Raises:
        BadParameter: it is nothing of the kind.
    """
    if text in ("", "week", "tag") or (text.isascii() and text.isdigit() and int(text) > 0):
        return text
    raise click.BadParameter(f"{text!r} is neither `week`, `tag` nor a number of commits")


@click.command("history", short_help="Show the score over time, and the commits where it fell.")
@click.argument("revisions", required=False, default="HEAD")
@click.option(
    "--every", default="", callback=_spacing, metavar="week|tag|N", help="Which commits (default: about thirty)."
)
@click.option("--whole", is_flag=True, help="Scan every commit as a whole, imports included; takes much longer.")
@click.option("--output-format", type=click.Choice(_FORMATS), default="text", help="Format of the report.")
@click.option("--output-file", type=click.Path(path_type=Path), metavar="FILE", help="Write the report to a file.")
@judging
def command(revisions: str, **options: Any) -> int:
    """Score the commits of a history, and name those where the score or the number of live tests fell most.

    REVISIONS is REV, for all that led to it, or OLD..NEW (default: HEAD). Commits are chosen along the first-parent
    line, or among the tags. What was judged once is in the cache, so that another run costs what has changed.

    Exit codes: 0, whatever the score did; 2 error.
    """
    repository = Repository.discover(Path())
    if repository is None:
        raise TargetError(f"{Path.cwd()} is not in a git repository, so there is no history to score")
    old, dots, new = revisions.partition("..")
    if dots and not old:
        raise TargetError(f"{revisions!r} has no beginning; write OLD..NEW, or NEW for the whole history")
    since = repository.resolve(old) if dots else ""
    tip = repository.resolve((new if dots else old) or "HEAD")
    prepared = prepare([repository.root], staged=False, rev=tip, **options)
    announce(prepared, quiet=options["quiet"], verbose=options["verbose"])
    with prepared.cache, progress(quiet=options["quiet"]) as report:
        scan = prepared.scan(report)
        timeline = history(scan, repository, since=since, every=options["every"], whole=options["whole"])
    rendered = _rendered(timeline, repository.root.name, options)
    if options["output_file"]:
        write(options["output_file"], rendered)
    else:
        click.echo(rendered, nl=False)
    return 0


def _rendered(timeline: Timeline, project: str, options: dict[str, Any]) -> str:
    """The report; what goes to a file is neither coloured nor as wide as the terminal."""
    chosen = options["output_format"]
    if chosen == "text":
        from integrity.report.history_text import render

        if options["output_file"]:
            return render(timeline, width=FILE_WIDTH, color=False)
        return render(timeline, width=width(), color=use_color(options["color"]))
    if chosen == "html":
        from integrity.report import history_html

        return history_html.render(timeline, project)
    from integrity.report import history_data

    return history_data.render_json(timeline) if chosen == "json" else history_data.render_csv(timeline)
