"""`integrity baseline`: the list of findings that are known and tolerated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from integrity.baseline import document, matching
from integrity.baseline.entries import tally
from integrity.cli.gate import DEFAULT, baseline_place, read_file, scope_of, summary
from integrity.cli.main import CLEAN, ERROR, FINDINGS
from integrity.cli.options import Prepared, announce, prepare, restoring
from integrity.cli.progress import progress
from integrity.errors import TargetError
from integrity.model import Severity, Verdict
from integrity.report.outputs import write
from integrity.report.phrases import plural

_FILE = click.option(
    "--baseline", "file", type=click.Path(path_type=Path), metavar="FILE", help=f"The baseline (default {DEFAULT})."
)


@click.group("baseline")
def command() -> None:
    """Keep the list of findings that are known and tolerated.

    A scan with --baseline, or with the key baseline in the configuration, reports only what is not on the list. It is a
    debt that can only shrink: entries that no longer match are taken off, and one entry never hides two findings.
    """


@command.command("create")
@restoring
@_FILE
@click.option("--force", is_flag=True, help="Replace a baseline that exists. It may grow.")
def create(paths: tuple[Path, ...], file: Path | None, force: bool, **options: Any) -> int:
    """Write down every finding there is today.

    Critical findings are written down, too, so that a damaged repository can begin; the report goes on counting them.
    """
    prepared, place = _prepared(paths, file, options)
    if place.exists() and not force:
        raise TargetError(
            f"{place} exists; `integrity baseline prune` takes mended findings off it, --force replaces it"
        )
    verdict = _verdict(prepared, options)
    known = tally(verdict.findings)
    write(place, document.render(known))
    counts = Counter(finding.severity for finding in verdict.findings)
    listed = summary({severity: counts[severity] for severity in Severity if counts[severity]})
    _say(f"{place}: {plural(known.total(), 'finding')}{f' ({listed})' if listed else ''} written down", options)
    if not prepared.config.baseline:
        _say(f'add baseline = "{DEFAULT}" to the configuration, or scan with --baseline', options)
    return _complete(verdict, options)


@command.command("prune")
@restoring
@_FILE
def prune(paths: tuple[Path, ...], file: Path | None, **options: Any) -> int:
    """Take off the list what is no longer there. It never grows."""
    prepared, place = _prepared(paths, file, options)
    entries = _entries(place)
    verdict = _verdict(prepared, options)
    matched = matching.tolerate(verdict, matching.counted(entries), scope_of(prepared))
    left = matching.pruned(matched, scope_of(prepared))
    gone = matching.counted(entries).total() - left.total()
    text = document.render(left)
    if text.encode() != place.read_bytes():
        write(place, text)
    _say(f"{place}: {plural(gone, 'finding')} taken off, {left.total():,} left", options)
    return _complete(verdict, options)


@command.command("check")
@restoring
@_FILE
def check(paths: tuple[Path, ...], file: Path | None, **options: Any) -> int:
    """Fail when an entry no longer matches; change nothing."""
    prepared, place = _prepared(paths, file, options)
    entries = _entries(place)
    verdict = _verdict(prepared, options)
    matched = matching.tolerate(verdict, matching.counted(entries), scope_of(prepared))
    stale = matching.stale(entries, matched, scope_of(prepared))
    for entry in stale:
        where = f"{entry.path}::{entry.symbol}" if entry.symbol else entry.path
        click.echo(f"{place}:{entry.line}: {plural(entry.missing, 'finding')} of {entry.code} in {where} gone")
    total = matching.counted(entries).total()
    click.echo(
        f"{plural(total, 'finding')} on the list, {len(stale):,} stale {'entry' if len(stale) == 1 else 'entries'}"
    )
    if stale:
        _say(f"run `integrity baseline prune` and commit {place}", options)
    return _complete(verdict, options) or (FINDINGS if stale and not options["exit_zero"] else CLEAN)


def _prepared(paths: Sequence[Path], file: Path | None, options: dict[str, Any]) -> tuple[Prepared, Path]:
    """The scan, and where the baseline lies."""
    prepared = prepare(paths, staged=False, rev=None, **options)
    announce(prepared, quiet=options["quiet"], verbose=options["verbose"])
    return prepared, baseline_place(prepared, file) or prepared.snapshot.root / DEFAULT


def _verdict(prepared: Prepared, options: dict[str, Any]) -> Verdict:
    with prepared.cache, progress(quiet=options["quiet"]) as report:
        return prepared.scan(report).verdict()


def _entries(place: Path) -> tuple[document.Entry, ...]:
    return document.parse(read_file(place, "`integrity baseline create` writes one"), str(place))


def _complete(verdict: Verdict, options: dict[str, Any]) -> int:
    """2 when something could not be checked, so that the list may lack it."""
    for gap in verdict.gaps:
        click.echo(f"integrity: {gap.path}: not checked: {gap.reason}", err=True)
    return ERROR if verdict.gaps and not options["allow_gaps"] else CLEAN


def _say(text: str, options: dict[str, Any]) -> None:
    if not options["quiet"]:
        click.echo(f"integrity: {text}", err=True)
