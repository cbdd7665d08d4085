"""Holds a verdict against what is known already: the baseline, an older version, and its score."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from integrity.baseline.matching import Scope
from integrity.cli.environment import continuous_integration
from integrity.cli.options import Prepared
from integrity.engine import Scan
from integrity.errors import IntegrityError
from integrity.model import Verdict
from integrity.report.options import Base as Compared

if TYPE_CHECKING:
    from integrity.since import Base

DEFAULT = ".integrity-baseline.json"


def gating(command: Any) -> Any:
    """Add the options that compare a scan with what is known."""
    options = (
        click.option("--baseline", type=click.Path(path_type=Path), metavar="FILE", help="Tolerate what FILE lists."),
        click.option(
            "--error-stale/--no-error-stale",
            default=None,
            help="Fail when entries of the baseline no longer match (default in CI), instead of removing them.",
        ),
        click.option("--since", metavar="REF", help="Report only what is new since the work began to differ from REF."),
        click.option("--fail-on-decrease", metavar="REF", help="Fail when the score is lower than at that point."),
    )
    for decorate in reversed(options):
        command = decorate(command)
    return command


@dataclass(frozen=True)
class Gated:
    """A verdict without what is tolerated, the gates that it does not meet, in words, and what it was compared with."""

    verdict: Verdict
    unmet: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    compared: Compared | None = None

    def announce(self, *, quiet: bool) -> None:
        """Say on standard error which gates are not met, and unless quiet what was done."""
        for note in () if quiet else self.notes:
            click.echo(f"integrity: note: {note}", err=True)
        for line in self.unmet:
            click.echo(f"integrity: {line}", err=True)

    def also(self, verdict: Verdict, unmet: tuple[str, ...] = (), notes: tuple[str, ...] = ()) -> Gated:
        """With another verdict, and more to say."""
        return replace(self, verdict=verdict, unmet=(*self.unmet, *unmet), notes=(*self.notes, *notes))


def gated(scan: Scan, verdict: Verdict, prepared: Prepared, options: dict[str, Any]) -> Gated:
    """Hold a verdict against everything that it is to be compared with.

    Raises:
        IntegrityError: the baseline cannot be used, or there is no such revision.
    """
    found = Gated(verdict)
    if options["since"] or options["fail_on_decrease"]:
        found = _compared(scan, found, options)
    place = baseline_place(prepared, options["baseline"])
    found = _tolerated(place, prepared, found, options) if place else found
    return replace(found, verdict=_ignores(prepared, found.verdict, verdict))


def baseline_place(prepared: Prepared, given: Path | None) -> Path | None:
    """Where the baseline lies: as a flag says, relative to the current folder, or as the configuration says."""
    if given:
        return given
    return prepared.snapshot.root / prepared.config.baseline if prepared.config.baseline else None


def read_file(place: Path, missing: str) -> bytes:
    """The bytes of a file that the user names.

    Raises:
        IntegrityError: it cannot be read.
    """
    try:
        return place.read_bytes()
    except FileNotFoundError:
        raise IntegrityError(f"{place}: there is no such file; {missing}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise IntegrityError(f"{place}: cannot be read ({reason}); correct the path") from None


def shown(path: Path, root: Path) -> str:
    """A path as findings name it: relative to the repository where it lies in there."""
    real = Path(os.path.realpath(path))
    return real.relative_to(root).as_posix() if real.is_relative_to(root) else str(path)


def _compared(scan: Scan, found: Gated, options: dict[str, Any]) -> Gated:
    """Take out what is not new since a revision, and hold the score against that of a revision."""
    from integrity.baseline.matching import tolerate
    from integrity.since import fallen, scan_base

    bases: dict[str, Base] = {}
    for ref in filter(None, (options["since"], options["fail_on_decrease"])):
        bases[ref] = bases.get(ref) or scan_base(scan, ref, found.verdict)
    verdict = found.verdict
    notes: list[str] = []
    if options["since"]:
        base = bases[options["since"]]
        verdict = tolerate(verdict, base.known).verdict
        notes.append(f"compared with {base.revision[:12]}, where the work began to differ from {options['since']}")
        notes += [f"{path} cannot be read there: whatever is found in it counts as new" for path in base.unread]
    unmet: list[str] = []
    if options["fail_on_decrease"]:
        base = bases[options["fail_on_decrease"]]
        unmet = fallen(base.verdict.score, found.verdict.score) if base.verdict else []
    return replace(found, compared=_beside(bases, options)).also(verdict, tuple(unmet), tuple(notes))


def _beside(bases: Mapping[str, Base], options: dict[str, Any]) -> Compared | None:
    """The older state for reports; what `--since` leaves of the findings is new."""
    ref = options["since"] or options["fail_on_decrease"]
    verdict = bases[ref].verdict
    if verdict is None:
        return None
    known = () if options["since"] else (finding.fingerprint for finding in verdict.findings)
    return Compared(ref, verdict.score, frozenset(known))


def _tolerated(place: Path, prepared: Prepared, found: Gated, options: dict[str, Any]) -> Gated:
    """Take out what the baseline lists; stale entries are removed, or reported where nothing may be changed."""
    from integrity.baseline import matching
    from integrity.baseline.audits import audited, joined
    from integrity.baseline.document import parse, render
    from integrity.report.outputs import write
    from integrity.rule import BaselineAudit

    content = read_file(place, "`integrity baseline create` writes one")
    entries = parse(content, str(place))
    scope = scope_of(prepared)
    matched = matching.tolerate(found.verdict, matching.counted(entries), scope)
    stale = tuple(matching.stale(entries, matched, scope))
    if not stale:
        return replace(found, verdict=matched.verdict)
    strict = continuous_integration() if options["error_stale"] is None else options["error_stale"]
    if not strict and options["error_stale"] is None and prepared.snapshot.kind == "worktree" and not options["since"]:
        write(place, render(matching.pruned(matched, scope)))
        gone = sum(entry.missing for entry in stale)
        return found.also(matched.verdict, notes=(f"{place}: {gone} of what it lists is mended and was taken off it",))
    name = shown(place, prepared.snapshot.root)
    audit = BaselineAudit(name, stale)
    text = content.decode("utf-8", "replace")
    outcome = audited([audit], {name: text}, prepared.config, prepared.registry)
    reason = f"{place}: {len(stale)} stale entries; run `integrity baseline prune` and commit it"
    return found.also(joined(matched.verdict, outcome), (reason,) if strict else ())


def _ignores(prepared: Prepared, verdict: Verdict, scanned: Verdict) -> Verdict:
    """With the per-file ignores of the configuration file that silence nothing, if the scan can tell."""
    config, root = prepared.config, prepared.snapshot.root
    judged = config.source and config.per_file_ignores and "per_file_ignores" not in config.flags
    if not judged or not scope_of(prepared).whole or scanned.gaps:
        return verdict
    from integrity.baseline.audits import audited, joined, unused_ignores
    from integrity.rule import IgnoreAudit

    source = Path(os.path.realpath(str(config.source)))
    if not source.is_relative_to(root):
        return verdict
    text = source.read_bytes().decode("utf-8", "replace")
    unused = unused_ignores(config, text, scanned.ignored, prepared.registry)
    name = shown(source, root)
    outcome = audited([IgnoreAudit(name, tuple(unused))], {name: text}, config, prepared.registry)
    return joined(verdict, outcome)


def scope_of(prepared: Prepared) -> Scope:
    """What the scan can tell of."""
    shot, config, registry = prepared.snapshot, prepared.config, prepared.registry
    return Scope(
        paths=frozenset(entry.path for entry in shot.entries),
        whole=not shot.around,
        active=registry.select(config.select, config.extend_select, config.ignore),
        existing=frozenset(registry.codes.values()),
    )


def summary(counts: Mapping[Any, int]) -> str:
    """Numbers by severity, as in "2 critical, 10 low"."""
    return ", ".join(f"{number:,} {severity.value}" for severity, number in counts.items())
