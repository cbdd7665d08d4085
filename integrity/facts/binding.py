"""Runs through what a module does when it is imported, and tells what its names are bound to in the end.

Branches that cannot be decided add up. Nothing is executed, function bodies are not entered, and
a loop runs once or never.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from integrity.facts.expressions import nodes
from integrity.facts.lexical import Lexed
from integrity.facts.mentions import NEAR_TEST, alone, asserts, called_setups
from integrity.facts.namespace import Class, Ending, Function, Kind, Namespace, Texts, Value, Values

ABSENT = (Value(Kind.ABSENT),)
UNKNOWN = (Value(Kind.UNKNOWN),)
_PLAIN = Value(Kind.PLAIN)
_LISTS = frozenset({"__all__", "collect_ignore", "collect_ignore_glob", "pytest_plugins"})
_DECIDING = re.compile("test|runTest$|__(?:test|init|new)__$")
_PARAMETRIZE = Value(Kind.MARK, rest="parametrize")
_TRICKY = frozenset({"globals", "locals", "vars", "modules"})
_MARKABLE = {Kind.FUNCTION, Kind.CLASS}
_MOST_VALUES = 8
_DEEPEST = 40  # of attributes and nested calls in one expression
_PLAIN_EXPRESSIONS = (
    *(ast.Constant, ast.JoinedStr, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.Compare, ast.BinOp, ast.UnaryOp),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
_DROPS = frozenset({"deselected", "pytest_deselected", "remove", "clear", "pop"})


def namespace(tree: ast.Module, lexed: Lexed) -> Namespace:
    """The names of a module.

    Args:
        tree: what `ast.parse` made of it.
        lexed: the text that was parsed; asking it first spares most modules a walk over their expressions.
    """
    run = _Run()
    ended = run.block(tree.body, run.module)
    ending = Ending.NEVER if ended else run.ending
    names = {name: values for name, values in run.module.names.items() if values != ABSENT}
    marks = names.pop("pytestmark", ())
    functions, classes = tuple(run.functions), tuple(one.made() for one in run.classes)
    return Namespace(
        names=names,
        functions=functions,
        classes=classes,
        texts={name: one.made() for name, one in run.texts.items()},
        marks=marks,
        flags=run.flags,
        patched=tuple(run.patched),
        ending=ending,
        dynamic="" if _TRICKY.isdisjoint(lexed.words) else _dynamic(tree),
        alone=alone(names, functions, classes, lexed.text),
        setups=called_setups(lexed.text),
    )


class _Scope:
    """Names bound in a module, a class, or one branch inside one of them.

    Args:
        around: the scope that the branch belongs to, None for a module or class.
        enclosing: the scope that a class stands in.
    """

    def __init__(self, around: _Scope | None = None, enclosing: _Scope | None = None) -> None:
        self.names: dict[str, Values] = {}
        self.around = around
        self.enclosing = enclosing

    def bind(self, name: str, values: Values) -> None:
        """Bind a name; the last bound goes last."""
        self.names.pop(name, None)
        self.names[name] = values

    def own(self, name: str) -> Values:
        """What a name is bound to in the module or class itself."""
        scope: _Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.around
        return ABSENT

    def find(self, name: str) -> Values:
        """What a name means here."""
        values = self.own(name)
        if Value(Kind.ABSENT) not in values:
            return values
        outer = self._outer()
        others = outer.find(name) if outer else (Value(Kind.FREE, rest=name),)
        return _union([tuple(value for value in values if value.kind is not Kind.ABSENT), others])

    def _outer(self) -> _Scope | None:
        """The module around a class; names of a class are not seen in the classes inside it."""
        scope = self
        while scope.around is not None:
            scope = scope.around
        if scope.enclosing is None:
            return None
        outer = scope.enclosing
        while outer.around is not None or outer.enclosing is not None:
            outer = outer.around or outer.enclosing  # type: ignore[assignment]
        return outer


class _List:
    """A list of strings as far as it is built."""

    def __init__(self) -> None:
        self.certain: list[str] = []
        self.possible: list[str] = []
        self.complete = True

    def made(self) -> Texts:
        return Texts(tuple(self.certain), tuple(self.possible), self.complete)


class _Body:
    """A class being read."""

    def __init__(self, node: ast.ClassDef, scope: _Scope) -> None:
        self.node = node
        self.scope = scope
        self.bases: tuple[Values, ...] = ()
        self.decorators: tuple[Values, ...] = ()
        self.metaclass: Values = ()
        self.dynamic = False

    def made(self) -> Class:
        names = {name: values for name, values in self.scope.names.items() if values != ABSENT}
        return Class(self.node.name, self.node.lineno, self.bases, self.decorators, self.metaclass, names, self.dynamic)


class _Run:
    """A module being read."""

    def __init__(self) -> None:
        self.module = _Scope()
        self.functions: list[Function] = []
        self.classes: list[_Body] = []
        self.stars = 0
        self.texts: dict[str, _List] = {}
        self.flags: dict[int, Values] = {}
        self.lists: dict[str, ast.expr] = {}
        self.patched: list[Value] = []
        self.ending = Ending.REACHED

    def block(self, statements: Sequence[ast.stmt], scope: _Scope) -> bool:
        """Run statements; whether they end the module."""
        return any(self._statement(node, scope) for node in statements)

    def _statement(self, node: ast.stmt, scope: _Scope) -> bool:
        step = _STEPS.get(type(node))
        return bool(step and step(self, node, scope))

    def define(self, node: Any, scope: _Scope) -> None:
        """A function."""
        decorators = tuple(self.value(_called(one), scope) for one in node.decorator_list)
        drops = node.name.startswith("pytest_collection") and _drops(node)
        cases, asks = self._cases(node, decorators, method=scope.enclosing is not None)
        given = {keyword.arg for one in node.decorator_list if isinstance(one, ast.Call) for keyword in one.keywords}
        cases = 0 if "params" in given else cases
        coroutine = isinstance(node, ast.AsyncFunctionDef)
        checks = bool(NEAR_TEST.match(node.name)) and asserts(node)
        made = Function(node.name, node.lineno, decorators, cases, asks, "autouse" in given, drops, coroutine, checks)
        self.functions.append(made)
        scope.bind(node.name, (Value(Kind.FUNCTION, len(self.functions) - 1),))

    def _cases(self, node: Any, decorators: Sequence[Values], *, method: bool) -> tuple[int, tuple[str, ...]]:
        """How many cases literal parameters make, and the arguments that are none of them."""
        cases, given = 1, set()
        for decorator, values in zip(node.decorator_list, decorators, strict=True):
            if values == (_PARAMETRIZE,):
                names, count = _parameters(decorator)
                given |= names
                cases *= count
        required = [*node.args.posonlyargs, *node.args.args]
        required = required[: len(required) - len(node.args.defaults)]
        alone = any(_dotted(one) == "staticmethod" for one in node.decorator_list)
        asked = [one.arg for one in required[method and not alone :]]
        asked += [
            one.arg for one, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if not default
        ]
        return cases, tuple(name for name in asked if name not in given)

    def derive(self, node: ast.ClassDef, scope: _Scope) -> None:
        """A class."""
        body = _Body(node, _Scope(enclosing=scope))
        body.bases = tuple(self.value(_unsubscripted(base), scope) for base in node.bases)
        body.decorators = tuple(self.value(_called(one), scope) for one in node.decorator_list)
        for keyword in node.keywords:
            if keyword.arg in ("metaclass", None):
                body.metaclass = self.value(keyword.value, scope) if keyword.arg else UNKNOWN
        index = len(self.classes)
        self.classes.append(body)
        self.block(node.body, body.scope)
        scope.bind(node.name, (Value(Kind.CLASS, index),))

    def plain_import(self, node: ast.Import, scope: _Scope) -> None:
        """`import a.b` binds `a`, `import a.b as c` binds the module itself."""
        for alias in node.names:
            module = alias.name if alias.asname else alias.name.partition(".")[0]
            scope.bind(alias.asname or module, (Value(Kind.IMPORT, module=module),))

    def from_import(self, node: ast.ImportFrom, scope: _Scope) -> None:
        """`from a import b`, and stars."""
        module = "." * node.level + (node.module or "")
        for alias in node.names:
            if alias.name == "*":
                self.stars += 1
                scope.bind(f"*{self.stars}", (Value(Kind.IMPORT, module=module),))
            else:
                scope.bind(alias.asname or alias.name, (Value(Kind.IMPORT, module=module, rest=alias.name),))

    def assign(self, node: Any, scope: _Scope) -> bool:
        """An assignment to names and attributes."""
        if node.value is None:
            return False
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        values = UNKNOWN if isinstance(node, ast.AugAssign) else self.value(node.value, scope)
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(node.value, (ast.List, ast.Tuple)):
                self.lists[target.id] = node.value
            if isinstance(target, ast.Name) and target.id in _LISTS and scope.enclosing is None:
                self._extend(target.id, node.value, scope, fresh=not isinstance(node, ast.AugAssign))
            if isinstance(target, ast.Name) and target.id == "pytestmark":
                scope.bind(target.id, self._marks(node.value, scope))
            else:
                self._bind(target, values, scope)
        return self._ends(node.value)

    def delete(self, node: ast.Delete, scope: _Scope) -> None:
        """`del` of names."""
        for target in node.targets:
            self._bind(target, ABSENT, scope)

    def expression(self, node: ast.Expr, scope: _Scope) -> bool:
        """A call, or nothing that matters."""
        call = node.value
        if isinstance(call, ast.Call):
            name = _dotted(call.func)
            if name == "setattr" and call.args:
                self._set_attribute(call, scope)
            owner, _, method = name.rpartition(".")
            if owner in _LISTS and method in ("append", "extend") and call.args:
                self._extend(owner, call.args[0], scope)
            elif owner in _LISTS:
                self.texts.setdefault(owner, _List()).complete = False
        return self._ends(call)

    def raising(self, node: ast.Raise, _: _Scope) -> bool:
        """The module ends here, with an error that nobody overlooks unless it is a skip."""
        if node.exc is not None and "skip" in _dotted(node.exc).lower():
            self.ending = Ending.DOUBTFUL
        return True

    def branch(self, node: ast.If, scope: _Scope) -> bool:
        """An `if` with all that hang on it, each branch on its own."""
        bodies: list[list[ast.stmt]] = []
        rest: list[ast.stmt] = [node]
        while len(rest) == 1 and isinstance(rest[0], ast.If):
            test, taken = rest[0], _decided(rest[0].test)
            if taken is not False:
                bodies.append(test.body)
            rest = [] if taken else test.orelse
            if taken:
                break
        else:
            bodies.append(rest)
        return self._either(bodies, scope)

    def attempt(self, node: Any, scope: _Scope) -> bool:
        """A `try`: all of it, or a handler."""
        ended = self._either([[*node.body, *node.orelse], *[one.body for one in node.handlers]], scope)
        return self.block(node.finalbody, scope) or ended

    def loop(self, node: Any, scope: _Scope) -> bool:
        """A loop that may not run."""
        inner = [ast.Assign([node.target], ast.Name("")), *node.body] if hasattr(node, "target") else node.body
        self._either([inner, []], scope)
        return self.block(node.orelse, scope)

    def entered(self, node: Any, scope: _Scope) -> bool:
        """A `with`: it runs, unless it suppresses errors."""
        for item in node.items:
            if item.optional_vars is not None:
                self._bind(item.optional_vars, UNKNOWN, scope)
        suppresses = any("suppress" in _dotted(item.context_expr) for item in node.items)
        return self._either([node.body, []], scope) if suppresses else self.block(node.body, scope)

    def match(self, node: ast.Match, scope: _Scope) -> bool:
        """A `match`: one of the cases, or none."""
        return self._either([*[case.body for case in node.cases], []], scope)

    def value(self, node: ast.expr, scope: _Scope, depth: int = 0) -> Values:
        """What an expression may be."""
        if depth > _DEEPEST:
            return UNKNOWN
        if isinstance(node, ast.Name):
            return self._dated(scope.find(node.id))
        if isinstance(node, ast.Attribute):
            owners = self.value(node.value, scope, depth + 1)
            return _union([self._attribute(owner, node.attr) for owner in owners])
        if isinstance(node, ast.IfExp):
            return _union([self.value(one, scope, depth + 1) for one in (node.body, node.orelse)])
        if isinstance(node, (ast.Call, ast.Lambda)):
            return self._call(node, scope, depth)
        return (_constant(node),) if isinstance(node, _PLAIN_EXPRESSIONS) else UNKNOWN

    def _dated(self, values: Values) -> Values:
        """Values with the number of star imports so far, from which a free name may come."""
        if not self.stars:
            return values
        return tuple(Value(Kind.FREE, self.stars, rest=one.rest) if one.kind is Kind.FREE else one for one in values)

    def _call(self, node: ast.Call | ast.Lambda, scope: _Scope, depth: int) -> Values:
        """A lambda is a function; a call of a mark is a mark, or what is marked."""
        if isinstance(node, ast.Lambda):
            self.functions.append(Function("", node.lineno))
            return (Value(Kind.FUNCTION, len(self.functions) - 1),)
        called = self.value(node.func, scope, depth + 1)
        if any(one.kind is not Kind.MARK for one in called):
            return UNKNOWN
        marked = self.value(node.args[0], scope, depth + 1) if len(node.args) == 1 and not node.keywords else ()
        if isinstance(node.func, ast.Call) or (marked and {one.kind for one in marked} <= _MARKABLE):
            return marked or UNKNOWN
        return called

    def _attribute(self, owner: Value, name: str) -> Values:
        if owner.kind is Kind.IMPORT:
            rest = f"{owner.rest}.{name}" if owner.rest else name
            if owner.module == "pytest" and owner.rest == "mark":
                return (Value(Kind.MARK, rest=name),)
            return (Value(Kind.IMPORT, module=owner.module, rest=rest),)
        if owner.kind is Kind.FREE:
            return (Value(Kind.FREE, owner.index, rest=f"{owner.rest}.{name}"),)
        if owner.kind is Kind.CLASS:
            return tuple(one for one in self.classes[owner.index].scope.own(name) if one.kind is not Kind.ABSENT) or (
                UNKNOWN
            )
        return UNKNOWN

    def _bind(self, target: ast.expr, values: Values, scope: _Scope) -> None:
        if isinstance(target, ast.Name):
            scope.bind(target.id, values)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for one in target.elts:
                self._bind(one, UNKNOWN if values != ABSENT else ABSENT, scope)
        elif isinstance(target, ast.Starred):
            self._bind(target.value, UNKNOWN, scope)
        elif isinstance(target, ast.Attribute):
            self._store(self.value(target.value, scope), target.attr, values, certain=scope is self.module)

    def _store(self, owners: Values, name: str, values: Values, *, certain: bool) -> None:
        """Bind an attribute of what may be a class or function."""
        for owner in owners:
            if owner.kind is Kind.CLASS:
                names = self.classes[owner.index].scope.names
                sure = certain and len(owners) == 1
                names[name] = values if sure else _union([values, names.get(name, ABSENT)])
            elif owner.kind is Kind.FUNCTION and name == "__test__":
                self.flags[owner.index] = values
            elif owner.kind in (Kind.IMPORT, Kind.FREE) and _DECIDING.match(name):
                self.patched.append(owner)

    def _set_attribute(self, call: ast.Call, scope: _Scope) -> None:
        for owner in self.value(call.args[0], scope):
            if owner.kind is Kind.CLASS:
                self.classes[owner.index].dynamic = True

    def _extend(self, name: str, node: ast.expr | None, scope: _Scope, *, fresh: bool = False) -> None:
        """Add strings to one of the lists that matter."""
        found = self.texts.setdefault(name, _List())
        if fresh and scope is self.module:
            found.certain, found.possible, found.complete = [], [], True
        if isinstance(node, ast.Name):
            node = self.lists.get(node.id, node)
        literals = node.elts if isinstance(node, (ast.List, ast.Tuple, ast.Set)) else [node]
        for one in literals:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                (found.certain if scope is self.module else found.possible).append(one.value)
            else:
                found.complete = False

    def _marks(self, node: ast.expr, scope: _Scope) -> Values:
        parts = node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]
        return tuple(value for part in parts for value in self.value(_called(part), scope))

    def _ends(self, node: ast.expr) -> bool:
        """Whether a call ends the module; `pytest.importorskip` may."""
        if not isinstance(node, ast.Call):
            return False
        name = _dotted(node.func).rpartition(".")[2]
        if name == "importorskip":
            self.ending = Ending.DOUBTFUL
        given = {keyword.arg for keyword in node.keywords}
        if name != "skip" or "allow_module_level" not in given:
            return False
        self.ending = Ending.DOUBTFUL
        return True

    def _either(self, bodies: Sequence[Sequence[ast.stmt]], scope: _Scope) -> bool:
        """Run one of several blocks; whether all of them end the module."""
        branches = []
        for body in bodies:
            inner = _Scope(scope, scope.enclosing)
            if not self.block(body, inner):
                branches.append(inner)
        for name, values in _joined(branches, scope).items():
            scope.bind(name, values)
        return bool(bodies) and not branches


def _joined(branches: Sequence[_Scope], scope: _Scope) -> dict[str, Values]:
    """What the names are bound to behind branches of which one has run."""
    counts = Counter(name for branch in branches for name in branch.names)
    values: dict[str, list[Values]] = {name: [] for name in counts}
    for branch in branches:
        for name, found in branch.names.items():
            values[name].append(found)
    for name, count in counts.items():
        if count < len(branches):
            values[name].append(scope.own(name))
    return {name: _union(found) for name, found in values.items()}


def _union(parts: Iterable[Values]) -> Values:
    found = tuple(dict.fromkeys(value for part in parts for value in part))
    return found if len(found) <= _MOST_VALUES else UNKNOWN


def _parameters(decorator: ast.expr) -> tuple[set[str], int]:
    """The names that a `parametrize` gives values to, and the number of values; 0 when they are computed."""
    arguments = decorator.args if isinstance(decorator, ast.Call) else []
    if len(arguments) < 2:  # noqa: PLR2004 - names and values
        return set(), 0
    names, values = arguments[:2]
    parts = names.elts if isinstance(names, (ast.List, ast.Tuple)) else [names]
    texts = [one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    given = {name.strip() for text in texts for name in text.split(",")}
    literal = isinstance(values, (ast.List, ast.Tuple)) and len(texts) == len(parts)
    if not literal or any(isinstance(one, ast.Starred) for one in values.elts):  # type: ignore[attr-defined]
        return given, 0
    return given, max(1, len(values.elts))  # type: ignore[attr-defined] # without values there is a skipped case


def _constant(node: ast.expr) -> Value:
    if isinstance(node, ast.Constant):
        return Value(Kind.PLAIN, rest="True" if node.value is True else "", truth=bool(node.value))
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return Value(Kind.PLAIN, truth=bool(node.elts))
    return Value(Kind.PLAIN, truth=bool(node.keys)) if isinstance(node, ast.Dict) else _PLAIN


def _decided(test: ast.expr) -> bool | None:
    """What the condition of an `if` always is, None when it depends."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if _dotted(test).rpartition(".")[2] == "TYPE_CHECKING":
        return False
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__":
        return False
    return None


def _called(node: ast.expr) -> ast.expr:
    """A decorator without its arguments."""
    return node.func if isinstance(node, ast.Call) else node


def _unsubscripted(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Subscript) else node


def _dotted(node: ast.expr) -> str:
    """The dotted name of an expression, calls stripped; "" when it is anything else."""
    parts: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return ""
    return ".".join([node.id, *reversed(parts)])


def _drops(function: ast.AST) -> bool:
    """Whether a hook mentions what takes tests out of a collection."""
    for node in nodes(function):
        if isinstance(node, ast.Attribute) and node.attr in _DROPS:
            return True
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and isinstance(node.ctx, ast.Store):
            return True
    return False


def _dynamic(tree: ast.Module) -> str:
    """How the module binds names that cannot be read."""
    if not any(reason for node in nodes(tree) for reason in _tricks(node)):
        return ""
    return next((reason for node in ast.walk(tree) for reason in _tricks(node)), "")


def _tricks(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        if isinstance(node.value, ast.Call) and _dotted(node.value) in ("globals", "locals", "vars"):
            yield f"binds names through {_dotted(node.value)}()"
    elif isinstance(node, ast.Call):
        name = _dotted(node.func)
        if name in ("globals.update", "locals.update", "vars.update", "globals.setdefault", "globals.__setitem__"):
            yield f"binds names through {name.partition('.')[0]}()"
        elif name == "setattr" and node.args and _is_module_table(node.args[0]):
            yield "binds names through sys.modules"


def _is_module_table(node: ast.expr) -> bool:
    """Whether it is `sys.modules[...]`."""
    return isinstance(node, ast.Subscript) and _dotted(node.value) == "sys.modules"


_STEPS: dict[type, Callable[[_Run, Any, _Scope], object]] = {
    ast.FunctionDef: _Run.define,
    ast.AsyncFunctionDef: _Run.define,
    ast.ClassDef: _Run.derive,
    ast.Import: _Run.plain_import,
    ast.ImportFrom: _Run.from_import,
    ast.Assign: _Run.assign,
    ast.AnnAssign: _Run.assign,
    ast.AugAssign: _Run.assign,
    ast.Delete: _Run.delete,
    ast.Expr: _Run.expression,
    ast.Raise: _Run.raising,
    ast.If: _Run.branch,
    ast.Try: _Run.attempt,
    ast.For: _Run.loop,
    ast.AsyncFor: _Run.loop,
    ast.While: _Run.loop,
    ast.With: _Run.entered,
    ast.AsyncWith: _Run.entered,
    ast.Match: _Run.match,
}
if hasattr(ast, "TryStar"):  # since Python 3.11
    _STEPS[ast.TryStar] = _Run.attempt
