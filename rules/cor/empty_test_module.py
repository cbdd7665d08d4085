"""A module that the runner collects by its name holds no test.

Why it matters: it looks like a test file in every listing and in every review, and it checks nothing. Often it is what
a clean-up left of a real one.

Instead: bring the tests back from history, or give the module a name that does not promise any.

Known limits: without history nobody can tell whether there ever were tests, so this is no more than a hint: medium
where the module still prepares for tests (it imports pytest or unittest, or holds a test class), low elsewhere. Modules
with other definitions are taken for helpers, as are those whose tests may be inherited from a base class elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.collection import live_tests
from integrity.facts.model import FileFacts, Syntax
from integrity.model import Severity, Span
from integrity.rule import Context, Example, File, Hit, Rule

RULE = Rule(
    code="COR011",
    name="empty-test-module",
    severity=Severity.MEDIUM,
    message="no test in a module that is collected as one: {left}",
    since="0.1",
    restorable=True,
    explained_by=("COR001", "COR002", "COR003", "COR004", "COR005", "COR008", "COR009"),
)

_FRAMEWORKS = frozenset({"pytest", "unittest"})

_TESTS = Context(test=True, collected=True)

VALID = [
    Example("def test_total():\n    assert total([1]) == 1\n", _TESTS),
    # Helpers.
    Example("def make_cart():\n    return Cart()\n", _TESTS),
    # Inherited tests.
    Example("from base import CartTests\n\n\nclass TestCart(CartTests):\n    size = 3\n", _TESTS),
    # An empty file is no promise.
    Example("", _TESTS),
    # Not collected.
    "import pytest\n",
]
INVALID = [
    Example(
        '''
        """Tests of the cart."""  # <- COR011

        import pytest
        ''',
        _TESTS,
    ),
    Example("class TestCart:  # <- COR011\n    size = 3\n", _TESTS),
]


def check(file: File) -> Iterator[Hit]:
    """One hit, on the first line."""
    facts, context = file.facts, file.context
    if not context.collected or context.data or not facts.counted or facts.parse.syntax is Syntax.BROKEN:
        return
    if live_tests(facts, context.python_classes, context.python_functions):
        return
    left = _left(facts)
    if left:
        severity = Severity.MEDIUM if _prepares(facts) else Severity.LOW
        yield RULE.at(Span(1, 1, 1, 1), severity=severity, left=left)


def _left(facts: FileFacts) -> str:
    """What the module holds instead, "" when that is a reason to be there."""
    if facts.exports_nothing:
        return "only imports and comments" if facts.imports else "only comments and docstrings"
    empty = [one for one in facts.definitions if one.is_class and one.name.startswith("Test") and not one.bases]
    if empty and not any(not one.is_class for one in facts.definitions):
        return f"the class {empty[0].name} has no method"
    return ""


def _prepares(facts: FileFacts) -> bool:
    """Whether the module still shows that tests were meant."""
    return any(one.is_class for one in facts.definitions) or any(
        one.module.partition(".")[0] in _FRAMEWORKS for one in facts.imports
    )
