"""Commented-out code: how much of it a file holds, which tests are in it, and whether a tool left it there."""

from __future__ import annotations

import ast
import re
import textwrap
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from integrity.facts import markers
from integrity.facts.codelines import Kind, kind_of, may_be_code, parse_quietly
from integrity.facts.lexical import Comment, Lexed
from integrity.facts.model import Commented, CommentedKind, Definition
from integrity.model import Span

DOMINATED_SHARE = 0.10  # the highest share measured over 1,111 healthy test files is 0.065
DOMINATED_LINES = 15
_STATEMENT_SHARE = 0.20  # settings files keep whole pages of commented assignments

_TEST = re.compile(r"(?P<indent>\s*)(?:async\s+)?def\s+(?P<name>test\w*)\s*\((?P<rest>.*)")
_CLASS = re.compile(r"(?P<indent>\s*)class\s+(?P<name>\w+)\s*[(:]")
_DEFINES_TEST = re.compile("def test")
_BODY = re.compile(r"(?:pass\b|\.\.\.|[rRbBuU]{0,2}(?:'''|\"\"\"))")
_REASON = re.compile(
    r"todo|fixme|xxx|hack|disabled?|skip|commented out|not (?:yet )?(?:supported|implemented|working)|broken|flaky"
    r"|fails?\b|bug|issue|gh-?\d|#\d|https?:",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(
    r"(?:e\.?g\.?|example|for instance|such as|like (?:this|so)|usage|::|:)\s*$|\bexample\b", re.IGNORECASE
)


@dataclass
class _Tests:
    """Commented-out tests gathered so far."""

    names: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    reason: str = ""

    def add(self, name: str, line: int) -> None:
        """Count a test once, however often its text stands there."""
        if name not in self.names:
            self.names.append(name)
            self.lines.append(line)


def commented(lexed: Lexed, tree: ast.Module | None, definitions: Sequence[Definition]) -> Commented | None:
    """The commented-out code of a file.

    Args:
        lexed: the file's text.
        tree: its tree, None when it does not parse.
        definitions: the live definitions, which give commented methods their class.

    Returns:
        None when there is too little of it to matter: no tool's marker, no test, less than a tenth of the file.
    """
    own = [comment for comment in lexed.comments if comment.own_line]
    return _residue(lexed, own, definitions) or _plain(lexed, own, definitions) or _in_string(lexed, tree)


def _residue(lexed: Lexed, own: Sequence[Comment], definitions: Sequence[Definition]) -> Commented | None:
    """Code behind the markers of tools."""
    found = markers.residue(own)
    if not found:
        return None
    pairs = sorted((pair for marked in found for pair in marked.lines), key=lambda pair: pair[0].line)
    tests = _Tests()
    cls = ""
    for comment, rest in pairs:
        opened = _CLASS.match(rest)
        cls = opened["name"] if opened else cls
        test = _TEST.match(rest)
        if test:
            owner = cls if re.match(r"\s*self\b", test["rest"]) else ""
            tests.add(f"{owner or _enclosing(comment, definitions)}.{test['name']}".lstrip("."), comment.line)
    return _summary(lexed, CommentedKind.RESIDUE, [comment for comment, _ in pairs], tests, found[0].marker)


def _plain(lexed: Lexed, own: Sequence[Comment], definitions: Sequence[Definition]) -> Commented | None:
    """Code commented out without a marker."""
    candidates = [comment for comment in own if may_be_code(comment.payload.lstrip())]
    if not candidates:
        return None
    tests = _Tests()
    if any(_TEST.match(comment.payload) for comment in candidates):
        for block in _blocks(own):
            _find_tests(block, definitions, tests)
    code = _code_comments(own) if len(candidates) * 3 >= DOMINATED_LINES else []
    if _dominates([comment for comment, _ in code], [kind for _, kind in code], lexed.non_blank):
        return _summary(lexed, CommentedKind.DOMINATED, [comment for comment, _ in code], tests)
    if not tests.names:
        return None
    return _summary(lexed, CommentedKind.TEST, _test_comments(own, tests), tests)


def _dominates(code: Sequence[Comment], kinds: Sequence[Kind], lines: int) -> bool:
    """Whether so much of the file is commented-out code that the file is no longer what it was."""
    statements = sum(kind is Kind.STATEMENT for kind in kinds)
    return (
        len(code) >= DOMINATED_LINES
        and len(code) >= DOMINATED_SHARE * lines
        and statements >= _STATEMENT_SHARE * len(code)
    )


def _code_comments(own: Sequence[Comment]) -> list[tuple[Comment, Kind]]:
    """The comments that are code, with how sure that is."""
    return [pair for block in _blocks(own) for pair in _code_in_block(block)]


def _code_in_block(block: Sequence[Comment]) -> Iterator[tuple[Comment, Kind]]:
    """The code among adjacent comments: all when they parse together, else those that are code by themselves."""
    kinds = [kind_of(comment.payload.strip()) for comment in block]
    if max(kinds) < Kind.CODE:
        return
    whole = len(block) > 1 and parse_quietly(textwrap.dedent("\n".join(comment.payload for comment in block)))
    inside = False
    for comment, kind in zip(block, kinds, strict=True):
        inside = kind >= Kind.CODE or (inside and kind is Kind.FILLER)
        if whole or inside:
            yield comment, kind


def _blocks(own: Sequence[Comment]) -> Iterator[list[Comment]]:
    """Runs of comments on consecutive lines."""
    block: list[Comment] = []
    for comment in own:
        if block and comment.line != block[-1].line + 1:
            yield block
            block = []
        block.append(comment)
    if block:
        yield block


def _find_tests(block: Sequence[Comment], definitions: Sequence[Definition], tests: _Tests) -> None:
    """Add the tests that stand in a run of comments: a `def test...` followed by a deeper line of code."""
    classes: list[tuple[int, str]] = []
    for position, comment in enumerate(block):
        indent = _indent(comment)
        opened = _CLASS.match(comment.payload)
        if opened:
            classes = [*(pair for pair in classes if pair[0] < indent), (indent, opened["name"])]
        test = _TEST.match(comment.payload)
        if test and _has_body(test["rest"], indent, block[position + 1 :]) and not _is_example(block[:position]):
            owner = ".".join(name for depth, name in classes if depth < indent) or _enclosing(comment, definitions)
            tests.add(f"{owner}.{test['name']}".lstrip("."), comment.line)
            tests.reason = tests.reason or _reason(block[:position])


def _indent(comment: Comment) -> int:
    """Columns from the start of the line to the commented text."""
    payload = comment.payload
    return comment.column + len(payload) - len(payload.lstrip())


def _has_body(signature: str, indent: int, following: Sequence[Comment]) -> bool:
    """Whether code of the test follows its signature, so that it is not merely mentioned."""
    if re.search(r"\)[^:]*:\s*\S", signature):
        return True
    for comment in following:
        text = comment.payload.strip()
        if not text:
            continue
        if _indent(comment) <= indent and not text.startswith(")"):
            return False
        if kind_of(text) >= Kind.CODE or _BODY.match(text) or may_be_code(text):
            return True
    return False


def _is_example(before: Sequence[Comment]) -> bool:
    """Whether the prose above announces an example rather than a test switched off."""
    prose = _prose_above(before)
    return bool(prose) and bool(_EXAMPLE.search(prose)) and not _REASON.search(prose)


def _reason(before: Sequence[Comment]) -> str:
    """The sentence above a commented-out test that says why it is."""
    prose = _prose_above(before)
    return prose if _REASON.search(prose) else ""


def _prose_above(before: Sequence[Comment]) -> str:
    """The nearest line of prose in `before`, code skipped."""
    texts = (comment.payload.strip() for comment in reversed(before))
    return next((text for text in texts if text and kind_of(text) is Kind.PROSE), "")


def _enclosing(comment: Comment, definitions: Sequence[Definition]) -> str:
    """The live class that a commented method would belong to, "" at module level."""
    around = (d for d in definitions if d.is_class and d.span.line < comment.line and d.span.column < _indent(comment))
    best = max(around, key=lambda d: d.span.line, default=None)
    return best.qualname if best and comment.line <= best.span.end_line + 1 else ""


def _test_comments(own: Sequence[Comment], tests: _Tests) -> list[Comment]:
    """The comments from each test's signature to the end of its run."""
    starts = set(tests.lines)
    kept: list[Comment] = []
    for block in _blocks(own):
        first = next((index for index, comment in enumerate(block) if comment.line in starts), len(block))
        kept += block[first:]
    return kept


def _summary(lexed: Lexed, kind: CommentedKind, code: Sequence[Comment], tests: _Tests, marker: str = "") -> Commented:
    """The facts of commented lines."""
    first, last = code[0], code[-1]
    return Commented(
        kind=kind,
        span=Span(first.line, first.column, last.line, last.span.end_column),
        code_lines=len(code),
        lines=lexed.non_blank,
        marker=marker.rstrip(":- "),
        tests=tuple(tests.names),
        test_lines=tuple(tests.lines),
        reason=tests.reason,
        live_lines=_live(lexed),
    )


def _live(lexed: Lexed) -> int:
    """Lines that hold more than comments and strings."""
    return sum(map(bool, map(str.strip, lexed.masked.split("\n"))))


def _in_string(lexed: Lexed, tree: ast.Module | None) -> Commented | None:
    """Tests wrapped in a string that stands as a statement, which is a comment by other means."""
    if tree is None or not any(_is_in_string(lexed, one.start()) for one in _DEFINES_TEST.finditer(lexed.text)):
        return None
    for node in _string_statements(tree):
        names = tuple(_test_names(parse_quietly(textwrap.dedent(str(node.value))) or []))
        if names:
            return _string_summary(lexed, node, names)
    return None


def _is_in_string(lexed: Lexed, offset: int) -> bool:
    index = bisect_right(lexed.strings, (offset, len(lexed.text))) - 1
    return index >= 0 and offset < lexed.strings[index][1]


def _string_summary(lexed: Lexed, node: ast.Constant, names: tuple[str, ...]) -> Commented:
    """The facts of a string statement that holds tests."""
    above = [comment for comment in lexed.comments if comment.own_line and comment.line < node.lineno]
    block = next((block for block in _blocks(above) if block[-1].line == node.lineno - 1), [])
    return Commented(
        kind=CommentedKind.TEST,
        span=Span(node.lineno, node.col_offset + 1, node.end_lineno or node.lineno, (node.end_col_offset or 0) + 1),
        code_lines=sum(1 for line in str(node.value).split("\n") if line.strip()),
        lines=lexed.non_blank,
        tests=names,
        test_lines=(node.lineno,) * len(names),
        reason=next((text for c in block if _REASON.search(text := c.payload.strip())), ""),
        live_lines=_live(lexed),
        in_string=True,
    )


def _string_statements(tree: ast.Module) -> Iterator[ast.Constant]:
    """Strings at module and class level that stand alone; a function's docstring may be the data of a tool."""
    bodies: list[list[ast.stmt]] = [tree.body]
    while bodies:
        for statement in bodies.pop():
            if isinstance(statement, ast.ClassDef):
                bodies.append(statement.body)
            elif (
                isinstance(statement, ast.Expr)
                and isinstance(statement.value, ast.Constant)
                and isinstance(statement.value.value, str)
            ):
                yield statement.value


def _test_names(body: Sequence[ast.stmt], prefix: str = "") -> Iterator[str]:
    """Qualified names of the tests among statements that do more than show a signature."""
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield from _test_names(statement.body, f"{prefix}{statement.name}.")
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name.startswith("test"):
            yield prefix + statement.name
