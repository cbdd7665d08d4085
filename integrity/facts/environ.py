"""Direct uses of the process environment, under whatever name the module gives it.

`names` files the module's names, `environ_flow` follows `os` and `os.environ` through them, `environ_copies` tells the
copies made for subprocesses apart, and this module turns what they find into facts.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterator

from integrity.facts.environ_flow import sites
from integrity.facts.environ_forms import READING, Site, literal
from integrity.facts.lexical import Lexed
from integrity.facts.model import Access, EnvAccess
from integrity.facts.names import names_of
from integrity.facts.scopes import Names
from integrity.model import Span

# Every access spells one of these, in code or in a string.
_SPELLED = frozenset({"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"})
_LONGEST_DEFAULT = 60
_LONGEST_NAME = 100
# Enough text to fill a default from, however long the expression is.
_MOST_LINES = 20
_LONGEST_LINE = 500


def environment_accesses(lexed: Lexed, tree: ast.Module) -> tuple[EnvAccess, ...]:
    """Every direct use of the process environment, in order of place.

    What is passed to a subprocess as `env=` is no use, nor is a copy that is only made for that.

    Args:
        lexed: the text that was parsed.
        tree: what `ast.parse` made of it.
    """
    if _SPELLED.isdisjoint(lexed.words):
        return ()
    places, names = _Places(lexed), names_of(tree)
    found = [_access(places, names, site) for site in sites(names)]
    return tuple(sorted(found, key=lambda access: (access.span, access.form)))


def _access(places: _Places, names: Names, site: Site) -> EnvAccess:
    variables = [_printable(name)[:_LONGEST_NAME] for name in _variables(names, site)]
    return EnvAccess(
        access=site.access,
        form=site.form,
        variable=variables[0] if variables else "",
        default=_default(places, names, site),
        span=places.span(site.node, site.node),
        others=tuple(variables[1:]),
        at_import=_at_import(names, site.node),
    )


def _variables(names: Names, site: Site) -> Iterator[str]:
    """The names of the variables, as far as they are literals, each once."""
    found = [literal(names, site.key)] if site.key else []
    for mapping in site.mappings:
        found += _keys(names, mapping)
    yield from dict.fromkeys(name for name in [*found, *site.keywords] if name)


def _keys(names: Names, mapping: ast.AST) -> list[str | None]:
    """The literal keys of a mapping that is written out, here or where its name is bound."""
    if isinstance(mapping, (ast.Name, ast.Attribute)):
        mapping = names.source(mapping) or mapping
    if isinstance(mapping, ast.Dict):
        return [literal(names, key) for key in mapping.keys]
    if isinstance(mapping, ast.Call) and isinstance(mapping.func, ast.Name) and mapping.func.id == "dict":
        return [keyword.arg for keyword in mapping.keywords]
    return []


def _default(places: _Places, names: Names, site: Site) -> str:
    """The source of the default: the argument, or what follows `or`."""
    if site.default is not None:
        return places.source(site.default, site.default)
    parent = names.parents.get(site.node)
    if site.access is not Access.READ or not isinstance(parent, ast.BoolOp) or not isinstance(parent.op, ast.Or):
        return ""
    if not isinstance(names.parents.get(parent), READING):  # a condition, not a value
        position = next(index for index, value in enumerate(parent.values, start=1) if value is site.node)
        return places.source(parent.values[position], parent.values[-1]) if position < len(parent.values) else ""
    return ""


def _printable(text: str) -> str:
    """The text with escapes for what cannot be stored or shown: lone surrogates and control characters."""
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def _at_import(names: Names, node: ast.AST) -> bool:
    """Whether an expression is evaluated while the module is imported."""
    parent = names.parents.get(node)
    while parent is not None:
        if _is_script(parent) or isinstance(parent, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return False
        parent = names.parents.get(parent)
    return True


def _is_script(node: ast.AST) -> bool:
    """Whether a node is `if __name__ == "__main__":`, whose body no import runs."""
    left = node.test.left if isinstance(node, ast.If) and isinstance(node.test, ast.Compare) else None
    return isinstance(left, ast.Name) and left.id == "__name__"


class _Places:
    """Places of nodes in characters; the tree counts columns in bytes of UTF-8."""

    def __init__(self, lexed: Lexed) -> None:
        self._lines = lexed.lines
        self._continuations: dict[int, list[int]] = {}

    def span(self, first: ast.AST, last: ast.AST) -> Span:
        """The place from one node to another."""
        line, end_line = getattr(first, "lineno", 1), getattr(last, "end_lineno", None) or 1
        column = self._column(line, getattr(first, "col_offset", 0))
        return Span(line, column, end_line, self._column(end_line, getattr(last, "end_col_offset", None) or 0))

    def source(self, first: ast.AST, last: ast.AST) -> str:
        """The text from one expression to another, on one line, cut to what a default may take."""
        span = self.span(first, last)
        lines = self._lines[span.line - 1 : min(span.end_line, span.line + _MOST_LINES)]
        if len(lines) == span.end_line - span.line + 1:
            lines[-1] = lines[-1][: span.end_column - 1]
        lines[:1] = [line[span.column - 1 :] for line in lines[:1]]
        text = _printable(" ".join(" ".join(line[:_LONGEST_LINE] for line in lines).split()))
        return text if len(text) <= _LONGEST_DEFAULT else text[: _LONGEST_DEFAULT - 3] + "..."

    def _column(self, line: int, offset: int) -> int:
        """The 1-based column of a byte offset in a line."""
        # Before Python 3.12 the places inside an f-string are only estimates.
        text = self._lines[min(line, len(self._lines)) - 1]
        if text.isascii():
            return offset + 1
        if line not in self._continuations:
            self._continuations[line] = [i for i, byte in enumerate(text.encode()) if byte & 0xC0 == 0x80]  # noqa: PLR2004
        return offset - bisect_left(self._continuations[line], offset) + 1
