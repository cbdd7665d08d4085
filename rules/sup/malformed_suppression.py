"""A suppression comment has a form that silences nothing.

Why it matters: without codes between brackets the comment would have to silence everything, those findings included
that nobody has seen yet, so it silences nothing at all, although it looks as if it did.

Instead: name the codes, and say why: `# integrity: ignore[CODE] -- reason` at the end of a line or on the line above a
statement, `# integrity: file-ignore[CODE] -- reason` on an unindented line for the whole file.

Known limits: other words than `ignore` and `file-ignore` are only recognised as an attempt when a code follows them in
brackets.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity
from integrity.rule import Hit, Rule, SuppressionAudit

RULE = Rule(
    code="SUP003",
    name="malformed-suppression",
    severity=Severity.MEDIUM,
    message="this comment silences nothing; write `# integrity: ignore[CODE] -- reason`, or `file-ignore` unindented",
    since="0.1",
)

VALID = [
    """
    import os

    HOME = os.environ["HOME"]  # integrity: ignore[ENV001] -- read once, before the settings exist
    """,
    """
    # integrity: every row is checked against its digest before it is stored
    CHECKED = True
    """,
]
INVALID = [
    """
    import os

    HOME = os.environ["HOME"]  # integrity: ignore  # <- ENV001, SUP003
    """,
    """
    import os

    HOME = os.environ["HOME"]  # integrity: ignore[] -- no code at all  # <- ENV001, SUP003
    """,
    """
    def limit():
        # integrity: file-ignore[ENV001] -- indented, as if it were meant for the function  # <- SUP003
        return 3
    """,
    """
    LIMIT = 3  # integrity: disable[ENV001] -- another tool's word  # <- SUP003
    """,
]


def check(audit: SuppressionAudit) -> Iterator[Hit]:
    """One hit for each suppression without codes."""
    for suppression in audit.suppressions:
        if not suppression.codes:
            yield RULE.at(suppression.span)
