"""Where the process environment flows in a module: from `import os` through aliases to every use.

A value is known by its canonical dotted path ("os", "os.environ", "os.environ.get"). A work list carries each value
from the expression that yields it to the one around it, or to the uses of the names it is bound to, until it is used.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from integrity.facts import environ_copies as copies
from integrity.facts import environ_forms as forms
from integrity.facts.environ_forms import Site, callee
from integrity.facts.model import Access
from integrity.facts.scopes import Names

COPY = "copy"
_QUOTED = re.compile(r"(?:^|\.)((?:os|posix)\.environb?)$")
_PATCHERS = {"dict": "patch.dict", "patch": "patch", "setattr": "setattr"}


class _Value(NamedTuple):
    """An expression that yields a value worth following, and the expression to report it at."""

    node: ast.AST
    path: str
    site: ast.AST


@dataclass
class _Copy:
    """What became of a copy; one that is only amended and passed on to a subprocess is no read."""

    form: str
    passed: bool = False
    kept: bool = False


def sites(names: Names) -> list[Site]:
    """Every use of the process environment in a module, in no particular order."""
    flow = _Flow(names)
    flow.start()
    while flow.todo:
        flow.follow(flow.todo.pop())
    read = [Site(Access.READ, copy.form, site) for site, copy in flow.copies.items() if copy.kept or not copy.passed]
    return [*flow.found.values(), *read]


@dataclass
class _Flow:
    """The values still to be followed, and what was found."""

    names: Names
    todo: list[_Value] = field(default_factory=list)
    seen: set[tuple[ast.AST, str, ast.AST | None]] = field(default_factory=set)
    found: dict[ast.AST, Site] = field(default_factory=dict)
    copies: dict[ast.AST, _Copy] = field(default_factory=dict)

    def start(self) -> None:
        """Queue every place where the environment, or a module that leads to it, enters this one."""
        for name, path in (("os", "os"), ("__import__", "builtins.__import__")):
            for use in self.names.free(name):
                self.push(use, path)
        for alias in self.names.imports:
            self._import(alias)
        for attribute in self.names.dotted:
            if isinstance(self.names.source(_root(attribute)), ast.alias):
                self.push(attribute, "os")
        for call in self.names.quoting:
            self._quoted(call)

    def follow(self, value: _Value) -> None:
        """Look at what is done to one value."""
        if value.path == COPY:
            self._copy(value)
        elif value.path in forms.ENVIRONS:
            self._environ(value)
        elif value.path in forms.FUNCTIONS or value.path.rpartition(".")[0] in forms.ENVIRONS:
            self._function(value)
        else:
            self._module(value)

    def push(self, node: ast.AST, path: str, site: ast.AST | None = None) -> None:
        """Queue a value, once."""
        key = (node, path, site if path == COPY else None)
        if key not in self.seen:
            self.seen.add(key)
            self.todo.append(_Value(node, path, site or node))

    def record(self, site: Site) -> None:
        """Note an access; the first of two at the same expression stands."""
        self.found.setdefault(site.node, site)

    def _import(self, alias: ast.alias) -> None:
        statement = self.names.parents[alias]
        if alias.name == "*" and isinstance(statement, ast.ImportFrom) and statement.module in forms.MODULES:
            prefix = f"{statement.module}."
            for path in sorted(step for step in forms.STEPS if step.startswith(prefix) and step.count(".") == 1):
                for use in self.names.free(path.removeprefix(prefix)):
                    self.push(use, path)
            return
        path = forms.imported(alias, statement)
        uses = self.names.uses(alias) if path else []
        for use in uses:
            self.push(use, path)
        if not uses and (path in forms.ENVIRONS or path in forms.FUNCTIONS):
            self.record(Site(Access.REFERENCE, path, alias))

    def _quoted(self, call: ast.Call) -> None:
        """`patch.dict("os.environ", ...)` and its like, which name the environment in a string."""
        text = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
        match = _QUOTED.search(text) if isinstance(text, str) else None
        form = _PATCHERS.get(callee(call))
        if match and form == "patch.dict":
            self.record(forms.patching(Access.WRITE, f"patch.dict({match[1]})", call))
        elif match and form:
            self.record(Site(Access.WRITE, f"{form}({match[1]})", call))

    def _module(self, value: _Value) -> None:
        """A module, a table of modules or names, or a function that imports."""
        node, path, _ = value
        parent = self.names.parents.get(node)
        if isinstance(parent, ast.Attribute):
            self._member(parent, f"{path}.{parent.attr}")
        elif isinstance(parent, ast.Subscript) and parent.value is node and path in forms.TABLES:
            self._look_up(parent, path, parent.slice)
        elif isinstance(parent, ast.Call) and parent.func is node:
            key = parent.args[0] if parent.args else None
            self._look_up(parent, "sys.modules" if path in forms.IMPORTERS else path.removesuffix(".get"), key)
        elif isinstance(parent, ast.Call):
            self._reflected(parent, node, path)
        else:
            self._flows_on(value)

    def _member(self, node: ast.AST, path: str) -> None:
        """An attribute of a module, however it was reached."""
        context = forms.CONTEXTS[type(getattr(node, "ctx", None) or ast.Load())]
        if path in forms.ENVIRONS and context is not Access.READ:
            statement = self.names.parents.get(node)
            merges = isinstance(statement, ast.AugAssign)
            self.record(_merging(path, node, statement) if merges else Site(context, path, node))
        elif path in forms.STEPS and context is Access.READ:
            self.push(node, path)

    def _look_up(self, node: ast.AST, table: str, key: ast.AST | None) -> None:
        """An entry of a table; the entries of `sys.modules` are modules, any other is a member."""
        name = forms.literal(self.names, key)
        if table == "sys.modules" and name in forms.MODULES:
            self.push(node, str(name))
        elif table in forms.TABLES and name:
            self._member(node, f"{table.removesuffix('.__dict__')}.{name}")

    def _reflected(self, call: ast.Call, node: ast.AST, path: str) -> None:
        """A module handed to a function that looks up or replaces its members by name."""
        name = callee(call)
        if name == "vars":
            self.push(call, f"{path}.__dict__")
        if len(call.args) < 2 or call.args[0] is not node:  # noqa: PLR2004 - the module and the name
            return
        member = f"{path}.{forms.literal(self.names, call.args[1])}"
        if name == "getattr":
            self._member(call, member)
        elif name in {"setattr", "delattr", "object"} and member in forms.ENVIRONS:
            form = "patch.object" if name == "object" else name
            self.record(Site(Access.DELETE if name == "delattr" else Access.WRITE, f"{form}({member})", call))

    def _environ(self, value: _Value) -> None:
        """The environment itself."""
        node, path, site = value
        parent = self.names.parents.get(node)
        if isinstance(parent, ast.Attribute):
            self.push(parent, f"{path}.{parent.attr}")
        elif isinstance(parent, ast.Subscript) and parent.value is node:
            self.record(Site(forms.CONTEXTS[type(parent.ctx)], f"{path}[...]", parent, parent.slice))
        elif isinstance(parent, (ast.Call, ast.keyword)):
            self._argument(value, parent)
        elif isinstance(parent, ast.Compare):
            self._compared(value, parent)
        elif isinstance(parent, ast.AugAssign) and parent.target is node:
            self.record(_merging(path, node, parent))
        elif isinstance(parent, (ast.Dict, ast.BinOp)) and forms.merges(parent, node):
            self._copied(parent, path, site)
        elif not self._flows_on(value):
            self.record(Site(Access.READ if isinstance(parent, forms.READING) else Access.REFERENCE, path, site))

    def _copied(self, node: ast.AST, form: str, site: ast.AST) -> None:
        self.copies.setdefault(site, _Copy(form))
        self.push(node, COPY, site)

    def _compared(self, value: _Value, parent: ast.Compare) -> None:
        operands = [parent.left, *parent.comparators]
        index = next(i for i, operand in enumerate(operands) if operand is value.node)
        operator = parent.ops[max(0, index - 1)]
        if index and isinstance(operator, (ast.In, ast.NotIn)):
            self.record(Site(Access.READ, f"in {value.path}", value.site, operands[index - 1]))
        else:
            identity = isinstance(operator, (ast.Is, ast.IsNot))
            self.record(Site(Access.REFERENCE if identity else Access.READ, value.path, value.site))

    def _argument(self, value: _Value, parent: ast.Call | ast.keyword) -> None:
        """The environment as an argument of a call."""
        node, path, site = value
        call = self.names.parents[parent] if isinstance(parent, ast.keyword) else parent
        name = callee(call)
        if copies.passed(self.names, parent, node):
            return
        if not isinstance(call, ast.Call):
            self.record(Site(Access.REFERENCE, path, site))
        elif name == "dict" and isinstance(call.func, ast.Attribute):
            self.record(forms.patching(Access.WRITE, f"patch.dict({path})", call))
        elif name in forms.COPIERS:
            self._copied(call, path, site)
        elif name in {"setitem", "delitem"}:
            access = Access.WRITE if name == "setitem" else Access.DELETE
            self.record(Site(access, f"{name}({path})", call, forms.argument(call, 1, "name")))
        elif name == "getattr" and node is call.args[0] and len(call.args) > 1:
            self.push(call, f"{path}.{forms.literal(self.names, call.args[1])}")
        else:
            reads = name in forms.READERS or (isinstance(parent, ast.keyword) and parent.arg is None)
            self.record(Site(Access.READ if reads else Access.REFERENCE, path, site))

    def _function(self, value: _Value) -> None:
        """A function such as `os.getenv`, or a method of the environment."""
        node, path, _ = value
        parent = self.names.parents.get(node)
        name = path.rpartition(".")[2]
        access = forms.FUNCTIONS.get(path) or forms.METHODS.get(name)
        if access and isinstance(parent, ast.Call) and parent.func is node:
            if name in {"copy", "items"}:
                self._copied(parent, path, parent)
            else:
                self.record(forms.calling(path, access, parent))
        elif not self._flows_on(value):
            self.record(Site(Access.REFERENCE, path, node))

    def _flows_on(self, value: _Value) -> bool:
        """Follow a value to the names it is bound to and through expressions that yield it unchanged."""
        node, path, site = value
        uses = self.names.uses(node)
        for use in uses:
            self.push(use, path, site if path == COPY else None)
        parent = self.names.parents.get(node)
        if not self._yields(parent, node):
            return bool(uses)
        if parent:
            self.push(parent, path, site)
        return True

    def _yields(self, parent: ast.AST | None, node: ast.AST) -> bool:
        if isinstance(parent, ast.NamedExpr):
            return not isinstance(self.names.parents.get(parent), ast.Expr)
        return isinstance(parent, ast.BoolOp) or (isinstance(parent, ast.IfExp) and parent.test is not node)

    def _copy(self, value: _Value) -> None:
        """A copy of the environment, or the pairs that make one."""
        node, _, site = value
        copy = self.copies[site]
        parent = self.names.parents.get(node)
        again = copies.copied(self.names, parent, node)
        if again is not None:
            self.push(again, COPY, site)
        elif copies.passed(self.names, parent, node):
            copy.passed = True
        elif not copies.amended(self.names, parent, node) and not self._flows_on(value):
            copy.kept = True


def _merging(path: str, node: ast.AST, statement: ast.AST | None) -> Site:
    """The environment on the left of `|=`."""
    return Site(
        Access.WRITE, f"{path} |=", node, mappings=[statement.value] if isinstance(statement, ast.AugAssign) else ()
    )


def _root(node: ast.AST) -> ast.AST:
    """The first part of a dotted name."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node
