"""A suppression comment names a rule that finds nothing there.

Why it matters: the comment tells the next reader of a defect that is gone, and it silences the next one that turns up
in its place before anybody has looked at it.

Instead: remove the code from the comment, or the whole comment. If the finding has moved, move the comment to the
statement it belongs to.

Known limits: only rules that ran are judged, so a scan with a narrow `--select` reports fewer; a finding that was
folded into a more serious one counts as found.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity
from integrity.rule import Hit, Rule, SuppressionAudit

RULE = Rule(
    code="SUP001",
    name="unused-suppression",
    severity=Severity.MEDIUM,
    message="the suppression of {code} silences nothing; remove it",
    since="0.1",
)

VALID = [
    """
    import os

    HOME = os.environ["HOME"]  # integrity: ignore[ENV001] -- read once, before the settings exist
    """,
    """
    import os

    # integrity: ignore[direct-environment-access] -- read once, before the settings exist
    HOME = os.environ["HOME"]
    """,
    '''
    USAGE = """
    x = 1  # integrity: ignore[ENV001] -- text in a string is no comment
    """
    ''',
]
INVALID = [
    """
    HOME = "/root"  # integrity: ignore[ENV001] -- read once, before the settings exist  # <- SUP001
    """,
    """
    # integrity: file-ignore[ENV001] -- reads its settings from the environment  # <- SUP001
    HOME = "/root"
    """,
]


def check(audit: SuppressionAudit) -> Iterator[Hit]:
    """One hit for each code that a comment names in vain."""
    for suppression, used in zip(audit.suppressions, audit.used, strict=True):
        codes = dict.fromkeys(audit.known[text] for text in suppression.codes if text in audit.known)
        for code in codes:
            if code in audit.active and code not in used:
                written = [text for text in suppression.codes if audit.known.get(text) == code]
                yield RULE.at(suppression.span, fix=f"drop-suppression:{','.join(written)}", code=code)
