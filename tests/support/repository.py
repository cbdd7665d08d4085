"""Builds small git repositories for tests, the same on every machine: fixed names and dates, no foreign settings."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.environment import without_git

ISOLATION = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
_DATE = "2024-01-01T12:00:00Z"
IDENTITY = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "LC_ALL": "C",
}


@dataclass(frozen=True)
class GitRepository:
    """A real repository in a temporary folder."""

    path: Path

    def git(self, *arguments: str, stdin: bytes | None = None, check: bool = True, date: str = _DATE) -> bytes:
        """Run git here and return its standard output; a failure raises with what git said, unless `check` is off."""
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        environment = {**without_git(), **ISOLATION, **IDENTITY, **dates}
        command = ["git", "-C", str(self.path), *arguments]
        done = subprocess.run(command, env=environment, input=stdin, capture_output=True, check=False)
        if check and done.returncode:
            raise RuntimeError(f"{command}: {done.stderr.decode('utf-8', 'replace')}")
        return done.stdout

    def text(self, *arguments: str) -> str:
        """Run git here and return its standard output as text, stripped."""
        return self.git(*arguments).decode().strip()

    def write(self, path: str, content: str | bytes = "x = 1\n") -> Path:
        """Write a file, its folders made as needed; nothing is translated."""
        place = self.path / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        return place

    def commit(self, files: dict[str, str | bytes] | None = None, message: str = "change", *, date: str = _DATE) -> str:
        """Write files, stage everything and commit it; the commit's id."""
        for path, content in (files or {}).items():
            self.write(path, content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--no-verify", "--message", message, date=date)
        return self.text("rev-parse", "HEAD")

    def branch(self, name: str) -> None:
        """Create a branch here and switch to it."""
        self.git("checkout", "--quiet", "-b", name)


def create(path: Path, *, object_format: str = "sha1", bare: bool = False) -> GitRepository:
    """A new, empty repository at `path`, on the branch `main`."""
    path.mkdir(parents=True, exist_ok=True)
    repository = GitRepository(path)
    options = ["--bare"] if bare else []
    repository.git("init", "--quiet", "--initial-branch=main", f"--object-format={object_format}", *options)
    return repository


def clone(source: GitRepository, path: Path, *options: str) -> GitRepository:
    """A clone of `source` at `path`, through the protocol so that shallow and partial clones are real."""
    source.git("config", "uploadpack.allowFilter", "true")
    source.git("-c", "protocol.file.allow=always", "clone", "--quiet", *options, source.path.as_uri(), str(path))
    return GitRepository(path)
