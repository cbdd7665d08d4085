"""The configuration of the test harness on one side of a comparison: what it says, and what rules find in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from integrity.diff.reading import Listing, Reads
from integrity.errors import UnreadableError
from integrity.examine import anchored, hits_across
from integrity.harness.kinds import kind_of
from integrity.harness.model import HarnessFacts, HarnessSettings
from integrity.harness.sessions import holds_sessions
from integrity.registry.loader import Registry
from integrity.repository_harness import harness_of
from integrity.result import Result
from integrity.snapshot.readers import Entry


class Configured(NamedTuple):
    """What the files of configuration of one side say, by path, and what rules find in them."""

    settings: Mapping[str, HarnessSettings] = {}
    results: Mapping[str, Result] = {}


def configured(
    listed: Listing,
    read: Reads,
    registry: Registry,
    active: frozenset[str],
) -> Configured:
    """Read every file of configuration of one side.

    Args:
        listed: every file of that side.
        read: an open reader.
        registry: the rules.
        active: the codes that are selected.
    """
    contents: dict[str, bytes] = {}
    facts: dict[str, HarnessFacts] = {}
    for path, blob in sorted(listed.others.items()):
        kind = kind_of(path)
        if kind is None:
            continue
        try:
            contents[path] = read.read(Entry(path, blob))
        except UnreadableError:
            continue
        from integrity.harness.extract import facts_of

        facts[path] = facts_of(contents[path], kind)
    python = sorted(listed.python.items())
    said = {path: one for path, blob in python if holds_sessions(path) and (one := _sessions(path, blob, read))}
    found = hits_across([harness_of(facts, tuple(sorted({*listed.python, *listed.others})))], registry, active)
    results = {
        path: Result(one.counted, tuple(anchored(contents[path], found.hits.get(path, ()))), one.suppressions)
        for path, one in facts.items()
    }
    return Configured({**{path: one.settings for path, one in facts.items()}, **said}, results)


def _sessions(path: str, blob: str, read: Reads) -> HarnessSettings | None:
    from integrity.harness.sessions import sessions

    try:
        return sessions(read.read(Entry(path, blob)))
    except UnreadableError:
        return None
