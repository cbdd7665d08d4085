"""Markers: what a tool writes in front of every line it comments out, learned from the file itself.

A marker is told from a label that people write ("Note:", "Given:") by what follows it: code, line after line.
"""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from keyword import iskeyword

from integrity.facts.codelines import Kind, is_statement, kind_of, parse_quietly
from integrity.facts.lexical import Comment

_LABEL = re.compile(r"([^\W\d][^:\"'`=()\[\]{}#]{2,60}:)(?=\s|$)")  # `REMOVED_SYNTAX_ERROR: code`
_TAG = re.compile(r"(\[[^\]\n]{2,40}\]:?|<[^<>\n]{2,40}>:?)(?=\s|$)")  # `[auto-disabled] code`
_SIGN = re.compile(r"([#~%^*+|$&!>\\]{1,4}|-{2,4})(?=\s|\w)")  # `~ code`
_WORD = re.compile(r"([\w-]{2,30}[>|!]?)(?=\s|$)")  # `DISABLED code`, `off> code`
_CONTINUED = re.compile(r"\s*(?:[-:>|]{1,3}|[^\W\d][^:=()\[\]{}]*?(?::| --?|\]))(?=\s|$)")
_KNOWN = re.compile(r"(?:REMOVED_SYNTAX_ERROR|Removed problematic line|DISABLED_BY_TOOL)\b")
_DAMAGE_WORDS = re.compile(
    r"remov|disabl|comment(?:ed)?[ _-]?out|syntax[ _-]?err|problematic|broken|quarantin|stripped|neutrali[sz]|deactivat"
    r"|skipp|suppress|invalid|unparsable|auto[ _-]?fix|auto[ _-]?gen|fixer",
    re.IGNORECASE,
)
_TOOL_TOKEN = re.compile(r"[A-Z0-9]+(?:[_-][A-Z0-9]+)+:?$")
_LABELS = re.compile(
    r"(?:todo|fixme|xxx|hack|note|nb|warning|bug|see|type|noqa|pragma|pylint|mypy|flake8|pyright|ruff|isort|fmt|yapf|nosec"
    r"|integrity|spdx|copyright|license|e\.?g\.?|i\.?e\.?|ex(?:ample)?s?|usage|input|output|in|out|expected|expect|actual"
    r"|result|returns?|args?|raises|yields|before|after|old|new|old way|new way|original|equivalent(?: to)?|same as"
    r"|instead of|was|now|given|when|then|arrange|act|setup|step|test|case|python ?[23](?:\.\d+)?|py[23]|good|bad"
    r"|correct|wrong|right|default|option|alternative(?:ly)?|sql|json|yaml|bash|shell|run|code|signature|pattern|format|formula"
    r"|ok|yes|no|not|invalid|valid|fails?|passes)\b[^:]{0,20}:?$",
    re.IGNORECASE,
)
_TEST = re.compile(r"\s*(?:@|(?:async\s+)?def\s+test)")
_SAMPLE = 100  # lines judged one by one; beyond that the share hardly changes
_REPEATED = 5
_REPEATED_DAMAGE_WORD = 3
_RUN = 3
_RUNS_TRIED = 50  # each is parsed
_CODE_SHARE = 0.6
_MASS, _MASS_SHARE = (
    30,
    0.35,
)  # in bulk, docstrings and mangled lines dilute the code: measured 0.41 to 0.98 over 403 damaged files


@dataclass(frozen=True)
class Marked:
    """The lines behind one marker: pairs of a comment and the text that follows the marker, indentation kept."""

    marker: str
    lines: tuple[tuple[Comment, str], ...]


def residue(comments: Sequence[Comment]) -> list[Marked]:
    """The markers of tools among own-line comments, most frequent first; no comment stands behind two of them."""
    groups: dict[str, list[tuple[Comment, str]]] = defaultdict(list)
    for comment in comments:
        for marker, rest in _candidates(comment.payload.lstrip()):
            groups[marker].append((comment, rest))
    extended = (_extend(Marked(marker, tuple(lines))) for marker, lines in groups.items())
    found = sorted(filter(_is_residue, extended), key=lambda marked: (-len(marked.lines), marked.marker))
    return list(_disjoint(found))


def _disjoint(found: Sequence[Marked]) -> Iterator[Marked]:
    """Each marker with the comments that no more frequent marker has."""
    taken: set[int] = set()
    for marked in found:
        lines = tuple(pair for pair in marked.lines if pair[0].line not in taken)
        taken.update(comment.line for comment, _ in lines)
        if lines:
            yield Marked(marked.marker, lines)


def _candidates(text: str) -> Iterator[tuple[str, str]]:
    """What a comment may have for a marker, with the rest of the line."""
    first = text[:1]
    if first == "_" or first.isalnum():
        patterns = (_LABEL, _WORD) if ":" in text else (_WORD,)
    else:
        patterns = (_SIGN, _WORD) if first == "-" else (_TAG,) if first in "[<" else (_SIGN,)
    for pattern in patterns:
        match = pattern.match(text)
        if match and not iskeyword(match[1]):
            yield match[1], text[match.end() :]


def _extend(marked: Marked) -> Marked:
    """Take into the marker what follows it on every line, as in `COMMENTED OUT: legacy test - code`."""
    rests = [rest for _, rest in marked.lines if rest.strip()]
    if len(rests) < _RUN:
        return marked
    match = _CONTINUED.match(_shared_start(rests))
    if not match:
        return marked
    length = match.end()
    lines = tuple((comment, rest[length:]) for comment, rest in marked.lines)
    return Marked((marked.marker + match[0]).rstrip(), lines)


def _shared_start(texts: Sequence[str]) -> str:
    """What all texts begin with: whatever the first and the last in alphabetical order share, all share."""
    first, last = min(texts), max(texts)
    length = next(
        (index for index, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), len(first)
    )
    return first[:length]


def _is_residue(marked: Marked) -> bool:
    """Whether a tool left this marker: a known one, one in front of a whole test, or one repeated in front of code."""
    if _KNOWN.match(marked.marker):
        return any(kind_of(rest.strip()) > Kind.PROSE for _, rest in marked.lines)
    if len(marked.lines) == 1 and not _TOOL_TOKEN.match(marked.marker):
        return False
    if _LABELS.match(marked.marker) or not any(map(is_statement, _sample(marked))):
        return False
    if not marked.marker.strip("#") and len(marked.lines) < _MASS and not _holds_test(marked):
        return False  # people write `##`, too
    return _holds_whole_test(marked) or _is_repeated(marked)


def _is_repeated(marked: Marked) -> bool:
    """Whether code stands behind the marker often enough for what its words say."""
    count, share = len(marked.lines), _code_share(marked)
    damage_word = bool(_DAMAGE_WORDS.search(marked.marker))
    if damage_word and _TOOL_TOKEN.match(marked.marker) and share >= _CODE_SHARE:
        return True
    if count < (_REPEATED_DAMAGE_WORD if damage_word else _REPEATED):
        return False
    if not damage_word and _longest_run(marked.lines) < _RUN:
        return False
    return share >= _CODE_SHARE or (count >= _MASS and share >= _MASS_SHARE)


def _holds_whole_test(marked: Marked) -> bool:
    """Whether consecutive lines behind a marker make up a test: that is evidence enough without repetition."""
    return any(_is_whole_test(run) for run in islice(_runs(marked.lines), _RUNS_TRIED))


def _holds_test(marked: Marked) -> bool:
    return any(_TEST.match(rest) for _, rest in marked.lines)


def _is_whole_test(run: Sequence[tuple[Comment, str]]) -> bool:
    if len(run) < 2 or not _TEST.match(run[0][1]):  # noqa: PLR2004 - a signature and a body
        return False
    return bool(parse_quietly(textwrap.dedent("\n".join(rest for _, rest in run))))


def _runs(lines: Sequence[tuple[Comment, str]]) -> Iterator[list[tuple[Comment, str]]]:
    """Runs of consecutive lines."""
    run: list[tuple[Comment, str]] = []
    for pair in lines:
        if run and pair[0].line != run[-1][0].line + 1:
            yield run
            run = []
        run.append(pair)
    if run:
        yield run


def _sample(marked: Marked) -> list[str]:
    """Up to a hundred of the non-blank lines, evenly spread: a file may begin with a page of commented prose."""
    texts = [text for _, rest in marked.lines if (text := rest.strip())]
    return texts[:: len(texts) // _SAMPLE + 1]


def _code_share(marked: Marked) -> float:
    """The share of non-blank lines behind the marker that are code, 0 to 1."""
    kinds = [kind_of(text) for text in _sample(marked)]
    return sum(kind > Kind.PROSE for kind in kinds) / len(kinds) if any(kind > Kind.FILLER for kind in kinds) else 0.0


def _longest_run(lines: Sequence[tuple[Comment, str]]) -> int:
    """The length of the longest run of consecutive lines."""
    return max(map(len, _runs(lines)), default=0)
