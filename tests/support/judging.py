"""Hits, files and a rule pack to judge, built without scanning anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from integrity.config.config import Config
from integrity.facts.lexical import Lexed
from integrity.facts.suppressions import suppressions
from integrity.model import Severity, Span
from integrity.policy import FileHits, Outcome, judge
from integrity.registry.loader import Registry, load
from integrity.result import Anchored
from integrity.rule import Hit
from tests.support.packs import Packs, rule_source

SINCE = 'since="0.1"'
SOURCES = {
    "cause.py": rule_source("XPA001", "cause", (SINCE, 'since="0.1", restorable=True')),
    "effect.py": rule_source("XPA002", "effect", (SINCE, 'since="0.1", explained_by=("XPA001",)')),
    "far_effect.py": rule_source("XPA003", "far-effect", (SINCE, 'since="0.1", explained_by=("XPA002",)')),
    "other.py": rule_source("XPB001", "other"),
}
CODES = ("XPA001", "XPA002", "XPA003", "XPB001")


@contextmanager
def registry_of(folder: Path, name: str, sources: dict[str, str]) -> Iterator[Registry]:
    """The builtin rules, and those of a pack that is installed in a folder for as long as the context lasts."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        packs = Packs(folder, monkeypatch)
        packs.install(name, sources)
        yield load()
        packs.forget()


def hit(code: str, line: int, *, symbol: str = "", end: int = 0, related: tuple[tuple[int, str], ...] = ()) -> Hit:
    """A hit of a rule in a line."""
    return Hit(code, Severity.HIGH, f"found by {code}", Span(line, 1, end), symbol, related)


def file(text: str, *hits: Hit, path: str = "a.py", complete: bool = True) -> FileHits:
    """A file with its text's suppressions, and hits anchored to the text."""
    lexed = Lexed(text)
    anchored = [Anchored(one, " ".join(lexed.lines[one.span.line - 1].split())) for one in hits]
    return FileHits(path, anchored, suppressions(lexed, ast.parse(text)), complete)


def outcome(registry: Registry, *files: FileHits, config: Config | None = None, select: str = "XP SUP") -> Outcome:
    """Judge files under a selection."""
    return judge(files, config or Config(), registry, registry.select(select.split()))


def marks(result: Outcome) -> list[tuple[int, str]]:
    """Line and code of the findings."""
    return [(one.line, one.code) for one in result.findings]
