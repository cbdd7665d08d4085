"""Whether the text of a comment line is code, told apart from prose by its shape and then by CPython's parser."""

from __future__ import annotations

import ast
import enum
import functools
import re
import warnings

_SHAPE = re.compile(
    r"""
    (?: (?:async[ ]+)? def [ ]+ \w+ [ ]* \(
      | class [ ]+ \w+ [ ]* [(:]
      | import [ ]+ [\w.]+ (?: [ ]*, | [ ]+ as [ ] | [ ]* $ )
      | from [ ]+ [\w.]+ [ ]+ import [ ]
      | (?: assert | return | raise | del | yield | await ) \b
      | (?:async[ ]+)? with [ ] .* : | (?:async[ ]+)? for [ ] .* [ ] in [ ] .* :
      | (?: if | elif | while | except ) \b .* :
      | (?: else | try | finally ) [ ]* :
      | @ [A-Za-z_]
      | [A-Za-z_][\w.]* (?: \[ [^\]]* \] )? (?: [ ]* , [ ]* [A-Za-z_][\w.]* )*
        (?: [ ]* : [ ]* [\w\[\]., "']+ )? [ ]* [-+*/%|&^@]? = (?!=)
      | [A-Za-z_][\w.]* \(
    )""",
    re.VERBOSE,
)
_STATEMENT = re.compile(
    r"(?:async |def |class |import |from |assert\b|return\b|raise\b|with |for |if |while |try\b|except\b|del |await )"
)
_FILLER = re.compile(
    r"(?:pass|break|continue|\.\.\.|else:|try:|finally:|[\])}]+[,:]?|[rRbBuUfF]{0,2}(?:'''|\"\"\").*)$"
)
_CLAUSES = (
    ("elif ", "if x:\n pass\n"),
    ("else", "if x:\n pass\n"),
    ("except", "try:\n pass\n"),
    ("finally", "try:\n pass\n"),
)
_OPENERS = {"(": ")", "[": "]", "{": "}"}
_PROSE_NODES = (
    ast.Name,
    ast.Attribute,
    ast.Constant,
    ast.Tuple,
    ast.Compare,
    ast.BinOp,
    ast.UnaryOp,
    ast.Subscript,
    ast.Starred,
)


class Kind(enum.IntEnum):
    """How much a comment line looks like code; larger is surer."""

    PROSE = 0
    FILLER = 1  # code only in the company of code: `pass`, a lone bracket, `return value`
    CODE = 2  # an assignment or a call
    STATEMENT = 3  # a definition, import, assertion, return, with, for, if...


def may_be_code(text: str) -> bool:
    """A cheap test that every line of kind CODE or STATEMENT passes, and little prose does."""
    return _SHAPE.match(text) is not None


def is_statement(text: str) -> bool:
    """Whether the kind of a line is STATEMENT; most lines do not even begin like one."""
    return _STATEMENT.match(text) is not None and kind_of(text) is Kind.STATEMENT


@functools.lru_cache(maxsize=4096)
def kind_of(text: str) -> Kind:
    """What a comment line, stripped of its hash and indentation, looks like."""
    if _FILLER.match(text):
        return Kind.FILLER
    if len(text) > 500 or not may_be_code(text):  # noqa: PLR2004 - beyond any line a person would read
        return Kind.PROSE
    statement = _parse(text.removesuffix(","))
    if statement is None:
        return Kind.PROSE
    return _kind_of_statement(statement, text)


def _kind_of_statement(statement: ast.stmt, text: str) -> Kind:
    """The kind of a parsed line: what English can imitate counts for little."""
    if isinstance(statement, ast.Expr):
        return Kind.PROSE if isinstance(statement.value, _PROSE_NODES) else Kind.CODE
    if isinstance(statement, ast.AnnAssign) and statement.value is None:
        return Kind.PROSE
    if isinstance(statement, ast.Return) and isinstance(statement.value, ast.Name):
        return Kind.FILLER
    if isinstance(statement, ast.Delete | ast.Raise | ast.Assert) and _one_bare_word(statement):
        return Kind.FILLER
    return Kind.STATEMENT if _STATEMENT.match(text) else Kind.CODE


def _one_bare_word(statement: ast.Delete | ast.Raise | ast.Assert) -> bool:
    """Whether the statement is two words of English, too, as in `assert something`."""
    if isinstance(statement, ast.Delete):
        return all(isinstance(target, ast.Name) for target in statement.targets)
    value = statement.test if isinstance(statement, ast.Assert) else statement.exc
    return value is None or isinstance(value, ast.Name)


def _parse(text: str) -> ast.stmt | None:
    """The one statement that the line is or begins, None when it is neither."""
    prefix = next((before for word, before in _CLAUSES if text.startswith(word)), "")
    suffix = "\n  pass" if text.endswith(":") else ""
    if text.startswith("@"):
        suffix = "\ndef f(): pass"
    body = parse_quietly(prefix + text + suffix)
    if body is None:
        body = parse_quietly(prefix + text + _closers(text))
    return body[-1] if body and len(body) <= 3 else None  # noqa: PLR2004 - `a; b; c` at most


def _closers(text: str) -> str:
    """What closes the brackets that the line leaves open, and the block it opens."""
    stack: list[str] = []
    for character in text:
        if character in _OPENERS:
            stack.append(_OPENERS[character])
        elif stack and character == stack[-1]:
            stack.pop()
    opens_block = re.match(r"(?:async )?(?:def|class|with|for|if|while) ", text)
    return "".join(reversed(stack)) + (": pass" if opens_block and stack else "")


def parse_quietly(text: str) -> list[ast.stmt] | None:
    """The statements of a piece of text, None when it does not parse for whatever reason."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
