"""What a history says about removals, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from integrity.git.past import Past
from integrity.removals.inquiry import Replies
from integrity.removals.model import Removal, Thing

_DIGITS = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def told(thing: Thing, removal: Removal) -> str:
    """What a commit did to a thing, as in "removed by 0123456789 of 2025-12-31"."""
    way = "renamed" if thing.name else "moved"
    deed = f"{way} to {removal.heir}" if removal.heir else "removed"
    return f"{deed} by {removal.commit[:_DIGITS]}{_day(removal.time)}"


def notes(past: Past, replies: Replies) -> Iterator[str]:
    """Why a finding may lack the commit that removed what it misses."""
    unknown = [one for one in replies.answers.values() if not one.removal]
    if replies.refused:
        yield f"the commits that removed what imports miss are not named: {replies.commits:,} are too many to read"
    elif replies.complaint:
        yield f"commits that removed what imports miss may be unknown: the history ends early ({replies.complaint})"
    elif unknown and past.boundary:
        yield (
            "commits that removed what imports miss may be unknown: the clone is shallow, "
            "`git fetch --unshallow` brings the rest of its history"
        )
    elif any(one.unread for one in unknown):
        yield "commits that removed what imports miss may be unknown: the clone lacks old versions of files"


def _day(seconds: int) -> str:
    """The day, in UTC, of a time that git has on record, however odd."""
    try:
        return f" of {_EPOCH + timedelta(seconds=seconds):%Y-%m-%d}"
    except OverflowError:
        return ""
