"""Which test is which: by file and qualified name, then by body, then by name elsewhere, then by similarity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from integrity.changes.model import FilePair, Test

_SIMILAR = 0.55
_SAME_NAME = 0.2
_SMALLEST = 6  # tokens that make a body recognisable
_MOST = 200_000  # comparisons of two bodies


class Matched(NamedTuple):
    """Tests on both sides as pairs, and the rest of each side."""

    pairs: list[tuple[Test, Test]]
    removed: list[Test]
    added: list[Test]


def tests_of(files: Iterable[FilePair]) -> tuple[list[Test], list[Test]]:
    """The tests before and after, in order of path and place."""
    before = [Test(one, test, one.before_path) for one in files for test in one.before.tests if one.collected[0]]
    whole = [one for one in files if one.collected[1] and not one.after.broken]
    after = [Test(one, test, one.after_path) for one in whole for test in one.after.tests]
    return before, after


def match(files: Sequence[FilePair]) -> Matched:
    """Match the tests of changed files."""
    before, after = tests_of(files)
    found: list[tuple[Test, Test]] = []
    for step in (_by_name, _by_body, _by_bare_name, _by_similarity):
        pairs = list(step(before, after))
        found += pairs
        left, right = {id(one) for one, _ in pairs}, {id(other) for _, other in pairs}
        before = [one for one in before if id(one) not in left]
        after = [one for one in after if id(one) not in right]
    return Matched(found, before, after)


def similarity(one: Test, other: Test) -> float:
    """How much of two bodies is the same, 0 to 1."""
    left, right = one.profile.shingles, other.profile.shingles
    return len(left & right) / (len(left | right) or 1)


def containment(one: Test, other: Test) -> float:
    """How much of the first body stands in the second, 0 to 1."""
    left = one.profile.shingles
    return len(left & other.profile.shingles) / (len(left) or 1)


def _by_name(before: list[Test], after: list[Test]) -> Iterator[tuple[Test, Test]]:
    return _by_key(before, after, lambda test: (id(test.file), test.profile.qualname))


def _by_body(before: list[Test], after: list[Test]) -> Iterator[tuple[Test, Test]]:
    """Same body: first in the same file or under the same name, then anywhere."""
    for key in (_body_and_file, _body_and_name, _body):
        pairs = list(_by_key(before, after, key))
        yield from pairs
        left, right = {id(one) for one, _ in pairs}, {id(other) for _, other in pairs}
        before = [one for one in before if id(one) not in left]
        after = [one for one in after if id(one) not in right]


def _body(test: Test) -> object:
    return test.profile.tokens if len(test.profile.tokens) >= _SMALLEST else None


def _body_and_file(test: Test) -> object:
    return _body(test) and (id(test.file), test.profile.tokens)


def _body_and_name(test: Test) -> object:
    return _body(test) and (test.profile.name, test.profile.tokens)


def _by_key(before: list[Test], after: list[Test], key: Callable[[Test], object]) -> Iterator[tuple[Test, Test]]:
    places: dict[object, list[Test]] = defaultdict(list)
    for test in after:
        places[key(test)].append(test)
    for test in before:
        value = key(test)
        if value is not None and places.get(value):
            yield test, places[value].pop(0)


def _by_bare_name(before: list[Test], after: list[Test]) -> Iterator[tuple[Test, Test]]:
    """The same name in another class of the same file, or in another file with something in common."""
    inside = list(_best(before, after, lambda test: (id(test.file), test.profile.name), 0.0))
    yield from inside
    left, right = {id(one) for one, _ in inside}, {id(other) for _, other in inside}
    before = [one for one in before if id(one) not in left]
    after = [one for one in after if id(one) not in right]
    yield from _best(before, after, lambda test: test.profile.name, _SAME_NAME)


def _by_similarity(before: list[Test], after: list[Test]) -> Iterator[tuple[Test, Test]]:
    """Another name; only within a file when there is too much to compare."""
    if len(before) * len(after) > _MOST:
        return _best(before, after, lambda test: id(test.file), _SIMILAR)
    return _best(before, after, lambda _: 0, _SIMILAR)


def _best(
    before: list[Test], after: list[Test], group: Callable[[Test], object], least: float
) -> Iterator[tuple[Test, Test]]:
    """The most similar pairs within groups, the best first."""
    groups: dict[object, list[tuple[int, Test]]] = defaultdict(list)
    for place, test in enumerate(after):
        groups[group(test)].append((place, test))
    scored = [
        (-similarity(test, other), row, column)
        for row, test in enumerate(before)
        for column, other in groups.get(group(test), ())
    ]
    rows: set[int] = set()
    columns: set[int] = set()
    for score, row, column in sorted(scored):
        if -score >= least and row not in rows and column not in columns:
            rows.add(row)
            columns.add(column)
            yield before[row], after[column]
