"""The report of `integrity diff` in every format it knows."""

from __future__ import annotations

from integrity.diff.compare import Comparison
from integrity.report import diff_json, diff_text, outputs
from integrity.report.options import Options
from integrity.report.printable import printable

_MARKUP = str.maketrans({one: f"\\{one}" for one in "\\`*_[]<>|~$&#"})


def render(comparison: Comparison, format: str, options: Options) -> str:  # noqa: A002 - the option's own name
    """The comparison in one of the formats; those that know nothing of changes show its findings alone.

    Raises:
        ConfigError: there is no such format.
    """
    if format == "text":
        return diff_text.render(comparison, options)
    if format == "json":
        return diff_json.render(comparison)
    return outputs.render(comparison.verdict, format, options)


def summary(comparison: Comparison) -> str:
    """The page that GitHub Actions shows for the step, in its Markdown."""
    rows = "".join(
        f"| {one.severity.value} | {one.code} | {_cell(f'{one.path}:{one.line}')} | {_cell(one.message)} |\n"
        for one in comparison.findings[:1000]
    )
    table = f"\n| Severity | Code | Place | Message |\n| --- | --- | --- | --- |\n{rows}" if rows else ""
    return f"## integrity diff\n\n{_cell(diff_text.headline(comparison))}\n{table}"


def _cell(text: str) -> str:
    return printable(text)[:1000].translate(_MARKUP)
