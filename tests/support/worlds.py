"""Small repositories in memory, held against what their modules ask of each other."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from textwrap import dedent

from integrity.facts.lexical import Lexed
from integrity.facts.symbols import Symbols
from integrity.facts.symbols_of import symbols_of
from integrity.imports.defects import Demands
from integrity.imports.resolver import Resolver
from integrity.rule import Context


def symbols(source: str) -> Symbols:
    """The symbols of one source."""
    text = dedent(source)
    return symbols_of(Lexed(text), ast.parse(text))


def demands(files: Mapping[str, str]) -> Demands:
    """The demands of the files of a repository."""
    roles = {path: Context(collected=path.rpartition("/")[2].startswith("test_")) for path in files}
    return Demands(Resolver(files), {path: symbols(source) for path, source in sorted(files.items())}, roles)


def told(files: Mapping[str, str]) -> list[str]:
    """Every defect as "path:line what", in order."""
    lines = []
    for one in demands(files).defects:
        what = one.refusal.error if one.refusal else one.missing and f"{one.missing.kind} {one.missing.at}"
        lines.append(f"{one.path}:{one.use.span.line} {one.reach.name.lower()} {what}")
    return lines
