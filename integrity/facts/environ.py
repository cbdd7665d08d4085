"""Direct uses of the process environment, under whatever name the module gives it.

`names` files the module's names, `environ_flow` follows `os` and `os.environ` through them, `environ_copies` tells the
copies made for subprocesses apart, and this module turns what they find into facts.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from integrity.facts.environ_flow import sites
from integrity.facts.environ_forms import READING, Site, literal
from integrity.facts.lexical import Lexed
from integrity.facts.model import Access, EnvAccess
from integrity.facts.names import names_of
from integrity.facts.scopes import Names
from integrity.model import Span

# Every access spells one of these, in code or in a string; no word goes on after the first, so "environment" is none.
_ENVIRON = re.compile(r"environb?\b")
_OTHERS = ("getenv", "putenv", "unsetenv")
_LONGEST_DEFAULT = 60
_LONGEST_NAME = 100


def environment_accesses(lexed: Lexed, tree: ast.Module) -> tuple[EnvAccess, ...]:
    """Every direct use of the process environment, in order of place.

    What is passed to a subprocess as `env=` is no use, nor is a copy that is only made for that.

    Args:
        lexed: the text that was parsed.
        tree: what `ast.parse` made of it.
    """
    text = lexed.text
    if not _ENVIRON.search(text) and not any(word in text for word in _OTHERS):
        return ()
    names = names_of(tree)
    found = [_access(lexed, names, site) for site in sites(names)]
    return tuple(sorted(found, key=lambda access: (access.span, access.form)))


def _access(lexed: Lexed, names: Names, site: Site) -> EnvAccess:
    variables = [_printable(name)[:_LONGEST_NAME] for name in _variables(names, site)]
    return EnvAccess(
        access=site.access,
        form=site.form,
        variable=variables[0] if variables else "",
        default=_default(lexed, names, site),
        span=_span(lexed, site.node, site.node),
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


def _default(lexed: Lexed, names: Names, site: Site) -> str:
    """The source of the default: the argument, or what follows `or`."""
    if site.default is not None:
        return _source(lexed, site.default, site.default)
    parent = names.parents.get(site.node)
    if site.access is not Access.READ or not isinstance(parent, ast.BoolOp) or not isinstance(parent.op, ast.Or):
        return ""
    if not isinstance(names.parents.get(parent), READING):  # a condition, not a value
        after = parent.values[[value is site.node for value in parent.values].index(True) + 1 :]
        return _source(lexed, after[0], after[-1]) if after else ""
    return ""


def _source(lexed: Lexed, first: ast.AST, last: ast.AST) -> str:
    """The text from one expression to another, on one line."""
    span = _span(lexed, first, last)
    lines = lexed.lines[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    text = _printable(" ".join(" ".join(lines).split()))
    return text if len(text) <= _LONGEST_DEFAULT else text[: _LONGEST_DEFAULT - 3] + "..."


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


def _span(lexed: Lexed, first: ast.AST, last: ast.AST) -> Span:
    """The place from one node to another; the tree counts columns in bytes of UTF-8."""
    line, end_line = getattr(first, "lineno", 1), getattr(last, "end_lineno", None) or 1
    column = _column(lexed, line, getattr(first, "col_offset", 0))
    return Span(line, column, end_line, _column(lexed, end_line, getattr(last, "end_col_offset", None) or 0))


def _column(lexed: Lexed, line: int, offset: int) -> int:
    """The 1-based column of a byte offset in a line."""
    text = lexed.lines[line - 1]
    return (offset if text.isascii() else len(text.encode()[:offset].decode("utf-8", "replace"))) + 1
