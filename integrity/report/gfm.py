"""Foreign text in GitHub's Markdown: it stays text, names nobody, and refers to no issue."""

from __future__ import annotations

import re
from collections.abc import Sequence

from integrity.report.phrases import plural
from integrity.report.printable import printable

_MARKUP = re.compile(r"[\\`*_\[\]<>|~$&!@#]|:(?=//|[\w+-]+:)|\bw(?=ww\.)")
_REFERENCE = re.compile(r"\\([@#])(?=\w)")  # to a person or an issue: GitHub finds them after it removed escapes
_CODE = re.compile(r"`([^`]+)`")


def plain(text: str, limit: int = 1_000) -> str:
    """Text as text, on one line, cut to `limit` characters; what stands between backticks is shown as code."""
    shown = printable(text)
    shown = shown if len(shown) <= limit else shown[: limit - 3] + "..."
    if shown.count("`") % 2:
        return _escaped(shown)
    parts = _CODE.split(shown)
    return "".join(code(part) if place % 2 else _escaped(part) for place, part in enumerate(parts))


def code(text: str) -> str:
    """Text as a code span that holds in table cells too."""
    shown = printable(text)
    if "`" in shown or not shown.strip() or "\\" in shown:
        return _escaped(shown)
    return f"`{shown}`".replace("|", r"\|")


def rows_that_fit(head: str, rows: Sequence[str], room: int, noun: str = "row") -> str:
    """A table of as many rows as fit into `room` bytes of UTF-8, and a line that counts the others."""
    kept, used = [], len(head.encode())
    for row in rows:
        used += len(row.encode())
        if used > room:
            break
        kept.append(row)
    more = len(rows) - len(kept)
    return "".join([head, *kept, f"\nand {plural(more, f'more {noun}')}\n" if more else ""])


def row(*cells: str) -> str:
    """One line of a table."""
    return f"| {' | '.join(cells)} |\n"


def _escaped(text: str) -> str:
    return _REFERENCE.sub(r"\1<!-- -->", _MARKUP.sub(r"\\\g<0>", text))
