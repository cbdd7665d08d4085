"""Syntax newer than the running interpreter, told apart from damage.

libcst reads the newer grammars. Where a newer construct stands near CPython's complaint and libcst reads the whole
text, only the newer constructs are rewritten, in place, to what the running interpreter reads; if it then reads the
text, newness was the only trouble. `rewriting` does the rewriting and names the constructs.
"""

from __future__ import annotations

import ast
import re
import sys

from integrity.facts.lexical import Lexed
from integrity.facts.limits import guard_libcst, limit, read_tree
from integrity.facts.model import Parse, Syntax

# A sign of each construct and the version that brought it; a sign newer than the interpreter is worth a look by libcst.
_SIGNS = (
    ((3, 11), r"\bexcept\s*\*|\[[^]\n]*\*|\*\w+\s*:\s*\*"),
    ((3, 12), r"\b[rR]?[fF][rR]?[\"']|\b(?:def|class)\s+\w+\s*(?:\\\n\s*)?\[|^\s*type\s+\w"),
    ((3, 13), r"\b(?:def|class)\s+\w+\s*\[[^]]*=|^\s*type\s+\w+\s*\[[^]]*="),
    ((3, 14), r"\b[rR]?[tT][rR]?[\"']|\bexcept\b[^:(#\n]*,"),
    ((3, 15), r"\blazy\s+(?:import|from)\b|[\[({]\s*\*"),
)
_SIGN = re.compile("|".join(sign for version, sign in _SIGNS if version > sys.version_info), re.MULTILINE)
_OLD_FORMATTED = sys.version_info < (3, 12)
_TEMPLATE = re.compile(r"(?<![\w\"'])(?:[rR][tT]|[tT][rR]?)(?=[\"'])")
_PREFIX = re.compile(r"[fF][rR]?\Z")


def read_newer(lexed: Lexed, error: SyntaxError) -> tuple[Parse, ast.Module] | None:
    """The verdict and tree of a text that only a newer Python reads, None when it is damaged.

    Args:
        lexed: a text that the running interpreter refuses.
        error: its complaint.

    Raises:
        ParserLimit: the text is too long, nested too deeply or too intricate to be read by libcst.
    """
    if not _worth_reading(lexed, error):
        return None
    guard_libcst(lexed)
    try:
        return _rewritten(lexed)
    except RecursionError:
        raise limit("nesting too deep to tell newer syntax from damage") from None


def _worth_reading(lexed: Lexed, error: SyntaxError) -> bool:
    """Whether a sign of a newer construct stands near the complaint, or one that moves the complaint elsewhere."""
    if _OLD_FORMATTED and (error.msg.startswith("f-string") or _splits_formatted(lexed)):
        return True
    first = max((error.lineno or 1) - 2, 0)
    last = max(error.end_lineno or 0, error.lineno or 0, 1) + 1
    return _SIGN.search("\n".join(lexed.lines[first:last])) is not None


def _splits_formatted(lexed: Lexed) -> bool:
    """Whether a formatted string ends inside a field, as the older grammars split one that reuses its quotes.

    Every string behind it is then split wrongly, so that the complaint may be far away.
    """
    formatted = (
        lexed.text[start:end] for start, end in lexed.strings if _PREFIX.search(lexed.text, max(start - 2, 0), start)
    )
    unescaped = (string.replace("{{", "").replace("}}", "") for string in formatted)
    return any(string.count("{") > string.count("}") for string in unescaped)


def _rewritten(lexed: Lexed) -> tuple[Parse, ast.Module] | None:
    from integrity.facts.rewriting import rewrite

    formatted = Lexed(_TEMPLATE.sub(lambda match: match[0].replace("t", "f").replace("T", "f"), lexed.text))
    found = rewrite(formatted, lexed.text)
    if found is None:
        return None
    text, constructs = found
    newest = max((construct.needs for construct in constructs), default=(0, 0))
    if newest <= sys.version_info[:2]:
        return None
    first = min((c for c in constructs if c.needs == newest), key=lambda construct: construct.start)
    try:
        tree = read_tree(text)
    except (SyntaxError, ValueError):
        return None
    span = lexed.span(first.start, first.end)
    return Parse(Syntax.NEWER, first.name, span, f"{newest[0]}.{newest[1]}"), tree
