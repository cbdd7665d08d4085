"""The value that an assertion expects is edited, and nothing else of it.

Why it matters: writing into the test what the code happens to return is the least visible way to make it pass. It turns
the test from a statement of what is right into a record of what is.

Instead: change the expectation together with the code that changes the result, and say why the new value is right.

Known limits: of the texts in parameter sets only those count that are cut to a part of themselves. Expectations change
for good reasons: new dependencies, dates, corrected tests. Medium where no production code changes, low otherwise.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from integrity.changes.model import TestPair
from integrity.facts.profile import Check
from integrity.model import Severity
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import at, evidence, place

RULE = Rule(
    code="DIF007",
    name="expected-value-edited",
    severity=Severity.MEDIUM,
    message="{name} expects another value{extent}",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

VALID = [
    # The subject changed as well: another question.
    Example(
        "def test_total():\n    assert total([1, 2]) == 3\n",
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([1]) == 1\n"},
    ),
]
INVALID = [
    Example(
        "def test_total():\n    assert total([1]) == 2  # <- DIF007\n",
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([1]) == 1\n"},
    ),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit an assertion."""
    for pair in change.pairs:
        for before, after in pair.lost:
            if after is None or not after.sound or not (before.literal and after.literal):
                continue
            if (before.subject, before.operator) != (after.subject, after.operator) or before.kind != after.kind:
                continue
            if before.expected == after.expected or before.strength != after.strength or before.bounds != after.bounds:
                continue
            yield RULE.at(
                at(after),
                symbol=pair.after.symbol,
                path=pair.after.path,
                severity=None if change.test_only else Severity.LOW,
                evidence=evidence(change, before.text, after.text, pair.after),
                name=pair.after.symbol,
                extent=", while the code that yields it did not change" if change.test_only else "",
            )
        if change.test_only:
            yield from _cut_cases(change, pair)


def _cut_cases(change: Change, pair: TestPair) -> Iterator[Hit]:
    """Parameter sets in which a text is cut to a part of itself, and nothing else changed, where texts are expected."""
    old, new = pair.before.profile, pair.after.profile
    if len(old.cases) != len(new.cases) or not any(_is_expected(one, new.parameters) for one in new.checks):
        return
    for before, after in zip(old.cases, new.cases, strict=True):
        if before != after and _is_cut(before, after):
            yield RULE.at(
                place(pair.after),
                symbol=pair.after.symbol,
                path=pair.after.path,
                evidence=evidence(change, before, after, pair.after),
                name=pair.after.symbol,
                extent=", a part of the one before, while the code that yields it did not change",
            )


def _is_expected(check: Check, parameters: tuple[str, ...]) -> bool:
    """Whether a parameter is what a text is held against."""
    return check.expected in parameters and (check.operator in ("in", "==") or check.kind in ("raises", "warns"))


def _is_cut(before: str, after: str) -> bool:
    """Whether two parameter sets differ in texts alone, each a part of what it was."""
    old, new = _parsed(before), _parsed(after)
    if old is None or new is None:
        return False
    was, now = _texts(old), _texts(new)
    if len(was) != len(now) or not all(part.value in text.value for text, part in zip(was, now, strict=True)):
        return False
    for one in (*was, *now):
        one.value = ""
    return ast.dump(old) == ast.dump(new)


def _texts(tree: ast.AST) -> list[Any]:
    return [one for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _parsed(case: str) -> ast.Expression | None:
    try:
        return ast.parse(case, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
