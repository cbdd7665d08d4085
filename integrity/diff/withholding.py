"""Which existing tests a change of a `conftest.py` newly keeps from being collected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from integrity.changes.model import FilePair, Withheld
from integrity.diff.reading import Listing, Pair
from integrity.facts.profile import LeftOut
from integrity.roles import Roles

_OF_FILES = frozenset({"path", "glob", "name"})
_SHORTEST = 4  # letters of a part of a path that names a file


def with_withheld(pairs: list[Pair], listings: tuple[Listing, Listing], roles: tuple[Roles, Roles]) -> list[Pair]:
    """The pairs, files of Python among them with what they newly keep from collection.

    Args:
        pairs: every changed file.
        listings: what there is, before and after.
        roles: what paths say.
    """
    if not any(one.file.after.left_out for one in pairs):
        return pairs
    both = sorted(listings[0].python.keys() & listings[1].python.keys())
    tests = [path for path in both if all(role.context(path).collected for role in roles)]
    known = {_key(one) for pair in pairs for one in pair.file.before.left_out}
    return [_withheld(pair, tests, known) for pair in pairs]


def _key(one: LeftOut) -> tuple[str, str]:
    return one.kind, one.pattern or one.text


def _withheld(pair: Pair, tests: Sequence[str], known: set[tuple[str, str]]) -> Pair:
    file = pair.file
    found = tuple(_found(file, tests, known)) if file.after.left_out else ()
    return pair._replace(file=replace(file, withheld=found)) if found else pair


def _found(file: FilePair, tests: Sequence[str], known: set[tuple[str, str]]) -> Iterator[Withheld]:
    """What is new and takes away tests that ran before."""
    folder = file.after_path.rpartition("/")[0]
    own = [path for path in tests if not folder or path.startswith(f"{folder}/")]
    for one in file.after.left_out:
        if _key(one) in known:
            continue
        if one.kind not in _OF_FILES:
            if own:
                yield Withheld(one)
            continue
        paths = [path for path in own if _matches(one, path, folder)]
        left = [path for path in paths if not any(_matches(was, path, folder) for was in file.before.left_out)]
        if left:
            yield Withheld(one, tuple(left))


def _matches(one: LeftOut, path: str, folder: str) -> bool:
    """Whether a statement of the `conftest.py` in a folder speaks of a path."""
    pattern = one.pattern.removeprefix("./").rstrip("/")
    inside = path.removeprefix(f"{folder}/") if folder else path
    if one.kind == "path":
        return bool(pattern) and (inside == pattern or inside.startswith(f"{pattern}/"))
    if one.kind == "glob":
        return pattern != "*" and (fnmatchcase(inside, pattern) or inside.startswith(f"{pattern}/"))
    name = inside.rpartition("/")[2]
    return len(pattern) >= _SHORTEST and (
        pattern in name or fnmatchcase(name, pattern) or f"/{pattern}/" in f"/{inside}"
    )
