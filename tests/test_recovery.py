"""What is recovered without a parser: against the tree where there is one, against the undamaged text where not."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from integrity.facts.definitions import Walk, walk
from integrity.facts.lexical import Lexed
from integrity.facts.model import Definition, Import
from integrity.facts.recovery import recover
from integrity.source import decode
from tests.support.modules import library, modules


def recovered(text: str) -> list[str]:
    """The qualified names of the test functions recovered from an indented text."""
    found = recover(Lexed(textwrap.dedent(text))).definitions
    return [one.qualname for one in found if one.name.startswith("test")]


def modules_imported(text: str) -> list[str]:
    """The modules whose import is recovered from an indented text."""
    return [one.module for one in recover(Lexed(textwrap.dedent(text))).imports]


def shape(found: Walk) -> tuple[list[tuple[object, ...]], tuple[Import, ...]]:
    """Everything but `used`."""
    return [_facts(one) for one in found.definitions], found.imports


def _facts(one: Definition) -> tuple[object, ...]:
    return (one.kind, one.qualname, one.span, one.parent, one.decorators, one.bases)


def names(found: Walk) -> list[str]:
    """The bare names of the definitions, in order."""
    return [one.name for one in found.definitions]


@given(modules())
def test_agrees_with_the_tree(text: str) -> None:
    """On text that parses, definitions, imports and all their places are those of the tree."""
    lexed = Lexed(text)
    assert shape(recover(lexed)) == shape(walk(lexed, ast.parse(text)))


@pytest.mark.parametrize("path", library(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_agrees_with_the_tree_on_the_standard_library(path: Path) -> None:
    """Likewise on real modules."""
    text = decode(path.read_bytes()).text
    lexed = Lexed(text)
    assert shape(recover(lexed)) == shape(walk(lexed, ast.parse(text)))


@given(modules())
def test_never_calls_a_used_name_unused(text: str) -> None:
    """`used` errs on the side of used."""
    lexed = Lexed(text)
    truth = walk(lexed, ast.parse(text)).definitions
    for one, other in zip(recover(lexed).definitions, truth, strict=True):
        assert one.used or not other.used


@given(modules(), st.data())
def test_a_lost_closing_bracket_loses_no_definition(text: str, data: st.DataObject) -> None:
    """Every definition keeps its name and place when one closing bracket of the code is deleted."""
    code = Lexed(text).masked
    closers = [offset for offset, character in enumerate(code) if character in ")]}"]
    assume(closers)
    offset = data.draw(st.sampled_from(closers))
    damaged = text[:offset] + text[offset + 1 :]
    assert names(recover(Lexed(damaged))) == names(walk(Lexed(text), ast.parse(text)))


@given(modules(), st.data())
def test_truncation_keeps_what_stands_before(text: str, data: st.DataObject) -> None:
    """Every definition whose header is left is recovered from the start of a module."""
    tree = ast.parse(text)
    truth = walk(Lexed(text), tree).definitions
    keep = data.draw(st.integers(1, text.count("\n")))
    inside = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.end_lineno
        for line in range(node.lineno, node.end_lineno)
    }
    assume(keep not in inside)  # a string that is cut off may turn out to hold code
    damaged = "".join(text.splitlines(keepends=True)[:keep])
    headers = [one.name for one in truth if one.span.line <= keep]
    assert names(recover(Lexed(damaged)))[: len(headers)] == headers


_FRAGMENTS = [*"\"'#\\\n\t\f ()[]{}:;,.@=", "def t(", "class T:", "import a", "from b import c", '"""', "    "]


@given(st.lists(st.sampled_from(_FRAGMENTS)).map("".join))
def test_any_text_is_read(text: str) -> None:
    """Whatever the damage, something comes back, and every place lies inside the text."""
    lexed = Lexed(text)
    found = recover(lexed)
    spans = [one.span for one in found.definitions] + [one.span for one in found.imports]
    assert all(1 <= span.line <= span.end_line <= len(lexed.lines) for span in spans)
    assert all(one.parent < index for index, one in enumerate(found.definitions))


@pytest.mark.parametrize(
    "damaged",
    [
        # A closing bracket is missing, in a call, in a signature, in a list at module level.
        "DATA = [1, 2\ndef test_a():\n    call(1, (2\ndef test_b(x:\n    pass\n",
        # A colon, an opening bracket, an operand, a body is missing.
        "def test_a()\n    x = 1\ndef test_b():\n    assert\n",
        "def test_a):\n    pass\ndef test_b():\n",
        # Brackets were closed early, as a tool does that splits statements by line.
        "def test_a():\n    call( )\n    1, 2)\ndef test_b():\n    x = [ ]\n    1]\n",
        # Text of a chat stands around the code.
        "Here is the updated file (with tests:\n\ndef test_a():\n    it's\ndef test_b():\n    pass\n",
        # A quote is missing, in code and in a docstring.
        "def test_a():\n    x = 'abc\n    y = \"d\ndef test_b():\n    pass\n",
        'def test_a():\n    """Doc.""\n    pass\ndef test_b():\n    """Doc."""\n    pass\n',
        'def test_a():\n    ""Doc."""\n    pass\ndef test_b():\n    """Doc."""\n    pass\n',
        'def test_a():\n    """Doc.\n    pass\ndef test_b():\n    """\n    Doc.\n    """\n    pass\n',
        'def test_a():\n    """\n    Doc.\n\n    pass\n\ndef test_b():\n    """\n    Doc.\n    """\n    pass\n',
        'def test_a():\n    pass\n"""\n\ndef test_b():\n    pass\n',
        'def test_a():\n    log(f"x)"""\n\n    pass\n\ndef test_b():\n    "Doc."\n',
        # The docstring lost its indentation and its end.
        'def test_a():\n"""\n    Doc.\n\ndef test_b():\n    """Doc."""\n    pass\n',
    ],
)
def test_names_survive(damaged: str) -> None:
    """Both tests are found whatever the damage."""
    assert recovered(damaged) == ["test_a", "test_b"]


def test_code_in_strings_is_not_recovered() -> None:
    """A text that is broken elsewhere still keeps its strings and comments to itself."""
    found = recovered(
        '''
        def test_a(pytester):
            pytester.makepyfile(
                """
        def test_inner():
            pass
                """
            )
            source = """
        def test_other(): pass
        """
            # def test_commented(): pass
            pytester.run(
        def test_b():
            """Example:

                def test_example():
                    pass
            """
        '''
    )
    assert found == ["test_a", "test_b"]


def test_a_block_that_lost_its_indentation() -> None:
    """Lines at the left end no class for good: what follows at its indentation still belongs to it."""
    found = recovered(
        """
        class TestCart:
            def test_a(self):
                x = 1
        y = 2
        z = 3
            def test_b(self):
                pass
        class TestOther(
            def test_c(self):
                pass
        """
    )
    assert found == ["TestCart.test_a", "TestCart.test_b", "TestOther.test_c"]


def test_staircase_is_read_as_written() -> None:
    """Indentation is taken at its word, so that a swallowed test is nested here as it is in the tree."""
    found = recovered(
        """
        def test_a():
            x = (
            def test_b():
                pass
                def test_c():
                    pass
        """
    )
    assert found == ["test_a", "test_a.test_b", "test_a.test_b.test_c"]


@pytest.mark.parametrize(
    ("damaged", "expected"),
    [
        ("from a import (b,\n    c as d\nimport e\nx = (\n", ["a", "a", "e"]),
        ("from a import (b,\nfrom c import d\nx = (\n", ["a", "c"]),
        ("try: import a\nexcept: import b; from c import d\nx = (\n", ["a", "b", "c"]),
        ("import a as b, c.d\n(\nimport e\n", ["a", "c.d", "e"]),
        ('"""Doc.""\nimport a\nfrom b import c\n\ndef f():\n    """Doc."""\n', ["a", "b"]),
        ("from a import b see below\nimport of goods\n(\n", []),
    ],
)
def test_imports_survive(damaged: str, expected: list[str]) -> None:
    """Imports are found behind damage, and prose that starts like one is none."""
    assert modules_imported(damaged) == expected


def test_end_of_a_definition() -> None:
    """A definition ends with the last line of code that is indented more than it."""
    found = recover(Lexed("def a():\n    x = (\n\n    # why\ndef b(): pass\n"))
    assert [(one.span.line, one.span.end_line) for one in found.definitions] == [(1, 2), (5, 5)]


def test_identifiers_compare_as_python_compares_them() -> None:
    """Letters that Python holds for the same are the same here."""
    assert names(recover(Lexed("def ﬁx(): (\n"))) == ["fix"]


def test_nothing_is_said_of_exports() -> None:
    """Of text that does not parse it is never claimed that it exports nothing."""
    found = recover(Lexed("import a\n("))
    assert found.has_statement
    assert not found.exports_nothing
    assert not recover(Lexed("# only a comment\n")).has_statement


def test_thousands_of_blocks() -> None:
    """Nesting deeper than any parser takes is no obstacle."""
    text = "".join(f"{' ' * depth}def f{depth}():\n" for depth in range(500))
    assert len(recover(Lexed(text)).definitions) == 500


_HOSTILE = ['def f(:\n\\"""\n', "\\'\\\n", '"""a ', "\\\n", "@a(\n", "from a import (b,\n", "class A(b.c(), "]


@pytest.mark.parametrize("line", _HOSTILE)
def test_hostile_text_takes_linear_time(line: str) -> None:
    """Half a megabyte in which nothing ever closes is read in seconds; else this would take hours."""
    lexed = Lexed(line * (500_000 // len(line)) + "\ndef test_last(): pass\n")
    assert all(one.span.end_line <= len(lexed.lines) for one in recover(lexed).definitions)


def test_a_function_full_of_tests_takes_linear_time() -> None:
    """Twenty thousand tests in one function are asked for one by one, but the function is read once."""
    text = "def f():\n" + "".join(f"    def test_{number}(): pass\n" for number in range(20_000)) + "    test_7()\n"
    lexed = Lexed(text)
    for found in (recover(lexed), walk(lexed, ast.parse(text))):
        assert [one.name for one in found.definitions if one.used] == ["f", "test_7"]
