"""What a module asks of others: imports, attributes of imported things, calls, and dotted names in strings.

Expressions outnumber statements ten to one, so only those are walked that share a line with a name that may matter.
"""

from __future__ import annotations

import ast
import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from integrity.facts.blocks import Blocks, Place, Scope
from integrity.facts.guards import RAISER, last_name
from integrity.facts.lexical import Lexed, mentions
from integrity.facts.spans import span_of
from integrity.facts.symbols import BUILTINS, UNKNOWN, NameKind, Ref, Use, UseKind

_STANDARD = frozenset(sys.stdlib_module_names)
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
# Calls that name things in strings, or change what a module holds; other calls matter for the imported names in them.
_TELLING = {
    "patch": ("patch(", "patch."),
    "modules": ("sys.modules",),
    "vars": ("vars()",),
    "locals": ("locals()",),
    **{name: (f"{name}(",) for name in ("setattr", "delattr", "import_module", "__import__", "globals", "exec")},
}
_LOSING = ("sys.path.remove(", "sys.path.pop(", "sys.path.clear(", "sys.path = ", "sys.path[:] = ")
_MOST_CHARACTERS = 100_000_000  # to search; more names in more text are not worth it
_PARTS: dict[type, tuple[str, ...]] = dict.fromkeys((ast.Constant, ast.Name, type(None), str), ())
_LOOKED_AT = frozenset({ast.Attribute, ast.Call, ast.Subscript})
_BINDING = frozenset({ast.comprehension, ast.NamedExpr, ast.arg})
_LEAVES = frozenset({"ctx", "op", "ops", "id", "attr", "arg", "kind", "type_comment", "annotation", "returns"})
_PATCHERS = frozenset({"unittest.mock", "mock", "mock.mock"})


@dataclass
class Uses:
    """The demands of a module, and what it does to others.

    Attributes:
        found: the demands: what, guard and details, to the first place and the number of places.
        probed: attributes that the module asks for before it uses them.
        writes: attributes of other modules that it sets.
        fakes: names that it puts into `sys.modules`.
        dynamic: whether it adds names to itself that the tree does not show.
    """

    lexed: Lexed
    found: dict[tuple[UseKind, Ref, int, int, tuple[str, ...]], list[Any]] = field(default_factory=dict)
    probed: set[Ref] = field(default_factory=set)
    writes: set[Ref] = field(default_factory=set)
    fakes: set[str] = field(default_factory=set)
    dynamic: bool = False

    def listed(self) -> tuple[Use, ...]:
        """The demands in order of place, without those that the module itself has doubts about."""
        uses = [
            Use(kind, ref, span_of(self.lexed, node), guard, count, positional, keywords)
            for (kind, ref, guard, positional, keywords), (node, count) in self.found.items()
            if ref not in self.probed
        ]
        return tuple(sorted(uses, key=lambda use: (use.span, use.kind.value, use.ref.module, use.ref.rest)))

    def note(
        self, kind: UseKind, ref: Ref, node: ast.AST, guard: int, *, positional: int = 0, keywords: tuple[str, ...] = ()
    ) -> None:
        """Note one demand, unless the standard library answers it; places are met in any order."""
        if ref.module.partition(".")[0] in _STANDARD:
            return
        entry = self.found.setdefault((kind, ref, guard, positional, keywords), [node, 0])
        entry[1] += 1
        if (node.lineno, node.col_offset) < (entry[0].lineno, entry[0].col_offset):  # type: ignore[attr-defined]
            entry[0] = node


def uses_of(lexed: Lexed, blocks: Blocks) -> Uses:
    """Everything that a module asks for."""
    uses = Uses(lexed)
    lost = _losing_folders(lexed, blocks)
    for node, scope, guard in blocks.imports:
        if node.lineno > lost.get(id(scope), node.lineno):
            continue
        for ref in _imported(node):
            uses.note(UseKind.IMPORT, ref, node, guard)
    lines = sorted(_lines(lexed, blocks))
    if lines:
        for place in blocks.places:
            index = bisect_left(lines, place.first)
            if index < len(lines) and lines[index] <= place.last:
                _Visitor(uses, place).visit()
    return uses


def _losing_folders(lexed: Lexed, blocks: Blocks) -> dict[int, int]:
    """The scopes, by identity, that take folders off `sys.path`, and on which line: what follows is found elsewhere."""
    if not any(words in lexed.text for words in _LOSING):
        return {}
    found: dict[int, int] = {}
    for place in blocks.places:
        text = "\n".join(lexed.lines[place.first - 1 : place.last])
        if any(words in text for words in _LOSING):
            found[id(place.scope)] = min(place.first, found.get(id(place.scope), place.first))
    return found


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[Ref]:
    if isinstance(node, ast.Import):
        yield from (Ref(alias.name) for alias in node.names)
        return
    module = "." * node.level + (node.module or "")
    yield from (Ref(module, "" if alias.name == "*" else alias.name) for alias in node.names)


def _lines(lexed: Lexed, blocks: Blocks) -> set[int]:
    """The lines that mention something worth following."""
    text = lexed.text
    telling = (one for word, forms in _TELLING.items() if word in lexed.words for one in forms)
    names = [*telling, *_followed(blocks)]
    if len(names) * len(text) > _MOST_CHARACTERS:
        return set(range(1, len(lexed.lines) + 1))
    starts = lexed.starts
    found = (offset for name in names for offset in mentions(text, name))
    return {bisect_right(starts, one) for one in found if text[one - 4 : one] != "def "}


def _followed(blocks: Blocks) -> list[str]:
    """The names of imports that may be first-party, and those of the module's own functions and classes as called."""
    names = {}
    for scope in blocks.scopes:
        for name, bindings in scope.names.items():
            origin = bindings[0].origin
            if origin and origin.module.partition(".")[0] not in _STANDARD:
                names[name] = name
    own = (NameKind.FUNCTION, NameKind.CLASS)
    called = [f"{name}(" for name, bindings in blocks.module.names.items() if bindings[0].kind in own]
    return [*names, *called]


def _expects_failure(node: ast.Call) -> bool:
    """Whether a call runs a lambda that is to fail, as in `assertRaises(TypeError, lambda: f(1))`."""
    return any(type(one) is ast.Lambda for one in node.args) and bool(RAISER.search(last_name(node.func)))


class _Visitor:
    """Looks at the expressions of one place."""

    def __init__(self, uses: Uses, place: Place) -> None:
        self.uses = uses
        self.scope: Scope = place.scope
        self.guard = place.guard
        self.nodes = place.nodes
        self.hidden: set[str] = set()

    def visit(self) -> None:
        """Look at everything; names that comprehensions, lambdas and walruses bind mean nothing from outside."""
        found = self._walk()
        inner: set[int] = set()
        for node in found:
            self._look(node, inner)

    def _walk(self) -> list[ast.AST]:
        """The attributes, calls and subscripts, outer ones before those inside them."""
        stack: list[ast.AST] = list(self.nodes)
        found: list[ast.AST] = []
        while stack:
            node = stack.pop()
            kind = type(node)
            if kind in _LOOKED_AT:
                found.append(node)
                if kind is ast.Call and _expects_failure(node):  # type: ignore[arg-type]
                    continue
            elif kind in _BINDING:
                self._hide(node)
            for name in _PARTS[kind] if kind in _PARTS else _parts(kind):
                part = getattr(node, name)
                if type(part) is list:
                    stack += part
                elif part is not None:
                    stack.append(part)
        return found

    def _hide(self, node: ast.AST) -> None:
        """Note the names that a part of an expression binds on its own."""
        if isinstance(node, ast.arg):
            self.hidden.add(node.arg)
        elif isinstance(node, (ast.comprehension, ast.NamedExpr)):
            self.hidden.update(one.id for one in ast.walk(node.target) if isinstance(one, ast.Name))

    def _look(self, node: ast.AST, inner: set[int]) -> None:
        if isinstance(node, ast.Call):
            self._call(node)
        elif isinstance(node, ast.Subscript):
            self._subscript(node)
        elif isinstance(node, ast.Attribute) and id(node) not in inner:
            ref = self._path(node, inner)
            if ref is not None and not isinstance(node.ctx, ast.Load):
                self.uses.writes.add(ref)
            elif ref is not None and ref.module:
                self.uses.note(UseKind.ATTRIBUTE, ref, node, self.guard)

    def _path(self, node: ast.AST, inner: set[int] | None = None) -> Ref | None:
        """What a dotted name leads to; None when nobody can tell, or when it is a builtin."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
            if inner is not None:
                inner.add(id(node))
        if not isinstance(node, ast.Name) or node.id in self.hidden:
            return None
        ref = self.scope.resolve(node.id)
        if ref is None or ref.module == BUILTINS:
            return None
        parts.append(ref.rest)
        return Ref(ref.module, ".".join(part for part in reversed(parts) if part))

    def _call(self, node: ast.Call) -> None:
        name = last_name(node.func)
        if name in _HANDLERS:
            _HANDLERS[name](self, node)
        if isinstance(node.func, ast.Attribute) and last_name(node.func.value) in _HANDLERS:
            self._patch_form(node, node.func.attr)
        ref = self._path(node.func)
        starred = any(isinstance(one, ast.Starred) for one in node.args) or any(not one.arg for one in node.keywords)
        if ref is not None and not starred:
            keywords = tuple(str(one.arg) for one in node.keywords)
            self.uses.note(UseKind.CALL, ref, node, self.guard, positional=len(node.args), keywords=keywords)
        self._dynamic_call(node, name)

    def _is_patch(self, func: ast.expr) -> bool:
        """Whether an expression is mock's `patch`, or the fixture's."""
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "mocker":
            return True
        ref = self._path(func)
        if ref is None:
            return False
        return f"{ref.module}.{ref.rest}".endswith("mock.patch") and ref.module in {"unittest", *_PATCHERS}

    def patch(self, node: ast.Call) -> None:
        """`patch("a.b.c")`."""
        if self._is_patch(node.func) and not _has(node, "create"):
            self._target(node, UseKind.TARGET)

    def _patch_form(self, node: ast.Call, form: str) -> None:
        """`patch.object(a.b, "c")`, `patch.dict("a.b.c")`, `patch.multiple("a.b")`."""
        patcher = node.func.value  # type: ignore[attr-defined]
        if form not in ("object", "dict", "multiple") or not self._is_patch(patcher) or _has(node, "create"):
            return
        if form == "object":
            self._member(node)
        elif _text(node) != "sys.modules" and last_name(node.args[0] if node.args else None) != "modules":
            self._target(node, UseKind.TARGET if "." in _text(node) else UseKind.MODULE)
        else:
            self._fake(node.args[1:2])

    def setattr(self, node: ast.Call) -> None:
        """`monkeypatch.setattr("a.b.c", ...)`, `monkeypatch.setattr(a.b, "c", ...)`, `setattr(a.b, "c", ...)`."""
        if isinstance(node.func, ast.Name):
            owner = self._path(node.args[0]) if node.args else None
            if owner is not None:
                name = _text(node, 1)
                self.uses.writes.add(Ref(owner.module, f"{owner.rest}.{name or UNKNOWN}".strip(".")))
                if not name:
                    self.uses.writes.add(Ref(owner.module, UNKNOWN))  # it may be no module that lies in this one
        elif _is_monkeypatch(node.func) and not _has(node, "raising") and not _raising(node):
            if _text(node):
                self._target(node, UseKind.TARGET)
            else:
                self._member(node)

    def _member(self, node: ast.Call) -> None:
        owner, name = self._path(node.args[0]) if node.args else None, _text(node, 1)
        if owner is not None and owner.module and name.isidentifier():
            self.uses.note(UseKind.MEMBER, Ref(owner.module, f"{owner.rest}.{name}".lstrip(".")), node, self.guard)

    def _target(self, node: ast.Call, kind: UseKind) -> None:
        text = _text(node)
        if "." in text and _DOTTED.fullmatch(text):
            self.uses.note(kind, Ref(text), node.args[0], self.guard)

    def import_(self, node: ast.Call) -> None:
        """`importlib.import_module("a.b")` and `__import__("a.b")`."""
        self._target(node, UseKind.MODULE)

    def probe(self, node: ast.Call) -> None:
        """`hasattr(a, "b")`, and `getattr(a, "b", default)`."""
        owner, name = self._path(node.args[0]) if node.args else None, _text(node, 1)
        if owner is not None:
            self.uses.probed.add(Ref(owner.module, f"{owner.rest}.{name}".lstrip(".")))

    def _dynamic_call(self, node: ast.Call, name: str) -> None:
        """Calls that can add to the names of this module, or to `sys.modules`."""
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        arguments = [*node.args, *(one.value for one in node.keywords)]
        own = [one for one in (owner, *arguments) if one is not None and self._is_own_names(one)]
        if own or (name == "exec" and isinstance(self.scope.node, ast.Module)):
            self.uses.dynamic = True
        if name in {"setitem", "setdefault", "update", "__setitem__"}:
            table = node.args[0] if name == "setitem" and node.args else owner
            if _is_modules(table):
                self._fake(node.args[1:2] if name == "setitem" else node.args[:1])

    def _subscript(self, node: ast.Subscript) -> None:
        """`globals()["x"] = ...` and `sys.modules["a.b"] = ...`."""
        stored = not isinstance(node.ctx, ast.Load)
        if _is_modules(node.value):
            if last_name(node.slice) == "__name__":
                self.uses.dynamic = True
            elif isinstance(node.ctx, ast.Store):
                self._fake([node.slice])
        elif stored and self._is_own_names(node.value):
            self.uses.dynamic = True

    def _is_own_names(self, node: ast.expr) -> bool:
        """`globals()`, and `vars()` and `locals()` of a module."""
        if not isinstance(node, ast.Call) or node.args:
            return False
        name = last_name(node.func)
        return name == "globals" or (name in ("vars", "locals") and isinstance(self.scope.node, ast.Module))

    def _fake(self, keys: Iterable[ast.expr]) -> None:
        """Note names that are put into `sys.modules`."""
        for key in keys:
            parts = key.keys if isinstance(key, ast.Dict) else [key]
            for part in parts:
                text = part.value if isinstance(part, ast.Constant) else None
                self.uses.fakes.add(text if isinstance(text, str) and _DOTTED.fullmatch(text) else UNKNOWN)


_HANDLERS: dict[str, Callable[[_Visitor, ast.Call], None]] = {
    "patch": _Visitor.patch,
    "setattr": _Visitor.setattr,
    "delattr": _Visitor.setattr,
    "import_module": _Visitor.import_,
    "__import__": _Visitor.import_,
    "hasattr": _Visitor.probe,
    "getattr": _Visitor.probe,
}


def _parts(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node that can hold expressions."""
    found = tuple(name for name in getattr(kind, "_fields", ()) if name not in _LEAVES)
    return _PARTS.setdefault(kind, found)


def _text(node: ast.Call, index: int = 0) -> str:
    """The literal string that a call gets at a position, "" when it gets none."""
    value = node.args[index] if len(node.args) > index else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _has(node: ast.Call, keyword: str) -> bool:
    return any(one.arg == keyword for one in node.keywords)


_WITH_RAISING = 4


def _raising(node: ast.Call) -> bool:
    """Whether `raising` is given by position."""
    return len(node.args) >= (_WITH_RAISING - 1 if _text(node) else _WITH_RAISING)


def _is_monkeypatch(func: ast.expr) -> bool:
    """Whether this is a method of pytest's fixture, under one of its usual names."""
    owner = last_name(func.value) if isinstance(func, ast.Attribute) else ""
    return owner in {"monkeypatch", "mp", "monkeymodule"}


def _is_modules(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "modules" and last_name(node.value) == "sys"
