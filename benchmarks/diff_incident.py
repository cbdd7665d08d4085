"""What `integrity diff` says on each commit of a range, and how long it takes.

    python -m benchmarks.diff_incident REPOSITORY RANGE [--cache DIR]

RANGE is what `git rev-list` takes, as in `v1..v2`. Each commit is compared with its first parent.
"""

from __future__ import annotations

import argparse
import subprocess
import time
from collections import Counter
from pathlib import Path

from integrity.cache import Cache
from integrity.codeversion import code_version
from integrity.config.config import Config
from integrity.config.detect import detect
from integrity.diff.compare import Comparison, Terms, compare
from integrity.diff.looking import Looker
from integrity.errors import IntegrityError
from integrity.registry.loader import load
from integrity.snapshot.snapshot import take


def main() -> None:
    """Compare and print, the oldest commit first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", type=Path)
    parser.add_argument("range")
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    repository: Path = arguments.repository
    listed = _git(repository, "log", "--reverse", "--format=%H%x09%ci%x09%s", arguments.range)
    registry = load()
    config = detect(repository, Config())
    with Cache(arguments.cache, code_version(registry)) as cache:
        terms = Terms(config, registry, Looker(registry, cache))
        for line in listed.splitlines():
            commit, date, subject = line.split("\t", 2)
            started = time.monotonic()
            try:
                comparison = compare(take([repository], rev=f"{commit}~1"), take([repository], rev=commit), terms)
                told = _told(comparison)
            except IntegrityError as error:
                told = f"error: {error}"
            print(
                f"{commit[:10]} {date[:16]} {time.monotonic() - started:6.1f} s  {subject[:60]}\n    {told}", flush=True
            )


def _told(comparison: Comparison) -> str:
    serious = Counter(one.code for one in comparison.findings if one.severity.rank <= 1)
    codes = ", ".join(f"{code} {number}" for code, number in serious.most_common(6))
    tests = comparison.tests
    gate = "BLOCK" if serious else "pass"
    gaps = f", {len(comparison.verdict.gaps)} gaps" if comparison.verdict.gaps else ""
    return f"{gate}: {comparison.files} files, tests {tests.before} -> {tests.after}, lost {tests.lost}{gaps}; {codes}"


def _git(repository: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(repository), *arguments], check=True, capture_output=True, text=True)
    return done.stdout


if __name__ == "__main__":
    main()
