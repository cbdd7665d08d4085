"""Finds every old version of damaged files, and in what condition each is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from integrity.facts.collection import lost_tests
from integrity.facts.model import FileFacts
from integrity.git.log import Change, Log
from integrity.history.blame import Step, culprit, decline
from integrity.history.condition import Condition, Examiner, is_corruption
from integrity.history.lineage import kin, lineage
from integrity.model import Finding
from integrity.restore.choice import Candidate
from integrity.snapshot.readers import Entry

_FULL = 0.9  # of the tests of a version with minor damage: so many make a healthy one the better choice
_KINSHIP = 0.5  # of the tests named in a damaged file: so many another file's version must hold to be its original


class Case(NamedTuple):
    """A damaged file.

    Attributes:
        entry: its path and the id of its content; "" for the latter where the file is gone.
        committed: the id of the content that the head holds under the path, "" when it holds none.
        findings: its damage, the most serious first.
    """

    entry: Entry
    committed: str
    findings: tuple[Finding, ...]

    @property
    def hollow(self) -> frozenset[str]:
        """The symbols of its tests that check nothing, where that is all its damage."""
        if any(map(is_corruption, self.findings)):
            return frozenset()
        return frozenset(finding.symbol for finding in self.findings)

    @property
    def path(self) -> str:
        """Relative to the root."""
        return self.entry.path


@dataclass(frozen=True)
class Past:
    """What history knows of a damaged file.

    Attributes:
        now: its condition today.
        versions: its versions, newest first.
        borrowed: whether those are another file's, which holds the tests it names.
        damaged_by: the change that brought in what is found today, None when it is not committed.
        broken_by: the change from which on no version was healthy, None likewise.
        stretches: since then, oldest first, the blobs between which nothing was damaged: as the damage left it, and the
            last before more damage was done; the last stretch ends today.
    """

    now: Condition
    versions: Sequence[Candidate]
    borrowed: bool = False
    damaged_by: Change | None = None
    broken_by: Change | None = None
    stretches: tuple[tuple[str, str], ...] = ()

    @property
    def healthy(self) -> list[Candidate]:
        """The versions to choose from, newest first.

        Those are the healthy ones; those with minor damage of another kind than today's where there is none, or where
        damage as old as most of the tests, such as one that was commented out, would lead back to a time without them.
        """
        return [one for one in self.versions if self.acceptable(one.condition)]

    def acceptable(self, condition: Condition) -> bool:
        """Whether a version in this condition is one of those."""
        return condition.healthy or (self._leniently and self._is_fair(condition))

    @cached_property
    def _leniently(self) -> bool:
        sound = next((one.condition.sound for one in self.versions if one.condition.healthy), None)
        fair = next((one.condition.sound for one in self.versions if self._is_fair(one.condition)), None)
        return fair is not None and (sound is None or sound < _FULL * fair)

    def _is_fair(self, condition: Condition) -> bool:
        bearable = condition.tolerable or not (condition.critical or condition.gaps)
        return bearable and condition.codes.isdisjoint(self.now.codes)


@dataclass(frozen=True)
class Search:
    """Where to search.

    Attributes:
        log: the history.
        examiner: judges the versions.
    """

    log: Log
    examiner: Examiner

    def pasts(self, cases: Sequence[Case]) -> list[Past]:
        """What history knows of each file, in their order."""
        versions = {case.path: lineage(self.log, case.path) for case in cases}
        known = self._conditions(versions) | self.examiner.conditions(case.entry for case in cases if case.entry.blob)
        own = [self._past(case, versions[case.path], known) for case in cases]
        orphans = {
            case.path: case for case, past in zip(cases, own, strict=True) if not past.healthy and not case.hollow
        }
        borrowed = self._borrowed(orphans, versions)
        return [borrowed.get(case.path, past) for case, past in zip(cases, own, strict=True)]

    def _past(self, case: Case, versions: Sequence[Change], known: Mapping[Entry, Condition]) -> Past:
        """What the versions of the file itself tell."""
        codes = {case.findings[0].code} if case.findings else frozenset[str]()
        hollow = case.hollow

        def condition(entry: Entry) -> Condition | None:
            found = known.get(Entry(case.path, entry.blob))
            return None if found is None or found.gaps else found

        def damaged(entry: Entry) -> bool | None:
            found = condition(entry)
            return None if found is None else not (codes.isdisjoint(found.codes) and _apart(hollow, found.hollow))

        def unhealthy(entry: Entry) -> bool | None:
            found = condition(entry)
            return None if found is None else not (past.acceptable(found) and _apart(hollow, found.hollow))

        past = Past(known.get(case.entry, Condition(())), self._candidates(case, versions, known))
        today = next((one for one in (case.entry, Entry(case.path, case.committed)) if self._holds(one)), None)
        steps = decline(self.log, today, unhealthy) if today and unhealthy(today) else []
        removal = next(iter(self.log.changes(case.path)), None) if not case.entry.blob else None
        return replace(
            past,
            damaged_by=culprit(steps, damaged) or removal,
            broken_by=steps[-1].change if steps else None,
            stretches=_stretches(case.entry.blob, steps, condition),
        )

    def _candidates(self, case: Case, versions: Sequence[Change], known: Mapping[Entry, Condition]) -> list[Candidate]:
        """The versions; where tests were hollowed, only those in which one of them still checked something."""
        found = [Candidate(one, known[Entry(case.path, one.new)]) for one in versions]
        if not case.hollow:
            return found
        now = known.get(case.entry, Condition(()))
        return [one for one in found if one.condition.sound and self._mends(case, one, now)]

    def _mends(self, case: Case, candidate: Candidate, now: Condition) -> bool:
        """Whether a version holds a hollowed test as it was before."""
        condition = candidate.condition
        if "" in case.hollow:
            return condition.sound > now.sound
        if case.hollow <= condition.hollow:
            return False
        facts = self.examiner.facts([Entry(case.path, candidate.version.new)])
        live = frozenset().union(*(self.examiner.live(case.path, one) for one in facts.values()))
        return bool(live & case.hollow - condition.hollow)

    def _holds(self, entry: Entry) -> bool:
        """Whether some commit brought that content to that path."""
        return any(change.path == entry.path for change in self.log.holders(entry.blob))

    def _conditions(self, versions: Mapping[str, Sequence[Change]]) -> dict[Entry, Condition]:
        """The condition of every version, as if it stood at today's path."""
        return self.examiner.conditions(Entry(path, one.new) for path, each in versions.items() for one in each)

    def _borrowed(self, cases: Mapping[str, Case], versions: Mapping[str, list[Change]]) -> dict[str, Past]:
        """For files without a healthy version of their own, those of other files that hold the tests they name."""
        relatives = {path: kin(self.log, path, versions[path]) for path in cases}
        known = self._conditions(relatives)
        known |= self._conditions({path: versions[path] for path in cases})
        known |= self.examiner.conditions(case.entry for case in cases.values() if case.entry.blob)
        related = {path: self._related(case, relatives[path]) for path, case in cases.items()}
        return {
            path: self._adopted(cases[path], related[path], versions[path], known) for path in cases if related[path]
        }

    def _adopted(
        self, case: Case, related: list[Change], own: Sequence[Change], known: Mapping[Entry, Condition]
    ) -> Past:
        """The past of a file with the versions of another one."""
        past = self._past(case, own, known)
        versions = [Candidate(one, known[Entry(case.path, one.new)]) for one in related]
        return replace(past, versions=versions, borrowed=True)

    def _related(self, case: Case, versions: Sequence[Change]) -> list[Change]:
        """Those that hold half of the tests that the damaged file names, or more."""
        entries = {one: Entry(case.path, one.new) for one in versions}
        facts = self.examiner.facts([case.entry, *entries.values()])
        wanted = named_tests(facts.get(case.entry))
        tests = {one: named_tests(facts.get(entry)) for one, entry in entries.items()}
        return [one for one in versions if wanted and len(tests[one] & wanted) >= _KINSHIP * len(wanted)]


def _apart(some: frozenset[str], others: frozenset[str]) -> bool:
    """Whether no test is in both sets of hollow ones, of which "" stands for all."""
    return not (some and others) or (some.isdisjoint(others) and "" not in some | others)


def _stretches(
    today: str, steps: Sequence[Step], condition: Callable[[Entry], Condition | None]
) -> tuple[tuple[str, str], ...]:
    """The blobs between which nothing was damaged, oldest first."""
    blobs = [step.after for step in reversed(steps)]
    if blobs and today != blobs[-1].blob:
        blobs.append(Entry(blobs[-1].path, today))
    found: list[tuple[str, str]] = []
    for place, entry in enumerate(blobs):
        if place and not _worse(condition(blobs[place - 1]), condition(entry)):
            found[-1] = (found[-1][0], entry.blob)
        else:
            found.append((entry.blob, entry.blob))
    return tuple(found)


def _worse(before: Condition | None, after: Condition | None) -> bool:
    """Whether a content is more damaged than the one before it; unknown ones are taken for equal."""
    if before is None or after is None:
        return False
    return not after.codes <= before.codes or after.tests < before.tests


def named_tests(facts: FileFacts | None) -> frozenset[str]:
    """The qualified names of all tests that a text names, alive or damaged."""
    if facts is None:
        return frozenset()
    live = (one.qualname for one in facts.definitions if not one.is_class and one.name.startswith("test"))
    return frozenset(live).union(lost_tests(facts))
