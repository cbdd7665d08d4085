"""One walk over a tree that files every name, import and assignment in the tables of `scopes`.

Nothing recurses, and order does not matter: what a name means is decided by position once all is known.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from integrity.facts.scopes import START, Binding, Names, Position, Scope

_END: Position = (1 << 60, 0)
_SELF = frozenset({"self", "cls"})
_BLOCKS = ("body", "orelse", "finalbody")
_LEAVES = frozenset({"ctx", "op", "ops", "id", "attr", "arg", "kind", "type_comment"})
_fields: dict[type, tuple[str, ...]] = {}


class _Place(NamedTuple):
    """The scope around a node, and the end of the block of statements that it stands in."""

    scope: Scope
    block_end: Position


_Child = tuple[ast.AST, _Place]
_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


def names_of(tree: ast.Module) -> Names:
    """The names of a module, ready to be asked."""
    walker = _Walker(Names(Scope(tree, None)))
    walker.walk(tree)
    walker.names.give_back()
    return walker.names


@dataclass
class _Walker:
    """The tables being filled, and the values of assignment targets not yet met."""

    names: Names
    values: dict[ast.AST, ast.expr] = field(default_factory=dict)

    def walk(self, tree: ast.Module) -> None:
        parents = self.names.parents
        top = _Place(self.names.module, _END)
        stack: list[_Child] = [(node, top) for node in tree.body]
        while stack:
            node, place = stack.pop()
            enter = _ENTER.get(type(node))
            children = enter(self, node, place) if enter else _all(node, place)
            for child, _ in children:
                parents[child] = node
            stack += children

    def name(self, node: ast.Name, place: _Place) -> list[_Child]:
        if isinstance(node.ctx, ast.Load) or isinstance(self.names.parents.get(node), ast.AugAssign):
            self.names.loads.setdefault(node.id, {})[node] = place.scope
        elif isinstance(node.ctx, ast.Store):
            self._target(node.id, node, place)
        return []

    def attribute(self, node: ast.Attribute, place: _Place) -> list[_Child]:
        if isinstance(node.value, ast.Name) and node.value.id in _SELF:
            owner = next((scope for scope in place.scope.chain if scope.is_class), None)
            if isinstance(node.ctx, ast.Load):
                self.names.loads.setdefault("." + node.attr, {})[node] = place.scope
            elif owner and node in self.values:
                self.names.bind(Binding("." + node.attr, owner, self.values.pop(node), START, START))
        elif node.attr == "os":
            self.names.dotted.append(node)
        return [(node.value, place)]

    def _target(self, name: str, node: ast.Name, place: _Place) -> None:
        statement: ast.AST = self.names.parents.get(node, node)
        while isinstance(statement, (ast.Tuple, ast.List, ast.Starred)):
            statement = self.names.parents.get(statement, node)
        if isinstance(statement, ast.NamedExpr):
            place = place._replace(scope=place.scope.home)
        assigns = isinstance(statement, (ast.Assign, ast.AnnAssign, ast.NamedExpr))
        self._bind(name, place, _end(statement if assigns else node), self.values.pop(node, None))

    def _bind(self, name: str, place: _Place, position: Position, source: ast.AST | None = None) -> None:
        self.names.bind(Binding(name, place.scope, source, position, place.block_end))

    def assign(self, node: ast.Assign, place: _Place) -> list[_Child]:
        for target in node.targets:
            self.values.update(_pairs(target, node.value))
        return _all(node, place)

    def annotated(self, node: ast.AnnAssign, place: _Place) -> list[_Child]:
        if node.value is None:
            return [(node.annotation, place)]
        self.values.update(_pairs(node.target, node.value))
        return _all(node, place)

    def walrus(self, node: ast.NamedExpr, place: _Place) -> list[_Child]:
        self.values[node.target] = node.value
        return _all(node, place)

    def imports(self, node: ast.Import | ast.ImportFrom, place: _Place) -> list[_Child]:
        for alias in node.names:
            self.names.parents[alias] = node
            self.names.imports.append(alias)
            if alias.name != "*":
                self._bind(alias.asname or alias.name.partition(".")[0], place, _end(node), alias)
        return []

    def shared(self, node: ast.Global | ast.Nonlocal, place: _Place) -> list[_Child]:
        self.names.share(place.scope, node.names, "global" if isinstance(node, ast.Global) else "nonlocal")
        return []

    def call(self, node: ast.Call, place: _Place) -> list[_Child]:
        if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
            self.names.quoting.append(node)
        return _all(node, place)

    def function(self, node: _Function, place: _Place) -> list[_Child]:
        inner = _Place(Scope(node, place.scope), _END)
        parameters = node.args
        for parameter, default in _parameters(parameters):
            self._bind(parameter.arg, inner, START, default)
        body: Iterable[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else node.body
        if not isinstance(node, ast.Lambda):
            self._bind(node.name, place, (node.lineno, node.col_offset))
        return [*_all(node, place, without="body"), *[(child, inner) for child in body]]

    def class_(self, node: ast.ClassDef, place: _Place) -> list[_Child]:
        self._bind(node.name, place, _end(node))
        inner = _Place(Scope(node, place.scope), _END)
        return [*_all(node, place, without="body"), *[(child, inner) for child in node.body]]

    def comprehension(self, node: _Comprehension, place: _Place) -> list[_Child]:
        return _all(node, _Place(Scope(node, place.scope), place.block_end))

    def generator(self, node: ast.comprehension, place: _Place) -> list[_Child]:
        owner, outer = self.names.parents[node], place.scope.parent
        if outer is None or not isinstance(owner, _Comprehension) or owner.generators[0] is not node:
            return _all(node, place)
        # The first iterable is evaluated where the comprehension stands.
        return [(node.iter, _Place(outer, place.block_end)), *_all(node, place, without="iter")]

    def handler(self, node: ast.ExceptHandler, place: _Place) -> list[_Child]:
        if node.name:
            self._bind(node.name, place, (node.lineno, node.col_offset))
        return self.blocks(node, place)

    def capture(self, node: ast.MatchAs | ast.MatchStar | ast.MatchMapping, place: _Place) -> list[_Child]:
        name = node.rest if isinstance(node, ast.MatchMapping) else node.name
        if name:
            self._bind(name, place, _end(node))
        return _all(node, place)

    def blocks(self, node: ast.AST, place: _Place) -> list[_Child]:
        """The parts of a statement whose blocks may be skipped: what they bind holds for certain only inside."""
        children: list[_Child] = []
        for name in _fields_of(node):
            part = getattr(node, name, None)
            if name in _BLOCKS and isinstance(part, list):
                inner = place._replace(block_end=_end(part[-1])) if part else place
                children += [(child, inner) for child in part]
            else:
                children += [(child, place) for child in _nodes(part)]
        return children


def _end(node: ast.AST) -> Position:
    """Line and byte offset at which a statement or expression ends."""
    return (getattr(node, "end_lineno", None) or 0, getattr(node, "end_col_offset", None) or 0)


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Every name or attribute that an assignment binds, with its value where the two can be matched."""
    pending = [(target, value)]
    while pending:
        target, value = pending.pop()
        if isinstance(target, (ast.Name, ast.Attribute)):
            yield target, value
        elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
            starred = any(isinstance(item, ast.Starred) for item in [*target.elts, *value.elts])
            if not starred and len(target.elts) == len(value.elts):
                pending += zip(target.elts, value.elts, strict=True)


def _parameters(node: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr | None]]:
    """Every parameter with its default, None when it has none."""
    positional = [*node.posonlyargs, *node.args]
    required = [None] * (len(positional) - len(node.defaults))
    yield from zip(positional, [*required, *node.defaults], strict=True)
    yield from zip(node.kwonlyargs, node.kw_defaults, strict=True)
    yield from ((parameter, None) for parameter in (node.vararg, node.kwarg) if parameter)


def _all(node: ast.AST, place: _Place, *, without: str = "") -> list[_Child]:
    """The children that can hold names, all in the same place."""
    children: list[_Child] = []
    for name in _fields_of(node):
        if name == without:
            continue
        part = getattr(node, name, None)
        if isinstance(part, list):
            children += [(item, place) for item in part if isinstance(item, ast.AST)]
        elif isinstance(part, ast.AST):
            children.append((part, place))
    return children


def _nodes(part: object) -> list[ast.AST]:
    """The nodes in a field of a node."""
    return [item for item in (part if isinstance(part, list) else [part]) if isinstance(item, ast.AST)]


def _fields_of(node: ast.AST) -> tuple[str, ...]:
    """The fields of a node that can hold names."""
    kind = type(node)
    if kind not in _fields:
        _fields[kind] = tuple(name for name in node._fields if name not in _LEAVES)
    return _fields[kind]


_ENTER: dict[type, Callable[..., list[_Child]]] = {
    ast.Name: _Walker.name,
    ast.Constant: lambda *_: [],
    ast.Attribute: _Walker.attribute,
    ast.Call: _Walker.call,
    ast.Assign: _Walker.assign,
    ast.AnnAssign: _Walker.annotated,
    ast.NamedExpr: _Walker.walrus,
    ast.ClassDef: _Walker.class_,
    ast.comprehension: _Walker.generator,
    ast.ExceptHandler: _Walker.handler,
    **dict.fromkeys((ast.Import, ast.ImportFrom), _Walker.imports),
    **dict.fromkeys((ast.Global, ast.Nonlocal), _Walker.shared),
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda), _Walker.function),
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp), _Walker.comprehension),
    **dict.fromkeys((ast.MatchAs, ast.MatchStar, ast.MatchMapping), _Walker.capture),
    **dict.fromkeys((ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.match_case), _Walker.blocks),
}
if hasattr(ast, "TryStar"):  # Python 3.11
    _ENTER[ast.TryStar] = _Walker.blocks
