"""Syntax newer than the running interpreter, told apart from damage on every Python from 3.10 on."""

from __future__ import annotations

import ast
import importlib
import sys
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.facts.extract import extract
from integrity.facts.lexical import Lexed
from integrity.facts.model import Parse, Syntax
from integrity.facts.syntax import ParserLimit, parse
from integrity.model import Severity
from integrity.rule import Context, File

RULE = importlib.import_module("integrity_rules.cor.newer_syntax")
RUNNING = sys.version_info[:2]


class Newer(NamedTuple):
    """A text with a newer construct: the version it needs, its name, the construct itself, names that must survive."""

    text: str
    needs: tuple[int, int]
    name: str
    construct: str
    names: str = ""


QUOTES = "f-string reusing its quotes (PEP 701)"
BREAK = "f-string with a line break in an expression (PEP 701)"
BACKSLASH = "f-string with a backslash in an expression (PEP 701)"
PARAMETERS = "type parameters (PEP 695)"
DEFAULT = "type parameter with a default (PEP 696)"
BARE = "unparenthesized exception types (PEP 758)"
UNPACKING = "unpacking in a comprehension (PEP 798)"
TEMPLATE = "template string (PEP 750)"
ALIAS = "type statement (PEP 695)"
TEXTS = {
    "except star": Newer(
        "try:\n    a()\nexcept* B as c:\n    d(c)\n", (3, 11), "except* (PEP 654)", "except*", "a B d c"
    ),
    "subscript": Newer("x = a[b, *c]\n", (3, 11), "unpacking in a subscript (PEP 646)", "*c", "x a b c"),
    "annotation": Newer("def f(*a: *B): pass\n", (3, 11), "unpacking in an annotation (PEP 646)", "*B", "B"),
    "quotes": Newer('x = f"{a["b"]}"\n', (3, 12), QUOTES, 'f"{a["b"]}"', "x a"),
    "many fields": Newer('x = f"{a} {b!r} {c=} {d["e"]:>{g}} {h}", i\n', (3, 12), QUOTES, "", "a b c d g h i"),
    "nested fields": Newer("x = f'{a:{b['c']}.{d}}{f'{e['g']}'}'\n", (3, 12), QUOTES, "", "a b d e"),
    "parentheses": Newer('x = f"é{ (( a )["b"]) }ü{(c)}", d\n', (3, 12), QUOTES, "", "a c d"),
    "yield": Newer('def f():\n    x = f"{yield a["b"]}", c\n', (3, 12), QUOTES, "", "a"),
    "stars": Newer('x = f"{*a["b"], c}"\n', (3, 12), QUOTES, "", "a c"),
    "raw": Newer('x = rf"\\d{{2}}{a["b"]}"; c\n', (3, 12), QUOTES, "", "a c"),
    "adjacent": Newer('x = ("a" "{b}"\n     f"{c["d"]}"  # e\n     "g" f"{h}") + i\n', (3, 12), QUOTES, "", "c h i"),
    "statement": Newer('if a:\n    "b" f"{c["d"]}"\n    e\n', (3, 12), QUOTES, "", "a c e"),
    "triple quotes": Newer('x = f"""é\n{a["""b"""]}\n  é{c}""" + d\n', (3, 12), QUOTES, "", "a c d"),
    "backslash": Newer("x = f'{\"\\n\".join(a)}' + b\n", (3, 12), BACKSLASH, "", "a b"),
    "line break": Newer('    \nif a:\n    b(f"c: {\n        d:.1f} < {\n        e}")\n', (3, 12), BREAK, "", "a b d e"),
    "comment": Newer('x = f"{\n  a  # b\n}" + c\n', (3, 12), "f-string with a ", "", "a c"),
    "far from the complaint": Newer("x = (f'{f'''{a}{\n\n\n\nb}'''}'), c\n", (3, 12), BREAK, "", "a b c"),
    "far below the complaint": Newer("x = (\n\n\n\n    f'{f'''{a}{b}'''}'), c\n", (3, 12), QUOTES, "", "a b c"),
    "generic function": Newer("def f[T: A](a: T) -> B: pass\n", (3, 12), PARAMETERS, "[T: A]", "T B"),
    "generic class": Newer("class C[\n    T,  # é\n    *U,\n](D):\n    a = b\n", (3, 12), PARAMETERS, "", "D a b"),
    "type statement": Newer(
        "if a:\n    type X[T] = list[T]; b\n", (3, 12), ALIAS, "type X[T] = list[T]", "a X list T b"
    ),
    "default": Newer("class C[T = int]: pass\n", (3, 13), DEFAULT, "[T = int]"),
    "template": Newer("x = t'{a}' + b\n", (3, 14), TEMPLATE, "t'{a}'", "a b"),
    "raw template": Newer("x = Rt'{a!r:>{b}}\\d'\n", (3, 14), TEMPLATE, "", "a b"),
    "template raw": Newer("x = tr'{a}\\d'\n", (3, 14), TEMPLATE, "tr'{a}\\d'", "a"),
    "templates": Newer("x = t'{a}' t'{b}'\n", (3, 14), TEMPLATE, "t'{a}'", "a b"),
    "template reusing quotes": Newer("x = t'{a['b']}'\n", (3, 14), TEMPLATE, "t'{a['b']}'", "a"),
    "exceptions": Newer("try:\n    a()\nexcept B, C.D:\n    e()\n", (3, 14), BARE, "B, C.D", "a B C e"),
    "starred exceptions": Newer("try:\n    a()\nexcept*B, C, d:\n    e()\n", (3, 14), BARE, "B, C, d", "a e"),
    "lazy import": Newer("lazy import a, b.c\nd\n", (3, 15), "lazy import (PEP 810)", "lazy import a, b.c", "d"),
    "lazy from": Newer("lazy from a import b\nd\n", (3, 15), "lazy import (PEP 810)", "lazy from a import b", "d"),
    "list": Newer("x = [*a for a in b]\n", (3, 15), UNPACKING, "[*a for a in b]", "x a b"),
    "dictionary": Newer("x = {**a for a in b}\n", (3, 15), UNPACKING, "{**a for a in b}", "x a b"),
    "mixture": Newer("type X = int\nlazy import a\n", (3, 15), "lazy import (PEP 810)", "lazy import a"),
}
DAMAGED = {
    "prose": "def f():\n    This is no Python at all\n",
    "formatted": 'x = f"{a b}"\n',
    "empty field": 'x = f"{}"\n',
    "unclosed field": 'x = f"{a["b"]"\n',
    "assignment": 'f"{a["b"]}" = 1\n',
    "behind a newer construct": 'x = f"{a["b"]}"\ny = (1\n',
    "refused by the compiler": "lazy import a\n\ndef f():\n    break\n",
    "behind a template": "x = t'{a}'\n)\n",
    "type without a name": "type = = 1\n",
    "type with a tuple": "type X = a, b\n",
    "type parameter": "def f[1](): pass\n",
    "except with a name": "try:\n    pass\nexcept A, B as c:\n    pass\n",
    "lazy nothing": "lazy import\n",
    "a conflict": '<<<<<<< ours\nx = f"{a}"\n=======\nx = f"{b}"\n>>>>>>> theirs\n',
}
PYTHON_2 = "try:\n    pass\nexcept ValueError, error:\n    pass\n"


@pytest.mark.parametrize("newer", TEXTS.values(), ids=TEXTS.keys())
def test_newer_syntax_is_named(newer: Newer) -> None:
    """With its PEP, its place and the version that reads it; a Python that reads it has nothing to say."""
    lexed = Lexed(newer.text)
    found, tree = parse(lexed)
    assert tree is not None
    if newer.needs <= RUNNING:
        assert found == Parse()
        return
    assert found.syntax is Syntax.NEWER
    assert found.message.startswith(newer.name)
    assert found.needs == f"{newer.needs[0]}.{newer.needs[1]}"
    if newer.construct:
        start = newer.text.index(newer.construct)
        assert found.span == lexed.span(start, start + len(newer.construct))


@pytest.mark.parametrize("newer", TEXTS.values(), ids=TEXTS.keys())
def test_expressions_in_newer_syntax_survive(newer: Newer) -> None:
    """Each at the line and byte where it stands, and so does what follows on the same line."""
    _, tree = parse(Lexed(newer.text))
    assert tree is not None
    lines = newer.text.encode().split(b"\n")
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    placed = {node.id for node in names if lines[node.lineno - 1][node.col_offset :].startswith(node.id.encode())}
    assert set(newer.names.split()) <= placed


def test_the_environment_is_seen_through_newer_strings() -> None:
    """With the place of the access itself."""
    text = (
        'import os\n\nURL = f"é {os.environ["HOST"]}:{\n    os.environ["PORT"]}/{os.getenv("DB")}"; os.environ["X"]\n'
    )
    facts = extract(text)
    found = [(one.variable, one.span.line, one.span.column) for one in facts.environ]
    assert found == [("HOST", 3, 12), ("PORT", 4, 5), ("DB", 4, 26), ("X", 4, 45)]


def test_tests_of_newer_files_are_known() -> None:
    """A file that is merely new keeps its definitions."""
    facts = extract("lazy import json\n\nclass TestA:\n    def test_a[T](self): pass\n")
    assert facts.parse.syntax is Syntax.NEWER
    assert [one.qualname for one in facts.definitions] == ["TestA", "TestA.test_a"]
    assert facts.definitions[1].span.line == 4


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_damage_beside_newer_syntax_is_damage(text: str) -> None:
    """Whichever Python looks at it."""
    found, tree = parse(Lexed(text))
    assert (found.syntax, tree, found.needs) == (Syntax.BROKEN, None, "")
    assert found.message


def test_handlers_of_python_2_are_not_newer() -> None:
    """Though Python 3.14 reads them, with another meaning."""
    found = parse(Lexed(PYTHON_2))[0]
    assert RUNNING >= (3, 14) or found.message.endswith(" (this is Python 2)")


def test_a_long_text_is_not_judged() -> None:
    """Reading it with libcst would take too long; a text without a sign of newness is damaged at any length."""
    filler = f"{'x' * 99} = 1\n" * 10_000
    with pytest.raises(ParserLimit, match="too long to tell newer syntax from damage"):
        parse(Lexed(f"{filler}lazy import a\n"))
    assert parse(Lexed(f"{filler}x x\n"))[0].span.line == 10_001


@pytest.mark.parametrize(
    ("minimum", "severity", "message"),
    [
        ("", Severity.LOW, "lazy import (PEP 810) needs Python 3.15"),
        ("3.15", Severity.LOW, "lazy import (PEP 810) needs Python 3.15"),
        ("3.9", Severity.MEDIUM, "lazy import (PEP 810) needs Python 3.15, but the project declares support for 3.9"),
    ],
)
def test_the_finding_weighs_what_the_project_declares(minimum: str, severity: Severity, message: str) -> None:
    """A file that cannot be imported on a Python the project supports is worse than one that merely is new."""
    (hit,) = RULE.check(File(extract("x = 1\nlazy import a\n"), Context(minimum_python=minimum)))
    assert (hit.severity, hit.span.line, hit.message) == (severity, 2, message)


def test_what_libcst_does_not_read_faithfully_is_not_judged() -> None:
    """A line break behind a conversion is lost on it, and with it the places of all that follows."""
    text = 'x = f"{a\n!r\n}"\n'
    if RUNNING >= (3, 12):
        assert parse(Lexed(text))[0] == Parse()
    else:
        with pytest.raises(ParserLimit, match="too intricate"):
            parse(Lexed(text))


EXPRESSIONS: st.SearchStrategy[str] = st.deferred(lambda: NAMES | SUBSCRIPTS | CALLS | STRINGS)
NAMES: st.SearchStrategy[str] = st.sampled_from(["a", "bé", "c.d", "(e)", "(f, g)"])
SUBSCRIPTS: st.SearchStrategy[str] = st.builds("{}[{!r}]".format, NAMES, st.sampled_from(["k", 'k"', "k'", "é"]))
CALLS: st.SearchStrategy[str] = st.builds("{}({}, h={})".format, NAMES, EXPRESSIONS, EXPRESSIONS)
FIELDS: st.SearchStrategy[str] = st.builds(
    "{{{}{}{}{}}}".format,
    st.sampled_from(["", " ", "\n  "]),
    EXPRESSIONS,
    st.sampled_from(["", " ", "=", "!r", "  # c\n"]),
    st.sampled_from(["", ":>4", ":{i}", ":{j}.{k}"]),
)
STRINGS: st.SearchStrategy[str] = st.builds(
    "{0}{1}{2}{1}".format,
    st.sampled_from(["f", "rf", "F"]),
    st.sampled_from(['"', "'", '"""', "'''"]),
    st.lists(FIELDS | st.sampled_from(["", "é", "{{}}", "t "]), max_size=3).map("".join),
)


@settings(deadline=None)
@given(st.lists(STRINGS, min_size=1, max_size=3).map(" ".join))
def test_formatted_strings_of_the_new_grammar_are_never_damage(strings: str) -> None:
    """Quotes, line breaks and comments in any depth; from 3.12 on CPython confirms that they are no damage."""
    text = f"x = ({strings}), z\n"
    found, tree = parse(Lexed(text))
    assert tree is not None
    assert (found.needs, found.syntax) in {("", Syntax.OK), ("3.12", Syntax.NEWER)}
    if RUNNING >= (3, 12):
        assert found == Parse()
    last = tree.body[-1].value.elts[-1]  # type: ignore[attr-defined]
    assert (last.lineno, text.encode().split(b"\n")[-2][last.col_offset :]) == (text.count("\n"), b"z")
