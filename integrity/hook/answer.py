"""The answer to an edit event, in the format it came in, with the reason written for the agent that made the edit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from integrity.hook.event import AFTER, BEFORE
from integrity.model import ChangeFinding, Finding
from integrity.registry.loader import Registry
from integrity.report.printable import printable

_SHOWN = 5
_INDENT = "    "


class Answer(NamedTuple):
    """What to say.

    Attributes:
        document: for standard output, "" for nothing.
        reason: for standard error, "" for nothing.
        refused: whether the edit is refused.
    """

    document: str
    reason: str
    refused: bool


def answer(found: Sequence[Finding], event: str, registry: Registry) -> Answer:
    """The answer to an event.

    Args:
        found: why the edit is to be refused, nothing when it is fine.
        event: `BEFORE`, `AFTER`, or "" for the plain form, which is answered in any case.
        registry: whose documentation says what to do instead.
    """
    if not found:
        return Answer(
            "" if event else _document({"decision": "allow", "reason": "", "findings": []}), "", refused=False
        )
    reason = "\n".join(_reason(found, event, registry))
    return Answer(_document(_refusal(found, event, reason)), reason, refused=True)


def _refusal(found: Sequence[Finding], event: str, reason: str) -> dict[str, Any]:
    if event == BEFORE:
        decision = {"permissionDecision": "deny", "permissionDecisionReason": reason}
        return {"hookSpecificOutput": {"hookEventName": BEFORE, **decision}}
    if event == AFTER:
        return {"decision": "block", "reason": reason}
    return {"decision": "block", "reason": reason, "findings": [_described(one) for one in found]}


def _described(finding: Finding) -> dict[str, Any]:
    names = ("code", "name", "severity", "message", "path", "line", "symbol")
    return {name: getattr(finding, name) for name in names} | {"severity": finding.severity.value}


def _reason(found: Sequence[Finding], event: str, registry: Registry) -> Iterator[str]:
    """What was weakened, why that is refused, and what to do instead."""
    done = (
        "The edit is made, and it weakens the tests; take it back" if event == AFTER else "This edit weakens the tests"
    )
    yield f"{done}. It is refused by integrity:"
    for finding in found[:_SHOWN]:
        symbol = f" in {printable(finding.symbol)}" if finding.symbol else ""
        yield f"- {printable(finding.path)}:{finding.line}{symbol}: {printable(finding.message)} ({finding.code})"
        yield from _texts(finding)
    if len(found) > _SHOWN:
        yield f"- and {len(found) - _SHOWN:,} more"
    for code in dict.fromkeys(finding.code for finding in found[:_SHOWN]):
        yield f"{code}, instead: {_instead(registry, code)}"
    yield (
        "A test that fails shows a defect: mend the code it tests. To move a test, write it in its new place first. "
        "Where the test itself is wrong, or what it tests is to go, change that code first, or ask the user."
    )


def _texts(finding: Finding) -> Iterator[str]:
    """What stood there, and what stands there now, where a rule says so."""
    if isinstance(finding, ChangeFinding):
        for label, text in (("before", finding.before), ("after", finding.after), ("serious because", finding.why)):
            yield from (f"{_INDENT}{label}: {printable(line)}" for line in text.split("\n") if text)


def _instead(registry: Registry, code: str) -> str:
    """The paragraph of a rule's documentation that says what to do."""
    loaded = registry.get(code)
    paragraphs = loaded.documentation.split("\n\n") if loaded else []
    found = next((one for one in paragraphs if one.startswith("Instead:")), "")
    return " ".join(found.removeprefix("Instead:").split())


def _document(content: dict[str, Any]) -> str:
    return json.dumps(content) + "\n"
