"""Timelines for tests of reports."""

from __future__ import annotations

from integrity.git.log import Commit
from integrity.model import Census, Score, WeightedShare
from integrity.timeline.points import Fall, Point, Timeline


def commit(name: str, text: str = "change") -> Commit:
    """A commit of that name, whose author and subject are a text."""
    return Commit(name * 40, (), 1_700_000_000, text, "someone@example.org", text)


def point(name: str, overall: float, live: int, text: str = "change", labels: tuple[str, ...] = ()) -> Point:
    """A commit that was scored."""
    share = WeightedShare(compliant=1, files=1, percent=overall, weight=1.0)
    score = Score(overall, "A", {}, {"corruption": share}, Census(known=live, live=live))
    return Point(commit(name, text), labels, files=1, score=score)


def fallen(text: str) -> Timeline:
    """Two commits; the second, all of whose texts are the given one, loses half of the tests."""
    before, after = point("a", 98.0, 20), point("b", 80.0, 10, text, (text,))
    return Timeline("b" * 40, "1", 2, (before, after), (Fall("score", before, after), Fall("tests", before, after)))
