"""What CPython makes of a text, held against CPython itself."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import integrity
from integrity.facts.extract import extract
from integrity.facts.lexical import Lexed
from integrity.facts.model import Parse, Syntax
from integrity.facts.syntax import ParserLimit, parse
from integrity.model import Severity, Span
from integrity.rule import Context, File

RULE = importlib.import_module("integrity_rules.cor.syntax_error")
FACTS = sorted((Path(integrity.__file__).parent / "facts").glob("*.py"))
SOURCES = [path.read_text(encoding="utf-8") for path in FACTS]

REFUSED = {
    "return in a module": "x = 1\nreturn x\n",
    "return in a class": "class A:\n    return 1\n",
    "return after a lost def": "import os\nif os.name:\n    return 1\n",
    "yield in a module": "yield 1\n",
    "yield in a class": "class A:\n    x = yield\n",
    "yield in a loop of a module": "for x in y:\n    yield x\n",
    "await in a plain function": "import a\ndef f():\n    return [1, await a.b()]\n",
    "await in an awaiting function's helper": "async def f():\n    def g():\n        await h()\n    await g()\n",
    "await behind a coroutine": "def f():\n    async def g():\n        await h()\n    if g:\n        await g()\n",
    "async for in a plain function": "def f():\n    async for x in y:\n        pass\n",
    "async with in a plain function": "def f():\n    async with x:\n        pass\n",
    "break in a module": "break\n",
    "break behind a loop": "def f():\n    for x in y:\n        pass\n    else:\n        break\n",
    "continue in a nested function": "for x in y:\n    def f():\n        continue\n",
    "late future import": "import os\nfrom __future__ import annotations\n",
    "future import in a try": "try:\n    from __future__ import annotations\nexcept ImportError:\n    pass\n",
    "unknown future": "from __future__ import teleportation\n",
    "duplicate arguments": "def f(a, b, a):\n    pass\n",
    "duplicate argument and star": "def f(a, *a):\n    pass\n",
    "nonlocal in a module": "nonlocal x\n",
    "nonlocal without a binding": "def f():\n    nonlocal x\n    x = 1\n",
    "global after use": "def f():\n    print(x)\n    global x\n    x = 1\n",
    "global parameter": "def f(x):\n    global x\n",
    "star import in a function": "def f():\n    from os import *\n",
    "name before the last case": "match x:\n    case y:\n        pass\n    case 1:\n        pass\n",
}
ACCEPTED = {
    "nothing": "",
    "blank lines and a form feed": "\n\x0c\n",
    "no newline at the end": "x = 1",
    "docstring and future imports": '"""Doc."""\nfrom __future__ import annotations\nfrom __future__ import division\n',
    "loops": "while a:\n    if b:\n        break\n    for c in d:\n        continue\n    continue\n",
    "break in a handler": "for a in b:\n    try:\n        c()\n    except OSError:\n        break\n",
    "nonlocal": "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n",
    "global after a docstring": "def f(a):\n    'Doc.'\n    global x, y\n    x = y = a\n",
    "global in a branch": "def f(a):\n    if a:\n        global x\n        x = 1\n",
    "coroutine with a helper": "async def f():\n    def g():\n        pass\n    async with a:\n        await g()\n",
    "asynchronous comprehension": "async def f():\n    return [x async for x in y]\n",
    "await in prose": "def f():\n    '''Then await the answer, (await it).'''\n    # await it\n    return 'await '\n",
    "generators": "def f():\n    x = yield\n    yield from x\n",
    "star import": "if a:\n    from os import *\n",
    "match": "match x:\n    case [a, b]:\n        pass\n    case y:\n        pass\n",
    "escapes": "x = '\\d'\ny = 1 is 1\n",
    "ten thousand statements": "x = 1\n" * 10_000,
    "ninety blocks": "".join(" " * n + "if x:\n" for n in range(90)) + " " * 90 + "pass\n",
    "many brackets": "x = " + "[" * 150 + "]" * 150 + "\n",
}
LIMITS = {
    "brackets": ("x = 1\ny = " + "(" * 1000 + ")" * 1000 + "\n", "brackets nested too deeply", "line 2"),
    "unclosed brackets": ("x = " + "[" * 300 + "\n", "brackets nested too deeply", "line 1"),
    "blocks": ("".join(" " * n + "if x:\n" for n in range(1000)) + " " * 1000 + "x\n", "indentation", "line 101"),
    "elifs": ("if a:\n    b\n" + "elif a:\n    b\n" * 10_000, "nesting too deep", ""),
    "operators": ("x = " + "-" * 100_000 + "1\n", "nesting too deep", ""),
    "lambdas": ("x = " + "lambda: " * 50_000 + "1\n", "nesting too deep", ""),
    "digits": ("x = " + "9" * 5000 + "\n", "an integer with too many digits", "line 1"),
    "loops": (
        "def f():\n x = 1\n def g():\n  nonlocal x\n"
        + "".join(" " * n + "for x in y:\n" for n in range(25))
        + " " * 25
        + "x\n",
        "loops nested",
        "line 2",
    ),
}
HOSTILE = {
    "a sum of 1 MB": "x = " + "+".join(["a"] * 500_000),
    "attributes of 1 MB": "x = a" + ".b" * 500_000,
    "calls": "x = a" + ".b()" * 100_000,
    "subscripts": "x = a" + "[0]" * 100_000,
    "powers": "x = " + "**".join(["a"] * 100_000),
    "conditions": "x = " + "a if b else " * 100_000 + "c",
    "a list of 1 MB": "x = [" + "1, " * 300_000 + "]",
    "a string of 5 MB": "x = '" + "a" * 5_000_000 + "'",
    "nested f-strings": "x = " + "f'{" * 10_000 + "1" + "}'" * 10_000,
    "nested formats": "x = f'{1:" + "{2:" * 10_000 + "}" * 10_000 + "}'",
    "unclosed f-strings": "def f[T](): pass\nx = " + 'f"{' * 10_000,
    "deep newer syntax": "type X = " + "(" * 1000 + ")" * 1000,
    "a long newer chain": "type X = a" + ".b()" * 50_000 + "\n)",
    "a deep newer pattern": "type X = int\nmatch x:\n  case " + "[" * 60 + "]" * 60 + ": pass\n)",
}
PYTHON_2 = [
    *('print "done"', "print done", 'exec "x = 1"', "raise ValueError, 'no'", "if a <> b: pass", "x = `a`"),
    *("mode = 0777", "x = 10L", "x = ur'a'", "try:\n    a()\nexcept OSError, error:\n    pass\n"),
]
CHECK = """
import sys
from integrity.facts.lexical import Lexed
from integrity.facts.syntax import ParserLimit, parse
try:
    print(parse(Lexed(sys.stdin.read()))[0].syntax.value)
except ParserLimit as limit:
    print(limit)
"""


def verdict(text: str) -> Parse:
    """The verdict on a text."""
    return parse(Lexed(text))[0]


def compiles(text: str) -> bool:
    """Whether CPython can import a module of that text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<text>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
    return True


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_the_compiler_refuses_is_broken(text: str) -> None:
    """Though `ast.parse` accepts it; the message is CPython's own."""
    with pytest.raises(SyntaxError) as refused:
        compile(text, "<text>", "exec", dont_inherit=True)
    ast.parse(text)
    found = verdict(text)
    assert (found.syntax, found.message, found.span.line) == (Syntax.BROKEN, refused.value.msg, refused.value.lineno)


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_can_be_imported_is_fine(text: str) -> None:
    """And has the tree that `ast.parse` gives."""
    assert compiles(text)
    found, tree = parse(Lexed(text))
    assert found == Parse()
    assert tree is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert ast.dump(tree, include_attributes=True) == ast.dump(ast.parse(text), include_attributes=True)


@settings(deadline=None)
@given(st.sampled_from(SOURCES), st.data())
def test_damage_to_real_code_is_judged_as_cpython_judges_it(source: str, data: st.DataObject) -> None:
    """A few lines deleted, commented out, indented or dedented: broken exactly when it cannot be imported."""
    lines = source.split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        lines[at : at + 1] = data.draw(
            st.sampled_from([[], [f"# {lines[at]}"], [f"    {lines[at]}"], [lines[at].removeprefix("    ")]])
        )
    text = "\n".join(lines)
    assert (verdict(text).syntax is not Syntax.BROKEN) == compiles(text)


@settings(deadline=None)
@given(st.text(alphabet="ab1 \n\t'\"(){}[]:,.=+#\\f@é\0\x0c", max_size=60))
def test_any_text_gets_a_verdict_inside_itself(text: str) -> None:
    """Never another error, the same verdict as CPython's, and a place that exists."""
    found, tree = parse(Lexed(text))
    lines = text.split("\n")
    span = found.span
    assert (tree is None) == (found.syntax is Syntax.BROKEN)
    if found.syntax is not Syntax.NEWER:
        assert (found.syntax is Syntax.OK) == compiles(text)
    if found.syntax is Syntax.BROKEN:
        assert found.message
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
        assert (span.end_line, span.end_column) >= (span.line, span.column)


def test_columns_count_characters() -> None:
    """Of the parser and of the compiler, on lines that hold more bytes than characters."""
    assert verdict("é = '日本'; x = (1\n").span.column == 15
    assert verdict("é = '日本'; return é\n").span == Span(1, 11, 1, 19)


@pytest.mark.parametrize(
    ("text", "place"),
    [("a = 1\nb = '\0'\n", Span(2, 6, 2, 7)), ("# \0\n", Span(1, 3, 1, 4)), ("a b\n\0", Span(2, 1, 2, 2))],
    ids=["string", "comment", "behind an error"],
)
def test_nul_bytes_are_named(text: str, place: Span) -> None:
    """Wherever they stand, since CPython reads no source that holds one."""
    assert verdict(text) == Parse(Syntax.BROKEN, "source code cannot contain NUL bytes", place)


def test_surrogates_are_named() -> None:
    """They come from encodings that can spell them, and CPython reads no source that holds one."""
    found = verdict("a = '\ud800'\n")
    assert found == Parse(Syntax.BROKEN, "source code cannot contain surrogates", Span(1, 6, 1, 7))


@pytest.mark.parametrize("text", PYTHON_2)
def test_python_2_is_called_by_its_name(text: str) -> None:
    """It is not damage that history could mend."""
    found = verdict(text)
    assert found.syntax is Syntax.BROKEN
    assert found.message.endswith(" (this is Python 2)")


@pytest.mark.parametrize("text", ["```python\nx = 1\n```\n", "Here is the `code` of it\n", "x = (1\n", "<<<<<<< a\n"])
def test_other_damage_is_not_called_python_2(text: str) -> None:
    """Least of all what a chat left behind."""
    assert "Python 2" not in verdict(text).message


def test_awaiting_at_module_level_is_for_consoles() -> None:
    """Notebooks and consoles run such a file, but no runner collects tests from one."""
    script = "import client\n\nasync with client:\n    page = await client.fetch()\n"
    assert not compiles(script)
    assert verdict(script).syntax is Syntax.OK
    assert verdict(f"{script}\ndef test_page():\n    assert page\n").message.endswith("outside async function")


@pytest.mark.parametrize(("text", "reason", "place"), LIMITS.values(), ids=LIMITS.keys())
def test_limits_of_the_parser_are_no_damage(text: str, reason: str, place: str) -> None:
    """CPython refuses such a text as well, so that nothing can be said of it."""
    with pytest.raises(ParserLimit) as raised:
        parse(Lexed(text))
    (line,) = raised.value.lines
    assert reason in line
    assert place in line
    assert line.endswith(": not checked")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_crashes_the_process(text: str) -> None:
    """Whatever the verdict is, it is none of damage: each of these is Python, or ends in a bracket too many."""
    done = subprocess.run([sys.executable, "-c", CHECK], input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip() in {"ok", "newer", "broken"} or done.stdout.endswith(": not checked\n")


def test_warnings_of_the_parser_stay_inside() -> None:
    """Neither shown nor raised, and the filters are left as they were."""
    before = list(warnings.filters)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert verdict("x = '\\d'\nassert (1, 'a')\nif x is 1:\n    pass\n") == Parse()
    assert warnings.filters == before


def hits(text: str, context: Context) -> list[tuple[Severity, int, str]]:
    """Severity, line and message of what the rule about broken files finds."""
    found = RULE.check(File(extract(text), context))
    return [(hit.severity, hit.span.line, hit.message) for hit in found]


DAMAGED = """\
class TestTotal:
    def test_sum(self):
        assert total([1, 2] == 3

    def test_empty(self):
        assert total([]) == 0
"""


def test_the_finding_names_what_cannot_run() -> None:
    """CPython's words, and the tests that stand in the file."""
    message = "does not parse: '(' was never closed; 2 tests lost: TestTotal.test_sum, TestTotal.test_empty"
    assert hits(DAMAGED, Context(test=True)) == [(Severity.CRITICAL, 3, message)]


def test_the_finding_says_how_much_is_commented_out() -> None:
    """Damage on damage: the commented tests are lost as well."""
    commented = "".join(f"# {line}\n" for line in DAMAGED.replace("sum", "product").split("\n") for _ in range(4))
    ((severity, _, message),) = hits(DAMAGED + commented, Context(test=True))
    assert severity is Severity.CRITICAL
    assert " lines of code commented out; 3 tests lost: " in message
    assert "test_product" in message


def test_samples_of_damage_are_no_alarm() -> None:
    """In a folder of test data, a broken file is meant to be there."""
    ((severity, line, _),) = hits(DAMAGED, Context(data=True))
    assert (severity, line) == (Severity.LOW, 3)
