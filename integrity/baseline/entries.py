"""What makes two findings the same over time, and how many of the same kind there are."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from integrity.model import Finding

_DIGITS = 16


class Key(NamedTuple):
    """What a finding is known by; neither its line nor the wording of its message has a part in it.

    Attributes:
        path: of the file, relative to the repository root.
        code: of the rule.
        symbol: the definition it lies in, "" at module level.
        anchor: 16 hexadecimal digits made of the text of its first line, white space collapsed.
    """

    path: str
    code: str
    symbol: str
    anchor: str


def key_of(finding: Finding) -> Key:
    """What a finding is known by."""
    digest = hashlib.sha256(finding.anchor.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return Key(finding.path, finding.code, finding.symbol, digest)


def tally(findings: Iterable[Finding]) -> Counter[Key]:
    """How many findings there are of each key."""
    return Counter(key_of(finding) for finding in findings)
