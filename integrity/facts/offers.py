"""What a module offers: its names once it has run, its functions, and its classes with what their instances have."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, cached_property

from integrity.facts.blocks import Binding, Blocks, Place, Scope
from integrity.facts.expressions import nodes
from integrity.facts.guards import last_name
from integrity.facts.lexical import Lexed
from integrity.facts.spans import span_of
from integrity.facts.symbols import (
    UNKNOWN,
    Class,
    Field,
    Function,
    GuardKind,
    Name,
    NameKind,
    Ref,
    Signature,
)
from integrity.model import Span

_Def = ast.FunctionDef | ast.AsyncFunctionDef
_DYNAMIC = re.compile(r"__getattr|__dict__|(?<![\w.])(?:setattr|vars|locals|exec)\(")
_DYNAMIC_WORDS = {
    "__getattr__": "__getattr",
    "__getattribute__": "__getattr",
    "__dict__": "__dict__",
    **{name: f"{name}(" for name in ("setattr", "vars", "locals", "exec")},
}
_SELF = re.compile(r"self\.([^\W\d]\w*)")
_SETUPS = frozenset({"setUp", "asyncSetUp", "setUpClass"})
_RUNS_SETUP = re.compile(r"\b(?:self|cls)\.(?:setUp|asyncSetUp|setUpClass)\b")


def bind_walruses(lexed: Lexed, blocks: Blocks) -> None:
    """Note the names that expressions bind, in the scope that is no comprehension, among its other bindings."""
    if ":=" not in lexed.text:
        return
    touched: dict[int, list[Binding]] = {}
    for place in blocks.places:
        if any(":=" in line for line in lexed.lines[place.first - 1 : place.last]):
            for node in (inner for root in place.nodes for inner in nodes(root)):
                if isinstance(node, ast.NamedExpr) and isinstance(node.target, ast.Name):
                    bindings = place.scope.names.setdefault(node.target.id, [])
                    bindings.append(Binding(NameKind.VALUE, node.lineno))
                    touched[id(bindings)] = bindings
    for bindings in touched.values():
        bindings.sort(key=lambda one: one.line)


def names_of(blocks: Blocks) -> dict[str, Name]:
    """The names of a module; of one that is deleted before a star import only that decides."""
    last_star = max((line for _, line in blocks.stars), default=0)
    names = {name: _name(bindings) for name, bindings in blocks.module.names.items()}
    return {name: one for name, one in names.items() if one.kind is not NameKind.DELETED or one.line > last_star}


def _name(bindings: list[Binding]) -> Name:
    executed = [one for one in bindings if one.kind is not NameKind.TYPING]
    if not executed:
        return Name(NameKind.TYPING, line=bindings[-1].line)
    last = executed[-1]
    if last.kind is NameKind.DELETED:
        return Name(NameKind.DELETED, line=last.line)
    real = [one for one in executed if one.kind is not NameKind.DELETED]
    first = real[0]
    if len(real) == 1 or (first.kind is NameKind.IMPORT and all(one.origin == first.origin for one in real)):
        return Name(first.kind, first.origin, first.line)
    return Name(NameKind.VALUE, line=real[-1].line)


def exports_of(lexed: Lexed, blocks: Blocks) -> tuple[str, ...] | None:
    """The literal `__all__` of a module; not known when it is amended, or bound anywhere but at the top."""
    bound = len(blocks.module.names.get("__all__", ()))
    if not bound:
        return None
    values = [node.value for node in getattr(blocks.module.node, "body", ()) if _assigns_all(node)]
    return _strings(values[-1]) if len(values) == bound and "__all__." not in lexed.text else (UNKNOWN,)


def _assigns_all(node: ast.stmt) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [one.id if isinstance(one, ast.Name) else "" for one in targets] == ["__all__"]


def _strings(value: ast.expr | None) -> tuple[str, ...]:
    """The strings of a list, (UNKNOWN,) when it is anything else."""
    parts = value.elts if isinstance(value, (ast.List, ast.Tuple)) else [None]
    texts = [part.value if isinstance(part, ast.Constant) else None for part in parts]
    if not all(isinstance(text, str) for text in texts):
        return (UNKNOWN,)
    return tuple(text for text in map(str, texts) if text.isidentifier())


def functions_of(blocks: Blocks) -> dict[str, Function]:
    """The functions at module level that nothing else is bound to."""
    found = {}
    replaced = _replaced(blocks)
    for name, bindings in blocks.module.names.items():
        node = bindings[0].node
        if len(bindings) == 1 and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            function = _function(node, blocks.module)
            doubt = (Ref(UNKNOWN),) if name in replaced else ()
            found[name] = Function(function.signature, function.decorators + doubt)
    return found


def _replaced(blocks: Blocks) -> set[str]:
    """The names that a decorator is called with: what it decorates may take their place."""
    decorators = (one for scope in blocks.scopes for one in getattr(scope.node, "decorator_list", ()))
    return {arg.id for one in decorators if isinstance(one, ast.Call) for arg in one.args if isinstance(arg, ast.Name)}


def _function(node: _Def, scope: Scope) -> Function:
    return Function(_signature(node.args), tuple(_ref(one, scope) for one in node.decorator_list))


def _signature(node: ast.arguments) -> Signature:
    names = [one.arg for one in (*node.posonlyargs, *node.args)]
    return Signature(
        tuple(names),
        len(node.posonlyargs),
        len(names) - len(node.defaults),
        tuple((one.arg, default is None) for one, default in zip(node.kwonlyargs, node.kw_defaults, strict=True)),
        node.vararg is not None,
        node.kwarg is not None,
    )


def _ref(node: ast.expr, scope: Scope) -> Ref:
    """What an expression names, its calls and subscripts stripped."""
    parts: list[str] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript):
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        else:
            return Ref(UNKNOWN)
    ref = scope.resolve(node.id)
    if ref is None:
        return Ref(UNKNOWN)
    return Ref(ref.module, ".".join(part for part in (ref.rest, *reversed(parts)) if part))


def classes_of(lexed: Lexed, blocks: Blocks) -> dict[str, Class]:
    """The classes at module level and inside those."""
    stores = _Stores(blocks)
    reads = _Reads(lexed, blocks, stores.elsewhere)
    found = {}
    for scope in blocks.scopes:
        name = scope.qualname() if isinstance(scope.node, ast.ClassDef) else ""
        if name:
            found[name] = _class(scope, stores, reads)
    return found


def hooks_of(blocks: Blocks) -> tuple[str, ...]:
    """The attributes set on `request.cls` and its like."""
    stores = (node for scope in blocks.scopes for node in scope.stores)
    return tuple(sorted({node.attr for node in stores if last_name(node.value) in ("cls", "instance")}))


class _Stores:
    """Which attributes are set where.

    Attributes:
        of_class: per class those that its methods set.
        in_setup: per class those that its setup methods in the manner of unittest set.
        elsewhere: those that anything else in the file sets.
    """

    def __init__(self, blocks: Blocks) -> None:
        self.of_class: dict[Scope, set[str]] = defaultdict(set)
        self.in_setup: dict[Scope, set[str]] = defaultdict(set)
        self.elsewhere: set[str] = set()
        for scope in blocks.scopes:
            owner = _class_around(scope) if scope.stores else None
            if owner:
                self.of_class[owner] |= {node.attr for node in scope.stores}
            idle = owner if owner and scope.parent is owner and _is_setup(scope.node) else None
            for node in scope.stores:
                place = self.in_setup[idle] if idle and last_name(node.value) in ("self", "cls") else self.elsewhere
                place.add(node.attr)


def _is_setup(node: ast.AST) -> bool:
    """Whether a method is called by unittest alone; one with a decorator is a fixture, or somebody else's."""
    named = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in _SETUPS
    return named and all(last_name(one) == "classmethod" for one in getattr(node, "decorator_list", ()))


def _class_around(scope: Scope) -> Scope | None:
    inner: Scope | None = scope
    while inner and not inner.is_class:
        inner = inner.parent
    return inner


def _class(scope: Scope, all_stores: _Stores, reads: _Reads) -> Class:
    node, outer = scope.node, scope.parent
    if not isinstance(node, ast.ClassDef) or outer is None:
        return Class(dynamic=True)
    text = reads.text_of(node)
    names = {name for name, bindings in scope.names.items() if any(one.kind is not NameKind.TYPING for one in bindings)}
    stores = all_stores.of_class[scope]
    idle = all_stores.in_setup[scope] - all_stores.elsewhere - names
    inits = scope.names.get("__init__", [])
    own = inits[0].node if len(inits) == 1 else None
    return Class(
        bases=tuple(_base(one, outer) for one in node.bases),
        decorators=tuple(_ref(one, outer) for one in node.decorator_list),
        options=_options(node),
        metaclass=bool(node.keywords),
        names=tuple(sorted(names)),
        stores=tuple(sorted(stores - names)),
        idle=tuple(sorted(idle)),
        runs_setup=bool(_RUNS_SETUP.search(text)) if "SetUp" in text or "setUp" in text else False,
        dynamic=reads.is_dynamic(text) or "__class__" in stores,
        init=_function(own, outer) if isinstance(own, (ast.FunctionDef, ast.AsyncFunctionDef)) else None,
        fields=tuple(_fields(node)),
        reads=reads.of_class(node, text, names | (stores - idle)) if "def test" in text else (),
        line=node.lineno,
    )


def _base(node: ast.expr, scope: Scope) -> Ref:
    return Ref(UNKNOWN) if isinstance(node, (ast.Call, ast.Starred)) else _ref(node, scope)


def _options(node: ast.ClassDef) -> tuple[tuple[str, bool], ...] | None:
    """The literal keywords of the last decorator that is a call, None where one is not literal."""
    calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
    keywords = [one for call in calls for one in call.keywords]
    values = [one.value.value if isinstance(one.value, ast.Constant) else None for one in keywords]
    if not all(isinstance(value, bool) for value in values) or any(call.args for call in calls):
        return None
    return tuple((str(one.arg), bool(value)) for one, value in zip(keywords, values, strict=True))


def _fields(node: ast.ClassDef) -> Iterator[Field]:
    """The annotated names of a class body, as a dataclass or a named tuple reads them."""
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield _field(statement.target.id, _annotation(statement.annotation), statement.value)


def _annotation(node: ast.expr) -> str:
    """The last part of an annotation without its subscript; a quoted one is read likewise."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = node.value.partition("[")[0].rpartition(".")[2].strip()
        return text if text.isidentifier() else ""
    return last_name(node.value if isinstance(node, ast.Subscript) else node)


def _field(name: str, annotation: str, value: ast.expr | None) -> Field:
    if not isinstance(value, ast.Call):
        return Field(name, annotation, value is not None)
    if last_name(value.func) != "field":
        return Field(name, annotation, default=True, clear=last_name(value.func)[:1].isupper() or not value.keywords)
    given = {one.arg: one.value for one in value.keywords}
    flags = {key: _flag(given[key]) for key in ("init", "kw_only") if key in given}
    return Field(
        name,
        annotation,
        not {"default", "default_factory"}.isdisjoint(given),
        flags.get("init") is not False,
        flags.get("kw_only"),
        None not in flags.values() and None not in given,
    )


def _flag(node: ast.expr) -> bool | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, bool) else None


class _Reads:
    """Finds the attributes of `self` that only a base can have: first by text, then in the tree."""

    def __init__(self, lexed: Lexed, blocks: Blocks, stored: set[str]) -> None:
        self._lexed = lexed
        self._blocks = blocks
        self._stored = stored

    def text_of(self, node: ast.ClassDef) -> str:
        """The source of a class."""
        return "\n".join(self._lexed.lines[node.lineno - 1 : node.end_lineno])

    def is_dynamic(self, text: str) -> bool:
        """Whether a class may get attributes that its text does not name; substrings are found faster than patterns."""
        return any(word in text for word in self._telling) and bool(_DYNAMIC.search(text))

    @cached_property
    def _telling(self) -> frozenset[str]:
        """What can tell so in this file."""
        return frozenset(text for word, text in _DYNAMIC_WORDS.items() if word in self._lexed.words)

    def of_class(self, node: ast.ClassDef, text: str, known: set[str]) -> tuple[tuple[str, Span], ...]:
        """Each attribute that neither the class nor anything in the file sets or mentions in a string, in order."""
        wanted = set(_SELF.findall(text)) - known - _of_test_case()
        wanted = {name for name in wanted if name not in self._stored and not self._is_quoted(name)}
        return tuple(sorted(self._confirmed(node, wanted).items())) if wanted else ()

    def _is_quoted(self, name: str) -> bool:
        return f'"{name}"' in self._lexed.text or f"'{name}'" in self._lexed.text

    @cached_property
    def _methods(self) -> dict[ast.AST | None, list[Place]]:
        """What stands in the methods of each class."""
        found: dict[ast.AST | None, list[Place]] = defaultdict(list)
        owners = {scope: _method_of(scope) for scope in self._blocks.scopes}
        for place in self._blocks.places:
            found[owners[place.scope]].append(place)
        return found

    def _confirmed(self, owner: ast.ClassDef, wanted: set[str]) -> dict[str, Span]:
        found: dict[str, Span] = {}
        for place in self._methods.get(owner, ()):
            text = self._lexed.lines[place.first - 1 : place.last]
            if not any(_mentions_any(line, wanted) for line in text) or _excused(self._blocks, place.guard):
                continue
            for node in (inner for root in place.nodes for inner in nodes(root)):
                if isinstance(node, ast.Attribute) and node.attr in wanted and _is_read(node):
                    span = span_of(self._lexed, node)
                    found[node.attr] = min(span, found.get(node.attr, span))
        return found


def _is_read(node: ast.Attribute) -> bool:
    return last_name(node.value) == "self" and isinstance(node.ctx, ast.Load)


def _mentions_any(line: str, names: set[str]) -> bool:
    return "self" in line and any(name in line for name in names)


def _method_of(scope: Scope) -> ast.AST | None:
    """The class whose `self` the name means in a scope, None where it is something else."""
    inner: Scope | None = scope
    while inner and "self" not in inner.names:
        inner = inner.parent
    if inner is None or inner.parent is None or isinstance(inner.node, (ast.Module, ast.ClassDef)):
        return None
    first = [*inner.node.args.posonlyargs, *inner.node.args.args][:1]
    return inner.parent.node if [one.arg for one in first] == ["self"] and len(inner.names["self"]) == 1 else None


def _excused(blocks: Blocks, guard: int) -> bool:
    """Whether an AttributeError is expected or caught there."""
    kinds = {one.kind for one in blocks.guards.around(guard)}
    return not kinds.isdisjoint({GuardKind.TRY, GuardKind.RAISES, GuardKind.NEVER, GuardKind.SKIPPED, GuardKind.TYPING})


@cache
def _of_test_case() -> frozenset[str]:
    """What every test case of unittest has; imported late, because it brings all of asyncio with it."""
    from unittest import TestCase

    return frozenset(dir(TestCase))
