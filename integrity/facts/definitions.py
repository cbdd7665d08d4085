"""Functions, classes and imports of a tree, from one walk over its statements.

Expressions outnumber statements ten to one and hold none of these, so they are left alone; only a function that holds
another one named like a test is searched for uses of that name. Nothing recurses: elif chains and nested blocks of any
length cost memory, never the stack.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from integrity.facts.expressions import nodes
from integrity.facts.imports import imported
from integrity.facts.lexical import Lexed
from integrity.facts.model import Definition, Import
from integrity.model import Span

_Definer = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_KINDS = {ast.FunctionDef: "def", ast.AsyncFunctionDef: "async def", ast.ClassDef: "class"}
_SEE_ALL_NAMES = frozenset({"locals", "globals", "vars", "eval", "exec"})
_TEST_WORD = re.compile(r"(\b(?:def|class) )?\b([tT][eE][sS][tT]\w*)")
_FEW = 20


@dataclass(frozen=True)
class Walk:
    """What the statements of a module define and import.

    Attributes:
        definitions: functions and classes, each after the one that encloses it, in order of line.
        imports: imported names, in order of line.
        exports_nothing: whether the module holds nothing but docstrings, comments, `pass` and imports.
        has_statement: whether it holds a statement at all (a docstring is one).
    """

    definitions: tuple[Definition, ...]
    imports: tuple[Import, ...]
    exports_nothing: bool
    has_statement: bool


def walk(lexed: Lexed, tree: ast.Module) -> Walk:
    """The definitions and imports of a module, wherever in it they stand.

    Args:
        lexed: the text that was parsed.
        tree: what `ast.parse` made of it.
    """
    found = _Found(lexed)
    stack: list[tuple[Iterator[ast.stmt], int]] = [(iter(tree.body), -1)]
    while stack:
        block, parent = stack[-1]
        for node in block:
            kind = type(node)
            if kind in _KINDS:
                stack.append((iter(node.body), found.define(node, parent)))  # type: ignore[attr-defined]
                break
            if kind in _BLOCKS:
                stack += [(iter(statements), parent) for statements in _BLOCKS[kind](node) if statements]
                break
            if kind in _IMPORTS:
                found.imports += imported(node, _span(lexed, node))  # type: ignore[arg-type]
        else:
            stack.pop()
    return Walk(tuple(found.definitions), tuple(found.imports), _exports_nothing(tree), bool(tree.body))


@dataclass
class _Found:
    """What the walk has met so far; `uses` belongs to `definitions`, index for index."""

    lexed: Lexed
    definitions: list[Definition] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    uses: list[_Uses] = field(default_factory=list)

    def define(self, node: Any, parent: int) -> int:
        """Note a definition, and give its index."""
        name = node.name
        definition = Definition(
            _KINDS[type(node)],
            name,
            f"{self.definitions[parent].qualname}.{name}" if parent >= 0 else name,
            _span(self.lexed, node),
            parent,
            tuple([_dotted(decorator) for decorator in node.decorator_list]),
            tuple([_dotted(base) for base in node.bases]) if isinstance(node, ast.ClassDef) else (),
            self._used(name, parent),
        )
        self.definitions.append(definition)
        self.uses.append(_Uses(self.lexed, node))
        return len(self.uses) - 1

    def _used(self, name: str, parent: int) -> bool:
        """Whether the function that directly encloses the name uses it; only asked of names like a test's."""
        if parent < 0 or name[:4].lower() != "test" or self.definitions[parent].is_class:
            return True
        return self.uses[parent].include(name)


class _Uses:
    """The names that a function, or anything nested in it, does more with than define or assign."""

    def __init__(self, lexed: Lexed, function: _Definer) -> None:
        self.lexed = lexed
        self.function = function

    def include(self, name: str) -> bool:
        """Whether the name is used. The text is asked first: walking the expressions costs ten times as much."""
        return self._mentions.may_use(name) and not self._read.isdisjoint({name, *_SEE_ALL_NAMES})

    @cached_property
    def _mentions(self) -> Mentions:
        return Mentions("\n".join(self.lexed.lines[self.function.lineno - 1 : self.function.end_lineno]))

    @cached_property
    def _read(self) -> frozenset[str]:
        names: set[str] = set()
        for node in nodes(self.function):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
                names.add(node.id)
            elif isinstance(node, (ast.Nonlocal, ast.Global)):
                names.update(node.names)
        return frozenset(names)


class Mentions:
    """The names like a test's that the text of a function holds elsewhere than behind `def` or `class`.

    Args:
        text: the source of the function, strings and comments included.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._asked = 0

    def may_use(self, name: str) -> bool:
        """Whether the function may use a name: it mentions it, looks names up by their text, or spells them freely."""
        self._asked += 1
        if self._uses_any:
            return True
        if self._asked > _FEW:
            return name in self._words
        defined = self._text.count(f"def {name}") + self._text.count(f"class {name}")
        return self._text.count(name) > defined

    @cached_property
    def _uses_any(self) -> bool:
        return not self._text.isascii() or any(f"{see}(" in self._text for see in _SEE_ALL_NAMES)

    @cached_property
    def _words(self) -> frozenset[str]:
        """The same, collected once; worth it only for many questions."""
        return frozenset(word for defining, word in _TEST_WORD.findall(self._text) if not defining)


def _dotted(node: ast.expr) -> str:
    """The dotted name of an expression with its calls and subscripts stripped, "" when it is anything else."""
    parts: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return ""
    return ".".join([node.id, *reversed(parts)])


def _span(lexed: Lexed, node: ast.stmt) -> Span:
    """The place of a statement; the tree counts columns in bytes of UTF-8."""
    line, column, end_line, end_column = node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0
    if lexed.text.isascii():
        return Span(line, column + 1, end_line, end_column + 1)
    return Span(line, _column(lexed, line, column), end_line, _column(lexed, end_line, end_column))


def _column(lexed: Lexed, line: int, offset: int) -> int:
    """The 1-based column of a byte offset in a line."""
    text = lexed.lines[line - 1]
    return (offset if text.isascii() else len(text.encode()[:offset].decode("utf-8", "replace"))) + 1


def _exports_nothing(tree: ast.Module) -> bool:
    """Whether there are only docstrings, `pass` and imports, also under `if` and `try`."""
    pending = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.If, ast.Try)):
            pending += [statement for block in _BLOCKS[type(node)](node) for statement in block]
        elif not _inert(node):
            return False
    return True


def _inert(node: ast.stmt) -> bool:
    constant = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return constant or isinstance(node, (ast.Import, ast.ImportFrom, ast.Pass))


def _of_with(node: Any) -> list[list[ast.stmt]]:
    return [node.body]


def _of_branch(node: Any) -> list[list[ast.stmt]]:
    return [node.orelse, node.body]


def _of_try(node: Any) -> list[list[ast.stmt]]:
    return [node.finalbody, node.orelse, *[handler.body for handler in reversed(node.handlers)], node.body]


def _of_match(node: Any) -> list[list[ast.stmt]]:
    return [case.body for case in reversed(node.cases)]


_IMPORTS = frozenset({ast.Import, ast.ImportFrom})
_BLOCKS: dict[type, Callable[[Any], list[list[ast.stmt]]]] = {  # the last block of a statement comes first
    **dict.fromkeys((ast.With, ast.AsyncWith), _of_with),
    **dict.fromkeys((ast.If, ast.For, ast.AsyncFor, ast.While), _of_branch),
    ast.Try: _of_try,
    ast.Match: _of_match,
}
if hasattr(ast, "TryStar"):  # since Python 3.11
    _BLOCKS[ast.TryStar] = _of_try
