"""What a function uses that stands elsewhere, as far as it may check something for the function."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Iterator
from typing import Any

from integrity.facts.bodies import Body
from integrity.facts.expressions import dotted, nodes
from integrity.facts.verdicts import Checker, Reach
from integrity.facts.vocabulary import DECORATORS, FIXTURES, looks_like_oracle

_ASKING = ("usefixtures", "getfixturevalue")
_INSTANCES = ("self", "cls")


_APART = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def looked_at(tree: ast.Module) -> frozenset[str]:
    """The names that the code of a module outside of its functions uses in more than a bare call, as a script does.

    What a bare call is given by its name is used: a callback.
    """
    found: set[str] = set()
    todo: list[ast.AST] = list(tree.body)
    while todo:
        one = todo.pop()
        if isinstance(one, ast.Name):
            found.add(one.id)
        elif isinstance(one, ast.Expr) and isinstance(one.value, ast.Call) and not _ends(one.value):
            given = [*one.value.args, *(each.value for each in one.value.keywords)]
            todo += [each for each in given if isinstance(each, ast.Name)]
        elif not isinstance(one, _APART) and (not isinstance(one, ast.Expr) or _ends(one.value)):
            todo += ast.iter_child_nodes(one)
    return frozenset(found)


def _ends(node: ast.expr) -> bool:
    """Whether it is a call such as `sys.exit(...)`."""
    return isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] in ("exit", "SystemExit")


def parameters(body: Body) -> list[str]:
    """The names of the parameters that a runner fills with fixtures, or a decorator with values."""
    arguments = body.node.args
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return names[1:] if body.owner is not None and names[:1] in (["self"], ["cls"]) else names


def signs(body: Body, known: Container[str], supporting: Container[str] = ()) -> Iterator[str]:
    """The names of what looks like an oracle among all that a function uses.

    Args:
        body: the function.
        known: names that are looked into instead.
        supporting: names of which everything is taken for an oracle.
    """
    yield from (name for one in body.node.decorator_list if DECORATORS.fullmatch(name := dotted(one)))
    yield from (name for name in parameters(body) if FIXTURES.fullmatch(name) and name not in known)
    for name in body.likely:
        first, _, rest = name.partition(".")
        if (name.rpartition(".")[2] not in known and looks_like_oracle(name)) or first in supporting:
            yield name
        elif first in _INSTANCES and rest and "." not in rest and rest not in known:
            yield name  # inherited, or a function that was assigned


def reach_of(bodies: Iterable[Body], suspects: Iterable[str], roots: Container[str] | None, owner: int) -> Reach:
    """What functions use together.

    Args:
        bodies: the functions.
        suspects: the names of what looks like an oracle in them.
        roots: the first names of what can come from elsewhere, None for all.
        owner: line of the class around them, 0 for none.
    """
    asks: set[str] = set()
    mentioned: set[str] = set()
    for body in bodies:
        asks |= _asked(body)
        mentioned |= {one for one in _mentions(body) if _is_foreign(one, roots)}
    return Reach(tuple(sorted(asks)), tuple(sorted(mentioned)), tuple(sorted(set(suspects))), owner)


def checkers(bodies: Iterable[Body]) -> tuple[Checker, ...]:
    """The functions of a module, for tests of other files that use them."""
    return tuple(_checker(body) for body in bodies)


def _checker(body: Body) -> Checker:
    oracles = [one for one in body.oracles if one.fault is None]
    found = [one.node for one in oracles if not isinstance(one.node, ast.Raise) or one.raises_assertion]
    asserts = bool(found) or any(isinstance(one, ast.Assert) for one in body.nodes)
    yields = [one.lineno for one in body.nodes if isinstance(one, (ast.Yield, ast.YieldFrom))]
    watches = bool(yields) and any(getattr(one, "lineno", 0) > min(yields) for one in found)
    owner = body.owner.lineno if body.owner else 0
    reach = reach_of([body], signs(body, ()), None, owner)
    return Checker(body.node.lineno, asserts, bool(oracles), reach, watches)


def _asked(body: Body) -> set[str]:
    decorators = [*body.node.decorator_list, *(body.owner.decorator_list if body.owner else ())]
    parts = [body.nodes, *map(nodes, decorators)]
    calls: list[Any] = [one for part in parts for one in part if type(one) is ast.Call]
    named = (one for call in calls if dotted(call.func).endswith(_ASKING) for one in call.args)
    texts = (one.value for one in named if isinstance(one, ast.Constant))
    return {*parameters(body), *(one for one in texts if isinstance(one, str))}


def _mentions(body: Body) -> Iterator[str]:
    for one in body.nodes:
        kind = type(one)
        if kind is ast.Name:
            yield one.id  # type: ignore[attr-defined]
        elif kind is ast.Attribute:
            name = dotted(one)
            if not name.startswith("?"):
                yield name


def _is_foreign(name: str, roots: Container[str] | None) -> bool:
    first, _, rest = name.partition(".")
    if first in _INSTANCES:
        return bool(rest) and "." not in rest
    return roots is None or first in roots
