"""Code that removes tests from the run, or skips all of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from integrity.facts.expressions import dotted, last_name, nodes
from integrity.facts.harness_outcomes import assignments, place, tamper
from integrity.facts.harness_running import fixture
from integrity.facts.hooks import Hook, Step, functions, hook_name, shortened, source, steps
from integrity.facts.tampering import Act, Tamper

_SELECTING = ("pytest_collection_modifyitems", "pytest_collection_finish", "pytest_itemcollected")
_BEFORE = ("pytest_runtest_setup", "pytest_runtest_call", "pytest_itemcollected", "pytest_pyfunc_call")
_BROAD = frozenset({"*", "**", "*.py", "**/*.py", "**/*", "test_*.py", "test*.py", "test*", "*test*", "test_*", "."})
_PLAIN = frozenset({"items", "len", "config", "session"})


def collecting(tree: ast.Module) -> Iterator[Tamper]:
    """Every place in a module where tests are removed, kept from being found, or skipped."""
    for symbol, node in functions(tree):
        hook = Hook(node, symbol, hook_name(node))
        if hook.name in _SELECTING:
            yield from _selecting(hook)
        if hook.name == "pytest_ignore_collect":
            yield from _ignoring(hook)
        if hook.name in _BEFORE or is_automatic(node):
            yield from _skipping(hook)
    yield from _lists(tree)


def _selecting(hook: Hook) -> Iterator[Tamper]:
    items = "items" if "items" in hook.parameters else next(iter(hook.parameters[-1:]), "")
    reported = any(last_name(node) == "pytest_deselected" for node in nodes(hook.node))
    for step in hook.steps:
        act = _removal(hook, step, items)
        if act is Act.DROPS_SOME and reported:
            act = Act.DESELECTS_SOME
        if act:
            yield tamper(act, hook, replace(step, tests=(*step.tests, *_choice(hook, step))), _PLAIN)
        else:
            yield from _marking(hook, step)


def _removal(hook: Hook, step: Step, items: str) -> Act | None:
    """What a statement takes out of the list of tests."""
    node = step.node
    if isinstance(node, ast.Delete):
        return next((_of_slice(one) for one in node.targets if _is_part(one, items)), None)
    for target, value in assignments(node):
        if _is_part(target, items) and isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Slice):
            return _of_value(hook, value)
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and dotted(call.func) == f"{items}.clear":
        return Act.DROPS_ALL
    removing = isinstance(call, ast.Call) and dotted(call.func) in (f"{items}.remove", f"{items}.pop")
    return Act.DROPS_SOME if removing else None


def _is_part(node: ast.expr, items: str) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == items


def _of_slice(node: ast.expr) -> Act:
    cut = node.slice if isinstance(node, ast.Subscript) else None
    whole = isinstance(cut, ast.Slice) and cut.lower is None and cut.upper is None
    return Act.DROPS_ALL if whole else Act.DROPS_SOME


def _of_value(hook: Hook, value: ast.expr) -> Act | None:
    """What replacing the list by a value removes; an order of it removes nothing."""
    if isinstance(value, ast.Name):
        bound = _bound(value, hook)
        if isinstance(bound, ast.List) and not bound.elts:
            return Act.DROPS_SOME if _is_filled_by_choice(hook, value.id) else None
        value = bound
    if isinstance(value, (ast.List, ast.Tuple)):
        return None if value.elts else Act.DROPS_ALL
    if isinstance(value, (ast.ListComp, ast.GeneratorExp)):
        return Act.DROPS_SOME if any(one.ifs for one in value.generators) else None
    return None


def _choice(hook: Hook, step: Step) -> tuple[ast.expr, ...]:
    """The conditions under which the list that a statement puts in the place of all tests gets its members."""
    names = [value.id for _, value in assignments(step.node) if isinstance(value, ast.Name)]
    return tuple(test for name in names for one in _filling(hook, name) for test in one.tests)


def _is_filled_by_choice(hook: Hook, name: str) -> bool:
    """Whether a list gets its members in one place only, and there under a condition inside of a loop."""
    filling = _filling(hook, name)
    return len(filling) == 1 and bool(filling[0].loops and filling[0].tests)


def _filling(hook: Hook, name: str) -> list[Step]:
    """The statements that add to a list."""
    return [step for step in hook.steps if _appends_to(step.node, name)]


def _appends_to(node: ast.stmt, name: str) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and dotted(call.func) in (f"{name}.append", f"{name}.extend", f"{name}.insert")


def _marking(hook: Hook, step: Step) -> Iterator[Tamper]:
    """A mark for every test."""
    call = step.node.value if isinstance(step.node, ast.Expr) else None
    if not isinstance(call, ast.Call) or last_name(call.func) != "add_marker" or not call.args:
        return
    if not step.loops and hook.name != "pytest_itemcollected":
        return
    act = _mark(call.args[0], hook)
    if act:
        yield tamper(act, hook, step, _PLAIN)


def _mark(node: ast.expr, hook: Hook) -> Act | None:
    node = _bound(node, hook)
    name = str(node.value) if isinstance(node, ast.Constant) else dotted(node).rpartition(".")[2]
    if isinstance(node, ast.Call) and (node.args or any(one.arg in ("condition", "raises") for one in node.keywords)):
        return Act.SKIPS_ALL if name == "skip" else None
    return {"skip": Act.SKIPS_ALL, "xfail": Act.XFAILS_ALL}.get(name)


def _bound(node: ast.expr, hook: Hook) -> ast.expr:
    """What a name was given in a hook, if it was given one thing."""
    if not isinstance(node, ast.Name):
        return node
    pairs = (pair for step in hook.steps for pair in assignments(step.node))
    values = [value for target, value in pairs if last_name(target) == node.id]
    return values[0] if len(values) == 1 else node


def _ignoring(hook: Hook) -> Iterator[Tamper]:
    for step in hook.steps:
        value = step.node.value if isinstance(step.node, ast.Return) else None
        if isinstance(value, ast.Constant) and value.value is True:
            condition, _ = hook.condition(step, frozenset())
            if not condition and not step.tests:
                yield tamper(Act.IGNORES_ALL, hook, step, frozenset())


def is_automatic(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a fixture runs for every test around it."""
    decorator = fixture(node)
    return isinstance(decorator, ast.Call) and any(
        one.arg == "autouse" and isinstance(one.value, ast.Constant) and bool(one.value.value)
        for one in decorator.keywords
    )


def _skipping(hook: Hook) -> Iterator[Tamper]:
    """A skip that every test runs into."""
    for step in hook.steps:
        call = step.node.value if isinstance(step.node, ast.Expr) else None
        if not isinstance(call, ast.Call) or dotted(call.func) not in ("pytest.skip", "pytest.xfail"):
            continue
        if not step.loops and not step.handled and not step.tests:
            act = Act.SKIPS_ALL if last_name(call.func) == "skip" else Act.XFAILS_ALL
            yield tamper(act, hook, step, frozenset())


def _lists(tree: ast.Module) -> Iterator[Tamper]:
    """`collect_ignore_glob = ["*"]`."""
    for step in steps(tree.body):
        for target, value in assignments(step.node):
            name = last_name(target)
            if name not in ("collect_ignore", "collect_ignore_glob") or not isinstance(value, (ast.List, ast.Tuple)):
                continue
            broad = [one for one in value.elts if isinstance(one, ast.Constant) and one.value in _BROAD]
            if broad and not step.tests and not step.handled:
                text = shortened(source(step.node))
                yield Tamper(Act.IGNORES_ALL, place(step.node), "", text)
