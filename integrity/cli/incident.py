"""`integrity incident`: who damaged what, when, and what became of it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from integrity.cli.environment import use_color, width
from integrity.cli.options import announce, prepare, restoring
from integrity.cli.progress import progress
from integrity.errors import TargetError
from integrity.git.repository import Repository
from integrity.incident.assembly import Assembly
from integrity.incident.story import Story

_CLEAN, _FOUND, _INCOMPLETE = 0, 1, 2


@click.command("incident", short_help="Tell who damaged which files, when, and what became of them.")
@restoring
@click.option("--path", "more_paths", multiple=True, type=click.Path(path_type=Path), help="As PATHS; may be repeated.")
@click.option("--since", metavar="WHEN", default="", help="Only commits since a date (ISO 8601, UTC) or after REV.")
@click.option(
    "--output-format", type=click.Choice(["text", "json", "markdown"]), default="text", help="Format of the report."
)
def command(paths: tuple[Path, ...], more_paths: tuple[Path, ...], **options: Any) -> int:
    """Tell who damaged which Python files of PATHS, when, and what became of them.

    PATHS (default: the whole repository) need not exist today. Every version in the history of HEAD is judged by the
    rules that `scan` uses, so the first run may take minutes; what was judged once is in the cache.

    Exit codes: 0 no damage was ever done, 1 some was (even if it is repaired today), 2 error, or none was found but
    some versions could not be checked (--allow-gaps: 0).
    """
    targets = (*paths, *more_paths)
    repository = _repository(targets)
    folder = _nearest(targets[0]) if targets else repository.root
    prepared = prepare([folder], staged=False, rev=_head(repository), **options)
    announce(prepared, quiet=options["quiet"], verbose=options["verbose"])
    with prepared.cache, progress(quiet=options["quiet"]) as report:
        wanted = [_relative(path, repository) for path in targets]
        story = Assembly(prepared.scan(report), repository, options["since"], wanted).story()
    if targets and all(wanted) and not options["since"] and not story.examined and not story.unread:
        raise TargetError(f"nothing in the history of HEAD is or was called {' or '.join(map(str, targets))}")
    _show(story, options)
    return _code(story, allow_gaps=options["allow_gaps"], exit_zero=options["exit_zero"])


def _repository(paths: Iterable[Path]) -> Repository:
    """The repository around the first path.

    Raises:
        TargetError: there is none.
    """
    place = next(iter(paths), Path())
    repository = Repository.discover(place)
    if repository is None:
        raise TargetError(f"{Path.cwd() / place} is not in a git repository, so there is no history to tell of")
    return repository


def _head(repository: Repository) -> str:
    """The commit whose history is told.

    Raises:
        TargetError: there is none.
    """
    try:
        return repository.resolve("HEAD")
    except TargetError as error:
        raise TargetError(f"{repository.root} has no commit yet, so there is no history to tell of") from error


def _nearest(path: Path) -> Path:
    """The path's nearest folder that exists."""
    place = Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps `..`
    return next(one for one in (place, *place.parents) if one.is_dir())


def _relative(path: Path, repository: Repository) -> str:
    """The path relative to the root, "" for the root itself.

    Raises:
        TargetError: it lies elsewhere.
    """
    place = Path(os.path.realpath(path.parent)) / path.name if path.name not in {"", ".."} else path.resolve()
    relative = Path(os.path.relpath(place, os.path.realpath(repository.root)))
    if os.pardir in relative.parts:
        raise TargetError(f"{path} is outside the repository {repository.root}")
    return "" if relative == Path() else relative.as_posix()


def _show(story: Story, options: dict[str, Any]) -> None:
    color = use_color(options["color"])
    if options["output_format"] == "json":
        from integrity.report.incident_json import render as render_json

        click.echo(render_json(story), nl=False)
    elif options["output_format"] == "markdown":
        from integrity.report.incident_markdown import render as render_markdown

        click.echo(render_markdown(story), nl=False)
    else:
        from integrity.report.incident_text import render

        click.echo(render(story, width=width(), color=color), nl=False, color=color)


def _code(story: Story, *, allow_gaps: bool, exit_zero: bool) -> int:
    if story.waves:
        return _CLEAN if exit_zero else _FOUND
    return _INCOMPLETE if story.unread and not allow_gaps else _CLEAN
