"""Puts a plan together: today's damage, the history, and everything that is needed to read both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from integrity.engine import Scan
from integrity.errors import TargetError
from integrity.examination import Examination
from integrity.git.log import Log, read_log
from integrity.git.objects import BlobReader, ObjectStore
from integrity.git.repository import Repository
from integrity.history.condition import Examiner, is_grave
from integrity.model import Finding
from integrity.restore.deleted import deleted_tests
from integrity.restore.plan import RESTORE, SKIP, Plan
from integrity.restore.planner import Planner, Wishes
from integrity.restore.reasons import Circumstances
from integrity.restore.search import Case, Search
from integrity.roles import Roles
from integrity.snapshot.readers import Entry, ReaderSpec
from integrity.snapshot.snapshot import SUFFIXES


@dataclass(frozen=True)
class Request:
    """What the user asked for, as text.

    Attributes:
        strategy: one of `choice.STRATEGIES`.
        source: the revision to restore from, "" to choose.
        before: only versions committed before this time, in seconds since 1970; None for all.
        over_edits: whether the healthy version is taken where later edits collide with it.
        deleted_since: the revision whose deleted test files are wanted, "" for damaged files instead.
    """

    strategy: str = "balanced"
    source: str = ""
    before: float | None = None
    over_edits: bool = False
    deleted_since: str = ""


@dataclass(frozen=True)
class Assembly:
    """What a plan is made from.

    Attributes:
        scan: of today's tree; its cache must be open.
        repository: where the history lies.
        request: what the user asked for.
    """

    scan: Scan
    repository: Repository
    request: Request

    def plan(self, paths: Sequence[str] = ("",)) -> Plan:
        """The plan.

        Args:
            paths: files and folders that matter, relative to the root; only looked at for deleted files.

        Raises:
            TargetError: there is no such revision.
            GitError: git cannot read the history.
        """
        with BlobReader(self._store) as blobs, self.scan.snapshot.reader.open() as disk:
            ids = self._present
            planner = Planner(
                Search(self._log, self._examiner),
                Circumstances(self.repository.shallow, self._log.complaint),
                self._wishes(),
                blobs.read,
                lambda path: disk.read(Entry(path, ids[path])),
                lambda: self._living,
                self.scan.jobs,
            )
            plan = planner.plan(self.head, self._deleted(paths) if self.request.deleted_since else self._damaged())
        return replace(self._told_imports(plan), notes=(*plan.notes, *self._unchecked()))

    def _unchecked(self) -> tuple[str, ...]:
        """What the scan could not check: damage in it is not planned for, and must not pass in silence."""
        gaps = self.scan.verdict().gaps if self.scan.snapshot.entries else ()
        return tuple(f"not checked, so not planned for: {gap.path}: {gap.reason}" for gap in gaps)

    def _told_imports(self, plan: Plan) -> Plan:
        """The plan with the imports of restored files that lead nowhere today."""
        if not plan.doable:
            return plan
        programs = {}
        for item in plan.doable:
            blob = item.source.blob if item.source and item.action == RESTORE else ""
            programs[item.path] = self._examiner.program_of(item.path, blob, item.after or b"")
        found = self.scan.unresolved(programs)
        lines = {path: tuple(f"line {hit.span.line}: {hit.message}" for hit in hits) for path, hits in found.items()}
        return replace(plan, items=tuple(replace(item, unresolved=lines.get(item.path, ())) for item in plan.items))

    @cached_property
    def head(self) -> str:
        """The id of the commit whose history is searched, "" when there is none."""
        if self.scan.snapshot.revision:
            return self.scan.snapshot.revision
        try:
            return self.repository.resolve("HEAD")
        except TargetError:
            return ""

    @cached_property
    def _store(self) -> ObjectStore:
        return ObjectStore.of(self.repository)

    @cached_property
    def _log(self) -> Log:
        source = [self.repository.resolve(self.request.source)] if self.request.source else []
        unusual = [one.path for one in self._findings if not one.path.endswith(SUFFIXES)]
        return read_log(self.repository, [*([self.head] if self.head else []), *source], SUFFIXES, unusual)

    @cached_property
    def _examiner(self) -> Examiner:
        scan, limit = self.scan, self.scan.config.max_file_size
        reader = ReaderSpec(self.repository.root, limit, self.repository.object_format, self._store)
        examination = Examination(reader, scan.registry, scan.cache, scan.jobs, scan.progress, imports=False)
        return Examiner(examination, scan.config, Roles(scan.config, scan.snapshot.packages))

    @cached_property
    def _findings(self) -> list[Finding]:
        """The damage that matters, the most serious first."""
        least = self.scan.config.fail_severity
        found = [one for one in self.scan.verdict().findings if one.restorable and is_grave(one.severity, least)]
        return sorted(found, key=lambda one: (one.severity.rank, one.line, one.code))

    @cached_property
    def _present(self) -> dict[str, str]:
        return {entry.path: entry.blob for entry in self.scan.snapshot.entries}

    def _damaged(self) -> list[Case]:
        """Every damaged file."""
        committed = {one.path: one.blob for one in self._store.tree(self.head)} if self.head else {}
        grouped: dict[str, list[Finding]] = {}
        for finding in self._findings:
            grouped.setdefault(finding.path, []).append(finding)
        return [
            Case(Entry(path, self._present[path]), committed.get(path, ""), tuple(found))
            for path, found in grouped.items()
        ]

    def _deleted(self, paths: Iterable[str]) -> list[Case]:
        """Every test file that is gone since the revision asked for, under the paths asked for."""
        since = self.repository.resolve(self.request.deleted_since)
        then = [one for one in self._store.tree(since) if one.path.endswith(SUFFIXES)]
        cases = deleted_tests(then, self._present, self._living, self._examiner)
        return [case for case in cases if any(_below(case.path, path) for path in paths)]

    @cached_property
    def _living(self) -> Mapping[str, frozenset[str]]:
        """The live tests of today's files that hold any."""
        found = {path: self._examiner.live(path, facts) for path, facts in self.scan.facts()}
        return {path: tests for path, tests in found.items() if tests}

    def _wishes(self) -> Wishes:
        if not self.request.source:
            return Wishes(self.request.strategy, before=self.request.before, over_edits=self.request.over_edits)
        commit = self.repository.resolve(self.request.source)
        order = self._log.order_of(commit)
        if order is None:
            raise TargetError(f"{self.request.source} is not a commit, so nothing can be restored from it with --from")
        files = {one.path: one.blob for one in self._store.tree(commit)}
        return Wishes(
            self.request.strategy, self._log.commits[order], files, self.request.before, self.request.over_edits
        )


def withhold(plan: Plan, refusals: Mapping[str, str]) -> Plan:
    """The plan without the files that must not be written, each with the reason."""
    items = [
        replace(item, action=SKIP, reason=refusals[item.path], after=None, tests_after=item.tests_now)
        if item.doable and item.path in refusals
        else item
        for item in plan.items
    ]
    return replace(plan, items=tuple(items))


def _below(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
