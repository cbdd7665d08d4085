"""From a snapshot to a verdict: takes from the cache what is known, examines the rest, judges the whole."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial

import msgspec

from integrity.cache import Cache
from integrity.census import by_folder
from integrity.config.config import Config
from integrity.errors import TargetError
from integrity.examination import Examination, Progress, decoded, file_key
from integrity.examine import Across, hits_across, together
from integrity.facts.model import FileFacts
from integrity.facts.program import Program
from integrity.facts.verdicts import Checker
from integrity.imports.resolver import Resolver
from integrity.model import Census, Gap, Severity, SnapshotInfo, Verdict
from integrity.policy import FileHits, judge
from integrity.registry.loader import Registry
from integrity.repository_harness import RepositoryHarness
from integrity.repository_imports import RepositoryImports, decoded_programs, resolver_of
from integrity.repository_tests import censuses, settled, suite_of
from integrity.result import Result
from integrity.roles import Roles
from integrity.rule import Context, Demands, Harness, Hit, ImportGraph, Structures, Suite
from integrity.score import Unit, score
from integrity.snapshot.snapshot import Snapshot

_LARGE_SCAN = 500_000  # objects left behind
_MANY = 300  # files just examined: then most of what concerns the whole has to be found out anew, too


@dataclass(frozen=True)
class Scan:
    """One scan of one snapshot.

    Attributes:
        snapshot: what to check.
        config: what the user asked for, detected settings included.
        registry: the rules.
        cache: an open cache.
        jobs: number of worker processes.
        progress: called with the numbers of files done and of all files to examine.
    """

    snapshot: Snapshot
    config: Config
    registry: Registry
    cache: Cache
    jobs: int
    progress: Progress = lambda _done, _total: None

    def verdict(self) -> Verdict:
        """Check every file and judge the whole.

        Raises:
            TargetError: there is nothing to scan.
            ConfigError: the selection names rules that do not exist.
        """
        if not self.snapshot.entries and not self.snapshot.gaps and not self.snapshot.harness:
            raise TargetError("nothing to scan: no Python file here; name a path that holds some, or check `exclude`")
        contexts = self._contexts()
        key = self._key(contexts)
        stored = self._stored(key) or self._stored(self._dated(key))
        if stored:
            return stored
        results = self._results(contexts)
        with _undisturbed():
            programs = decoded_programs(self._programs_of())
            imports = self._imports(programs)
            suite, results = self._settled(programs, results)
            across = self._across(suite, imports)
            verdict = self._judged(results | self._harness, suite, across)
        if all(result.lasting for result in results.values()):
            self._store(self._dated(key) if across.dated else key, verdict)
        return verdict

    def _dated(self, key: str) -> str:
        """Identifies a scan of which the verdict depends on the history, too: it names commits."""
        past = self.snapshot.past
        return f"{key}-{past.tip}-{past.boundary}" if past else f"{key}-"

    def _stored(self, key: str) -> Verdict | None:
        return decoded(self.cache.verdict(key), Verdict)

    def _store(self, key: str, verdict: Verdict) -> None:
        """Remember a verdict; one with file names that are not UTF-8 cannot be encoded, and is made anew each time."""
        with suppress(UnicodeEncodeError):
            self.cache.store_verdict(key, msgspec.msgpack.encode(verdict))

    def suite(self) -> Suite:
        """The tests of the whole repository, as a runner collects them."""
        return self._suite(decoded_programs(self._programs_of()), {}, counts=True)

    def _settled(
        self, programs: Mapping[str, Program], results: Mapping[str, Result]
    ) -> tuple[Suite, dict[str, Result]]:
        """The tests of the repository, and the results without what it refutes."""
        with self.snapshot.reader.open() as reader:
            files = RepositoryImports(self.snapshot, self.config, self.cache, reader, self._resolver)
            store = None if self._examination.moved else files
            suite = self._suite(programs, results, files.checkers, store=store)
            return suite, settled(results, suite)

    def _suite(
        self,
        programs: Mapping[str, Program],
        results: Mapping[str, Result],
        checkers: Callable[[str], Iterable[Checker]] = lambda _: (),
        *,
        counts: bool = False,
        store: RepositoryImports | None = None,
    ) -> Suite:
        return suite_of(
            programs,
            self._contexts(),
            paths=self.snapshot.paths,
            config=self.config,
            resolver=self._resolver,
            results=results,
            counts=counts,
            checkers=checkers,
            store=store,
        )

    def facts(self) -> Iterator[tuple[str, FileFacts]]:
        """Path and facts of every file that could be read, in order of path."""
        contexts = self._contexts()
        self._results(contexts)
        keys = {entry.path: file_key(entry.blob, contexts[entry.path]) for entry in self.snapshot.entries}
        stored = self.cache.facts(list(keys.values()))
        for path, key in keys.items():
            facts = decoded(stored.get(key), FileFacts)
            if facts:
                yield path, facts

    def unresolved(self, replaced: Mapping[str, bytes]) -> dict[str, list[Hit]]:
        """What files would ask for at import, were they replaced, that exists nowhere today.

        Args:
            replaced: the encoded program of each path.
        """
        contexts = {**self._contexts(), **{path: self._roles.context(path) for path in replaced}}
        unaware = replace(self.config, import_history=False)
        with self.snapshot.reader.open() as reader:
            repository = RepositoryImports(self.snapshot, unaware, self.cache, reader, self._resolver)
            graph = repository.graph(decoded_programs({**self._programs_of(), **replaced}), lasting=False)
            rules = self.registry.for_subject(Demands)
            found = hits_across(
                [repository.demands(graph, contexts)], self.registry, frozenset(one.rule.code for one in rules)
            )
        crashing = {
            path: [hit for hit in found.hits.get(path, ()) if hit.severity is Severity.CRITICAL] for path in replaced
        }
        return {path: hits for path, hits in crashing.items() if hits}

    def _contexts(self) -> dict[str, Context]:
        return {
            entry.path: self._roles.context(entry.path) for entry in (*self.snapshot.entries, *self.snapshot.around)
        }

    @cached_property
    def _resolver(self) -> Resolver:
        return resolver_of(self.snapshot)

    @cached_property
    def _roles(self) -> Roles:
        return Roles(self.config, self.snapshot.packages)

    def _key(self, contexts: Mapping[str, Context]) -> str:
        """Identifies the scan by everything that its verdict depends on, but for the history."""
        shot = self.snapshot
        files = [(entry.path, entry.blob, contexts[entry.path]) for entry in shot.entries]
        judged = replace(self.config, source=None, baseline="", given=frozenset(), flags={}, notes=())
        harness = (shot.harness, shot.harness_around, shot.harness_gaps) if self._harness_rules else ()
        around = (shot.around, shot.paths, shot.opaque, shot.settings, harness)
        everything = (shot.kind, shot.revision, shot.notes, shot.gaps, files, judged, around)
        return hashlib.sha256(repr(everything).encode("utf-8", "surrogateescape")).hexdigest()

    def _results(self, contexts: Mapping[str, Context]) -> dict[str, Result]:
        """The result of every entry, by path."""
        keys = {entry.path: file_key(entry.blob, contexts[entry.path]) for entry in self.snapshot.entries}
        entries = {keys[entry.path]: entry for entry in reversed(self.snapshot.entries)}  # copies are examined once
        wanted = {key: (entry, contexts[entry.path]) for key, entry in entries.items()}
        known = self._examination.results(wanted)
        return {path: known[key] for path, key in keys.items()}

    @cached_property
    def _examination(self) -> Examination:
        return Examination(self.snapshot.reader, self.registry, self.cache, self.jobs, self.progress)

    @cached_property
    def _selected(self) -> frozenset[str]:
        return self.registry.select(self.config.select, self.config.extend_select, self.config.ignore)

    def scored(self, *subjects: type) -> frozenset[str]:
        """The families with a selected rule that can cost a file: a group that always had 100 % would only flatter.

        Args:
            subjects: only rules about these count; all rules when there are none.
        """
        codes, levels = self.registry.codes, self.config.severity
        given = {codes[text]: level for text, level in levels.items() if text in codes}
        about = [one.rule for one in self.registry.rules if not subjects or one.subject in subjects]
        rules = (rule for rule in about if rule.code in self._selected)
        return frozenset(rule.code[:3] for rule in rules if given.get(rule.code, rule.severity).at_least(Severity.HIGH))

    @cached_property
    def _graph_rules(self) -> bool:
        """Whether a rule about the whole repository is selected."""
        return self._asks(ImportGraph) or self._asks(Demands)

    @cached_property
    def _harness_rules(self) -> bool:
        """Whether a rule about the configuration of the harness is selected."""
        return self._asks(Harness)

    @cached_property
    def _harness(self) -> dict[str, Result]:
        """The result of every file of configuration that was asked for, by path."""
        if not self._harness_rules:
            return {}
        with self.snapshot.reader.open() as reader:
            harness = RepositoryHarness(self.snapshot, self._roles, self.cache, reader)
            return harness.results(self.registry, self._selected)

    def _asks(self, subject: type[ImportGraph] | type[Demands] | type[Harness] | type[Structures]) -> bool:
        return any(one.rule.code in self._selected for one in self.registry.for_subject(subject))

    def _imports(self, programs: Mapping[str, Program]) -> list[Callable[[], Across]]:
        """What waits for what the rules about imports find; begun beside this process where that takes long."""
        kinds: list[type[ImportGraph] | type[Demands]] = [ImportGraph] if self._graph_rules else []
        if self._asks(Demands):
            kinds.append(Demands)
        if self.jobs == 1 or len(self._examination.programs) < _MANY:
            return [partial(self._imported, kind, programs, self.cache) for kind in kinds]
        from integrity.beside import begun

        return [begun(partial(self._imported_beside, kind, programs)) for kind in kinds]

    def _imported_beside(self, kind: type[ImportGraph] | type[Demands], programs: Mapping[str, Program]) -> Across:
        """The same with a connection of its own."""
        with self.cache.again() as cache:
            return self._imported(kind, programs, cache)

    def _imported(
        self, kind: type[ImportGraph] | type[Demands], programs: Mapping[str, Program], cache: Cache
    ) -> Across:
        """What the rules about one subject find."""
        with self.snapshot.reader.open() as reader:
            repository = RepositoryImports(self.snapshot, self.config, cache, reader, self._resolver)
            graph = repository.graph(programs, lasting=not self._examination.moved)
            subject = graph if kind is ImportGraph else repository.demands(graph, self._contexts())
            return repository.kept(hits_across([subject], self.registry, self._selected))

    def _across(self, suite: Suite, imports: Iterable[Callable[[], Across]]) -> Across:
        """What the rules about the whole repository find; those about its tests run always, because they count."""
        counting = frozenset(one.rule.code for one in self.registry.for_subject(Suite))
        structures = self._structures()
        with self.snapshot.reader.open() as reader:
            repository = RepositoryImports(self.snapshot, self.config, self.cache, reader, self._resolver)
            tests, structure = (
                repository.kept(hits_across([one], self.registry, self._selected | counting))
                for one in (suite, structures)
            )
        found = together([tests, *(outcome() for outcome in imports), structure])
        return found._replace(unmeasured=structures.problems)

    def _structures(self) -> Structures:
        """What rules about structure see; nothing where none is asked for, because it costs as much as the rest."""
        if not self._asks(Structures):
            return Structures({})
        from integrity.repository_structure import structures_of

        entries = sorted((*self.snapshot.entries, *self.snapshot.around))
        return structures_of(
            entries,
            self._contexts(),
            reader=self.snapshot.reader,
            cache=self.cache,
            config=self.config,
            jobs=self.jobs,
        )

    def _programs_of(self) -> dict[str, bytes]:
        """Path to encoded program of every module of the repository; those not asked for are examined when unknown."""
        entries = (*self.snapshot.entries, *self.snapshot.around)
        fresh = self._examination.programs
        found = {**fresh, **self.cache.programs(sorted({one.blob for one in entries if one.blob not in fresh}))}
        missing = {entry.blob: entry for entry in entries if entry.blob not in found}
        if missing:
            contexts = self._contexts()
            wanted = {file_key(one.blob, contexts[one.path]): (one, contexts[one.path]) for one in missing.values()}
            self._examination.examine(wanted)
            found.update(fresh)
        return {entry.path: found[entry.blob] for entry in entries if entry.blob in found}

    def _judged(self, results: Mapping[str, Result], suite: Suite, across: Across) -> Verdict:
        """Apply the configuration and the suppressions, and compute the score."""
        selected = self._selected
        files = [
            FileHits(path, (*one.hits, *across.anchored.get(path, ())), one.suppressions, complete=not one.gaps)
            for path, one in results.items()
        ]
        outcome = judge(files, self.config, self.registry, selected)
        unread = {Gap(path, reason) for path, result in results.items() for reason in result.gaps}
        failed = {Gap(".", reason) for reason in across.failures}
        failed |= {Gap(path, reason) for path, reason in across.unmeasured.items() if path in results}
        unread.update(self.snapshot.harness_gaps if self._harness_rules else ())
        gaps = sorted(unread.union(self.snapshot.gaps, outcome.gaps, failed))
        tests = censuses(results, suite, across)
        scopes = {
            name: sum((one for path, one in tests.items() if self._roles.context(path).test is test), Census())
            for name, test in (("production", False), ("tests", True))
        }
        census = scopes["production"] + scopes["tests"]
        return Verdict(
            snapshot=SnapshotInfo(self.snapshot.kind, self.snapshot.revision, self._checked(), census.live),
            findings=tuple(outcome.findings),
            gaps=tuple(gaps),
            suppressed=outcome.suppressed,
            score=score(
                self._units(results, gaps),
                outcome.findings,
                census,
                families=self.scored(),
                weights=self.config.weights,
                scope_tests=scopes,
            ),
            notes=(*self.snapshot.notes, *across.notes),
            census=by_folder(tests),
            ignored=tuple(sorted(outcome.ignored)),
        )

    def _checked(self) -> int:
        """How many files were checked: those of Python, and those of configuration that say something about tests."""
        return len(self.snapshot.entries) + sum(one.counted for one in self._harness.values())

    def _units(self, results: Mapping[str, Result], gaps: Iterable[Gap]) -> list[Unit]:
        """The files that count: those that hold something, and those of which nobody knows."""
        unknown = {gap.path for gap in gaps}
        paths = unknown.union(path for path, result in results.items() if result.counted)
        return [
            Unit(path, path in self._harness or self._roles.context(path).test, path in unknown)
            for path in sorted(paths)
        ]


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Collect no garbage meanwhile: there is next to none among decoded facts, and looking for it triples the time.

    Nor is it looked for behind a large scan, which would take a second where most processes are about to end: what is
    left of it is set aside until another scan begins.
    """
    enabled = gc.isenabled()
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if gc.get_count()[0] > _LARGE_SCAN:
                gc.freeze()
            gc.enable()
