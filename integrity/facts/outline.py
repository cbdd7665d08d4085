"""The statements of a module outside of its functions, block by block, with what stands around each block.

Nothing recurses, so that nested blocks of any depth cost memory and never the stack.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

from integrity.facts.definitions import Walk
from integrity.facts.expressions import dotted, truth

Function = ast.FunctionDef | ast.AsyncFunctionDef
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINERS = (*FUNCTIONS, ast.ClassDef)


class Block(NamedTuple):
    """Statements that stand in a row.

    Attributes:
        statements: in order.
        owner: index of the class around them in the definitions, -1 at module level.
        guarded: whether something may keep them from running: an `if`, a `try`, a loop.
        never: the condition that keeps them from ever running, "" when they can.
        script: whether they run only when the module is started as a program.
    """

    statements: list[ast.stmt]
    owner: int = -1
    guarded: bool = False
    never: str = ""
    script: bool = False


class Outline:
    """The blocks of a module.

    Args:
        tree: the module.
        found: the definitions of the same text.
    """

    def __init__(self, tree: ast.Module, found: Walk) -> None:
        self.blocks = _blocks(tree, found)
        self._places = {(one.span.line, one.name): index for index, one in enumerate(found.definitions)}

    def index(self, node: Any) -> int:
        """The index of a function or class in the definitions."""
        return self._places[node.lineno, node.name]


def _blocks(tree: ast.Module, found: Walk) -> list[Block]:
    places = {(one.span.line, one.name): index for index, one in enumerate(found.definitions)}
    blocks = [Block(tree.body)]
    for block in blocks:  # grows while it is read
        for statement in block.statements:
            if isinstance(statement, ast.ClassDef):
                blocks.append(block._replace(statements=statement.body, owner=places[statement.lineno, statement.name]))
            elif not isinstance(statement, FUNCTIONS):
                blocks += inner(statement, block)
    return blocks


def inner(node: Any, block: Block) -> Iterator[Block]:
    """The blocks inside a compound statement that is no definition."""
    guarded = block._replace(guarded=True)
    if isinstance(node, (ast.If, ast.While)):
        value = constant_truth(node.test)
        script = block.script or is_main_test(node.test)
        never = block.never or (f"`if {ast.unparse(node.test)}`" if value is False else "")
        otherwise = block.never or (f"the `else` of `if {ast.unparse(node.test)}`" if value is True else "")
        yield guarded._replace(statements=node.body, never=never, script=script)
        yield guarded._replace(statements=node.orelse, never=otherwise)
        return
    for name in ("body", "orelse", "finalbody"):
        statements = getattr(node, name, None)
        if isinstance(statements, list):
            yield guarded._replace(statements=statements)
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield guarded._replace(statements=part.body)


def constant_truth(test: ast.expr) -> bool | None:
    """Whether a condition is true or false whatever happens at run time; None when that depends."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        value = constant_truth(test.operand)
        return None if value is None else not value
    if dotted(test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
        return False
    return truth(test)


def is_main_test(test: ast.expr) -> bool:
    """Whether it is `__name__ == "__main__"`."""
    if not isinstance(test, ast.Compare):
        return False
    parts = (test.left, *test.comparators)
    names = {one.id for one in parts if isinstance(one, ast.Name)}
    return "__name__" in names and any(isinstance(one, ast.Constant) and one.value == "__main__" for one in parts)
