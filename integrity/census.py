"""One verdict a test: what becomes of the test functions of a repository, counted by folder."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from integrity.facts.collection import DefinedTest
from integrity.model import Census
from integrity.rule import VERDICTS, Hit

_RANK = {verdict: rank for rank, verdict in enumerate(VERDICTS)}


@dataclass(frozen=True)
class Record:
    """What is known of the tests of one file.

    Attributes:
        defined: its test definitions, in order of line.
        lost: names of the tests in damaged text.
        collected: lines of the functions in it that a runner collects, or may.
        hits: what rules found in it.
        unknown: whether only a run can tell what is collected from it.
    """

    defined: Sequence[DefinedTest]
    lost: Sequence[str]
    collected: frozenset[int]
    hits: Iterable[Hit]
    unknown: bool = False


def census_of_file(file: Record) -> Census:
    """The numbers of a file.

    Text that is damaged comes first; then the gravest of what rules say of a test. A definition that is not collected
    counts as uncollected only where a rule says so, because a helper may bear any name.
    """
    counted = Counter(verdicts(file).values())
    lost = len(file.lost)
    numbers = {verdict: counted[verdict] for verdict in ("live", "hollow", "disabled", "uncollected")}
    lost += counted["lost"]
    return Census(known=sum(numbers.values()) + lost, lost=lost, unknown_files=int(file.unknown), **numbers)


def verdicts(file: Record) -> dict[DefinedTest, str]:
    """The verdict of every test definition that is collected, or of which a rule says why it is not."""
    lost = set(file.lost)
    spoiled: dict[DefinedTest, str] = {}
    for hit in file.hits:
        for test in _meant(hit, file.defined) if hit.verdict else ():
            known = spoiled.get(test)
            if known is None or _RANK[hit.verdict] > _RANK[known]:
                spoiled[test] = hit.verdict
    found: dict[DefinedTest, str] = {}
    for test in file.defined:
        verdict = spoiled.get(test, "")
        collected = test.line in file.collected
        if test.name in lost and not collected:
            continue
        if collected:
            found[test] = verdict or "live"
        elif verdict in ("disabled", "uncollected", "lost"):
            found[test] = verdict
    return found


def _meant(hit: Hit, defined: Sequence[DefinedTest]) -> Iterator[DefinedTest]:
    """The tests that the symbol of a hit names: one, those of a class, or all.

    Of several definitions of one name it is the one around, or just below, the place of the hit.
    """
    if not hit.symbol:
        yield from defined
        return
    prefix = f"{hit.symbol}."
    yield from (test for test in defined if test.name.startswith(prefix))
    same = [test for test in defined if test.name == hit.symbol]
    if same:
        place = bisect_left([test.end for test in same], hit.span.line)
        yield same[min(place, len(same) - 1)]


def by_folder(files: Mapping[str, Census]) -> dict[str, Census]:
    """The sums of the files of each folder that holds tests, sorted; "." is the root."""
    found: dict[str, Census] = defaultdict(Census)
    for path, census in sorted(files.items()):
        if census.known or census.unknown_files:
            found[path.rpartition("/")[0] or "."] += census
    return dict(sorted(found.items()))
