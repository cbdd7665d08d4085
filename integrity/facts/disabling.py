"""What switches tests off in a file: marks, calls that skip, and what keeps tests out of the collection.

Only what stands where a runner looks for tests is read: at module level, in classes, and the first level of functions.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from integrity.facts.conditions import Why, why
from integrity.facts.definitions import Walk
from integrity.facts.expressions import awaited, dotted, literal, truth
from integrity.facts.flaws import span_of
from integrity.facts.lexical import Lexed
from integrity.facts.outline import FUNCTIONS, Block, Function, Outline
from integrity.facts.places import printable
from integrity.facts.switches import Condition, Form, Reason, Switch, Where
from integrity.facts.switchmarks import Mark, Vocabulary, is_empty_collection, marks_in

# Looking for words one after the other takes a tenth of the time of one expression with as many branches.
_WORDS = ("xfail", "expectedFailure", "parametrize", "__test__", "flaky", "rerun", "load_tests")
_UNSET_TEST = re.compile(r"test\w* = None")
_CALLS = {
    "pytest.skip": Form.SKIP,
    "self.skipTest": Form.SKIP,
    "skip": Form.SKIP,
    "pytest.xfail": Form.XFAIL,
    "xfail": Form.XFAIL,
}
_RAISED = frozenset({"SkipTest", "unittest.SkipTest", "unittest.case.SkipTest", "pytest.skip.Exception"})
_IDLE = (ast.Pass, ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal)


def switches(lexed: Lexed, outline: Outline, found: Walk) -> tuple[Switch, ...]:
    """Everything that switches off a test, a class or the module, in order of place.

    Args:
        lexed: the text that was parsed.
        outline: its blocks.
        found: its definitions and imports.
    """
    return tuple(sorted(_Finder(lexed, outline, found).found(), key=lambda one: (one.span, one.form)))


def worth_reading(lexed: Lexed) -> bool:
    """Whether a text can hold a switch at all."""
    text = lexed.text
    return "skip" in lexed.lower or any(word in text for word in _WORDS) or _UNSET_TEST.search(text) is not None


class _Finder:
    def __init__(self, lexed: Lexed, outline: Outline, found: Walk) -> None:
        self._lexed = lexed
        self._outline = outline
        self._definitions = found.definitions
        self._names = Vocabulary(outline, found.imports)
        self._imported = {one.bound for one in found.imports if one.module == "pytest" and one.name}

    def found(self) -> Iterator[Switch]:
        for block in self._outline.blocks:
            for statement in block.statements:
                if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
                    yield from self._of_definition(statement, block)
                elif isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
                    yield from self._of_assignment(statement, statement.value, block)
                elif block.owner < 0 and not block.guarded:
                    yield from self._of_call(statement, -1, Where.MODULE)

    # Marks

    def _of_definition(self, node: Function | ast.ClassDef, block: Block) -> Iterator[Switch]:
        index = self._outline.index(node)
        for decorator in node.decorator_list:
            if not self._without_effect(node, decorator):
                yield from self._of_mark(decorator, index, guarded=False, failing=_only_fails(node))
        if isinstance(node, ast.ClassDef):
            return
        if node.name == "load_tests" and block.owner < 0 and _loads_nothing(node):
            yield self._switch(Form.OPT_OUT, Where.LOADER, index, node, Why())
        yield from self._of_body(node, index)

    def _without_effect(self, node: Function | ast.ClassDef, decorator: ast.expr) -> bool:
        """Whether it is a mark of unittest on a plain class, which pytest collects and does not ask for such marks."""
        plain = isinstance(node, ast.ClassDef) and not node.bases
        return plain and self._names.meaning(dotted(decorator)).startswith("unittest.")

    def _of_mark(self, node: ast.expr, index: int, *, guarded: bool, failing: bool = False) -> Iterator[Switch]:
        made = self._names.mark(node)
        if made is None:
            return
        mark, alias = made
        if failing and mark.when.condition is Condition.ALWAYS:
            return
        where = Where.MODULE if index < 0 else Where.ALIAS if alias else Where.MARK
        yield self._of(mark, where, index, node, guarded=guarded)

    def _of(self, mark: Mark, where: Where, index: int, node: ast.expr, *, guarded: bool) -> Switch:
        switch = self._switch(mark.form, where, index, node, mark.why)
        condition = Condition.DEPENDS if guarded else mark.when.condition
        return Switch(
            switch.form, where, index, switch.span, switch.text, condition, switch.reason, switch.why,
            mark.strict, mark.raises, mark.runs, mark.when.bound,
        )  # fmt: skip

    # Assignments

    def _of_assignment(self, node: ast.Assign | ast.AnnAssign, value: ast.expr, block: Block) -> Iterator[Switch]:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            name = dotted(target)
            if name == "pytestmark":
                for one in marks_in(value):
                    yield from self._of_mark(one, block.owner, guarded=block.guarded)
            elif not block.guarded:
                yield from self._of_opt_out(name, value, block.owner, node)

    def _of_opt_out(self, name: str, value: ast.expr, owner: int, node: ast.stmt) -> Iterator[Switch]:
        """What keeps tests out of the collection: `__test__ = False`, of a test, too, and `test_total = None`."""
        of, _, last = name.rpartition(".")
        if last == "__test__" and literal(value) is False:
            concerned = self._defined(of, owner) if of else owner
            if concerned is not None:
                yield self._switch(Form.OPT_OUT, Where.MARK, concerned, node, Why())
        elif owner >= 0 and not of and last.startswith("test_") and _is_none(value):
            yield self._switch(Form.OPT_OUT, Where.UNSET, owner, node, Why())

    def _defined(self, name: str, owner: int) -> int | None:
        """The last function or class by a dotted name in a class, or in the module (-1)."""
        qualname = f"{self._definitions[owner].qualname}.{name}" if owner >= 0 else name
        found = [index for index, one in enumerate(self._definitions) if one.qualname == qualname]
        return found[-1] if found else None

    # Calls

    def _of_body(self, node: Function, index: int) -> Iterator[Switch]:
        first = True
        for statement in node.body:
            found = list(self._of_call(statement, index, Where.FIRST if first else Where.LATER))
            if found:
                yield found[0]
                return
            first = first and (isinstance(statement, _IDLE) or _is_text(statement))

    def _of_call(self, statement: ast.stmt, index: int, where: Where) -> Iterator[Switch]:
        """The switch of a statement that skips what runs it."""
        form, call = self._skipping(statement)
        if form is None or (where is Where.MODULE and form is not Form.SKIP):
            return
        given = {one.arg: one.value for one in call.keywords} if call else {}
        text = given.get("reason") or given.get("msg") or (call.args[0] if call and call.args else None)
        yield self._switch(form, where, index, statement, why(text, self._names.constants))

    def _skipping(self, statement: ast.stmt) -> tuple[Form | None, ast.Call | None]:
        if isinstance(statement, ast.Expr) and isinstance(awaited(statement.value), ast.Call):
            made = awaited(statement.value)
            name = dotted(made)
            bare = "." not in name and name not in self._imported
            return (None if bare else _CALLS.get(name)), made if isinstance(made, ast.Call) else None
        if isinstance(statement, ast.Raise) and statement.exc is not None:
            call = statement.exc if isinstance(statement.exc, ast.Call) else None
            return (Form.SKIP if dotted(statement.exc) in _RAISED else None), call
        return None, None

    # All of them

    def _switch(self, form: Form, where: Where, index: int, node: ast.AST, reason: Why) -> Switch:
        span = span_of(self._lexed, node)
        shown = printable(self._lexed.lines[span.line - 1])
        if reason.reason is not Reason.COMPUTED and where is not Where.ALIAS:
            reason = _with_comment(reason, self._comment(span.line, span.end_line))
        return Switch(form, where, index, span, shown, reason=reason.reason, why=reason.text)

    def _comment(self, line: int, end: int) -> str:
        """What comments say beside a statement, or right above it."""
        lines = self._lexed.lines
        if not any("#" in one for one in lines[max(0, line - 2) : end]):
            return ""
        beside = [one for one in self._lexed.comments if line <= one.line <= end]
        above = [one for one in self._lexed.comments if one.line == line - 1 and lines[line - 2].lstrip()[:1] == "#"]
        return " ".join(one.payload.strip() for one in (*above, *beside))[:300]


def _with_comment(reason: Why, comment: str) -> Why:
    """A reason with what a comment adds to it."""
    if not comment or comment.startswith(("noqa", "type:", "pragma", "pylint", "integrity:")):
        return reason
    return Why(Reason.TEXT, f"{reason.text} # {comment}" if reason.text else comment)


def _only_fails(node: Function | ast.ClassDef) -> bool:
    """Whether a function does nothing but fail, so that a mark which always holds is itself what is tested."""
    body = [one for one in node.body if not _is_text(one)]
    if len(body) != 1 or isinstance(node, ast.ClassDef):
        return False
    return isinstance(body[0], ast.Assert) and truth(body[0].test) is False


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def _loads_nothing(node: Function) -> bool:
    """Whether `load_tests` gives back a suite without tests."""
    body = [one for one in node.body if not _is_text(one)]
    value = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
    if isinstance(value, ast.Call):
        empty = not value.args or is_empty_collection(value.args[0])
        return empty and dotted(value.func).rpartition(".")[2] in ("TestSuite", "suiteClass")
    return False


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
