"""Reduces a syntax tree to its import-time program, in one walk.

Functions are most of any code, and hardly any runs at import, so their bodies are left out of the program at first:
only their imports are noted. `code` reads a module again with them. Expressions nested deeper than anybody writes
count as unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import msgspec

from integrity.facts.importtime.assignments import Assignments
from integrity.facts.importtime.definitions import Definitions
from integrity.facts.importtime.exports import exported_names, is_dynamic
from integrity.facts.importtime.flow import Flow
from integrity.facts.lexical import Lexed
from integrity.facts.model import Import as FoundImport
from integrity.facts.program import (
    Code,
    ImportSite,
    Program,
    Step,
)


def program(lexed: Lexed, tree: ast.Module) -> Program:
    """The import-time program of a module.

    Args:
        lexed: the text that was parsed.
        tree: what `ast.parse` made of it.
    """
    extractor = _Extractor(lexed, _postpones(tree), full=False)
    steps = extractor.block(tree.body, straight=True)
    names = tuple(extractor.scope.names)
    return Program(
        sites=tuple(extractor.sites),
        names=names,
        exports=exported_names(tree),
        dynamic=is_dynamic(lexed),
        lazy="__getattr__" in extractor.scope.names,
        calls=" ".join(extractor.calls),
        inner={name: " ".join(calls) for name, calls in extractor.inner.items() if calls},
        code=msgspec.msgpack.encode(extractor.code(steps)),
    )


def recovered(imports: Iterable[FoundImport], *, broken: bool) -> Program:
    """The program of a module of which no tree can be had: its imports, and no knowledge of its names.

    Args:
        imports: as recovered from the text.
        broken: whether every Python refuses the text, so that importing it fails.
    """
    sites = tuple(
        ImportSite(one.module, ((one.name, one.bound),) if one.name else (), one.bound, one.level, one.span)
        for one in imports
    )
    return Program(sites=sites, dynamic=True, broken=broken)


def code(lexed: Lexed, tree: ast.Module) -> Code:
    """What a module runs at import, with the bodies of its functions."""
    extractor = _Extractor(lexed, _postpones(tree), full=True)
    return extractor.code(extractor.block(tree.body, straight=True))


class _Extractor(Flow, Definitions):
    """Reads a whole module."""

    statements: ClassVar[dict[type, Callable[[Any, Any], Iterable[Step]]]] = {
        ast.Expr: Flow.expression,
        ast.Import: Assignments.import_,
        ast.ImportFrom: Assignments.import_from,
        ast.Assign: Assignments.assign,
        ast.AugAssign: Assignments.augmented,
        ast.AnnAssign: Assignments.annotated,
        ast.Delete: Assignments.delete,
        ast.If: Flow.if_,
        ast.Try: Flow.try_,
        ast.Match: Flow.match,
        ast.Assert: Flow.assert_,
        ast.Raise: Flow.raise_,
        ast.Return: Flow.return_,
        ast.Global: Assignments.global_,
        ast.Nonlocal: Assignments.nonlocal_,
        ast.ClassDef: Definitions.class_,
        **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef), Definitions.define),
        **dict.fromkeys((ast.With, ast.AsyncWith), Flow.with_),
        **dict.fromkeys((ast.For, ast.AsyncFor, ast.While), Flow.loop),
    }
    if hasattr(ast, "TryStar"):  # since Python 3.11
        statements[ast.TryStar] = Flow.try_
    if hasattr(ast, "TypeAlias"):  # since Python 3.12
        statements[ast.TypeAlias] = Assignments.alias


def _postpones(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(a.name == "annotations" for a in node.names)
        for node in tree.body[:20]
    )
