"""Configuration: `[tool.integrity]` in `pyproject.toml`, or `integrity.toml`, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from integrity.model import Severity


@dataclass(frozen=True)
class Config:
    """What the user asked for; every field has the default that an unconfigured project gets.

    Attributes:
        source: the file it was read from, None when there is none.
        select: codes, code prefixes, names, or "ALL"; what runs.
        ignore: likewise; what is taken out again.
        extend_select: likewise; added to `select`, and switches on rules that are off by default.
        exclude: gitignore-like globs, relative to the repository root; never scanned.
        per_file_ignores: glob to codes.
        severity: rule code to severity, overriding the rule's own.
        fail_severity: findings at least this serious make the exit code 1.
        max_file_size: bytes; a larger file becomes a gap.
        test_paths: folders of tests; empty means detected.
        python_files: globs of test files the runner collects.
        python_classes: prefixes or globs, as pytest.
        python_functions: prefixes or globs, as pytest.
        minimum_python: lowest supported Python, "" when unknown.
        accessors: globs or dotted modules that may use the environment directly.
        weights: score group to weight.
        fail_under: percentage below which the exit code is 1, or None.
        cache_dir: where the cache lives, relative to the repository root.
    """

    source: Path | None = None
    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = field(default_factory=dict)
    severity: dict[str, Severity] = field(default_factory=dict)
    fail_severity: Severity = Severity.HIGH
    max_file_size: int = 10_000_000
    test_paths: tuple[str, ...] = ()
    python_files: tuple[str, ...] = ("test_*.py", "*_test.py")
    python_classes: tuple[str, ...] = ("Test",)
    python_functions: tuple[str, ...] = ("test",)
    minimum_python: str = ""
    accessors: tuple[str, ...] = ()
    weights: dict[str, float] = field(default_factory=dict)
    fail_under: float | None = None
    cache_dir: str = ".integrity_cache"
