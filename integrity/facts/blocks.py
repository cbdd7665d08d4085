"""The scopes of a module and what stands around each statement, from one walk over the statements.

Expressions are left alone, but for the targets of assignments. What has to be looked at in them is queued: `uses`
decides which of it is worth a look.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from integrity.facts.guards import Guards
from integrity.facts.symbols import BUILTINS, NameKind, Ref

_DEFINERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_LOOPS = (ast.For, ast.AsyncFor)
_ANY_TIME = 1 << 30  # as a line: behind everything
_WITHS = (ast.With, ast.AsyncWith)


class Binding(NamedTuple):
    """One place that binds a name; `node` is the definition of a function or class."""

    kind: NameKind
    line: int
    origin: Ref | None = None
    node: ast.AST | None = None


@dataclass(eq=False)
class Scope:
    """A module, class or function.

    Attributes:
        node: its tree.
        parent: the scope around it.
        guard: what stands around its body.
        names: what is bound in it.
        shared: names that it declares `global` or `nonlocal`.
        stores: attributes set in it, functions inside a class counting for the class.
    """

    node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    parent: Scope | None = None
    guard: int = -1
    names: dict[str, list[Binding]] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    stores: list[ast.Attribute] = field(default_factory=list)
    _meanings: dict[str, Ref | None] = field(default_factory=dict)

    @property
    def is_class(self) -> bool:
        """Whether this is the body of a class."""
        return isinstance(self.node, ast.ClassDef)

    def bind(self, name: str, binding: Binding) -> None:
        """Note a binding."""
        self.names.setdefault(name, []).append(binding)

    def resolve(self, name: str) -> Ref | None:
        """What a name means here, None when that is not clear; what nothing binds is a builtin."""
        scope: Scope | None = self
        while scope:
            if name in scope.names and (scope is self or not scope.is_class):
                return scope.meaning(name)
            scope = scope.parent
        return Ref(BUILTINS, name)

    def meaning(self, name: str) -> Ref | None:
        """The one thing that a name bound here stands for; to be asked when all bindings are known."""
        if name not in self._meanings:
            self._meanings[name] = _meaning(name, self)
        return self._meanings[name]

    def qualname(self) -> str:
        """The dotted path of a class of classes, "" for what stands inside a function."""
        parts: list[str] = []
        scope: Scope | None = self
        while scope and not isinstance(scope.node, ast.Module):
            if not isinstance(scope.node, ast.ClassDef):
                return ""
            parts.append(scope.node.name)
            scope = scope.parent
        return ".".join(reversed(parts))


def _meaning(name: str, scope: Scope) -> Ref | None:
    """The one thing that a name of a scope stands for."""
    bindings = scope.names[name]
    first = bindings[0]
    if first.kind is NameKind.IMPORT:
        return first.origin if all(one.origin == first.origin for one in bindings) else None
    defined = first.kind in (NameKind.FUNCTION, NameKind.CLASS) and len(bindings) == 1
    if defined and isinstance(scope.node, ast.Module):
        return Ref("", name)
    return None


class Place(NamedTuple):
    """Something to look at: expressions or one whole simple statement, and the lines they cover."""

    nodes: Sequence[ast.AST]
    scope: Scope
    guard: int
    first: int
    last: int


@dataclass
class Blocks:
    """Everything that the walk finds.

    Attributes:
        module: the scope of the module.
        scopes: all scopes, the module first.
        places: expressions and simple statements, in no particular order.
        imports: import statements with their scope and guard.
        guards: what stands around things.
        stars: the modules of star imports at module level, and their lines.
    """

    module: Scope
    scopes: list[Scope] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    imports: list[tuple[ast.Import | ast.ImportFrom, Scope, int]] = field(default_factory=list)
    guards: Guards = field(default_factory=Guards)
    stars: list[tuple[str, int]] = field(default_factory=list)

    def add(self, nodes: Sequence[ast.AST | None], scope: Scope, guard: int, first: int, last: int) -> None:
        """Queue expressions."""
        self.places.append(Place([node for node in nodes if node], scope, guard, first, last))


def blocks_of(tree: ast.Module) -> Blocks:
    """Walk a module."""
    module = Scope(tree)
    found = Blocks(module, [module])
    stack: list[tuple[Iterator[ast.stmt], Scope, int]] = [(iter(tree.body), module, -1)]
    while stack:
        statements, scope, guard = stack.pop()
        for node in statements:
            inner = _ENTER.get(type(node), _simple)(found, node, scope, guard)
            behind = found.guards.after(node, guard) if scope is module else guard
            if inner or behind != guard:
                stack.append((statements, scope, behind))
                stack += [(iter(block), where, around) for block, where, around in reversed(inner) if block]
                break
    _give_back(found)
    return found


_Inner = list[tuple[list[ast.stmt], Scope, int]]


def _simple(found: Blocks, node: ast.stmt, scope: Scope, guard: int) -> _Inner:
    found.places.append(Place((node,), scope, guard, node.lineno, node.end_lineno or 0))
    return []


def _import(found: Blocks, node: ast.Import, scope: Scope, guard: int) -> _Inner:
    found.imports.append((node, scope, guard))
    for alias in node.names:
        bound = alias.asname or alias.name.partition(".")[0]
        _bind(found, scope, guard, bound, _imported(node, Ref(alias.name if alias.asname else bound)))
    return []


def _import_from(found: Blocks, node: ast.ImportFrom, scope: Scope, guard: int) -> _Inner:
    found.imports.append((node, scope, guard))
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name != "*":
            _bind(found, scope, guard, alias.asname or alias.name, _imported(node, Ref(module, alias.name)))
        elif scope is found.module:
            found.stars.append((module, node.lineno))
    return []


def _imported(node: ast.stmt, origin: Ref) -> Binding:
    return Binding(NameKind.IMPORT, node.lineno, origin)


def _bind(found: Blocks, scope: Scope, guard: int, name: str, binding: Binding) -> None:
    """Note a binding, unless it is one for type checkers only."""
    if guard >= 0 and found.guards.never_runs(guard):
        binding = binding._replace(kind=NameKind.TYPING)
    scope.bind(name, binding)


def _define(found: Blocks, node: Any, scope: Scope, guard: int) -> _Inner:
    first = min([node.lineno, *[one.lineno for one in node.decorator_list]])
    inside = isinstance(node, ast.ClassDef)
    _bind(found, scope, guard, node.name, Binding(_KINDS[inside], node.lineno, node=node))
    body = guard if inside else found.guards.rebuilt(node, scope.node, found.guards.function(guard))
    inner = Scope(node, scope, body)
    found.scopes.append(inner)
    if inside:
        header = [*node.decorator_list, *node.bases, *[one.value for one in node.keywords]]
    else:
        header = [*node.decorator_list, *node.args.defaults, *node.args.kw_defaults]
        for parameter in _parameters(node.args):
            inner.bind(parameter.arg, Binding(NameKind.VALUE, node.lineno))
    found.add(header, scope, guard, first, node.body[0].lineno)
    return [(node.body, inner, inner.guard)]


def _parameters(node: ast.arguments) -> list[ast.arg]:
    rest = [one for one in (node.vararg, node.kwarg) if one]
    return [*node.posonlyargs, *node.args, *node.kwonlyargs, *rest]


def _assign(found: Blocks, node: Any, scope: Scope, guard: int) -> _Inner:
    """Assignments; one that only annotates binds nothing."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    if node.value is not None:
        _bind_targets(found, targets, scope, guard)
        found.add([*targets, node.value], scope, guard, node.lineno, node.end_lineno)
    elif isinstance(node.target, ast.Name) and not isinstance(scope.node, (ast.Module, ast.ClassDef)):
        scope.bind(node.target.id, Binding(NameKind.VALUE, node.lineno))
    return []


def _bind_targets(found: Blocks, targets: Sequence[ast.expr | None], scope: Scope, guard: int) -> None:
    """Note the names and attributes that targets bind."""
    pending = list(targets)
    while pending:
        target = pending.pop()
        if isinstance(target, ast.Name):
            _bind(found, scope, guard, target.id, Binding(NameKind.VALUE, target.lineno))
        elif isinstance(target, ast.Attribute):
            scope.stores.append(target)
        elif isinstance(target, (ast.Tuple, ast.List)):
            pending += target.elts
        elif isinstance(target, ast.Starred):
            pending.append(target.value)


def _delete(found: Blocks, node: ast.Delete, scope: Scope, guard: int) -> _Inner:
    kind = NameKind.DELETED if guard < 0 and scope is found.module else NameKind.VALUE
    for target in node.targets:
        if isinstance(target, ast.Name) and (kind is NameKind.DELETED or scope is not found.module):
            scope.bind(target.id, Binding(kind, node.lineno))
    found.add(node.targets, scope, guard, node.lineno, node.end_lineno or 0)
    return []


def _shared(_found: Blocks, node: ast.Global | ast.Nonlocal, scope: Scope, _guard: int) -> _Inner:
    scope.shared.update(node.names)
    return []


def _loop(found: Blocks, node: Any, scope: Scope, guard: int) -> _Inner:
    inner = found.guards.condition(scope.node, guard)
    if isinstance(node, _LOOPS):
        _bind_targets(found, [node.target], scope, guard)
        found.add([node.target, node.iter], scope, guard, node.lineno, node.body[0].lineno)
    else:
        found.add([node.test], scope, guard, node.lineno, node.body[0].lineno)
    return [(node.body, scope, inner), (node.orelse, scope, inner)]


def _with(found: Blocks, node: Any, scope: Scope, guard: int) -> _Inner:
    _bind_targets(found, [item.optional_vars for item in node.items], scope, guard)
    parts = [part for item in node.items for part in (item.context_expr, item.optional_vars)]
    found.add(parts, scope, guard, node.lineno, node.body[0].lineno)
    return [(node.body, scope, found.guards.with_statement(node, guard))]


def _if(found: Blocks, node: ast.If, scope: Scope, guard: int) -> _Inner:
    found.add([node.test], scope, guard, node.lineno, node.body[0].lineno)
    body, orelse = found.guards.branches(node, scope.node, guard)
    return [(node.body, scope, body), (node.orelse, scope, orelse)]


def _try(found: Blocks, node: Any, scope: Scope, guard: int) -> _Inner:
    inner: _Inner = [(node.body, scope, found.guards.tried(node, guard))]
    for handler in node.handlers:
        if handler.name and not isinstance(scope.node, ast.Module):
            scope.bind(handler.name, Binding(NameKind.VALUE, handler.lineno))
        found.add([handler.type], scope, guard, handler.lineno, handler.body[0].lineno)
        inner.append((handler.body, scope, found.guards.handled(handler, guard)))
    return [*inner, (node.orelse, scope, guard), (node.finalbody, scope, guard)]


def _match(found: Blocks, node: ast.Match, scope: Scope, guard: int) -> _Inner:
    found.add([node.subject], scope, guard, node.lineno, node.cases[0].pattern.lineno)
    inner = found.guards.condition(scope.node, guard)
    for case in node.cases:
        found.add([case.pattern, case.guard], scope, guard, case.pattern.lineno, case.body[0].lineno)
        for part in ast.walk(case.pattern):
            name = getattr(part, "name", None) or getattr(part, "rest", None)
            if isinstance(name, str):
                _bind(found, scope, guard, name, Binding(NameKind.VALUE, case.pattern.lineno))
    return [(case.body, scope, inner) for case in node.cases]


def _leave(_found: Blocks, _node: ast.stmt, _scope: Scope, _guard: int) -> _Inner:
    return []


def _give_back(found: Blocks) -> None:
    """Move what functions bind globally to the module."""
    for scope in found.scopes:
        for name in sorted(scope.shared):  # a set of texts has another order in each process
            bindings = scope.names.pop(name, ())
            if bindings:
                found.module.bind(name, Binding(NameKind.VALUE, _ANY_TIME))


_KINDS = (NameKind.FUNCTION, NameKind.CLASS)
_ENTER: dict[type, Callable[..., _Inner]] = {
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.Delete: _delete,
    ast.If: _if,
    ast.Try: _try,
    ast.Match: _match,
    **dict.fromkeys(_DEFINERS, _define),
    **dict.fromkeys((ast.Assign, ast.AugAssign, ast.AnnAssign), _assign),
    **dict.fromkeys((ast.Global, ast.Nonlocal), _shared),
    **dict.fromkeys((ast.For, ast.AsyncFor, ast.While), _loop),
    **dict.fromkeys(_WITHS, _with),
    **dict.fromkeys((ast.Pass, ast.Break, ast.Continue), _leave),
}
if hasattr(ast, "TryStar"):  # since Python 3.11
    _ENTER[ast.TryStar] = _try
