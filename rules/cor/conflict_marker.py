"""A merge conflict was committed without being resolved.

Why it matters: both sides stand in the file, so that it does not parse, and none of its tests is collected. Between
the quotes of a docstring it parses, but the merge was still never finished: what else it lost nobody has looked at.

Instead: merge the two sides, which are the parents of the commit that brought the markers.

Known limits: takes the markers of git, Mercurial and Jujutsu at the start of a line, in their order. Headings that are
underlined with `=======` are not flagged, nor are strings that are data, as in the tests of merge tools; a conflict
inside such a string is missed. A docstring counts only when the markers stand in the first column, as no example does.
High in a docstring, medium where the whole conflict is commented out, but critical in any file that does not parse.
Nothing in ten healthy projects (3,847 files) is flagged.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.model import Syntax, Trace
from integrity.facts.places import symbol_at
from integrity.facts.residue import CONFLICT, CONFLICT_COMMENT, CONFLICT_DOCSTRING, CONFLICT_STRAY
from integrity.model import Severity
from integrity.rule import File, Hit, Rule

from .._wording import counted

RULE = Rule(
    code="COR008",
    name="conflict-marker",
    severity=Severity.CRITICAL,
    message="{what}: `{text}`; merge the two sides, which are the parents of the commit that brought them",
    since="0.1",
    restorable=True,
)

_KINDS = {
    CONFLICT: (Severity.CRITICAL, "unresolved merge conflict", ""),
    CONFLICT_DOCSTRING: (Severity.HIGH, "unresolved merge conflict", " in a docstring"),
    CONFLICT_STRAY: (Severity.HIGH, "conflict marker", " without a counterpart"),
    CONFLICT_COMMENT: (Severity.MEDIUM, "unresolved merge conflict", ", commented out"),
}

VALID = [
    # Headings, and an example in a docstring, which is indented.
    '''
    """
    Merging
    =======

    What this tool reads::

        <<<<<<< ours
        one
        =======
        two
        >>>>>>> theirs
    """
    LINE = "======="
    # =======
    # What is looked for:
    # <<<<<<< HEAD or <<<<<<< branch
    # theirs
    # =======
    # ours
    # >>>>>>> branch or >>>>>>> commit
    ''',
    # Data of a test about conflicts.
    """
    from merge import resolve

    CONFLICT = '''\\
    <<<<<<< HEAD
    one
    =======
    two
    >>>>>>> main
    '''


    def test_resolve():
        assert resolve(CONFLICT) == "one"
    """,
]
INVALID = [
    """
    def total(items):
    <<<<<<< HEAD  # <- COR008
        return sum(items)
    =======
        return sum(items, start=0)
    >>>>>>> 05c6be3 (Count from nought)
    """,
    """
    LIMIT = 3
    <<<<<<< ours  # <- COR008
    NAME = "a"
    ||||||| base
    NAME = "b"
    =======
    NAME = "c"
    >>>>>>> theirs
    """,
    """
    <<<<<<< Conflict 1 of 1  # <- COR008
    %%%%%%% Changes from base to side #1
    -limit = 1
    +limit = 2
    +++++++ Contents of side #2
    limit = 3
    >>>>>>> Conflict 1 of 1 ends
    """,
    '''
    def state():
        """The state of a user.

    <<<<<<< HEAD  # <- COR008
        Uses the context.
    =======
        Uses the real context.
    >>>>>>> 05c6be3dfb1dc6976637367390a12e4d2c3f76d2
        """
        return 1
    ''',
    """
    # <<<<<<< HEAD  # <- COR008
    # LIMIT = 1
    # =======
    # LIMIT = 2
    # >>>>>>> main
    LIMIT = 3
    """,
]


def check(file: File) -> Iterator[Hit]:
    """One hit a file: on its most serious conflict."""
    found = [trace for trace in file.facts.traces if trace.kind in _KINDS]
    if found:
        worst = min(found, key=_rank)
        severity, noun, where = _KINDS[worst.kind]
        yield RULE.at(
            worst.span,
            symbol=symbol_at(file.facts.definitions, worst.span.line),
            severity=_severity(file, severity),
            what=counted(worst.count, noun) + where,
            text=worst.text,
        )


def _severity(file: File, severity: Severity) -> Severity:
    """Low for test data; critical where the file does not parse, whose finding may be folded into this one."""
    if file.context.data:
        return Severity.LOW
    return Severity.CRITICAL if file.facts.parse.syntax is Syntax.BROKEN else severity


def _rank(trace: Trace) -> int:
    return _KINDS[trace.kind][0].rank
