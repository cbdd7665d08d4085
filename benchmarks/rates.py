"""`python -m benchmarks.rates TREE ... [--damaged TREE ...]`: how often rules speak on healthy and damaged projects.

Prints one line a rule: its findings by severity, and what they come to per 1,000 known tests. `--sample CODE` shows
findings of one rule instead, in their source, for reading by eye.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

Report = Mapping[str, Any]

_SEVERITIES = ("critical", "high", "medium", "low")
_CACHE = Path(tempfile.gettempdir()) / "integrity-rates"  # not in the trees, which stay clean
_CONTEXT = 5  # lines of a sample behind the place


def scanned(tree: Path, families: str) -> Report:
    """The JSON report on a work tree, whatever its own configuration of this tool says."""
    command = [sys.executable, "-m", "integrity", "scan", str(tree), "--isolated", "--exit-zero", "--allow-gaps"]
    command += ["--select", families, "--output-format", "json", "--cache-dir", str(_CACHE)]
    answer = subprocess.run(command, capture_output=True, check=True).stdout
    report: Report = json.loads(answer)
    return report


def main() -> None:
    """Scan the projects of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("healthy", nargs="*", type=Path, metavar="TREE")
    parser.add_argument("--damaged", nargs="*", type=Path, default=[], metavar="TREE")
    parser.add_argument("--select", default="TST,HAR,COR", help="families of rules")
    parser.add_argument(
        "--sample", default="", metavar="CODE", help="show findings of one rule, high and critical ones"
    )
    parser.add_argument("--size", type=int, default=30, help="of a sample")
    given = parser.parse_args()
    healthy = {tree: scanned(tree, given.select) for tree in given.healthy}
    damaged = {tree: scanned(tree, given.select) for tree in given.damaged}
    lines = _samples({**healthy, **damaged}, given.sample, given.size) if given.sample else _table(healthy, damaged)
    for line in lines:
        print(line, flush=True)


def _table(healthy: Mapping[Path, Report], damaged: Mapping[Path, Report]) -> Iterator[str]:
    """One line a rule."""
    groups = (healthy, damaged)
    tests = [_tests(reports.values()) for reports in groups]
    yield f"{len(healthy)} healthy projects, {tests[0]:,} tests; {len(damaged)} damaged, {tests[1]:,} tests"
    yield "rule    " + "".join(f"  {name:>8} {'/1,000':>7}  {'severities':34}" for name in ("healthy", "damaged"))
    counts = [_counts(reports.values()) for reports in groups]
    for code in sorted({code for found in counts for code, _ in found}):
        parts = [_part(code, found, known) for found, known in zip(counts, tests, strict=True)]
        yield f"{code:8}" + "".join(parts).rstrip()


def _part(code: str, counts: Mapping[tuple[str, str], int], tests: int) -> str:
    """What a line says of one group of projects."""
    found = {severity: counts[code, severity] for severity in _SEVERITIES if (code, severity) in counts}
    total = sum(found.values())
    rate = f"{1000 * total / tests:.2f}" if tests else "-"
    return f"  {total:8,} {rate:>7}  {', '.join(f'{count:,} {name}' for name, count in found.items()):34}"


def _tests(reports: Iterable[Report]) -> int:
    return sum(report["score"]["tests"]["known"] or 0 for report in reports)


def _counts(reports: Iterable[Report]) -> Counter[tuple[str, str]]:
    return Counter((one["code"], one["severity"]) for report in reports for one in report["findings"])


def _samples(reports: Mapping[Path, Report], code: str, size: int) -> Iterator[str]:
    """Findings of a rule with the lines around them; the same ones each time."""
    serious = _SEVERITIES[:2]
    found = [
        (tree, one)
        for tree, report in reports.items()
        for one in report["findings"]
        if one["code"] == code and one["severity"] in serious
    ]
    chosen = sorted(random.Random(0).sample(range(len(found)), min(size, len(found))))  # noqa: S311 - no secret
    for tree, one in (found[place] for place in chosen):
        yield f"--- {tree.name}/{one['path']}:{one['line']} {one['severity']}: {one['message']}"
        lines = (tree / one["path"]).read_text(encoding="utf-8", errors="replace").split("\n")
        yield from _excerpt(lines, one["line"])


def _excerpt(lines: Sequence[str], line: int) -> Iterator[str]:
    first = max(0, line - 3)
    for number, text in enumerate(lines[first : line + _CONTEXT], first + 1):
        yield f"{number:6}{'>' if number == line else ' '} {text[:120]}"


if __name__ == "__main__":
    main()
