"""Which names that could be tests a module never mentions again, and which setup methods it calls itself."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from integrity.facts.expressions import nodes
from integrity.facts.lexical import mentions
from integrity.facts.namespace import Class, Function, Kind, Values

NEAR_TEST = re.compile(r"(?:[Tt]ests?|[Tt]ets?|tset|check|should|verify|ensure|it)_|[Tt]est[A-Z0-9]|[a-z]\w*_tests?$")
"""Names that people give to tests, or mistype."""

LIFECYCLE = (
    *("setUp", "tearDown", "setUpClass", "tearDownClass", "asyncSetUp", "asyncTearDown"),
    *("setUpModule", "tearDownModule"),
)
"""What `unittest` calls around tests (https://docs.python.org/3/library/unittest.html)."""

_FEW = 20  # names; more are worth the time to count all words
_WORD = re.compile(r"\w+")
_CALLS = re.compile(rf"(?<!super\(\))\.({'|'.join(LIFECYCLE)})\b")


def alone(
    names: dict[str, Values], functions: Sequence[Function], classes: Iterable[Class], text: str
) -> tuple[str, ...]:
    """Classes with tests, and functions with assertions and names like tests, that the text mentions once only."""
    made = list(classes)
    wanted = {one.name for one in functions if one.asserts} | set(_with_tests(names, made))
    if len(wanted) > _FEW:
        mentioned = Counter(_WORD.findall(text))
        return tuple(sorted(name for name in wanted if mentioned[name] == 1))
    return tuple(sorted(name for name in wanted if _stands_once(name, text)))


def _stands_once(name: str, text: str) -> bool:
    """Whether a text holds a word exactly once."""
    found = mentions(text, name)
    return next(found, None) is not None and next(found, None) is None


def called_setups(text: str) -> tuple[str, ...]:
    """The names of setup methods that the text calls or hands on, other than through `super()`."""
    return tuple(sorted(set(_CALLS.findall(text)))) if "etUp" in text or "earDown" in text else ()


def asserts(node: ast.AST) -> bool:
    """Whether a function holds an assertion."""
    return any(type(one) is ast.Assert or (type(one) is ast.Call and _is_assertion(one)) for one in nodes(node))


def _is_assertion(call: Any) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr.startswith("assert")


def _with_tests(names: dict[str, Values], classes: Sequence[Class]) -> Iterator[str]:
    for name, values in names.items():
        for value in values:
            if value.kind is Kind.CLASS and any(
                _is_test(one, found) for one, found in classes[value.index].names.items()
            ):
                yield name


def _is_test(name: str, values: Values) -> bool:
    return name.startswith("test") and any(value.kind is Kind.FUNCTION for value in values)
