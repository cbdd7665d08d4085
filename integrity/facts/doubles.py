"""Mocks and patches in a function: what they stand in for; and what a function makes, real or not."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from integrity.facts.checks import source
from integrity.facts.expressions import awaited, dotted, is_constant, literal, nodes
from integrity.facts.places import printable
from integrity.facts.profile import Double, Product
from integrity.facts.vocabulary import MOCK_CLASSES

_KEPT = frozenset({"wraps", "side_effect"})  # a spy still runs the real thing
_FAKE = re.compile(r"_?(?:Fake|Stub|Dummy|Mock)(?:[A-Z_]\w*)?|SimpleNamespace")
_PATCHING = re.compile(r"(?:(?:mock|mocker|\w*_mocker)\.)*patch(?:\.object)?")
_SETTING = ("monkeypatch.setattr", "mp.setattr", "patcher.setattr", "setattr")
_TWO = 2
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def doubles(found: Sequence[ast.AST], names: Mapping[str, str]) -> Iterator[Double]:
    """Every mock assigned to a name or attribute, and every patch.

    Args:
        found: the nodes of a function, decorators included, or of a module outside of functions.
        names: what imports bind, with the dotted name of what they bind it to.
    """
    for one in found:
        for target, text in _of(one, names):
            if not _is_spied(target, one, found):
                yield Double(target, printable(text), getattr(one, "lineno", 1), _resolved(target, names))


def outside_functions(tree: ast.Module) -> list[ast.AST]:
    """The nodes of the statements that a module runs when it is imported."""
    own = (one for one in tree.body if not isinstance(one, _SCOPES))
    return [each for one in own for each in nodes(one)]


def _of(node: ast.AST, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The targets that a node replaces, each with the source that does it."""
    if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.expr):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        mock = _makes_mock(awaited(node.value))
        yield from ((dotted(one), source(node)) for one in targets if mock or _is_foreign(one, names))
        yield from ((name, source(node)) for one in targets if (name := _module(one)))
    elif isinstance(node, ast.Call):
        target = _patched(node)
        if target:
            yield target, source(node)


def _module(target: ast.expr) -> str:
    """The module that an entry of `sys.modules` stands for, "" for any other target."""
    if isinstance(target, ast.Subscript) and dotted(target.value) == "sys.modules":
        name = literal(target.slice)
        return name if isinstance(name, str) else ""
    return ""


def _is_foreign(target: ast.expr, names: Mapping[str, str]) -> bool:
    """Whether an assignment is to an attribute of what was imported."""
    return isinstance(target, ast.Attribute) and dotted(target).partition(".")[0] in names


def _is_spied(target: str, node: ast.AST, found: Sequence[ast.AST]) -> bool:
    """Whether what is replaced is kept, too, as in `original = cart.total`: what stands in may still call it."""
    if "." not in target:
        return False
    aside = {id(one) for one in nodes(node)} | {id(one.func) for one in found if isinstance(one, ast.Call)}
    return any(isinstance(one, ast.Attribute) and id(one) not in aside and dotted(one) == target for one in found)


def _resolved(target: str, names: Mapping[str, str]) -> str:
    """A dotted name with its first part as it is imported."""
    first, dot, rest = target.partition(".")
    return f"{names.get(first, first)}{dot}{rest}"


def _makes_mock(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and dotted(node.func).rpartition(".")[2] in MOCK_CLASSES
        and not any(one.arg == "wraps" for one in node.keywords)
    )


def _patched(call: ast.Call) -> str:
    """The dotted target of a patch, "" for any other call."""
    name = dotted(call.func)
    if any(one.arg in _KEPT for one in call.keywords):
        return ""
    if (name.endswith("patch.object") or name.endswith(_SETTING)) and len(call.args) >= _TWO:
        attribute = literal(call.args[1])
        if isinstance(attribute, str):
            return f"{dotted(call.args[0])}.{attribute}"
    if (name == "patch" or name.endswith((".patch", "monkeypatch.setattr"))) and call.args:
        return _named(call.args[0])
    return ""


def _named(node: ast.expr) -> str:
    """The dotted name that a text spells, `{__name__}` before it left out; "" for anything else."""
    if isinstance(node, ast.JoinedStr):
        own = node.values and isinstance(node.values[0], ast.FormattedValue) and source(node.values[0].value)
        rest = node.values[1:] if own == "__name__" else []
        node = rest[0] if len(rest) == 1 and isinstance(rest[0], ast.Constant) else node
    value = literal(node)
    return value.lstrip(".") if isinstance(value, str) else ""


def products(found: Iterable[ast.AST], *, hands_out: bool) -> Iterator[Product]:
    """What a function makes by a call and binds to a name or an attribute, in order of place.

    Args:
        found: the nodes of the function.
        hands_out: whether it is a fixture; what it returns or yields then has the name "".
    """
    ordered = sorted((one for one in found if isinstance(one, tuple(_READERS))), key=_place)
    made: dict[str, Product] = {}
    for one in ordered:
        for name, value in _READERS[type(one)](one):
            if name or hands_out:
                product = _product(name, awaited(value)) or (made.get(dotted(value)) if not name else None)
                if product:
                    made[name] = product._replace(name=name)
    yield from made.values()


def _product(name: str, value: ast.expr) -> Product | None:
    if not name and is_constant(value) and not (isinstance(value, ast.Constant) and value.value is None):
        return Product(name, "", True, printable(source(value)), value.lineno)
    if not isinstance(value, ast.Call):
        return None
    maker = dotted(value.func)
    last = maker.rpartition(".")[2]
    kept = any(one.arg == "wraps" for one in value.keywords)
    kept = kept or (bool(_PATCHING.fullmatch(maker)) and _is_given(value, maker))
    mock = not kept and bool(last in MOCK_CLASSES or _FAKE.fullmatch(last) or _PATCHING.fullmatch(maker))
    return Product(name, maker, mock, printable(source(value)), value.lineno)


def _is_given(patch: ast.Call, maker: str) -> bool:
    """Whether a patch is told what to put in the place, which it then hands out."""
    positional = 2 if maker.endswith("object") else 1
    return len(patch.args) > positional or any(one.arg in ("new", "new_callable") for one in patch.keywords)


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _of_assignment(node: ast.Assign) -> list[tuple[str, ast.expr]]:
    return [(dotted(one), node.value) for one in node.targets if isinstance(one, (ast.Name, ast.Attribute))]


def _of_annotated(node: ast.AnnAssign) -> list[tuple[str, ast.expr]]:
    return [(dotted(node.target), node.value)] if node.value else []


def _of_with(node: ast.With | ast.AsyncWith) -> list[tuple[str, ast.expr]]:
    return [(dotted(one.optional_vars), one.context_expr) for one in node.items if one.optional_vars]


def _of_result(node: ast.Return | ast.Yield) -> list[tuple[str, ast.expr]]:
    return [("", node.value)] if node.value else []


_READERS: dict[type[ast.AST], Callable[..., list[tuple[str, ast.expr]]]] = {
    ast.Assign: _of_assignment,
    ast.AnnAssign: _of_annotated,
    ast.With: _of_with,
    ast.AsyncWith: _of_with,
    ast.Return: _of_result,
    ast.Yield: _of_result,
}
