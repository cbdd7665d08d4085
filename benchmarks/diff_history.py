"""How often each finding of `integrity diff` fires in the history of real projects.

    python -m benchmarks.diff_history REPOSITORY [--commits 500] [--hits FILE] [--cache DIR]

Each first-parent commit is compared with its parent, in one process, with one cache. Prints how many commits each code
and severity fires on; writes every finding of severity high or above to FILE, one JSON a line, to be read and judged.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from integrity.cache import Cache
from integrity.codeversion import code_version
from integrity.config.config import Config
from integrity.config.detect import detect
from integrity.diff.compare import Comparison, Terms, compare
from integrity.diff.looking import Looker
from integrity.errors import IntegrityError
from integrity.registry.loader import load
from integrity.snapshot.snapshot import Snapshot, take


def main() -> None:
    """Walk one history and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("repository", type=Path)
    parser.add_argument("--commits", type=int, default=500)
    parser.add_argument("--tip", default="HEAD")
    parser.add_argument("--hits", type=Path)
    parser.add_argument("--cache", type=Path)
    arguments = parser.parse_args()
    counts: Counter[str] = Counter()
    severities: Counter[str] = Counter()
    blocked = total = 0
    started = time.monotonic()
    lines: list[str] = []
    for commit, comparison in walk(arguments.repository, arguments.tip, arguments.commits, arguments.cache):
        total += 1
        counts.update({finding.code for finding in comparison.findings})
        serious = [one for one in comparison.findings if one.severity.rank <= 1]
        severities.update({f"{one.code} {one.severity.value}" for one in serious})
        blocked += bool(serious)
        lines += [json.dumps({"commit": commit, **_told(one)}) for one in serious]
    if arguments.hits:
        arguments.hits.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(
        f"{arguments.repository.name}: {total} commits, {blocked} blocked ({100 * blocked / max(total, 1):.2f} %),"
        f" {time.monotonic() - started:.0f} s"
    )
    print("  " + ", ".join(f"{code} {number}" for code, number in sorted(counts.items())))
    print("  blocking: " + ", ".join(f"{code} {number}" for code, number in sorted(severities.items())))


def walk(repository: Path, tip: str, commits: int, cache: Path | None) -> Iterator[tuple[str, Comparison]]:
    """Each of the newest first-parent commits, compared with its parent, the oldest first."""
    command = ["git", "-C", str(repository), "rev-list", "--first-parent", f"--max-count={commits + 1}", tip]
    ids = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[::-1]
    registry = load()
    config = detect(repository, Config())
    with Cache(cache, code_version(registry)) as opened:
        terms = Terms(config, registry, Looker(registry, opened))
        before: Snapshot | None = None
        for commit in ids:
            try:
                after = take([repository], rev=commit)
                if before is not None:
                    yield commit, compare(before, after, terms)
                before = after
            except IntegrityError as error:
                print(f"{commit[:10]}: {error}")
                before = None


def _told(finding: object) -> dict[str, object]:
    names = ("code", "severity", "path", "line", "symbol", "message", "before", "after", "why")
    return {name: getattr(finding, name, "") for name in names}


if __name__ == "__main__":
    main()
