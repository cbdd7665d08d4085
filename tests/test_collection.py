"""Which tests a runner collects from a file, against pytest itself."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from integrity.facts.ancestry import linearize
from integrity.facts.collection import imports_tests, live_tests
from integrity.facts.extract import extract

_LINES = """
def pytest_collection_modifyitems(items):
    for item in items:
        print("AT", item.path.name, item.obj.__code__.co_firstlineno)
"""
MODULES = {
    "functions": "def test_a(): pass\ndef helper(): pass\nasync def test_b(): pass\n",
    "shadowed function": "def test_a(): pass\ndef test_a(): pass\n",
    "shadowed class": "class TestA:\n    def test_a(self): pass\nclass TestA:\n    def test_b(self): pass\n",
    "function hidden by a class": "def test_a(): pass\nclass test_a: pass\n",
    "fixture": "import pytest\n@pytest.fixture\ndef test_a(): pass\ndef test_b(test_a): pass\n",
    "constructor": "class TestA:\n    def __init__(self): pass\n    def test_a(self): pass\n",
    "inherited constructor": "class A:\n    def __new__(cls): pass\nclass TestA(A):\n    def test_a(self): pass\n",
    "mixin": "class A:\n    def test_a(self): pass\nclass TestA(A): pass\n",
    "unused mixin": "class A:\n    def test_a(self): pass\n",
    "override": "class A:\n    def test_a(self): pass\nclass TestA(A):\n    def test_a(self): pass\n",
    "nested": (
        "class TestA:\n    class TestB:\n        def test_a(self): pass\n    class C:\n        def test_b(self): pass\n"
    ),
    "inherited nested": "class A:\n    class TestB:\n        def test_a(self): pass\nclass TestA(A): pass\n",
    "unittest": "import unittest\nclass A(unittest.TestCase):\n    def test_a(self): pass\n    def check(self): pass\n",
    "nested in unittest": (
        "import unittest\nclass A(unittest.TestCase):\n    class TestB:\n        def test_a(self): pass\n"
    ),
    "plain class named like unittest's": (
        "class MyTestCase:\n    def __init__(self): pass\nclass TestA(MyTestCase):\n    def test_a(self): pass\n"
        "class B(MyTestCase):\n    def test_b(self): pass\n"
    ),
    "own name for unittest's": (
        "import unittest\nclass A(unittest.TestCase): pass\nclass B(A):\n    def test_a(self): pass\n"
    ),
    "same name as its base": (
        "class TestA:\n    def test_a(self): pass\nclass TestA(TestA):\n    def test_b(self): pass\n"
    ),
    "diamond": (
        "class A:\n    def test_a(self): pass\nclass B(A): pass\nclass C:\n    def test_a(self): pass\n"
        "class TestA(B, C): pass\n"
    ),
    "base in a class": (
        "class A:\n    class B:\n        def test_a(self): pass\n    class C(B): pass\nclass TestA(A.C): pass\n"
    ),
}

_MEMBERS = st.sampled_from(
    [
        *["def test_a(self): pass", "def test_b(self): pass", "def check(self): pass", "x = 1"],
        *[
            "def __init__(self, *args): super().__init__(*args)",
            "class TestN: test_n = 1",
            "def test_c(self):\n        def test_d(): pass",
        ],
        "class TestN:\n        def test_n(self): pass",
    ]
)
_NAMES = st.sampled_from(["TestA", "TestB", "Base", "Mixin", "MyTestCase"])
_BASES = st.lists(_NAMES | st.just("unittest.TestCase"), max_size=2, unique=True)
_CLASSES = st.tuples(_NAMES, _BASES, st.lists(_MEMBERS, max_size=4))
_FUNCTIONS = st.sampled_from(["def test_f(): pass", "def test_g(): pass", "def helper(): pass"])


def _module(parts: Sequence[str | tuple[str, list[str], list[str]]]) -> str:
    """A module of functions and classes that can be imported: bases exist, and make an order."""
    text, known = "import unittest\n", {"unittest.TestCase"}
    for part in parts:
        if isinstance(part, str):
            text += f"{part}\n"
            continue
        name, bases, members = part
        kept = [base for base in bases if base in known]
        body = "".join(f"    {member}\n" for member in [*members, "pass"])
        candidate = f"{text}class {name}({', '.join(kept)}):\n{body}"
        text = candidate if _runs(candidate) else f"{text}class {name}:\n{body}"
        known.add(name)
    return text


def _runs(text: str) -> bool:
    try:
        exec(text, {"__name__": "sample"})  # noqa: S102 - what this file wrote itself
    except TypeError:
        return False
    return True


_TEXTS = st.lists(_CLASSES | _FUNCTIONS, max_size=6).map(_module)


def _collected(folder: Path) -> set[tuple[str, int]]:
    """File name and line of every test function that pytest collects."""
    (folder / "conftest.py").write_text(_LINES)
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-s", "-p", "no:cacheprovider"]
    shown = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    found = (line.split() for line in shown.split("\n") if line.startswith("AT "))
    return {(name, int(line)) for _, name, line in found}


def _predicted(texts: dict[str, str]) -> set[tuple[str, int]]:
    live = {name: live_tests(extract(text), ("Test",), ("test",)) for name, text in texts.items()}
    decorated = {name: text.split("\n") for name, text in texts.items()}
    return {
        (name, one.span.line - decorated[name][one.span.line - 2].startswith("@"))
        for name, found in live.items()
        for one in found
    }


def _written(folder: Path, texts: Sequence[str]) -> dict[str, str]:
    named = {f"test_{number}.py": text for number, text in enumerate(texts)}
    for name, text in named.items():
        (folder / name).write_text(text)
    return named


def test_live_tests_are_those_that_pytest_collects(tmp_path: Path) -> None:
    """Shadowing, inheritance, constructors, nested classes, and whose `TestCase` it is."""
    named = _written(tmp_path, list(MODULES.values()))
    labels = dict(zip(named, MODULES, strict=True))
    real = {(labels[name], line) for name, line in _collected(tmp_path)}
    assert {(labels[name], line) for name, line in _predicted(named)} == real


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(st.lists(_TEXTS, min_size=5, max_size=30))
def test_any_module_of_plain_definitions_is_read_as_pytest_reads_it(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    """Whatever is defined in whatever order."""
    folder = tmp_path_factory.mktemp("tree")
    assert _predicted(_written(folder, texts)) == _collected(folder)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("import tests.test_a", False),
        ("import tests.test_a as test_a", False),
        ("from tests.test_a import test_b", True),
        ("from tests.test_a import TestB as TestC", True),
        ("from tests.test_a import helper", False),
        ("from .base import TestB", True),
        ("from tests.cases import *", True),
        ("from fastapi.testclient import TestClient", False),
    ],
)
def test_a_module_is_no_test(statement: str, expected: bool) -> None:
    """Only names taken from a module can be tests; the module itself cannot."""
    assert imports_tests(extract(f"{statement}\n"), ("Test",), ("test",)) is expected


@pytest.mark.parametrize(
    "text",
    [
        "class Test0: pass\n" + "".join(f"class Test{n + 1}(Test{n}):\n def test_{n}(self): 0\n" for n in range(4000)),
        "class Test0: pass\n" + "class TestA(Test0):\n def test_a(self): 0\n" * 8000,
        "".join(f"class Test{n}:\n def test_{n}(self): 0\n" for n in range(8000)),
    ],
    ids=["chain", "siblings", "many"],
)
def test_many_classes_take_linear_time(text: str) -> None:
    """Seconds would be minutes with a look-up that grows."""
    facts = extract(text)
    start = time.process_time()
    assert live_tests(facts, ("Test",), ("test",))
    assert time.process_time() - start < 10


def test_the_order_of_ancestors_is_that_of_python() -> None:
    """Against `__mro__`, for bases that make an order and for some that do not."""
    a, b = type("A", (), {}), type("B", (), {})
    c, d = type("C", (a,), {}), type("D", (a, b), {})
    for bases in [(), (a,), (c, d), (d, c), (c, b), (d, b)]:
        made = type("E", bases, {})
        assert linearize(made, [base.__mro__[:-1] for base in bases]) == list(made.__mro__[:-1])
    assert linearize(int, [(a,), c.__mro__[:-1]])[1:] in ([a, c], [c, a])
