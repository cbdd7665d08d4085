"""The whole messages of commits, and who stands behind them, in one query."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from integrity.git.objects import ObjectStore
from integrity.git.repository import Repository, ask

_FORMAT = "%x01%H%x00%cn%x00%ce%x00%B%x00"
_READ = (
    "log",
    "--no-walk=unsorted",
    "--ignore-missing",
    "--no-show-signature",
    "--encoding=UTF-8",
    "-z",
    f"--format={_FORMAT}",
    "--stdin",
)
_RECORD = re.compile(r"\x01([0-9a-f]+)\0([^\0]*)\0([^\0]*)\0([^\0]*)\0")
_TRAILER = re.compile(r"([A-Za-z][A-Za-z0-9-]*-[A-Za-z0-9-]*):[ \t]*(\S.*)")


class Message(NamedTuple):
    """What a commit says beside its subject.

    Attributes:
        committer: the committer's name.
        email: the committer's address.
        body: the message without its first line.
    """

    committer: str
    email: str
    body: str

    @property
    def trailers(self) -> tuple[tuple[str, str], ...]:
        """The lines of the last paragraphs that read `Some-Key: value`, in order, each once.

        Any line of the message that has the shape counts: tools often write text behind their trailers, where
        `git interpret-trailers` would see none.
        """
        found = (_TRAILER.fullmatch(line.strip()) for line in self.body.split("\n"))
        return tuple(dict.fromkeys((match[1], match[2]) for match in found if match))


def read_messages(repository: Repository, commits: Iterable[str]) -> dict[str, Message]:
    """The message of each commit, by its id; commits that are missing are left out.

    Args:
        repository: where to look.
        commits: full ids.
    """
    question = "".join(f"{commit}\n" for commit in dict.fromkeys(commits)).encode("ascii", "replace")
    if not question:
        return {}
    with ObjectStore.of(repository).opened() as environment:
        answer = ask(_READ, environment, question)
    text = answer.output.decode("utf-8", "surrogateescape")
    return {
        identity: Message(committer, email, message.strip().partition("\n")[2].strip())
        for identity, committer, email, message in _RECORD.findall(text)
    }
