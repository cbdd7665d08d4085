"""Conflict markers: what a version control system writes into a file that it cannot merge.

Read are the styles `merge`, `diff3` and `zdiff3` of git, Mercurial's, and the two of Jujutsu, whose sections start
with `%%%%%%%`, `+++++++` and `-------`. The labels of search-and-replace blocks belong to `integrity.facts.chat`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from integrity.facts.lexical import Lexed
from integrity.facts.model import Trace
from integrity.facts.places import stands_alone, string_around, trace

CONFLICT = "conflict"
CONFLICT_DOCSTRING = "conflict-in-docstring"
CONFLICT_COMMENT = "conflict-in-comment"
CONFLICT_STRAY = "conflict-stray-marker"

_MARKER = re.compile(
    r"""
    ^(?P<hash>[ \t]*\#[ ]?)?
    (?: (?P<open><{7,}) (?:[ ][^\n]*)?
      | (?P<middle>={7,} (?:[ ][^\n]*)? | (?:%{7,}|\+{7,}|-{7,})[ ][^\n]+ )
      | (?P<close>>{7,}) (?:[ ][^\n]*)?
    )$
    """,
    re.VERBOSE | re.MULTILINE,
)
_EDIT_LABEL = re.compile(r"[ \t]*(?:#[ ]?)?[<>]{7,} ?(?:SEARCH|REPLACE|ORIGINAL|UPDATED)\b")


@dataclass
class _Conflict:
    """The markers of one conflict, in order; complete when the last one closes it."""

    opened: re.Match[str]
    divided: bool = False
    closed: re.Match[str] | None = None


def conflicts(lexed: Lexed, tree: ast.Module | None) -> Iterator[Trace]:
    """Every unresolved conflict of a text; `tree` is None when it does not parse."""
    text = lexed.text
    if "<<<<<<<" not in text and (tree is not None or ">>>>>>>" not in text):
        return
    for found in _conflicts(text):
        kind = _kind(lexed, found, parses=tree is not None)
        if kind:
            yield trace(kind, lexed, *found.opened.span(), certain=kind == CONFLICT)


def _conflicts(text: str) -> Iterator[_Conflict]:
    """Complete conflicts, and the markers left over as conflicts of their own."""
    current: _Conflict | None = None
    for match in _MARKER.finditer(text):
        if _EDIT_LABEL.match(match[0]) or _speaks_of_markers(match[0]):
            current = None
        elif match["open"]:
            if current:
                yield current
            current = _Conflict(match)
        elif match["middle"]:
            current = _divided(current, match)
        elif current and current.divided and _alike(current.opened, match):
            current.closed = match
            yield current
            current = None
        else:
            yield _Conflict(match)
    if current:
        yield current


def _speaks_of_markers(line: str) -> bool:
    """Whether a line names a second marker, as prose about them does: `<<<<<<< HEAD or <<<<<<< branch`."""
    return any(line.count(sign * 7) > 1 and sign * 14 not in line for sign in "<>")


def _divided(current: _Conflict | None, middle: re.Match[str]) -> _Conflict | None:
    """The conflict with its two sides told apart, when the marker in the middle is of its kind."""
    if current and _alike(current.opened, middle):
        current.divided = True
    return current


def _alike(one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether both markers are commented out, or neither is."""
    return bool(one["hash"]) == bool(other["hash"])


def _kind(lexed: Lexed, found: _Conflict, *, parses: bool) -> str:
    """What a conflict amounts to, "" when it is somebody's data or a rule drawn across a comment."""
    start = found.opened.start()
    around = string_around(lexed, start)
    if not found.closed:
        return "" if parses or around or found.opened["hash"] or " " not in found.opened[0].strip() else CONFLICT_STRAY
    if around and found.closed.end() <= around[1]:
        return CONFLICT_DOCSTRING if stands_alone(lexed, around[0]) and not found.opened["hash"] else ""
    return CONFLICT_COMMENT if found.opened["hash"] else CONFLICT
