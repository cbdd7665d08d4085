"""What a module defines and imports: against a plain visitor of the tree, the symbol table, and by example."""

from __future__ import annotations

import ast
import symtable
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given

from integrity.facts.definitions import Walk, walk
from integrity.facts.lexical import Lexed
from integrity.facts.model import Definition, Import
from integrity.model import Span
from integrity.source import decode
from tests.support.modules import library, modules

_KINDS = {ast.FunctionDef: "def", ast.AsyncFunctionDef: "async def", ast.ClassDef: "class"}


def read(text: str) -> Walk:
    """The walk over an indented text."""
    text = textwrap.dedent(text).removeprefix("\n")
    return walk(Lexed(text), ast.parse(text))


def visited(node: ast.AST, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str, int, int | None]]:
    """Every definition below a node, found by visiting everything."""
    for child in ast.iter_child_nodes(node):
        inner = path
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            inner = (*path, child.name)
            yield _KINDS[type(child)], ".".join(inner), child.lineno, child.end_lineno
        yield from visited(child, inner)


def imported(table: symtable.SymbolTable) -> set[str]:
    """Every name that CPython's symbol table knows as imported, in any scope."""
    here = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_imported()}
    return here.union(*map(imported, table.get_children()))


def key(definition: Definition) -> tuple[str, str, int, int | None]:
    """What a visitor of the tree tells of a definition."""
    return definition.kind, definition.qualname, definition.span.line, definition.span.end_line


@given(modules())
def test_definitions_are_those_of_the_tree(text: str) -> None:
    """Every function and class is found, whatever block it stands in, in order and with its enclosing definition."""
    tree = ast.parse(text)
    found = walk(Lexed(text), tree).definitions
    assert [key(one) for one in found] == list(visited(tree))
    for one in found:
        outer = found[one.parent].qualname + "." if one.parent >= 0 else ""
        assert one.qualname == outer + one.name


@pytest.mark.parametrize("path", library(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_standard_library(path: Path) -> None:
    """Real modules: definitions as a visitor of everything finds them, imports as the symbol table knows them."""
    text = decode(path.read_bytes()).text
    tree = ast.parse(text)
    found = walk(Lexed(text), tree)
    assert [key(one) for one in found.definitions] == list(visited(tree))
    assert {one.bound for one in found.imports} - {"*"} == imported(symtable.symtable(text, path.name, "exec"))


@given(modules())
def test_spans_cut_out_the_definition(text: str) -> None:
    """A span counts characters, so that cutting the text along it gives the source of the definition."""
    lexed, tree = Lexed(text), ast.parse(text)
    for one, node in zip(walk(lexed, tree).definitions, _definers(tree), strict=True):
        start = lexed.starts[one.span.line - 1] + one.span.column - 1
        end = lexed.starts[one.span.end_line - 1] + one.span.end_column - 1
        assert text[start:end] == ast.get_source_segment(text, node)


def _definers(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if type(child) in _KINDS:
            yield child
        yield from _definers(child)


def test_names_of_decorators_and_bases() -> None:
    """Dotted names, calls and subscripts stripped; anything else is "" but keeps its place."""
    found = read(
        """
        @a.b.c(1)[2]
        @(lambda f: f)
        @d().e
        class X(Base, m.Other[int], (yield), make()(), *rest, metaclass=M): pass
        """
    ).definitions
    assert found[0].decorators == ("a.b.c", "", "d.e")
    assert found[0].bases == ("Base", "m.Other", "", "make", "")


def test_imports_of_every_form() -> None:
    """One entry a name, with module, level and the name it binds, also inside functions and blocks."""
    found = read(
        """
        import a.b, c.d as e
        try:
            from .f import g as h
        except ImportError:
            def later():
                from .. import *
        """
    ).imports
    assert found == (
        Import("a.b", "", "a", 0, Span(1, 1, 1, 21)),
        Import("c.d", "", "e", 0, Span(1, 1, 1, 21)),
        Import("f", "g", "h", 1, Span(3, 5, 3, 26)),
        Import("", "*", "*", 2, Span(6, 9, 6, 25)),
    )


def test_columns_count_characters() -> None:
    """What stands left of a statement may take several bytes a character."""
    (found,) = read("größe = '𝄞'; import ä\n").imports
    assert found.span == Span(1, 14, 1, 22)


@pytest.mark.parametrize(
    "body",
    [
        "assert test_x() == 1",
        "return test_x",
        "yield test_x",
        "app.run([test_x])",
        "@register(test_x)\n    def other(): pass",
        "def other():\n        return test_x()",
        "nonlocal_ = locals()",
        "exec('test_x()')",
        "global test_x",
        "print(f'{test_x()}')",
        "del test_x",
        "return [lambda: test_x]",
    ],
)
def test_used_by_the_function_around_it(body: str) -> None:
    """A nested test whose name the function around it does anything with but assign is used."""
    found = read(f"def outer():\n    def test_x(): pass\n    {body}\n").definitions
    assert found[1].used


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "test_x = 1",
        "'test_x'",
        "# test_x()",
        "obj.test_x()",
        "call(test_x=1)",
        "test_xyz()",
        "mkdir('a'); medieval('b')",
        "größe = 1",
    ],
)
def test_unused_by_the_function_around_it(body: str) -> None:
    """A mention in a string or a comment, an attribute, a keyword or a longer name is no use."""
    found = read(f"def outer():\n    def test_x(): pass\n    {body}\n").definitions
    assert not found[1].used


def test_use_is_asked_of_tests_in_functions_only() -> None:
    """Methods, module-level functions and functions of other names count as used."""
    found = read(
        """
        def test_a(): pass
        class TestB:
            def test_c(self): pass
        def outer():
            def helper(): pass
            class TestD:
                def test_e(self): pass
        """
    ).definitions
    assert [one.name for one in found if not one.used] == ["TestD"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        '"""Doc."""\nimport a\nfrom b import c\n',
        "if X:\n    import a\nelse:\n    pass\n",
        "try:\n    import a\nexcept ImportError:\n    ...\n",
    ],
)
def test_exports_nothing(text: str) -> None:
    """Docstrings, comments, `pass` and imports are nothing, also under a condition."""
    assert read(text).exports_nothing


@pytest.mark.parametrize("text", ["x = 1\n", "import a\ndef f(): pass\n", "if X:\n    f()\n", "class A: pass\n"])
def test_exports_something(text: str) -> None:
    """Any other statement is something."""
    assert not read(text).exports_nothing


def test_has_statement() -> None:
    """A docstring is a statement, a comment is none."""
    assert read("'doc'").has_statement
    assert not read("# comment\n").has_statement


def test_long_chains_and_deep_nesting() -> None:
    """Neither ninety nested blocks nor hundreds of `elif` exhaust the walk."""
    nested = "".join(f"{' ' * depth}if x:\n" for depth in range(90)) + " " * 90 + "def deepest(): pass\n"
    chain = "if x: pass\n" + "elif x: pass\n" * 400 + "else:\n    def last(): pass\n"
    assert [one.name for one in read(nested + chain).definitions] == ["deepest", "last"]
