"""Comments that deserve a closer look, found by their first letters in one pass over the text.

Reading every comment of a file costs more than all detectors of residue together; one in three hundred is read.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from integrity.facts.lexical import Comment, Lexed

# Every shape that `elision` and `chat` know starts like one of these; the lookahead is what makes it fast.
_START = re.compile(
    r"# (?=[-.…(\[<>*+HhRrTtEePpOoIiCcDdAaBbMmFfSsKk])"
    r"(?:\.\.|…|--|[(\[<]|>>>>>|\+\+\+\+\+|\*\*\* |[Hh]ere['’ ]|[Rr]est o|[Tt]he r|[Rr]emai|[Ee]xist|[Pp]rev"
    r"|[Oo]ther |[Oo]rig|[Oo]mit|[Ii]mplementation|[Cc]ode |[Dd]etails|[Dd]ue to|[Bb]ecause of"
    r"|[Aa]dditional|[Mm]ore |[Ff]urther|[Ss]imilar )"
)


def suspects(lexed: Lexed) -> Iterator[Comment]:
    """The comments of a text that start with words, dots or brackets which residue starts with, in order."""
    for match in _START.finditer(lexed.text):
        comment = _comment_at(lexed, match.start())
        if comment:
            yield comment


def _comment_at(lexed: Lexed, offset: int) -> Comment | None:
    """The comment that starts at `offset`, None when a string or another comment holds that place."""
    line = lexed.line_at(offset)
    index = bisect_left(lexed.comments, (line,))
    if index == len(lexed.comments) or lexed.comments[index].line != line:
        return None
    comment = lexed.comments[index]
    return comment if lexed.starts[line - 1] + comment.column - 1 == offset else None
