"""Works out what would be written for every damaged file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from integrity.errors import UnreadableError
from integrity.facts.collection import lost_tests
from integrity.git.log import Change, Commit
from integrity.restore.choice import Candidate, choose
from integrity.restore.content import as_on_disk, encode, line_count
from integrity.restore.merge import Merge
from integrity.restore.merging import Job, Stretch, merge_all
from integrity.restore.plan import MERGE, RESTORE, SKIP, UNRESTORABLE, Item, Plan, Source
from integrity.restore.reasons import Circumstances, always_hollow, why, why_not
from integrity.restore.search import Case, Past, Search, named_tests
from integrity.snapshot.readers import Entry
from integrity.source import decode

_MOVED = 0.8  # of the tests that an older version has more: so many must live in one other file today

Read = Callable[[str], bytes]


@dataclass(frozen=True)
class Wishes:
    """What the user asked for.

    Attributes:
        strategy: one of `choice.STRATEGIES`.
        source: the commit to restore from, None to choose.
        files: the blob of each path in that commit.
        before: only versions committed before this time, in seconds since 1970; None for all.
        over_edits: whether the healthy version is taken where later edits collide with it.
    """

    strategy: str = "balanced"
    source: Commit | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    before: float | None = None
    over_edits: bool = False


class _Draft(NamedTuple):
    """A file with the version chosen for it, before later edits were merged into it."""

    item: Item
    candidate: Candidate
    job: Job
    committed: bytes | None

    def content(self, text: str) -> bytes:
        """The bytes to write for a text."""
        healthy, before = self.job.healthy, self.item.before
        content = healthy if text == decode(healthy).text else encode(text, healthy)
        return content if before is None or self.committed is None else as_on_disk(content, before, self.committed)


@dataclass(frozen=True)
class Planner:
    """What is needed to plan.

    Attributes:
        search: finds the versions.
        circumstances: what may keep history from helping.
        wishes: what the user asked for.
        read_blob: the bytes of a blob; raises UnreadableError.
        read_today: the bytes of a path in today's tree; raises UnreadableError.
        living: the live tests of today by path; asked for only where a file has shrunk.
        jobs: number of processes that merge.
    """

    search: Search
    circumstances: Circumstances
    wishes: Wishes
    read_blob: Read
    read_today: Read
    living: Callable[[], Mapping[str, frozenset[str]]]
    jobs: int

    def plan(self, head: str, cases: Sequence[Case]) -> Plan:
        """A plan for every damaged file, in order of path."""
        pasts = self.search.pasts(cases)
        mendable = [(case, past) for case, past in zip(cases, pasts, strict=True) if past.healthy or not case.hollow]
        drafts = [self._draft(case, past) for case, past in mendable]  # tests that never checked anything lost nothing
        chosen = [draft for draft in drafts if isinstance(draft, _Draft)]
        merges = merge_all([draft.job for draft in chosen], self.search.examiner, self.jobs)
        items = [draft for draft in drafts if isinstance(draft, Item)]
        items += [self._finished(draft, merged) for draft, merged in zip(chosen, merges, strict=True)]
        notes = (*self.circumstances.notes, *always_hollow(len(cases) - len(mendable)))
        return Plan(head, tuple(sorted(items, key=lambda item: item.path)), notes)

    def _draft(self, case: Case, past: Past) -> Item | _Draft:
        """The file with the version chosen for it, or the finished item when there is none."""
        item = self._known(case, past)
        healthy = [one for one in self._offered(case, past) if self._is_early(one)]
        if not healthy:
            return replace(item, reason=why_not(past, self.circumstances, self.search.log), lost=self._lost(case))
        strategy = self.wishes.strategy if case.entry.blob else "newest"  # of a deleted file: what was deleted
        choice = choose(healthy, strategy, lambda more, fewer: self._moved(case.path, more, fewer))
        reason = why(choice, past, self.search.log, forced=self.wishes.source is not None)
        try:
            source = self._source(choice.candidate.version, past)
            job = self._job(case, past, choice.candidate, item.before)
            committed = self.read_blob(case.committed) if case.committed else None
        except UnreadableError as error:
            return replace(item, reason=f"a version cannot be read: {error}")
        return _Draft(replace(item, reason=reason, source=source), choice.candidate, job, committed)

    def _lost(self, case: Case) -> tuple[str, ...]:
        """The tests that the file names in its damaged text."""
        return tuple(name for facts in self.search.examiner.facts([case.entry]).values() for name in lost_tests(facts))

    def _known(self, case: Case, past: Past) -> Item:
        """What can be said of a file before anything was chosen."""
        before = self.read_today(case.path) if case.entry.blob else None
        lines = line_count(before) if before else 0
        blamed, broken = (self._commit(change) for change in (past.damaged_by, past.broken_by))
        return Item(
            path=case.path,
            action=UNRESTORABLE,
            reason="",
            damage=case.findings,
            damaged_by=blamed,
            broken_by=None if broken == blamed else broken,
            tests_now=past.now.tests,
            tests_after=past.now.tests,
            lines_now=lines,
            lines_after=lines,
            before=before,
        )

    def _commit(self, change: Change | None) -> Commit | None:
        return self.search.log.commits[change.order] if change else None

    def _offered(self, case: Case, past: Past) -> Sequence[Candidate]:
        """The versions to choose from."""
        if self.wishes.source is None:
            return past.healthy
        paths = dict.fromkeys([case.path, *(one.version.path for one in past.versions)])
        forced = {path: self.wishes.files[path] for path in paths if path in self.wishes.files}
        return [
            Candidate(Change(-1, path, "", blob, ""), condition)
            for path, blob in forced.items()
            for condition in self.search.examiner.conditions([Entry(case.path, blob)]).values()
        ][:1]

    def _is_early(self, candidate: Candidate) -> bool:
        limit, commit = self.wishes.before, self._made(candidate.version)
        return limit is None or (commit is not None and commit.time < limit)

    def _moved(self, path: str, more: Candidate, fewer: Candidate) -> bool:
        """Whether the tests that the first version has and the second has not live in one other file today."""
        entries = [Entry(path, one.version.new) for one in (more, fewer)]
        facts = self.search.examiner.facts(entries)
        gone = named_tests(facts.get(entries[0])) - named_tests(facts.get(entries[1]))
        elsewhere = (tests for other, tests in self.living().items() if other != path)
        return bool(gone) and any(len(gone & tests) >= _MOVED * len(gone) for tests in elsewhere)

    def _finished(self, draft: _Draft, merged: Merge) -> Item:
        """The item with what would be written."""
        item = replace(draft.item, notes=merged.notes, kept_edits=merged.kept_edits)
        healthy = decode(draft.job.healthy).text
        if merged.text is None and not self.wishes.over_edits:
            reason = f"{item.reason}; but edits made since the damage collide with it: `--prefer healthy` drops them"
            return replace(item, action=SKIP, reason=reason, conflicts=max(1, merged.conflicts))
        if merged.text is None:
            reason = f"{item.reason}; later edits that collide with it are dropped, as asked for"
            item, merged = replace(item, reason=reason), Merge(healthy, "plain")
        plain = merged.text in {None, healthy}
        after = draft.content(merged.text or "")
        tests = draft.candidate.condition if plain else self.search.examiner.condition_of(item.path, after)
        return replace(
            item,
            action=RESTORE if plain else MERGE,
            after=after,
            tests_after=tests.tests,
            lines_after=line_count(after),
        )

    def _made(self, version: Change) -> Commit | None:
        """The commit of a version; that of `--from` for one that no change of the path made."""
        return self._commit(version) if version.order >= 0 else self.wishes.source

    def _source(self, version: Change, past: Past) -> Source:
        commit = self._made(version)
        if commit is None:
            raise UnreadableError("the commit of the version is not known")
        depth = sum(1 for one in past.versions if 0 <= one.version.order < version.order)
        return Source(commit, version.path, version.new, version.mode, depth)

    def _job(self, case: Case, past: Past, chosen: Candidate, before: bytes | None) -> Job:
        """What is to be merged."""
        healthy = self.read_blob(chosen.version.new)
        if before is None:
            return Job(case.path, healthy)
        sound = self._live(case.path, chosen.version.new)
        blobs = past.stretches or ((chosen.version.new, case.entry.blob),)
        stretches = tuple(self._stretch(case, pair, sound, before) for pair in blobs)
        return Job(case.path, healthy, stretches, chosen.condition.codes, sound - chosen.condition.hollow)

    def _stretch(self, case: Case, blobs: tuple[str, str], sound: frozenset[str], today: bytes) -> Stretch:
        left, until = (today if blob == case.entry.blob else self.read_blob(blob) for blob in blobs)
        alive = self._live(case.path, blobs[0])
        return Stretch(decode(left).text, decode(until).text, bool(alive), bool(alive - sound))

    def _live(self, path: str, blob: str) -> frozenset[str]:
        """The live tests of a version."""
        facts = self.search.examiner.facts([Entry(path, blob)])
        return frozenset().union(*(self.search.examiner.live(path, one) for one in facts.values()))
