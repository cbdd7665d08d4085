"""`scan --fix`, `--unsafe-fixes` and `--diff`: repairs what can be repaired, or shows how."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from integrity.cli.options import Prepared
from integrity.errors import TargetError

if TYPE_CHECKING:  # it loads libcst
    from integrity.fixes.plan import Plan

_F = TypeVar("_F", bound=Callable[..., Any])
_ROUNDS = 5  # a repair may bring forth another, as a suppression that is no longer needed; this many in a row are none

_OPTIONS = (
    click.option("--fix", is_flag=True, help="Repair what can be repaired safely, then report what is left."),
    click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: repairs that may turn tests red, too."),
    click.option("--diff", is_flag=True, help="Print what --fix would change, and change nothing."),
)


def fixing(command: _F) -> _F:
    """Add the options."""
    for decorate in reversed(_OPTIONS):
        command = decorate(command)
    return command


def check_options(prepared: Prepared, options: dict[str, Any]) -> None:
    """Refuse what contradicts itself.

    Raises:
        click.UsageError: `--unsafe-fixes` stands alone.
        TargetError: what is scanned is not on disk.
    """
    if options["unsafe_fixes"] and not (options["fix"] or options["diff"]):
        raise click.UsageError("--unsafe-fixes goes with --fix or --diff")
    if options["fix"] and options["diff"]:
        raise click.UsageError("--fix and --diff exclude each other")
    if (options["fix"] or options["diff"]) and prepared.snapshot.kind != "worktree":
        raise TargetError("repairs are made in the work tree; leave --staged and --rev out")


def show_diff(prepared: Prepared, options: dict[str, Any]) -> int:
    """Print the repairs as a diff; 1 when there are any."""
    found = _planned(prepared, options)
    for change in found.changes:
        click.echo(change.diff(), nl=False)
    _say_refused(found, quiet=options["quiet"])
    count = sum(len(change.mended) for change in found.changes)
    if not options["quiet"]:
        click.echo(
            f"integrity: would fix {_counted(count, 'finding')} in {_counted(len(found.changes), 'file')}", err=True
        )
    return int(bool(found.changes) and not options["exit_zero"])


def fix(prepared: Prepared, options: dict[str, Any], prepare_again: Callable[[], Prepared]) -> Prepared:
    """Make the repairs, say which, and prepare the scan of what is left."""
    from integrity.fixes.plan import perform

    for _ in range(_ROUNDS):
        found = _planned(prepared, options)
        if not found.changes:
            break
        perform(found.changes, prepared.snapshot.root, secrets.token_hex(4))
        for change in () if options["quiet"] else found.changes:
            for one in change.mended:
                click.echo(f"integrity: fixed {one.path}:{one.line}: {one.code} {one.name}", err=True)
        prepared = prepare_again()
    _say_refused(found, quiet=options["quiet"])
    return prepared


def _planned(prepared: Prepared, options: dict[str, Any]) -> Plan:
    from integrity.fixes.plan import plan

    with prepared.cache, prepared.snapshot.reader.open() as reader:
        verdict = prepared.scan(lambda _done, _total: None).verdict()
        entries = {entry.path: entry for entry in prepared.snapshot.entries}
        return plan(verdict.findings, lambda path: reader.read(entries[path]), unsafe=options["unsafe_fixes"])


def _say_refused(found: Plan, *, quiet: bool) -> None:
    for path, reason in () if quiet else found.refused:
        click.echo(f"integrity: not fixed: {path} {reason}", err=True)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
