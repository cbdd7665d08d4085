"""What a text defines, binds and uses, as far as a merge must know it to tell that nothing was lost."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from integrity.facts.lexical import Lexed
from integrity.facts.model import Syntax
from integrity.facts.syntax import ParserLimit, parse

AnyFunction = ast.FunctionDef | ast.AsyncFunctionDef
_ASSERTING = ("assert", "raises", "fail", "expect", "verify", "check")


@dataclass(frozen=True)
class Function:
    """A function at module or class level.

    Attributes:
        text: its lines, decorators included.
        first: its first line, counted from 0.
        end: the line behind its last one.
        body: a dump of what it does, without its name.
        hollow: whether it does nothing: `pass`, a constant, `assert True`.
        asserts: how many assertions it makes, statements and calls.
        test: whether it is named like a test.
        method: whether its first parameter is `self`.
        fixture: whether a decorator names a fixture.
    """

    text: str
    first: int
    end: int
    body: tuple[str, ...]
    hollow: bool
    asserts: int
    test: bool
    method: bool
    fixture: bool


@dataclass
class Outline:
    """The outline of a text that parses.

    Attributes:
        functions: by qualified name; a second one of the same name has `#1` behind it, and so on.
        classes: how often each qualified class name is defined.
        bound: every name bound anywhere, parameters included.
        used: every name read.
        parameters: names of parameters, which may be those of fixtures.
        imports: what each name is imported from at module level, as in ("a.b:c",); a plain import has its full name.
    """

    functions: dict[str, Function] = field(default_factory=dict)
    classes: Counter[str] = field(default_factory=Counter)
    bound: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    imports: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: set[str] = field(default_factory=set)

    @property
    def missing(self) -> set[str]:
        """Names read but bound nowhere."""
        return self.used - self.bound

    @property
    def needed(self) -> set[str]:
        """Names read, or asked for as parameters."""
        return self.used | self.parameters

    @property
    def fixtures(self) -> set[str]:
        """Bare names of fixtures."""
        return {bare(name) for name, function in self.functions.items() if function.fixture}


@lru_cache(maxsize=16)  # a merge asks again and again for the same few texts
def outline(text: str) -> Outline | None:
    """The outline of a text, None when it does not parse, or not within the limits of the parser."""
    if "\r" in text:  # decoding leaves none, and libcst counts other lines than CPython where there is one
        return None
    lexed = Lexed(text)
    try:
        verdict, tree = parse(lexed)
    except (ParserLimit, RecursionError, MemoryError):
        return None
    if tree is None or verdict.syntax is Syntax.BROKEN:
        return None
    found = Outline()
    _names(tree, found)
    _imports(tree.body, found)
    counts: Counter[str] = Counter()
    for name, node in _definitions(tree):
        if isinstance(node, ast.ClassDef):
            found.classes[name] += 1
        else:
            key = f"{name}#{counts[name]}" if counts[name] else name
            counts[name] += 1
            found.functions[key] = _function(node, lexed.lines)
    return found


def bare(name: str) -> str:
    """The last part of a qualified name."""
    return name.rpartition(".")[2].partition("#")[0]


def _definitions(tree: ast.Module) -> Iterator[tuple[str, AnyFunction | ast.ClassDef]]:
    """Functions and classes at module and class level, under `if` and its kin too, in order."""
    stack: list[tuple[str, ast.AST]] = [("", statement) for statement in reversed(tree.body)]
    while stack:
        prefix, node = stack.pop()
        if isinstance(node, AnyFunction | ast.ClassDef):
            yield prefix + node.name, node
            if isinstance(node, AnyFunction):
                continue
            prefix = f"{prefix}{node.name}."
        if isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            nested = (ast.stmt, ast.ExceptHandler, ast.match_case)
            children = [child for child in ast.iter_child_nodes(node) if isinstance(child, nested)]
            stack += [(prefix, child) for child in reversed(children)]


def _function(node: AnyFunction, lines: list[str]) -> Function:
    first = min([node.lineno, *[decorator.lineno for decorator in node.decorator_list]])
    decorators = [line for line in lines[first - 1 : node.lineno - 1] if "fixture" in line]
    test = node.name.startswith("test")
    parameters = [*node.args.posonlyargs, *node.args.args]
    return Function(
        text="\n".join(lines[first - 1 : node.end_lineno]),
        first=first - 1,
        end=node.end_lineno or first,
        body=tuple(" ".join(line.split()) for line in lines[node.body[0].lineno - 1 : node.end_lineno]),
        hollow=all(_idle(one) or (test and _returns_constant(one)) for one in node.body),
        asserts=sum(1 for inner in ast.walk(node) if _asserts(inner)),
        test=test,
        method=bool(parameters) and parameters[0].arg == "self",
        fixture=bool(decorators),
    )


def _idle(statement: ast.stmt) -> bool:
    """Whether a statement can neither fail nor do anything."""
    if isinstance(statement, ast.Pass):
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Assert):
        return isinstance(statement.test, ast.Constant) and bool(statement.test.value)
    return isinstance(statement, ast.Return) and statement.value is None


def _returns_constant(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Return) and isinstance(statement.value, ast.Constant)


def _asserts(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return not _idle(node)
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name.lower().startswith(_ASSERTING)


def _names(tree: ast.Module, found: Outline) -> None:
    """Every name that is bound or read."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (found.used if isinstance(node.ctx, ast.Load) else found.bound).add(node.id)
        elif isinstance(node, AnyFunction | ast.ClassDef):
            found.bound.add(node.name)
        elif isinstance(node, ast.arg):
            found.bound.add(node.arg)
            found.parameters.add(node.arg)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found.bound.update(binding(alias) for alias in node.names)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            found.bound.add(node.name)


def _imports(body: Iterable[ast.stmt], found: Outline) -> None:
    """What names are imported from at module level."""
    for statement in body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            for name, source in sources(statement):
                found.imports[name] = (*found.imports.get(name, ()), source)


def sources(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """Each name that a statement imports, with where it comes from."""
    if isinstance(statement, ast.Import):
        yield from ((alias.asname or alias.name, alias.name) for alias in statement.names)
    else:
        module = "." * statement.level + (statement.module or "")
        yield from ((binding(alias), f"{module}:{alias.name}") for alias in statement.names)


def binding(alias: ast.alias) -> str:
    """The name that an imported name is bound to."""
    return alias.asname or alias.name.partition(".")[0]
