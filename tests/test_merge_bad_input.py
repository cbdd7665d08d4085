"""Whatever three texts are merged, there is a sound result or none: no exception, no quadratic time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.facts.extract import extract
from integrity.facts.model import Syntax
from integrity.restore.merge import merge

TEST = "def test_a():\n    assert x\n"
HOSTILE = {
    "empty": "",
    "test": TEST,
    "commented": "# def test_a():\n#     assert x\n",
    "NUL": "x = 1\0\n",
    "surrogate": "x = '\udce9'\n",
    "no line end": "x = 1",
    "carriage return": "x = 1\r",
    "nested brackets": "x = " + "(" * 5000 + ")" * 5000,
    "nested blocks": "".join(" " * depth + "if x:\n" for depth in range(150)),
    "chain": "x = a" + ".b()" * 5000,
    "elif": "if x:\n pass\n" + "elif x:\n pass\n" * 3000,
    "unterminated": "x = '''\n" + TEST,
    "conflict": f"<<<<<<< a\n{TEST}=======\n>>>>>>> b\n",
    "future": "from __future__ import annotations\n" + TEST,
    "imports": "from shop import *\nimport a.b, a.c as d\nfrom . import (x, y,)\nfrom .. import z as y\n",
    "same names": TEST * 3 + "class A: pass\nclass A:\n    def f(self): x\n    @property\n    def f(self): return x\n",
    "newer": "type A[T] = list[T]\ndef test_b[T](x: T = f'{a['b']}'): assert x\n",
    "separators": "x = '\u2028'\x0c\n\x1c\ny = 1\n",
}
WORDS = [
    *("def test_a():\n", "    assert x\n", "    pass\n", "# def test_a():\n", "\n", "class A:\n", "import a\n"),
    *("'''\n", "x = 1\n", "from b import a\n", "    def test_a(self):\n", "        assert self\n", "#     assert x\n"),
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map("".join) | st.text(max_size=30)


def parses(text: str) -> bool:
    """Whether it is Python."""
    return extract(text).parse.syntax is not Syntax.BROKEN


@pytest.mark.parametrize("today", HOSTILE.values(), ids=HOSTILE)
def test_any_three_texts_are_merged_or_refused(today: str) -> None:
    """A text and no conflict, or a conflict and no text."""
    others = TEST, HOSTILE["imports"], HOSTILE["same names"], HOSTILE["commented"]
    for other in others:
        for three in ((other, today[: len(today) // 2], today), (today, other, other + TEST), (other, TEST, today)):
            result = merge(*three, lambda text: "\0" not in text)
            assert (result.text is None) == (result.conflicts > 0)


@settings(max_examples=120, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_random_texts_are_merged_or_refused(healthy: str, damaged: str, today: str) -> None:
    """A merged text parses."""
    result = merge(healthy, damaged, today, parses)
    assert (result.text is None) == (result.conflicts > 0)
    assert result.level == "plain" or result.text is None or parses(result.text)


def module(tests: int) -> str:
    """A module of so many tests."""
    return "".join(f"def test_{n}():\n    x = {n}\n    assert x == {n}\n\n\n" for n in range(tests))


def seconds(tests: int, edited: str) -> float:
    """The time to merge a module whose second half is commented out, with an edit in every tenth function."""
    healthy = module(tests)
    lines = healthy.split("\n")
    middle = len(lines) // 2
    damaged = "\n".join([*lines[:middle], *(f"# {line}" if line else "" for line in lines[middle:])])
    today = damaged.replace("0\n", edited)
    start = time.perf_counter()
    merged = merge(healthy, damaged, today, lambda _: True)
    assert (merged.text is None) == (merged.conflicts > 0)
    return time.perf_counter() - start


@pytest.mark.parametrize("edited", ["0 + 0\n", "0\n    # assert\n", "0\ndef test_0(\n"])
def test_the_work_grows_with_the_length_of_the_texts(edited: str) -> None:
    """Ten times the lines: about ten times the time, up to 20,000 lines with a thousand edits."""
    assert seconds(4000, edited) < 30 * seconds(400, edited) + 1
