"""What two revisions have in common, and what a commit says about itself."""

from __future__ import annotations

from integrity.errors import TargetError
from integrity.git.repository import Repository, ask


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
