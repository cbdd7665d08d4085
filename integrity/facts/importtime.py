"""Reduces a syntax tree to its import-time program, in one walk.

Functions are most of any code, and hardly any runs at import, so their bodies are left out of the program at first:
only their imports are noted. `code` reads a module again with them. Expressions nested deeper than anybody writes
count as unknown.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from integrity.facts.lexical import Lexed
from integrity.facts.model import Import as FoundImport
from integrity.facts.program import (
    Assign,
    Attribute,
    Call,
    Choice,
    Class,
    Closure,
    Code,
    Def,
    Function,
    Group,
    Guard,
    Handler,
    If,
    Import,
    Imported,
    ImportSite,
    Literal,
    Name,
    Not,
    Perhaps,
    Program,
    Raise,
    Return,
    Run,
    SetAttribute,
    Step,
    Texts,
    Try,
    Unbind,
    Value,
    Walrus,
    With,
)
from integrity.facts.proof import Proof
from integrity.model import Span

_DEEPEST = 40
_LONGEST_TEXT = 120
_DYNAMIC_WORDS = ("globals(", "exec(", "sys.modules", "setattr(", "vars()", "__dict__")
_DYNAMIC = re.compile("|".join(map(re.escape, _DYNAMIC_WORDS)))
_CATCH_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_EXPECTING = frozenset({"raises", "assertRaises", "assertRaisesRegex", "suppress"})
_BY_TEXT = frozenset({"getattr", "hasattr", "setattr"})
_HARMLESS = frozenset(
    {"catch_warnings", "open", "nullcontext", "patch", "TemporaryDirectory", "lock", "Lock", "RLock", "_lock", "files"}
)
_CALLED = re.compile(r"\b([^\W\d]\w*)\(")
_GLOBAL = re.compile(r"\bglobal[ \t]+([\w, \t]+)")
ALWAYS_BOUND = frozenset(dir(builtins)) | {
    *("exit", "quit", "copyright", "credits", "license", "WindowsError"),
    *("_", "get_ipython", "__qualname__", "__module__", "__class__"),
}
"""The names that every module can read without binding them."""
_EAGER_ANNOTATIONS = sys.version_info < (3, 14)
_ENDLESS = 1 << 30


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
        exports=_exports(tree),
        dynamic=_is_dynamic(lexed),
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


@dataclass
class _Scope:
    """A module, class or function whose statements are being read."""

    kind: str
    names: dict[str, None] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    yields: bool = False


class _Extractor:
    """Reads statements and expressions.

    Attributes:
        sites: the imports met so far.
        functions: the functions met so far; None while one is being read.
        calls: the bare names of what is called when the module is imported.
        importing_calls: literal calls in functions that import; they stand apart because the program leaves them out.
        inner: per function's bare name the bare names of what it calls.
    """

    def __init__(self, lexed: Lexed, postponed: bool, *, full: bool) -> None:
        self._full = full
        self.sites: list[ImportSite] = []
        self.functions: list[Function | None] = []
        self.scope = _Scope("module")
        self._module = self.scope
        self._lexed = lexed
        self._ascii = lexed.text.isascii()
        self._eager = _EAGER_ANNOTATIONS and not postponed
        self._guard = 0
        self._function = ""
        self._qualname = ""
        self._light = 0
        self._hidden: frozenset[str] = frozenset()
        self._depth = 0
        self.calls: dict[str, None] = {}
        self._calls = self.calls
        self.importing_calls: list[ImportSite] = []
        self.inner: dict[str, dict[str, None]] = {}
        self._straight = True
        shared = _GLOBAL.findall(lexed.text) if "global" in lexed.text else ()
        self._proof = Proof(ALWAYS_BOUND, (name.strip() for names in shared for name in names.split(",")))

    def code(self, steps: tuple[Step, ...]) -> Code:
        """What runs at import, once the whole module has been read."""
        functions = tuple(one for one in self.functions if one)
        return Code(steps, functions, tuple(self.importing_calls), tuple(self._proof.left_out))

    # Statements

    def block(self, statements: Sequence[ast.stmt], *, straight: bool = False) -> tuple[Step, ...]:
        """The steps of a block.

        Args:
            statements: the block.
            straight: whether it runs to its end once whenever the block around it does.
        """
        steps: list[Step] = []
        around = self._straight
        self._straight = around and straight
        for node in statements:
            read = _STATEMENTS.get(type(node))
            if read:
                for step in read(self, node):
                    _append(steps, step)
                    if self._straight and self.scope is self._module:
                        self._proof.ran(step, self.sites)
        self._straight = around
        return tuple(steps)

    def _run(self, value: Value) -> Value:
        """What is left of an expression whose value nobody uses."""
        if self._function or value is None:
            return value
        return self._proof.pruned(value, self.scope.names if self.scope.kind == "class" else (), certain=self._straight)

    def bind(self, name: str) -> None:
        """Note that the scope at hand binds a name."""
        scope = self._module if name in self.scope.shared else self.scope
        scope.names[name] = None

    def expression(self, node: ast.Expr) -> Iterator[Step]:
        value = self._run(self.value(node.value))
        if value is not None:
            yield Run(value)

    def import_(self, node: ast.Import) -> Iterator[Step]:
        for alias in node.names:
            self.bind(alias.asname or alias.name.partition(".")[0])
            yield Import(self._site(node, ImportSite(alias.name, (), alias.asname or "", 0, Span(1))))

    def import_from(self, node: ast.ImportFrom) -> Iterator[Step]:
        names = tuple([(alias.name, alias.asname or alias.name) for alias in node.names])
        for _, bound in names:
            if bound != "*":
                self.bind(bound)
        if node.module != "__future__":
            yield Import(self._site(node, ImportSite(node.module or "", names, "", node.level, Span(1))))

    def _site(self, node: ast.AST, site: ImportSite, extra: int = 0) -> int:
        guard = self._guard | extra | (Guard.IN_CLASS if self.scope.kind == "class" else 0)
        guard |= Guard.LAZY if getattr(node, "is_lazy", 0) else 0
        placed = msgspec.structs.replace(site, span=self._span(node), guard=int(guard), function=self._function)
        if self._function and guard & Guard.DYNAMIC:
            self.importing_calls.append(placed)
            return -len(self.importing_calls)
        self.sites.append(placed)
        return len(self.sites) - 1

    def assign(self, node: ast.Assign) -> Iterator[Step]:
        value = self._assigned(node.targets, node.value)
        yield from self._store(node.targets, value)

    def _assigned(self, targets: Sequence[ast.expr], value: ast.expr) -> Value:
        """The value, kept as texts where it is the list of exported names."""
        if self.scope.kind == "module" and any(isinstance(one, ast.Name) and one.id == "__all__" for one in targets):
            texts = _texts(value)
            if texts is not None:
                return Texts(texts)
            return Group((self.value(value),))
        found = self.value(value)
        return None if isinstance(found, Literal) and isinstance(found.value, str) else found

    def _store(self, targets: Sequence[ast.expr], value: Value) -> Iterator[Step]:
        direct = [target.id for target in targets if isinstance(target, ast.Name)]
        others = [target for target in targets if not isinstance(target, ast.Name)]
        unpacked = [name for target in others for name in _names(target)]
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
        if node.value is not None:
            yield from self._store([node.target], self._assigned([node.target], node.value))
        elif not isinstance(node.target, ast.Name):
            yield from self._set(node.target, None)
        elif self.scope.kind == "function":
            self.bind(node.target.id)
        if self._eager and self.scope.kind != "function":
            annotation = self._run(self.value(node.annotation))
            if annotation is not None:
                yield Run(annotation)

    def delete(self, node: ast.Delete) -> Iterator[Step]:
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

    def if_(self, node: ast.If) -> Iterator[Step]:
        arms: list[tuple[Value, tuple[Step, ...]]] = []
        orelse: tuple[Step, ...] = ()
        alive = True
        current: ast.If | None = node
        while current:
            test = self.value(current.test)
            truth = test.value if isinstance(test, Literal) and not isinstance(test.value, str) else None
            never = _never(current.test)
            body = self._guarded(current.body, Guard.CONDITIONAL if truth is not True else 0, truth is False, never)
            if alive and truth is not False:
                arms.append((test, body))
            alive = alive and truth is not True
            rest = current.orelse
            current = rest[0] if len(rest) == 1 and isinstance(rest[0], ast.If) else None
            if not current and rest:
                guard = Guard.CONDITIONAL if arms else 0
                found = self._guarded(rest, guard, not alive, Guard.NEVER)
                orelse = found if alive else ()
        if arms:
            yield If(tuple(arms), orelse)
        else:
            yield from orelse

    def _guarded(
        self, statements: Sequence[ast.stmt], guard: int = 0, dead: bool = False, never: int = 0
    ) -> tuple[Step, ...]:
        """A block under a guard; of one that never runs only the imports are noted."""
        before, scope = self._guard, self.scope
        self._guard |= guard | (never if dead else 0)
        if dead:
            self.scope = _Scope(scope.kind)
            self._light += 1
        try:
            return self.block(statements)
        finally:
            scope.yields = scope.yields or self.scope.yields
            self._guard, self.scope = before, scope
            self._light -= dead

    def try_(self, node: Any) -> Iterator[Step]:
        handlers = [(_caught(handler.type), handler) for handler in node.handlers]
        grouped = type(node).__name__ == "TryStar"
        tries = any(_catches_import_errors(names) for names, _ in handlers)
        body = self._guarded(node.body, Guard.TRIED if tries else 0)
        caught = tuple([self._handler(("",) if grouped else names, handler) for names, handler in handlers])
        yield Try(body, caught, self.block(node.orelse), self.block(node.finalbody))

    def _handler(self, names: tuple[str, ...] | None, node: ast.ExceptHandler) -> Handler:
        if node.name:
            self.bind(node.name)
            self._proof.unbound(node.name)
        return Handler(names, node.name or "", self._guarded(node.body, Guard.CONDITIONAL), node.lineno)

    def with_(self, node: ast.With | ast.AsyncWith) -> Iterator[Step]:
        swallowed: tuple[str, ...] | None = ()
        expecting = False
        for item in node.items:
            names = _swallowed(item.context_expr)
            swallowed = None if names is None or swallowed is None else (*swallowed, *names)
            expecting = expecting or bool(names)
        values = tuple([self.value(item.context_expr) for item in node.items])
        targets = [item.optional_vars for item in node.items if item.optional_vars]
        bound = [name for target in targets for name in _names(target)]
        for name in bound:
            self.bind(name)
        body = self._guarded(node.body, Guard.EXPECTED if expecting else 0)
        yield With(values, tuple(bound), swallowed, body)

    def loop(self, node: ast.For | ast.AsyncFor | ast.While) -> Iterator[Step]:
        head = self.value(node.test if isinstance(node, ast.While) else node.iter)
        target = [] if isinstance(node, ast.While) else list(self._store([node.target], None))
        body = self._guarded([*node.body, *node.orelse], Guard.CONDITIONAL)
        yield Perhaps((head,), (*target, *body))

    def match(self, node: ast.Match) -> Iterator[Step]:
        head = self.value(node.subject)
        steps: list[Step] = []
        for case in node.cases:
            captured = [
                name
                for part in ast.walk(case.pattern)
                for name in (getattr(part, "name", None), getattr(part, "rest", None))
                if isinstance(name, str)
            ]
            for name in captured:
                self.bind(name)
            steps += [Assign(tuple(captured), None)] if captured else []
            steps += self._guarded(case.body, Guard.CONDITIONAL)
        yield Perhaps((head,), tuple(steps))

    def assert_(self, node: ast.Assert) -> Iterator[Step]:
        test = self._run(self.value(node.test))
        if test is not None:
            yield Run(test)

    def raise_(self, node: ast.Raise) -> Iterator[Step]:
        called = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        yield Raise(_dotted(called) if called else "", self.value(node.exc) if node.exc else None, node.lineno)

    def return_(self, node: ast.Return) -> Iterator[Step]:
        yield Return(self.value(node.value) if node.value else Literal(None))

    def global_(self, node: ast.Global) -> Iterator[Step]:
        self.scope.shared.update(node.names)
        yield from ()

    def nonlocal_(self, node: ast.Nonlocal) -> Iterator[Step]:
        for name in node.names:
            self.scope.names.pop(name, None)
        yield from ()

    def alias(self, node: Any) -> Iterator[Step]:
        """`type X = ...`, whose value is evaluated when it is asked for."""
        self.bind(node.name.id)
        yield Assign((node.name.id,), None)

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Step]:
        decorators = self._decorators(node)
        with self._hiding(_type_parameters(node)):
            valued = [(name, self.value(one)) for name, one in _defaults(node.args)]
            defaults = [(name, value) for name, value in valued if value is not None]
            annotations = [one.annotation for one in _arguments(node.args)] if self._eager else []
            signature = [self.value(one) for one in annotations if one]
            signature += [self.value(node.returns)] if node.returns and self._eager else []
            index = self._body(node, node.name)
        self.bind(node.name)
        kept = [self._run(one) for one in signature]
        evaluated = tuple([value for _, value in defaults] + [one for one in kept if one is not None])
        yield Def(node.name, index, decorators, evaluated, node.lineno, tuple([name for name, _ in defaults]))

    def _decorators(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> tuple[Value, ...]:
        """What is called with the definition."""
        if not self._light:
            self._calls.update((_dotted(one).rpartition(".")[2], None) for one in node.decorator_list)
        return tuple([self.value(one) for one in node.decorator_list])

    def _body(self, node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> int:
        """Read a function; its index."""
        self.functions.append(None)
        index = len(self.functions) - 1
        asynchronous = isinstance(node, ast.AsyncFunctionDef)
        if not self._full:
            self._skim(node, name, asynchronous)
            self.functions[index] = Function(name, (), (), None, node.lineno, asynchronous)
            return index
        parameters = tuple([one.arg for one in _arguments(node.args)])
        with self._inside(node, _Scope("function", dict.fromkeys(parameters))) as scope:
            body = self.block(node.body)
        local = tuple([one for one in scope.names if one not in scope.shared])
        deferred = asynchronous or scope.yields
        positional, shared = _positional(node.args), tuple(sorted(scope.shared))
        self.functions[index] = Function(name, parameters, local, body, node.lineno, deferred, positional, shared)
        return index

    def _skim(self, node: ast.FunctionDef | ast.AsyncFunctionDef, name: str, asynchronous: bool) -> None:
        """Note the imports in a function, and what it calls."""
        first, last = node.lineno - 1, node.end_lineno or node.lineno
        text = "\n".join(self._lexed.lines[first + 1 : last])
        if "import" in text or "global" in text:
            self._light += 1
            with self._inside(node, _Scope("function")):
                self.block(node.body)
            self._light -= 1
        if not asynchronous and not self._function and not name.startswith("test"):
            self.inner.setdefault(name, {}).update(dict.fromkeys(_CALLED.findall(text)))

    @contextmanager
    def _inside(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: _Scope) -> Iterator[_Scope]:
        """The body of a function."""
        outer = self.scope, self._guard, self._function, self._qualname
        self.scope = scope
        self._guard = (self._guard & (Guard.TYPE_CHECKING | Guard.NEVER)) | Guard.DEFERRED
        self._qualname = self._function = f"{self._qualname}.{node.name}" if self._qualname else node.name
        yield scope
        self.scope, self._guard, self._function, self._qualname = outer

    def class_(self, node: ast.ClassDef) -> Iterator[Step]:
        decorators = self._decorators(node)
        with self._hiding(_type_parameters(node)):
            bases = tuple([self.value(one) for one in node.bases])
            keywords = tuple([self.value(one.value) for one in node.keywords])
            outer, qualname = self.scope, self._qualname
            self.scope = _Scope("class")
            self._qualname = f"{qualname}.{node.name}" if qualname else node.name
            body = self.block(node.body, straight=True)
            self.scope, self._qualname = outer, qualname
        self.bind(node.name)
        yield Class(node.name, bases, keywords, decorators, body, node.lineno)

    # Expressions

    def value(self, node: ast.expr) -> Value:
        """The part of an expression that matters."""
        read = _VALUES.get(type(node))
        if read is _constant:
            return _constant(self, node)
        if self._light and read is not _Extractor.yields:
            return None
        if self._depth > _DEEPEST:
            return None
        self._depth += 1
        try:
            return read(self, node) if read else self._group(_children(node))
        finally:
            self._depth -= 1

    def _group(self, nodes: Iterable[ast.expr]) -> Value:
        parts = [value for node in nodes if (value := self.value(node)) is not None and type(value) is not Literal]
        if not parts:
            return None
        return Group(tuple(parts))

    def name(self, node: ast.Name) -> Value:
        if node.id in self._hidden:
            return None
        if node.id == "TYPE_CHECKING":
            return Literal(False)
        return Name(node.id, node.lineno)

    def attribute(self, node: ast.Attribute) -> Value:
        if node.attr == "TYPE_CHECKING":
            return Literal(False)
        value = self.value(node.value)
        return None if value is None else Attribute(value, node.attr, node.lineno)

    def call(self, node: ast.Call) -> Value:
        called = _dotted(node.func)
        if called.rpartition(".")[2] in ("import_module", "__import__") and (
            found := self._literal_import(node, called)
        ):
            return found
        function = self.value(node.func)
        arguments = [self.value(one.value if isinstance(one, ast.Starred) else one) for one in node.args]
        arguments += [self.value(one.value) for one in node.keywords]
        if called not in _BY_TEXT:
            arguments = [None if isinstance(one, Literal) and isinstance(one.value, str) else one for one in arguments]
        if function is None:
            arguments = [one for one in arguments if one is not None]
            if not arguments:
                return None
        if not self._light:
            self._calls[called.rpartition(".")[2]] = None
        return Call(function, tuple(arguments), node.lineno, _keywords(node) if function is not None else ())

    def _literal_import(self, node: ast.Call, called: str) -> Value:
        """A call that imports a module named by a literal, None when it is something else."""
        text = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        extra = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
        if not isinstance(text, str) or not text:
            return None
        level = len(text) - len(text.lstrip("."))
        own = len(extra) == 1 and isinstance(extra[0], ast.Name) and extra[0].id in ("__package__", "__name__")
        if (extra or level) and not (own and called.endswith("import_module")):
            return None
        if level and isinstance(extra[0], ast.Name) and extra[0].id == "__name__":
            return None
        index = self._site(node, ImportSite(text[level:], (), "", level, Span(1)), Guard.DYNAMIC)
        return Imported(index, top=called.endswith("__import__"))

    def boolean(self, node: ast.BoolOp) -> Value:
        parts = [self.value(one) for one in node.values]
        kind = "and" if isinstance(node.op, ast.And) else "or"
        for part in parts:
            if isinstance(part, Literal) and bool(part.value) is (kind == "or"):
                return part if part is parts[0] or kind == "and" else Choice(kind, tuple(parts))
        return Choice(kind, tuple(parts)) if any(part is not None for part in parts) else None

    def conditional(self, node: ast.IfExp) -> Value:
        parts = tuple([self.value(one) for one in (node.test, node.body, node.orelse)])
        return Choice("if", parts) if any(part is not None for part in parts) else None

    def unary(self, node: ast.UnaryOp) -> Value:
        value = self.value(node.operand)
        if not isinstance(node.op, ast.Not):
            return value if value is None else Group((value,))
        if isinstance(value, Literal):
            return Literal(not value.value)
        return Not(value)

    def compare(self, node: ast.Compare) -> Value:
        truth = _decided(node)
        if truth is None and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
            return Choice("==", (self.value(node.left), self.value(node.comparators[0])))
        if truth is None and _tests_none(node):
            tested = Choice("is None", (self.value(node.left),))
            return tested if isinstance(node.ops[0], ast.Is) else Not(tested)
        return self._group([node.left, *node.comparators]) if truth is None else Literal(truth)

    def lambda_(self, node: ast.Lambda) -> Value:
        defaults = [self.value(one) for one in (*node.args.defaults, *node.args.kw_defaults) if one]
        self.functions.append(None)
        index = len(self.functions) - 1
        parameters = tuple([one.arg for one in _arguments(node.args)])
        outer = self.scope
        self.scope = _Scope("function", dict.fromkeys(parameters))
        body = (Return(self.value(node.body)),)
        local = tuple(self.scope.names)
        self.scope = outer
        positional = _positional(node.args)
        self.functions[index] = Function("<lambda>", parameters, local, body, node.lineno, positional=positional)
        evaluated = tuple([one for one in defaults if one is not None])
        return Choice("last", (*evaluated, Closure(index))) if evaluated else Closure(index)

    def comprehension(self, node: Any) -> Value:
        first = self.value(node.generators[0].iter)
        with self._hiding([name for one in node.generators for name in _names(one.target)]):
            elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            inner = [one for generator in node.generators for one in generator.ifs]
            inner += [generator.iter for generator in node.generators[1:]]
            rest = self._group([*inner, *elements])
        if rest is None:
            return None if first is None else Group((first,))
        certain = not isinstance(node, ast.GeneratorExp) and len(node.generators) == 1 and not inner
        if certain and _holds_items(node.generators[0].iter):
            return Group((first, rest))
        return Choice("maybe", (first, rest))

    def walrus(self, node: ast.NamedExpr) -> Value:
        self.bind(node.target.id)
        return Walrus(node.target.id, self.value(node.value))

    def yields(self, node: ast.Yield | ast.YieldFrom) -> Value:
        self.scope.yields = True
        return self._group([node.value] if node.value else [])

    @contextmanager
    def _hiding(self, names: Sequence[str]) -> Iterator[None]:
        """Names that mean something else inside."""
        before = self._hidden
        if names:
            self._hidden = before.union(names)
        yield
        self._hidden = before

    def _span(self, node: Any) -> Span:
        line, end = node.lineno, node.end_lineno or node.lineno
        return Span(line, self._column(line, node.col_offset), end, self._column(end, node.end_col_offset or 0))

    def _column(self, line: int, offset: int) -> int:
        if self._ascii:
            return offset + 1
        return len(self._lexed.lines[line - 1].encode()[:offset].decode("utf-8", "replace")) + 1


def _is_dynamic(lexed: Lexed) -> bool:
    """Whether the code spells names or modules freely; a method such as `monkeypatch.setattr` does not."""
    if not any(word in lexed.text for word in _DYNAMIC_WORDS):
        return False
    if not any(_spells(lexed.text, match.start()) for match in _DYNAMIC.finditer(lexed.text)):
        return False
    return any(_spells(lexed.masked, match.start()) for match in _DYNAMIC.finditer(lexed.masked))


def _spells(text: str, start: int) -> bool:
    before = text[max(start - 5, 0) : start]
    if text[start] in "_s" and text.startswith(("__dict__", "sys."), start):
        return before != "self." and not before[-1:].isidentifier()
    return not (before[-1:] == "." or before[-1:].isidentifier())


def _append(steps: list[Step], step: Step) -> None:
    """Add a step; neighbouring assignments of values that do not matter become one."""
    last = steps[-1] if steps else None
    if type(step) is Assign and step.value is None and type(last) is Assign and last.value is None:
        steps[-1] = Assign((*last.names, *step.names), None, (*last.unpacked, *step.unpacked))
    else:
        steps.append(step)


def _constant(_: _Extractor, node: Any) -> Value:
    value = node.value
    if value is None or isinstance(value, bool) or (isinstance(value, str) and len(value) <= _LONGEST_TEXT):
        return Literal(value)
    return Literal(bool(value)) if isinstance(value, (int, float, complex)) else None  # only its truth matters


def _children(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions directly inside one, in order."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child


def _postpones(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == "__future__"
        and any(a.name == "annotations" for a in node.names)
        for node in tree.body[:20]
    )


def _exports(tree: ast.Module) -> tuple[str, ...] | None:
    """The names of `__all__`, None when there is none or it cannot be read."""
    names: list[str] | None = None
    for node in tree.body:
        target = _exported(node)
        if target is None:
            continue
        texts = _texts(target)
        if texts is None:
            return None
        names = [*texts] if isinstance(node, (ast.Assign, ast.AnnAssign)) else [*(names or []), *texts]
    return None if names is None else tuple(names)


def _exported(node: ast.stmt) -> ast.expr | None:
    """What a statement gives or adds to `__all__`, None when it does neither."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return node.value if any(isinstance(one, ast.Name) and one.id == "__all__" for one in targets) else None
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and _dotted(call.func).startswith("__all__."):
        return call.args[0] if call.args and _dotted(call.func) == "__all__.extend" else call.func
    return None


def _texts(node: ast.expr) -> tuple[str, ...] | None:
    """The strings of a list or tuple of strings."""
    if not isinstance(node, (ast.List, ast.Tuple)):
        return None
    values = [item.value for item in node.elts if isinstance(item, ast.Constant) and isinstance(item.value, str)]
    return tuple(values) if len(values) == len(node.elts) else None


def _names(target: ast.expr) -> Iterator[str]:
    """The names in an assignment target."""
    pending = [target]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, (ast.Tuple, ast.List)):
            pending += reversed(node.elts)
        elif isinstance(node, ast.Starred):
            pending.append(node.value)


def _arguments(node: ast.arguments) -> list[ast.arg]:
    found = [*node.posonlyargs, *node.args, node.vararg, *node.kwonlyargs, node.kwarg]
    return [one for one in found if one]


def _positional(node: ast.arguments) -> int:
    return len(node.posonlyargs) + len(node.args)


def _defaults(node: ast.arguments) -> Iterator[tuple[str, ast.expr]]:
    """The parameters that have a default, in the order in which those are evaluated."""
    places = [*node.posonlyargs, *node.args]
    yield from zip([one.arg for one in places[len(places) - len(node.defaults) :]], node.defaults, strict=True)
    yield from ((one.arg, value) for one, value in zip(node.kwonlyargs, node.kw_defaults, strict=True) if value)


def _keywords(node: ast.Call) -> tuple[str, ...]:
    """The parameters that the last arguments of a call are for, from the first on that is not given by its position."""
    starred = next((place for place, one in enumerate(node.args) if isinstance(one, ast.Starred)), len(node.args))
    return (*("*" for _ in node.args[starred:]), *(one.arg or "*" for one in node.keywords))


def _tests_none(node: ast.Compare) -> bool:
    """Whether it is `x is None` or `x is not None`."""
    right = node.comparators[0]
    only = len(node.ops) == 1 and isinstance(node.ops[0], (ast.Is, ast.IsNot))
    return only and isinstance(right, ast.Constant) and right.value is None


def _holds_items(node: ast.expr) -> bool:
    """Whether a loop over an expression certainly runs."""
    plain = isinstance(node, (ast.List, ast.Tuple)) and bool(node.elts)
    return plain and not any(isinstance(item, ast.Starred) for item in node.elts)  # type: ignore[attr-defined]


def _type_parameters(node: Any) -> list[str]:
    return [one.name for one in getattr(node, "type_params", ())]


def _dotted(node: ast.expr) -> str:
    """The dotted name of an expression, "" when it is something else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _caught(node: ast.expr | None) -> tuple[str, ...] | None:
    """The dotted names of what a handler catches."""
    if node is None:
        return None
    return tuple([_dotted(one) for one in node.elts]) if isinstance(node, ast.Tuple) else (_dotted(node),)


def _catches_import_errors(names: tuple[str, ...] | None) -> bool:
    return names is None or not _CATCH_IMPORT_ERRORS.isdisjoint(names)


def _swallowed(node: ast.expr) -> tuple[str, ...] | None:
    """The exceptions that a context manager ends quietly, None when nobody knows."""
    last = _dotted(node.func if isinstance(node, ast.Call) else node).rpartition(".")[2]
    if isinstance(node, ast.Call) and last in _EXPECTING:
        return tuple([_dotted(one) for argument in node.args for one in _alternatives(argument)])
    return () if last in _HARMLESS else None


def _alternatives(node: ast.expr) -> list[ast.expr]:
    return list(node.elts) if isinstance(node, ast.Tuple) else [node]


def _never(test: ast.expr) -> int:
    """What keeps the imports under a test that never holds from running."""
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__":
        return Guard.DEFERRED | Guard.CONDITIONAL
    if _dotted(test).endswith("TYPE_CHECKING") or isinstance(test, ast.BoolOp):
        return Guard.TYPE_CHECKING
    return Guard.NEVER


def _decided(node: ast.Compare) -> bool | None:
    """Whether a comparison holds, for those that are the same in every import: of `__name__`, and of the version."""
    if len(node.ops) != 1:
        return None
    left, operator, right = node.left, type(node.ops[0]), node.comparators[0]
    if isinstance(left, ast.Name) and left.id == "__name__" and isinstance(right, ast.Constant):
        return {ast.Eq: False, ast.NotEq: True}.get(operator) if right.value == "__main__" else None
    compare = _COMPARISONS.get(operator)
    if compare is None or not isinstance(right, ast.Tuple) or _dotted(left) not in ("sys.version_info", "version_info"):
        return None
    wanted = [item.value for item in right.elts if isinstance(item, ast.Constant) and type(item.value) is int]
    if len(wanted) != len(right.elts):
        return None
    return compare(sys.version_info[:3] if len(wanted) > 2 else (*sys.version_info[:2], 0.5), tuple(wanted))  # noqa: PLR2004


_COMPARISONS: dict[type, Callable[[Any, Any], bool]] = {
    ast.Lt: lambda left, right: left < right,
    ast.LtE: lambda left, right: left <= right,
    ast.Gt: lambda left, right: left > right,
    ast.GtE: lambda left, right: left >= right,
}

_STATEMENTS: dict[type, Callable[[_Extractor, Any], Iterable[Step]]] = {
    ast.Expr: _Extractor.expression,
    ast.Import: _Extractor.import_,
    ast.ImportFrom: _Extractor.import_from,
    ast.Assign: _Extractor.assign,
    ast.AugAssign: _Extractor.augmented,
    ast.AnnAssign: _Extractor.annotated,
    ast.Delete: _Extractor.delete,
    ast.If: _Extractor.if_,
    ast.Try: _Extractor.try_,
    ast.Match: _Extractor.match,
    ast.Assert: _Extractor.assert_,
    ast.Raise: _Extractor.raise_,
    ast.Return: _Extractor.return_,
    ast.Global: _Extractor.global_,
    ast.Nonlocal: _Extractor.nonlocal_,
    ast.ClassDef: _Extractor.class_,
    **dict.fromkeys((ast.FunctionDef, ast.AsyncFunctionDef), _Extractor.define),
    **dict.fromkeys((ast.With, ast.AsyncWith), _Extractor.with_),
    **dict.fromkeys((ast.For, ast.AsyncFor, ast.While), _Extractor.loop),
}
if hasattr(ast, "TryStar"):  # since Python 3.11
    _STATEMENTS[ast.TryStar] = _Extractor.try_
if hasattr(ast, "TypeAlias"):  # since Python 3.12
    _STATEMENTS[ast.TypeAlias] = _Extractor.alias

_VALUES: dict[type, Callable[[_Extractor, Any], Value]] = {
    ast.Constant: _constant,
    ast.Name: _Extractor.name,
    ast.Attribute: _Extractor.attribute,
    ast.Call: _Extractor.call,
    ast.BoolOp: _Extractor.boolean,
    ast.IfExp: _Extractor.conditional,
    ast.UnaryOp: _Extractor.unary,
    ast.Compare: _Extractor.compare,
    ast.Lambda: _Extractor.lambda_,
    ast.NamedExpr: _Extractor.walrus,
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp), _Extractor.comprehension),
    **dict.fromkeys((ast.Yield, ast.YieldFrom), _Extractor.yields),
}
