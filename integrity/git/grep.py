"""Looks for fixed strings in all files of a revision at once."""

from __future__ import annotations

from collections.abc import Iterable

from integrity.git.objects import ObjectStore
from integrity.git.repository import Repository, ask


def files_with(repository: Repository, revision: str, texts: Iterable[str]) -> list[str]:
    """The paths of a revision's text files that hold any of these strings, sorted; those whose blob is missing do not.

    Args:
        repository: where to look.
        revision: the id of a commit or tree.
        texts: strings on one line each; empty ones and those with a line break match nothing.
    """
    wanted = sorted({text for text in texts if text and "\n" not in text and "\0" not in text})
    if not wanted:
        return []
    patterns = [part for text in wanted for part in ("-e", text)]
    options = ["-z", "-I", "--no-color", "--full-name", "--files-with-matches", "--fixed-strings", "--threads=2"]
    with ObjectStore.of(repository).opened() as environment:
        answer = ask(["grep", *options, *patterns, revision], environment)
    found = answer.output.decode("utf-8", "surrogateescape").split("\0")[:-1]
    return sorted(path.removeprefix(f"{revision}:") for path in found)
