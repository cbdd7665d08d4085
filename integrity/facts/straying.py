"""Tests that stand where no runner finds them, or under a name that none looks for.

Kinds:

- ``shadowed``: a later definition of the same name in the same block takes its place; certain where they differ;
- ``dead``: defined under a condition that never holds;
- ``renamed``: a name like `_test_total` or `disabled_test_total`, an assertion inside, and nothing that calls it;
- ``marked``: a function with a mark of pytest that nothing uses, whatever its name;
- ``fixture``: a fixture named like a test, with an assertion inside, that nothing asks for;
- ``yields``: a test with `yield` in it; in a class certain only where nothing but marks decorates it;
- ``constructor``: a class with tests that defines a constructor; certain where nothing mentions the class and a test
  returns nothing;
- ``script``: functions that only run when the module is started as a program.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from typing import Any

from integrity.facts.definitions import Walk
from integrity.facts.expressions import dotted, nodes, text_of
from integrity.facts.flaws import span_of
from integrity.facts.lexical import Lexed, mentions
from integrity.facts.outline import DEFINERS, FUNCTIONS, Block, Function, Outline
from integrity.facts.places import printable
from integrity.facts.switches import Stray

SHADOWED = "shadowed"
DEAD = "dead"
RENAMED = "renamed"
MARKED = "marked"
FIXTURE = "fixture"
YIELDS = "yields"
SCRIPT = "script"
CONSTRUCTOR = "constructor"

_TESTS = (re.compile(r"def \w*test"), re.compile(r"class \w*test"))  # in lower case; one expression is far slower
_RENAMED = re.compile(
    r"_+test_\w+|(?:x|no|not?_?a?|skip|off|old|disabled?|broken|todo|ignored?|dont|do_not|inactive|deactivated?|commented"
    r"|manual|wip|hide|hidden|tmp|temp|zz+)_?_?(?:run_)?test(?:_\w+)?",
    re.IGNORECASE,
)
_REGISTERING = re.compile(r"(?:pytest\.mark|mark|mock|patch|unittest|pytest|staticmethod|classmethod)(?:\.|$)")
_OVERLOADING = frozenset({"overload", "setter", "getter", "deleter", "register"})


def strays(lexed: Lexed, outline: Outline, found: Walk, checking: Collection[int]) -> tuple[Stray, ...]:
    """The stray tests of a module, in order of place.

    Args:
        lexed: the text that was parsed.
        outline: its blocks.
        found: its definitions and imports.
        checking: indices of the functions that hold an oracle, or reach one.
    """
    reader = _Reader(lexed, outline, found, checking)
    return tuple(sorted(reader.found(), key=lambda one: (one.span, one.kind)))


def worth_reading(lexed: Lexed) -> bool:
    """Whether a text can hold tests at all."""
    text = lexed.lower
    return "pytest.mark" in text or "__main__" in text or any(one.search(text) for one in _TESTS)


class _Reader:
    def __init__(self, lexed: Lexed, outline: Outline, found: Walk, checking: Collection[int]) -> None:
        self._lexed = lexed
        self._outline = outline
        self._found = found
        self._checking = checking
        self._with_yield = "yield" in lexed.text

    def found(self) -> Iterator[Stray]:
        for block in self._outline.blocks:
            definitions = [one for one in block.statements if isinstance(one, DEFINERS)]
            if len(definitions) > 1:
                yield from self._shadowed(block, definitions)
            for one in definitions:
                yield from self._of_place(one, block)
                if isinstance(one, FUNCTIONS):
                    yield from self._of_function(one)
        yield from self._script()

    def _shadowed(self, block: Block, definitions: list[Any]) -> Iterator[Stray]:
        last: dict[str, Any] = {}
        for one in reversed(definitions):
            later = last.get(one.name)
            if later is None:
                last[one.name] = one
            elif type(one) is type(later) or not isinstance(one, ast.ClassDef):
                if not (_overloads(one) or _overloads(later) or self._used_between(block, one, later)):
                    certain = not self._same(one, later)
                    yield self._stray(SHADOWED, one, line=later.lineno, certain=certain)
                last[one.name] = one

    def _used_between(self, block: Block, first: Any, second: Any) -> bool:
        """Whether something uses a name before it is bound again, the second definition's head included."""
        start, end = block.statements.index(first) + 1, block.statements.index(second)
        name = first.name
        heads: list[ast.AST] = [*second.decorator_list, *getattr(second, "bases", ())]
        between = [one for one in block.statements[start:end] if not isinstance(one, DEFINERS)]
        heads += [each for one in block.statements[start:end] for each in getattr(one, "decorator_list", ())]
        return any(_mentions(one, name) for one in (*between, *heads)) or any(
            name in (dotted(base) for base in getattr(one, "bases", ())) for one in block.statements[start:end]
        )

    def _same(self, one: Any, other: Any) -> bool:
        lines = self._lexed.lines
        text = [[line.strip() for line in lines[each.lineno - 1 : each.end_lineno]] for each in (one, other)]
        return text[0] == text[1]

    def _of_place(self, node: Any, block: Block) -> Iterator[Stray]:
        if block.never:
            yield self._stray(DEAD, node, text=block.never)
        if isinstance(node, ast.ClassDef):
            made = [one for one in node.body if isinstance(one, FUNCTIONS) and one.name in ("__init__", "__new__")]
            certain = bool(made) and any(map(_may_be_test, node.body)) and self._unused(node.name)
            yield from (self._stray(CONSTRUCTOR, one, certain=certain) for one in made)

    def _of_function(self, node: Function) -> Iterator[Stray]:
        index = self._outline.index(node)
        decorators = [dotted(one) for one in node.decorator_list]
        plain = all(map(_REGISTERING.match, decorators))
        fixture = any(name.rpartition(".")[2] == "fixture" for name in decorators)
        if node.name.startswith("test"):
            if fixture and index in self._checking and not _hands_over(node) and self._unused(node.name):
                yield self._stray(FIXTURE, node)
            elif not fixture and self._with_yield and "yield" in text_of(self._lexed, node) and _yields(node):
                yield self._stray(YIELDS, node, certain=plain)
        elif plain and not fixture:
            if index in self._checking and _RENAMED.fullmatch(node.name) and self._unused(node.name):
                yield self._stray(RENAMED, node)
            elif any(name.startswith(("pytest.mark.", "mark.")) for name in decorators) and self._unused(node.name):
                yield self._stray(MARKED, node, certain=index in self._checking)

    def _unused(self, name: str) -> bool:
        """Whether the text holds a name once only: where it is defined."""
        found = mentions(self._lexed.text, name)
        return next(found, None) is not None and next(found, None) is None

    def _script(self) -> Iterator[Stray]:
        """The functions that a module started as a program runs, themselves or through others."""
        blocks = [block for block in self._outline.blocks if block.script]
        if not blocks:
            return
        functions = {
            one.name: one
            for block in self._outline.blocks
            for one in (block.statements if block.owner < 0 else ())
            if isinstance(one, FUNCTIONS)
        }
        todo: list[ast.AST] = [one for block in blocks for one in block.statements]
        first = todo[0]
        reached: dict[str, Function] = {}
        while todo:
            for one in nodes(todo.pop()):
                if isinstance(one, ast.Name) and one.id in functions and one.id not in reached:
                    reached[one.id] = functions[one.id]
                    todo.append(functions[one.id])
        proving = {name for name, one in reached.items() if self._outline.index(one) in self._checking}
        checks = [one for name, one in reached.items() if "test" in name.lower() or name in proving]
        if checks:
            names = ", ".join(sorted(one.name for one in checks))
            certain = bool(proving)
            yield Stray(SCRIPT, -1, span_of(self._lexed, first), printable(names), checks[0].lineno, certain)

    def _stray(self, kind: str, node: Any, *, text: str = "", line: int = 0, certain: bool = True) -> Stray:
        return Stray(kind, self._outline.index(node), span_of(self._lexed, node), text, line, certain)


def _may_be_test(node: ast.stmt) -> bool:
    """Whether a member is named like a test and says of nothing that it returns it, as helpers do."""
    if not isinstance(node, FUNCTIONS) or not node.name.startswith("test"):
        return False
    return node.returns is None or (isinstance(node.returns, ast.Constant) and node.returns.value is None)


def _overloads(node: Any) -> bool:
    """Whether a decorator may keep an earlier definition of the name, or put it somewhere."""
    names = [dotted(one) for one in node.decorator_list]
    return any(name.rpartition(".")[2] in _OVERLOADING or not _REGISTERING.match(name) for name in names)


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == name for one in nodes(node))


def _hands_over(node: Function) -> bool:
    """Whether it gives a value to who asks for it."""
    return any(isinstance(one, (ast.Yield, ast.Return)) and one.value is not None for one in nodes(node))


def _yields(node: Function) -> bool:
    """Whether a function itself yields, so that calling it runs nothing of it."""
    stack: list[ast.AST] = list(node.body)
    while stack:
        one = stack.pop()
        if isinstance(one, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(one, (*DEFINERS, ast.Lambda)):
            stack += ast.iter_child_nodes(one)
    return False
