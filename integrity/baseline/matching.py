"""What a verdict holds beyond what is known, and what is known beyond what the verdict holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from integrity.baseline.document import Entry
from integrity.baseline.entries import Key, key_of, tally
from integrity.model import Finding, Severity, Verdict
from integrity.rule import StaleEntry


class Matched(NamedTuple):
    """A verdict held against what is known.

    Attributes:
        verdict: with the findings beyond that; the others are counted in `baselined`. The score is left as it is: what
            is tolerated is not therefore well.
        missing: how many findings of each key are known and not there.
        known: what is tolerated, entries of files that were renamed under their new path.
    """

    verdict: Verdict
    missing: Counter[Key]
    known: Counter[Key]


@dataclass(frozen=True)
class Scope:
    """What a scan can tell of: an entry about anything else is never called stale.

    Attributes:
        paths: the files that were checked.
        whole: whether these are all the files of the repository.
        active: the codes that ran.
        existing: the codes that there are.
    """

    paths: frozenset[str]
    whole: bool
    active: frozenset[str]
    existing: frozenset[str]

    def covers(self, key: Key, verdict: Verdict) -> bool:
        """Whether the scan would have found again what a key stands for.

        A file that could not be checked, or in which something serious is new, may hide it: one that does not parse has
        none of its former findings.
        """
        hidden = key.path in _unsettled(verdict)
        ran = key.code in self.active or key.code not in self.existing
        return ran and not hidden and (self.whole or key.path in self.paths)


def tolerate(verdict: Verdict, known: Mapping[Key, int], scope: Scope | None = None) -> Matched:
    """Take what is known out of a verdict, one finding for each that is counted.

    Args:
        verdict: what was found.
        known: how many findings of each key are tolerated.
        scope: what the scan can tell of; with one of a whole repository, entries follow files that were renamed.
    """
    held = followed(known, verdict, scope) if scope and scope.whole else Counter(known)
    left = Counter(held)
    kept: list[Finding] = []
    spared: Counter[Severity] = Counter(verdict.baselined)
    for finding in verdict.findings:
        key = key_of(finding)
        if left[key] > 0:
            left[key] -= 1
            spared[finding.severity] += 1
        else:
            kept.append(finding)
    baselined = {severity: spared[severity] for severity in Severity if spared[severity]}
    return Matched(msgspec.structs.replace(verdict, findings=tuple(kept), baselined=baselined), +left, held)


def followed(known: Mapping[Key, int], verdict: Verdict, scope: Scope) -> Counter[Key]:
    """What is known, entries of a file that is gone under the path where most of what they stand for is found now.

    Nothing is known twice: an entry goes along only for a finding that no entry of the new path stands for.
    """
    left = tally(verdict.findings) - Counter(known)
    gone = {key.path for key in known} - scope.paths - {finding.path for finding in verdict.findings}
    found = Counter(known)
    for path in sorted(gone):
        own = [key for key in known if key.path == path]
        homes = Counter(new.path for key in own for new in left if left[new] > 0 and new[1:] == key[1:])
        home = min(homes, key=lambda one: (-homes[one], one), default="")
        for key in own:
            new = key._replace(path=home)
            number = min(found[key], left[new])
            if number > 0:
                found[key] -= number
                found[new] += number
                left[new] -= number
    return +found


def counted(entries: Iterable[Entry]) -> Counter[Key]:
    """How many findings of each key a baseline tolerates; a merge may have left two entries of one key."""
    known: Counter[Key] = Counter()
    for entry in entries:
        known[entry.key] = max(known[entry.key], entry.count)
    return known


def stale(entries: Sequence[Entry], matched: Matched, scope: Scope) -> list[StaleEntry]:
    """The entries that tolerate more than there is, as far as the scan can tell, in the order of the file."""
    found, seen = [], set()
    for entry in entries:
        missing = matched.missing[entry.key]
        if missing and entry.key not in seen and scope.covers(entry.key, matched.verdict):
            found.append(StaleEntry(entry.line, entry.key.code, entry.key.path, entry.key.symbol, missing))
        seen.add(entry.key)
    return found


def pruned(matched: Matched, scope: Scope) -> Counter[Key]:
    """What is left of a baseline without what is stale; it never grows."""
    known = matched.known
    gone = {key: number for key, number in matched.missing.items() if scope.covers(key, matched.verdict)}
    return +Counter({key: count - gone.get(key, 0) for key, count in known.items()})


def moved(findings: Iterable[Finding], renames: Mapping[str, str]) -> Counter[Key]:
    """The keys of findings as they would be had their files been renamed already."""
    return tally(_renamed(one, renames) for one in findings)


def _renamed(finding: Finding, renames: Mapping[str, str]) -> Finding:
    return msgspec.structs.replace(finding, path=renames.get(finding.path, finding.path))


def _unsettled(verdict: Verdict) -> frozenset[str]:
    """The files of which a verdict does not tell everything."""
    serious = (finding.path for finding in verdict.findings if finding.severity.at_least(Severity.HIGH))
    return frozenset([*serious, *(gap.path for gap in verdict.gaps)])
