"""`integrity diff`: what a change does to the tests."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from integrity.cache import Cache
from integrity.cli.approval import acceptances, approve, base_side
from integrity.cli.environment import step_summary, use_color, width
from integrity.cli.exitcode import exit_code, failures
from integrity.cli.options import cache_folder, comparing, configured, detected
from integrity.codeversion import code_version
from integrity.config.config import Config
from integrity.diff.compare import Comparison, Terms, compare
from integrity.diff.looking import Looker
from integrity.errors import TargetError
from integrity.git.repository import Repository
from integrity.git.revisions import merge_base
from integrity.registry.loader import load as load_rules
from integrity.report import diff_report, outputs
from integrity.report.options import Options
from integrity.snapshot.selection import real
from integrity.snapshot.snapshot import Snapshot, take

_FORMATS = ("text", "concise", "json", "github", "sarif")


@click.command("diff", short_help="Say what a change does to the tests.")
@click.argument("base", default="HEAD")
@click.argument("head", required=False)
@comparing
@click.option("--staged", is_flag=True, help="Compare with what is staged in the git index.")
@click.option("--worktree", is_flag=True, help="Compare with the work tree (the default).")
@click.option(
    "--output-format", type=click.Choice(_FORMATS), default="text", help="Format of the report (default text)."
)
@click.option("--output-file", type=click.Path(path_type=Path), metavar="FILE", help="Write the report to a file.")
@click.option("-o", "output", multiple=True, metavar="FORMAT:DEST", help="One more report; may be repeated.")
@click.option(
    "--message",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Also read acceptances from this message of a commit, as git hands it to a commit-msg hook.",
)
def command(base: str, head: str | None, *, staged: bool, worktree: bool, **options: Any) -> int:
    """Say what the change from BASE (default HEAD) to HEAD (default: the work tree) does to the tests.

    BASE...HEAD compares HEAD with the commit where both histories part, as a pull request does. Nothing is checked out.
    Configuration, acceptance file and suppressions are those of BASE, so that no change approves itself. A finding is
    accepted by a line `Integrity-Accept: CODE path::test -- reason` in the message of a commit of the change.
    """
    repository = _repository()
    base, head = _sides(repository, base, head, staged=staged, worktree=worktree)
    registry = load_rules()
    decided = base_side(repository, base)
    config = configured(repository.root, repository.root, registry, options, decided.config)
    before = _taken(repository, config, rev=base)
    after = _taken(repository, config, rev=head, staged=staged)
    config = detected(config, repository.root, after)
    folder = None if options["no_cache"] else cache_folder(after, config)
    with Cache(folder, code_version(registry)) as cache:
        terms = Terms(config, registry, Looker(registry, cache))
        comparison = compare(before, after, terms)
        said = acceptances(repository, base, head, options["message"], registry)
        approval = approve(comparison, (before, after), decided, said, terms)
    comparison = approval.comparison
    if not options["quiet"]:
        for note in (*config.notes, *after.notes, *decided.notes, *approval.notes):
            click.echo(f"integrity: note: {note}", err=True)
    config = replace(config, fail_under=None)
    shown = Options(
        width=width(),
        color=use_color(options["color"]),
        command="diff",
        project=repository.root.name,
        failures=failures(comparison.verdict, config, allow_gaps=options["allow_gaps"]),
        rules=registry.rules,
    )
    _deliver(comparison, shown, options)
    return exit_code(comparison.verdict, config, allow_gaps=options["allow_gaps"], exit_zero=options["exit_zero"])


def _repository() -> Repository:
    """The repository around the current folder.

    Raises:
        TargetError: there is none.
    """
    here = real(Path())
    repository = Repository.discover(here)
    if repository is None:
        raise TargetError(f"{here} is not in a git repository, so there is nothing to compare with")
    return repository


def _sides(
    repository: Repository, base: str, head: str | None, *, staged: bool, worktree: bool
) -> tuple[str, str | None]:
    """Both sides as revisions; None stands for the index or the work tree.

    Raises:
        UsageError: more than one of them is asked for.
        TargetError: a revision does not exist, or two have no history in common.
    """
    if sum((bool(head), staged, worktree)) > 1 or ((staged or worktree) and ".." in base):
        raise click.UsageError("HEAD, --staged and --worktree exclude each other")
    dots = "..." if "..." in base else ".." if ".." in base else ""
    if not dots or head:
        return repository.resolve(base), repository.resolve(head) if head else None
    left, right = (repository.resolve(one or "HEAD") for one in base.split(dots, 1))
    if dots == "..":
        return left, right
    return merge_base(repository, left, right), right


def _taken(repository: Repository, config: Config, *, rev: str | None, staged: bool = False) -> Snapshot:
    if repository.bare and rev is None:
        raise TargetError(f"{repository.root} has no work tree; name two revisions")
    return take(
        [repository.root],
        staged=staged,
        rev=rev,
        exclude=config.exclude,
        max_file_size=config.max_file_size,
    )


def _deliver(comparison: Comparison, shown: Options, options: dict[str, Any]) -> None:
    """Write every report that was asked for; without any, one on standard output."""
    wanted = outputs.parse(options["output"])
    name = options["output_format"]
    if options["output_file"]:
        wanted = [outputs.Output(name, options["output_file"]), *wanted]
    elif all(one.destination is not None for one in wanted):
        wanted = [outputs.Output(name), *wanted]
    for output in wanted:
        if output.destination is None:
            sys.stdout.write(diff_report.render(comparison, output.format, shown))
        else:
            outputs.write(output.destination, diff_report.render(comparison, output.format, Options(command="diff")))
    summary = step_summary()
    if summary and any(output.format == "github" for output in wanted):
        with summary.open("a", encoding="utf-8") as stream:
            stream.write(diff_report.summary(comparison))
