"""The last screen of the terminal report: it tells the whole story when everything above has scrolled away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from integrity.model import Score, Severity, Share, Verdict, WeightedShare
from integrity.report import phrases
from integrity.report.counts import FileCount, RuleCount, by_file, by_rule, by_severity
from integrity.report.layout import SEVERITY_STYLES, Pen, Style, cells, hanging, pad
from integrity.report.printable import printable
from integrity.report.steps import listed, next_steps

_MANY = 8  # findings; with more of them the closing also says which rules and files stand out
_RULES_SHOWN = 4
_FILES_SHOWN = 3
_STEPS_SHOWN = 3
_LABEL = 11


class _Row(NamedTuple):
    label: str
    text: str
    style: Style | None = None


def closing(verdict: Verdict, width: int, pen: Pen, mendable: Severity | None = Severity.HIGH) -> list[str]:
    """The lines of the last screen: one line for a clean verdict, else totals, score and what to do next."""
    title = hanging(phrases.headline(verdict), width)
    if not verdict.findings and not verdict.gaps:
        return [pen(Style.GOOD, line) for line in title]
    worst = next(iter(by_severity(verdict.findings)), Severity.MEDIUM)
    lines = [pen(SEVERITY_STYLES[worst], line) for line in title]
    steps = list(islice(next_steps(verdict, mendable), _STEPS_SHOWN))
    return [*lines, *_table(_rows(verdict), width, pen), "", *listed(steps, width, pen)]


def _rows(verdict: Verdict) -> Iterator[_Row]:
    if len(verdict.findings) > _MANY:
        yield from _rules(by_rule(verdict))
        yield from _files(by_file(verdict))
    yield from _totals(verdict)
    yield from _score(verdict.score)


def _table(rows: Iterable[_Row], width: int, pen: Pen) -> Iterator[str]:
    """The rows with dimmed labels; a label that repeats is left out."""
    previous, margin = "", " " * (2 + _LABEL + 2)
    for label, text, style in rows:
        shown = "" if label == previous else label
        previous = label
        first, *rest = (pen(style, line) for line in hanging(text, width - len(margin)))
        yield f"  {pen(Style.DIM, shown)}{' ' * (_LABEL - len(shown))}  {first}"
        yield from (margin + line for line in rest)


def _rules(rules: list[RuleCount]) -> Iterator[_Row]:
    """The rules with most serious findings."""
    ordered = sorted(rules, key=lambda rule: (rule.worst.rank, -rule.findings, rule.code))
    shown, rest = ordered[:_RULES_SHOWN], ordered[_RULES_SHOWN:]
    code = max(cells(printable(rule.code)) for rule in shown)
    count = max(len(phrases.severities(rule.severities)) for rule in shown)
    for rule in shown:
        counted = phrases.severities(rule.severities).ljust(count)
        text = f"{pad(printable(rule.code), code)}  {counted}  {printable(rule.name)}"
        yield _Row("by rule", text, SEVERITY_STYLES[rule.worst])
    if rest:
        findings = phrases.plural(sum(rule.findings for rule in rest), "finding")
        yield _Row("by rule", f"and {findings} of {phrases.plural(len(rest), 'more rule')}")


def _files(files: list[FileCount]) -> Iterator[_Row]:
    """The most damaged files."""
    for file in sorted(files, key=lambda file: file.damage)[:_FILES_SHOWN]:
        yield _Row("worst files", f"{printable(file.path)}: {phrases.severities(file.severities)}")


def _totals(verdict: Verdict) -> Iterator[_Row]:
    suppressed = f"; {phrases.plural(verdict.suppressed, 'finding')} suppressed" if verdict.suppressed else ""
    yield _Row("scanned", phrases.scanned(verdict.snapshot) + suppressed)
    if verdict.baselined:
        yield _Row("tolerated", f"{phrases.baselined(verdict.baselined)} known before, not shown")
    lost = verdict.score.tests.lost
    yield _Row("tests", phrases.census(verdict.score.tests), Style.HIGH if lost else None)
    if verdict.gaps:
        gaps = f"{phrases.plural(len(verdict.gaps), 'gap')}, listed above: the check is incomplete"
        yield _Row("not checked", gaps, Style.MEDIUM)


def _score(score: Score) -> Iterator[_Row]:
    yield _Row("score", phrases.score_told(score), Style.STRONG)
    width = max((cells(printable(name)) for name in [*score.scopes, *score.groups]), default=0)
    yield from _shares("by scope", score.scopes, width)
    yield from _shares("by group", score.groups, width)


def _shares(label: str, shares: Mapping[str, Share], width: int) -> Iterator[_Row]:
    for name, share in shares.items():
        weight = f", weight {share.weight:g}" if isinstance(share, WeightedShare) else ""
        figures = f"{phrases.percent(share.percent):>7}  {phrases.share(share)}" if share.files else "no files"
        yield _Row(label, f"{pad(printable(name), width)}  {figures}{weight}")
