"""Marks that damage leaves in a text: found where they are damage, left alone where they are quoted or natural."""

from __future__ import annotations

import ast
import difflib
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.facts import residue
from integrity.facts.lexical import Lexed
from integrity.facts.model import FileFacts, Parse, Syntax, Trace
from integrity.model import Severity
from integrity.registry.loader import load
from integrity.rule import Context, File, Hit
from integrity.source import decode

CODES = ("COR006", "COR007", "COR008", "COR009", "COR010")
RULES = [loaded for loaded in load().rules if loaded.rule.code in CODES]
DATA = Context(test=True, data=True)

CALL = 'import logging\nlogging.basicConfig( )\nlevel=logging.DEBUG,\nformat="%(message)s"\n'
CONFLICT = "<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> main\n"
ELISION = "def total(items):\n    # ... existing code ...\n    pass\n"
FENCED = "```python\na = 1\n```\n"
MISREAD = "a = 1  # the user\u00e2\u20ac\u2122s cart\n"
DAMAGED = {"call": CALL, "conflict": CONFLICT, "elision": ELISION, "fence": FENCED, "misread": MISREAD}


def found(text: str) -> tuple[Trace, ...]:
    """The traces of a text."""
    return residue.traces(Lexed(text), parsed(text))


def parsed(text: str) -> ast.Module | None:
    """CPython's tree of a text, None when there is none."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def kinds(text: str) -> set[str]:
    """The kinds of traces in a text."""
    return {trace.kind for trace in found(text)}


def hits(text: str, context: Context | None = None) -> list[Hit]:
    """What the rules about residue find in a text."""
    syntax = Syntax.OK if parsed(text) else Syntax.BROKEN
    facts = FileFacts(Parse(syntax), lines=1, counted=True, traces=found(text))
    file = File(facts, context or Context())
    return [hit for loaded in RULES for hit in loaded.check(file)]


def git(repository: Path, *arguments: str) -> str:
    """Run git in a repository, whatever it answers."""
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False).stdout


def merged(repository: Path, style: str, base: str, ours: str, theirs: str) -> str:
    """What git leaves in a file that it cannot merge."""
    file = repository / "shop.py"
    git(repository, "init", "-q", "-b", "main")
    for branch, text in (("main", base), ("theirs", theirs), ("main", ours)):
        git(repository, "checkout", "-q", "-B" if branch == "theirs" else "-q", branch)
        file.write_text(text, encoding="utf-8")
        git(repository, "add", ".")
        git(repository, "commit", "-q", "-m", branch)
    git(repository, "-c", f"merge.conflictStyle={style}", "merge", "theirs")
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_a_conflict_as_git_writes_it_is_critical(tmp_path: Path, style: str) -> None:
    """In every style git knows; the text is git's own."""
    text = merged(tmp_path, style, "A = 1\nB = 1\n", "A = 1\nB = 2\n", "A = 1\nB = 3\n")
    assert "<<<<<<< HEAD" in text
    assert [(hit.code, hit.severity, hit.span.line) for hit in hits(text)] == [("COR008", Severity.CRITICAL, 2)]


def test_a_conflict_that_git_left_in_a_docstring_is_found_though_it_parses(tmp_path: Path) -> None:
    """The compiler sees a string; the merge was still never finished."""
    base, ours, theirs = (f'def f():\n    """Doc.\n\n    {word}\n    """\n' for word in ("one", "two", "three"))
    text = merged(tmp_path, "merge", base, ours, theirs)
    ast.parse(text)
    assert [(hit.code, hit.severity) for hit in hits(text)] == [("COR008", Severity.HIGH)]


@pytest.mark.parametrize(
    "text",
    [
        '"""Title\n=======\n"""\n',
        'X = """\\\n' + CONFLICT + '"""\n',
        'f(\n    """\n' + CONFLICT + '""",\n)\n',
        '"""Reads:\n\n    ' + CONFLICT.replace("\n", "\n    ") + '\n"""\n',
        "# =======\n# Title\n# =======\n",
        "#   <<<<<<< HEAD\n#   a\n#   =======\n#   b\n#   >>>>>>> main\n",
        "a = 1 << 7\n",
    ],
)
def test_headings_data_and_examples_are_no_conflicts(text: str) -> None:
    """Only markers in the first column, in order, outside data."""
    ast.parse(text)
    assert kinds(text) == set()


def test_a_conflict_in_data_is_none_in_a_file_that_is_broken_elsewhere() -> None:
    """The text does not parse, but not for the conflict, which a test holds as data."""
    assert kinds('X = """\n' + CONFLICT + '"""\ndef broken(:\n') == set()


def test_a_conflict_is_found_when_quotes_are_out_of_step() -> None:
    """Each side opens the docstring that the common text closes."""
    text = 'def f():\n<<<<<<< HEAD\n    """Ours\n=======\n    """Theirs\n>>>>>>> main\n    goes on.\n    """\n'
    assert kinds(text) & {residue.CONFLICT, residue.CONFLICT_DOCSTRING}


@pytest.mark.parametrize(
    "quoted", ["# " + CONFLICT.replace("\n", "\n# "), 'def f():\n    """\n' + CONFLICT + '    """\n']
)
def test_a_conflict_in_a_broken_file_is_critical_wherever_it_stands(quoted: str) -> None:
    """The finding that the file does not parse is folded into this one, which must not make it smaller."""
    assert [(hit.code, hit.severity) for hit in hits(f"{quoted}\ndef g(:\n")] == [("COR008", Severity.CRITICAL)]


def test_a_single_marker_counts_in_broken_text_only() -> None:
    """Someone resolved half of a conflict by hand."""
    assert kinds("a = 1\n>>>>>>> main\n") == {residue.CONFLICT_STRAY}
    assert kinds("a = 1\n# >>>>>>> main\n") == set()
    assert kinds("def f(:\n=======\n") == set()


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_each_damage_is_found_and_only_itself(text: str) -> None:
    """One finding of one rule for each of the samples."""
    assert len(hits(text)) == 1


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_quoted_damage_is_nothing_serious(text: str) -> None:
    """Tools that look for damage, and their tests, hold it in strings."""
    quoted = f"SAMPLE = {text!r}\nBLOCK = '''\n{text}'''\n"
    ast.parse(quoted)
    assert {hit.severity for hit in hits(quoted)} <= {Severity.LOW}


@pytest.mark.parametrize("text", DAMAGED.values(), ids=DAMAGED.keys())
def test_damage_in_test_data_is_low(text: str) -> None:
    """Folders of test data hold damaged code on purpose."""
    assert [hit.severity for hit in hits(text, DATA)] == [Severity.LOW]


def test_the_call_is_named_with_its_function() -> None:
    """Place, text and number are those of the call."""
    (trace,) = found("def f():\n    x = make( )\n    a=1,\n    b=2\n\n    g()\n    'c',\n    'd'\n")
    assert (trace.kind, trace.span.line, trace.span.column, trace.text, trace.count) == (
        residue.ORPHANED_CALL,
        2,
        5,
        "x = make( )",
        2,
    )


@pytest.mark.parametrize(
    "text",
    [
        "f()\na = 1,\nb = 2,\n",
        "f()\na=1,\nprint(a)\n",
        "f()\n\na=1,\nb=2,\n",
        "f(x)\na=1,\nb=2,\n",
        "f()\na=sorted(x, key=f,\n         reverse=True)\nb=2\n",
        "def f():\n    g()\n'a', 'b'\n",
        "open(\n    g(),\n    a=1,\n    b=2,\n)\n",
        "open(\n    g()\n    a=1,\n    b=2,\n)\n",
    ],
)
def test_tuples_and_calls_with_arguments_are_no_orphans(text: str) -> None:
    """Nor is a comma that is missing between arguments."""
    assert residue.ORPHANED_CALL not in kinds(text)


def test_brackets_closed_at_once_are_found_in_broken_text() -> None:
    """The same tool closes lists and dictionaries with a parenthesis."""
    assert kinds("data = { )\n'a': 1,\n'b': 2,\n}\n") == {residue.ORPHANED_CALL}


HIGH = {
    "end of class": "class T:\n    def test_a(self):\n        assert 1\n\n    # ... rest of the tests unchanged ...\n",
    "end of file": "a = 1\n\n# (rest of file unchanged)\n",
    "sentence with dots": "a = 1\n\n# Rest of the code remains the same...\n",
    "whole body": 'def f():\n    """Doc."""\n    # implementation omitted for brevity\n    pass\n',
    "behind pass": "def f():\n    pass  # ... existing code ...\n",
    "empty block": "def f():\n    # ... existing code ...\n\ndef g():\n    return 1\n",
    "inside brackets": "CASES = [\n    1,\n    # ... other cases ...\n]\n",
    "any noun": "class A:\n    a = 1\n    # ... rest of init\n",
    "square brackets": "def f():\n    return 1\n\n# [Rest of the code remains unchanged]\n",
}
MEDIUM = {
    "above code": "# ... existing code ...\n\nif a:\n    b()\n",
    "imports": "# [Previous imports remain the same]\nimport os\n",
    "first in body": "def f(self):\n    # ... existing code ...\n    return self.x\n",
    "plain, last": "a = 1\n\n# The rest of the file remains unchanged\n",
    "admission": "class A:\n    # Additional methods would continue here...\n    def f(self):\n        return 1\n",
    "length": "# Due to length constraints, I'm showing the core structure\na = 1\n",
}
LOW = {"plain, above code": "a = 1\n\n# Rest of the code remains the same\nb = 2\n"}
GRADED = [
    pytest.param(text, severity, id=f"{severity.value}: {name}")
    for severity, texts in ((Severity.HIGH, HIGH), (Severity.MEDIUM, MEDIUM), (Severity.LOW, LOW))
    for name, text in texts.items()
]


@pytest.mark.parametrize(("text", "severity"), GRADED)
def test_a_placeholder_weighs_what_its_place_says(text: str, severity: Severity) -> None:
    """The shapes were met in public repositories, the places decide."""
    assert [(hit.code, hit.severity) for hit in hits(text)] == [("COR007", severity)]


@pytest.mark.parametrize(
    "comment",
    [
        "the rest of the code assumes that it is sorted",
        "Rest of the arguments",
        "rest of the tests follow the examples",
        "rest of the tests should be covered by `test_tokenize`",
        "everything else remains unchanged",
        "Existing code relies on empty_like",
        "Compatibility exports for existing code",
        "Original context should be unchanged",
        "remains unchanged",
        "unchanged",
        "same as above",
        "(same as above)",
        "(comment to keep line numbers unchanged)",
        "... etc.",
        "... until max_delay",
        "...but we should use the supplied provider when generating...",
        "... middle events can vary ...",
        "... 30 days of data",
        "Other methods should still work with fallbacks",
        "Clean up any remaining state",
        "Show first 10 for brevity",
        "    # ... existing code ...",
        "Remaining tests",
        "-- Other miscellaneous utility methods ------",
        "--- Existing tests ---",
        "(other fixtures)",
        "Other tests...",
        "Truncated due to size limits",
    ],
)
def test_natural_comments_are_no_placeholders(comment: str) -> None:
    """Wherever they stand: above code, last in a block, at the end of a file."""
    text = f"def f(x):\n    # {comment}\n    y = x\n    # {comment}\n\n\n# {comment}\n"
    assert kinds(text) == set()


PASTED = {
    "fence at both ends": FENCED,
    "opening sentence": "Here's the updated test file:\n\nimport os\n",
    "closing sentence": "import os\n\nLet me know if you need anything else!\n",
    "search and replace": "a = 1\n<<<<<<< SEARCH\nb = 1\n=======\nb = 2\n>>>>>>> REPLACE\n",
    "patch envelope": "*** Begin Patch\n*** Update File: a.py\n+a = 1\n*** End Patch\n",
    "numbers": "  1 | import os\n  2 | import sys\n  3 | a = 1\n",
    "cat -n": "     1\timport os\n     2\timport sys\n     3\ta = 1\n",
    "tag": "a = 1\n</file_content>\n",
    "end of file": "a = 1\n[end of file]\n",
    "model's token": "a = 1\n<|im_end|>\n",
}


@pytest.mark.parametrize("text", PASTED.values(), ids=PASTED.keys())
def test_what_was_pasted_from_a_chat_is_critical(text: str) -> None:
    """The file does not parse for it."""
    assert parsed(text) is None
    assert [(hit.code, hit.severity) for hit in hits(text)] == [("COR009", Severity.CRITICAL)]


def test_a_diff_saved_as_the_file_is_critical() -> None:
    """As the standard library writes it."""
    before, after = "import os\na = 1\n", "import os\nimport sys\n\n\ndef f():\n    return 1\n"
    lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), "a/x.py", "b/x.py")
    assert kinds("".join(lines)) == {residue.PATCH, residue.DIFF_COLUMN}


@pytest.mark.parametrize(
    "text",
    [
        'def f():\n    """\n    ```python\n    f()\n    ```\n    """\n    return (\n',
        "# ```python\n# f()\n# ```\ndef f(:\n",
        "x = {\n1: 'a',\n2: 'b',\n3: 'c',\n",
        "x = (\n    1\n    | 2\n    | 3\n",
        'a = """\nopen\n\ndef f():\n    """\n    ```python\n    f()\n    ```\n    """\n    return 1\n',
        "total = (\n-a\n+b\n-c\n",
        "a <b> c\n<i>d</i>\n",
    ],
)
def test_broken_text_is_not_blamed_on_a_chat(text: str) -> None:
    """Documentation, data and arithmetic in files that are broken for another reason."""
    assert parsed(text) is None
    assert kinds(text) == set()


@given(st.text(alphabet="äöüéèñç“”‘’–…€™©°🎉✓→", min_size=3, max_size=20))
def test_utf8_misread_as_windows_1252_is_proved(text: str) -> None:
    """Whatever was written; the same characters read as they should are left alone."""
    misread = text.encode().decode("latin-1") if "”" in text or "€" in text else misread_as_cp1252(text)
    assert residue.MOJIBAKE in kinds(f"x = 1  # {misread} {misread}\n")
    assert kinds(f"x = 1  # a {text} z\n") == set()


def misread_as_cp1252(text: str) -> str:
    """As Windows does it: bytes without a character become the control characters of the same number."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


@given(st.text(alphabet=st.characters(min_codepoint=0xA0, max_codepoint=0x24F, categories=("L", "P")), max_size=40))
def test_one_accidental_pair_is_no_mojibake(text: str) -> None:
    """A text with fewer than two provable places, none of them long, is typography."""
    traces = found(f"x = 1  # {text}\n")
    assert all(trace.count > 1 or len(trace.text) > 2 for trace in traces)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("# Andr\ufffd wrote this\n", Severity.HIGH),
        ('def f():\n    """Andr\ufffd."""\n', Severity.HIGH),
        ("x = 'Andr\ufffd'\n", Severity.LOW),
        ("caf\ufffd = 1\n", Severity.CRITICAL),
        ("x = 1\n\0\n", Severity.CRITICAL),
        ("# Andr\ufffd wrote this\ndef f(:\n", Severity.CRITICAL),
    ],
)
def test_lost_characters_weigh_by_where_they_stood(text: str, severity: Severity) -> None:
    """Code, comments and docstrings above data."""
    assert [(hit.code, hit.severity) for hit in hits(text)] == [("COR010", severity)]


@pytest.mark.parametrize(
    "text",
    [
        "x = '\ufffd'\n",
        "# decoding errors give \ufffd here\n",
        "# the character `\ufffd` alone\n",
        "x = b.decode() == 'a\ufffd'\n",
    ],
)
def test_a_replacement_character_may_be_meant(text: str) -> None:
    """By itself in a string, or where a line speaks of encodings."""
    assert kinds(text) == set()


def test_doubtful_damage_does_not_stand_for_a_file_that_does_not_parse() -> None:
    """A string of data is no reason for it, and a low finding must not take the place of a critical one."""
    assert hits("x = 'Andr\ufffd'\ndef f(:\n") == []


SOURCE = "import os\nimport sys\n\n\n" + "".join(f"def test_{n}():\n    x = {n}\n    assert x\n\n\n" for n in range(60))


@pytest.mark.parametrize("first", ["", "#!/usr/bin/env python\n"])
def test_a_file_joined_by_escaped_line_ends_is_critical_or_high(first: str) -> None:
    """High when the whole file has become a comment, which parses."""
    joined = (first + SOURCE).replace("\n", "\\n")
    expected = Severity.HIGH if first else Severity.CRITICAL
    assert [(hit.code, hit.severity) for hit in hits(joined)] == [("COR010", expected)]


def test_a_long_string_with_escapes_is_data() -> None:
    """Escaped source in a string, also when its quotation mark is missing."""
    assert kinds(f"X = {SOURCE!r}\n") == set()
    assert kinds("a = 1\n" * 2000 + f"X = {SOURCE!r}"[:-1] + "\n") == set()


PIECES = [
    *DAMAGED.values(),
    *PASTED.values(),
    *HIGH.values(),
    '"""',
    "'''",
    "'",
    "#",
    "\\",
    "\0",
    "\ufffd",
    "\u00c3\u00a9",
    "( )\n",
]


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=12).map("".join))
def test_any_text_gives_one_trace_a_kind_in_order(text: str) -> None:
    """Never an error, whatever quotes and brackets do to each other; every place lies in the text."""
    text = decode(text.encode("utf-8", "replace")).text
    traces = found(text)
    lines = text.split("\n")
    assert len({trace.kind for trace in traces}) == len(traces)
    assert list(traces) == sorted(traces, key=lambda trace: (trace.span, trace.kind))
    for trace in traces:
        assert 1 <= trace.span.line <= trace.span.end_line <= len(lines)
        assert trace.span.column <= len(lines[trace.span.line - 1]) + 1
        assert trace.count >= 1
        assert trace.text.isprintable()
        assert 0 < len(trace.text) <= 80
