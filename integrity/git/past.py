"""The history that a version of a repository stands on, and how much of it lies between two commits."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from integrity.git.log import shallow
from integrity.git.objects import ObjectStore
from integrity.git.repository import Repository, ask


class Past(NamedTuple):
    """The history of a commit.

    Attributes:
        repository: where it lies.
        tip: the id of the commit.
    """

    repository: Repository
    tip: str

    @property
    def boundary(self) -> str:
        """Identifies where the history of a shallow clone ends; "" when nothing was cut off."""
        if not self.repository.shallow:
            return ""
        return hashlib.sha256((self.repository.common_dir / "shallow").read_bytes()).hexdigest()

    def beyond(self, older: str = "") -> int | None:
        """How many commits there are.

        Args:
            older: the id of a commit; it and its ancestors do not count.

        Returns:
            None when `older` is no ancestor, or when git cannot tell.
        """
        asked = ["--left-right", f"{older}...{self.tip}"] if older else [self.tip]
        with ObjectStore.of(self.repository).opened() as environment:
            answer = ask(["rev-list", "--count", *asked, "--"], environment | shallow(self.repository))
        counts = answer.output.split() if answer.status == 0 else []
        left = counts[:-1]
        return int(counts[-1]) if counts and left in ([], [b"0"]) else None
