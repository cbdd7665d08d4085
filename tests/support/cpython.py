"""The truth about imports: a server process that imports each module first, in a fork of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import cast

_SERVER = r"""
import importlib, json, os, sys

sys.dont_write_bytecode = True
sys.path.append("")
modules_of_the_server = frozenset(sys.modules)


def attempt(name):
    try:
        importlib.import_module(name)
    except BaseException as error:
        return [type(error).__name__, str(error)]
    return ["", ""]


def forked(root, name, environment):
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        sys.path[-1] = root
        os.environ.update(environment)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.write(writer, json.dumps(attempt(name)).encode()[:60000])
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as stream:
        answer = stream.read()
    os.waitpid(child, 0)
    return json.loads(answer) if answer else ["died", ""]


for line in sys.stdin:
    root, names, environment = json.loads(line)
    print(json.dumps([forked(root, name, environment) for name in names]), flush=True)
"""


class CPython:
    """Imports modules for real; a context manager."""

    def __enter__(self) -> CPython:
        command = [sys.executable, "-I", "-S", "-c", _SERVER]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    def outcomes(
        self, root: Path, names: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> list[tuple[str, str]]:
        """Per name the type and the text of the exception that importing it first raises; "" for none.

        Args:
            root: the folder on `sys.path`.
            names: the modules.
            environment: variables that are set meanwhile.
        """
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([str(root), list(names), dict(environment or {})]) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return [cast("tuple[str, str]", tuple(one)) for one in answer]
