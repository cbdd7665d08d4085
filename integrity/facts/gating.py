"""Which assertions of a function are reached only under a condition on the environment, or behind an early return."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from integrity.facts.checks import source
from integrity.facts.expressions import awaited, dotted, nodes
from integrity.facts.handlers import is_silent
from integrity.facts.vocabulary import is_assertion

ENVIRON = "environ"
PLATFORM = "platform"
OUTCOME = "outcome"

_KINDS = (
    (ENVIRON, re.compile(r"\benviron\b|\bgetenv\b")),
    (PLATFORM, re.compile(r"\bsys\.(?:platform|version_info|implementation)\b|\bos\.name\b|\bplatform\.\w+\(")),
)
_CONVERSIONS = frozenset({"bool", "int", "str", "strtobool", "float", "len", "all", "any", "lower", "strip", "upper"})
AND = "\n"
"""What stands between several sources of a condition."""

_SKIPS = frozenset({"skip", "skipTest", "SkipTest", "xfail"})
_OUTSIDE_CI = re.compile(r"\bnot\b.{0,20}\b(?:environ|getenv)\b.{0,10}\bCI\b|\bCI\b.{0,10}not in")
_BLOCKS = ("body", "orelse", "finalbody")
_ASSERTING = (ast.Assert, ast.Call)


class Gate(NamedTuple):
    """A condition.

    Attributes:
        text: the source of its test with what local names stand for.
        early: whether it ends the function early.
        skips: whether it does so by a skip, which the report shows.
    """

    text: str
    early: bool
    skips: bool = False

    def kind(self, subject: str, expected: str) -> str:
        """What it depends on, seen from an assertion; "" for what nothing is known of."""
        for kind, pattern in _KINDS:
            if pattern.search(self.text) and pattern.search(_without_arguments(self.text)):
                return "" if self.skips else kind
        asked = subject and all(_stands_in(one, self.text) for one in (subject, expected) if one)
        return OUTCOME if self.early and asked else ""


def gates(every: Sequence[ast.AST], text: Callable[[ast.expr], str]) -> dict[int, list[Gate]]:
    """The gates in front of each assertion or call of a function, by the id of its node.

    Args:
        every: the nodes of the function.
        text: the source of a condition.
    """
    found: dict[int, list[Gate]] = defaultdict(list)
    for one in every:
        if isinstance(one, ast.If) and not one.orelse:
            _put(found, one.body, Gate(text(one.test), early=False))
        for block in _blocks(one):
            for place, statement in enumerate(block):
                if isinstance(statement, ast.If) and _leaves(statement):
                    _put(found, block[place + 1 :], Gate(text(statement.test), early=True))
                elif isinstance(statement, ast.If) and _skips(statement):
                    _put(found, block[place + 1 :], Gate(text(statement.test), early=True, skips=True))
    return found


def exits(every: Sequence[ast.AST]) -> dict[int, tuple[str, ...]]:
    """The conditions under which each assertion or call of a function is passed over, by the id of its node.

    Those on the environment or the platform are left to the gates.
    """
    found: dict[int, list[str]] = defaultdict(list)
    for one in every:
        for block in _blocks(one):
            for place, statement in enumerate(block):
                text = source(statement.test) if isinstance(statement, ast.If) and _is_exit(statement) else ""
                for each in _asserting(block[place + 1 :]) if text else ():
                    found[id(each)].append(text)
    return {key: tuple(sorted(texts)) for key, texts in found.items()}


def _is_exit(node: ast.If) -> bool:
    """Whether a branch passes over what follows, for another reason than the platform or what gates tell of."""
    text = source(node.test)
    if _skips(node):
        asked = _KINDS[0][1].search(text)
        return bool(asked) and not _OUTSIDE_CI.search(text)
    return _passes_over(node) and not any(pattern.search(text) for _, pattern in _KINDS)


def _passes_over(node: ast.If) -> bool:
    return _leaves(node) or (isinstance(node.body[-1], ast.Continue) and all(map(_says, node.body[:-1])))


def _skips(node: ast.If) -> bool:
    """Whether a branch does nothing but skip the test."""
    last = node.body[-1]
    call = awaited(last.value) if isinstance(last, ast.Expr) else last.exc if isinstance(last, ast.Raise) else None
    named = call is not None and dotted(call).rpartition(".")[2] in _SKIPS
    return named and not node.orelse and all(map(_says, node.body[:-1]))


def _without_arguments(text: str) -> str:
    """Expressions without what is handed to calls, conversions aside: a command told where to write depends on more."""
    return " ".join(source(_Bare().visit(one)) for one in _parsed(text))


def _parsed(text: str) -> list[ast.expr]:
    found = []
    for one in text.split(AND):
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            found.append(ast.parse(one.strip(), mode="eval").body)
    return found


class _Bare(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.expr:
        name = dotted(node.func)
        if name.rpartition(".")[2] in _CONVERSIONS or any(pattern.search(f"{name}(") for _, pattern in _KINDS):
            self.generic_visit(node)
            return node
        return ast.Call(node.func, [], [])


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    found = (getattr(node, name, None) for name in _BLOCKS)
    return (one for one in found if isinstance(one, list))


def _put(found: dict[int, list[Gate]], body: Sequence[ast.stmt], gate: Gate) -> None:
    for each in _asserting(body):
        found[id(each)].append(gate)


def _asserting(body: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    return (each for one in body for each in nodes(one) if isinstance(each, _ASSERTING))


def _leaves(node: ast.If) -> bool:
    """Whether a branch does nothing but return nothing, perhaps with a word to people; not for type checkers alone."""
    if "TYPE_CHECKING" in source(node.test):
        return False
    *others, last = node.body
    value = last.value if isinstance(last, ast.Return) else last
    bare = value is None or (isinstance(value, ast.Constant) and value.value is None)
    return bare and not node.orelse and all(map(_says, others)) and not any(map(_checks, _asserting(node.body)))


def _says(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and is_silent(dotted(value.func)))


def _checks(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert) or (isinstance(node, ast.Call) and is_assertion(dotted(node.func)))


def _stands_in(part: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text))
