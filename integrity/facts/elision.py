"""Placeholders that stand where code was left out: `# ... existing code ...` and its relatives.

Only whole comments of a known shape count, never a sentence that merely holds the words. What decides is the place:
a placeholder that ends a block, or is all there is of it, stands for code that is gone; one above complete code is a
leftover.
"""

from __future__ import annotations

import enum
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain, takewhile

from integrity.facts.lexical import Comment, Lexed
from integrity.facts.model import Trace
from integrity.facts.places import printable

ELISION = "elision"
ELISION_LEFTOVER = "elision-leftover"

_CODE = (
    r"(?:code|file|class|function|method|module|script|implementation|logic|tests?"
    r"|test (?:cases?|methods?|functions?|class|suite)|cases|classes|functions|methods|imports|fields|attributes"
    r"|properties|assertions|fixtures|helpers|handlers|content|body"
    r"|definitions|constants|setup|parameters|arguments|items|entries|endpoints|routes|steps|checks)"
)
_PROGRAM = (
    r"(?:code|file|class|function|method|module|script|implementation|logic|tests?|test (?:cases?|methods?|suite)"
    r"|methods|functions|imports)"
)
_OLD = r"(?:existing|remaining|previous|other|original|unchanged)"
_REST = rf"(?:the )?(?:rest|remainder) of (?:the |this |your |my )?(?:[\w.]+ ){{0,3}}?{_CODE}"
_NOUN = rf"(?:{_REST}|(?:the |your |all |any )*{_OLD}(?: [\w.]+){{0,2}}? {_CODE})"
_SAME = (
    r"(?:remains?|stays?|is|are|continues?|kept)(?: (?:the )?(?:unchanged|same|as is|as before|as above|intact|here))+"
)
_HERE = r"(?:(?:goes|continues|stays) here|continues|follows|unchanged|omitted|here|as before|as is|below|above)"
_BREVITY = r"(?:[\w.]+ ){0,4}?(?:is |are )?(?:omitted|elided|truncated|removed|skipped|abbreviated) for brevity"
_KEEP = (
    rf"(?:keep|include|insert|preserve|leave|add) (?:the |all |your |any |of |other )*(?:{_OLD}|rest of)"
    rf"(?: [\w.]+){{0,3}}? {_CODE}(?: (?:from|of|in) [\w ]{{1,30}})?"
)
_TAIL = rf"(?:{_SAME}|(?:goes |continues )?here|omitted|(?:continues )?unchanged)"

# A sentence by itself is a placeholder only when it says that code is missing; dots or brackets around it say so, too.
_SENTENCE = re.compile(
    rf"(?:(?:the )?(?:rest|remainder) of (?:the |this |your |my )?(?:[\w.]+ )?{_PROGRAM} {_TAIL}"
    rf"|(?:the |all |any )*(?:existing|previous|other|original|remaining) {_PROGRAM} {_TAIL}|{_BREVITY})",
    re.IGNORECASE,
)
_PHRASE = re.compile(
    rf"(?:{_REST}|{_NOUN} (?:{_SAME}|{_HERE})|{_BREVITY}|{_KEEP}"
    rf"|(?:the )?rest of (?:[\w.]+ ){{1,4}}{_SAME}|{_CODE} (?:unchanged|omitted|truncated|elided))",
    re.IGNORECASE,
)
# Dashes and parentheses around these make a heading or a remark; dots and square brackets do not.
_SET_APART = re.compile(
    rf"(?:{_NOUN}|(?:the )?rest of (?:[\w.]+ ){{0,3}}[\w.]+|unchanged|omitted|truncated|elided|same as (?:before|above)"
    r"|no changes?(?: here| below| above)?|snip(?:ped)?)",
    re.IGNORECASE,
)
# What a model says when it stops short; no place makes it harmless, none makes it certain either.
_ADMISSION = re.compile(
    r"\(?(?:(?:due to|because of) (?:the )?(?:length|space|token|size|output|context|response|character|message)"
    r"(?: \w+)? (?:constraints?|limits?|limitations?|restrictions?)\b.*"
    r"\b(?:I'll|I'm|I am|I have|I've|remaining|core|key|only|structure|rest|showing|including|implementing|providing)"
    r"\b.*"
    r"|(?:additional|more|other|further|remaining|similar)(?: [\w-]+){1,4} would (?:continue|follow|be implemented)"
    r"(?: here| below)?(?: [^.]{1,60})?)[.)]*",
    re.IGNORECASE,
)
_DRESSED = re.compile(
    r"(?:\.{3,}|…)[ ]*"
    r"(?:[(\[<](?P<inner>[^…()\[\]<>]+)[)\]>]|(?P<dots>[^.…()\[\]<>][^…()\[\]<>]*?))[ ]*(?:\.{2,}|…)?"
    r"|\[[ ]*(?:\.{3}|…)?[ ]*(?P<square>[^()\[\]<>]+?)[ ]*(?:\.{3}|…)?[ ]*\][ ]*(?:\.{3}|…)?"
    r"|[(<][ ]*(?:\.{3}|…)?[ ]*(?P<brackets>[^()\[\]<>]+?)[ ]*(?:\.{3}|…)?[ ]*[)>][ ]*(?:\.{3}|…)?"
    r"|-{2,}[ ]*(?:\.{3}|…)?[ ]*(?P<dashes>[^-]+?)[ ]*(?:\.{3}|…)?[ ]*-{2,}"
)
_EMPTY = re.compile(
    r"""(?:pass|\.\.\.|return(?: None)?|raise NotImplementedError.*|[rRbBuU]{0,2}(?:"|').*)(?:[ ]*#.*)?"""
)
_MARGIN = 2  # deeper is an example inside a comment
_LONGEST = 120
_NEAR = 20  # lines of code that are looked at on either side: an elided block is short
_HEADER = re.compile(r"[ \t]*(?:async def|def|class|if|elif|else|for|while|try|except|finally|with|match|case)\b")


class _Dress(enum.Enum):
    """How a comment shows that it is a placeholder."""

    PLAIN = enum.auto()  # a sentence
    DRESSED = enum.auto()  # dots or brackets set it apart from prose
    ADMISSION = enum.auto()  # it says why code is missing


def elisions(lexed: Lexed, comments: Iterable[Comment]) -> Iterator[Trace]:
    """Every placeholder among the `comments` of a text."""
    surroundings = _Surroundings(lexed)
    for comment in comments:
        dress = _dress(comment)
        kind, certain = surroundings.verdict(comment, dress) if dress else ("", False)
        if kind:
            yield Trace(kind, printable(comment.text), comment.span, 1, certain)


def _dress(comment: Comment) -> _Dress | None:
    """What a comment shows itself to be, None when it is no placeholder."""
    payload = comment.payload
    text = payload.strip()
    if len(text) > _LONGEST or len(payload) - len(payload.lstrip()) > _MARGIN:
        return None
    match = _DRESSED.fullmatch(text)
    if match:
        inner = next(group for group in match.groups() if group).strip(" .,:;!")
        apart = match["dots"] or match["inner"] or match["square"]
        if _PHRASE.fullmatch(inner) or (apart and _SET_APART.fullmatch(inner)):
            return _Dress.DRESSED
    if _ADMISSION.fullmatch(text):
        return _Dress.ADMISSION
    if not _SENTENCE.fullmatch(text.strip(" .!…")):
        return None
    return _Dress.DRESSED if text.endswith(("...", "…")) else _Dress.PLAIN


class _Surroundings:
    """What stands around a comment; computed for the few files that hold a candidate."""

    def __init__(self, lexed: Lexed) -> None:
        self.lexed = lexed

    def verdict(self, comment: Comment, dress: _Dress) -> tuple[str, bool]:
        """The kind of a placeholder, "" when it belongs to the prose or code around it, and whether that is certain."""
        if dress is _Dress.ADMISSION:
            return (ELISION, False) if comment.own_line else ("", False)
        if not comment.own_line:
            before = self.lexed.lines[comment.line - 1][: comment.column - 1].strip()
            return (ELISION, True) if before in {"pass", "..."} else ("", False)
        if dress is _Dress.PLAIN and self._in_prose(comment.line):
            return "", False
        if self._is_whole_block(comment):
            return ELISION, True
        return ELISION if self._is_last(comment) else ELISION_LEFTOVER, dress is _Dress.DRESSED

    def _in_prose(self, line: int) -> bool:
        """Whether another comment stands directly above or below."""
        return line - 1 in self._commented or line + 1 in self._commented

    def _is_last(self, comment: Comment) -> bool:
        """Whether no code follows in the block that the comment is indented to."""
        following = next(self._below(comment.line), None)
        return following is None or _indent(following) < comment.column - 1

    def _is_whole_block(self, comment: Comment) -> bool:
        """Whether the block holds nothing else than a docstring and `pass`."""
        depth = comment.column - 1
        above = takewhile(lambda text: _indent(text) >= depth, self._above(comment.line))
        below = takewhile(lambda text: _indent(text) >= depth, self._below(comment.line))
        empty = all(_EMPTY.fullmatch(text.strip()) for text in chain(above, below))
        opener = next((text for text in self._above(comment.line) if _indent(text) < depth), "")
        return empty and (bool(_HEADER.match(opener)) or opener.rstrip().endswith(":"))

    def _above(self, line: int) -> Iterator[str]:
        """The nearest lines of code above a line, from the nearest on."""
        last = bisect_left(self._code, line)
        return (self.lexed.lines[number - 1] for number in reversed(self._code[max(0, last - _NEAR) : last]))

    def _below(self, line: int) -> Iterator[str]:
        """The nearest lines of code below a line, from the nearest on."""
        first = bisect_right(self._code, line)
        return (self.lexed.lines[number - 1] for number in self._code[first : first + _NEAR])

    @cached_property
    def _commented(self) -> frozenset[int]:
        """Lines that hold nothing but a comment."""
        return frozenset(comment.line for comment in self.lexed.comments if comment.own_line)

    @cached_property
    def _code(self) -> list[int]:
        """Lines that start code: neither blank, nor a comment, nor inside a string that began earlier."""
        inside: set[int] = set()
        for start, end in self.lexed.strings:
            if "\n" in self.lexed.text[start:end]:
                inside.update(range(self.lexed.line_at(start) + 1, self.lexed.line_at(end) + 1))
        skipped = self._commented | inside
        lines = enumerate(self.lexed.lines, 1)
        return [number for number, text in lines if text.strip() and number not in skipped]


def _indent(text: str) -> int:
    return len(text) - len(text.lstrip())
