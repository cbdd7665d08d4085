"""The census: how many tests of each folder are live, and what became of the others."""

from __future__ import annotations

from functools import reduce
from operator import add

from integrity.model import Census, Verdict
from integrity.report.phrases import plural
from integrity.report.printable import printable

_HEADS = ("live", "hollow", "disabled", "uncollected", "lost", "known")


def render(verdict: Verdict) -> str:
    """One line a folder that holds tests (its own files, not those of the folders below), and one for the whole."""
    total = reduce(add, verdict.census.values(), Census())
    if not total.known:
        return "No tests are known here.\n"
    rows = [_HEADS, *(_numbers(one) for one in verdict.census.values()), _numbers(total)]
    names = ["", *map(printable, verdict.census), "all"]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    margin = max(map(len, names))
    lines = [
        f"{name.ljust(margin)}  {'  '.join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))}"
        for name, row in zip(names, rows, strict=True)
    ]
    return "\n".join([*lines, *_remark(total)]) + "\n"


def _numbers(census: Census) -> tuple[str, ...]:
    return tuple(f"{getattr(census, name):,}" for name in _HEADS)


def _remark(total: Census) -> list[str]:
    """What the numbers cannot tell."""
    if not total.unknown_files:
        return []
    files = plural(total.unknown_files, "file")
    return [f"Only a run can tell what is collected from {files}; those tests count as if nothing interfered."]
