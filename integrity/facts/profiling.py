"""The functions of one version of a file, as a comparison of two versions needs them."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from integrity.facts.bodies import Body, Function, Oracle, read_bodies
from integrity.facts.checks import Reading, read_call, read_condition, shape, source
from integrity.facts.collection import live_tests
from integrity.facts.doubles import doubles, outside_functions, products
from integrity.facts.expressions import awaited, dotted, is_constant, nodes
from integrity.facts.flaws import span_of
from integrity.facts.gating import AND, Gate, exits, gates
from integrity.facts.handlers import Handling
from integrity.facts.harness_collecting import is_automatic
from integrity.facts.leaving_out import left_out
from integrity.facts.lexical import Lexed
from integrity.facts.marks import ModuleMarks, attributes
from integrity.facts.model import Definition, FileFacts, Import
from integrity.facts.nesting import never_run
from integrity.facts.places import printable
from integrity.facts.profile import Check, FileProfile, FunctionProfile, Strength
from integrity.facts.shortcuts import shortcuts, test_markers
from integrity.facts.swallowing import equals_everything, swallowers, wrapped
from integrity.facts.tables import counts, left_lists, profiles, switches, tables
from integrity.facts.unfolding import Unfolding
from integrity.facts.vocabulary import FAILS, FIXTURES, is_assertion, looks_like_oracle
from integrity.model import Span

_WORD = re.compile(
    r"""\#[^\n]*|\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\w+|[^\w\s]""",
    re.DOTALL,
)
_MARKED = re.compile(r"PYTEST_|TEST|sys\.(?:modules|argv|_getframe)|inspect\.stack|__eq__")  # before any tree is walked
_WAITS = re.compile(r"wait_?(?:for|until)|(?:poll|retry|try)_?until|eventually", re.IGNORECASE)
_CLOSERS = frozenset(")]}")
_SUPPORT = re.compile(r"(?:^|[._])(?:tests?|testing|conftest|helpers?|support|utils?|common|assert\w*)(?:[._]|$)")
_LONGEST_WORD = 60
_ASSERTING = (ast.Assert, ast.Call)


@dataclass(frozen=True)
class Naming:
    """What the runner collects: the options of pytest by those names, whether the file's name matches, and the lowest
    Python that runs it, "" when unknown.
    """

    python_classes: Sequence[str] = ("Test",)
    python_functions: Sequence[str] = ("test",)
    collected: bool = True
    minimum_python: str = ""


def profile(lexed: Lexed, tree: ast.Module | None, facts: FileFacts, naming: Naming) -> FileProfile:
    """The profile of a text.

    Args:
        lexed: the text.
        tree: what `ast.parse` made of it, None when it does not parse; then only names are known.
        facts: of the same text.
        naming: what counts as a test.
    """
    commented = facts.commented
    names = commented.tests if commented else ()
    lines = commented.test_lines if commented else ()
    text = tuple(lexed.lines)
    if tree is None:
        functions = tuple(_of_name(one, facts.definitions) for one in facts.definitions if _looks_like_test(one))
        words = frozenset(word for word in _WORD.findall(lexed.text) if word.isidentifier())
        return FileProfile(functions, names, lines, words, broken=True, lines=text)
    module = _Module(lexed, tree, facts, naming)
    outside = outside_functions(tree)
    return FileProfile(
        tuple(module.functions()),
        names,
        lines,
        frozenset(_words(nodes(tree))),
        imported=module.imported,
        left_out=tuple(left_out(lexed.text, tree, facts)),
        doubles=tuple(doubles(outside, module.names)),
        bases=module.bases,
        lists=left_lists(module.fixed),
        equals=frozenset(equals_everything(tree)),
        swallowers=frozenset(swallowers(tree)),
        counts=counts(outside),
        budgets=profiles(tree) if "register_profile" in lexed.text else {},
        names=module.names,
        lines=text,
    )


def outline(text: str, tree: ast.Module) -> FileProfile:
    """The profile of production code: what tests may speak of, and how it treats them."""
    markers = test_markers(tree) if _MARKED.search(text) else ()
    return FileProfile(words=frozenset(_words(nodes(tree))), markers=markers, shortcuts=shortcuts(tree))


def _of_name(definition: Definition, definitions: Sequence[Definition]) -> FunctionProfile:
    """All that is known of a test in a text that does not parse."""
    nested = definition.parent >= 0 and not definitions[definition.parent].is_class
    qualname = definition.name if nested else definition.qualname
    return FunctionProfile(qualname, definition.name, definition.span, True, ())


def _looks_like_test(definition: Definition) -> bool:
    return not definition.is_class and definition.name.startswith("test")


class _Module:
    """One module that parses."""

    def __init__(self, lexed: Lexed, tree: ast.Module, facts: FileFacts, naming: Naming) -> None:
        self._lexed = lexed
        self._tree = tree
        self._marks = ModuleMarks(tree, naming.minimum_python)
        live = live_tests(facts, naming.python_classes, naming.python_functions) if naming.collected else ()
        self._live = frozenset((one.span.line, one.name) for one in live)
        self._places = {(one.span.line, one.name): one for one in facts.definitions}
        self._defined = frozenset(one.name for one in facts.definitions if not one.is_class)
        self.names = {one.bound: _origin(one) for one in facts.imports if one.name != "*"}
        self.bases = {
            one.qualname: tuple(_imported_as(base, self.names) for base in one.bases if base)
            for one in facts.definitions
            if one.is_class and one.bases
        }
        self.imported = frozenset(
            one.bound for one in facts.imports if one.name and (one.level or _SUPPORT.search(one.module))
        )

    @property
    def fixed(self) -> dict[str, ast.expr]:
        """What the names of the module are given, and nothing is added to later."""
        return self._marks.fixed

    def functions(self) -> Iterator[FunctionProfile]:
        """Every outermost function."""
        compares = "__eq__" in self._lexed.text
        for body in read_bodies(self._tree, lambda _one, _function: False, compares=compares):
            yield self._function(body)
            body.forget()

    def _function(self, body: Body) -> FunctionProfile:
        node = body.node
        definition = self._places.get((node.lineno, node.name))
        reader = _Function(self._lexed, body, self._defined)
        decorators = [*node.decorator_list, *(body.owner.decorator_list if body.owner else ())]
        cases, countable = self._marks.cases(decorators)
        live, idle = self._marks.rows(decorators)
        collected = (node.lineno, node.name) in self._live
        fixture = any(dotted(one).rpartition(".")[2] == "fixture" for one in node.decorator_list)
        return FunctionProfile(
            qualname=definition.qualname if definition else node.name,
            name=node.name,
            span=span_of(self._lexed, node),
            collected=collected,
            tokens=_tokens(self._lexed, node),
            checks=tuple(reader.checks()),
            marks=tuple(self._marks.of(node, body.owner, skipped=body.skipped)),
            cases=cases,
            countable=countable,
            live=live,
            idle=idle,
            labels=frozenset(self._marks.labels(decorators)),
            defaults=switches(node),
            given=next((source(one) for one in decorators if dotted(one).rpartition(".")[2] == "given"), ""),
            tables=tuple(tables(reader.nodes, decorators, self._values(body.owner))),
            counts=counts(reader.nodes),
            budget=self._marks.budget(decorators),
            calls=reader.calls,
            unresolved=tuple(self._unresolved(body, reader.parameters)),
            parameters=reader.parameters,
            wrapped=frozenset(wrapped(reader.nodes, decorators)),
            doubles=tuple(doubles(reader.nodes, self.names)),
            products=tuple(products(reader.nodes, hands_out=fixture)),
            words=frozenset(_words([*reader.nodes, *(each for one in decorators for each in nodes(one))])),
            fixture=fixture,
            autouse=is_automatic(node),
        )

    def _values(self, owner: ast.ClassDef | None) -> dict[str, ast.expr]:
        """What the names of the module are given, and the attributes of a class."""
        return {**self._marks.fixed, **({f"self.{name}": one for name, one in attributes(owner)} if owner else {})}

    def _unresolved(self, body: Body, parameters: Iterable[str]) -> Iterator[str]:
        """Calls for their own sake of what may check something elsewhere, and fixtures that may."""
        for name in body.likely:
            first, _, rest = name.partition(".")
            inherited = first in ("self", "cls") and rest and "." not in rest
            known = name.rpartition(".")[2] in self._defined
            if not known and (inherited or first in self.imported or looks_like_oracle(name)):
                yield name
        yield from (name for name in parameters if FIXTURES.fullmatch(name) and name not in self._defined)


class _Function:
    """One outermost function."""

    def __init__(self, lexed: Lexed, body: Body, defined: Collection[str]) -> None:
        self._lexed = lexed
        self._body = body
        self._defined = defined
        self.nodes = list(nodes(body.node))

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters, `self` and `cls` left out."""
        arguments = self._body.node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        return tuple(one.arg for one in every if one.arg not in ("self", "cls"))

    @cached_property
    def calls(self) -> tuple[str, ...]:
        """The last name of everything called."""
        names = (dotted(one.func).rpartition(".")[2] for one in self.nodes if isinstance(one, ast.Call))
        return tuple(sorted(name for name in names if name))

    @cached_property
    def _local(self) -> frozenset[str]:
        stored = (one.id for one in self.nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
        return frozenset([*self.parameters, *stored])

    @cached_property
    def _guarded(self) -> dict[int, str]:
        """The source of the block that each context manager guards."""
        found = {}
        for one in self.nodes:
            if isinstance(one, (ast.With, ast.AsyncWith)):
                text = "; ".join(map(source, one.body[:3]))
                found.update({id(item.context_expr): text for item in one.items})
        return found

    @cached_property
    def _assigned(self) -> dict[str, str]:
        """The source of the one call that each local name is assigned from."""
        found: dict[str, list[str]] = {}
        for one in self.nodes:
            if isinstance(one, ast.Assign) and len(one.targets) == 1 and isinstance(one.targets[0], ast.Name):
                value = awaited(one.value)
                found.setdefault(one.targets[0].id, []).append(source(value) if isinstance(value, ast.Call) else "")
        return {name: values[0] for name, values in found.items() if len(values) == 1 and values[0]}

    @cached_property
    def _conditions(self) -> dict[int, str]:
        """The source of the `if` around each assertion that has one, and no other branch that checks."""
        found: dict[int, str] = {}
        for one in self.nodes:
            if isinstance(one, ast.If) and not one.orelse:
                inner = [each for statement in one.body for each in nodes(statement) if isinstance(each, _ASSERTING)]
                found.update({id(each): source(one.test) for each in inner})
        return found

    @cached_property
    def _gates(self) -> dict[int, list[Gate]]:
        """What stands in front of each assertion."""
        return gates(self.nodes, lambda test: f"{self._unfolding.of(source(test))}{AND}{source(test)}")

    @cached_property
    def _exits(self) -> dict[int, tuple[str, ...]]:
        """The conditions under which each assertion is passed over."""
        return exits(self.nodes)

    @cached_property
    def _never_run(self) -> frozenset[int]:
        """What stands in functions inside this one that nothing runs."""
        return never_run(self._body.node, self.nodes)

    @cached_property
    def _unfolding(self) -> Unfolding:
        return Unfolding(self.nodes)

    def _gate(self, node: ast.AST, reading: Reading) -> str:
        kinds = (one.kind(reading.subject, reading.expected) for one in self._gates.get(id(node), ()))
        return next(filter(None, kinds), "")

    def _is_echo(self, origin: str, expected: str) -> bool:
        return bool(expected) and ((origin == expected and "(" in origin) or self._echoes(origin, expected))

    def _is_canned(self, reading: Reading) -> bool:
        """Whether what is compared with a literal is itself written out in the test, and nothing else touches it."""
        name = reading.subject.partition("[")[0]
        if reading.kind != "compare" or not reading.literal or not name.isidentifier():
            return False
        value = self._unfolding.value(name)
        return value is not None and is_constant(value) and self._loads[name] == self._asserted[name]

    @cached_property
    def _loads(self) -> Counter[str]:
        """How often each name is read."""
        return Counter(one.id for one in self.nodes if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load))

    @cached_property
    def _asserted(self) -> Counter[str]:
        """How often each name is read in an `assert`."""
        inner = (each for one in self.nodes if isinstance(one, ast.Assert) for each in nodes(one))
        return Counter(one.id for one in inner if isinstance(one, ast.Name))

    def _echoes(self, subject: str, expected: str) -> bool:
        """Whether two sides are made by the same call, directly or through attributes and methods of its result."""
        if not expected or "(" not in f"{subject}{expected}":
            return False
        made = self._unfolding.of(subject)
        return "(" in made and made == self._unfolding.of(expected)

    @cached_property
    def _expected(self) -> frozenset[int]:
        """Assertions whose failure is expected, because they stand in a block that must raise anything."""
        found: set[int] = set()
        for one in self.nodes:
            if isinstance(one, ast.With) and any(_expects_anything(item.context_expr) for item in one.items):
                found |= {id(each) for each in nodes(one) if isinstance(each, ast.Assert)}
        return frozenset(found)

    def checks(self) -> Iterator[Check]:
        """Its oracles, and the calls for their own sake that are oracles by their name alone."""
        seen = set()
        for oracle in self._body.oracles:
            seen.add(id(oracle.node))
            yield from (self._check(oracle, reading) for reading in self._readings(oracle))
        for one in self.nodes:
            if isinstance(one, ast.Call) and id(one) not in seen:
                yield from self._hidden(one)

    @cached_property
    def _likely(self) -> frozenset[str]:
        """Names of calls for their own sake, and of what `with` enters."""
        entered = (
            dotted(item.context_expr.func)
            for one in self.nodes
            if isinstance(one, (ast.With, ast.AsyncWith))
            for item in one.items
            if isinstance(item.context_expr, ast.Call)
        )
        return frozenset([*self._body.likely, *entered])

    def _hidden(self, call: ast.Call) -> Iterator[Check]:
        """An oracle deeper down, as in a lambda, or one by its name alone."""
        name = dotted(call.func)
        if self._is_own(name):
            return
        if name in FAILS:
            yield self._made(call, Reading("fail", "fail", Strength.LOOSE))
        elif is_assertion(name):
            yield self._made(call, read_call(call))
        elif name in self._likely and (looks_like_oracle(name) or _awaits(name, call)):
            yield self._made(call, Reading("call", name, Strength.EXACT, source(call), literal=True))

    def _is_own(self, name: str) -> bool:
        """Whether a call is of a helper of this file, and not of a method that has the same name."""
        first, _, rest = name.partition(".")
        return (rest or first) in self._defined and (not rest or first in ("self", "cls"))

    def _readings(self, oracle: Oracle) -> Iterator[Reading]:
        """What an oracle says; each part of a conjunction is an oracle of its own."""
        node = oracle.node
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And):
            yield from map(read_condition, node.test.values)
            return
        reading = self._reading(oracle)
        if reading:
            yield reading

    def _reading(self, oracle: Oracle) -> Reading | None:
        node = oracle.node
        if isinstance(node, ast.Raise):
            raised = node.exc and dotted(node.exc) == "AssertionError"
            return Reading("fail", "raise", Strength.LOOSE) if raised else None
        if oracle.marker:
            return Reading("fail", "fail", Strength.LOOSE)
        if isinstance(node, ast.Assert):
            return read_condition(node.test)
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            if self._is_own(name) and is_assertion(name):
                return None  # a helper of this file: what it checks counts
            return read_call(node, self._guarded.get(id(node), ""))
        return Reading("truth", "", Strength.NONE, source(node))

    def _check(self, oracle: Oracle, reading: Reading) -> Check:
        fault = oracle.fault.kind if oracle.fault and oracle.fault.certain else ""
        catch = oracle.swallowed
        swallowed = (catch is not None and catch.handling is not Handling.RECORDED) or id(oracle.node) in self._expected
        dead = oracle.place.dead is not None or id(oracle.node) in self._never_run
        made = self._made(oracle.node, reading)._replace(condition=self._conditions.get(id(oracle.node), ""))
        strength = Strength.NONE if fault else made.strength
        return made._replace(fault=fault, swallowed=swallowed, dead=dead, strength=strength)

    def _made(self, node: ast.AST, reading: Reading) -> Check:
        span = span_of(self._lexed, node)
        origin = self._assigned.get(reading.subject, reading.subject)
        expected = self._assigned.get(reading.expected, reading.expected)
        return Check(
            reading.kind,
            reading.operator,
            reading.strength,
            reading.subject,
            reading.expected,
            reading.literal,
            self._shown(span),
            shape(node, self._local),
            span,
            bounds=reading.bounds,
            origin=origin,
            echo=self._is_echo(origin, expected) or self._is_canned(reading),
            gate=self._gate(node, reading),
            exits=self._exits.get(id(node), ()),
        )

    def _shown(self, span: Span) -> str:
        """The statement as a message shows it: its first three lines on one."""
        lines = self._lexed.lines[span.line - 1 : min(span.end_line or span.line, span.line + 2)]
        return printable(" ".join(" ".join(line.split()) for line in lines))


def _awaits(name: str, call: ast.Call) -> bool:
    """Whether a call waits for a comparison to hold, and so fails when it never does."""
    conditions = (one.body for one in call.args if isinstance(one, ast.Lambda))
    return bool(_WAITS.match(name.rpartition(".")[2])) and any(
        isinstance(one, (ast.Compare, ast.BoolOp)) for one in conditions
    )


def _expects_anything(manager: ast.expr) -> bool:
    """Whether a context manager expects an exception, and a failed assertion is one."""
    if not isinstance(manager, ast.Call) or dotted(manager.func).rpartition(".")[2] not in ("raises", "assertRaises"):
        return False
    return any(dotted(one) in ("Exception", "BaseException", "AssertionError") for one in manager.args)


def _imported_as(name: str, names: Mapping[str, str]) -> str:
    first, dot, rest = name.partition(".")
    return f"{names.get(first, first)}{dot}{rest}"


def _origin(one: Import) -> str:
    """The dotted name of what an import binds; `import a.b` binds `a`."""
    if one.name:
        return ".".join(filter(None, (one.module, one.name)))
    return one.bound if one.module.startswith(f"{one.bound}.") else one.module


def _tokens(lexed: Lexed, node: Function) -> tuple[str, ...]:
    """The words and signs of a body, whatever its formatting."""
    body = node.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant) and len(body) > 1:
        body = body[1:]
    first = body[0]
    lines = lexed.lines[first.lineno - 1 : node.end_lineno]
    text = "\n".join([lines[0][first.col_offset :], *lines[1:]]) if lines else ""
    found: list[str] = []
    for word in _WORD.findall(text):
        if word[0] == "#":
            continue
        if word in _CLOSERS and found and found[-1] == ",":
            found.pop()
        found.append(f'"{word[1:-1]}"' if word[0] == "'" and not word.startswith("'''") else word)
    return tuple(found)


def _words(found: Iterable[ast.AST]) -> Iterator[str]:
    """Identifiers and short texts."""
    for one in found:
        read = _WORDS.get(type(one))
        if read:
            yield from read(one)


def _of_text(node: Any) -> list[str]:
    value = node.value
    return [value] if isinstance(value, str) and len(value) <= _LONGEST_WORD else []


def _of_alias(node: Any) -> list[str]:
    return [*node.name.split("."), *([node.asname] if node.asname else [])]


def _of_definition(node: Any) -> list[str]:
    return [node.name]


def _of_argument(node: Any) -> list[str]:
    return [node.arg] if node.arg else []


_WORDS: dict[type, Callable[[Any], list[str]]] = {
    ast.Name: lambda node: [node.id],
    ast.Attribute: lambda node: [node.attr],
    ast.arg: _of_argument,
    ast.keyword: _of_argument,
    ast.alias: _of_alias,
    ast.ImportFrom: lambda node: (node.module or "").split("."),
    ast.FunctionDef: _of_definition,
    ast.AsyncFunctionDef: _of_definition,
    ast.ClassDef: _of_definition,
    ast.Constant: _of_text,
}
