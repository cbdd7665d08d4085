"""`integrity lock`: the committed inventory of tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from integrity.cli.gate import read_file
from integrity.cli.main import CLEAN, ERROR, FINDINGS
from integrity.cli.options import Prepared, announce, prepare, scanning
from integrity.cli.progress import progress
from integrity.errors import TargetError
from integrity.lock.document import DamagedLockError, Locked, parse, render
from integrity.lock.inventory import Drift, drift, take_inventory
from integrity.model import Gap
from integrity.report.outputs import write
from integrity.report.phrases import plural
from integrity.report.printable import printable

NAME = "integrity.lock"
_SHOWN = 200


@click.command("lock", short_help="Write down every test, so that each loss shows in a review.")
@scanning
@click.option("--check", is_flag=True, help="Compare with the lock file, and write nothing.")
@click.option("--file", type=click.Path(path_type=Path), metavar="FILE", help=f"The lock file (default {NAME}).")
def command(
    paths: tuple[Path, ...], staged: bool, rev: str | None, check: bool, file: Path | None, **options: Any
) -> int:
    """Write down every test that can be collected, with a fingerprint of its text, for teams that review each loss.

    The inventory is one of the whole repository. With --check, the exit code is 1 when tests were lost, changed, moved
    or added since the lock file was written.
    """
    prepared = prepare(paths, staged=staged, rev=rev, **options)
    announce(prepared, quiet=options["quiet"], verbose=options["verbose"])
    if prepared.snapshot.around:
        raise TargetError("the inventory is one of the whole repository; run this in its root, without paths")
    place = file or prepared.snapshot.root / NAME
    recorded = _recorded(place, check=check)
    with prepared.cache, progress(quiet=options["quiet"]) as report:
        today = take_inventory(prepared.scan(report))
    found = drift(recorded, today)
    gaps = _gaps(prepared, options)
    if check:
        return gaps or _checked(place, found, today, exit_zero=options["exit_zero"])
    text = render(today)
    if not place.exists() or place.read_bytes() != text.encode():
        write(place, text)
    if not options["quiet"]:
        click.echo(f"integrity: {place}: {_total(today)} locked; {_counts(found)}", err=True)
    return gaps


def _recorded(place: Path, *, check: bool) -> dict[str, dict[str, Locked]]:
    """The tests of the lock file; none where it is to be written and is not there, or damaged.

    Raises:
        LockError: it is no lock file, or cannot be compared with.
    """
    if not check and not place.exists():
        return {}
    try:
        return parse(read_file(place, "`integrity lock` writes one"), str(place))
    except DamagedLockError as error:
        if check:
            raise
        click.echo(f"integrity: note: {str(error).rpartition(';')[0]}; it is written anew", err=True)
        return {}


def _checked(place: Path, found: Drift, today: dict[str, dict[str, Locked]], *, exit_zero: bool) -> int:
    """Print what differs, losses first."""
    moves = [f"{old} -> {new}" for old, new in found.moved]
    sections = (("lost", found.lost), ("changed", found.changed), ("moved", moves), ("added", found.added))
    for label, names in sections:
        for line in _lines(label, names):
            click.echo(line)
    if not any(names for _, names in sections):
        click.echo(f"{_total(today)}, as locked")
        return CLEAN
    click.echo(_counts(found))
    click.echo(f"integrity: if this is meant, run `integrity lock` and commit {place}", err=True)
    return CLEAN if exit_zero else FINDINGS


def _lines(label: str, names: Sequence[str]) -> Iterator[str]:
    yield from (f"{label:<8} {printable(name)}" for name in names[:_SHOWN])
    if len(names) > _SHOWN:
        yield f"{label:<8} and {len(names) - _SHOWN:,} more"


def _counts(found: Drift) -> str:
    numbers = (len(found.lost), len(found.changed), len(found.moved), len(found.added))
    return ", ".join(f"{number:,} {kind}" for kind, number in zip(Drift._fields, numbers, strict=True))


def _total(today: dict[str, dict[str, Locked]]) -> str:
    return plural(sum(map(len, today.values())), "test")


def _gaps(prepared: Prepared, options: dict[str, Any]) -> int:
    """2 when a file could not be looked at, so that its tests are not known."""
    gaps: Sequence[Gap] = prepared.snapshot.gaps
    for gap in gaps:
        click.echo(f"integrity: {printable(gap.path)}: not checked: {gap.reason}", err=True)
    return ERROR if gaps and not options["allow_gaps"] else CLEAN
