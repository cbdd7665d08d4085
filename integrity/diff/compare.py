"""Two snapshots, or two texts of one file, to a `Comparison`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from integrity.changes.compare import compare as compare_files
from integrity.changes.model import Change, FilePair, Surroundings
from integrity.config.config import Config
from integrity.diff.bystanders import with_bystanders
from integrity.diff.harness import Configured, configured
from integrity.diff.kinds import kind_of
from integrity.diff.looking import NOTHING, Look, Looker
from integrity.diff.needing import with_needs
from integrity.diff.pairing import listed
from integrity.diff.reading import Listing, Pair, Reads, read_pairs
from integrity.diff.suppressions import standing
from integrity.diff.withholding import with_withheld
from integrity.examine import rule_hits
from integrity.facts.model import Suppression
from integrity.facts.profile import EMPTY
from integrity.harness.kinds import kind_of as kind_of_harness
from integrity.harness.model import HarnessSettings
from integrity.harness.sessions import holds_sessions
from integrity.model import Census, Finding, Gap, Score, Severity, SnapshotInfo, Verdict
from integrity.policy import FileHits, judge
from integrity.registry.loader import Registry
from integrity.result import Anchored
from integrity.roles import Roles
from integrity.rule import Hit
from integrity.snapshot.readers import FileReader, ObjectReader
from integrity.snapshot.snapshot import Snapshot

__all__ = ["FAMILIES", "Balance", "Comparison", "Pair", "Terms", "compare", "compare_texts", "judged", "with_harness"]

FAMILIES = ("TST", "HAR", "COR")
"""The families whose findings a change is blamed for when they are new."""

_NO_SCORE = Score(0.0, "", {}, {}, Census())


@dataclass(frozen=True)
class Terms:
    """What a comparison is made under.

    Attributes:
        config: selection, severities, ignores, and what counts as a test.
        registry: the rules.
        looker: reads versions.
    """

    config: Config
    registry: Registry
    looker: Looker


class Balance(NamedTuple):
    """Numbers of tests in the changed files.

    Attributes:
        before: what a runner collected before.
        after: what it collects now.
        lost: tests that are gone, and stand in no other test.
        gained: tests that are new.
        changed: tests on both sides whose body differs.
        moved: tests on both sides under another path or name.
    """

    before: int = 0
    after: int = 0
    lost: int = 0
    gained: int = 0
    changed: int = 0
    moved: int = 0


@dataclass(frozen=True)
class Comparison:
    """The result.

    Attributes:
        before: what was compared.
        after: with what.
        verdict: findings, gaps and notes; its score is empty, because a change has none.
        tests: what became of the tests.
        files: number of changed files.
        change: everything that the rules saw.
    """

    before: SnapshotInfo
    after: SnapshotInfo
    verdict: Verdict
    tests: Balance
    files: int
    change: Change = field(repr=False, compare=False, default_factory=Change)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """In total order."""
        return self.verdict.findings


def compare(before: Snapshot, after: Snapshot, terms: Terms) -> Comparison:
    """What happened between two snapshots of the same repository.

    Raises:
        GitError: git is needed and missing, or refuses the repository.
        ConfigError: the selection names rules that do not exist.
    """
    roles = Roles(terms.config, before.packages), Roles(terms.config, after.packages)
    with before.reader.open() as old, after.reader.open() as new:
        readers = old, new
        listings = _listing(before, old), _listing(after, new)
        pairs, gaps = read_pairs(listings, readers, roles, terms.looker)
        pairs, around = with_harness(with_withheld(pairs, listings, roles), listings, readers, terms)
        around = with_bystanders(around, pairs, listings, (new, roles[1], terms.looker))
        around = with_needs(around, pairs, listings, (old, new, roles[1]))
    gaps += sorted(set(before.gaps) ^ set(after.gaps))
    kinds = (before.kind, before.revision), (after.kind, after.revision)
    return judged(pairs, gaps, kinds, terms, notes=after.notes, around=around)


def with_harness(
    pairs: list[Pair], listings: tuple[Listing, Listing], readers: tuple[Reads, Reads], terms: Terms
) -> tuple[list[Pair], Surroundings]:
    """The pairs, files of configuration with what they say and what rules find in them; and what stands around."""
    if not any(concerns_harness(one) for one, _, _ in pairs):
        return pairs, Surroundings()
    config, registry = terms.config, terms.registry
    active = registry.select(config.select, config.extend_select, config.ignore)
    both = [configured(side, reader, registry, active) for side, reader in zip(listings, readers, strict=True)]
    kept = frozenset(listings[0].python.keys() & listings[1].python.keys())
    return [_configured(pair, both[0], both[1]) for pair in pairs], Surroundings(kept, both[1].settings)


def concerns_harness(file: FilePair) -> bool:
    """Whether a file configures the harness, or holds tests with a mark that the harness may leave out."""
    if not file.python:
        return kind_of_harness(file.path) is not None
    marks = [{label for one in side.functions for label in one.labels} for side in (file.before, file.after)]
    return holds_sessions(file.path) or bool(file.before_path and marks[1] - marks[0])


def _configured(pair: Pair, before: Configured, after: Configured) -> Pair:
    file = pair.file
    if not {file.before_path, file.after_path} & {*before.settings, *after.settings}:
        return pair
    nothing = HarnessSettings()
    settings = before.settings.get(file.before_path, nothing), after.settings.get(file.after_path, nothing)
    if file.python:
        return pair._replace(file=replace(file, settings=settings))
    looks = [
        Look(side.results.get(path, NOTHING.result), EMPTY)
        for side, path in ((before, file.before_path), (after, file.after_path))
    ]
    return Pair(replace(file, settings=settings), looks[0], looks[1])


def _listing(snapshot: Snapshot, reader: FileReader | ObjectReader) -> Listing:
    return Listing(listed(snapshot, reader, python=True), listed(snapshot, reader, python=False))


def compare_texts(path: str, before: bytes | None, after: bytes | None, terms: Terms) -> Comparison:
    """What an edit of one file does, judged by the file alone.

    Args:
        path: relative to the repository root.
        before: its content before the edit, None when it did not exist.
        after: its content after the edit, None when it is deleted.
        terms: what to judge by.
    """
    roles = Roles(terms.config)
    kind, context = kind_of(path, roles), roles.context(path)
    looks = [NOTHING if one is None else terms.looker.look(one, context, kind) for one in (before, after)]
    names = ["" if one is None else path for one in (before, after)]
    collected = context.collected, context.collected
    file = FilePair(names[0], names[1], looks[0].profile, looks[1].profile, kind, collected)
    worktree = ("worktree", None)
    gaps = [Gap(path, reason) for reason in looks[1].result.gaps]
    return judged([Pair(file, looks[0], looks[1])], gaps, (worktree, worktree), terms)


def judged(
    pairs: Sequence[Pair],
    gaps: Iterable[Gap],
    kinds: tuple[tuple[str, str | None], tuple[str, str | None]],
    terms: Terms,
    *,
    notes: tuple[str, ...] = (),
    around: Surroundings | None = None,
) -> Comparison:
    """Run the rules, and apply the configuration and the suppressions."""
    change = replace(compare_files(one.file for one in pairs), around=around or Surroundings())
    registry, config = terms.registry, terms.config
    active = registry.select(config.select, config.extend_select, config.ignore)
    found, failures = rule_hits(change, registry, active)
    outcome = judge(_file_hits(pairs, found), config, registry, active)
    everything = sorted({*gaps, *outcome.gaps, *(Gap(".", reason) for reason in failures)})
    tests = _balance(change)
    infos = [SnapshotInfo(kind, rev, len(pairs), number) for (kind, rev), number in zip(kinds, tests[:2], strict=True)]
    verdict = Verdict(infos[1], outcome.findings, tuple(everything), outcome.suppressed, _NO_SCORE, notes)
    return Comparison(infos[0], infos[1], verdict, tests, len(pairs), change)


def _file_hits(pairs: Sequence[Pair], found: Sequence[Hit]) -> Iterator[FileHits]:
    """Per file what the rules about changes found in it, and what other rules find in it that is new."""
    fresh = _fresh(pairs)
    by_path: dict[str, list[Hit]] = {}
    for hit in found:
        by_path.setdefault(hit.path, []).append(hit)
    for pair in pairs:
        hits = by_path.pop(pair.file.path, [])
        lines = pair.after.lines if pair.file.after_path else pair.before.lines
        anchored = [Anchored(hit, _anchor(lines, hit.span.line)) for hit in hits]
        told = _told(hits)
        new = [one for one in fresh.get(pair.file.path, ()) if not _is_told(one.hit, told)]
        yield FileHits(pair.file.path, (*anchored, *new), _standing(pair), complete=False)
    for path, hits in by_path.items():
        yield FileHits(path, [Anchored(hit, "") for hit in hits], (), complete=False)


def _told(hits: Sequence[Hit]) -> dict[str, Severity]:
    """By definition the severest that the rules about changes say of it."""
    ordered = sorted(hits, key=lambda hit: hit.severity.rank, reverse=True)
    return {hit.symbol: hit.severity for hit in ordered if hit.symbol}


def _is_told(hit: Hit, told: Mapping[str, Severity]) -> bool:
    """Whether what is new of a definition is said already, and as severely: a lesser remark must not hide it."""
    return hit.symbol in told and told[hit.symbol].at_least(hit.severity)


def _standing(pair: Pair) -> list[Suppression]:
    return standing(pair.before.result.suppressions, pair.after.result.suppressions)


def _fresh(pairs: Sequence[Pair]) -> dict[str, list[Anchored]]:
    """What the rules about single files find after the change and did not find before, wherever it stood then."""
    earlier = [one for pair in pairs for one in _blamed(pair.before)]
    before = Counter((one.hit.code, one.anchor) for one in earlier)
    later = [one for pair in pairs for one in _blamed(pair.after)]
    named = Counter(map(_named, earlier)) - Counter(_named(one) for one in later if before[one.hit.code, one.anchor])
    found: dict[str, list[Anchored]] = {}
    for pair in pairs:
        for one in _blamed(pair.after):
            key = (one.hit.code, one.anchor)
            if before[key] > 0:
                before[key] -= 1
            elif one.hit.symbol and named[_named(one)] > 0:
                named[_named(one)] -= 1
            else:
                found.setdefault(pair.file.path, []).append(one)
        if pair.file.path in found:
            found[pair.file.path] = _more(pair, found[pair.file.path])
    return found


def _named(one: Anchored) -> tuple[str, str]:
    """The code and the bare name of the definition, which a move out of a class keeps."""
    return one.hit.code, one.hit.symbol.rpartition(".")[2]


def _more(pair: Pair, fresh: Sequence[Anchored]) -> list[Anchored]:
    """What is new, without what a definition has no more of than before: its lines are merely worded anew."""
    had = Counter((one.hit.code, one.hit.symbol) for one in _blamed(pair.before))
    grown = Counter((one.hit.code, one.hit.symbol) for one in _blamed(pair.after)) - had
    return [one for one in fresh if not one.hit.symbol or (one.hit.code, one.hit.symbol) in grown]


def _blamed(look: Look) -> Iterator[Anchored]:
    return (one for one in look.result.hits if one.hit.code.startswith(FAMILIES))


def _anchor(lines: Sequence[str], line: int) -> str:
    """The text of a line, white space collapsed."""
    return " ".join(lines[line - 1].split())[:200] if 0 < line <= len(lines) else ""


def _balance(change: Change) -> Balance:
    lost, gained = change.balance
    before = len(change.pairs) + len(change.removed)
    moved = sum((one.before.path, one.before.symbol) != (one.after.path, one.after.symbol) for one in change.pairs)
    changed = sum(not one.same_body for one in change.pairs)
    return Balance(before, len(change.pairs) + len(change.added), lost, gained, changed, moved)
