"""A comment such as "... existing code ..." stands where code was left out.

Why it matters: a language model that rewrites a file often writes a placeholder for what it does not want to repeat.
Saved as it is, everything the placeholder stands for is gone: the file parses, and the tests that were there are
neither run nor missed.

Instead: take the missing part from the version before, or, where the code is complete, delete the comment.

Known limits: only whole comments of a known shape are taken, in English, with dots or brackets around them or saying in
so many words that code is left out; prose that merely mentions existing code is not. High when the placeholder is all
there is of a block, or ends it; medium where code follows or the model only says that it stopped short; low for a plain
sentence above code. Whether code is really missing can only be told from history. Nothing in ten healthy projects
(3,847 files) is flagged; of 13 files found in three versions of one damaged repository, all were right.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.model import Trace
from integrity.facts.places import symbol_at
from integrity.facts.residue import ELISION, ELISION_LEFTOVER
from integrity.model import Severity
from integrity.rule import File, Hit, Rule

RULE = Rule(
    code="COR007",
    name="elision-placeholder",
    severity=Severity.HIGH,
    message="{what}: `{text}`{more}",
    since="0.1",
    restorable=True,
)

_SEVERITY = {
    (ELISION, True): (Severity.HIGH, "a placeholder stands where code was left out"),
    (ELISION, False): (Severity.MEDIUM, "a comment says that code was left out"),
    (ELISION_LEFTOVER, True): (Severity.MEDIUM, "a placeholder for left-out code stands above other code"),
    (ELISION_LEFTOVER, False): (Severity.LOW, "a comment for a reader of an excerpt was left behind"),
}

VALID = [
    # Prose about code that exists.
    """
    def migrate(config, default):
        # Existing code relies on the order of the keys, so the rest of the file assumes it, too.
        keys = sorted(config)
        # everything else remains unchanged
        # (same as above)
        # ...but an empty configuration is unchanged
        # The rest of the arguments
        # is passed on.
        return keys or default
    """,
    # Quoted: what a prompt or a detector holds.
    '''
    PROMPT = """
    # ... existing code ...
    """
    MARKER = "# ... rest of the file unchanged ..."
    ''',
    # An excerpt shown inside a comment.
    """
    # Subclasses look like this:
    #
    #     class Shop(Base):
    #         # ... other methods ...
    #
    class Base:
        limit = 1  # unchanged
    """,
]
INVALID = [
    """
    class TestCart:
        def test_empty(self, cart):
            assert not cart

        # ... existing tests ...  # <- COR007
    """,
    """
    def test_total(cart):
        \"\"\"The total counts every item.\"\"\"
        # implementation omitted for brevity  # <- COR007
        pass
    """,
    """
    import os

    # [Previous imports remain the same]  # <- COR007


    def test_path():
        assert os.sep
    """,
    """
    class TestShop:
        # Due to length constraints, I'll show the key tests only  # <- COR007

        def test_open(self, shop):
            assert shop.open
    """,
]


def check(file: File) -> Iterator[Hit]:
    """One hit a file: on its most serious placeholder."""
    found = [trace for trace in file.facts.traces if (trace.kind, trace.certain) in _SEVERITY]
    if found:
        worst = min(found, key=_rank)
        severity, what = _SEVERITY[worst.kind, worst.certain]
        others = sum(trace.count for trace in found) - 1
        yield RULE.at(
            worst.span,
            symbol=symbol_at(file.facts.definitions, worst.span.line),
            severity=Severity.LOW if file.context.data else severity,
            what=what,
            text=worst.text,
            more=f" and {others} more" if others else "",
        )


def _rank(trace: Trace) -> int:
    return _SEVERITY[trace.kind, trace.certain][0].rank
