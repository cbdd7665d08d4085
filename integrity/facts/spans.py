"""The place of a node of a tree, which counts columns in bytes of UTF-8."""

from __future__ import annotations

from typing import Any

from integrity.facts.lexical import Lexed
from integrity.model import Span


def span_of(lexed: Lexed, node: Any) -> Span:
    """Where a statement or expression stands, in characters."""
    line, end_line = node.lineno, node.end_lineno or node.lineno
    return Span(
        line, _column(lexed, line, node.col_offset), end_line, _column(lexed, end_line, node.end_col_offset or 0)
    )


def _column(lexed: Lexed, line: int, offset: int) -> int:
    """The 1-based column of a byte offset in a line."""
    text = lexed.lines[min(line, len(lexed.lines)) - 1]
    return (offset if text.isascii() else len(text.encode()[:offset].decode("utf-8", "replace"))) + 1
