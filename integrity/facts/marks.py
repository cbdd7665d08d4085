"""What switches a test off or narrows what it is run on: marks of pytest and unittest, `__test__`, parameter sets."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property

from integrity.facts.bodies import Function
from integrity.facts.checks import source
from integrity.facts.conditions import when
from integrity.facts.expressions import dotted, literal, nodes, truth
from integrity.facts.places import printable
from integrity.facts.profile import Mark
from integrity.facts.switches import Condition
from integrity.facts.vocabulary import SKIP_MARKS

_SWITCH = re.compile(
    r"(not )?(?:os\.)?(?:environ|getenv)\W.{0,30}?\b(CI|GITHUB_ACTIONS|SKIP\w*)\b"
)  # off where it matters, or at will
_OPT_IN = re.compile(r"\b(?:environ|getenv)\b")
_OUTSIDE_CI = re.compile(r"\bnot\b.{0,20}\b(?:environ|getenv)\b.{0,10}\bCI\b|\bCI\b.{0,10}not in")
_CONDITIONAL = frozenset({"skipif", "skipIf", "skipUnless"})
_SETS = frozenset({"parametrize", "expand", "example"})
_GROWS = frozenset({"append", "extend", "insert", "add", "update"})
_ASKS = frozenset({"importorskip", "find_spec"})
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SKIPS = frozenset({"pytest.skip", "skip", "unittest.skip"})


class ModuleMarks:
    """The marks of the tests of one module.

    Args:
        tree: the module.
        minimum_python: the lowest Python that the project supports, as in "3.10", "" when unknown.

    Attributes:
        values: what the names of the module are given at its top level.
    """

    def __init__(self, tree: ast.Module, minimum_python: str = "") -> None:
        self._tree = tree
        self._minimum = minimum_python
        self.values = {name: one.value for one in tree.body for name in _assigned(one) if one.value}  # type: ignore[attr-defined]
        self._module = list(self._of_module(tree))
        self._dead = {id(each) for one in tree.body if isinstance(one, ast.If) for each in _never(one)}
        self._asked = {
            id(each): [one.test]
            for one in tree.body
            if isinstance(one, ast.If) and _is_opt_in(one.test) and not one.orelse
            for each in one.body
        }
        self._unbound = set(_unbound(tree))
        self._off = {
            dotted(target)
            for one in tree.body
            if isinstance(one, ast.Assign) and literal(one.value) is False
            for target in one.targets
        }

    def of(self, node: Function, owner: ast.ClassDef | None, *, skipped: bool) -> Iterator[Mark]:
        """What keeps a function from running as a test."""
        yield from self._module
        for decorator in [*node.decorator_list, *(owner.decorator_list if owner else ())]:
            yield from self._mark(decorator)
        yield from self._of_class(owner) if owner else ()
        yield from needs(each for one in node.body for each in nodes(one))
        if skipped:
            yield _early_skip(node)
        if f"{node.name}.__test__" in self._off:
            yield Mark("__test__", f"{node.name}.__test__ = False", node.lineno)
        for test in self._asked.get(id(node), self._asked.get(id(owner), ())):
            yield Mark("opt-in", f"defined if {printable(source(test))}", node.lineno, conditional=True, reason=True)
        if node.name in self._unbound and owner is None:
            yield Mark("__test__", f"{node.name} is unbound again", node.lineno)
        if id(node) in self._dead or (owner is not None and id(owner) in self._dead):
            yield Mark("skip", "defined under a condition that is never true", node.lineno)

    def labels(self, decorators: Iterable[ast.expr]) -> Iterator[str]:
        """The names of the marks of pytest that decorators and the module set."""
        own = self.values.get("pytestmark")
        module = own.elts if isinstance(own, (ast.List, ast.Tuple)) else [own] if own else []
        for one in (*decorators, *module):
            owner, _, last = dotted(self.values.get(one.id, one) if isinstance(one, ast.Name) else one).rpartition(".")
            if owner.rpartition(".")[2] == "mark":
                yield last

    def cases(self, decorators: Iterable[ast.expr]) -> tuple[tuple[str, ...], bool]:
        """The source of every parameter set and explicit example; and whether all could be counted."""
        found: list[str] = []
        countable = True
        for decorator in decorators:
            if not isinstance(decorator, ast.Call) or dotted(decorator.func).rpartition(".")[2] not in _SETS:
                continue
            if dotted(decorator.func).rpartition(".")[2] == "example":
                found.append(source(decorator))
                continue
            values = self._sets(decorator)
            countable = countable and values is not None
            found += [source(one) for one in values or ()]
        return tuple(found), countable

    def rows(self, decorators: Iterable[ast.expr]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The values of the parameter sets that run, and of those that a mark of their own switches off."""
        rows: tuple[list[str], list[str]] = ([], [])
        for decorator in decorators:
            if isinstance(decorator, ast.Call) and dotted(decorator.func).rpartition(".")[2] == "parametrize":
                for one in self._sets(decorator) or ():
                    values, off = self._row(one)
                    rows[off].append(values)
        return tuple(rows[False]), tuple(rows[True])

    def _row(self, node: ast.expr) -> tuple[str, bool]:
        """The values of a parameter set, and whether it is switched off."""
        if not isinstance(node, ast.Call) or dotted(node.func) not in ("pytest.param", "param"):
            return source(node), False
        marks = [one.value for one in node.keywords if one.arg == "marks"]
        every = [each for one in marks for each in (one.elts if isinstance(one, (ast.List, ast.Tuple)) else [one])]
        values = node.args[0] if len(node.args) == 1 else ast.Tuple(node.args, ast.Load())
        return source(values), any(not mark.conditional for one in every for mark in self._mark(one))

    def budget(self, decorators: Iterable[ast.expr]) -> int:
        """`max_examples` of hypothesis's settings, 0 when not given."""
        for decorator in decorators:
            for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
                value = literal(keyword.value)
                if keyword.arg == "max_examples" and isinstance(value, int):
                    return value
        return 0

    def _sets(self, call: ast.Call) -> list[ast.expr] | None:
        """The elements of the written-out list of parameter sets; None when it is computed."""
        named = next((one.value for one in call.keywords if one.arg == "argvalues"), None)
        place = 0 if dotted(call.func).endswith("expand") else 1
        node = named or (call.args[place] if len(call.args) > place else None)
        if isinstance(node, ast.Name):
            node = self.values.get(node.id) if node.id not in self._growing else None
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)) and not any(
            isinstance(one, ast.Starred) for one in node.elts
        ):
            return node.elts
        return None

    @cached_property
    def fixed(self) -> dict[str, ast.expr]:
        """What the names of the module are given, and nothing is added to later."""
        return {name: value for name, value in self.values.items() if name not in self._growing}

    @cached_property
    def _growing(self) -> frozenset[str]:
        """Names whose value is not the one that was assigned: something is added to it later."""
        found = []
        for one in nodes(self._tree):
            if isinstance(one, ast.AugAssign) and isinstance(one.target, ast.Name):
                found.append(one.target.id)
            elif isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
                owner, _, method = dotted(one.value.func).rpartition(".")
                found += [owner] if method in _GROWS else []
        return frozenset(found)

    def _of_module(self, tree: ast.Module) -> Iterator[Mark]:
        yield from needs(each for one in tree.body if not isinstance(one, _SCOPES) for each in nodes(one))
        pytestmark = self.values.get("pytestmark")
        if pytestmark is not None:
            for one in pytestmark.elts if isinstance(pytestmark, (ast.List, ast.Tuple)) else [pytestmark]:
                yield from self._mark(one)
        for statement in tree.body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                call = statement.value
                if dotted(call.func) in _SKIPS and any(one.arg == "allow_module_level" for one in call.keywords):
                    yield Mark("skip", printable(source(call)), call.lineno, reason=bool(call.args))
        yield from self._opt_in(tree)
        if "__test__" in self.values and literal(self.values["__test__"]) is False:
            yield Mark("__test__", "__test__ = False", self.values["__test__"].lineno)

    def _opt_in(self, tree: ast.Module) -> Iterator[Mark]:
        """A skip of the module where nobody sets a variable."""
        for one in tree.body:
            if isinstance(one, ast.If) and _is_opt_in(one.test):
                calls = [each for part in one.body for each in nodes(part) if isinstance(each, ast.Call)]
                if any(dotted(each.func) in _SKIPS for each in calls):
                    yield Mark("opt-in", printable(source(one.test)), one.lineno, conditional=True, reason=True)

    def _of_class(self, owner: ast.ClassDef) -> Iterator[Mark]:
        for statement in owner.body:
            for name in _assigned(statement):
                value = statement.value  # type: ignore[attr-defined]
                if name == "__test__" and value is not None and literal(value) is False:
                    yield Mark("__test__", "__test__ = False", statement.lineno)
                elif name == "pytestmark" and value is not None:
                    for one in value.elts if isinstance(value, (ast.List, ast.Tuple)) else [value]:
                        yield from self._mark(one)

    def _mark(self, decorator: ast.expr) -> Iterator[Mark]:
        """The mark that a decorator sets; one level of naming is followed."""
        if isinstance(decorator, ast.Name) and decorator.id in self.values:
            decorator = self.values[decorator.id]
        last = dotted(decorator).rpartition(".")[2]
        call = decorator if isinstance(decorator, ast.Call) else None
        if call and last == "parametrize" and self._sets(call) == []:
            yield Mark("skip", printable(source(call)), call.lineno)
        if last not in SKIP_MARKS:
            return
        kind = "xfail" if last == "xfail" else "expectedFailure" if last == "expectedFailure" else "skip"
        text = printable(f"@{source(decorator)}")
        yield from needs(nodes(decorator))
        if call and _OPT_IN.search(text) and not _OUTSIDE_CI.search(text):
            yield Mark("opt-in", text, decorator.lineno, conditional=True, reason=True)
        kept = self._depends(last, call) and not (call and _is_switched(source(call), holds=last != "skipUnless"))
        yield Mark(kind, text, decorator.lineno, kept, _has_reason(last, call))

    def _depends(self, last: str, call: ast.Call | None) -> bool:
        """Whether a mark holds under a condition that can be false."""
        if call is None:
            return False
        named = [one.value for one in call.keywords if one.arg == "condition"]
        positional = call.args[:1] if last in _CONDITIONAL or last == "xfail" else []
        return not all(self._always(one, holds=last != "skipUnless") for one in [*positional, *named])

    def _always(self, condition: ast.expr, *, holds: bool) -> bool:
        """Whether a condition holds on every Python that the project supports, and nothing else decides."""
        found = when(condition, self._constants if isinstance(condition, (ast.Name, ast.UnaryOp)) else {}, holds=holds)
        if found.bound:
            return found.bound.holds_from(self._minimum) is True
        written = isinstance(condition, ast.Constant) and isinstance(condition.value, str)  # pytest evaluates it
        return found.condition in (Condition.ALWAYS, Condition.SWITCH) or (not written and truth(condition) is holds)

    @cached_property
    def _constants(self) -> dict[str, ast.expr]:
        """Names that the module assigns a literal and that nothing in it binds again."""
        stored = Counter(one.id for one in nodes(self._tree) if isinstance(one, ast.Name) and _is_stored(one))
        return {
            name: value for name, value in self.values.items() if stored[name] == 1 and isinstance(value, ast.Constant)
        }


def needs(found: Iterable[ast.AST]) -> Iterator[Mark]:
    """Where tests are skipped unless a module can be imported, by what pytest or importlib is asked."""
    found = list(found)
    alone = {id(one.value) for one in found if isinstance(one, ast.Expr)}
    for one in found:
        if isinstance(one, ast.Call) and one.args and dotted(one.func).rpartition(".")[2] in _ASKS:
            name = literal(one.args[0])
            if isinstance(name, str) and name:
                text, used = printable(source(one)), id(one) not in alone
                yield Mark("needs", text, one.lineno, conditional=True, reason=True, module=name, used=used)


def _is_stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, (ast.Store, ast.Del))


def _is_switched(text: str, *, holds: bool) -> bool:
    """Whether a mark holds where CI, or whoever wants to skip, sets a variable; where CI does not is another matter."""
    asked = [(match[1] is None) is holds or "SKIP" in match[2] for match in _SWITCH.finditer(text)]
    return any(asked)


def _has_reason(last: str, call: ast.Call | None) -> bool:
    if call is None:
        return False
    named = any(one.arg == "reason" and bool(truth(one.value) is not False) for one in call.keywords)
    first = 1 if last in _CONDITIONAL else 0
    return named or (last != "xfail" and len(call.args) > first)


def _early_skip(node: Function) -> Mark:
    for statement in node.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            name = dotted(statement.value.func)
            if name.rpartition(".")[2] in ("skip", "skipTest", "xfail"):
                text = printable(source(statement.value))
                return Mark("skip", text, statement.lineno, reason=bool(statement.value.args))
    return Mark("skip", "skips itself", node.lineno)


def _assigned(statement: ast.AST) -> list[str]:
    """The plain names that a statement assigns."""
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return [statement.target.id]
    return []


def attributes(owner: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """The attributes that a class gives a value."""
    for statement in owner.body:
        for name in _assigned(statement):
            if statement.value is not None:  # type: ignore[attr-defined]
                yield name, statement.value  # type: ignore[attr-defined]


def _is_opt_in(test: ast.expr) -> bool:
    """Whether a condition asks for a variable of the environment, other than whether this is CI."""
    text = source(test)
    return bool(_OPT_IN.search(text)) and not _OUTSIDE_CI.search(text)


def _unbound(tree: ast.Module) -> Iterator[str]:
    """Names of functions that are deleted, or given another value, after their definition."""
    defined: set[str] = set()
    for one in tree.body:
        if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef)):
            defined.add(one.name)
        elif isinstance(one, ast.Delete):
            yield from (each.id for each in one.targets if isinstance(each, ast.Name) and each.id in defined)
        elif isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant):
            yield from (name for name in _assigned(one) if name in defined)


def _never(node: ast.If) -> list[ast.stmt]:
    """The statements of the branch that is never taken."""
    value = truth(node.test)
    return [] if value is None else node.orelse if value else node.body
