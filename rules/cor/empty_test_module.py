"""A module that the runner collects by its name holds no test.

Why it matters: it looks like a test file in every listing and in every review, and it checks nothing. Often it is what
a clean-up left of a real one.

Instead: bring the tests back from history, or give the module a name that does not promise any.

Known limits: without history nobody can tell whether there ever were tests, so this is no more than a hint: low where
nothing but imports is left, medium where the module still prepares for tests (it imports pytest or unittest, or holds a
test class that is empty or only sets up) or consists of words. Modules with other definitions are taken for helpers,
those that import the tests of another module for lists of them, and classes with a base elsewhere may inherit tests.
None of 3,540 files of ten healthy projects is flagged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integrity.facts.collection import imports_tests, live_tests
from integrity.facts.model import Definition, FileFacts, Syntax
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
_FIXTURES = frozenset(
    {"setUp", "setUpClass", "setup", "setup_class", "setup_method", "asyncSetUp"}
    | {"tearDown", "tearDownClass", "teardown", "teardown_class", "teardown_method", "asyncTearDown"}
)

_TESTS = Context(test=True, collected=True)

VALID = [
    Example("def test_total():\n    assert total([1]) == 1\n", _TESTS),
    # Helpers.
    Example("def make_cart():\n    return Cart()\n", _TESTS),
    # Inherited tests.
    Example("from base import CartTests\n\n\nclass TestCart(CartTests):\n    size = 3\n", _TESTS),
    Example("from .base import TestCart as TestCart\n", _TESTS),
    Example("from tests.database.test_connections import *\n", _TESTS),
    Example("class TestServer:\n    def start(self):\n        return self\n", _TESTS),
    Example("@dataclass\nclass TestResult:\n    name: str\n", _TESTS),
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
    Example("class TestCart:  # <- COR011\n    def setup_method(self):\n        self.cart = Cart()\n", _TESTS),
    # What is imported from elsewhere is no test, whatever its name.
    Example("from fastapi.testclient import TestClient  # <- COR011\n", _TESTS),
]


def check(file: File) -> Iterator[Hit]:
    """One hit, on the first line."""
    facts, context = file.facts, file.context
    if not context.collected or context.data or not facts.counted or facts.parse.syntax is Syntax.BROKEN:
        return
    patterns = context.python_classes, context.python_functions
    if live_tests(facts, *patterns) or imports_tests(facts, *patterns):
        return
    left, severity = _left(facts)
    if left:
        yield RULE.at(Span(1, 1, 1, 1), severity=severity, left=left)


def _left(facts: FileFacts) -> tuple[str, Severity]:
    """What the module holds instead, and how much that tells; "" when it is a reason to be there."""
    if facts.exports_nothing and facts.imports:
        prepares = any(one.module.partition(".")[0] in _FRAMEWORKS for one in facts.imports)
        return "only imports and comments", Severity.MEDIUM if prepares else Severity.LOW
    if facts.exports_nothing:
        return "only comments and docstrings", Severity.MEDIUM
    return _hollow_class(facts.definitions), Severity.MEDIUM


def _hollow_class(definitions: Sequence[Definition]) -> str:
    """What the first test class is, when the module defines nothing but classes, and these do nothing."""
    if any(_serves(definitions, one) for one in definitions):
        return ""
    for index, one in enumerate(definitions):
        framework = all(name.partition(".")[0] in _FRAMEWORKS for name in one.decorators)
        if one.parent < 0 and one.name.startswith("Test") and framework and not one.bases:
            sets_up = any(other.parent == index for other in definitions)
            return f"the class {one.name} " + ("only sets up" if sets_up else "has no method")
    return ""


def _serves(definitions: Sequence[Definition], definition: Definition) -> bool:
    """Whether it is a function or method that others may call."""
    method = definition.parent >= 0 and definitions[definition.parent].is_class
    return not definition.is_class and (definition.parent < 0 or (method and definition.name not in _FIXTURES))
