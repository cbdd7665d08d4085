"""Reads statements that bind and unbind names: imports, assignments, `del`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from integrity.facts.importtime.blocks import Blocks
from integrity.facts.importtime.shapes import (
    literal_texts,
    target_names,
)
from integrity.facts.program import (
    Assign,
    Group,
    Import,
    ImportSite,
    Literal,
    Name,
    Run,
    SetAttribute,
    Step,
    Texts,
    Unbind,
    Value,
)
from integrity.model import Span


class Assignments(Blocks):
    """The part of a reader that is about names."""

    def import_(self, node: ast.Import) -> Iterator[Step]:
        """`import a.b as c`."""
        for alias in node.names:
            self.bind(alias.asname or alias.name.partition(".")[0])
            yield Import(self._site(node, ImportSite(alias.name, (), alias.asname or "", 0, Span(1))))

    def import_from(self, node: ast.ImportFrom) -> Iterator[Step]:
        """`from a import b`; `__future__` does nothing at run time."""
        names = tuple([(alias.name, alias.asname or alias.name) for alias in node.names])
        for _, bound in names:
            if bound != "*":
                self.bind(bound)
        if node.module != "__future__":
            yield Import(self._site(node, ImportSite(node.module or "", names, "", node.level, Span(1))))

    def assign(self, node: ast.Assign) -> Iterator[Step]:
        """`a = b = ...`."""
        value = self._assigned(node.targets, node.value)
        yield from self._store(node.targets, value)

    def _assigned(self, targets: Sequence[ast.expr], value: ast.expr) -> Value:
        """The value, kept as texts where it is the list of exported names."""
        if self.scope.kind == "module" and any(isinstance(one, ast.Name) and one.id == "__all__" for one in targets):
            texts = literal_texts(value)
            if texts is not None:
                return Texts(texts)
            return Group((self.value(value),))
        found = self.value(value)
        return None if isinstance(found, Literal) and isinstance(found.value, str) else found

    def _store(self, targets: Sequence[ast.expr], value: Value) -> Iterator[Step]:
        direct = [target.id for target in targets if isinstance(target, ast.Name)]
        others = [target for target in targets if not isinstance(target, ast.Name)]
        unpacked = [name for target in others for name in target_names(target)]
        for name in (*direct, *unpacked):
            self.bind(name)
        if direct or unpacked:
            yield Assign(tuple(direct), value, tuple(unpacked))
        elif value is not None and not any(isinstance(target, ast.Attribute) for target in others):
            yield Run(value)
        for target in others:
            yield from self._set(target, value)

    def _set(self, target: ast.expr, value: Value) -> Iterator[Step]:
        """Attributes and items assigned to."""
        if isinstance(target, ast.Attribute):
            yield SetAttribute(self.value(target.value), target.attr, value, target.lineno)
        elif isinstance(target, ast.Subscript):
            place = self._group([target.value, target.slice])
            if place is not None:
                yield Run(place)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for item in target.elts:
                yield from self._set(item, None)
        elif isinstance(target, ast.Starred):
            yield from self._set(target.value, None)

    def augmented(self, node: ast.AugAssign) -> Iterator[Step]:
        """`a += ...`."""
        value = self._group([node.value])
        if isinstance(node.target, ast.Name):
            self.bind(node.target.id)
            yield Assign((node.target.id,), Group((Name(node.target.id, node.lineno), value)))
        else:
            target = node.target
            held = self._group([target.value, target.slice] if isinstance(target, ast.Subscript) else [target.value])
            if held is not None or value is not None:
                yield Run(Group((held, value)))

    def annotated(self, node: ast.AnnAssign) -> Iterator[Step]:
        """`a: T = ...`; annotations are evaluated where that is so."""
        if node.value is not None:
            yield from self._store([node.target], self._assigned([node.target], node.value))
        elif not isinstance(node.target, ast.Name):
            yield from self._set(node.target, None)
        elif self.scope.kind == "function":
            self.bind(node.target.id)
        if self._eager and self.scope.kind != "function":
            annotation = self._run(self.value(node.annotation))
            if annotation is not None:
                yield Run(annotation, annotation=True)

    def delete(self, node: ast.Delete) -> Iterator[Step]:
        """`del a, b.c`."""
        pending = list(reversed(node.targets))
        while pending:
            target = pending.pop()
            if isinstance(target, ast.Name):
                self.bind(target.id)
                self._proof.unbound(target.id)
                yield Unbind(target.id, target.lineno)
            elif isinstance(target, (ast.Tuple, ast.List)):
                pending += reversed(target.elts)
            else:
                yield from self._set(target, None)

    def global_(self, node: ast.Global) -> Iterator[Step]:
        """`global a`."""
        self.scope.shared.update(node.names)
        yield from ()

    def nonlocal_(self, node: ast.Nonlocal) -> Iterator[Step]:
        """`nonlocal a`."""
        for name in node.names:
            self.scope.names.pop(name, None)
        yield from ()

    def alias(self, node: Any) -> Iterator[Step]:
        """`type X = ...`, whose value is evaluated when it is asked for."""
        self.bind(node.name.id)
        yield Assign((node.name.id,), None)
