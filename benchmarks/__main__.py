"""`python -m benchmarks [TREE]`: wall time and peak memory of this tool and of its peers on one tree.

The peers: `ruff check` with E9, F, PT and ERA, without and with its cache; Fixit on one package of the tree when it is
installed (`--fixit PACKAGE`). Every command runs `--rounds` times; the best round counts, because noise only adds.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_RUFF = ("check", "--select", "E9,F,PT,ERA", "--quiet", "--exit-zero")


@dataclass(frozen=True)
class Measured:
    """Seconds of wall time, and the resident memory of the largest process in MB."""

    seconds: float
    megabytes: float


def measure(command: Sequence[str], tree: Path, rounds: int, before: Callable[[], None] = lambda: None) -> Measured:
    """The best of some runs of a command, `before` being called ahead of each."""
    runs = []
    for _ in range(rounds):
        before()
        runs.append(_run(command, tree))
    return min(runs, key=lambda run: run.seconds)


def _run(command: Sequence[str], tree: Path) -> Measured:
    begun = time.perf_counter()
    with subprocess.Popen(command, cwd=tree, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        peak = _Peak(process.pid)
        peak.start()
        process.wait()
        seconds = time.perf_counter() - begun
        peak.join()
    return Measured(seconds, peak.megabytes)


class _Peak(threading.Thread):
    """Watches a process and its children, and remembers the largest resident memory of any one of them (Linux)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self.megabytes = 0.0

    def run(self) -> None:
        while Path(f"/proc/{self._pid}/status").exists() and not _is_zombie(self._pid):
            self.megabytes = max([self.megabytes, *map(_resident, _family(self._pid))])
            time.sleep(0.02)


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(member for child in children for member in _family(int(child)))]


def _status(pid: int, key: str) -> str:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(f"{key}:")), "")


def _resident(pid: int) -> float:
    value = _status(pid, "VmHWM").split()
    return int(value[0]) / 1024 if value else 0.0


def _is_zombie(pid: int) -> bool:
    return _status(pid, "State")[:1] in {"Z", ""}


def compare(tree: Path, rounds: int, fixit: str | None) -> list[tuple[str, Measured]]:
    """Every measurement, by name."""
    with tempfile.TemporaryDirectory() as folder:
        ours = _tool("integrity")
        cache = Path(folder) / "integrity"
        scan = [ours, "scan", "--quiet", "--exit-zero", "--allow-gaps", "--cache-dir", str(cache)]
        ruff = [_tool("ruff"), *_RUFF]
        found = [
            ("integrity --version", measure([ours, "--version"], tree, rounds)),
            ("ruff cold", measure([*ruff, "--no-cache"], tree, rounds)),
            ("integrity cold", measure(scan, tree, rounds, lambda: shutil.rmtree(cache, ignore_errors=True))),
            ("ruff warm", measure([*ruff, "--cache-dir", f"{folder}/ruff"], tree, rounds + 1)),
            ("integrity warm", measure(scan, tree, rounds)),
        ]
        if fixit:
            found += [
                (f"fixit {fixit}", measure([_tool("fixit"), "lint", fixit], tree, 1)),
                (f"integrity {fixit} cold", measure([*scan[:-2], "--no-cache", fixit], tree, rounds)),
            ]
    return found


def _tool(name: str) -> str:
    """The program of this environment, else of the PATH."""
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise SystemExit(f"benchmarks: {name} is not installed")
    return found


def main() -> None:
    """Measure, and print one line a measurement."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("tree", nargs="?", default=".", type=Path, help="the repository to scan")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each command (default 3)")
    parser.add_argument("--fixit", metavar="PACKAGE", help="also compare with Fixit on this folder of the tree")
    arguments = parser.parse_args()
    found = dict(compare(arguments.tree.resolve(), arguments.rounds, arguments.fixit))
    for name, measured in found.items():
        print(f"{name:<32} {measured.seconds:8.2f} s  {measured.megabytes:8.0f} MB")
    for state in ("cold", "warm"):
        ratio = found[f"integrity {state}"].seconds / found[f"ruff {state}"].seconds
        print(f"{state}: {ratio:.2f} x ruff ({os.cpu_count()} processors)")


if __name__ == "__main__":
    main()
