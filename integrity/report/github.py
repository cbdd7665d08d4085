"""Workflow commands that GitHub Actions shows as annotations beside the changed lines.

GitHub shows ten errors, ten warnings and ten notices a step and drops the rest without a word, so this report stops
there itself, keeps the most serious, and says in a last notice how many it left out.
"""

from __future__ import annotations

from integrity.model import Finding, Gap, Related, Severity, Verdict
from integrity.report.counts import most_serious_first
from integrity.report.phrases import plural
from integrity.report.printable import printable

SHOWN = 10
_RELATED_SHOWN = 5
_LEVELS = {Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "notice"}
_Properties = dict[str, "str | int"]


def render(verdict: Verdict) -> str:
    """Errors, warnings (gaps first) and notices, one workflow command a line; "" when there is nothing to say."""
    levels: dict[str, list[Finding | Gap]] = {"error": [], "warning": list(verdict.gaps), "notice": []}
    for finding in most_serious_first(verdict.findings):
        levels[_LEVELS[finding.severity]].append(finding)
    shown = _capped(levels)
    commands = [_command(level, *_annotation(item)) for level, items in shown.items() for item in items]
    left_out = {level: len(items) - len(shown[level]) for level, items in levels.items()}
    return "".join(f"{command}\n" for command in [*commands, *_remainder(left_out)])


def _capped(levels: dict[str, list[Finding | Gap]]) -> dict[str, list[Finding | Gap]]:
    """The first of each level; the notice about what is left out takes the place of one notice."""
    over = any(len(items) > SHOWN for items in levels.values())
    room = {level: SHOWN - (over and level == "notice") for level in levels}
    return {level: items[: room[level]] for level, items in levels.items()}


def _remainder(left_out: dict[str, int]) -> list[str]:
    """The last notice, when anything is left out."""
    parts = [plural(number, level) for level, number in left_out.items() if number]
    if not parts:
        return []
    text = f"{', '.join(parts)} more: GitHub shows {SHOWN} of each kind a step. The step summary lists them."
    return [_command("notice", {"title": "integrity"}, text)]


def _annotation(item: Finding | Gap) -> tuple[_Properties, str]:
    """The properties and the text of an annotation."""
    if isinstance(item, Gap):
        return {"title": "integrity (gap)", "file": item.path}, f"{item.path}: not checked: {item.reason}"
    place = f"{item.path}:{item.line}:{item.column}"
    properties: _Properties = {"title": f"integrity ({item.code})", "file": item.path, **_range(item)}
    return properties, "\n".join([f"{place}: {item.code} {item.message}", *_related(item)])


def _range(finding: Finding) -> _Properties:
    """The marked place; GitHub refuses columns on a range of several lines."""
    if finding.end_line < finding.line:
        return {"line": finding.line, "col": finding.column}
    if finding.end_line > finding.line:
        return {"line": finding.line, "endLine": finding.end_line}
    ends = {"endLine": finding.end_line, "endColumn": finding.end_column}
    return {"line": finding.line, "col": finding.column, **ends}


def _related(finding: Finding) -> list[str]:
    shown = [_place(related) for related in finding.related[:_RELATED_SHOWN]]
    more = len(finding.related) - len(shown)
    return [*shown, f"  and {more:,} more"] if more else shown


def _place(related: Related) -> str:
    return f"  {related.path}:{related.line}: {related.message}"


def _command(level: str, properties: _Properties, text: str) -> str:
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{level} {written}::{_data(text)}"


def _data(text: str) -> str:
    """Text as a workflow command holds it: newlines survive, anything else unprintable becomes an escape."""
    encoded = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return printable(encoded)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
