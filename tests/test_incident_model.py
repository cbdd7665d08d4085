"""Harms and fates against a plain retelling of random histories, and waves against their definition."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from integrity.git.log import Change, Commit, Log
from integrity.incident.fates import told
from integrity.incident.harms import harms
from integrity.incident.state import Pattern, State
from integrity.incident.story import BROUGHT, DELETED, OVERWRITTEN, REPAIRED, REWROTE, STANDING, Deed, Harm
from integrity.incident.survey import Survey
from integrity.incident.waves import waves
from integrity.snapshot.readers import Entry

_PATH = "tests/test_x.py"
_BROKEN, _HIDDEN = Pattern("COR004", "syntax-error"), Pattern("COR002", "tool-residue", "X")
_TESTS = 10
_STATES = {
    "": None,
    "healthy": State(tests=_TESTS),
    "longer": State(tests=_TESTS + 5),
    "broken": State((_BROKEN,), lost=_TESTS),
    "hidden": State((_HIDDEN,), lost=_TESTS),
    "placeholder": State(tests=1),
}
_CONTENTS = st.lists(st.sampled_from(sorted(_STATES)), max_size=12)


class _Told(NamedTuple):
    """What one commit did, as told by either side: its number, the kind, what came of it, and the number of that."""

    number: int
    kind: str
    end: str
    ended: int


def _history(contents: list[str]) -> tuple[Log, Survey]:
    """One path with one content after the other, a commit each; repeated contents are no change."""
    steps = [pair for pair in pairwise(["", *contents]) if pair[0] != pair[1]]
    size = len(steps)
    commits = [Commit(f"{number:040x}", (), number, "Ada", "ada@example.org", "") for number in reversed(range(size))]
    changes = [Change(size - 1 - number, _PATH, old, new, "100644") for number, (old, new) in enumerate(steps)][::-1]
    states = {Entry(_PATH, name): state for name, state in _STATES.items() if state}
    last = steps[-1][1] if steps else ""
    today = {_PATH: Entry(_PATH, last)} if last else {}
    return Log(commits, "", changes), Survey(changes, states, today)


def _retold(contents: list[str]) -> list[_Told]:
    """The same told forwards, by the definition of each word."""
    steps = [pair for pair in pairwise(["", *contents]) if pair[0] != pair[1]]
    found = []
    for number, (old, new) in enumerate(steps):
        before, after = _STATES[old], _STATES[new]
        fresh = after and after.damaged and (before is None or not before.codes >= after.codes)
        if not fresh or (not old and any(pair[1] == new for pair in steps[:number])):
            continue  # nothing new, or a copy of what was there before, see test_incident
        kind = REWROTE if before and before.damaged else BROUGHT
        found.append(_Told(number, kind, *_end(steps, number)))
    return found


def _end(steps: list[tuple[str, str]], number: int) -> tuple[str, int]:
    """How the stretch of damage that a step belongs to ended, and at which step."""
    for later in range(number + 1, len(steps)):
        state = _STATES[steps[later][1]]
        if state is None:
            return DELETED, later
        if not state.damaged:
            return (REPAIRED if state.tests >= _TESTS / 2 else OVERWRITTEN), later
    return STANDING, -1


@given(_CONTENTS)
def test_linear_histories_are_told_as_they_happened(contents: list[str]) -> None:
    """Every damage once, with its kind and the commit that ended it."""
    log, survey = _history(contents)
    last = len(log.commits) - 1
    found = told(survey, harms(log, survey))
    actual = sorted(
        _Told(last - one.order, one.kind, one.fate.end, last - one.fate.order if one.fate.order >= 0 else -1)
        for one in found
        if not one.origin
    )
    assert actual == _retold(contents)


_PAUSE = 20 * 60


@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.sampled_from("ab"), st.sampled_from([_BROKEN, _HIDDEN])), max_size=20)
)
def test_waves_hold_every_commit_once_and_no_pause(rows: list[tuple[int, str, Pattern]]) -> None:
    """Commits of one author with one damage belong together exactly if no pause lies between them."""
    rows = sorted(rows, key=lambda row: -row[0])
    deeds = [
        Deed(Commit(f"{order:040x}", (), time, author, author, ""), (Harm(order, "x.py", BROUGHT, (pattern,)),))
        for order, (time, author, pattern) in enumerate(rows)
    ]
    found = waves(deeds)
    assert sorted(deed.harms[0].order for wave in found for deed in wave.deeds) == list(range(len(deeds)))
    assert [wave.deeds[0].harms[0].order for wave in found] == sorted(wave.deeds[0].harms[0].order for wave in found)
    for wave in found:
        assert len({(deed.commit.author, deed.harms[0].patterns) for deed in wave.deeds}) == 1
        assert all(new.commit.time - old.commit.time <= _PAUSE for new, old in pairwise(wave.deeds))
    for one in found:
        for other in found:
            alike = one.last.author == other.last.author and one.patterns[0][0] == other.patterns[0][0]
            if one is not other and alike:
                assert one.first.time - other.last.time > _PAUSE or other.first.time - one.last.time > _PAUSE
