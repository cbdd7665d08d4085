"""An entry of the acceptance file has expired, so that it no longer accepts anything.

Why it matters: an acceptance is a loan with a date. Past it, the entry misleads whoever reads the file, and what it let
through may never have been mended.

Instead: mend what was accepted and remove the entry, or renew it with a reason that holds today.

Known limits: the day is that of the machine that checks, and only a comparison of two versions reads the file.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity, Span
from integrity.rule import AcceptanceAudit, Example, Hit, Rule

RULE = Rule(
    code="SUP006",
    name="expired-acceptance",
    severity=Severity.MEDIUM,
    message="the acceptance of {code} in {target} expired on {day}; mend it, or renew it with a reason",
    since="0.1",
)

_ENTRY = '[[accept]]%s\ncode = "COR001"\npath = "tests/test_old.py"\nreason = "being rewritten"\nexpires = %s\n'

VALID = [Example("", files={".integrity-accept.toml": ""})]
INVALID = [Example("", files={".integrity-accept.toml": _ENTRY % ("  # <- SUP006", "2020-01-31")})]


def check(audit: AcceptanceAudit) -> Iterator[Hit]:
    """One hit for each entry past its day."""
    for entry in audit.expired:
        yield RULE.at(Span(entry.line), path=audit.path, code=entry.code, target=entry.target, day=entry.day)
