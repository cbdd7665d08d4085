"""Shell scripts: the commands in them, and which of them can fail without anybody noticing.

The grammar is tree-sitter's, which reads on behind what it does not understand and knows every place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_STATUS_READ = re.compile(rb"\$\?|\$\{?PIPESTATUS|\$\{\?|GITHUB_OUTPUT|GITHUB_ENV")
_COMPARISON = re.compile(  # of the status of what failed with a number
    r"""(?:\[\[?|test|\(\()\s+["']?\$\{?\?\}?["']?\s*(?P<sign>-eq|-ne|-lt|-le|-gt|-ge|==?|!=|<=?|>=?)\s*(?P<number>\d+)\s*(?:\]\]?|\)\))?"""
)
_COMPARED = {
    **dict.fromkeys(("-eq", "=", "=="), eq),
    **dict.fromkeys(("-ne", "!="), ne),
    **dict.fromkeys(("-lt", "<"), lt),
    **dict.fromkeys(("-le", "<="), le),
    **dict.fromkeys(("-gt", ">"), gt),
    **dict.fromkeys(("-ge", ">="), ge),
}
_TESTS_FAILED = 1
"""The status of pytest, and of most runners, when tests failed."""
_CONDITION = re.compile(r"(?:test|\[\[?)\s")
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
_WORDS = frozenset(
    {
        *("command_name", "word", "string", "raw_string", "concatenation", "simple_expansion", "expansion", "number"),
        *("command_substitution", "ansi_c_string", "translated_string", "brace_expression"),
    }
)
_ASIDE = frozenset({"comment", "heredoc_redirect", "file_redirect"})
_SHELL = re.compile(r"(?:.*/)?(?:ba|da|z|k)?sh")
_COMMAND_FLAG = re.compile(r"-[a-z]*c[a-z]*")
_DEEPEST = 60
_READERS = {
    "redirected_statement": "_redirected",
    "list": "_list",
    "pipeline": "_pipeline",
    "subshell": "_grouped",
    "compound_statement": "_grouped",
    "do_group": "_grouped",
    "for_statement": "_looped",
    "while_statement": "_looped",
    "c_style_for_statement": "_looped",
    "if_statement": "_branched",
    "function_definition": "_called",
    "case_item": "_grouped",
}


class ShellCommand(NamedTuple):
    """A command.

    Attributes:
        words: its words, quotes removed.
        line: from 1.
        column: from 1, in characters of that line.
        swallowed: how its failure is lost, "" when it is not.
        certain: whether it is lost for certain.
        environment: what it sets for itself, as in "PYTHONOPTIMIZE=1".
    """

    words: tuple[str, ...]
    line: int
    column: int
    swallowed: str = ""
    certain: bool = True
    environment: tuple[str, ...] = ()


class _Fate(NamedTuple):
    """How a failure is lost, "" when it is not, and whether for certain."""

    how: str = ""
    certain: bool = True


_KEPT = _Fate()


@dataclass(frozen=True)
class Options:
    """What a shell was told.

    Attributes:
        errexit: whether a failing command ends the script (`-e`).
        pipefail: whether a pipe fails when any of its parts does.
        known: whether the script itself, or who calls it, said so; else failures are lost with less certainty.
    """

    errexit: bool = False
    pipefail: bool = False
    known: bool = True


def commands(script: str, options: Options) -> list[ShellCommand]:
    """Every command of a script, in order.

    Args:
        script: the text; expressions of GitHub (`${{ ... }}`) may stand in it.
        options: what the shell is told before.
    """
    content = _EXPRESSION.sub(_placeholder, script).encode("utf-8", "surrogatepass")
    found = list(_Reader(content).sequence(_parser().parse(content).root_node, options, _KEPT, 0))
    return sorted(found, key=lambda one: (one.line, one.column))


def _placeholder(match: re.Match[str]) -> str:
    """A word as long as the expression, line for line."""
    return re.sub(r"[^\n]", "X", match[0])


@cache
def _parser() -> Parser:
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


class _Reader:
    """Reads the tree of one script."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def sequence(self, node: Node, options: Options, outer: _Fate, depth: int) -> Iterator[ShellCommand]:
        """The commands of statements that stand one after the other."""
        statements = [one for one in node.children if one.is_named and one.type != "comment"]
        yield from self._statements(statements, options, outer, depth)

    def _statements(
        self, statements: Sequence[Node], options: Options, outer: _Fate, depth: int
    ) -> Iterator[ShellCommand]:
        for number, one in enumerate(statements):
            options = self._set(one, options)
            rest = self._content[one.end_byte : statements[-1].end_byte]
            fate = outer
            if _STATUS_READ.search(rest) or self._in_background(one):
                yield from self._of(one, replace(options, pipefail=True), _KEPT, depth)
                continue
            if number + 1 < len(statements):
                fate = self._passed_over(one, options)
            yield from self._of(one, options, fate, depth)

    def _passed_over(self, node: Node, options: Options) -> _Fate:
        """What becomes of a failure where other statements follow."""
        if not options.errexit:
            return _Fate("the script goes on after it", certain=options.known)
        if node.type == "list" and self._operator(node) == "&&":
            return _Fate("`&&` keeps the shell from stopping, and the script goes on", certain=False)
        return _KEPT

    def _of(self, node: Node, options: Options, fate: _Fate, depth: int) -> Iterator[ShellCommand]:
        if depth > _DEEPEST:
            return
        if node.type == "command":
            yield from self._command(node, fate, depth)
        elif node.type in _READERS:
            yield from getattr(self, _READERS[node.type])(node, options, fate, depth + 1)
        elif node.type not in _ASIDE:
            for child in node.named_children:
                yield from self._of(child, options, _KEPT, depth + 1)

    def _redirected(self, node: Node, options: Options, fate: _Fate, depth: int) -> Iterator[ShellCommand]:
        body = node.child_by_field_name("body")
        if body is not None:
            yield from self._of(body, options, fate, depth)

    def _list(self, node: Node, options: Options, fate: _Fate, depth: int) -> Iterator[ShellCommand]:
        parts = [one for one in node.named_children if one.type not in _ASIDE]
        if len(parts) != len(("left", "right")):
            return
        left, right = parts
        if self._operator(node) == "&&":
            yield from self._of(left, options, fate, depth)
        elif self._succeeds(right):
            shown = " ".join(self._text(right).split())
            yield from self._of(left, options, _Fate(f"`|| {shown[:40]}`"), depth)
        elif self._may_succeed(right):
            shown = " ".join(self._text(right).split())
            yield from self._of(left, options, _Fate(f"`|| {shown[:40]}`", certain=False), depth)
        else:
            yield from self._of(left, options, _KEPT, depth)
        yield from self._of(right, options, fate, depth)

    def _pipeline(self, node: Node, options: Options, fate: _Fate, depth: int) -> Iterator[ShellCommand]:
        parts = [one for one in node.named_children if one.type not in _ASIDE]
        for part in parts[:-1]:
            shown = " ".join(self._text(parts[-1]).split())
            lost = _Fate(f"a pipe into `{shown[:40]}` without pipefail")
            yield from self._of(part, options, fate if options.pipefail else lost, depth)
        for part in parts[-1:]:
            yield from self._of(part, options, fate, depth)

    def _grouped(self, node: Node, options: Options, fate: _Fate, depth: int) -> Iterator[ShellCommand]:
        yield from self.sequence(node, options, fate, depth)

    def _looped(self, node: Node, options: Options, fate: _Fate, depth: int) -> Iterator[ShellCommand]:
        """The body of a loop: what the last statement of a turn is worth depends on the turn."""
        for child in node.named_children:
            if child.type == "do_group":
                yield from self.sequence(child, options, fate, depth)
            else:
                yield from self._of(child, options, _KEPT, depth)

    def _branched(self, node: Node, options: Options, fate: _Fate, depth: int) -> Iterator[ShellCommand]:
        """An `if`: its conditions are read, its branches end as it does."""
        condition = node.type != "else_clause"
        branch: list[Node] = []
        for child in node.children:
            if child.type == "then":
                condition = False
            elif child.type in ("elif_clause", "else_clause"):
                yield from self._branched(child, options, fate, depth)
            elif child.is_named and condition:
                yield from self._of(child, options, _KEPT, depth)
            elif child.is_named and child.type != "comment":
                branch.append(child)
        yield from self._statements(branch, options, fate, depth)

    def _called(self, node: Node, options: Options, fate: _Fate, depth: int) -> Iterator[ShellCommand]:  # noqa: ARG002 - as the others
        """The body of a function: what it is worth shows where it is called."""
        body = node.child_by_field_name("body")
        if body is not None:
            yield from self.sequence(body, options, _KEPT, depth)

    def _command(self, node: Node, fate: _Fate, depth: int) -> Iterator[ShellCommand]:
        words = tuple(self._word(one) for one in node.named_children if one.type in _WORDS)
        environment = tuple(self._text(one) for one in node.named_children if one.type == "variable_assignment")
        inner = _inner(words)
        if inner is not None:
            script, options = inner
            for one in commands(script, options) if depth < _DEEPEST else ():
                how, certain = (one.swallowed, one.certain) if one.swallowed else fate
                yield self._placed(node, one.words, _Fate(how, certain), (*environment, *one.environment))
        elif words:
            yield self._placed(node, words, fate, environment)
        for child in node.named_children:
            yield from self._substituted(child, depth + 1)

    def _substituted(self, node: Node, depth: int) -> Iterator[ShellCommand]:
        if node.type == "command_substitution":
            yield from self.sequence(node, Options(errexit=True, pipefail=True), _KEPT, depth)
        elif depth <= _DEEPEST:
            for child in node.named_children:
                yield from self._substituted(child, depth + 1)

    def _placed(self, node: Node, words: tuple[str, ...], fate: _Fate, environment: tuple[str, ...]) -> ShellCommand:
        row, offset = node.start_point
        start = node.start_byte - offset
        column = len(self._content[start : node.start_byte].decode("utf-8", "replace")) + 1
        return ShellCommand(words, row + 1, column, fate.how, fate.certain, environment)

    def _succeeds(self, node: Node) -> bool:
        """Whether a statement ends well whatever happened before."""
        text = self._text(node).encode("utf-8", "surrogatepass")
        if _STATUS_READ.search(text):
            compared = _COMPARISON.fullmatch(self._text(node).strip())
            return compared is not None and bool(_COMPARED[compared["sign"]](_TESTS_FAILED, int(compared["number"])))
        if node.type == "redirected_statement":
            body = node.child_by_field_name("body")
            return body is not None and self._succeeds(body)
        if node.type == "list":
            return all(self._succeeds(one) for one in node.named_children)
        if node.type in ("compound_statement", "subshell"):
            parts = [one for one in node.named_children if one.type != "comment"]
            leaves = any(b"exit" in self._text(one).encode() and not self._succeeds(one) for one in parts)
            return bool(parts) and not leaves and self._succeeds(parts[-1])
        if node.type != "command":
            return False
        words = [self._word(one) for one in node.named_children if one.type in _WORDS]
        return words[:1] in (["true"], [":"], ["echo"], ["printf"]) or words in (["exit", "0"], ["return", "0"])

    def _may_succeed(self, node: Node) -> bool:
        """Whether a statement asks for something else than the status, so that it may end well."""
        text = self._text(node)
        return bool(_CONDITION.match(text)) and not _STATUS_READ.search(text.encode("utf-8", "surrogatepass"))

    def _set(self, node: Node, options: Options) -> Options:
        """The options behind a statement, which `set` may change."""
        if node.type != "command":
            return options
        words = [self._word(one) for one in node.named_children if one.type in _WORDS]
        if words[:1] != ["set"]:
            return options
        for number, word in enumerate(words[1:], 1):
            on = word.startswith("-")
            if re.fullmatch(r"[-+][a-z]*e[a-z]*", word):
                options = replace(options, errexit=on, known=True)
            if "pipefail" in words[number + 1 : number + 2] and word.endswith("o"):
                options = replace(options, pipefail=on)
            if "errexit" in words[number + 1 : number + 2] and word.endswith("o"):
                options = replace(options, errexit=on, known=True)
        return options

    def _operator(self, node: Node) -> str:
        return next((one.type for one in node.children if one.type in ("&&", "||")), "")

    def _in_background(self, node: Node) -> bool:
        following = node.next_sibling
        return following is not None and following.type == "&"

    def _word(self, node: Node) -> str:
        text = self._text(node)
        if node.type in ("string", "raw_string"):
            return text[1:-1]
        if node.type in ("concatenation", "command_name"):
            return "".join(self._word(one) for one in node.named_children) or text
        return text

    def _text(self, node: Node) -> str:
        return self._content[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _inner(words: Sequence[str]) -> tuple[str, Options] | None:
    """The script that a command hands to a shell, as in `bash -c "..."`, or in `docker run ... script -c "..."`."""
    for number, word in enumerate(words[:-1]):
        if not _COMMAND_FLAG.fullmatch(word) or not any(map(str.isspace, words[number + 1])):
            continue
        before = words[:number]
        if any("python" in one for one in before):
            return None
        shell = next((place for place, one in enumerate(before) if _SHELL.fullmatch(one)), None)
        flags = "".join(words[shell or 0 : number + 1]).replace("pipefail", "") if shell is not None else ""
        return words[number + 1], Options(
            errexit=bool(re.search(r"-[a-z]*e", flags)), pipefail="pipefail" in words, known=shell is not None
        )
    return None
