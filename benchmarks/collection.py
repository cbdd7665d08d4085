"""`python -m benchmarks.collection TREE=PYTHON ...`: the tests that we find without running, against pytest's own.

Each TREE is a Git work tree, PYTHON the interpreter of an environment in which its tests can be imported. Prints one
line a project; `--show` lists every disagreement.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from integrity.collection.collect import FileTests, collect
from integrity.collection.options import options
from integrity.config.detect import pytest_settings
from integrity.facts.binding import namespace
from integrity.facts.lexical import Lexed
from integrity.facts.namespace import Namespace
from integrity.imports import declared
from integrity.imports.resolver import Resolver

_PLUGIN = """
import os
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session):
    with open(os.environ["COLLECTED"], "a", encoding="utf-8") as file:
        for item in session.items:
            if isinstance(item, pytest.Function):
                print("T", f"{item.parent.nodeid}::{item.originalname}", sep="\\t", file=file)

def pytest_collectreport(report):
    if report.failed:
        with open(os.environ["COLLECTED"], "a", encoding="utf-8") as file:
            print("E", report.nodeid, sep="\\t", file=file)
"""


@dataclass(frozen=True)
class Real:
    """The ids that pytest collects, without parameters, and the files that it could not import."""

    tests: frozenset[str]
    broken: frozenset[str]


def collected(tree: Path, python: str, arguments: list[str]) -> Real:
    """What pytest itself collects."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "collected_ids.py").write_text(_PLUGIN)
        answer = Path(folder) / "ids"
        answer.touch()
        environment = {**os.environ, "PYTHONPATH": folder, "COLLECTED": str(answer), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [python, "-m", "pytest", "--collect-only", "-q", "-p", "collected_ids", "-p", "no:cacheprovider"]
        command += ["--continue-on-collection-errors", *arguments]
        subprocess.run(command, cwd=tree, env=environment, stdout=subprocess.DEVNULL, check=False)
        lines = [line.split("\t") for line in answer.read_text(encoding="utf-8").splitlines()]
    tests = frozenset(name for kind, name in lines if kind == "T")
    return Real(tests, frozenset(name.partition("::")[0] for kind, name in lines if kind == "E"))


def predicted(tree: Path, arguments: list[str]) -> dict[str, FileTests]:
    """What we find, from the files that Git tracks."""
    command = ["git", "-C", str(tree), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    paths = [path for path in listed if path and (tree / path).is_file()]
    sources = {path: (tree / path).read_bytes() for path in paths}
    modules = {path: names for path in paths if path.endswith(".py") and (names := _names(sources[path]))}
    resolver = Resolver(paths, declared.read(paths, sources.get))
    return collect(modules, paths, options(pytest_settings(sources.get), arguments), resolver)


def _names(source: bytes) -> Namespace | None:
    try:
        return namespace(ast.parse(source), Lexed(source.decode()))
    except (SyntaxError, ValueError):
        return None


def disagreements(real: Real, found: dict[str, FileTests]) -> list[str]:
    """Tests that we do not find, and those that pytest does not, outside of the files of which we say "unknown"."""
    aside = real.broken | {path for path, one in found.items() if one.unknown}
    ours = {name for path, one in found.items() if path not in aside for name in one.tests}
    theirs = {name for name in real.tests if name.partition("::")[0] not in aside}
    possible = tuple(name for one in found.values() for name in one.possible)
    missing = sorted(name for name in theirs - ours if not name.startswith(possible))
    return [f"missing: {name}" for name in missing] + [f"not collected: {name}" for name in sorted(ours - theirs)]


def main() -> None:
    """Compare the projects of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("projects", nargs="+", metavar="TREE=PYTHON[=ARGUMENT...]")
    parser.add_argument("--show", action="store_true", help="list disagreements, unknown and broken files")
    given = parser.parse_args()
    header = ("project", "pytest", "ours", "possible", "disagreements", "unknown files", "broken files")
    print("{:12} {:>7} {:>7} {:>9} {:>14} {:>14} {:>13}".format(*header))
    for project in given.projects:
        tree, python, *arguments = project.split("=")
        _compare(Path(tree), python, arguments, show=given.show)


def _compare(tree: Path, python: str, arguments: list[str], *, show: bool) -> None:
    real, found = collected(tree, python, arguments), predicted(tree, arguments)
    wrong = disagreements(real, found)
    possible = tuple(name for one in found.values() for name in one.possible)
    unknown = {path: one.unknown for path, one in found.items() if one.unknown}
    doubtful = (
        [name for name in real.tests if name.startswith(possible) and name not in found[name.partition("::")[0]].tests]
        if possible
        else []
    )
    ours = sum(len(one.tests) for one in found.values())
    numbers = (len(real.tests), ours, len(doubtful), len(wrong), len(unknown), len(real.broken))
    print("{:12} {:7} {:7} {:9} {:14} {:14} {:13}".format(tree.name, *numbers), flush=True)
    if show:
        lines = [
            *wrong,
            *(f"unknown: {path}: {why}" for path, why in unknown.items()),
            *map("broken: {}".format, real.broken),
        ]
        lines += [f"possible: {name}" for name in sorted(doubtful)]
        print(*(f"    {line}" for line in lines), sep="\n", file=sys.stdout if lines else sys.stderr)


if __name__ == "__main__":
    main()
