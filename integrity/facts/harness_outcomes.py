"""Hooks that change what became of a test, of the run, or of the process."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from integrity.facts.expressions import dotted, last_name, nodes
from integrity.facts.hooks import Hook, Step, functions, hooks, shortened, source
from integrity.facts.tampering import Act, Tamper
from integrity.model import Span

_REPORT_STATE = frozenset(
    {
        *("when", "failed", "passed", "skipped", "outcome", "excinfo", "exconly", "get_result", "call", "setup"),
        *("teardown", "report", "rep", "result", "typename", "value", "hasattr", "isinstance", "getattr", "bool"),
        *("Exception", "BaseException", "AssertionError", "error"),
    }
)
_RUN_STATE = frozenset(
    {"exitstatus", "testsfailed", "testscollected", "OK", "TESTS_FAILED", "value", "ExitCode", "pytest", "session"}
)
_EMPTY = frozenset({"NO_TESTS_COLLECTED", "EXIT_NOTESTSCOLLECTED", "NO_TESTS", "EXIT_NO_TESTS"})
_NO_TESTS = 5


def outcomes(tree: ast.Module) -> Iterator[Tamper]:
    """Every place in a module where the outcome of a test or a run is changed."""
    leaving = _at_exit(tree)
    for hook in hooks(tree):
        for step in hook.steps:
            yield from _of_report(hook, step)
            yield from _of_exit(hook, step)
            yield from _of_process(hook, step)
    for symbol, node in functions(tree):
        if node.name in leaving:
            hook = Hook(node, symbol, node.name)
            for step in hook.steps:
                yield from _of_process(hook, step)


def tamper(act: Act, hook: Hook, step: Step, neutral: frozenset[str], node: ast.AST | None = None) -> Tamper:
    """One at a statement of a hook."""
    shown = node or step.node
    condition, asked = hook.condition(step, neutral)
    return Tamper(act, place(shown), hook.symbol, shortened(source(shown)), condition, asked)


def place(node: ast.AST) -> Span:
    """Where a node stands; columns are those of the tree plus one."""
    line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
    end_line, end_column = getattr(node, "end_lineno", line), getattr(node, "end_col_offset", column)
    return Span(line, column + 1, end_line, end_column + 1)


def assignments(node: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets and values of an assignment, by statement or by `setattr`."""
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, ast.AnnAssign) and node.value:
        yield node.target, node.value
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and dotted(node.value.func) == "setattr":
        arguments = node.value.args
        if len(arguments) == len(("object", "name", "value")) and isinstance(arguments[1], ast.Constant):
            target = ast.Attribute(arguments[0], str(arguments[1].value), ast.Store())
            yield ast.copy_location(target, node), arguments[2]


def _of_report(hook: Hook, step: Step) -> Iterator[Tamper]:
    if any(_mentions(test, "xfail", "rerun") for test in step.tests):
        return
    for target, value in assignments(step.node):
        act = _forgery(target, value)
        if act is Act.FORGES_REPORT and _unskips(step):
            continue
        if act and hook.name == "pytest_runtest_logreport":
            act = Act.FORGES_LOG
        if act:
            yield tamper(act, hook, step, _REPORT_STATE)
    for node in nodes(step.node) if isinstance(step.node, (ast.Return, ast.Assign, ast.Expr)) else ():
        if isinstance(node, ast.Call) and last_name(node.func) == "TestReport" and _says_passed(node):
            yield tamper(Act.FORGES_REPORT, hook, step, _REPORT_STATE)


def _forgery(target: ast.expr, value: ast.expr) -> Act | None:
    """What assigning a value to an attribute of a report does."""
    if not isinstance(target, ast.Attribute):
        return None
    if target.attr == "outcome":
        return {"passed": Act.FORGES_REPORT, "skipped": Act.EXCUSES_REPORT}.get(_text(value))
    if target.attr == "excinfo" and _is_none(value):
        return Act.FORGES_REPORT
    return Act.EXCUSES_REPORT if target.attr == "wasxfail" else None


def _unskips(step: Step) -> bool:
    """Whether a report is made a passed one that was a skipped one, which hides no failure."""
    return any("skipped" in source(test) and "failed" not in source(test) for test in step.tests)


def _says_passed(call: ast.Call) -> bool:
    values = [*call.args, *(one.value for one in call.keywords if one.arg == "outcome")]
    return any(_text(value) == "passed" for value in values)


def _of_exit(hook: Hook, step: Step) -> Iterator[Tamper]:
    for target, value in assignments(step.node):
        name = last_name(target)
        if name not in ("exitstatus", "testsfailed") or not isinstance(target, ast.Attribute):
            continue
        if not any(map(_is_success, _meant(hook, value))):
            continue
        if _only_when_empty(step):
            yield tamper(Act.ADMITS_EMPTY, hook, step, _RUN_STATE)
        else:
            yield tamper(Act.FORGES_EXIT, hook, step, _RUN_STATE)


def _meant(hook: Hook, value: ast.expr) -> list[ast.expr]:
    """A value, or everything that a hook binds a name to."""
    if not isinstance(value, ast.Name):
        return [value]
    pairs = (pair for step in hook.steps for pair in assignments(step.node))
    return [value, *(bound for target, bound in pairs if last_name(target) == value.id)]


def _only_when_empty(step: Step) -> bool:
    """Whether a condition says that no test was found."""
    return any(
        (isinstance(node, ast.Constant) and node.value == _NO_TESTS) or last_name(node).upper() in _EMPTY
        for test in step.tests
        for node in nodes(test)
    )


def _of_process(hook: Hook, step: Step) -> Iterator[Tamper]:
    calls = (node for node in _expressions(step.node) if isinstance(node, ast.Call))
    for call in calls:
        if _ends_well(call) and not any(_mentions(test, "exitstatus", "pid", "fork") for test in step.tests):
            yield tamper(Act.ENDS_PROCESS, hook, step, _RUN_STATE, call)


def _ends_well(call: ast.Call) -> bool:
    name = dotted(call.func)
    if name in ("os._exit", "_exit"):
        return len(call.args) == 1 and _is_success(call.args[0])
    if name == "pytest.exit":
        codes = [one.value for one in call.keywords if one.arg == "returncode"] or call.args[1:2]
        return any(_is_success(code) for code in codes)
    return name == "sys.exit" and len(call.args) <= 1 and all(_is_success(one) for one in call.args)


def _at_exit(tree: ast.Module) -> frozenset[str]:
    """The functions of a module that run when the process ends."""
    calls = (node for node in nodes(tree) if isinstance(node, ast.Call))
    calls = (call for call in calls if dotted(call.func).endswith("atexit.register"))
    return frozenset(last_name(call.args[0]) for call in calls if call.args)


def _expressions(node: ast.stmt) -> Iterator[ast.AST]:
    """What a simple statement, or the header of a compound one, evaluates; functions inside run later."""
    parts = [node] if isinstance(node, (ast.Expr, ast.Assign, ast.Return)) else []
    return (each for part in parts for each in nodes(part))


def _mentions(node: ast.AST, *words: str) -> bool:
    text = source(node)
    return any(word in text for word in words)


def _text(node: ast.expr) -> str:
    """The text of a literal; of a choice, the text of either branch that says "passed"."""
    if isinstance(node, ast.IfExp):
        return next((text for text in map(_text, (node.body, node.orelse)) if text == "passed"), "")
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_success(node: ast.expr) -> bool:
    if isinstance(node, ast.Call) and last_name(node.func) in ("int", "ExitCode") and len(node.args) == 1:
        return _is_success(node.args[0])
    return (isinstance(node, ast.Constant) and node.value in (0, False)) or dotted(node).endswith(
        ("ExitCode.OK", "EXIT_OK")
    )
