"""Which functions of a file check something, and the tests among them that do not.

A test is proven when it, or a function, fixture, method or decorator of the file that it uses, holds a sound oracle,
and when it uses something from elsewhere that looks like one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TypeGuard

import msgspec

from integrity.facts import doubts, flaws
from integrity.facts.assertions import CONSTANT
from integrity.facts.bodies import Body, Function, is_empty, read_bodies
from integrity.facts.definitions import Walk
from integrity.facts.expressions import dotted, nodes, text_of
from integrity.facts.lexical import Lexed
from integrity.facts.mocked import MOCKED_SUBJECT, mocked_subject
from integrity.facts.mocks import only_mocks
from integrity.facts.model import Import
from integrity.facts.reaching import checkers, looked_at, parameters, reach_of, signs
from integrity.facts.verdicts import Checker, Effect, Flaw, OracleFacts, Reach, Unproven
from integrity.facts.vocabulary import (
    EXPECTING,
    NOT_RAISED,
    SKIP_MARKS,
    SMOKE,
    is_assertion,
)

# Each starts with the letters to look for: what starts with a `\b`, or has branches, is ten times as slow.
_WORTH_READING = tuple(
    re.compile(one)
    for one in (r"assert(?<=\bassert)", "AssertionError", r"def (?<=\bdef )\w*test",
                r"pytest\b(?<=\bpytest)", r"unittest\b(?<=\bunittest)")
)  # fmt: skip
_TEST_NAME = re.compile(r"test|^(?:it|should|spec)_", re.IGNORECASE)
_DEFINERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SUPPORT = re.compile(
    r"(?:^|\.)(?:tests?|testing|conftest|helpers?|support|test_\w+|\w+_(?:tests?|testing|helpers?)|\w*assert\w*|testutils?)(?:\.|$)"
)
_TEARDOWNS = frozenset(
    {"tearDown", "asyncTearDown", "tearDownClass", "teardown_method", "teardown_class", "teardown", "teardown_function"}
)
_SETUPS = frozenset({"setUp", "asyncSetUp", "setUpClass", "setup_method", "setup_class"})
_PLAIN_BASES = frozenset(
    {"object", "TestCase", "unittest.TestCase", "IsolatedAsyncioTestCase", "unittest.IsolatedAsyncioTestCase"}
)
_PROMPT = re.compile(r"^\s*(?:>>> |In \[\d+\]: )", re.MULTILINE)  # a doctest may run what the body does not
_PASSED = re.compile(r"\bpass(?:ed|es)?\b|success|\bok\b|[✓✔✅]|works?\b|verified|complete", re.IGNORECASE)


def oracle_facts(lexed: Lexed, tree: ast.Module, found: Walk) -> OracleFacts | None:
    """What the functions of a module check; None when there is nothing to say.

    Args:
        lexed: the text that was parsed.
        tree: what `ast.parse` made of it.
        found: the definitions and imports of the same text.
    """
    if not any(one.search(lexed.text) for one in _WORTH_READING):
        return None
    module = _Module(tree)
    bodies = read_bodies(tree, module.always_true, compares="__eq__" in lexed.text)
    places = {(one.span.line, one.name): index for index, one in enumerate(found.definitions)}
    resolved = _Resolved(bodies, found.imports)
    names = doubts.names_of(bodies)
    flawed: list[Flaw] = []
    checking: list[int] = []
    for body in bodies:
        index = places[body.node.lineno, body.node.name]
        proven = resolved.proves(body)
        if proven:
            checking.append(index)
        flawed += flaws.of_body(lexed, body, index, sole=not proven)
        if body.node.name.startswith("test"):
            flawed += module.oddities(lexed, body, index)
        flawed += [
            flaws.flaw_at(lexed, kind, index, node, certain=certain, sole=not proven)
            for kind, node, certain in doubts.of_body(body, names)
        ]
    tests = [(body, places[body.node.lineno, body.node.name]) for body in bodies if _TEST_NAME.search(body.node.name)]
    unproven = [
        one for body, index in tests if not resolved.proves(body) for one in resolved.unproven(body, index, lexed)
    ]
    unproven = _with_scripts(tree, found, unproven)
    suspended = [
        one for body, index in tests if resolved.suspends(body) for one in resolved.unproven(body, index, lexed)
    ]
    for body in bodies:
        body.forget()
    if not (flawed or unproven or checking):
        return None
    flawed.sort(key=lambda one: (one.span, one.kind))
    documented = ast.get_docstring(tree, clean=False) is not None
    return OracleFacts(tuple(flawed), tuple(unproven), tuple(checking), documented, tuple(suspended))


def _with_scripts(tree: ast.Module, found: Walk, unproven: list[Unproven]) -> list[Unproven]:
    """Note which returned verdicts the module looks at itself when it runs as a script."""
    returned = [one for one in unproven if one.effect is Effect.RETURNED and not one.used]
    names = looked_at(tree) if returned else frozenset()
    return [
        msgspec.structs.replace(one, used=True)
        if one.effect is Effect.RETURNED and found.definitions[one.definition].name in names
        else one
        for one in unproven
    ]


def checkers_of(lexed: Lexed, tree: ast.Module) -> tuple[Checker, ...]:
    """The functions of a module, for tests of other files that use them."""
    bodies = read_bodies(tree, _Module(tree).always_true, compares="__eq__" in lexed.text)
    found = checkers(bodies)
    for body in bodies:
        body.forget()
    return found


class _Module:
    """What the names at module level stand for."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._bound: dict[Function, frozenset[str]] = {}

    def always_true(self, node: ast.expr, function: Function) -> bool:
        """Whether a name inside a function is an undecorated function, a plain class or a module of this file."""
        if not isinstance(node, ast.Name) or node.id not in self._solid or node.id in self._rebound:
            return False
        if function not in self._bound:
            self._bound[function] = _bound(function)
        return node.id not in self._bound[function]

    def oddities(self, lexed: Lexed, body: Body, index: int) -> Iterator[Flaw]:
        """What is wrong with a test as a whole: nobody awaits it, or it talks to its own mocks only."""
        if isinstance(body.node, ast.AsyncFunctionDef) and self._is_plain(body):
            yield flaws.flaw_at(lexed, flaws.NEVER_AWAITED, index, body.node)
        if body.oracles and not parameters(body) and _mentions_mock(lexed, body.node) and only_mocks(body.node):
            yield flaws.flaw_at(lexed, flaws.MOCK_ONLY, index, body.node)
        if "patch" in text_of(lexed, body.node):
            for call in mocked_subject(body.node):
                yield flaws.flaw_at(lexed, MOCKED_SUBJECT, index, call)

    def _is_plain(self, body: Body) -> bool:
        """Whether it is a method, as it stands, of a class whose only base is unittest's plain TestCase."""
        bases = [dotted(base) for base in body.owner.bases] if body.owner else []
        if len(bases) != 1 or not all(map(_is_mark, body.node.decorator_list)):
            return False
        named = {"unittest.TestCase": self._imports_unittest, "TestCase": self._imports_test_case}
        return named.get(bases[0], False)

    @cached_property
    def _imports_unittest(self) -> bool:
        """Whether `unittest` is the module of the standard library, and not Twisted's or Django's of that name."""
        plain = [one for one in self._tree.body if isinstance(one, ast.Import)]
        others = [one for one in self._tree.body if isinstance(one, ast.ImportFrom)]
        return any(
            name.name.partition(".")[0] == "unittest" and not name.asname for one in plain for name in one.names
        ) and not any((name.asname or name.name) == "unittest" for one in others for name in one.names)

    @cached_property
    def _imports_test_case(self) -> bool:
        imports = [one for one in self._tree.body if isinstance(one, ast.ImportFrom)]
        named = [one.module for one in imports if any((name.asname or name.name) == "TestCase" for name in one.names)]
        return named == ["unittest"]

    @cached_property
    def _solid(self) -> frozenset[str]:
        return frozenset(one.name for one in self._tree.body if _is_solid(one))

    @cached_property
    def _rebound(self) -> frozenset[str]:
        """Names that statements at module level, other than definitions, bind."""
        others = [one for one in self._tree.body if not isinstance(one, (ast.Expr, *_DEFINERS))]
        return frozenset(
            each.id
            for one in others
            for each in nodes(one)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        )


def _supporting(imports: Iterable[Import]) -> frozenset[str]:
    """The local names of what comes from modules that support tests."""
    return frozenset(one.bound for one in imports if one.name and (one.level or _SUPPORT.search(one.module)))


def _roots(imports: Sequence[Import]) -> frozenset[str] | None:
    """The first names of what comes from elsewhere; None where anything may."""
    if any(one.name == "*" for one in imports):
        return None
    return frozenset((one.bound or one.module).partition(".")[0] for one in imports)


def _is_solid(node: ast.stmt) -> TypeGuard[Function | ast.ClassDef]:
    """Whether it defines something that is always true: nothing decorates it, and no base or metaclass is involved."""
    if isinstance(node, ast.ClassDef):
        return not (node.decorator_list or node.bases or node.keywords)
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not node.decorator_list


def _mentions_mock(lexed: Lexed, node: Function) -> bool:
    """Whether the text of a function makes a mock."""
    return "Mock(" in lexed.between(node.lineno, node.end_lineno or node.lineno)


def _bound(function: Function) -> frozenset[str]:
    """The names that a function binds."""
    found: set[str] = set()
    for one in nodes(function):
        if isinstance(one, ast.arg):
            found.add(one.arg)
        elif isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
            found.add(one.id)
        elif isinstance(one, ast.alias):
            found.add(one.asname or one.name)
    return frozenset(found)


class _Resolved:
    """Answers whether a function checks something, itself or through others of the file.

    Functions refer to each other by bare names. What the doubtful ones can reach is read once, and then it is told
    backwards which of them reach an oracle, so that the time is linear in the size of the file.
    """

    def __init__(self, bodies: Sequence[Body], imports: Sequence[Import]) -> None:
        self._supporting = _supporting(imports)
        self._roots = _roots(imports)
        self._bodies = bodies
        self._by_name = _named(bodies)
        self._asserting: set[Body] = set()
        self._used: dict[Body, set[str]] = {}
        self._trusting = True
        doubtful = {body for body in bodies if not body.sound and _TEST_NAME.search(body.node.name)}
        self._proven = self._reaching(doubtful) | {body for body in bodies if body.sound}
        self._trusting = False
        likely = doubtful & self._proven
        self._suspended = likely - self._reaching(likely) if likely else set()

    def suspends(self, body: Body) -> bool:
        """Whether only something from elsewhere proves a test that has no oracle, and does nothing but run code."""
        return body in self._suspended and not body.oracles and _effect(body) is Effect.ACTS

    def proves(self, body: Body) -> bool:
        """Whether a function, or any that it uses, has a sound oracle."""
        return body in self._proven

    def _reaching(self, doubtful: set[Body]) -> set[Body]:
        users, reached = self._explore(doubtful)
        todo = [body for body in reached if self._is_likely(body) or (body not in doubtful and _checks(body))]
        proven = set(todo)
        told: set[str] = set()
        while todo:
            for name in _names(todo.pop()) - told:
                told.add(name)
                new = [user for user in users.get(name, ()) if user not in proven]
                proven.update(new)
                todo += new
        return proven

    def _explore(self, doubtful: set[Body]) -> tuple[dict[str, list[Body]], set[Body]]:
        """By name the functions that use it, and all functions that the doubtful ones reach."""
        users: dict[str, list[Body]] = {}
        todo, reached, seen = list(doubtful), set(doubtful), set[str]()
        while todo:
            body = todo.pop()
            if self._is_likely(body) or (body not in doubtful and _checks(body)):
                continue  # what else it uses no longer matters
            for name in self._used_by(body) & self._by_name.keys():
                users.setdefault(name, []).append(body)
                if name not in seen:
                    seen.add(name)
                    new = [other for other in self._by_name[name] if other not in reached]
                    reached.update(new)
                    todo += new
        return users, reached

    def _is_likely(self, body: Body) -> bool:
        """Whether something from elsewhere that the function uses looks like an oracle."""
        return body in self._asserting or (self._trusting and any(self._signs(body)))

    def _signs(self, body: Body) -> Iterator[str]:
        return signs(body, self._by_name, self._supporting)

    def _used_by(self, body: Body) -> set[str]:
        used = self._used.get(body)
        if used is None:
            used = self._used[body] = self._read(body)
        return used

    def _read(self, body: Body) -> set[str]:
        """The names that a function mentions: parameters, decorators, names and attributes, and what runs around it.

        What it asserts deeper down, as in a lambda, is noted on the way.
        """
        found = {*parameters(body), _around(None), _around(body.owner)}
        known = {id(oracle.node) for oracle in body.oracles} | {id(node) for _, node, _ in body.oddities}
        for one in body.nodes:
            kind = type(one)
            if kind is ast.Name:
                found.add(one.id)  # type: ignore[attr-defined]
            elif kind is ast.Attribute:
                found.add(one.attr)  # type: ignore[attr-defined]
            elif kind is ast.Constant:
                value = one.value  # type: ignore[attr-defined]
                if isinstance(value, str) and value.isidentifier():
                    found.add(value)  # getattr, usefixtures, request.getfixturevalue
            elif (kind is ast.Call or kind is ast.Compare) and id(one) not in known and self._asserts(one):  # type: ignore[arg-type]
                self._asserting.add(body)
        return found

    def _asserts(self, node: ast.Call | ast.Compare) -> bool:
        """Whether an expression is an assertion from elsewhere, hands one on, or is a comparison with a snapshot."""
        if isinstance(node, ast.Compare):
            return any("snapshot" in dotted(one) for one in node.comparators)
        if any(isinstance(one, ast.Attribute) and is_assertion(one.attr) for one in node.args):
            return True  # a callback: `deferred.addCallback(self.assertEqual, 3)`
        name = dotted(node.func)
        last = name.rpartition(".")[2]
        return last in EXPECTING or (is_assertion(name) and last not in self._by_name)

    def unproven(self, body: Body, index: int, lexed: Lexed) -> Iterator[Unproven]:
        """The fact of a test without a sound oracle; none for those that are switched off anyway."""
        node = body.node
        decorators: list[ast.expr] = [*node.decorator_list, *(body.owner.decorator_list if body.owner else ())]
        if body.skipped or any(dotted(one).rpartition(".")[2] in SKIP_MARKS for one in decorators):
            return
        documentation = ast.get_docstring(node, clean=False)
        effect = _effect(body)
        if effect is Effect.IDLE and _gives(body) and not all(map(_is_mark, node.decorator_list)):
            return
        yield Unproven(
            index,
            effect,
            certain=not _may_serve(body) and not _PROMPT.search(documentation or ""),
            calls=tuple(sorted({name for name in body.likely if name.rpartition(".")[2] not in self._by_name}))[:20],
            smoke=_is_smoke(node.name, documentation or "", text_of(lexed, node)),
            documented=documentation is not None,
            used=_tells(body, effect) and self._is_used(body),
            reach=self._reach(body),
        )

    def _is_used(self, test: Body) -> bool:
        """Whether another function of the file uses the name of a test."""
        return any(test.node.name in self._used_by(body) for body in self._bodies if body is not test)

    def _reach(self, test: Body) -> Reach:
        """What a test uses from elsewhere, itself or through the functions of the file."""
        found, todo = {test}, [test]
        while todo:
            for name in self._used_by(todo.pop()) & self._by_name.keys():
                new = set(self._by_name[name]) - found
                found |= new
                todo += new
        suspects = [name for one in found for name in self._signs(one)]
        return reach_of(found, suspects, self._roots, test.owner.lineno if test.owner else 0)


def _named(bodies: Iterable[Body]) -> dict[str, list[Body]]:
    found: dict[str, list[Body]] = {}
    for body in bodies:
        for name in _names(body):
            found.setdefault(name, []).append(body)
    return found


def _names(body: Body) -> set[str]:
    """The names under which others use a function: its own, its class's, and one for what runs around every test."""
    name, owner = body.node.name, body.owner
    found = {name}
    if owner is not None:
        found = set() if name.startswith("test") else {name, owner.name}
    if name in _TEARDOWNS or any(_is_automatic(one) for one in body.node.decorator_list):
        found.add(_around(owner))
    return found


def _around(owner: ast.ClassDef | None) -> str:
    """A name, which no program can use, for what runs around the tests of a class, or of the module."""
    return f"<{owner.lineno}>" if owner else "<>"


def _checks(helper: Body) -> bool:
    """Whether a function that a test uses has an oracle; whether it is swallowed is for the helper's own finding."""
    return any(oracle.fault is None for oracle in helper.oracles)


def _effect(body: Body) -> Effect:
    """What a test without a sound oracle amounts to."""
    if is_empty(body.node):
        return Effect.EMPTY
    if body.oracles:
        return _pretended(body)
    if any(flaws.is_verdict(one.value) for one in body.returns):
        return Effect.RETURNED
    if not body.acts:
        return _idle(body)
    if body.open_acts:
        return Effect.PRINTED if any(map(_PASSED.search, _printed(body.prints))) else Effect.ACTS
    return Effect.SWALLOWED


def _tells(body: Body, effect: Effect) -> bool:
    """Whether a test gives something back that says how it went."""
    return effect is Effect.RETURNED or (effect is Effect.PRINTED and _gives(body))


def _gives(body: Body) -> bool:
    """Whether it returns a value."""
    return any(one.value for one in body.returns)


def _is_smoke(name: str, documentation: str, text: str) -> bool:
    """Whether it is said of a test that running without an error is the point."""
    return any(map(SMOKE.search, (name, documentation))) or bool("#" in text and NOT_RAISED.search(text))


def _pretended(body: Body) -> Effect:
    """What a test amounts to whose oracles are all unsound."""
    if any(oracle.fault is None or oracle.fault.kind != CONSTANT for oracle in body.oracles):
        return Effect.TAUTOLOGY
    return Effect.CONSTANT_AFTER_ACTS if body.acts else Effect.CONSTANT


def _idle(body: Body) -> Effect:
    """What a test that runs nothing amounts to."""
    if body.sleeps:
        return Effect.SLEEP
    return Effect.PRINTED if body.prints else Effect.IDLE


def _printed(prints: Iterable[ast.Call]) -> Iterator[str]:
    for call in prints:
        for one in call.args[:1]:
            for part in one.values if isinstance(one, ast.JoinedStr) else [one]:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def _may_serve(body: Body) -> bool:
    """Whether a test that does nothing may still have a use: for fixtures, for a base class, for a decorator."""
    decorated = not all(map(_is_mark, body.node.decorator_list))
    return bool(parameters(body)) or decorated or _inherits(body.owner) or _is_pretext(body.owner)


def _is_pretext(owner: ast.ClassDef | None) -> bool:
    """Whether a class has a set-up and a single test, which may be there to have it run."""
    names = (
        [one.name for one in owner.body if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))] if owner else []
    )
    return sum(name.startswith("test") for name in names) == 1 and not _SETUPS.isdisjoint(names)


def _inherits(owner: ast.ClassDef | None) -> bool:
    """Whether a class has bases from which something unknown may come."""
    return owner is not None and any(dotted(base) not in _PLAIN_BASES for base in owner.bases)


def _is_mark(decorator: ast.expr) -> bool:
    return dotted(decorator).startswith(("pytest.mark.", "mark.", "patch", "mock.", "unittest.mock."))


def _is_automatic(decorator: ast.expr) -> bool:
    """Whether it is `fixture(autouse=True)`."""
    return isinstance(decorator, ast.Call) and any(one.arg == "autouse" for one in decorator.keywords)
