"""An entry of the baseline tolerates a finding that is no longer there.

Why it matters: the entry would let the same defect come back unseen. A baseline is a debt that may only shrink, so what
has been paid must come off the list.

Instead: run `integrity baseline prune` and commit the result. Outside CI, a scan of the whole work tree does so by
itself.

Known limits: entries of files that were not scanned, or that could not be checked, or in which something serious is
new, are left alone, and so are those of rules that did not run. A file that was renamed has new findings and stale
entries.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity, Span
from integrity.rule import BaselineAudit, Example, Hit, Rule

RULE = Rule(
    code="SUP005",
    name="stale-baseline-entry",
    severity=Severity.MEDIUM,
    message="{number} of {code} in {place} no longer there; `integrity baseline prune` takes it off the list",
    since="0.1",
)

_ENTRY = '{"path": "example.py", "code": "ENV001", "symbol": "", "anchor": "8c6a3e9a2a6a2ea4", "count": 1}'
_BASELINE = '{"integrity-baseline": 1, "findings": [\n%s\n"end"]}\n'

VALID = [
    Example("HOME = 1\n", files={".integrity-baseline.json": _BASELINE % '"00",'}),
]
INVALID = [
    Example("HOME = 1\n", files={".integrity-baseline.json": _BASELINE % f"{_ENTRY},  # <- SUP005"}),
]


def check(audit: BaselineAudit) -> Iterator[Hit]:
    """One hit for each entry that tolerates too much."""
    for entry in audit.stale:
        number = "1 finding" if entry.missing == 1 else f"{entry.missing} findings"
        place = f"{entry.path}::{entry.symbol}" if entry.symbol else entry.path
        verb = "is" if entry.missing == 1 else "are"
        yield RULE.at(Span(entry.line), path=audit.path, number=number, code=entry.code, place=f"{place} {verb}")
