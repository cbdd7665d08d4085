"""Findings about imports name the commit that took away what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import scan
from tests.support.repository import GitRepository, create

FILES: dict[str, str | bytes] = {
    "pyproject.toml": "[tool.integrity.imports]\nhistory = true\n",
    "app/__init__.py": "",
    "app/bridge.py": "from app.mail import (\n    send,\n    receive,\n)\n\ndef get_factory(): pass\nSIZE = 1\n",
    "app/mail.py": "def send(): pass\ndef receive(): pass\n",
    "app/old.py": "def unique(): pass\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository whose commits can be added to."""
    made = create(tmp_path / "project")
    made.commit(FILES)
    return made


def _messages(repository: GitRepository, *arguments: str) -> list[str]:
    return [one["message"] for one in scan(repository.path, *arguments).json["findings"]]


def _head(repository: GitRepository) -> str:
    return repository.git("rev-parse", "HEAD").decode()[:10]


@pytest.mark.parametrize(
    ("line", "bridge"),
    [
        ("from app.bridge import get_factory", "SIZE = 1\n"),
        ("from app.bridge import SIZE", "def get_factory(): pass\n"),
        ("from app.bridge import receive", "from app.mail import (\n    send,\n)\n"),
    ],
    ids=["function", "variable", "import in parentheses"],
)
def test_a_name_was_removed_from_its_module(repository: GitRepository, line: str, bridge: str) -> None:
    """By the commit after which the module no longer binds it, whatever came later."""
    repository.commit({"app/bridge.py": bridge})
    commit = _head(repository)
    repository.commit({"app/bridge.py": bridge + "LATER = 1\n", "app/user.py": f"{line}\n"})
    for _ in range(2):
        (message,) = _messages(repository)
        assert f"; removed by {commit} of " in message
    assert _messages(repository, "--no-cache") == [message]
    assert _messages(repository, "--rev", "HEAD") == [message]


def test_a_module_was_removed(repository: GitRepository) -> None:
    """By the commit that removed its file."""
    repository.commit({"app/user.py": "import app.old\nfrom .old import unique\n"})
    (repository.path / "app/old.py").unlink()
    repository.commit({})
    (message,) = _messages(repository)
    assert f"; removed by {_head(repository)} of " in message


def test_a_module_was_moved(repository: GitRepository) -> None:
    """The same content came under another path in the same commit."""
    (repository.path / "app/old.py").unlink()
    repository.commit({"app/new.py": FILES["app/old.py"], "app/user.py": "import app.old\n"})
    (message,) = _messages(repository)
    assert f"; moved to app/new.py by {_head(repository)} of " in message


def test_what_never_was_has_no_removal(repository: GitRepository) -> None:
    """Nor has an import whose failure is expected."""
    repository.commit({"app/user.py": "import app.never\nfrom app.bridge import nothing\n"})
    assert not [one for one in _messages(repository) if "removed by" in one or "moved to" in one]


def test_it_is_off_unless_asked_for(repository: GitRepository) -> None:
    """Reading a history takes time."""
    repository.commit({"app/bridge.py": "", "app/user.py": "from app.bridge import SIZE\n"})
    repository.commit({"pyproject.toml": ""})
    (message,) = _messages(repository)
    assert "removed by" not in message


def test_a_later_commit_is_seen_though_the_files_are_the_same(repository: GitRepository) -> None:
    """What is remembered belongs to a history: the same tree after a rewritten one names its own commit."""
    repository.commit({"app/bridge.py": "", "app/user.py": "from app.bridge import SIZE\n"})
    first = _messages(repository)
    repository.git("commit", "--amend", "-q", "-m", "rewritten")
    (message,) = _messages(repository)
    assert [message] != first
    assert f"; removed by {_head(repository)} of " in message


def test_a_repository_without_commits(tmp_path: Path) -> None:
    """There is no history to ask."""
    made = create(tmp_path / "project")
    for path, text in {**FILES, "app/user.py": "import app.never\n"}.items():
        made.write(path, text)
    (message,) = _messages(made)
    assert "app.never" in message
