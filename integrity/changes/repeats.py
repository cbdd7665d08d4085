"""Where a test or a fixture is repeated over less than before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from integrity.facts.profile import FileProfile, FunctionProfile, Table

_FEW = 2  # rows that are no table
_CUT = 0.5
_COUNTS = re.compile(
    r"(?:^|[_.])(?:n|num|nums|numbers?|counts?|size|sizes|samples?|iterations?|rounds?|times|repeats?|examples?|trials?"
    r"|loops?|cases|range|return|runs)(?:_|$)",
    re.IGNORECASE,
)
_FIXED = re.compile(r"\b(?:just|nothing)\(|sampled_from\(\[[^\[\],]*\]\)")
_EMPTY_CALL = re.compile(r"\(\)(?=[,)])")
_CALL = re.compile(r"(?<=\w)\([^()]*\)(?=[,)])")
_REPEATS = re.compile(
    r"(?:^|[_.])(?:samples?|iterations?|rounds?|repeats?|examples?|trials?|loops?|range)(?:_|$)", re.IGNORECASE
)


class Fewer(NamedTuple):
    """Something that is done less often.

    Attributes:
        how: in words.
        line: where, 0 for where the function stands.
        before: the source as it was.
        after: as it is.
        grave: whether hardly anything is left, or a part is left out plainly.
    """

    how: str
    line: int
    before: str
    after: str
    grave: bool


def fewer(was: FunctionProfile, now: FunctionProfile, elsewhere: Mapping[str, int]) -> Iterator[Fewer]:
    """What a function is repeated over less often.

    Args:
        was: the function before.
        now: after.
        elsewhere: rows that other tests have gained, by source.
    """
    yield from _cut(was, now)
    whole = [one for one in now.tables if not one.cut]
    yield from _shrunk(was, whole, elsewhere)
    if len(was.tables) == len(now.tables):
        for old, new in zip(was.tables, now.tables, strict=True):
            yield from _written_out(old, new, now)
    yield from _counted(was.counts, now.counts)
    yield from _given(was, now)


def _given(was: FunctionProfile, now: FunctionProfile) -> Iterator[Fewer]:
    """A property test that gets one value now, or less of what it got."""
    if not was.given or was.given == now.given:
        return
    if not now.given:
        if not now.cases:
            yield Fewer("any value before, one now", 0, was.given, "", grave=True)
    elif _FIXED.search(now.given) and not _FIXED.search(was.given):
        yield Fewer("any value before, one now", 0, was.given, now.given, grave=True)
    elif _is_bounded(was.given, now.given):
        yield Fewer("values within bounds", 0, was.given, now.given, grave=False)


def _is_bounded(was: str, now: str) -> bool:
    """Whether strategies got nothing but arguments, as in `integers()` and `integers(0, 1)`, or are filtered."""
    return _EMPTY_CALL.sub("", was) == _CALL.sub("", now) or now.replace(".filter(", "\0").partition("\0")[0] == was


def fewer_in_module(was: FileProfile, now: FileProfile) -> Iterator[Fewer]:
    """Numbers of a module of tests, and examples of profiles of hypothesis, that went down."""
    yield from _counted(was.counts, now.counts)
    for name, rows in sorted(was.lists.items()):
        added = [one for one in now.lists.get(name, ()) if one not in rows]
        if added and len(now.lists[name]) > len(rows):
            yield Fewer(f"{name} leaves out {len(added)} more", 0, "", "\n".join(added[:3]), grave=False)
    for name, number in sorted(was.budgets.items()):
        least = now.budgets.get(name, number)
        if least <= _CUT * number:
            how = f"the profile {name} asks for {least} examples instead of {number}"
            yield Fewer(how, 0, f"max_examples={number}", f"max_examples={least}", grave=True)


def _cut(was: FunctionProfile, now: FunctionProfile) -> Iterator[Fewer]:
    """Tables of which only a part is taken now."""
    whole = {one.over: one for one in was.tables if not one.cut}
    kept = {one.over for one in now.tables if not one.cut}
    for one in now.tables:
        if one.cut and one.over in whole and one.over not in kept:
            yield Fewer(f"only {one.text}", one.line, whole[one.over].text, one.text, grave=True)


def _shrunk(was: FunctionProfile, now: list[Table], elsewhere: Mapping[str, int]) -> Iterator[Fewer]:
    """Tables of loops and fixtures that lost rows; those of parameter sets of tests are counted as cases."""
    named = {one.over: one for one in now if one.countable}
    spelt = [one for one in now if one.countable and one.loop and not one.over.isidentifier()]
    for old in was.tables:
        if not old.countable or (was.collected and not old.loop):
            continue
        new = named.get(old.over) or next((one for one in spelt if set(one.rows) & set(old.rows)), None)
        if new is None and not was.collected:
            new = next((one for one in now if one.countable and not one.loop), None)
        dropped = list((Counter(old.rows) - Counter(new.rows)).elements()) if new else []
        if new and len(new.rows) < len(old.rows) and not all(elsewhere.get(row) for row in dropped):
            how = f"{len(old.rows)} before, {len(new.rows)} now"
            yield Fewer(how, new.line, "\n".join(dropped[:3]), "", grave=True)


def _written_out(old: Table, new: Table, now: FunctionProfile) -> Iterator[Fewer]:
    """A computed table in whose place a row or two stand."""
    gone = old.over not in {one.over for one in now.tables} or old.over == new.over
    if not old.countable and new.countable and not new.cut and 0 < len(new.rows) <= _FEW and gone:
        rows = ", ".join(new.rows)
        yield Fewer(f"those of {old.over} before, {rows} now", new.line, old.text, rows, grave=len(new.rows) == 1)


def _counted(was: Mapping[str, float], now: Mapping[str, float]) -> Iterator[Fewer]:
    for name, number in sorted(was.items()):
        left = now.get(name, number)
        if number <= 0 or left >= number or not _COUNTS.search(name):
            continue
        none = left <= 0
        if none or (_REPEATS.search(name) and left <= _CUT * number):
            label = "a number that it returns" if name == "return" else name
            how = f"{label} is {left:g} instead of {number:g}"
            yield Fewer(how, 0, f"{name}: {number:g}", f"{name}: {left:g}", grave=none)
