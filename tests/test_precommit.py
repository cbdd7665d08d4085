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
    made.commit({"tests/test_total.py": _HEALTHY, ".pre-commit-config.yaml": _configuration("integrity")})
    for stage in ("pre-commit", "commit-msg"):
        script = made.path / ".git" / "hooks" / stage
        message = '--commit-msg-filename "$1"' if stage == "commit-msg" else ""
        script.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -m pre_commit run --color never --hook-stage {stage} {message}\n'
        )
        script.chmod(0o755)
    return made


def _configuration(*wanted: str) -> str:
    """The published hooks of these ids.

    Only the installation is left out: the entries run in this environment instead of one made from a clone.
    """
    hooks = [one for one in yaml.safe_load(_HOOKS.read_text(encoding="utf-8")) if one["id"] in wanted]
    assert [one["id"] for one in hooks] == list(wanted)
    for hook in hooks:
        hook |= {"language": "system", "entry": hook["entry"].replace("integrity", f"{sys.executable} -m integrity", 1)}
    return yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]})


def _commit(repository: GitRepository, message: str = "after") -> str:
    """Try to commit what is staged; the message of the newest commit afterwards."""
    repository.git("commit", "--quiet", "--message", message, check=False)
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


_TWO = f"{_HEALTHY}\n\ndef test_none():\n    assert sum([]) == 0\n    assert sum(()) == 0\n"
_ACCEPTED = "after\n\nIntegrity-Accept: DIF002 tests/test_total.py::test_none -- nothing is never added"


def test_a_commit_that_removes_a_test_is_stopped(repository: GitRepository) -> None:
    """The state is healthy, the change is not; a scan alone would let it pass."""
    repository.commit({"tests/test_total.py": _TWO, ".pre-commit-config.yaml": _configuration("integrity-diff")}, "two")
    repository.write("tests/test_total.py", _HEALTHY)
    repository.git("add", "--all")
    assert _commit(repository, _ACCEPTED) == "two"


def test_a_message_accepts_with_a_reason(repository: GitRepository) -> None:
    """Without a reason the commit is stopped, with one it is made."""
    hooks = _configuration("integrity", "integrity-message")
    repository.commit({"tests/test_total.py": _TWO, ".pre-commit-config.yaml": hooks}, "two")
    repository.write("tests/test_total.py", _HEALTHY)
    repository.git("add", "--all")
    assert _commit(repository) == "two"
    assert _commit(repository, _ACCEPTED) == "after"
