"""The GitHub Action and the GitLab template: what they ask for, and their shell steps on real repositories."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.environment import inherited
from tests.support.program import Ran
from tests.support.repository import ISOLATION, GitRepository, clone, create

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
GITLAB: dict[str, Any] = yaml.safe_load((ROOT / "ci" / "gitlab.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = {step["name"]: step["run"] for step in STEPS if "run" in step}
PATH = "tests/test_total.py"
ONE = "def test_some():\n    assert sum([1, 2]) == 3\n"
TWO = f"{ONE}\n\ndef test_none():\n    assert sum([]) == 0\n    assert sum(()) == 0\n"


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with two tests, and a branch that has begun."""
    made = create(tmp_path / "project")
    made.commit({PATH: TWO, "app.py": "x = 1\n"})
    made.branch("work")
    return made


def _run(folder: Path, temporary: Path, script: str, **environment: str) -> Ran:
    """Run a script as the runner does, with `integrity` on the path."""
    tools = temporary / "tools"
    tools.mkdir(exist_ok=True)
    program = tools / "integrity"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m integrity "$@"\n')
    program.chmod(0o755)
    given = inherited(("PATH", "HOME", "LANG", "TMPDIR")) | ISOLATION
    given["PATH"] = f"{tools}:{given['PATH']}"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={**given, **environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def _step(repository: GitRepository, temporary: Path, name: str, **environment: str) -> Ran:
    """Run a step of the action."""
    files = {key: str(temporary / key) for key in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")}
    return _run(
        repository.path, temporary, SCRIPTS[name], RUNNER_TEMP=str(temporary), CI="true", **files, **environment
    )


def _gitlab(repository: GitRepository, temporary: Path, **environment: str) -> Ran:
    """Run the job's script; GitLab joins its lines."""
    return _run(repository.path, temporary, "\n".join(GITLAB["integrity"]["script"]), CI="true", **environment)


def test_every_action_is_pinned() -> None:
    """By the id of a commit, with the version behind it for people."""
    lines = re.findall(r"uses: (.*)", (ROOT / "action.yml").read_text(encoding="utf-8"))
    assert len(lines) == sum("uses" in step for step in STEPS)
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[0-9.]+", line) for line in lines)


def test_no_script_is_made_of_input() -> None:
    """What a pull request may choose reaches the shell as a variable, never as a part of the script."""
    assert not [name for name, script in SCRIPTS.items() if "${{" in script]
    assert all(step["shell"] == "bash" for step in STEPS if "run" in step)


def test_every_input_is_described_and_used() -> None:
    """And nothing is asked for that does not exist."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"inputs\.([\w-]+)", text)) == set(ACTION["inputs"])
    assert all(one["description"] and "default" in one for one in ACTION["inputs"].values())


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_script_parses(name: str) -> None:
    """Also the step that installs, which is not run here."""
    assert subprocess.run(["bash", "-n"], input=SCRIPTS[name].encode(), check=False).returncode == 0


def test_the_gate_stops_a_change_that_weakens_tests(repository: GitRepository, tmp_path: Path) -> None:
    """With an annotation at the test and a table in the summary; an honest change passes."""
    repository.commit({PATH: ONE})
    ran = _step(repository, tmp_path, "Hold the change against its base", BASE="main")
    assert ran.code == 1
    assert f"::error title=integrity (DIF002),file={PATH}" in ran.stdout
    assert "| high | DIF002 |" in (tmp_path / "GITHUB_STEP_SUMMARY").read_text()
    repository.commit({PATH: TWO + "\n\ndef test_one():\n    assert sum([1]) == 1\n"})
    assert _step(repository, tmp_path, "Hold the change against its base", BASE="main").code == 0


def test_the_gate_fetches_what_a_shallow_checkout_lacks(repository: GitRepository, tmp_path: Path) -> None:
    """The base of a pull request is often not there."""
    base = repository.text("rev-parse", "main")
    repository.commit({PATH: ONE})
    shallow = clone(repository, tmp_path / "checkout", "--depth=1", "--branch=work")
    assert _step(shallow, tmp_path, "Hold the change against its base", BASE=base).code == 1


def test_the_tree_is_checked(repository: GitRepository, tmp_path: Path) -> None:
    """Annotations, and SARIF for the step that uploads it."""
    ran = _step(repository, tmp_path, "Check the tree", ARGUMENTS="")
    assert (ran.code, ran.stdout) == (0, "")
    repository.write("tests/test_other.py", "def test_other():\n    pass\n")
    ran = _step(repository, tmp_path, "Check the tree", ARGUMENTS="--since main --fail-severity low")
    assert ran.code == 1
    assert "file=tests/test_other.py" in ran.stdout
    place = (tmp_path / "GITHUB_OUTPUT").read_text().split("\n")[0].removeprefix("sarif-file=")
    assert json.loads(Path(place).read_text())["runs"][0]["results"]


def test_the_gitlab_job(repository: GitRepository, tmp_path: Path) -> None:
    """The change in a merge request, the tree in every pipeline, and the report for the merge request."""
    repository.commit({PATH: ONE})
    assert _gitlab(repository, tmp_path).code == 0
    ran = _gitlab(repository, tmp_path, CI_MERGE_REQUEST_DIFF_BASE_SHA=repository.text("rev-parse", "main"))
    assert ran.code == 1
    assert "DIF002" in ran.stdout
    report = GITLAB["integrity"]["artifacts"]["reports"]["codequality"]
    assert json.loads((repository.path / report).read_text()) == []
