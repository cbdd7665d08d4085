"""Residue of a chat with a language model, or of a patch pasted where its result belongs.

Outside strings and comments such lines are no Python, so all but the commented forms occur in broken text only, and
there only at the start of a line counts: an unterminated quote turns strings into code and code into strings.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from integrity.facts.lexical import Comment, Lexed
from integrity.facts.model import Trace
from integrity.facts.places import string_around, trace

FENCE = "code-fence"
CHAT = "chat-sentence"
PATCH = "patch-line"
DIFF_COLUMN = "diff-column"
LINE_NUMBERS = "line-numbers"
TAG = "tool-tag"
COMMENTED_RESIDUE = "commented-chat-or-patch"

_EDITS = (
    r"\*\*\* (?:(?:Begin|End) Patch|(?:Update|Add|Delete) File: \S[^\n]*|End of File)[ \t]*$"
    r"|(?:<{5,9}|-{5,9}) (?:SEARCH|ORIGINAL)\b[^\n]*$|(?:>{5,9}|\+{5,9}) (?:REPLACE|UPDATED)\b[^\n]*$"
)
_WHAT = (
    r"(?:code|file|version|tests?|test (?:file|suite|code)|implementation|module|script|class"
    r"|function|content|solution|patch|diff)"
)
_HOW = r"(?:updated|complete|full|fixed|corrected|refactored|modified|revised|improved|rewritten|final|new|entire)"
_HANDED = rf"Here(?:'s|’s| is| are) (?:the|an?|your)(?: \w+)?(?: {_HOW})+(?: [\w`./-]+){{0,4}}? {_WHAT}\b"
_SAID = (
    rf"(?:{_HANDED}"
    r"|(?:Sure|Certainly|Of course|Absolutely)[!,.] (?:[Hh]ere|[Ii]'|[Ii]’|[Ii] |[Ll]et)"
    r"|I(?:'ve|’ve| have) (?:updated|fixed|refactored|modified|rewritten|added|removed|corrected) (?:the|your|all)\b"
    r"|Let me know if you\b|This (?:updated|revised|refactored|fixed) (?:code|version|file|test)\b)"
)
_EOF = r"(?:\[(?:end of (?:file|code|document)|EOF)\]|<\|(?:endoftext|im_end|im_start|eot_id|end_of_text)\|>)[ \t]*$"
_TAGS = (
    r"function_calls|function_results|invoke|parameter|tool_call|tool_result|tool_use|antml:\w+|file|file_content|file_contents|document_content"
    r"|content|new_string|old_string|new_str|old_str|write_to_file|replace_in_file|apply_diff|thinking|think|artifact|antArtifact"
)
_HUNK = (
    r"(?:diff --git \S+ \S+$|@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@|(?:---|\+\+\+) [ab]/\S+"
    r"|index [0-9a-f]{7,40}\.\.[0-9a-f]{7,40}\b)"
)
_LINES = {
    FENCE: re.compile(r"^[ \t]*(?:```|~~~)[ \t]*(?:\w[\w.+-]*)?(?:[ \t:{][^\n`]*)?$", re.MULTILINE),
    CHAT: re.compile(rf"^(?:{_SAID}[^\n]*|{_EOF})", re.MULTILINE | re.IGNORECASE),
    PATCH: re.compile(rf"^(?:{_EDITS}|{_HUNK})", re.MULTILINE),
    TAG: re.compile(rf"^[ \t]*</?(?:{_TAGS})(?:[ \t]+\w+=[^\n<>]*)?>[ \t]*$", re.MULTILINE),
}
_DIFF_LINE = re.compile(
    r"^[+-](?=[ \t]*(?:import |from \w|def \w|class \w|async def |return\b|assert |@\w|self\.\w|with \w|for \w+ in ))"
    r"[^\n]*",
    re.MULTILINE,
)
_NUMBERED = re.compile(r"^[ \t]*(\d{1,6})(?:[ \t]*[|│→]|\t)[^\n]*$", re.MULTILINE)
_COMMENTED = re.compile(rf"#[ ](?:{_EDITS}|{_EOF}|{_HANDED}(?: below)?[.:!]*$)", re.IGNORECASE)
_ENOUGH = 3


def chat_residue(lexed: Lexed, tree: ast.Module | None, comments: Iterable[Comment]) -> Iterator[Trace]:
    """Every line that a chat or a patch left behind.

    Args:
        lexed: the text.
        tree: its tree, None when it does not parse.
        comments: the comments that may hold such lines.
    """
    if tree is not None:
        yield from (_commented(lexed, each) for each in comments if each.own_line and _COMMENTED.match(each.text))
        return
    yield from _pasted(lexed)
    yield from _diff_column(lexed)
    yield from _line_numbers(lexed)


def _commented(lexed: Lexed, comment: Comment) -> Trace:
    start = lexed.starts[comment.line - 1] + comment.column - 1
    return trace(COMMENTED_RESIDUE, lexed, start, start + len(comment.text), certain=False)


def _pasted(lexed: Lexed) -> Iterator[Trace]:
    """Lines of a chat or patch between the lines of code."""
    flipped = _unterminated(lexed)
    for kind, pattern in _LINES.items():
        for match in pattern.finditer(lexed.text):
            if _is_bare(lexed, match.start(), flipped=flipped):
                yield trace(kind, lexed, match.start(), match.end())


def _unterminated(lexed: Lexed) -> bool:
    """Whether a triple quote is never closed, so that strings and code may have changed places."""
    text = lexed.text
    return any(
        end - start == _QUOTES and text[start] == text[start + 1] == text[end : end + 1] for start, end in lexed.strings
    )


_QUOTES = 2  # the first two of three quotes, read as an empty string


def _is_bare(lexed: Lexed, offset: int, *, flipped: bool) -> bool:
    """Whether a line stands among the code, as far as can be told."""
    return not string_around(lexed, offset) and (not flipped or _at_either_end(lexed, lexed.line_at(offset)))


def _at_either_end(lexed: Lexed, line: int) -> bool:
    """Whether a line is the first or the last that is not blank."""
    above = any(text.strip() for text in lexed.lines[: line - 1])
    return not above or not any(text.strip() for text in lexed.lines[line:])


def _diff_column(lexed: Lexed) -> Iterator[Trace]:
    """Statements behind the plus and minus column of a diff."""
    found = [match for match in _DIFF_LINE.finditer(lexed.text) if not string_around(lexed, match.start())]
    if len(found) >= _ENOUGH:
        yield from (trace(DIFF_COLUMN, lexed, *match.span()) for match in found)


def _line_numbers(lexed: Lexed) -> Iterator[Trace]:
    """Lines behind their own number, counting up."""
    found = [match for match in _NUMBERED.finditer(lexed.text) if not string_around(lexed, match.start())]
    numbers = [(lexed.line_at(match.start()), int(match[1])) for match in found]
    run = 0
    for index, (line, number) in enumerate(numbers):
        follows = index and numbers[index - 1] == (line - 1, number - 1)
        run = run + 1 if follows else 1
        if run == _ENOUGH:
            yield from (trace(LINE_NUMBERS, lexed, *match.span()) for match in found[index - _ENOUGH + 1 : index + 1])
        elif run > _ENOUGH:
            yield trace(LINE_NUMBERS, lexed, *found[index].span())
