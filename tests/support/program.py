"""Runs the program as a user does: a process of its own, with its own streams and exit code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.environment import inherited

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


@dataclass(frozen=True)
class Ran:
    """What one run left behind."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """The report, when it was asked for as JSON."""
        return json.loads(self.stdout)

    @property
    def codes(self) -> list[tuple[str, int, str]]:
        """Path, line and code of every finding of a JSON report."""
        return [(one["path"], one["line"], one["code"]) for one in self.json["findings"]]


def integrity(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> Ran:
    """Run `integrity` with these arguments in a folder, in an environment of its own."""
    command = [sys.executable, "-m", "integrity", *arguments]
    done = subprocess.run(
        command,
        cwd=folder,
        env=inherited(_KEPT) | dict(environment or {}),
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode())


def scan(folder: Path, *arguments: str) -> Ran:
    """`integrity scan --output-format json`."""
    return integrity(folder, "scan", "--output-format", "json", *arguments)
