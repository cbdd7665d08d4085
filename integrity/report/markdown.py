"""Markdown for a comment on a pull request: the gate, the score, the findings that matter; the rest folded away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from integrity.model import Finding, Severity, Verdict
from integrity.report import phrases
from integrity.report.comparison import matters, score_change, tests_change
from integrity.report.counts import RuleCount, by_file, by_rule, most_serious_first
from integrity.report.gfm import code, plain, row, rows_that_fit
from integrity.report.options import Options
from integrity.report.steps import mended, restorable_files

LIMIT = 65_536  # what GitHub takes in a comment; counted in bytes here, which are never fewer than characters
_RESERVE = 2_000  # bytes for what stands around the tables
_MATTERING = 25
_MESSAGE = 300  # characters
_FILES = 10
_DEFAULTS = Options()


class _Table(NamedTuple):
    """A table and what stands around it."""

    before: str
    head: str
    rows: list[str]
    noun: str
    after: str = ""


def render(verdict: Verdict, options: Options = _DEFAULTS) -> str:
    """The comment, in at most `LIMIT` bytes."""
    parts = [_head(verdict, options)]
    for table in _tables(verdict, options):
        room = LIMIT - _RESERVE - sum(len(part.encode()) for part in parts)
        parts.append(table.before + rows_that_fit(table.head, table.rows, room, table.noun) + table.after)
    return "\n".join([*parts, _foot(verdict, options.mendable)])


def _head(verdict: Verdict, options: Options) -> str:
    name = f": {plain(options.project)}" if options.project else ""
    lines = [f"## Test integrity{name}", "", _gate(verdict, options), "", plain(phrases.headline(verdict)) + "."]
    facts = [
        f"**Score {plain(phrases.score_told(verdict.score))}**",
        f"tests: {plain(phrases.census(verdict.score.tests))}",
    ]
    if options.base is not None:
        facts.insert(1, plain(score_change(verdict, options.base)))
        change = tests_change(verdict, options.base)
        facts += [f"**{plain(change)}**"] if change else []
    return "\n".join([*lines, "", "; ".join(facts) + ".", ""])


def _gate(verdict: Verdict, options: Options) -> str:
    """The first line a reviewer reads."""
    failures = options.failures
    if failures is None:
        failures = tuple(_presumed(verdict, options))
    if not failures:
        return ":white_check_mark: **The gate is met.**"
    return f":x: **The gate is not met**: {plain('; '.join(failures))}."


def _presumed(verdict: Verdict, options: Options) -> Iterator[str]:
    failing = sum(matters(finding, Options(failing=options.failing)) for finding in verdict.findings)
    if verdict.gaps:
        yield f"{phrases.plural(len(verdict.gaps), 'gap')}: the check is incomplete"
    if failing:
        yield f"{phrases.plural(failing, 'finding')} of severity {options.failing.value} or above"


def _tables(verdict: Verdict, options: Options) -> Iterator[_Table]:
    mattering = [finding for finding in most_serious_first(verdict.findings) if matters(finding, options)]
    if mattering:
        yield _findings(mattering, options)
    if verdict.gaps:
        rows = [row(code(gap.path), plain(gap.reason, _MESSAGE)) for gap in verdict.gaps]
        yield _folded("Not checked", len(rows), _heads("File", "Reason"), rows, "gap")
    if verdict.findings:
        rules = sorted(by_rule(verdict), key=lambda rule: (rule.worst.rank, -rule.findings, rule.code))
        yield _folded(
            "All findings by rule", len(rules), _heads("Rule", "Name", "Findings", "Files"), map(_rule, rules), "rule"
        )
        yield _files(verdict)
    yield _folded(
        "Score by group", None, _heads("Group", "Compliant files", "Share", "Weight"), _families(verdict), "group"
    )


def _findings(mattering: list[Finding], options: Options) -> _Table:
    new = options.base is not None and options.base.fingerprints is not None
    shown = _spread(mattering)
    title = f"### New findings ({len(mattering):,})" if new else f"### What fails the gate ({len(mattering):,})"
    more = len(mattering) - len(shown)
    after = f"\nand {phrases.plural(more, 'more finding')}, counted below\n" if more else ""
    return _Table(
        f"{title}\n\n", _heads("Severity", "Rule", "Place", "What is wrong"), [*map(_finding, shown)], "finding", after
    )


def _spread(mattering: list[Finding]) -> list[Finding]:
    """As many as are shown: the most serious, and of those some of every rule rather than many of the first."""
    seen: Counter[str] = Counter()
    ranked: list[tuple[int, int, Finding]] = []
    for finding in mattering:
        ranked.append((finding.severity.rank, seen[finding.code], finding))
        seen[finding.code] += 1
    ranked.sort(key=lambda one: one[:2])
    return sorted((one[2] for one in ranked[:_MATTERING]), key=lambda one: (one.severity.rank, one.code, one.order))


def _finding(finding: Finding) -> str:
    place = code(f"{finding.path}:{finding.line}")
    return row(finding.severity.value, code(finding.code), place, plain(finding.message, _MESSAGE))


def _files(verdict: Verdict) -> _Table:
    files = sorted(by_file(verdict), key=lambda file: file.damage)
    rows = [row(code(file.path), plain(phrases.severities(file.severities))) for file in files[:_FILES]]
    title = (
        "Files with findings" if len(files) <= _FILES else f"The {_FILES} worst of {len(files):,} files with findings"
    )
    return _folded(title, None, _heads("File", "Findings"), rows, "file")


def _rule(rule: RuleCount) -> str:
    return row(code(rule.code), plain(rule.name), plain(phrases.severities(rule.severities)), f"{rule.files:,}")


def _families(verdict: Verdict) -> Iterator[str]:
    for name, share in verdict.score.groups.items():
        yield row(plain(name), plain(phrases.share(share)), phrases.percent(share.percent), f"{share.weight:g}")


def _folded(title: str, number: int | None, head: str, rows: Iterator[str] | list[str] | map[str], noun: str) -> _Table:
    """A table that opens on a click; the blank lines make GitHub read the Markdown inside."""
    counted = f"{title} ({number:,})" if number is not None else title
    before = f"<details><summary>{counted}</summary>\n\n"
    return _Table(before, head, list(rows), noun, "\n</details>\n")


def _heads(*names: str) -> str:
    return row(*names) + row(*("---" for _ in names))


def _foot(verdict: Verdict, mendable: Severity | None) -> str:
    """What to do next, as commands to paste."""
    restorable = restorable_files(verdict, mendable)
    steps = []
    if restorable:
        steps.append(f"`integrity restore --dry-run` shows {mended(restorable)}.")
    if verdict.findings:
        worst = most_serious_first(verdict.findings)[0].code
        steps.append(f"{code(f'integrity explain {worst}')} says what it means and how to mend it.")
    return " ".join(steps) + "\n" if steps else ""
