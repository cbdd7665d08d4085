"""Which acts against the harness concern a rule."""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.tampering import Act, Tamper
from integrity.rule import File


def acts(file: File, *kinds: Act) -> Iterator[Tamper]:
    """The acts of these kinds in a file that is no test data."""
    if not file.context.data:
        yield from (one for one in file.facts.tampering if one.act in kinds)


def when(tamper: Tamper) -> str:
    """The end of a message: on what an act depends, "" when on nothing."""
    return f", if {tamper.condition}" if tamper.condition else ""
