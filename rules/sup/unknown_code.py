"""A suppression comment names a code or name that no rule has.

Why it matters: the author believes a finding to be silenced, with a reason, while the comment does nothing. A typing
error, a rule that was renamed and a rule pack that is not installed all look like this.

Instead: write the code or name as `integrity rules` lists it. Prefixes and `ALL` are not accepted: a comment names each
rule in full, so that it can never silence a rule that its author has not met.

Known limits: a code of a rule pack that is not installed where the scan runs is reported as unknown.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity
from integrity.rule import Hit, Rule, SuppressionAudit, did_you_mean

RULE = Rule(
    code="SUP002",
    name="unknown-code",
    severity=Severity.MEDIUM,
    message="no rule has the code or name {text!r}{hint}",
    since="0.1",
)

VALID = [
    """
    import os

    HOME = os.environ["HOME"]  # integrity: ignore[ENV001] -- read once, before the settings exist
    """,
    """
    # The comment "# integrity: ignore[XYZ999] -- why" would be wrong, but this line only quotes it.
    LIMIT = 3
    """,
]
INVALID = [
    """
    LIMIT = 3  # integrity: ignore[XYZ999] -- a rule that never was  # <- SUP002
    """,
    """
    import os

    HOME = os.environ["HOME"]  # integrity: ignore[ENV] -- a prefix is not enough  # <- ENV001, SUP002
    """,
]


def check(audit: SuppressionAudit) -> Iterator[Hit]:
    """One hit for each unknown word between the brackets."""
    for suppression in audit.suppressions:
        for text in dict.fromkeys(suppression.codes):
            if text not in audit.known:
                yield RULE.at(suppression.span, text=text, hint=_hint(text, audit))


def _hint(text: str, audit: SuppressionAudit) -> str:
    if text == "ALL" or any(code.startswith(text) for code in audit.known.values()):
        return "; name each rule in full"
    return did_you_mean(text, audit.known)
