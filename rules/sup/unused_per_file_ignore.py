"""A per-file ignore of the configuration names a rule that finds nothing in these files.

Why it matters: the ignore outlives its reason, and silences the next finding of that rule in these files before anybody
has looked at it.

Instead: remove the code from the ignore, or the whole line. If the files have moved, correct the glob.

Known limits: judged only when the whole repository was scanned without a gap, and only ignores that stand in the
configuration file. A code that stands for several rules is in use when any of them finds something.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity, Span
from integrity.rule import Example, Hit, IgnoreAudit, Rule

RULE = Rule(
    code="SUP004",
    name="unused-per-file-ignore",
    severity=Severity.MEDIUM,
    message='the per-file ignore of {selector} in "{glob}" silences nothing; remove it',
    since="0.1",
)

_READS = """
import os

HOME = os.environ["HOME"]
"""

VALID = [
    Example(_READS, files={"integrity.toml": '[per-file-ignores]\n"example.py" = ["ENV001"]\n'}),
    Example(_READS, files={"integrity.toml": '[per-file-ignores]\n"*.py" = ["ENV"]\n'}),
]
INVALID = [
    Example("HOME = 1\n", files={"integrity.toml": '[per-file-ignores]\n"example.py" = ["ENV001"]  # <- SUP004\n'}),
    Example(_READS, files={"integrity.toml": '[per-file-ignores]\n"*.py" = ["ENV001", "COR001"]  # <- SUP004\n'}),
]


def check(audit: IgnoreAudit) -> Iterator[Hit]:
    """One hit for each selector that silences nothing."""
    for ignore in audit.unused:
        yield RULE.at(Span(ignore.line), path=audit.path, symbol="", glob=ignore.glob, selector=ignore.selector)
