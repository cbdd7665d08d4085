"""Python modules to analyse: generated ones of every block and statement, and those of the standard library."""

from __future__ import annotations

import sysconfig
from pathlib import Path

from hypothesis import strategies as st

_NAMES = ["test_total", "test", "Test", "TestCart", "helper", "größe", "_x", "testing"]
_STATEMENTS = [
    "x = 1",
    "pass",
    "'''A docstring.'''",
    '"""Two lines,\n  of which one stands at the left.\n"""',
    'SOURCE = """\ndef test_hidden():\n    import hidden\n"""',
    "SOURCE = r'''\nclass TestHidden: '''; y = 2",
    "# def test_in_a_comment(): (",
    "x = 'it is (' + \"a # [\"  # ) trailing",
    "call(\n1, [2,\n  3])",
    "call(\n# a comment between )\n)",
    "x = 1 + \\\n  2",
    "import os",
    "import os.path as p, sys; import json.decoder",
    "from . import a",
    "from ..b.c import (d,\n    e as f,  # why\n)",
    "from g import *",
    "from h import i as j, \\\n    k",
    "fromage = [\n1,\n]",
    "größe = 'ä'; import ast",
    "x = lambda: {1: [2]}",
    "run(test_total, [TestCart])",
    "x = obj.test_total(testing=test)",
    "y = [f'{TestCart}' for test in locals()]",
    "raise ValueError(\n    'def test_no(self):'\n)",
]
_HEADERS = [
    ["if x:"],
    ["if x:", "elif y:", "else:"],
    ["for x in y:", "else:"],
    ["while (x and\ny):"],
    ["try:", "except (A, B):", "else:", "finally:"],
    ["with a as b, c('def test_no():') as d:"],
]
_DECORATORS = ["@cache", "@pytest.mark.skip(\n    reason='def x('\n)", "@a.b[0]", "# nothing", "@(lambda f: f)"]
_SIGNATURES = [
    "def {name}():",
    "def {name}(self, x=(1, 2), *, y: int = 3) -> None:",
    "async def {name}(\n    a,\n):",
    "class {name}:",
    "class {name}(Base, unittest.TestCase, Generic[T], metaclass=Meta):",
    "class {name}(\n    a.b,  # one\n    c(),\n):",
]


@st.composite
def modules(draw: st.DrawFn) -> str:
    """The text of a module that parses."""
    return "".join(draw(_blocks(0, "")))


@st.composite
def _blocks(draw: st.DrawFn, depth: int, indent: str) -> list[str]:
    """The lines of a block, never empty, each ending in a line feed."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 4 if depth < 2 else 2))):
        kind = draw(st.sampled_from(["statement", "block", "definition"] if depth < 4 else ["statement"]))
        if kind == "statement":
            lines += [f"{indent}{draw(st.sampled_from(_STATEMENTS))}\n", *draw(st.sampled_from([[], ["\n"]]))]
            continue
        if kind == "block":
            headers = draw(st.sampled_from(_HEADERS))
        else:
            lines += [f"{indent}{one}\n" for one in draw(st.lists(st.sampled_from(_DECORATORS), max_size=2))]
            headers = [draw(st.sampled_from(_SIGNATURES)).format(name=draw(st.sampled_from(_NAMES)))]
        for header in headers:
            inner = indent + draw(st.sampled_from([" ", "    ", "\t"] if not indent.strip(" ") else ["\t"]))
            lines += [f"{indent}{header}\n", *draw(_blocks(depth + 1, inner))]
    return [*lines, f"{indent}pass\n"]


def library() -> list[Path]:
    """Modules of the standard library, some with every kind of statement."""
    root = Path(sysconfig.get_paths()["stdlib"])
    return sorted(path for folder in ("asyncio", "email", "json", "unittest") for path in (root / folder).glob("*.py"))
