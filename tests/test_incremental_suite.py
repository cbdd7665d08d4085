"""The tests that earlier scans have put in store are those that a scan without them finds, whatever was edited."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrity.collection.collect import FileTests
from integrity.collection.suite import Suite
from integrity.imports.resolver import Resolver
from tests.support.remembered import Remembered, program

_LINES = (
    "import pytest",
    "from helper import *",
    "from helper import Base, check",
    "from other import Base",
    "from other import *",
    "from helper import wrap",
    "class Base:\n    def test_base(self): pass",
    "class Base:\n    __test__ = False\n    def test_base(self): pass",
    "class Base(Base):\n    def test_more(self): pass",
    "class TestOne(Base):\n    def test_one(self): pass",
    "class TestTwo(Base, dict):\n    def __init__(self): pass",
    "def test_plain(): pass",
    "@wrap\ndef test_wrapped(): pass",
    "def check(): pass",
    "check.__test__ = True",
    "def wrap(function): return None",
    "wrap = pytest.fixture",
    "import helper\nhelper.Base.test_base = None",
    "__all__ = ['Base']",
    "pytest.skip('later', allow_module_level=True)",
    "class TestUp(Base):\n    def setUp(self): pass\n    def test_up(self): pass",
    "class Idle(Base):\n    def tearDown(self): pass",
    "import unittest\nclass TestCase(Base, unittest.TestCase): pass",
    "class UserTests(Base):\n    async def test_user(self): assert 1",
    "async def test_late(): assert 1",
    "def check_it(): assert 1",
    "def broken(:",
    "x = 1",
)
_USERS = (
    "from helper import Base\nclass TestOne(Base): pass",
    "from helper import *\nclass TestOne(Base):\n    def test_own(self): pass",
    "from helper import wrap\n@wrap\ndef test_wrapped(): pass",
    "from helper import *\n@wrap\ndef test_wrapped(): pass",
)
_PATHS = ("helper.py", "other.py", "test_a.py", "test_b.py", "conftest.py")
_NEW = ("test_c.py", "sub/test_a.py", "sub/helper.py", "helper/__init__.py", "helper/Base.py", "sub/conftest.py")
_TEXTS = st.one_of(
    st.lists(st.sampled_from(_LINES), max_size=6).map("\n".join),
    st.lists(st.sampled_from([line for line in _LINES if "Base" in line or "wrap" in line]), max_size=3).map("\n".join),
)


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, str]]:
    """The states of a small repository, one after another; each edits, adds or takes away one file."""
    files = {path: draw(_TEXTS) for path in _PATHS[:4]}
    files["test_a.py"] = draw(st.sampled_from(_USERS))
    states = [files]
    for _ in range(draw(st.integers(1, 7))):
        path = draw(st.sampled_from(("helper.py", "helper.py", "other.py", *_PATHS, *_NEW)))
        before = states[-1].get(path, "")
        line = draw(st.sampled_from(_LINES))
        text = draw(st.sampled_from((f"\n{before}", f"{before}\n{line}", f"{line}\n{before}", draw(_TEXTS), "")))
        states.append({**states[-1], path: text})
        if draw(st.integers(0, 9)) == 0:
            del states[-1][path]
    return states


def collected(files: Mapping[str, str], store: Remembered | None) -> dict[str, FileTests]:
    """The tests of these files, with what is in store or without."""
    return suite(files, store).collected


def suite(files: Mapping[str, str], store: Remembered | None) -> Suite:
    """The suite of these files, with what is in store or without."""
    programs = {path: one for path, text in sorted(files.items()) if (one := program(text)) is not None}
    names = {path: one.namespace for path, one in programs.items() if one.namespace}
    tests = [path for path in files if path.rpartition("/")[2].startswith("test_")]
    resolver = Resolver(files)
    seen = store.at(files, resolver) if store else None
    return Suite(names, files, tests, table={}, resolver=resolver, given={}, store=seen)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(states=histories())
def test_a_memory_of_earlier_states_changes_no_test(states: list[dict[str, str]]) -> None:
    """Each state, with what was collected from all before it, and as if there had been none."""
    store = Remembered()
    for files in states:
        remembered, fresh = suite(files, store), suite(files, None)
        assert remembered.collected == fresh.collected
        assert remembered.asides == fresh.asides


def test_a_test_is_found_again_when_what_it_inherits_moves_or_changes() -> None:
    """The line of an inherited test, a base that stops being collected, and a file that has nothing to do with it."""
    store = Remembered()
    base = "class Base:\n    def test_base(self): pass\n"
    files = {"helper.py": base, "test_a.py": "from helper import Base\nclass TestA(Base): pass\n", "free.py": ""}
    assert collected(files, store)["test_a.py"].places == {("helper.py", 2)}
    files["helper.py"] = f"\n\n{base}"
    assert collected(files, store)["test_a.py"].places == {("helper.py", 4)}
    files["free.py"] = "x = 1\n"
    assert collected(files, store)["test_a.py"].places == {("helper.py", 4)}
    files["helper.py"] = f"{base}    __test__ = False\n"
    assert collected(files, store)["test_a.py"].places == frozenset()
    files["helper.py"] = base
    assert collected(files, store)["test_a.py"].places == {("helper.py", 2)}


def test_names_in_a_circle_lead_to_the_same_whoever_asks_first() -> None:
    """Two modules that import one name from each other, of which one defines it, too."""
    files = {
        "a.py": "from b import Base\nif x:\n    class Base:\n        def test_it(self): pass\n",
        "b.py": "from a import Base\n",
        "test_a.py": "from a import Base\nclass TestA(Base): pass\n",
        "test_b.py": "from b import Base\nclass TestB(Base): pass\n",
    }
    for path in ("test_a.py", "test_b.py"):
        alone = {one: text for one, text in files.items() if not one.startswith("test_") or one == path}
        assert collected(files, None)[path] == collected(alone, None)[path]
