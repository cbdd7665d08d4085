"""What is asked of expressions and of words in a text agrees with the standard library, which is slower."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.facts import expressions, importtime
from integrity.facts.lexical import Lexed, holds, mentions
from integrity.facts.symbols_of import symbols_of

_HERE = Path(__file__).parent
_LEFT_OUT = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)
_RARE = """
async def f(a, /, b: int = 1, *c, d=2, e, **g) -> None:
    async with a as x, b: await x
    async for i in a: yield i
    return
class A(B, metaclass=C):
    global q
    q: int = 1
match x:
    case {"a": 1, **r}: pass
    case P(a=1, b=[_, *_]): pass
    case a.b | None as z if z: ...
d = {**a, 1: f"{x!r:>{w}}", **{k: v for k, v in y if k}}
try: pass
except (E, F) as e: raise e from None
else: del a[1:2, ...]
finally: lambda *p, q=1: (yield)
"""
_NEWER = "def f[T: int, *U, **V](a: T) -> T: ...\ntype X[T] = list[T]\nclass C[T]: ...\n"


def _walked(tree: ast.AST) -> set[int]:
    return {id(one) for one in ast.walk(tree) if not isinstance(one, _LEFT_OUT)}


@pytest.mark.parametrize("text", [_RARE, *([_NEWER] if sys.version_info >= (3, 12) else [])])
def test_every_kind_of_node_is_met(text: str) -> None:
    """No field that can hold a node is forgotten, whatever the version of Python."""
    tree = ast.parse(text)
    found = list(expressions.nodes(tree))
    assert {id(one) for one in found} == _walked(tree)
    assert len(found) == len(_walked(tree))


@pytest.mark.parametrize("path", sorted(_HERE.glob("test_[a-d]*.py")), ids=lambda path: path.name)
def test_real_modules_are_walked_whole(path: Path) -> None:
    """The nodes of modules as people write them are those of `ast.walk`."""
    tree = ast.parse(path.read_text("utf-8"))
    assert {id(one) for one in expressions.nodes(tree)} == _walked(tree)


_TEXTS = st.text(st.sampled_from("ab_1é²٣ .(\n"), max_size=40)


@given(_TEXTS, st.sampled_from(["a", "ab", "_a", "é"]))
def test_whole_words_are_those_of_an_expression(text: str, name: str) -> None:
    """A word that goes on in a letter, digit or underscore is another one."""
    expected = [one.start() for one in re.finditer(rf"(?<!\w){name}(?!\w)", text)]
    assert list(mentions(text, name)) == expected
    assert holds(text, name) is bool(expected)


@given(_TEXTS)
def test_calls_of_a_function_are_those_of_an_expression(text: str) -> None:
    """The names in front of parentheses, each once, in order."""
    body = text.replace("\n", " ")
    source = f"def helper():\n    '''\n{body}\n'''\n"
    program = importtime.program(Lexed(source), ast.parse(source))
    expected = dict.fromkeys(re.findall(r"\b([^\W\d]\w*)\(", body))
    assert program.inner.get("helper", "") == " ".join(expected)


def test_the_text_of_a_function_begins_with_its_decorators() -> None:
    """What a decorator mentions belongs to the function, what stands below it does not."""
    source = "import a\n\n@first\n@second(\n    1)\ndef f():\n    return b\n\nc = 1"
    (function,) = [one for one in ast.parse(source).body if isinstance(one, ast.FunctionDef)]
    assert expressions.text_of(Lexed(source), function) == "@first\n@second(\n    1)\ndef f():\n    return b\n"


def test_lines_between_reach_the_end_of_the_text() -> None:
    """The last line has no line feed."""
    lexed = Lexed("a\nb\nc")
    assert (lexed.between(1, 1), lexed.between(2, 3), lexed.between(3, 3)) == ("a\n", "b\nc", "c")


def test_names_that_a_function_binds_globally_stand_in_one_order() -> None:
    """What is stored of a module is the same whatever the hash seed of the process."""
    names = [f"name_{letter}" for letter in "hgfedcba"]
    source = f"def f():\n    global {', '.join(names)}\n    {' = '.join(names)} = 1\n"
    assert list(symbols_of(Lexed(source), ast.parse(source)).names) == ["f", *sorted(names)]
