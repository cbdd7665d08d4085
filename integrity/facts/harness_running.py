"""Code that keeps tests, or their assertions, from doing what they say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from integrity.facts.expressions import dotted, last_name, nodes, truth
from integrity.facts.harness_outcomes import assignments, tamper
from integrity.facts.hooks import Function, Hook, Step, functions, hook_name, is_idle, source, steps
from integrity.facts.tampering import Act, Tamper

_RUNNING = frozenset({"pytest_pyfunc_call", "pytest_runtest_protocol", "pytest_runtestloop"})
_RUNS = re.compile(r"run|call|hook|proto|func|test|obj|exec|loop|sync|item", re.IGNORECASE)
_RUNNERS = frozenset(
    {"Function.runtest", "Item.runtest", "DoctestItem.runtest", "TestCaseFunction.runtest", "SetupState.setup"}
)
_REPORTS = frozenset({"TestReport", "BaseReport"})
_ORACLES = re.compile(
    r"""(?:builtins\.|__builtins__\.)AssertionError
      | (?:unittest\.)?TestCase\.(?:assert\w+|fail\w*|run)
      | pytest\.(?:raises|fail|warns)
      | (?:np|numpy)\.testing\.assert_\w+
      | (?:unittest\.)?mock\.(?:NonCallable|Magic)?Mock\.assert_\w+""",
    re.VERBOSE,
)
_NEUTRAL = frozenset[str]()


def running(tree: ast.Module) -> Iterator[Tamper]:
    """Every place in a module where a test, the runner or an assertion is replaced."""
    for symbol, node in functions(tree):
        hook = Hook(node, symbol, hook_name(node))
        if hook.name in _RUNNING:
            yield from _claims_to_run(hook)
        for step in hook.steps:
            yield from _replaced(tree, hook, step, in_hook=hook.name.startswith("pytest_"))
    module = Hook(ast.parse("def module(): pass").body[0], "", "")  # type: ignore[arg-type]
    for step in steps(tree.body):
        yield from _replaced(tree, module, step, in_hook=True)


def _claims_to_run(hook: Hook) -> Iterator[Tamper]:
    """A hook that returns something true on a path on which nothing is called that might run the test."""
    if any(isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await)) for node in nodes(hook.node)):
        return
    if any(_may_run(node, hook) for node in nodes(ast.Module(hook.node.body, []))):
        return
    for step in hook.steps:
        if isinstance(step.node, ast.Return) and step.node.value and truth(step.node.value):
            yield tamper(Act.REPLACES_RUN, hook, step, _NEUTRAL)


def _may_run(node: ast.AST, hook: Hook) -> bool:
    """Whether a call may run the test: it gets the item, or is named as if."""
    if not isinstance(node, ast.Call):
        return False
    name = dotted(node.func)
    arguments = [*node.args, *(one.value for one in node.keywords)]
    given = any(isinstance(one, ast.Name) and one.id in hook.parameters for one in arguments)
    owner, _, last = name.rpartition(".")
    if owner.startswith(("logging", "logger", "log")) or name in ("print", "isinstance", "hasattr", "getattr"):
        return False
    if last in ("get_closest_marker", "iter_markers", "getoption", "iscoroutinefunction", "add_marker", "append"):
        return False
    return given or bool(_RUNS.search(last))


def _replaced(tree: ast.Module, hook: Hook, step: Step, *, in_hook: bool) -> Iterator[Tamper]:
    for target, value in assignments(step.node):
        act = _replacement(tree, hook, target, value)
        if act is Act.REPLACES_TEST or (act and in_hook and not _is_alias(value, step)):
            yield tamper(act, hook, step, _NEUTRAL)


def _replacement(tree: ast.Module, hook: Hook, target: ast.expr, value: ast.expr) -> Act | None:
    """What assigning a value to a target does."""
    if not isinstance(target, ast.Attribute):
        return Act.PATCHES_ASSERTION if _is_framework(target) else None
    name = dotted(target)
    if target.attr in ("obj", "runtest") and _is_item(target, hook) and is_idle(value, tree):
        return Act.REPLACES_TEST
    if last_name(target.value) in _REPORTS:
        return Act.PATCHES_REPORT
    if ".".join(name.split(".")[-2:]) in _RUNNERS and not _keeps_original(tree, target, value):
        return Act.PATCHES_RUNNER
    if _ORACLES.fullmatch(name):
        return Act.BLINDS_ASSERTION if is_idle(value, tree) else Act.PATCHES_ASSERTION
    return None


def _is_framework(target: ast.expr) -> bool:
    """Whether a target is `sys.modules["pytest"]`."""
    if not isinstance(target, ast.Subscript) or dotted(target.value) != "sys.modules":
        return False
    return isinstance(target.slice, ast.Constant) and target.slice.value in ("pytest", "unittest")


def _is_item(target: ast.Attribute, hook: Hook) -> bool:
    """Whether an attribute is one of a test: by the name of its owner, or because a hook got it."""
    owner = dotted(target.value)
    given = owner in hook.parameters and owner not in ("self", "cls") and hook.name.startswith("pytest_")
    return given or owner in ("item", "pyfuncitem", "request.node")


def _keeps_original(tree: ast.Module, target: ast.Attribute, value: ast.expr) -> bool:
    """Whether the module reads elsewhere what it replaces, so that the replacement can call it."""
    reads = (one for one in nodes(tree) if isinstance(one, ast.Attribute) and one is not target)
    return any(one.attr == target.attr and isinstance(one.ctx, ast.Load) for one in reads) and not is_idle(value, tree)


def _is_alias(value: ast.expr, step: Step) -> bool:
    """Whether a name is given to what has another, as for old Pythons, or put back."""
    text = " ".join(source(test) for test in step.tests)
    if "hasattr" in text or "version" in text or step.handled:
        return True
    if isinstance(value, ast.Attribute) and ("assert" in value.attr or "fail" in value.attr or "orig" in value.attr):
        return True
    return isinstance(value, ast.Name) and "orig" in value.id.lower()


def fixture(node: Function) -> ast.expr | None:
    """The decorator that makes a function a fixture."""
    return next((one for one in node.decorator_list if dotted(one).rpartition(".")[2] == "fixture"), None)
