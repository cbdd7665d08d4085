"""Modules of failing tests for those that no history can bring back: they parse, are collected, and all fail."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.restore.skeleton import skeleton
from tests.support.environment import inherited

_TEXT = st.text(st.characters(exclude_categories=()), max_size=12)
_NAMES = st.lists(st.lists(_TEXT, min_size=1, max_size=8).map(".".join), min_size=1, max_size=12)


def collected(text: str) -> list[str]:
    """Dotted names of all tests of a module, in order."""

    def walk(body: list[ast.stmt], prefix: str) -> list[str]:
        found = []
        for node in body:
            if isinstance(node, ast.FunctionDef):
                found.append(prefix + node.name)
            elif isinstance(node, ast.ClassDef):
                found += walk(node.body, f"{prefix}{node.name}.")
        return found

    return walk(ast.parse(text).body, "")


def run(folder: Path, name: str) -> str:
    """What pytest says of a module."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), name]
    done = subprocess.run(command, cwd=folder, env=inherited(("PATH",)), capture_output=True, check=False, timeout=60)
    return done.stdout.decode()


def test_every_lost_test_fails_with_the_reason(tmp_path: Path) -> None:
    """In functions, classes, nested classes, and classes that only unittest collects."""
    names = ["test_a", "TestCart.test_b", "TestCart.TestInner.test_c", "CartTests.test_d", "outer.test_e"]
    path, text = skeleton("tests/test_cart.py", names, "0123456789")
    assert path == "tests/test_cart_lost.py"
    (tmp_path / "test_cart_lost.py").write_text(text)
    output = run(tmp_path, "test_cart_lost.py")
    assert "5 failed" in output
    assert output.count("E       Failed: lost in 0123456789: restore me\n") == 5
    assert collected(text) == ["test_a", "test_e", "TestCart.test_b", "TestCart.TestInner.test_c", "CartTests.test_d"]


@pytest.mark.parametrize(
    ("path", "beside"),
    [
        ("tests/test_cart.py", "tests/test_cart_lost.py"),
        ("tests/cart_test.py", "tests/cart_lost_test.py"),
        ("tests.py", "test_tests_lost.py"),
        ("a/conftest.py", "a/test_conftest_lost.py"),
        ("a b/test_x.y.py", "a b/test_x_y_lost.py"),
    ],
)
def test_the_module_stands_beside_the_damaged_one(path: str, beside: str) -> None:
    """With a name that pytest collects and Python can import."""
    assert skeleton(path, ["test_a"], "x")[0] == beside


def test_an_existing_file_is_never_the_place() -> None:
    """The first free number is taken."""
    taken = {"tests/test_cart_lost.py", "tests/test_cart_lost_2.py"}
    assert skeleton("tests/test_cart.py", ["test_a"], "x", taken.__contains__)[0] == "tests/test_cart_lost_3.py"


def test_names_that_are_none_are_made_valid_and_stay_apart() -> None:
    """A name that is lost twice is written once."""
    _, text = skeleton("test_x.py", ["test_a-b", "test_a b", "test_a-b", "test_a_b", "class", "Test.1"], "x")
    assert collected(text) == ["test_a_b", "test_a_b_2", "test_a_b_3", "test_class", "Test.test_1"]


def test_unittest_finds_no_classes_inside_its_own() -> None:
    """Their tests join the outer class."""
    _, text = skeleton("test_x.py", ["CartTests.Inner.test_a", "CartTests.test_a"], "x")
    assert collected(text) == ["CartTests.test_a", "CartTests.test_a_2"]


def test_without_a_lost_test_there_is_nothing_to_write() -> None:
    """The caller has made a mistake."""
    with pytest.raises(ValueError, match="at least one"):
        skeleton("test_x.py", [], "x")


@given(path=_TEXT, names=_NAMES, commit=_TEXT)
def test_any_names_give_a_module_with_one_test_each(path: str, names: list[str], commit: str) -> None:
    """Whatever the path, the names and the commit are called; and the text can be written as UTF-8."""
    beside, text = skeleton(f"folder/{path}.py", names, commit)
    tests = collected(text.encode().decode())
    assert len(tests) == len(set(tests)) == len(set(names))
    assert all(test.rpartition(".")[2].startswith("test") for test in tests)
    assert beside.rpartition("/")[2].removesuffix(".py").isidentifier()
