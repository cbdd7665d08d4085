"""Whether the reason that a mark gives is one."""

from __future__ import annotations

import re

from integrity.facts.switches import Reason, Switch

_TRACE = re.compile(
    r"https?://|\bwww\.|#\s?\d+|\bgh-?\s?\d+|\b[A-Z][A-Z0-9]{1,9}-\d+\b|\bcve-\d|\b(?:bpo|pep|issue|bug|ticket|pull|pr)s?\W{0,3}\d+"
    r"|:(?:issue|ticket|pr|gh|bpo):`|\b\d{4}-\d{2}-\d{2}\b|\b\d{4,}\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z']+")
_EMPTY_WORDS = frozenset(
    """
    a always an and are as at be break breaks broken case check commented current currently disable
    disabled disabling doesn't doesnt don't dont expected fail failed failing fails failure fix fixed
    fixing fixme flakey flaky for hack hangs ignore ignored implement implemented in into investigate is
    it its just known later look maybe me moment n need needed needs no none not now of off on or out
    please progress reason reasons run running should skip skipped skipping skips some sometimes soon
    tbd temp temporarily temporary test testing tests that the this tmp to todo turned unknown unstable
    until update was why will wip work working works xfail xxx yet
    """.split()  # noqa: SIM905 - a list of a hundred strings is no easier to read
)


def is_traced(switch: Switch) -> bool:
    """Whether a reason names an issue, an address, an identifier or a date."""
    return bool(_TRACE.search(switch.why))


def is_placeholder(switch: Switch) -> bool:
    """Whether a reason is missing, or consists of words that would fit any test."""
    if switch.reason is Reason.COMPUTED or is_traced(switch):
        return False
    return switch.reason is Reason.NONE or _EMPTY_WORDS.issuperset(_WORD.findall(switch.why.lower()))


def stated(switch: Switch) -> str:
    """What is said of the reason, as the end of a sentence."""
    if switch.reason is Reason.NONE:
        return ", and no reason is given"
    text = " ".join(switch.why.partition(" # ")[0].split())
    return f": {text[:100]}" if text else ""
