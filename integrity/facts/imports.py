"""The names an import statement binds."""

from __future__ import annotations

import ast

from integrity.facts.model import Import
from integrity.model import Span


def imported(node: ast.Import | ast.ImportFrom, span: Span) -> list[Import]:
    """One `Import` a name of the statement, in the order written; `span` is the statement's place."""
    if isinstance(node, ast.Import):
        return [plain(alias.name, alias.asname, span) for alias in node.names]
    module, level = node.module or "", node.level
    return [Import(module, alias.name, alias.asname or alias.name, level, span) for alias in node.names]


def plain(module: str, bound: str | None, span: Span) -> Import:
    """`import module as bound`; without `as` it binds the topmost package."""
    return Import(module, "", bound or module.partition(".")[0], 0, span)
