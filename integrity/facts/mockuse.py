"""Which functions of a file make or take mocks, and what `pytestmark` says; asked for by the policies of projects."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from integrity.facts.definitions import Walk
from integrity.facts.expressions import dotted, nodes, text_of
from integrity.facts.flaws import span_of
from integrity.facts.lexical import Lexed, holds
from integrity.facts.outline import FUNCTIONS, Function, Outline
from integrity.facts.places import printable
from integrity.facts.switches import MockUse

_MODULES = frozenset({"mock", "unittest.mock", "pytest_mock", "asynctest", "flexmock", "doublex"})
_FIXTURES = frozenset({"mocker", "class_mocker", "module_mocker", "package_mocker", "session_mocker"})


def mock_uses(lexed: Lexed, outline: Outline, found: Walk) -> tuple[MockUse, ...]:
    """The functions that make or take a mock, in order of place.

    Args:
        lexed: the text that was parsed.
        outline: its blocks.
        found: its definitions and imports.
    """
    if "mock" not in lexed.lower:
        return ()
    names = frozenset(
        one.bound for one in found.imports if one.module in _MODULES or f"{one.module}.{one.name}" in _MODULES
    )
    uses = []
    words = ("unittest", *names)
    for function, index in _functions(outline):
        text = text_of(lexed, function)
        if text.isascii() and "mocker" not in text and not any(holds(text, word) for word in words):
            continue
        node = next(_mocks(function, names), None)
        if node is not None:
            span = span_of(lexed, node)
            uses.append(MockUse(index, span, printable(lexed.lines[span.line - 1])))
    return tuple(sorted(uses, key=lambda one: one.span))


def marks(outline: Outline) -> tuple[tuple[int, str], ...]:
    """Per mark of `pytestmark` the index of the class, -1 for the module, and its name."""
    return tuple(
        (block.owner, dotted(mark).rpartition(".")[2])
        for block in outline.blocks
        for one in block.statements
        if isinstance(one, ast.Assign) and any(dotted(target) == "pytestmark" for target in one.targets)
        for mark in (one.value.elts if isinstance(one.value, (ast.List, ast.Tuple)) else [one.value])
    )


def _functions(outline: Outline) -> Iterator[tuple[Function, int]]:
    for block in outline.blocks:
        for one in block.statements:
            if isinstance(one, FUNCTIONS):
                yield one, outline.index(one)


def _mocks(function: Function, names: frozenset[str]) -> Iterator[ast.AST]:
    """The mocks of a function: parameters that a plugin fills, decorators, and what it names."""
    arguments = function.args
    yield from (one for one in (*arguments.args, *arguments.kwonlyargs) if one.arg in _FIXTURES)
    found = [one for one in nodes(function) if _is_mock(one, names)]
    yield from sorted(found, key=lambda one: (one.lineno, one.col_offset))  # type: ignore[attr-defined]


def _is_mock(node: ast.AST, names: frozenset[str]) -> bool:
    kind = type(node)
    if kind is ast.Name:
        return node.id in names and node.id != "unittest"  # type: ignore[attr-defined]
    return kind is ast.Attribute and node.attr == "mock" and dotted(node) == "unittest.mock"  # type: ignore[attr-defined]
