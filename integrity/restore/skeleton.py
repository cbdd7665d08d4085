"""A module with one failing test for each test that no history can bring back, so that the loss stays visible.

Every test is a plain function, also where an asynchronous one was lost: without a plugin a runner passes those over.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from keyword import iskeyword

_CLASS = re.compile(r"_*[A-Z]")
_DEEPEST = 5  # classes inside each other; CPython refuses a hundred levels
_INDENT = "    "


def skeleton(
    path: str, lost: Iterable[str], commit: str, taken: Callable[[str], bool] = lambda _path: False
) -> tuple[str, str]:
    """Where to write the module, and its text.

    Args:
        path: the damaged file, relative to the root and separated by `/`.
        lost: qualified names of the lost tests, as in "TestCart.test_total"; at least one.
        commit: what took them, as the failing tests shall name it, such as a short id.
        taken: whether there is a file at a path already.

    Returns:
        A path in the same folder at which there is no file, with a name that pytest collects, and the text of a module
        that parses, whatever the names are.

    Raises:
        ValueError: no test was lost.
    """
    names = list(dict.fromkeys(lost))
    if not names:
        raise ValueError("a skeleton needs the name of at least one lost test")
    reason = _literal(f"lost in {commit}: restore me")
    root = _Scope()
    for name in names:
        _place(root, name)
    body = "\n\n\n".join(_blocks(root, "", f"pytest.fail({reason})"))
    imports = "import unittest\n\nimport pytest" if "(unittest.TestCase)" in body else "import pytest"
    title = _literal(f"Tests of {path} that were lost in {commit}; replace each by the real one.")
    return _beside(path, taken), f'""{title}""\n\n{imports}\n\n\n{body}\n'


@dataclass
class _Scope:
    """A class of the module, or the module itself.

    Attributes:
        tests: the names of its tests, in order, each with how many asked for it.
        classes: its classes by name, in order.
    """

    tests: dict[str, int] = field(default_factory=dict)
    classes: dict[str, _Scope] = field(default_factory=dict)


def _beside(path: str, taken: Callable[[str], bool]) -> str:
    """A free path in the same folder."""
    folder, slash, name = path.rpartition("/")
    stem = _valid(name.rpartition(".")[0])
    ending = stem.endswith("_test") and not stem.startswith("test_")
    base = f"{stem.removesuffix('_test')}_lost" if ending else f"{stem}_lost"
    prefix, suffix = ("", "_test") if ending else ("" if stem.startswith("test_") else "test_", "")
    number = 1
    while taken(found := f"{folder}{slash}{prefix}{base}{'' if number == 1 else f'_{number}'}{suffix}.py"):
        number += 1
    return found


def _place(root: _Scope, qualname: str) -> None:
    """Add a test to the class it was in; functions around it are left out."""
    *outer, name = qualname.split(".")
    scope = root
    for part in [part for part in outer if _CLASS.match(part)][:_DEEPEST]:
        key = _identifier(part, "Test")
        scope = scope.classes.setdefault(key if scope is root or _is_plain(key) else f"Test{key}", _Scope())
        if not _is_plain(key) and key in root.classes:
            break  # no runner looks for classes inside those of unittest
    _add(scope, _identifier(name, "test_"))


def _is_plain(name: str) -> bool:
    """Whether pytest collects a class of this name; another one must be unittest's."""
    return name.startswith("Test")


def _add(scope: _Scope, name: str) -> None:
    """Add a test, with a number if its name is taken."""
    while name in scope.tests:
        scope.tests[name] += 1
        name = f"{name}_{scope.tests[name]}"
    scope.tests[name] = 1


def _identifier(name: str, prefix: str) -> str:
    """A valid name that is most like the given one; a name that cannot be one gets the prefix."""
    found = _valid(unicodedata.normalize("NFKC", name))  # as CPython compares names
    named = found.startswith("test") or prefix != "test_"
    return found if named and found.isidentifier() and not iskeyword(found) else f"{prefix}{found}"


def _valid(text: str) -> str:
    """The text with everything replaced that cannot stand inside a name."""
    return "".join(character if f"a{character}".isidentifier() else "_" for character in text)


def _blocks(scope: _Scope, indent: str, statement: str) -> Iterator[str]:
    """The source of each test and class."""
    own = "self" if indent else ""
    for test in scope.tests:
        yield f"{indent}def {test}({own}):\n{indent}{_INDENT}{statement}"
    for name, inner in scope.classes.items():
        base = "" if _is_plain(name) else "(unittest.TestCase)"
        body = "\n\n".join(_blocks(inner, indent + _INDENT, statement))
        yield f"{indent}class {name}{base}:\n{body}"


def _literal(text: str) -> str:
    """The text as a string literal in ASCII, on one line."""
    return json.dumps(text)
