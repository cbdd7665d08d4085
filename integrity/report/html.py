"""One self-contained page of HTML: no network, no cookies, works without scripts, and nothing foreign in it can run.

Everything goes through templates that escape; style and script are constant files whose hashes the page's content
security policy names, so that a browser runs nothing else even if an escape were forgotten.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from itertools import islice
from typing import Any

from markupsafe import escape

import integrity
from integrity.model import Census, Finding, Severity, Verdict
from integrity.report import phrases
from integrity.report.comparison import matters, score_change, tests_change
from integrity.report.counts import by_rule, by_severity, most_serious_first
from integrity.report.excerpts import MANY, Excerpts, Line, excerpts
from integrity.report.folders import Folder, rows
from integrity.report.options import Options, Point, Section
from integrity.report.printable import printable
from integrity.report.steps import next_steps
from integrity.report.templating import Markup, template
from integrity.report.trend import charts

FINDINGS = 10_000  # more than that no browser shows with ease
_MESSAGE, _MESSAGE_OF_MANY, _REMARK = 600, 200, 160  # characters
_RELATED = 4
_SMALL, _EACH = 500_000, 325  # bytes: what a page may have, and what each finding adds when there are many
_MARKUP, _FRAME = 75, 60_000  # bytes around a finding or a path, and of everything else
_SECTION = 200_000  # characters
_STEPS = 4
_FATES = ("live", "hollow", "disabled", "uncollected", "lost")
_DEFAULTS = Options()


@dataclass(frozen=True)
class _Item:
    """A finding as the page shows it."""

    finding: Finding
    message: str
    symbol: str
    lines: tuple[Line, ...]
    related: tuple[str, ...]
    new: bool


@dataclass(frozen=True)
class _File:
    """A file with its findings, the most serious first; its rank and number are what the page sorts by."""

    path: str
    rank: int
    items: list[_Item]


def render(verdict: Verdict, options: Options = _DEFAULTS) -> str:
    """The page; equal verdicts and options give equal bytes."""
    style, script = constant("report.css"), constant("report.js")
    shown = _shown(verdict.findings)
    found = excerpts(shown, options.read, _room(shown))
    return template("report.html").render(
        **_overview(verdict, options),
        style=Markup(style),
        script=Markup(script),
        policy=policy(style, script),
        files=_files(shown, found, options),
        excerpts_left_out=found.left_out,
        findings_left_out=len(verdict.findings) - len(shown),
        gaps=[(printable(gap.path), printable(gap.reason)) for gap in verdict.gaps],
        notes=[printable(note) for note in verdict.notes],
        sections=[_section(section) for section in options.sections],
    )


def _room(findings: Sequence[Finding]) -> int:
    """How many bytes of source fit, so that a page of 3,000 findings stays below a megabyte."""
    limit = _limit(findings)
    texts = sum(_size(one.message, limit) + len(one.symbol) + _MARKUP for one in findings)
    texts += sum(_size(path, len(path)) + _MARKUP for path in {one.path for one in findings})
    texts += sum(_size(place.message, _REMARK) + 25 for one in findings for place in one.related[:_RELATED])
    return max(0, max(_SMALL, _EACH * len(findings)) - texts - _FRAME)


def _limit(findings: Sequence[Finding]) -> int:
    """How many characters of each message fit."""
    return _MESSAGE if len(findings) <= MANY else _MESSAGE_OF_MANY


def _size(text: str, limit: int) -> int:
    return len(escape(text[:limit]))


def constant(name: str) -> str:
    """A file that is part of a page as it is: a style or a script."""
    return files("integrity.report").joinpath("templates", name).read_text(encoding="utf-8")


def policy(style: str, script: str = "") -> str:
    """The content security policy of a page: nothing but its own style and script."""
    scripts = f"script-src '{_hash(script)}'; " if script else ""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; {scripts}img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _overview(verdict: Verdict, options: Options) -> dict[str, Any]:
    """Everything above the findings."""
    now = Point("now", verdict.score.overall, verdict.score.tests.live)
    mattering = [finding for finding in verdict.findings if matters(finding, replace(options, base=None))]
    folders = rows(verdict.census, verdict.findings)
    return {
        "version": integrity.__version__,
        "project": printable(options.project),
        "command": options.command,
        "scanned": phrases.scanned(verdict.snapshot),
        "headline": printable(phrases.headline(verdict)),
        "failures": _failures(verdict, options, len(mattering)),
        "score": verdict.score,
        "percent": phrases.percent,
        "held": phrases.held_down(verdict.score),
        "change": score_change(verdict, options.base) if options.base else "",
        "tests_change": tests_change(verdict, options.base) if options.base else "",
        "severities": by_severity(verdict.findings),
        "levels": list(Severity),
        "suppressed": verdict.suppressed,
        "tests": _bar(verdict.score.tests),
        "shares": [(name, share) for name, share in verdict.score.groups.items()],
        "scopes": [(name, share) for name, share in verdict.score.scopes.items() if share.files],
        "steps": list(islice(next_steps(verdict, options.mendable), _STEPS)),
        "charts": charts([*options.history, now]),
        "points": [*options.history, now],
        "folders": [_folder(folder) for folder in folders],
        "has_tests": any(folder.census.known for folder in folders),
        "rules": by_rule(verdict),
        "summaries": {loaded.rule.code: loaded.summary for loaded in options.rules},
    }


def _failures(verdict: Verdict, options: Options, mattering: int) -> tuple[str, ...]:
    """Why the gate is not met; by the defaults of a scan when nobody judged."""
    if options.failures is not None:
        return options.failures
    clauses = (
        (len(verdict.gaps), f"{phrases.plural(len(verdict.gaps), 'gap')}: the check is incomplete"),
        (mattering, f"{phrases.plural(mattering, 'finding')} of severity {options.failing.value} or above"),
    )
    return tuple(clause for number, clause in clauses if number)


def _bar(census: Census) -> list[tuple[str, int, str, str]]:
    """The fates of tests: name, number, and where the piece begins and how long it is, in thousandths of the bar."""
    pieces, left, whole = [], 0.0, census.known
    for fate in _FATES:
        number = getattr(census, fate)
        width = 1000 * number / whole if whole else 0.0
        pieces.append((fate, number, f"{left:.1f}", f"{width:.1f}"))
        left += width
    return pieces


def _folder(folder: Folder) -> dict[str, Any]:
    """A row of the heat map."""
    census = folder.census
    return {
        "path": f"{printable(folder.path)}/" if folder.path else "./",
        "partial": folder.partial,
        "census": census,
        "bar": _bar(census),
        "share": phrases.percent(100 * census.live / census.known) if census.known else "",
        "heat": _heat(census),
        "severities": [folder.findings.get(severity, 0) for severity in Severity],
        "findings": sum(folder.findings.values()),
    }


def _heat(census: Census) -> int:
    """How much of the tests is gone: 0 nothing, 1 under a twentieth, 2 under a fifth, 3 under a half, 4 more."""
    gone = 1 - census.live / census.known if census.known else 0.0
    return (gone > 0) + sum(gone >= bound for bound in (0.05, 0.2, 0.5))


def _shown(findings: Sequence[Finding]) -> list[Finding]:
    if len(findings) <= FINDINGS:
        return list(findings)
    return sorted(most_serious_first(findings)[:FINDINGS], key=lambda finding: finding.order)


def _files(findings: Sequence[Finding], found: Excerpts, options: Options) -> list[_File]:
    """The files with findings, the most serious first."""
    limit = _limit(findings)
    grouped: dict[str, list[tuple[int, Finding]]] = {}
    for number, finding in enumerate(findings):
        grouped.setdefault(finding.path, []).append((number, finding))
    result = [
        _File(
            printable(path),
            min(finding.severity.rank for _, finding in numbered),
            [_item(finding, found.lines.get(number, ()), limit, options) for number, finding in numbered],
        )
        for path, numbered in grouped.items()
    ]
    return sorted(result, key=lambda file: (file.rank, file.path))


def _item(finding: Finding, lines: tuple[Line, ...], limit: int, options: Options) -> _Item:
    return _Item(
        finding=finding,
        message=_cut(finding.message, limit),
        symbol="" if finding.symbol in finding.message else printable(finding.symbol),
        lines=lines,
        related=tuple(_related(finding)),
        new=options.base is not None and options.base.is_new(finding),
    )


def _related(finding: Finding) -> Iterator[str]:
    for one in finding.related[:_RELATED]:
        place = f"line {one.line}" if one.path == finding.path else f"{one.path}:{one.line}"
        yield f"{printable(place)}: {_cut(one.message, _REMARK)}"
    more = len(finding.related) - _RELATED
    if more > 0:
        yield f"and {more:,} more (json lists all)"


def _cut(text: str, limit: int) -> str:
    return printable(text if len(text) <= limit else text[: limit - 3] + "...")


def _section(section: Section) -> Section:
    """A section whose text is printable line by line, and not longer than a browser bears."""
    text = "\n".join(map(printable, section.text.splitlines()))
    if len(text) > _SECTION:
        text = text[:_SECTION] + "\n... cut here: the command itself prints the rest"
    return Section(printable(section.title), text)
