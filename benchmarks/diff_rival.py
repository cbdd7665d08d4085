"""`integrity diff` beside checkwash (https://pypi.org/project/checkwash/) on the same changes, in one run.

    python -m benchmarks.diff_rival --checkwash PATH/TO/checkwash

Each change of `tests/support/changes` becomes a real repository of two commits. Both tools judge `HEAD~1..HEAD`.
Blocked means the tool's default exit code fails the build; warned means it says something and lets the change pass.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections import Counter
from pathlib import Path

from integrity.cache import Cache
from integrity.config.config import Config
from integrity.config.detect import detect
from integrity.diff.compare import Terms, compare
from integrity.diff.looking import Looker
from integrity.model import Severity
from integrity.registry.loader import load
from integrity.snapshot.snapshot import take
from tests.support.changes.refactors import REFACTORS
from tests.support.changes.shop import PROJECT, Case
from tests.support.changes.tamperings import TAMPERINGS
from tests.support.repository import GitRepository, create

REGISTRY = load()
TERMS = Terms(
    detect(Path(), Config(), {path: text.encode() for path, text in PROJECT.items()}.get),
    REGISTRY,
    Looker(REGISTRY, Cache(None, "")),
)


def main() -> None:
    """Judge every change with both tools, and print what they say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkwash", required=True)
    parser.add_argument("--all", action="store_true", help="print every change, not only those judged differently")
    arguments = parser.parse_args()
    counts: Counter[tuple[str, str, str]] = Counter()
    with tempfile.TemporaryDirectory(prefix="rival-") as folder:
        for number, case in enumerate((*TAMPERINGS, *REFACTORS)):
            repository = _built(Path(folder) / str(number), case)
            ours, theirs = _integrity(repository), _checkwash(repository, arguments.checkwash)
            kind = "honest" if case.group == "honest" else "tampering"
            counts[kind, "integrity", ours] += 1
            counts[kind, "checkwash", theirs] += 1
            if arguments.all or ours != theirs:
                print(
                    f"{case.group:7} {case.name:55} deserves {case.verdict:6} integrity {ours:6} checkwash {theirs}",
                    flush=True,
                )
    for kind in ("tampering", "honest"):
        for tool in ("integrity", "checkwash"):
            told = ", ".join(f"{what} {counts[kind, tool, what]}" for what in ("block", "warn", "pass", "error"))
            print(f"{kind:9} {tool:9} {told}")


def _built(folder: Path, case: Case) -> GitRepository:
    """A repository whose last commit is the change."""
    repository = create(folder)
    repository.commit(dict(case.before), "before")
    for path in set(case.before) - set(case.after):
        (folder / path).unlink()
    repository.commit(dict(case.after), "after")
    return repository


def _integrity(repository: GitRepository) -> str:
    sides = (take([repository.path], rev=revision) for revision in ("HEAD~1", "HEAD"))
    severities = {one.severity for one in compare(*sides, TERMS).findings}
    if any(one.at_least(Severity.HIGH) for one in severities):
        return "block"
    return "warn" if Severity.MEDIUM in severities else "pass"


def _checkwash(repository: GitRepository, program: str) -> str:
    command = [program, "check", "HEAD~1..HEAD", "--format", "json"]
    done = subprocess.run(command, cwd=repository.path, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        return "error"
    found = json.loads(done.stdout).get("findings", [])
    return "block" if done.returncode else "warn" if found else "pass"


if __name__ == "__main__":
    main()
