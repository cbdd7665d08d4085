"""Whether the test can learn of a failed assertion that a handler caught: what is read, raised or asserted later."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from integrity.facts.expressions import dotted, nodes, truth
from integrity.facts.vocabulary import FAILS, STOPS, is_assertion

_SHARED = (ast.Global, ast.Nonlocal)


class Scene(NamedTuple):
    """What stands around a `try`.

    Attributes:
        function: all nodes of the outermost function.
        loop: the loop around it, None without any.
    """

    function: Sequence[ast.AST] = ()
    loop: Any = None


def names_read(scene: Scene, handler: ast.ExceptHandler) -> frozenset[str]:
    """The names through which a handler can tell the test something.

    They are read behind it, or, in a loop, anywhere outside of it but in the condition of the loop; or are parameters
    or known outside of the function.
    """
    own = {id(one) for one in nodes(handler)}
    if isinstance(scene.loop, ast.While):
        own |= {id(one) for one in nodes(scene.loop.test)}
    first = scene.loop.lineno if scene.loop else handler.end_lineno or 0
    found = {"self", "cls"}
    for one in scene.function:
        if isinstance(one, ast.Name):
            if isinstance(one.ctx, ast.Load) and one.lineno > first and id(one) not in own:
                found.add(one.id)
        elif isinstance(one, ast.arg):
            found.add(one.arg)
        elif isinstance(one, _SHARED):
            found.update(one.names)
    return frozenset(found)


def is_told(node: Any, scene: Scene) -> bool:
    """Whether a loop around a `try` tells of its last failure: it goes on until there is none, or fails behind it."""
    if isinstance(scene.loop, ast.While) and _goes_on(node, scene.loop):
        return True
    tried = {id(each) for one in node.body for each in nodes(one)}
    bound = frozenset(_stored(scene.loop))
    later = (one for one in scene.function if getattr(one, "lineno", 0) > scene.loop.lineno and id(one) not in tried)
    return any(_fails(one, bound) for one in later)


def _goes_on(node: Any, loop: ast.While) -> bool:
    """Whether nothing but success ends a loop."""
    leaves = (ast.Break, ast.Return)
    if any(isinstance(each, leaves) for one in node.handlers for each in nodes(one)):
        return False
    asked = {one.id for one in nodes(loop.test) if isinstance(one, ast.Name)}
    return truth(loop.test) is True or bool(asked & {name for one in node.body for name in _stored(one)})


def _stored(node: ast.AST) -> Iterator[str]:
    return (one.id for one in nodes(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))


def _fails(node: ast.AST, bound: frozenset[str]) -> bool:
    """Whether a statement fails by itself, or asserts something of what the loop has bound."""
    if isinstance(node, ast.Raise):
        return True
    if isinstance(node, ast.Call):
        name = dotted(node.func)
        if name in FAILS or name in STOPS:
            return True
        return is_assertion(name) and _mentions(node, bound)
    return isinstance(node, ast.Assert) and _mentions(node, bound)


def _mentions(node: ast.AST, names: frozenset[str]) -> bool:
    return any(isinstance(one, ast.Name) and one.id in names for one in nodes(node))
