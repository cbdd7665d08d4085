"""Reads expressions: what is left of them are names, attributes, calls, imports and choices."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from integrity.facts.importtime.reader import Reader, Scope
from integrity.facts.importtime.shapes import (
    argument_keywords,
    decided,
    dotted_name,
    holds_items,
    operands,
    parameters_of,
    positional_count,
    target_names,
    tests_none,
)
from integrity.facts.program import (
    Attribute,
    Call,
    Choice,
    Closure,
    Function,
    Group,
    Guard,
    Imported,
    ImportSite,
    Literal,
    Name,
    Not,
    Return,
    Value,
    Walrus,
)
from integrity.model import Span

_DEEPEST = 40
_LONGEST_TEXT = 120
_BY_TEXT = frozenset({"getattr", "hasattr", "setattr"})


class Expressions(Reader):
    """The part of a reader that is about expressions."""

    def value(self, node: ast.expr) -> Value:
        """The part of an expression that matters."""
        read = _VALUES.get(type(node))
        if read is _constant:
            return _constant(self, node)
        if self._light and read is not Expressions.yields:
            return None
        if self._depth > _DEEPEST:
            return None
        self._depth += 1
        try:
            return read(self, node) if read else self._group(operands(node))
        finally:
            self._depth -= 1

    def _group(self, nodes: Iterable[ast.expr]) -> Value:
        parts = [value for node in nodes if (value := self.value(node)) is not None and type(value) is not Literal]
        if not parts:
            return None
        return Group(tuple(parts))

    def name(self, node: ast.Name) -> Value:
        """The value of a name, unless a comprehension or a type parameter hides it."""
        if node.id in self._hidden:
            return None
        if node.id == "TYPE_CHECKING":
            return Literal(False)
        return Name(node.id, node.lineno)

    def attribute(self, node: ast.Attribute) -> Value:
        """An attribute of what matters."""
        if node.attr == "TYPE_CHECKING":
            return Literal(False)
        value = self.value(node.value)
        return None if value is None else Attribute(value, node.attr, node.lineno)

    def call(self, node: ast.Call) -> Value:
        """A call, or the import that it comes to."""
        called = dotted_name(node.func)
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
        return Call(function, tuple(arguments), node.lineno, argument_keywords(node) if function is not None else ())

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
        """`and`, `or`."""
        parts = [self.value(one) for one in node.values]
        kind = "and" if isinstance(node.op, ast.And) else "or"
        for part in parts:
            if isinstance(part, Literal) and bool(part.value) is (kind == "or"):
                return part if part is parts[0] or kind == "and" else Choice(kind, tuple(parts))
        return Choice(kind, tuple(parts)) if any(part is not None for part in parts) else None

    def conditional(self, node: ast.IfExp) -> Value:
        """`a if b else c`."""
        parts = tuple([self.value(one) for one in (node.test, node.body, node.orelse)])
        return Choice("if", parts) if any(part is not None for part in parts) else None

    def unary(self, node: ast.UnaryOp) -> Value:
        """`not a`, `-a`."""
        value = self.value(node.operand)
        if not isinstance(node.op, ast.Not):
            return value if value is None else Group((value,))
        if isinstance(value, Literal):
            return Literal(not value.value)
        return Not(value)

    def compare(self, node: ast.Compare) -> Value:
        """A comparison, decided where it is the same in every import."""
        truth = decided(node)
        if truth is None and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
            return Choice("==", (self.value(node.left), self.value(node.comparators[0])))
        if truth is None and tests_none(node):
            tested = Choice("is None", (self.value(node.left),))
            return tested if isinstance(node.ops[0], ast.Is) else Not(tested)
        return self._group([node.left, *node.comparators]) if truth is None else Literal(truth)

    def lambda_(self, node: ast.Lambda) -> Value:
        """A lambda, with its body, which is short."""
        defaults = [self.value(one) for one in (*node.args.defaults, *node.args.kw_defaults) if one]
        self.functions.append(None)
        index = len(self.functions) - 1
        parameters = tuple([one.arg for one in parameters_of(node.args)])
        outer = self.scope
        self.scope = Scope("function", dict.fromkeys(parameters))
        body = (Return(self.value(node.body)),)
        local = tuple(self.scope.names)
        self.scope = outer
        positional = positional_count(node.args)
        self.functions[index] = Function("<lambda>", parameters, local, body, node.lineno, positional=positional)
        evaluated = tuple([one for one in defaults if one is not None])
        return Choice("last", (*evaluated, Closure(index))) if evaluated else Closure(index)

    def comprehension(self, node: Any) -> Value:
        """A comprehension, whose elements may never be evaluated."""
        first = self.value(node.generators[0].iter)
        with self._hiding([name for one in node.generators for name in target_names(one.target)]):
            elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            inner = [one for generator in node.generators for one in generator.ifs]
            inner += [generator.iter for generator in node.generators[1:]]
            rest = self._group([*inner, *elements])
        if rest is None:
            return None if first is None else Group((first,))
        certain = not isinstance(node, ast.GeneratorExp) and len(node.generators) == 1 and not inner
        if certain and holds_items(node.generators[0].iter):
            return Group((first, rest))
        return Choice("maybe", (first, rest))

    def walrus(self, node: ast.NamedExpr) -> Value:
        """`(a := ...)`."""
        self.bind(node.target.id)
        return Walrus(node.target.id, self.value(node.value))

    def yields(self, node: ast.Yield | ast.YieldFrom) -> Value:
        """`yield`: the function around it is a generator."""
        self.scope.yields = True
        return self._group([node.value] if node.value else [])


def _constant(_: Expressions, node: Any) -> Value:
    value = node.value
    if value is None or isinstance(value, bool) or (isinstance(value, str) and len(value) <= _LONGEST_TEXT):
        return Literal(value)
    return Literal(bool(value)) if isinstance(value, (int, float, complex)) else None  # only its truth matters


_VALUES: dict[type, Callable[[Expressions, Any], Value]] = {
    ast.Constant: _constant,
    ast.Name: Expressions.name,
    ast.Attribute: Expressions.attribute,
    ast.Call: Expressions.call,
    ast.BoolOp: Expressions.boolean,
    ast.IfExp: Expressions.conditional,
    ast.UnaryOp: Expressions.unary,
    ast.Compare: Expressions.compare,
    ast.Lambda: Expressions.lambda_,
    ast.NamedExpr: Expressions.walrus,
    **dict.fromkeys((ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp), Expressions.comprehension),
    **dict.fromkeys((ast.Yield, ast.YieldFrom), Expressions.yields),
}
