"""Who decides about a change: what the base side says, and what is accepted with a reason."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from integrity.acceptance.document import NAME, audit_of, read
from integrity.acceptance.entries import Accepted, Outcome, hold, trailers
from integrity.acceptance.loosening import loosenings, relevant
from integrity.baseline.audits import audited, joined
from integrity.cli.gate import read_file
from integrity.config.config import Config, from_texts
from integrity.config.files import SETTINGS
from integrity.diff.compare import Comparison, Terms
from integrity.errors import ConfigError, UnreadableError
from integrity.git.objects import BlobReader, ObjectStore
from integrity.git.repository import Repository
from integrity.git.revisions import messages
from integrity.model import Finding, Severity
from integrity.registry.loader import Registry
from integrity.rule import AcceptanceAudit, GateChange
from integrity.snapshot.readers import Entry, FileReader, ObjectReader
from integrity.snapshot.snapshot import Snapshot

_LARGEST = 5_000_000  # bytes of a file that may be part of the gate


@dataclass(frozen=True)
class Base:
    """What the base side of a change says about the check.

    Attributes:
        config: its configuration, None when it has none that is of use; then that of today holds.
        files: the content of the files at its root that were asked for.
        notes: what is wrong with it.
    """

    config: Config | None
    files: Mapping[str, bytes]
    notes: tuple[str, ...] = ()


def base_side(repository: Repository, revision: str) -> Base:
    """Read the configuration and the acceptance file of a revision."""
    files: dict[str, bytes] = {}
    with BlobReader(ObjectStore.of(repository)) as reader:
        for name in (*SETTINGS, NAME):
            blob = repository.resolve_path(revision, name)
            try:
                files |= {name: reader.read(blob)} if blob else {}
            except UnreadableError:
                continue
    try:
        return Base(from_texts(files, repository.root), files)
    except ConfigError as error:
        return Base(None, files, (f"the configuration of the base is of no use, today's holds: {error.faults[0]}",))


@dataclass(frozen=True)
class Approval:
    """A comparison without what is accepted.

    Attributes:
        comparison: what is left, and what the change loosens.
        notes: what was accepted by what, and what accepts nothing.
    """

    comparison: Comparison
    notes: tuple[str, ...]


def approve(
    comparison: Comparison,
    sides: tuple[Snapshot, Snapshot],
    base: Base,
    said: tuple[Sequence[Accepted], Sequence[str]],
    terms: Terms,
) -> Approval:
    """Add what the change loosens, and take out what is accepted.

    Args:
        comparison: of both sides.
        sides: of the change.
        base: what the base side says.
        said: what the messages of the change accept, and what is wrong with them.
        terms: what the comparison was made under.

    Raises:
        ConfigError: the acceptance file of the base side is wrong.
    """
    config, registry = terms.config, terms.registry
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    texts = _texts(comparison, sides, base)
    audits: list[AcceptanceAudit | GateChange] = [
        GateChange(tuple(loosenings(*texts, sides[1].root, registry))),
    ]
    listed: list[Accepted] = []
    if NAME in base.files:
        audits.append(audit_of(base.files[NAME], NAME, registry.codes, today))
        entries = read(base.files[NAME], NAME, registry.codes, today)
        listed = [one.accepted for one in entries if one.expires >= today]
    verdict = joined(comparison.verdict, audited(audits, texts[1], config, registry))
    outcome = hold(verdict.findings, [*said[0], *listed])
    accepted = _numbers(finding for finding, _ in outcome.accepted)
    verdict = msgspec.structs.replace(verdict, findings=outcome.standing, baselined=accepted)
    return Approval(replace(comparison, verdict=verdict), (*said[1], *_told(outcome, said[0])))


def acceptances(
    repository: Repository, base: str, head: str | None, file: Path | None, registry: Registry
) -> tuple[list[Accepted], list[str]]:
    """What the messages of a change accept: those of its commits, and one that is being written.

    Raises:
        IntegrityError: the file cannot be read.
    """
    texts = [(commit[:10], text) for commit, text in messages(repository, base, head or "HEAD")]
    if file:
        texts.append(
            (str(file), read_file(file, "give the file that git hands to a commit-msg hook").decode("utf-8", "replace"))
        )
    found: list[Accepted] = []
    faults: list[str] = []
    for origin, text in texts:
        one, wrong = trailers(text, origin, registry.codes)
        found += one
        faults += wrong
    return found, faults


def _texts(
    comparison: Comparison, sides: tuple[Snapshot, Snapshot], base: Base
) -> tuple[dict[str, str], dict[str, str]]:
    """The text of every file that may loosen the check, before and after."""
    baseline = base.config.baseline if base.config else ""
    pairs = comparison.change.files
    paths = {one.before_path for one in pairs if one.python}, {one.after_path for one in pairs if one.python}
    found = []
    for side, python in zip(sides, paths, strict=True):
        entries = [one for one in side.others if relevant(one.path, baseline) or _baseline(one.path)]
        entries += [one for one in (*side.entries, *side.around) if one.path in python]
        with side.reader.open() as reader:
            found.append(_read(reader, entries))
    renamed = {one.before_path: one.after_path for one in pairs if one.before_path and one.after_path}
    return {renamed.get(path, path): text for path, text in found[0].items()}, found[1]


def _baseline(path: str) -> bool:
    return path.endswith("baseline.json")


def _read(reader: FileReader | ObjectReader, entries: Iterable[Entry]) -> dict[str, str]:
    found = {}
    for entry in entries:
        try:
            content = reader.read(entry)
        except UnreadableError:
            continue
        if len(content) <= _LARGEST:
            found[entry.path] = content.decode("utf-8", "replace")
    return found


def _numbers(findings: Iterable[Finding]) -> dict[Severity, int]:
    counted: dict[Severity, int] = {}
    for finding in findings:
        counted[finding.severity] = counted.get(finding.severity, 0) + 1
    return {severity: counted[severity] for severity in Severity if severity in counted}


def _told(outcome: Outcome, said: Sequence[Accepted]) -> list[str]:
    """What was accepted with which reason, and which trailers accept nothing."""
    lines = [
        f"accepted: {finding.path}:{finding.line} {finding.code}: {one.reason} ({one.origin})"
        for finding, one in outcome.accepted
    ]
    return lines + [f"{one.origin}: {one.code} {one.target} accepts nothing" for one in outcome.unused if one in said]
