"""Hits to findings: what the configuration and the comments in the code make of what the rules found.

Per file and in this order: selection, folding of hits that another one explains, per-file ignores, suppression
comments, the rules about those comments, severities.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from integrity.config.config import Config
from integrity.facts.model import Suppression
from integrity.globs import compile_globs
from integrity.model import ChangeFinding, Finding, Gap, Related, Severity, Span
from integrity.registry.declaration import LoadedRule
from integrity.registry.loader import Registry
from integrity.result import Anchored
from integrity.rule import Evidence, Hit, Rule, SuppressionAudit


class FileHits(NamedTuple):
    """What is known of one file.

    Attributes:
        path: relative to the repository root.
        hits: what every rule found, selected or not.
        suppressions: the suppression comments.
        complete: whether every rule could run; where one could not, no suppression is called unused.
    """

    path: str
    hits: Sequence[Anchored]
    suppressions: Sequence[Suppression]
    complete: bool = True


class Outcome(NamedTuple):
    """What is left.

    Attributes:
        findings: in total order.
        suppressed: number of findings silenced by comments and per-file ignores.
        gaps: rules about suppressions that failed.
        ignored: path and code of the findings that per-file ignores silenced.
    """

    findings: tuple[Finding, ...]
    suppressed: int
    gaps: tuple[Gap, ...]
    ignored: frozenset[tuple[str, str]] = frozenset()


class _Draft(NamedTuple):
    """A hit on its way to a finding."""

    hit: Hit
    fingerprint: str
    anchor: str
    folded: tuple[Hit, ...] = ()


@dataclass(frozen=True)
class _Terms:
    """What holds for every file."""

    rules: Mapping[str, Rule]
    codes: Mapping[str, str]
    active: frozenset[str]
    audits: Sequence[LoadedRule]
    severities: Mapping[str, Severity]
    ignores: Sequence[tuple[Callable[[str], bool], frozenset[str]]]

    def ignored(self, path: str) -> frozenset[str]:
        """The codes that per-file ignores take out of a file."""
        return frozenset().union(*(codes for matches, codes in self.ignores if matches(path)))


class _Comments:
    """The suppression comments of one file, and which codes they have silenced so far."""

    def __init__(self, suppressions: Sequence[Suppression], codes: Mapping[str, str]) -> None:
        self._each = [
            (one, frozenset(codes[text] for text in one.codes if text in codes), set[str]()) for one in suppressions
        ]

    def silence(self, hit: Hit) -> bool:
        """Whether any comment covers the first line of a hit and names its code; all that do are in use."""
        found = False
        for suppression, codes, used in self._each:
            first, last = suppression.lines
            if hit.code in codes and (suppression.whole_file or first <= hit.span.line <= last):
                used.add(hit.code)
                found = True
        return found

    def silence_throughout(self, hit: Hit) -> bool:
        """Whether a comment for the whole file names the code of a hit."""
        return any(one.whole_file and hit.code in codes for one, codes, _ in self._each)

    def audit(self, known: Mapping[str, str], active: frozenset[str], audits: frozenset[str]) -> SuppressionAudit:
        """The subject of the rules about suppressions.

        Whether a whole-file comment about those very rules is in use only shows after they ran, so it counts as used.
        """
        used = (frozenset(used | (codes & audits if one.whole_file else set())) for one, codes, used in self._each)
        return SuppressionAudit(tuple(one for one, _, _ in self._each), tuple(used), known, active)


def judge(files: Iterable[FileHits], config: Config, registry: Registry, active: frozenset[str]) -> Outcome:
    """Apply configuration and suppressions.

    Args:
        files: in any order, each path once.
        config: its selection is not looked at, `active` is the result of it.
        registry: the rules.
        active: the selected codes.
    """
    outcomes = judge_apart((file for file in files if file.hits or file.suppressions), config, registry, active)
    return Outcome(
        findings=tuple(sorted((one for outcome in outcomes for one in outcome.findings), key=lambda one: one.order)),
        suppressed=sum(outcome.suppressed for outcome in outcomes),
        gaps=tuple(sorted(gap for outcome in outcomes for gap in outcome.gaps)),
        ignored=frozenset().union(*(outcome.ignored for outcome in outcomes)),
    )


def judge_apart(files: Iterable[FileHits], config: Config, registry: Registry, active: frozenset[str]) -> list[Outcome]:
    """As `judge`, with an outcome for each file in their order, so that a path may come in several versions."""
    terms = _terms(config, registry, active)
    return [_judge_file(file, terms) for file in files]


def fingerprint(code: str, path: str, symbol: str, anchor: str, ordinal: int) -> str:
    """The identity of a finding over time, 32 hexadecimal digits; line numbers have no part in it.

    Args:
        code: of the rule.
        path: relative to the repository root.
        symbol: the definition it lies in, "" at module level.
        anchor: the text of its first line, white space collapsed.
        ordinal: how many findings of the file are equal in all that and come before it.
    """
    parts = (code, path, symbol, anchor, str(ordinal))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _terms(config: Config, registry: Registry, active: frozenset[str]) -> _Terms:
    codes = registry.codes
    return _Terms(
        rules={loaded.rule.code: loaded.rule for loaded in registry.rules},
        codes=codes,
        active=active,
        audits=[loaded for loaded in registry.for_subject(SuppressionAudit) if loaded.rule.code in active],
        severities={codes[text]: severity for text, severity in config.severity.items() if text in codes},
        ignores=[(compile_globs([glob]), registry.expand(texts)) for glob, texts in config.per_file_ignores.items()],
    )


def _judge_file(file: FileHits, terms: _Terms) -> Outcome:
    comments = _Comments(file.suppressions, terms.codes)
    ignored = terms.ignored(file.path)
    drafts = [draft for draft in _drafts(file.path, file.hits) if draft.hit.code in terms.active]
    silent = {draft.fingerprint for draft in drafts if comments.silence(draft.hit) or draft.hit.code in ignored}
    hits, gaps = _audited(file, comments, ignored, terms)
    audited = [draft for draft in _drafts(file.path, hits) if draft.hit.code in terms.active]
    silent |= {one.fingerprint for one in audited if comments.silence_throughout(one.hit) or one.hit.code in ignored}
    standing = [*_folded(drafts, silent, terms.rules), *audited]
    findings = [_finding(file.path, draft, terms) for draft in standing if draft.fingerprint not in silent]
    spared = frozenset((file.path, one.hit.code) for one in (*drafts, *audited) if one.hit.code in ignored)
    return Outcome(tuple(findings), len(standing) - len(findings), tuple(gaps), spared)


def _drafts(path: str, hits: Iterable[Anchored]) -> list[_Draft]:
    """The hits in order of place, with fingerprints that neither selection nor suppression of others changes."""
    drafts: list[_Draft] = []
    seen: Counter[tuple[str, str, str]] = Counter()
    for hit, anchor in sorted(((one.hit, one.anchor) for one in hits), key=lambda pair: _place(pair[0])):
        same = (hit.code, hit.symbol, anchor)
        drafts.append(_Draft(hit, fingerprint(hit.code, path, hit.symbol, anchor, seen[same]), anchor))
        seen[same] += 1
    return drafts


def _place(hit: Hit) -> tuple[Span, str, str, str]:
    return hit.span, hit.code, hit.symbol, hit.message


def _audited(
    file: FileHits, comments: _Comments, ignored: frozenset[str], terms: _Terms
) -> tuple[list[Anchored], list[Gap]]:
    """What the rules about suppressions find in a file, and the gaps of those that fail."""
    judged = terms.active - ignored if file.complete else frozenset[str]()
    subject = comments.audit(terms.codes, judged, frozenset(loaded.rule.code for loaded in terms.audits))
    outcomes = [_checked(loaded, subject) for loaded in terms.audits] if file.suppressions else []
    anchors = {one.span: " ".join([*one.codes, one.reason]) for one in file.suppressions}
    hits = [hit for outcome in outcomes if not isinstance(outcome, str) for hit in outcome]
    gaps = [Gap(file.path, outcome) for outcome in outcomes if isinstance(outcome, str)]
    return [Anchored(hit, anchors.get(hit.span, "")) for hit in hits], gaps


def _checked(loaded: LoadedRule, subject: SuppressionAudit) -> list[Hit] | str:
    """What a rule finds, or how it failed."""
    try:
        return list(loaded.check(subject))
    except Exception as error:  # noqa: BLE001 - one bad rule must not hide the findings of the others
        return f"rule {loaded.rule.code} failed: {type(error).__name__}: {error}"


def _folded(drafts: Sequence[_Draft], silent: Set[str], rules: Mapping[str, Rule]) -> list[_Draft]:
    """The drafts that no other one in the file explains, each with the hits it explains.

    Those go to the first hit of the explaining rule that is not silenced; silenced ones are not mentioned at all.
    """
    hosts = {draft.hit.code: draft for draft in reversed(drafts)}
    hosts |= {draft.hit.code: draft for draft in reversed(drafts) if draft.fingerprint not in silent}
    explained: dict[str, list[Hit]] = {draft.fingerprint: [] for draft in hosts.values()}
    kept: list[_Draft] = []
    for draft in drafts:
        explaining = _explaining(draft.hit.code, hosts, rules)
        if explaining == draft.hit.code:
            kept.append(draft)
        elif draft.fingerprint not in silent:
            explained[hosts[explaining].fingerprint].append(draft.hit)
    return [draft._replace(folded=tuple(explained.get(draft.fingerprint, ()))) for draft in kept]


def _explaining(code: str, present: Container[str], rules: Mapping[str, Rule]) -> str:
    """The code at the end of the chain of explanations among those present; the code itself when none explains it."""
    for other in rules[code].explained_by:
        if other in present:
            return _explaining(other, present, rules)
    return code


def _finding(path: str, draft: _Draft, terms: _Terms) -> Finding:
    hit, span, rule = draft.hit, draft.hit.span, terms.rules[draft.hit.code]
    related = [Related(path, line, message) for line, message in hit.related]
    related += [Related(place.path, place.line, place.message) for place in hit.trace]
    related += [Related(path, one.span.line, f"also {one.code}: {one.message}") for one in draft.folded]
    finding = Finding(
        code=hit.code,
        name=rule.name,
        severity=terms.severities.get(hit.code, hit.severity),
        message=hit.message,
        path=path,
        line=span.line,
        column=span.column,
        end_line=span.end_line or span.line,
        end_column=span.end_column or (1 if span.end_line > span.line else span.column),
        symbol=hit.symbol,
        fingerprint=draft.fingerprint,
        restorable=rule.restorable,
        related=tuple(related),
        anchor=draft.anchor,
        fix=hit.fix,
    )
    return finding if hit.evidence is None else _of_change(finding, hit.evidence)


def _of_change(finding: Finding, evidence: Evidence) -> ChangeFinding:
    fields = {name: getattr(finding, name) for name in finding.__struct_fields__}
    return ChangeFinding(**fields, before=evidence.before, after=evidence.after, why=evidence.why)
