"""What tests are repeated over: the tables of loops and parameter sets, counts, and budgets of property tests."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from integrity.facts.checks import source
from integrity.facts.expressions import awaited, dotted, literal, nodes
from integrity.facts.profile import Table

_WRAPPERS = frozenset({"enumerate", "list", "tuple", "sorted", "reversed", "iter", "set", "tqdm"})
_VIEWS = frozenset({"items", "values", "keys"})
_PICKS = frozenset({"islice", "sample", "choices"})
_PARTS = frozenset({"head", "difference"})
_ASSERTING = (ast.Assert, ast.Call)
_DEFAULT_EXAMPLES = 100
_LEFT_OUT = re.compile(
    r"(?:^|_)(?:skip|skips|skipped|xfail|xfails|excluded?|excludes|ignored?|ignores|known|failing|failures|flaky|broken"
    r"|disabled|quarantined?|unsupported|deny(?:list)?|black(?:list)?|block(?:list)?|todo)(?:_|$)",
    re.IGNORECASE,
)

Values = Mapping[str, ast.expr]


def tables(found: Sequence[ast.AST], decorators: Iterable[ast.expr], values: Values) -> Iterator[Table]:
    """What the loops of a function, and its parameter sets, go over.

    Args:
        found: the nodes of the function.
        decorators: its own and those of its class.
        values: what the names of the module, and the attributes of the class as `self.name`, are given.
    """
    own = {**values, **_assigned(found)}
    for decorator in decorators:
        node = _argvalues(decorator)
        if node is not None:
            yield _table(node, own, decorator.lineno, loop=False)
    for one in found:
        if isinstance(one, (ast.For, ast.AsyncFor)) and _checks(one):
            names = tuple(each.id for each in nodes(one.target) if isinstance(each, ast.Name))
            yield _table(one.iter, own, one.lineno, loop=True)._replace(targets=names)


def _argvalues(decorator: ast.expr) -> ast.expr | None:
    """What a decorator repeats a test or a fixture over."""
    if not isinstance(decorator, ast.Call):
        return None
    last = dotted(decorator.func).rpartition(".")[2]
    name = {"parametrize": "argvalues", "fixture": "params"}.get(last)
    named = next((one.value for one in decorator.keywords if one.arg == name), None) if name else None
    if last == "parametrize" and named is None and len(decorator.args) > 1:
        return decorator.args[1]
    return named


def _assigned(found: Sequence[ast.AST]) -> dict[str, ast.expr]:
    """The local names that are assigned once."""
    pairs = [
        (one.targets[0].id, one.value)
        for one in found
        if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name)
    ]
    names = [name for name, _ in pairs]
    return {name: value for name, value in pairs if names.count(name) == 1}


def _checks(loop: ast.For | ast.AsyncFor) -> bool:
    return any(isinstance(each, _ASSERTING) for one in loop.body for each in nodes(one))


def _table(node: ast.expr, values: Values, line: int, *, loop: bool) -> Table:
    text, cut = source(node), False
    for _ in range(10):
        inner, part = _inside(node)
        cut = cut or part
        if inner is None and isinstance(node, ast.Name) and _is_computed(values.get(node.id)):
            inner = values[node.id]
        if inner is None:
            break
        node = inner
    over = source(node)
    rows = _rows(values.get(over, node))
    return Table(over, text, cut, rows or (), rows is not None, line, loop)


def _is_computed(value: ast.expr | None) -> bool:
    """Whether what a name is given goes over something else, so that the name hides whether it is all of that."""
    return isinstance(value, ast.Call) or (value is not None and _inside(value)[0] is not None)


def _inside(node: ast.expr) -> tuple[ast.expr | None, bool]:
    """What an expression goes over that goes over another one, and whether it takes but a part of it."""
    node = awaited(node)
    reader = _READERS.get(type(node))
    return reader(node) if reader else (None, False)


def _of_comprehension(node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> tuple[ast.expr | None, bool]:
    first = node.generators[0]
    return (first.iter, bool(first.ifs)) if len(node.generators) == 1 else (None, False)


def _of_operator(node: ast.BinOp) -> tuple[ast.expr | None, bool]:
    return (node.left, True) if isinstance(node.op, ast.Sub) else (None, False)


def _of_subscript(node: ast.Subscript) -> tuple[ast.expr | None, bool]:
    if not isinstance(node.slice, ast.Slice):
        return None, False
    whole = node.slice.lower is None and node.slice.upper is None and _is_step(node.slice.step)
    return node.value, not whole


def _of_call(node: ast.Call) -> tuple[ast.expr | None, bool]:
    last = dotted(node.func).rpartition(".")[2]
    if isinstance(node.func, ast.Attribute) and (last in _PARTS or (last in _VIEWS and not node.args)):
        return node.func.value, last in _PARTS
    if last == "filter" and len(node.args) > 1:
        return node.args[1], True
    if last in _PICKS | _WRAPPERS and node.args:
        return node.args[0], last in _PICKS
    return None, False


_READERS: dict[type[ast.AST], Callable[..., tuple[ast.expr | None, bool]]] = {
    ast.ListComp: _of_comprehension,
    ast.GeneratorExp: _of_comprehension,
    ast.SetComp: _of_comprehension,
    ast.BinOp: _of_operator,
    ast.Subscript: _of_subscript,
    ast.Call: _of_call,
}


def _is_step(step: ast.expr | None) -> bool:
    return step is None or literal(step) in (1, -1)


def _rows(node: ast.expr) -> tuple[str, ...] | None:
    """The sources of the rows that are written out, None where they are computed."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return None if any(isinstance(one, ast.Starred) for one in node.elts) else tuple(map(source, node.elts))
    if isinstance(node, ast.Dict) and None not in node.keys:
        pairs = zip(node.keys, node.values, strict=True)
        return tuple(f"{source(key)}: {source(value)}" for key, value in pairs if key is not None)
    return None


def counts(found: Iterable[ast.AST]) -> dict[str, float]:
    """The numbers that names are given, each by its name, and those that loops count up to, by `range`."""
    numbers: dict[str, float] = {}
    for one in found:
        if isinstance(one, ast.Assign) and len(one.targets) == 1:
            _note(numbers, dotted(one.targets[0]), one.value)
        elif isinstance(one, ast.Return) and one.value is not None:
            _note(numbers, "return", one.value)
        elif isinstance(one, (ast.For, ast.AsyncFor)) and isinstance(one.iter, ast.Call) and len(one.iter.args) == 1:
            _note(numbers, dotted(one.iter.func), one.iter.args[0])
    return numbers


def _note(numbers: dict[str, float], name: str, node: ast.expr) -> None:
    value = literal(node)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        numbers[name] = min(value, numbers.get(name, value))


def profiles(tree: ast.Module) -> dict[str, int]:
    """How many examples each profile of hypothesis that a module registers asks for, by its name."""
    found: dict[str, int] = {}
    for one in nodes(tree):
        if isinstance(one, ast.Call) and dotted(one.func).endswith("register_profile") and one.args:
            name = literal(one.args[0])
            given = [each.value for part in nodes(one) if isinstance(part, ast.Call) for each in _examples(part)]
            value = literal(given[0]) if given else _DEFAULT_EXAMPLES
            if isinstance(name, str) and isinstance(value, int):
                found[name] = value
    return found


def _examples(call: ast.Call) -> list[ast.keyword]:
    return [one for one in call.keywords if one.arg == "max_examples"]


def left_lists(values: Values) -> dict[str, tuple[str, ...]]:
    """What is listed, written out, under names that say that tests or inputs of them are left out."""
    found = {}
    for name, value in values.items():
        inner = value.args[0] if isinstance(value, ast.Call) and len(value.args) == 1 else value
        rows = _rows(inner) if _LEFT_OUT.search(name) else None
        if rows is not None:
            found[name] = rows
    return found


def switches(function: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, bool]:
    """The parameters of a function that are true or false unless somebody says otherwise."""
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    values = {one.arg: literal(value) for one, value in pairs if value is not None}
    return {name: value for name, value in values.items() if isinstance(value, bool)}
