"""What a `conftest.py` keeps pytest from collecting: files by name or glob, tests by a condition on them.

As pytest reads it (https://docs.pytest.org/en/stable/example/pythoncollection.html): `collect_ignore` names files and
folders, `collect_ignore_glob` holds globs, `pytest_ignore_collect` answers for a path. What depends on an option, a
version, a variable or an import is left alone.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from integrity.facts.expressions import dotted, last_name, nodes
from integrity.facts.harness_collecting import is_automatic
from integrity.facts.harness_outcomes import assignments
from integrity.facts.hooks import Hook, Step, functions, hook_name, shortened, source, steps
from integrity.facts.model import FileFacts
from integrity.facts.profile import LeftOut
from integrity.facts.tampering import Act

_LISTS = {"collect_ignore": "path", "collect_ignore_glob": "glob"}
_ADDING = ("append", "extend", "insert")
_HOOK = "pytest_ignore_collect"
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_ASKED = re.compile(
    r"config|environ|getenv|version|platform|argv|find_spec|which\b|import|HAS_|has_|have_|avail|enable|exists",
    re.IGNORECASE,
)
_BEFORE = (
    "pytest_collection_modifyitems",
    "pytest_itemcollected",
    "pytest_runtest_setup",
    "pytest_runtest_call",
    "pytest_pyfunc_call",
)
_OFF = re.compile(r"\b(?:skip|xfail)\b")
_OF_ITEM = re.compile(r"\.(?:name|nodeid|originalname|fspath|path|location|function|__name__)\b")
_DROPS = {Act.DROPS_SOME: "items", Act.DESELECTS_SOME: "deselected"}


def left_out(text: str, tree: ast.Module, facts: FileFacts) -> Iterator[LeftOut]:
    """Everything that a module keeps from collection unasked, in no particular order.

    Args:
        text: the source.
        tree: what `ast.parse` made of it.
        facts: of the same text.
    """
    for one in facts.tampering:
        if one.act in _DROPS and not one.asked:
            symbol = one.symbol if one.act is Act.DROPS_SOME else ""
            yield LeftOut(_DROPS[one.act], "", one.text, one.span.line, symbol)
    for symbol, node in functions(tree):
        yield from _by_hook(Hook(node, symbol, hook_name(node)))
    if "collect_ignore" in text or _HOOK in text:
        named = _named(tree)
        yield from _lists(tree, named)
        for symbol, node in functions(tree):
            if hook_name(node) == _HOOK:
                yield from _answers(Hook(node, symbol, _HOOK), named)


def _by_hook(hook: Hook) -> Iterator[LeftOut]:
    """Tests that a hook or an automatic fixture switches off by their names, and results that a hook makes up."""
    for step in hook.steps:
        call = step.node.value if isinstance(step.node, ast.Expr) else None
        if not isinstance(call, ast.Call):
            continue
        last = last_name(call.func)
        if last == "force_result" and hook.name.startswith("pytest_"):
            yield LeftOut("outcome", "", shortened(source(step.node)), step.node.lineno, hook.symbol)
        elif (hook.name in _BEFORE or is_automatic(hook.node)) and _switches_off(call, last) and _is_by_name(step):
            yield LeftOut("skipped", "", shortened(source(step.node)), step.node.lineno, hook.symbol)


def _switches_off(call: ast.Call, last: str) -> bool:
    marks = last == "add_marker" and bool(call.args) and bool(_OFF.search(source(call.args[0])))
    return marks or dotted(call.func) in ("pytest.skip", "pytest.xfail")


def _is_by_name(step: Step) -> bool:
    """Whether tests are told by their names, and nothing that somebody sets decides, too."""
    texts = [source(one) for one in step.tests]
    return any(map(_OF_ITEM.search, texts)) and not any(_ASKED.search(_QUOTED.sub("", one)) for one in texts)


def _named(tree: ast.Module) -> dict[str, ast.expr]:
    """What the names of a module are given at its top level."""
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        for target, value in assignments(node):
            if isinstance(target, ast.Name) and target.id not in _LISTS:
                found[target.id] = value
    return found


def _lists(tree: ast.Module, named: Mapping[str, ast.expr]) -> Iterator[LeftOut]:
    """What is put into the two lists, whether or not by a statement of its own."""
    for step in steps(tree.body):
        if step.tests or step.handled:
            continue
        for name, value in _put(step.node):
            for text in _members(value, named):
                yield LeftOut(_LISTS[name], text, shortened(source(step.node)), step.node.lineno)


def _put(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    """The list and what a statement puts into it."""
    pairs = list(assignments(node))
    if isinstance(node, ast.AugAssign):
        pairs.append((node.target, node.value))
    yield from ((target.id, value) for target, value in pairs if isinstance(target, ast.Name) and target.id in _LISTS)
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args:
        name = dotted(call.func.value)
        if name in _LISTS and call.func.attr in _ADDING:
            yield name, call.args[-1]


def _members(node: ast.expr, named: Mapping[str, ast.expr]) -> Iterator[str]:
    """The paths that a list is made of; the texts that one path is made of are joined."""
    if isinstance(node, ast.Name) and node.id in named:
        node = named[node.id]
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        for one in node.elts:
            yield from _members(one.value if isinstance(one, ast.Starred) else one, {})
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _members(node.left, {})
        yield from _members(node.right, {})
    elif not isinstance(node, (ast.ListComp, ast.GeneratorExp, ast.IfExp, ast.BoolOp)):
        yield "/".join(_texts(node, {}))


def _texts(node: ast.AST, named: Mapping[str, ast.expr]) -> list[str]:
    """The texts in an expression, in order of place, those of the module's names included."""
    found = [(one.lineno, one.col_offset, one.value) for one in nodes(node) if isinstance(one, ast.Constant)]
    texts = [value for _, _, value in sorted(found, key=lambda one: one[:2]) if isinstance(value, str) and value]
    names = sorted({one.id for one in nodes(node) if isinstance(one, ast.Name)} & named.keys())
    return texts + [text for name in names for text in _texts(named[name], {})]


def _answers(hook: Hook, named: Mapping[str, ast.expr]) -> Iterator[LeftOut]:
    """The names for which the hook says that a path is to be left out."""
    for step in hook.steps:
        value = step.node.value if isinstance(step.node, ast.Return) else None
        if value is None or (isinstance(value, ast.Constant) and not value.value) or _is_asked([*step.tests, value]):
            continue
        yield from (
            LeftOut("name", text, shortened(source(step.node)), step.node.lineno, hook.symbol)
            for text in _words(step, value, named)
        )


def _words(step: Step, value: ast.expr, named: Mapping[str, ast.expr]) -> Iterator[str]:
    for one in (*step.tests, value):
        yield from _texts(one, named)


def _is_asked(conditions: list[ast.expr]) -> bool:
    """Whether conditions depend on what somebody sets, or say what is kept, which no list of names tells."""
    if any(_is_negated(one) for test in conditions for one in nodes(test)):
        return True
    return any(_ASKED.search(_QUOTED.sub("", source(test))) for test in conditions)


def _is_negated(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        return any(isinstance(one, (ast.NotEq, ast.NotIn, ast.IsNot)) for one in node.ops)
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
