"""Marks that damage leaves in a text, other than commented-out code. One `Trace` a kind.

The kinds, and what `Trace.certain` means where both values occur:

    ORPHANED_CALL       an empty call followed by lines that can only be its arguments
    ELISION             a placeholder where code was left out; certain when it is all there is of its block, or ends it
                        and dots or brackets set it apart from prose
    ELISION_LEFTOVER    a placeholder with code after it; certain when dots or brackets set it apart from prose
    CONFLICT            a complete conflict among the code
    CONFLICT_DOCSTRING  a complete conflict in a string that stands as a statement
    CONFLICT_COMMENT    a complete conflict, commented out
    CONFLICT_STRAY      a marker without its counterpart, in text that does not parse
    FENCE, CHAT, PATCH, TAG, DIFF_COLUMN, LINE_NUMBERS
                        a line of a chat or patch, in text that does not parse
    COMMENTED_RESIDUE   such a line as a comment, in text that parses
    NUL, REPLACEMENT, MOJIBAKE
                        damaged characters; certain unless all of them stand in strings that are data
    ESCAPED_LINES       all lines joined into one by escaped line ends
"""

from __future__ import annotations

import ast
from itertools import chain

from integrity.facts.calls import ORPHANED_CALL, orphaned_calls
from integrity.facts.chat import CHAT, COMMENTED_RESIDUE, DIFF_COLUMN, FENCE, LINE_NUMBERS, PATCH, TAG, chat_residue
from integrity.facts.conflicts import CONFLICT, CONFLICT_COMMENT, CONFLICT_DOCSTRING, CONFLICT_STRAY, conflicts
from integrity.facts.elision import ELISION, ELISION_LEFTOVER, elisions
from integrity.facts.encoding import ESCAPED_LINES, MOJIBAKE, NUL, REPLACEMENT, encoding_damage
from integrity.facts.lexical import Lexed
from integrity.facts.model import Trace
from integrity.facts.places import one_a_kind
from integrity.facts.suspects import suspects

__all__ = [
    "CHAT",
    "COMMENTED_RESIDUE",
    "CONFLICT",
    "CONFLICT_COMMENT",
    "CONFLICT_DOCSTRING",
    "CONFLICT_STRAY",
    "DIFF_COLUMN",
    "ELISION",
    "ELISION_LEFTOVER",
    "ESCAPED_LINES",
    "FENCE",
    "LINE_NUMBERS",
    "MOJIBAKE",
    "NUL",
    "ORPHANED_CALL",
    "PATCH",
    "REPLACEMENT",
    "TAG",
    "traces",
]


def traces(lexed: Lexed, tree: ast.Module | None) -> tuple[Trace, ...]:
    """The marks of damage in a text.

    Args:
        lexed: the text.
        tree: its tree, None when it does not parse.

    Returns:
        One trace a kind, the first of it with the number of all, sorted by place.
    """
    comments = list(suspects(lexed))
    return one_a_kind(
        chain(
            orphaned_calls(lexed, tree),
            elisions(lexed, comments),
            conflicts(lexed, tree),
            chat_residue(lexed, tree, comments),
            encoding_damage(lexed, tree),
        )
    )
