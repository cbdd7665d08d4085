"""The statements of a body as a merge sees them: under keys by which those of two versions are matched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from integrity.facts.lexical import Lexed
from integrity.restore.mergeoutline import Outline

Statement = cst.BaseStatement | cst.BaseSmallStatement


@dataclass(frozen=True)
class Entry:
    """A statement.

    Attributes:
        key: what it defines, or its code; unique in its body.
        name: the name of a definition, "" for anything else.
        code: its text without what stands above it.
        node: the statement itself.
    """

    key: str
    name: str
    code: str
    node: Statement

    @property
    def is_import(self) -> bool:
        """Whether it imports at this level."""
        return imports(self.node) is not None

    @property
    def is_docstring(self) -> bool:
        """Whether it is a string that stands alone."""
        return self.key.startswith("docstring")

    @property
    def is_idle(self) -> bool:
        """Whether it is an expression without effect, as flattening leaves of a list of names."""
        only = self.node.body[0] if isinstance(self.node, cst.SimpleStatementLine) else None
        return isinstance(only, cst.Expr) and not isinstance(only.value, cst.Call | cst.Await | cst.Yield)

    @property
    def label(self) -> str:
        """For notes."""
        return self.name or " ".join(self.code.split("\n", 1)[0].split())[:80]


def entries(module: cst.Module, body: Sequence[Statement]) -> list[Entry]:
    """The statements of a body with their keys; a second one of the same key has `#1` behind it, and so on."""
    counts: Counter[str] = Counter()
    found = []
    for node in body:
        code = _code(module, node)
        key = _key(node, code)
        counts[key] += 1
        unique = f"{key}#{counts[key] - 1}" if counts[key] > 1 else key
        found.append(Entry(unique, _name(node) + unique[len(key) :] if _name(node) else "", code, node))
    return found


def imports(node: Statement) -> cst.Import | cst.ImportFrom | None:
    """The import that a line consists of."""
    if isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1:
        only = node.body[0]
        return only if isinstance(only, cst.Import | cst.ImportFrom) else None
    return None


def own_comments(text: str) -> set[str]:
    """The comments of a text that have a line of their own."""
    return {comment.text for comment in Lexed(text).comments if comment.own_line}


def without_comments(text: str, unwanted: set[str], between: set[str], live: Outline | None) -> str:
    """A text without certain comments that have a line of their own, and without the gaps they leave.

    Args:
        text: the text.
        unwanted: comments to remove.
        between: comments to remove unless they stand inside a function.
        live: the outline of the text, which tells where its functions are.
    """
    lexed = Lexed(text)
    functions = live.functions.values() if live else ()
    inside = {number for function in functions for number in range(function.first + 1, function.end + 1)}
    own = [comment for comment in lexed.comments if comment.own_line]
    gone = {one.line for one in own if one.text in unwanted or (one.text in between and one.line not in inside)}
    kept: list[str] = []
    gap = False
    for number, line in enumerate(lexed.lines, 1):
        gap = number in gone or (gap and not line.strip())
        if number not in gone and not (gap and not any(map(str.strip, kept[-2:]))):
            kept.append(line)
    return "\n".join(kept)


def spaced(node: Statement, blank: int) -> Statement:
    """A statement with its comments, and above a definition as many blank lines as `blank` says."""
    if not isinstance(node, cst.FunctionDef | cst.ClassDef):
        return node
    comments = [line for line in node.leading_lines if line.comment]
    lines = [*[cst.EmptyLine(indent=False)] * blank, *comments]
    return _unpadded(node).with_changes(leading_lines=lines)


def in_place(node: Statement, replaced: Statement) -> Statement:
    """A statement in the place of another, whose comments stay above it unless it has its own."""
    own = getattr(node, "leading_lines", ())
    if any(line.comment for line in own) or not hasattr(replaced, "leading_lines"):
        return node
    return _unpadded(node).with_changes(leading_lines=replaced.leading_lines)


def _unpadded(node: Statement) -> Statement:
    """A definition without blank lines below it, which belong to whatever follows."""
    body = getattr(node, "body", None)
    if isinstance(body, cst.IndentedBlock) and not any(line.comment for line in body.footer):
        return node.with_changes(body=body.with_changes(footer=()))
    return node


def _code(module: cst.Module, node: Statement) -> str:
    bare = node.with_changes(leading_lines=()) if hasattr(node, "leading_lines") else node
    return module.code_for_node(bare)


def _name(node: Statement) -> str:
    return node.name.value if isinstance(node, cst.FunctionDef | cst.ClassDef) else ""


def _key(node: Statement, code: str) -> str:
    """What makes a statement the same one in another version."""
    if isinstance(node, cst.FunctionDef):
        return f"def {node.name.value}"
    if isinstance(node, cst.ClassDef):
        return f"class {node.name.value}"
    if isinstance(node, cst.SimpleStatementLine):
        return _simple_key(node.body[0], code)
    return code.split("\n", 1)[0].strip()


def _simple_key(node: cst.BaseSmallStatement, code: str) -> str:
    """The key of a line: an assignment by its target, a string by being one, anything else by its code."""
    if isinstance(node, cst.Assign):
        return f"set {code.partition('=')[0].strip()}"
    if isinstance(node, cst.AnnAssign) and isinstance(node.target, cst.Name):
        return f"set {node.target.value}"
    if isinstance(node, cst.Expr) and isinstance(node.value, cst.SimpleString | cst.ConcatenatedString):
        return "docstring"
    return code.strip()
