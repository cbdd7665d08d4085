"""Where each name of a module is bound, to which expression, and which uses can see that binding.

Reaching is decided by position: inside one scope a binding hides the earlier ones from what follows it in its own
block, while bindings in other branches add up; from a nested scope every binding can be seen. Loops are read once, as
if they were straight text. `names` fills these tables in one walk.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

Position = tuple[int, int]
Use = ast.Name | ast.Attribute

START: Position = (0, 0)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
# A use sees at most so many bindings; it keeps generated files, with thousands of one name, linear.
_MOST = 32


@dataclass(eq=False)
class Scope:
    """A module, function (lambdas too), class or comprehension.

    Attributes:
        node: the tree of the scope.
        parent: the enclosing scope, None for the module.
        bindings: name to its bindings in this scope; `.name` stands for an attribute of `self`, in classes only.
        shared: names declared `global` or `nonlocal`, with that word.
    """

    node: ast.AST
    parent: Scope | None
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)

    @property
    def is_class(self) -> bool:
        """Whether this is the body of a class, whose names nested scopes cannot see."""
        return isinstance(self.node, ast.ClassDef)

    @property
    def home(self) -> Scope:
        """The scope in whose order of execution this one runs: a comprehension runs where it stands."""
        return next(s for s in self.chain if s.parent is None or not isinstance(s.node, _COMPREHENSIONS))

    @property
    def chain(self) -> Iterator[Scope]:
        """The scope and those around it, innermost first."""
        scope: Scope | None = self
        while scope:
            yield scope
            scope = scope.parent


@dataclass(eq=False)
class Binding:
    """One place that gives a name a value.

    Attributes:
        name: the name, or `.name` for an attribute of `self`.
        scope: the scope that the name belongs to.
        source: the expression whose value it is, or the `ast.alias` of an import; None for anything else.
        position: line and byte offset from which it holds.
        block_end: the end of the block of statements in which it stands, likewise.
    """

    name: str
    scope: Scope
    source: ast.AST | None
    position: Position
    block_end: Position


@dataclass
class Names:
    """Every name of a module with its bindings and uses.

    Attributes:
        module: the scope of the module.
        parents: every node that can hold a name to the node around it.
        bound: a source (see `Binding`) to its bindings.
        loads: name to its uses, each with the scope in which it stands.
        imports: the names of import statements, in no particular order.
        quoting: calls whose first argument is a string.
        dotted: attributes called `os`: the module of that name, seen through another one that imported it.
    """

    module: Scope
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    bound: dict[ast.AST, list[Binding]] = field(default_factory=dict)
    loads: dict[str, dict[Use, Scope]] = field(default_factory=dict)
    imports: list[ast.alias] = field(default_factory=list)
    quoting: list[ast.Call] = field(default_factory=list)
    dotted: list[ast.Attribute] = field(default_factory=list)
    _sharing: list[Scope] = field(default_factory=list)
    _reached: dict[tuple[int, str], dict[Binding, list[Use]]] = field(default_factory=dict)

    def bind(self, binding: Binding) -> None:
        """Note a binding; a class's own names are also attributes of its instances."""
        self._add(binding)
        if binding.scope.is_class and binding.name[0] != ".":
            self._add(Binding("." + binding.name, binding.scope, binding.source, START, START))

    def share(self, scope: Scope, names: list[str], word: str) -> None:
        """Note a `global` or `nonlocal` declaration."""
        scope.shared.update(dict.fromkeys(names, word))
        self._sharing.append(scope)

    def give_back(self) -> None:
        """Move the bindings of shared names to the scope that owns them, where order says nothing."""
        for scope in self._sharing:
            for name, word in scope.shared.items():
                owner = self.module if word == "global" else self._nonlocal(scope, name)
                for binding in scope.bindings.pop(name, ()):
                    binding.scope, binding.position, binding.block_end = owner, START, START
                    owner.bindings.setdefault(name, []).append(binding)

    def uses(self, source: ast.AST) -> list[Use]:
        """The places that can read the value of an expression (or import) through the names it is bound to."""
        return [use for binding in self.bound.get(source, ()) for use in self._uses(binding)]

    def free(self, name: str) -> list[Use]:
        """The uses of a name that nothing in the module binds."""
        return [use for use, scope in self.loads.get(name, {}).items() if self._owner(scope, name) is None]

    def source(self, use: ast.AST) -> ast.AST | None:
        """The expression that a name (or attribute of `self`) stands for, None unless it has exactly one binding."""
        name = use.id if isinstance(use, ast.Name) else f".{use.attr}" if isinstance(use, ast.Attribute) else ""
        scope = self.loads.get(name, {}).get(use)  # type: ignore[call-overload]
        owner = self._owner(scope, name) if scope else None
        bindings = owner.bindings[name] if owner else []
        return bindings[0].source if len(bindings) == 1 else None

    def _add(self, binding: Binding) -> None:
        binding.scope.bindings.setdefault(binding.name, []).append(binding)
        if binding.source is not None:
            self.bound.setdefault(binding.source, []).append(binding)

    def _nonlocal(self, scope: Scope, name: str) -> Scope:
        outer = (s for s in scope.chain if s is not scope and isinstance(s.node, _FUNCTIONS) and name in s.bindings)
        return next(outer, self.module)

    def _owner(self, scope: Scope, name: str) -> Scope | None:
        """The scope whose binding of the name is meant, None when there is none."""
        for candidate in scope.chain:
            if candidate.shared.get(name) == "global":
                return self.module if name in self.module.bindings else None
            visible = candidate is scope or not candidate.is_class or name[0] == "."
            if visible and name in candidate.bindings:
                return candidate
        return None

    def _uses(self, binding: Binding) -> list[Use]:
        key = (id(binding.scope), binding.name)
        if key not in self._reached:
            self._reached[key] = self._resolve(binding.scope, binding.name)
        return self._reached[key].get(binding, [])

    def _resolve(self, scope: Scope, name: str) -> dict[Binding, list[Use]]:
        """Every binding of a name in a scope with the uses that can see it."""
        rivals = sorted(scope.bindings[name], key=lambda binding: binding.position)
        positions = [binding.position for binding in rivals]
        reached: dict[Binding, list[Use]] = {}
        for use, where in self.loads.get(name, {}).items():
            if self._owner(where, name) is scope:
                earlier = bisect_right(positions, (use.lineno, use.col_offset)) if where.home is scope.home else 0
                for binding in _live(rivals[max(0, earlier - _MOST) : earlier], use) or rivals[-_MOST:]:
                    reached.setdefault(binding, []).append(use)
        return reached


def _live(earlier: list[Binding], use: Use) -> list[Binding]:
    """Of the bindings before a use, those back to the nearest one that cannot have been skipped."""
    live: list[Binding] = []
    for binding in reversed(earlier):
        live.append(binding)
        if (use.lineno, use.col_offset) <= binding.block_end:
            break
    return live
