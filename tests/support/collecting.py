"""What pytest collects from small projects, beside what we predict without running them.

Run as a program it collects the projects of its command line, each in a fork of one process that has imported pytest:
importing it takes longer than all the rest.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from integrity.collection.collect import FileTests, collect
from integrity.collection.options import options
from integrity.config.detect import pytest_settings
from integrity.facts.binding import namespace
from integrity.facts.lexical import Lexed
from integrity.imports import declared as import_settings
from integrity.imports.resolver import Resolver

Tree = Mapping[str, str]

_ARGUMENTS = ("--collect-only", "-q", "-p", "no:cacheprovider", "--rootdir", ".", "-o", "verbosity_test_cases=-1")


def write(folder: Path, tree: Tree) -> None:
    """Write the files of a project."""
    for name, text in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def shown(folders: Sequence[Path]) -> list[str]:
    """What `pytest --collect-only -q` prints in each of some folders."""
    command = [sys.executable, __file__, *map(str, folders)]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


def predicted(folder: Path) -> dict[str, FileTests]:
    """What we find without running anything."""
    paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    sources = {path: (folder / path).read_bytes() for path in paths}
    modules = {
        path: namespace(ast.parse(sources[path]), Lexed(sources[path].decode()))
        for path in paths
        if path.endswith(".py")
    }
    resolver = Resolver(paths, import_settings.read(paths, sources.get))
    return collect(modules, paths, options(pytest_settings(sources.get)), resolver)


def disagreements(folder: Path, text: str) -> list[str]:
    """Tests that are missing in what is predicted for a folder, and those that are too many.

    Args:
        folder: the project.
        text: what pytest prints there.
    """
    (real, broken), found = _real(text), predicted(folder)
    wrong = [f"{path} is not visited" for path in real.keys() - found.keys()]
    for path, ours in found.items():
        if not ours.unknown and path not in broken:
            wrong += _between(ours, real.get(path, Counter()))
    return wrong


def _between(ours: FileTests, real: Counter[str]) -> list[str]:
    """The disagreements about one file."""
    tests = {one for one in real if not one.startswith(tuple(ours.possible))}
    wrong = [f"{one} is missing" for one in tests - ours.tests]
    wrong += [f"{one} is not collected" for one in ours.tests - real.keys()]
    return wrong + [f"{one} is not {count} tests" for one, count in ours.cases.items() if real[one] != count]


def _real(text: str) -> tuple[dict[str, Counter[str]], set[str]]:
    """How often pytest collects each id without its parameters, by file; and the files that it cannot import."""
    found: dict[str, Counter[str]] = {}
    for line in text.split("\n"):
        if ".py::" in line and not line.startswith((" ", "E", "W")):
            found.setdefault(line.partition("::")[0], Counter()).update([line.partition("[")[0]])
    broken = {line.split()[1] for line in text.split("\n") if line.startswith("ERROR ")}
    return found, {one.partition("::")[0] for one in broken}


def _collected(folder: str) -> str:
    """What pytest prints in a folder; it runs in a fork, so that no project sees the modules of another."""
    with tempfile.TemporaryFile() as file:
        child = os.fork()
        if not child:
            os.dup2(file.fileno(), 1)
            os.chdir(folder)
            _end_with_pytest()
        os.waitpid(child, 0)
        file.seek(0)
        return file.read().decode()


def _end_with_pytest() -> None:
    """Collect in the current folder, and end the process whatever happens."""
    try:
        pytest.main([*_ARGUMENTS])
    finally:
        sys.stdout.flush()
        os._exit(0)


def main() -> None:
    """Collect the projects of the command line."""
    sys.path.pop(0)  # this folder is none that a project could import from
    for name in ("_pytest.python", "_pytest.unittest"):
        importlib.import_module(name)  # once for all forks
    sys.stdout.write(json.dumps([_collected(one) for one in sys.argv[1:]]))


if __name__ == "__main__":
    main()
