"""A repeated marker stands in front of commented-out code, as automated tools leave it.

Why it matters: nobody comments out line after line behind the same words by hand. A tool that could not mend a file
switched it off instead, statement by statement, until it parsed; what the lines tested is no longer tested.

Instead: bring the file back from history. Stripping the marker does not: such tools close brackets early and lose
the indentation, so that in the incident this rule comes from, 2 of 348 files parsed after stripping.

Known limits: a marker must repeat in front of code (from three lines on when it says so, as "removed" does, from five
on else); the markers of known tools, and capitals such as `DISABLED_BY_X:`, count from the first line. Files that
mention a marker in strings, in documentation or in prose are not flagged. Renaming the marker to any of 16 others in
the 403 damaged files of one repository changed no verdict. No file of ten healthy projects is flagged.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.model import Commented, CommentedKind
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._wording import counted, lost

RULE = Rule(
    code="COR002",
    name="tool-residue",
    severity=Severity.CRITICAL,
    message="{code} of code ({share:.0%} of the file) commented out behind the marker `# {marker}`{alive}{lost}",
    since="0.1",
    restorable=True,
    explained_by=("COR004",),
)

_CLUTTER = 0.10

_TESTS = Context(test=True, collected=True)

VALID = [
    # A detector mentions the marker in code and in prose.
    '''
    """Looks for lines that begin with `# REMOVED_SYNTAX_ERROR:`."""

    # REMOVED_SYNTAX_ERROR: is the marker that the broken fixer left behind.
    MARKER = "# REMOVED_SYNTAX_ERROR:"


    def is_damaged(line):
        return line.lstrip().startswith(MARKER)  # REMOVED_SYNTAX_ERROR: as in the incident
    ''',
    # Two lines that look exactly like damage stand in a string.
    '''
    SAMPLE = """
    # REMOVED_SYNTAX_ERROR: def test_a():
        # REMOVED_SYNTAX_ERROR: assert True
    """
    ''',
    # Labels that people repeat.
    """
    # Given: a = 1
    # Given: b = 2
    # Given: c = 3
    # Given: d = 4
    # Given: e = 5
    # Note: add(a, b)
    # Note: add(b, c)
    # Note: add(c, d)
    # Note: import os is not needed
    # Note: assert nothing here
    def add(a, b):
        return a + b
    """,
]
INVALID = [
    Example(
        """
        # REMOVED_SYNTAX_ERROR: def test_total():  # <- COR002
            # REMOVED_SYNTAX_ERROR: cart = Cart( )
            # REMOVED_SYNTAX_ERROR: "pear", 3)
            # REMOVED_SYNTAX_ERROR: assert cart.total() == 3
        """,
        _TESTS,
    ),
    # A single damaged line in a file that is otherwise alive.
    Example(
        """
        ROUTES = [
            "/users",
            # Removed problematic line: client.get("/orders"),  # <- COR002
            "/items",
        ]


        def test_routes(client):
            for route in ROUTES:
                assert client.get(route).ok
        """,
        _TESTS,
    ),
    # A marker nobody has seen before.
    Example(
        """
        import pytest

        # autoheal> def test_login(client):  # <- COR002
        # autoheal>     response = client.post("/login")
        # autoheal>     assert response.status_code == 200
        # autoheal>
        # autoheal> def test_logout(client):
        # autoheal>     assert client.post("/logout").ok
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a file, on its first marked line."""
    commented = file.facts.commented
    if commented is None or commented.kind is not CommentedKind.RESIDUE:
        return
    yield RULE.at(
        commented.span,
        severity=_severity(commented, file.context),
        code=counted(commented.code_lines, "line"),
        share=commented.share,
        marker=commented.marker,
        alive="" if commented.live_lines else ", nothing else of it is alive",
        lost=lost(commented.tests),
    )


def _severity(commented: Commented, context: Context) -> Severity:
    """Critical, but for a few lines of production code and for data that is damaged on purpose."""
    if context.data:
        return Severity.LOW
    clutter = not context.test and not commented.tests and commented.share < _CLUTTER
    return Severity.HIGH if clutter else Severity.CRITICAL
