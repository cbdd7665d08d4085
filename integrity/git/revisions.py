"""What two revisions have in common, and what a commit says about itself."""

from __future__ import annotations

from integrity.errors import TargetError
from integrity.git.repository import Repository, ask

_MOST = 1000


def messages(repository: Repository, base: str, tip: str) -> list[tuple[str, str]]:
    """Id and whole message of the commits of `tip` that are not in `base`, newest first, a thousand at most."""
    options = [f"--max-count={_MOST}", "--no-show-signature", "--encoding=UTF-8", "--format=%x01%H%x00%B", "-z"]
    command = ["-C", str(repository.root), "log", *options, f"{base}..{tip}", "--"]
    answer = ask(command)
    if answer.status != 0:
        return []  # the beginning of a history, or a tree: there are no commits between
    texts = answer.output.decode("utf-8", "replace").split("\x01")[1:]
    return [(commit, text.rstrip("\0")) for commit, _, text in (one.partition("\0") for one in texts)]


def merge_base(repository: Repository, ref: str, tip: str = "HEAD") -> str:
    """The id of the commit from which `tip` began to differ from `ref`: the best common ancestor of both.

    Raises:
        TargetError: either does not exist, or they have no ancestor in common.
    """
    ids = [repository.resolve(ref), repository.resolve(tip)]
    answer = ask(["-C", str(repository.root), "merge-base", *ids])
    found = answer.output.decode("ascii", "replace").split()
    if answer.status == 0 and found:
        return found[0]
    advice = (
        "the clone is shallow, `git fetch --unshallow` brings it" if repository.shallow else "name another revision"
    )
    raise TargetError(f"{ref} and {tip} have no commit in common: {advice}")
