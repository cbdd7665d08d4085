"""The hook, run by the real `pre-commit` program on real commits."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import yaml

from tests.support.repository import GitRepository, create

_HOOKS = Path(__file__).parents[1] / ".pre-commit-hooks.yaml"
_HEALTHY = "def test_total():\n    assert sum([1, 2]) == 3\n"
_DAMAGED = "# REMOVED_SYNTAX_ERROR: def test_total():\n# REMOVED_SYNTAX_ERROR:     assert sum([1, 2]) == 3\n"
_BROKEN = "def test_total(:\n    assert sum([1, 2]) == 3\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepository:
    """A repository with a healthy test file and the published hook, installed as a git hook."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    monkeypatch.delenv("SKIP", raising=False)
    made = create(tmp_path / "project")
    (hook,) = yaml.safe_load(_HOOKS.read_text(encoding="utf-8"))
    # Only the installation is left out: the entry runs in this environment instead of one made from a clone.
    hook |= {"language": "system", "entry": hook["entry"].replace("integrity", f"{sys.executable} -m integrity", 1)}
    config = {"repos": [{"repo": "local", "hooks": [hook]}]}
    made.commit({"tests/test_total.py": _HEALTHY, ".pre-commit-config.yaml": yaml.safe_dump(config)})
    script = made.path / ".git" / "hooks" / "pre-commit"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pre_commit run --color never --hook-stage pre-commit\n')
    script.chmod(0o755)
    return made


def _commit(repository: GitRepository) -> str:
    """Try to commit what is staged; the message of the newest commit afterwards."""
    repository.git("commit", "--quiet", "--message", "after", check=False)
    return repository.text("log", "-1", "--format=%s")


@pytest.mark.parametrize("damage", [_DAMAGED, _BROKEN, "<<<<<<< HEAD\n" + _HEALTHY + "=======\nx = 1\n>>>>>>> other\n"])
def test_a_commit_that_brings_damage_in_is_stopped(repository: GitRepository, damage: str) -> None:
    """Stage 1 (broken), stage 2 (commented out) and a forgotten conflict never reach the history."""
    repository.write("tests/test_total.py", damage)
    repository.git("add", "--all")
    assert _commit(repository) == "change"


def test_an_honest_commit_passes(repository: GitRepository) -> None:
    """A healthy change is committed."""
    repository.write("tests/test_total.py", _HEALTHY + "\n\ndef test_none():\n    assert sum([]) == 0\n")
    repository.git("add", "--all")
    assert _commit(repository) == "after"


def test_what_is_staged_counts(repository: GitRepository) -> None:
    """Damage in the work tree alone does not stop a healthy commit, repair in the work tree alone does not save one."""
    repository.write("tests/test_total.py", _DAMAGED)
    repository.write("app.py", "x = 1\n")
    repository.git("add", "app.py")
    assert _commit(repository) == "after"
    repository.git("add", "tests/test_total.py")
    repository.write("tests/test_total.py", _HEALTHY)
    repository.git("commit", "--quiet", "--message", "damaged", check=False)
    assert repository.text("log", "-1", "--format=%s") == "after"


def test_a_commit_without_python_files_is_checked_too(repository: GitRepository) -> None:
    """The hook always runs, so that damage that slipped in otherwise is found with the next commit."""
    repository.write("tests/test_total.py", _DAMAGED)
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--no-verify", "--message", "bypassed")
    repository.write("notes.txt", "nothing\n")
    repository.git("add", "--all")
    assert _commit(repository) == "bypassed"
