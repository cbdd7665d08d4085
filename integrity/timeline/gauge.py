"""Measures commits: every content is examined once, and judged once at every path it has, however many commits hold it.

Each file is judged on its own, by today's rules and configuration. What only the whole repository can tell (imports,
cycles, tests inherited from another file) is left out, unless it is asked for: then every commit is scanned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import NamedTuple

from integrity.census import Record, verdicts
from integrity.engine import Scan
from integrity.errors import GitError, TargetError
from integrity.examination import Examination, file_key
from integrity.git.format import LINK_MODE, SUBMODULE_MODE
from integrity.git.log import Commit
from integrity.git.objects import ObjectStore
from integrity.git.repository import Repository
from integrity.globs import compile_globs
from integrity.model import Census, Severity
from integrity.policy import FileHits, judge_apart
from integrity.result import Result
from integrity.roles import Roles
from integrity.rule import Context, File
from integrity.score import Unit, figures, group_of
from integrity.snapshot.readers import Entry, ReaderSpec
from integrity.snapshot.snapshot import SUFFIXES, take
from integrity.timeline.points import Point, Work

_CHUNK = 2000  # results decoded at a time


class _Mark(NamedTuple):
    """What one content at one path contributes."""

    counted: bool
    gap: bool
    groups: frozenset[str]
    tests: Census
    critical: bool = False


class _Place(NamedTuple):
    """A content at a path, and what the path says."""

    entry: Entry
    context: Context


_UNREAD = _Mark(counted=True, gap=True, groups=frozenset(), tests=Census())


@dataclass
class Gauge:
    """Measures commits of one repository, and remembers what it has seen.

    Attributes:
        scan: of the newest commit; its cache must be open.
        repository: where the commits lie.
        labels: tags by commit.
        whole: whether to scan every commit as a whole.
    """

    scan: Scan
    repository: Repository
    labels: dict[str, list[str]]
    whole: bool = False
    _points: dict[str, Point] = field(default_factory=dict)
    _marks: dict[_Place, _Mark] = field(default_factory=dict)
    _parsed: set[str] = field(default_factory=set)
    _versions: int = 0

    def points(self, commits: Sequence[Commit]) -> list[Point]:
        """What is measured at each of these commits, in their order."""
        new = [commit for commit in dict.fromkeys(commits) if commit.id not in self._points]
        measured = map(self._scanned, new) if self.whole else self._measured(new)
        self._points.update({point.commit.id: point for point in measured})
        return [self._points[commit.id] for commit in commits]

    @property
    def work(self) -> Work:
        """What it has cost so far."""
        return Work(len(self._points), self._versions, len(self._marks), len(self._parsed))

    def _measured(self, commits: Sequence[Commit]) -> Iterator[Point]:
        """Each file on its own: all contents of all commits at once, so that each is looked up once."""
        held = [(commit, self._places(commit)) for commit in commits]
        self._judge(place for _, places in held if not isinstance(places, str) for place in places)
        for commit, places in held:
            yield self._unscored(commit, places) if isinstance(places, str) else self._point(commit, places)

    def _places(self, commit: Commit) -> list[_Place] | str:
        """The Python files of a commit, or why they cannot be listed."""
        try:
            listed = self._store.tree(commit.id)
        except GitError as error:
            return error.lines[0]
        files = [one for one in listed if one.mode not in (LINK_MODE, SUBMODULE_MODE)]
        packages = (one.path for one in files if one.path.endswith("__init__.py"))
        roles = Roles(self.scan.config, packages)
        kept = (one for one in files if one.path.endswith(SUFFIXES) and not self._excluded(one.path))
        return [_Place(Entry(one.path, one.blob), roles.context(one.path)) for one in kept]

    def _point(self, commit: Commit, places: Sequence[_Place]) -> Point:
        marks = {place: self._marks[place] for place in places}
        self._versions += len(places)
        units = [Unit(place.entry.path, place.context.test, mark.gap) for place, mark in marks.items() if mark.counted]
        if not units:
            return self._unscored(commit, "no file holds a statement or a comment")
        broken = {place.entry.path: mark.groups for place, mark in marks.items() if mark.groups}
        scopes = {
            name: sum((mark.tests for place, mark in marks.items() if place.context.test is test), Census())
            for name, test in (("production", False), ("tests", True))
        }
        score = figures(
            units,
            broken,
            families=self._families,
            weights=self.scan.config.weights,
            scope_tests=scopes,
            critical=any(mark.critical for mark in marks.values()),
        )
        gaps = sum(mark.gap for mark in marks.values())
        return Point(commit, tuple(self.labels.get(commit.id, ())), len(places), score, gaps)

    def _unscored(self, commit: Commit, why: str) -> Point:
        return Point(commit, tuple(self.labels.get(commit.id, ())), reason=why)

    def _scanned(self, commit: Commit) -> Point:
        """One commit as `integrity scan --rev` judges it."""
        config = self.scan.config
        try:
            shot = take(
                (self.repository.root,), rev=commit.id, exclude=config.exclude, max_file_size=config.max_file_size
            )
            unaware = replace(config, import_history=False)  # nobody reads the messages
            verdict = replace(self.scan, snapshot=shot, config=unaware).verdict()
        except (GitError, TargetError) as error:
            return self._unscored(commit, error.lines[0])
        self._versions += len(shot.entries)
        labels = tuple(self.labels.get(commit.id, ()))
        return Point(commit, labels, len(shot.entries), verdict.score, len(verdict.gaps))

    def _judge(self, places: Iterable[_Place]) -> None:
        """Examine and judge what is not known yet."""
        new = [place for place in dict.fromkeys(places) if place not in self._marks]
        sizes = self._store.sizes(place.entry.blob for place in new)
        readable = [place for place in new if 0 <= sizes.get(place.entry.blob, -1) <= self.scan.config.max_file_size]
        self._marks.update(dict.fromkeys(new, _UNREAD))
        readable.sort(key=lambda place: file_key(place.entry.blob, place.context))
        for start in range(0, len(readable), _CHUNK):
            self._judge_chunk(readable[start : start + _CHUNK])

    def _judge_chunk(self, places: Sequence[_Place]) -> None:
        keys = {place: file_key(place.entry.blob, place.context) for place in places}
        stored = self.scan.cache.results(sorted(set(keys.values())))
        self._parsed.update(key for key in keys.values() if key not in stored)
        results = self._examination.results({key: (place.entry, place.context) for place, key in keys.items()})
        files = [
            FileHits(place.entry.path, one.hits, one.suppressions, complete=not one.gaps)
            for place in places
            for one in [results[keys[place]]]
        ]
        outcomes = judge_apart(files, self.scan.config, self.scan.registry, self._active)
        for place, outcome in zip(places, outcomes, strict=True):
            result = results[keys[place]]
            serious = [one for one in outcome.findings if one.severity.at_least(Severity.HIGH)]
            groups = frozenset(filter(None, (group_of(one.code) for one in serious)))
            critical = any(one.severity is Severity.CRITICAL for one in serious)
            gap = bool(result.gaps or outcome.gaps)
            self._marks[place] = _Mark(result.counted or gap, gap, groups, _tests(result), critical)

    @cached_property
    def _store(self) -> ObjectStore:
        return ObjectStore.of(self.repository)

    @cached_property
    def _examination(self) -> Examination:
        limit = self.scan.config.max_file_size
        reader = ReaderSpec(self.repository.root, limit, self.repository.object_format, self._store)
        scan = self.scan
        return Examination(reader, scan.registry, scan.cache, scan.jobs, scan.progress, imports=False)

    @cached_property
    def _active(self) -> frozenset[str]:
        config = self.scan.config
        return self.scan.registry.select(config.select, config.extend_select, config.ignore)

    @cached_property
    def _families(self) -> frozenset[str]:
        return self.scan.scored(File)

    @cached_property
    def _excluded(self) -> Callable[[str], bool]:
        """The same few thousand paths are asked for at every commit."""
        return cache(compile_globs(self.scan.config.exclude))


def _tests(result: Result) -> Census:
    """The tests of one file, as far as it tells itself."""
    if not (result.defined or result.lost):
        return Census()
    hits = [one.hit for one in result.hits]
    record = Record(result.defined, result.lost, frozenset(test.line for test in result.defined), hits)
    fates = Counter(verdicts(record).values())
    spoiled = {name: fates[name] for name in ("hollow", "disabled", "uncollected")}
    live = max(0, result.census.live - sum(spoiled.values()))
    lost = len(result.lost) + fates["lost"]
    return Census(known=live + sum(spoiled.values()) + lost, live=live, lost=lost, **spoiled)
