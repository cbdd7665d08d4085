"""Unchanged files of tests that run with what a `conftest.py` makes, or ask what production code now answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from integrity.changes.model import FilePair, Kind, Surroundings
from integrity.diff.kinds import kind_of
from integrity.diff.looking import Looker
from integrity.diff.reading import Listing, Pair, Reads
from integrity.errors import UnreadableError
from integrity.roles import Roles
from integrity.snapshot.readers import Entry

_FIRST = 3  # files that stand for all where none says what is patched
_MOST = 40  # files that are read in full: one is enough to tell, and more only lengthen the list


def with_bystanders(
    around: Surroundings,
    pairs: Sequence[Pair],
    listings: tuple[Listing, Listing],
    by: tuple[Reads, Roles, Looker],
) -> Surroundings:
    """The surroundings with the files of both sides, and with the unchanged tests that new mocks may concern.

    Args:
        around: what is known so far.
        pairs: every changed file.
        listings: what there is, before and after.
        by: the reader of the side after, what paths say there, and what reads versions.
    """
    kept = frozenset(listings[0].python.keys() & listings[1].python.keys())
    wanted: dict[str, set[str]] = {}
    for pair in pairs:
        folder = pair.file.after_path.rpartition("/")[0] if pair.file.kind is Kind.TEST else ""
        wanted.setdefault(folder, set()).update(_words(pair.file))
    wanted = {folder: words for folder, words in wanted.items() if words}
    around = around._replace(kept=kept, bases=tuple(_bases(pairs, kept, listings[1], by)))
    if not wanted:
        return around
    changed = {pair.file.after_path for pair in pairs}
    tests = [path for path in sorted(kept - changed) if by[1].context(path).collected]
    found: list[FilePair] = []
    for path in tests:
        words = {word for folder, some in wanted.items() if _lies(path, folder) for word in some}
        if words:
            found += _read(path, listings[1].python[path], words, by)
        if len(found) >= _MOST:
            break
    if not found:
        near = [path for path in tests if any(_lies(path, folder) for folder in wanted)]
        found = [one for path in near[:_FIRST] for one in _read(path, listings[1].python[path], {""}, by)]
    return around._replace(bystanders=tuple(found))


def _bases(
    pairs: Sequence[Pair], kept: frozenset[str], listing: Listing, by: tuple[Reads, Roles, Looker]
) -> Iterator[FilePair]:
    """The unchanged files that hold base classes of classes which no longer define one of their tests."""
    changed = {pair.file.after_path for pair in pairs}
    modules = {module for pair in pairs if pair.file.kind is Kind.TEST for module in _modules(pair.file)}
    ends = tuple(f"/{module.replace('.', '/')}.py" for module in sorted(modules) if module)
    for path in sorted(kept - changed) if ends else ():
        if f"/{path}".endswith(ends):
            yield from _read(path, listing.python[path], {""}, by)


def _modules(file: FilePair) -> Iterator[str]:
    """The modules of the imported base classes of classes that lost a test."""
    left = {one.qualname for one in file.after.functions}
    owners = {one.qualname.rpartition(".")[0] for one in file.before.tests if one.qualname not in left}
    for owner in owners:
        yield from (base.rpartition(".")[0] for base in file.after.bases.get(owner, ()))


def concerns_others(file: FilePair) -> bool:
    """Whether a version of a file makes something that tests elsewhere may be about."""
    return any(True for _ in _words(file))


def _words(file: FilePair) -> Iterator[str]:
    """What a test says that one of the new mocks of a `conftest.py` concerns."""
    if file.kind is Kind.PRODUCTION:
        known_answers = {(one.function, one.given) for one in file.before.shortcuts}
        fresh_answers = (one for one in file.after.shortcuts if (one.function, one.given) not in known_answers)
        yield from (one.function for one in fresh_answers if one.function in file.before.words)
    if file.after_path.rpartition("/")[2] != "conftest.py":
        return
    known = {one.resolved for one in file.before.every_double}
    fresh = [one for one in file.after.every_double if one.resolved not in known]
    yield from (one.target.rpartition(".")[2] for one in fresh if "." in one.target)
    yield from (one.name for one in file.after.functions if one.fixture and any(each.mock for each in one.products))


def _lies(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def _read(path: str, blob: str, words: set[str], by: tuple[Reads, Roles, Looker]) -> Iterator[FilePair]:
    reader, roles, looker = by
    try:
        content = reader.read(Entry(path, blob))
    except UnreadableError:
        return
    if not re.search(rb"\b(?:%s)\b" % b"|".join(re.escape(one.encode()) for one in sorted(words)), content):
        return
    context = roles.context(path)
    profile = looker.look(content, context, kind_of(path, roles), blob).profile
    yield FilePair(path, path, profile, profile, Kind.TEST, (context.collected, context.collected))
