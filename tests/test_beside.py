"""Work in a copy of this process comes to what it would come to here."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from integrity.beside import begun
from tests.support.program import Ran, scan
from tests.support.repository import GitRepository, create

_CRASHING = {
    "app/__init__.py": "",
    "app/a.py": "from app.b import y\nx = 1\n",
    "app/b.py": "from app.a import x\ny = 1\n",
    "app/c.py": "from app.a import gone\nimport app.nowhere\n",
    "tests/test_a.py": "def test_a():\n    assert True\n",
}


def test_it_runs_in_another_process() -> None:
    """And both go on meanwhile."""
    outcomes = [begun(os.getpid), begun(os.getpid)]
    assert os.getpid() not in {outcome() for outcome in outcomes}


def test_a_large_outcome_gets_through() -> None:
    """It is larger than any pipe."""
    assert len(begun(lambda: b"x" * 5_000_000)()) == 5_000_000


def test_what_kills_the_copy_is_done_here() -> None:
    """The copy is gone without a word; the work is done all the same."""
    here = os.getpid()
    assert begun(lambda: 7 if os.getpid() == here else os._exit(1))() == 7


def test_an_error_is_raised_here(capfd: pytest.CaptureFixture[str]) -> None:
    """As if nothing had been done elsewhere; the copy says nothing of its own."""
    outcome = begun(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        outcome()
    assert capfd.readouterr() == ("", "")


def test_nothing_is_left_running() -> None:
    """Neither a thread nor a process."""
    begun(lambda: 1)()
    assert threading.active_count() == 1


def test_many_files_are_judged_like_few(tmp_path: Path) -> None:
    """What a cold scan of many files finds in several processes, it finds in one, and so does the next one."""
    tree = create(tmp_path / "tree")
    tree.commit({**_CRASHING, **{f"app/m{number}.py": f"n = {number}\n" for number in range(320)}})
    whole = [_found(tree, tmp_path / cache, jobs) for cache, jobs in (("a", "1"), ("b", "3"))]
    tree.write("app/c.py", "import app.nothing\n")
    edited = [_found(tree, tmp_path / cache, jobs) for cache, jobs in (("a", "1"), ("b", "3"), ("c", "3"))]
    assert whole[0] == whole[1]
    assert edited[0] == edited[1] == edited[2]
    assert whole[0] != edited[0]
    assert {"CYC001", "IMP001"} <= {code for _, _, code in Ran(0, whole[0], "").codes}


def _found(tree: GitRepository, cache: Path, jobs: str) -> str:
    return scan(tree.path, "--cache-dir", str(cache), "--jobs", jobs).stdout


def test_what_forks_is_loaded_only_where_a_process_is_begun() -> None:
    """It would cost every scan of which all is known a tenth of its time."""
    loaded = "import sys, integrity.cli.scan, integrity.engine\nprint('multiprocessing' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, check=True).stdout == b"False\n"


def test_an_abandoned_copy_ends_with_this_process() -> None:
    """As when the user interrupts it meanwhile."""
    abandoning = """
import multiprocessing, os, signal
from integrity.beside import begun
begun(signal.pause)
print(multiprocessing.active_children()[0].pid, flush=True)
raise KeyboardInterrupt
"""
    done = subprocess.run([sys.executable, "-c", abandoning], capture_output=True, check=False, timeout=60)
    assert done.stderr.decode().strip().endswith("KeyboardInterrupt")
    with pytest.raises(ProcessLookupError):
        os.kill(int(done.stdout), 0)
