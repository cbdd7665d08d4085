"""In what condition a version is: what the rules find in it, and how many tests it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from integrity.config.config import Config
from integrity.examination import Examination, decoded, file_key
from integrity.examine import examine
from integrity.facts.collection import live_tests
from integrity.facts.model import FileFacts
from integrity.model import Finding, Severity
from integrity.policy import FileHits, judge_apart
from integrity.result import Result
from integrity.roles import Roles
from integrity.score import group_of
from integrity.snapshot.readers import Entry


class Condition(NamedTuple):
    """What is known of one content at one path.

    Attributes:
        damage: the findings that tell of corruption, or of text that only another Python reads.
        hollow: symbols of the live tests that check nothing, as grave findings tell; "" stands for all of them.
        tests: number of live tests.
        lost: number of tests named in damaged text.
        gaps: why it could not be checked in full, such as a missing object.
        grave: whether any of the damage is of the failing severity.
        critical: whether any of it is critical.
    """

    damage: tuple[Finding, ...]
    hollow: frozenset[str] = frozenset()
    tests: int = 0
    lost: int = 0
    gaps: tuple[str, ...] = ()
    grave: bool = False
    critical: bool = False

    @property
    def sound(self) -> int:
        """Number of live tests that check something, as far as the rules can tell."""
        return 0 if "" in self.hollow else max(0, self.tests - len(self.hollow))

    @property
    def tolerable(self) -> bool:
        """Whether it was checked and nothing grave is damaged."""
        return not self.grave and not self.gaps

    @property
    def healthy(self) -> bool:
        """Whether it was checked and nothing is damaged."""
        return not self.damage and not self.gaps

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its damage."""
        return frozenset(finding.code for finding in self.damage)


@dataclass(frozen=True)
class Examiner:
    """Judges contents as if they stood at a path of today's tree.

    Attributes:
        examination: examines contents by blob, from git's objects.
        config: what the user asked for.
        roles: what a path says.
    """

    examination: Examination
    config: Config
    roles: Roles

    def conditions(self, entries: Iterable[Entry]) -> dict[Entry, Condition]:
        """The condition of every (path, blob)."""
        keys = {entry: file_key(entry.blob, self.roles.context(entry.path)) for entry in dict.fromkeys(entries)}
        wanted = {key: (entry, self.roles.context(entry.path)) for entry, key in keys.items()}
        results = self.examination.results(wanted)
        return self._judged({entry: results[key] for entry, key in keys.items()})

    def condition_of(self, path: str, content: bytes) -> Condition:
        """The condition of bytes that no repository holds yet."""
        result, *_ = examine(content, self.roles.context(path), self.examination.registry, programs=False)
        entry = Entry(path, "")
        return self._judged({entry: result})[entry]

    def program_of(self, path: str, blob: str, content: bytes) -> bytes:
        """The encoded program of a content, for the steps that see the whole repository.

        Args:
            path: where it would stand.
            blob: its id if a repository holds it, else "".
            content: its bytes, looked at when its program is not stored.
        """
        stored = self.examination.programs.get(blob) or self.examination.cache.programs([blob]).get(blob)
        if stored:
            return stored
        encoded = msgspec.msgpack.encode(examine(content, self.roles.context(path), self.examination.registry)[2])
        if blob:
            self.examination.cache.store_programs({blob: encoded})
        return encoded

    def facts(self, entries: Iterable[Entry]) -> dict[Entry, FileFacts]:
        """The facts of those contents that were examined before and stored."""
        keys = {entry: file_key(entry.blob, self.roles.context(entry.path)) for entry in entries}
        stored = self.examination.cache.facts(list(keys.values()))
        found = {entry: decoded(stored.get(key), FileFacts) for entry, key in keys.items()}
        return {entry: facts for entry, facts in found.items() if facts}

    def live(self, path: str, facts: FileFacts) -> frozenset[str]:
        """The qualified names of the tests that a runner collects from a content with these facts at that path."""
        context = self.roles.context(path)
        if not context.collected:
            return frozenset()
        tests = live_tests(facts, context.python_classes, context.python_functions)
        return frozenset(test.qualname for test in tests)

    def _judged(self, results: Mapping[Entry, Result]) -> dict[Entry, Condition]:
        registry = self.examination.registry
        active = registry.select(self.config.select, self.config.extend_select, self.config.ignore)
        files = [FileHits(entry.path, one.hits, one.suppressions) for entry, one in results.items()]
        outcomes = judge_apart(files, self.config, registry, active)
        return {
            entry: self._condition(result, outcome.findings)
            for (entry, result), outcome in zip(results.items(), outcomes, strict=True)
        }

    def _condition(self, result: Result, findings: tuple[Finding, ...]) -> Condition:
        found = damage(findings)
        grave = [one for one in found if is_grave(one.severity, self.config.fail_severity)]
        corrupt = tuple(one for one in findings if is_corruption(one))
        hollow = frozenset(one.symbol for one in grave if not is_corruption(one))
        census = result.census
        return Condition(
            corrupt,
            hollow,
            census.live,
            census.lost,
            result.gaps,
            grave=any(map(is_corruption, grave)),
            critical=any(one.severity is Severity.CRITICAL for one in corrupt),
        )


def is_corruption(finding: Finding) -> bool:
    """Whether a finding tells of text that was destroyed, rather than of a test that was made to check nothing."""
    return group_of(finding.code) == "corruption"


def is_grave(severity: Severity, least: Severity) -> bool:
    """Whether damage of this severity fails a scan; what is critical always does."""
    return severity is Severity.CRITICAL or severity.at_least(least)


def damage(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that tell of damage which an older version may mend."""
    return tuple(finding for finding in findings if finding.restorable)
