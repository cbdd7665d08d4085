"""What paths say about files."""

from __future__ import annotations

import string
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.config.config import Config
from integrity.nested import Nested
from integrity.roles import Roles, context_of

DEFAULTS = Config()


@pytest.mark.parametrize(
    "path",
    [
        "tests/helpers.py",
        "tests/__init__.py",
        "networkx/algorithms/tests/util.py",
        "whole_repo_tests/types/util.py",
        "pkg/integration-tests/run.py",
        "test/base.py",
        "testing/tools.py",
        "test_framework/fixtures/db.py",
        "tools/swig/test/setup.py",
        "src/pkg/test_module.py",
        "src/pkg/module_test.py",
        "conftest.py",
        "src/pkg/conftest.py",
        "testdata/sample.py",
        "fixtures/sample.py",
    ],
)
def test_tests(path: str) -> None:
    """Files named like tests, or in a folder that tests live in, belong to the tests."""
    assert context_of(path, DEFAULTS).test


@pytest.mark.parametrize(
    "path",
    [
        "numpy/testing/utils.py",
        "lib/sqlalchemy/testing/fixtures/base.py",
        "src/_pytest/assertion/util.py",
        "pkg/test_support/api.py",
        "pkg/latest/api.py",
        "contests/models.py",
        "pkg/tests.py",
        "setup.py",
        "pkg/data/loader.py",
        "pkg/fixtures/loader.py",
    ],
)
def test_production(path: str) -> None:
    """Testing tools shipped to users, and names that only look alike, are production code and no data."""
    context = context_of(path, DEFAULTS)

    assert not context.test
    assert not context.data
    assert not context.collected


def test_a_nested_test_folder_is_doubtful_once_test_paths_are_known() -> None:
    """`django/test` is production code as soon as the project says where its tests are."""
    known = Config(test_paths=("tests",))

    assert context_of("django/test/client.py", DEFAULTS).test
    assert not context_of("django/test/client.py", known).test
    assert context_of("tests/test/client.py", known).test


@pytest.mark.parametrize(
    ("test_path", "path", "expected"),
    [
        ("qa", "qa/deep/run.py", True),
        ("qa", "src/qa/run.py", False),
        ("qa/cases", "qa/tools.py", False),
        ("src/*/checks", "src/a/checks/x.py", True),
        ("src/*/checks", "src/a/b/checks/x.py", False),
        (".", "anything.py", True),
    ],
)
def test_configured_test_paths(test_path: str, path: str, *, expected: bool) -> None:
    """A configured path, which may be a glob, is relative to the root and covers all below it."""
    assert context_of(path, Config(test_paths=(test_path,))).test is expected


@pytest.mark.parametrize(
    "path",
    [
        "tests/data/cases/pep_604.py",
        "numpy/typing/tests/data/pass/ma.py",
        "tests/fixtures/broken.py",
        "tests/unit/resources/a/b/c.py",
        "tests/data/project/tests/helper.py",
        "tests/data/a_tests/z.py",
        "pkg/testdata/x.py",
        "fixtures/damaged.py",
        "{{cookiecutter.name}}/app.py",
        "templates/{{ name }}/tests/test_app.py",
        "templates/{{ name }}.py",
    ],
)
def test_data(path: str) -> None:
    """Files of test data and templates are data, and never collected."""
    context = context_of(path, DEFAULTS)

    assert context.data
    assert not context.collected


@pytest.mark.parametrize(
    "path",
    [
        "tests/fixtures/test_x.py",
        "tests/unit/data/test_loader.py",
        "tests/testdata/test_real.py",
        "fixtures/test_real.py",
        "tests/data/conftest.py",
        "data/tests/helper.py",
        "src/data/loader.py",
        "tests/examples/demo.py",
        "tests/database/helper.py",
    ],
)
def test_no_data(path: str) -> None:
    """A real test is never taken for data, wherever it stands, and only folders of data below tests count."""
    assert not context_of(path, DEFAULTS).data


def test_packages_of_the_tests_are_no_data() -> None:
    """A folder of fixtures that tests import is code; a package lying in a folder that is none is data."""
    paths = [
        "tests/fixtures/__init__.py",
        "tests/fixtures/db.py",
        "tests/fixtures/raw/broken.py",
        "tests/data/project/__init__.py",
        "tests/data/project/mod.py",
        "tests/testdata/__init__.py",
        "tests/testdata/mod.py",
    ]
    roles = Roles(DEFAULTS, paths)

    assert {path: roles.context(path).data for path in paths} == {
        "tests/fixtures/__init__.py": False,
        "tests/fixtures/db.py": False,
        "tests/fixtures/raw/broken.py": True,
        "tests/data/project/__init__.py": True,
        "tests/data/project/mod.py": True,
        "tests/testdata/__init__.py": True,
        "tests/testdata/mod.py": True,
    }


def test_a_test_path_inside_a_folder_of_data_is_no_data() -> None:
    """Naming a folder as test path makes it tests, whatever it is called."""
    config = Config(test_paths=("tests/data",))

    assert not context_of("tests/data/helper.py", config).data
    assert context_of("tests/data/samples/x.py", config).data


def test_data_that_pytest_stays_out_of_is_data_throughout() -> None:
    """In a folder of data that `norecursedirs` names, even what is called a test is data; elsewhere it is not."""
    config = Config(norecursedirs=("fixtures", "tests/unit", ".*"))

    assert context_of("fixtures/test_damaged.py", config).data
    assert not context_of("fixtures/test_damaged.py", config).collected
    assert context_of("tests/unit/data/test_x.py", config).data
    assert not context_of("tests/unit/test_x.py", config).data


def test_nothing_is_collected_where_pytest_stays_out() -> None:
    """Unless a folder there configures pytest for itself, which is run by itself then."""
    config = Config(norecursedirs=("examples", ".*"))
    own = replace(config, nested=(Nested("examples/shop", {}, python_files=("test_*.py",)),))

    assert context_of("tests/test_x.py", config).collected
    assert not context_of("examples/shop/test_x.py", config).collected
    assert not context_of(".agents/test_x.py", config).collected
    assert context_of("examples/shop/test_x.py", own).collected


@pytest.mark.parametrize(
    ("python_files", "path", "expected"),
    [
        (("test_*.py", "*_test.py"), "a/test_x.py", True),
        (("test_*.py", "*_test.py"), "x_test.py", True),
        (("test_*.py", "*_test.py"), "a/test_a/x.py", False),
        (("test_*.py",), "tests/test_x.pyi", False),
        (("check_*.py",), "test_x.py", False),
        (("testing/python/*.py",), "testing/python/raises.py", True),
        (("testing/python/*.py",), "a/testing/python/deep/raises.py", True),
        (("testing/python/*.py",), "xtesting/python/raises.py", False),
        (("*.py",), "tests/anything.py", True),
        (("*.py",), "tests/data/sample.py", False),
        (("*.py",), "src/app.py", False),
        (("[a-z]*.py",), "src/app.py", False),
        (("tests.py", "test_*.py"), "app/tests.py", True),
        ((), "tests/test_x.py", False),
    ],
)
def test_collected(python_files: tuple[str, ...], path: str, *, expected: bool) -> None:
    """Collected is what matches `python_files` as pytest matches; a pattern that fits any file counts in tests only."""
    assert context_of(path, Config(python_files=python_files)).collected is expected


_PATTERNS = st.text("ab*?_", min_size=1, max_size=6).map(lambda text: f"test{text}.py")
_NAMES = st.text("ab_t", max_size=6).map(lambda text: f"test{text}.py")


@given(st.lists(_PATTERNS, min_size=1, max_size=3), _NAMES, st.sampled_from(["", "a/", "tests/b/"]))
def test_names_match_as_fnmatch_says(patterns: list[str], name: str, folder: str) -> None:
    """Patterns without a slash are matched against the name alone, as `fnmatch` does."""
    expected = any(fnmatchcase(name, pattern) for pattern in patterns)

    assert context_of(folder + name, Config(python_files=tuple(patterns))).collected is expected


@pytest.mark.parametrize(
    ("accessor", "path", "expected"),
    [
        ("app.config", "app/config.py", True),
        ("app.config", "src/app/config.py", True),
        ("app.config", "services/a/src/app/config.py", True),
        ("app.config", "app/config/__init__.py", True),
        ("app.config", "app/config/other.py", False),
        ("app.config", "other/app/config.py", False),
        ("app.config", "app/config_old.py", False),
        ("app.config.*", "app/config/other.py", True),
        ("app.config.*", "app/config/a/b.py", False),
        ("app.config.**", "app/config/a/b.py", True),
        ("config", "config.py", True),
        ("config", "app/config.py", False),
        ("config", "config/other.py", False),
        ("settings.py", "app/settings.py", True),
        ("app/env/*.py", "app/env/a.py", True),
        ("app/env/*.py", "app/env/a/b.py", False),
        ("app/env/", "app/env/a/b.py", True),
        ("**/env.py", "a/b/env.py", True),
        ("[z-a].py", "a.py", False),
    ],
)
def test_accessors(accessor: str, path: str, *, expected: bool) -> None:
    """Accessors are globs of paths or dotted modules below a source root."""
    assert context_of(path, Config(accessors=("unrelated", accessor))).accessor is expected


def test_the_configuration_travels_with_the_context() -> None:
    """Class and function patterns and the lowest Python reach the rules."""
    config = Config(python_classes=("Check",), python_functions=("check_*",), minimum_python="3.9")

    context = context_of("tests/test_x.py", config)

    assert (context.python_classes, context.python_functions) == (("Check",), ("check_*",))
    assert context.minimum_python == "3.9"


_PART = st.sampled_from(
    ["tests", "test", "testing", "data", "fixtures", "src", "a", "{{x}}", "testdata", "__init__.py", "test_a.py"]
)
_PATHS = st.lists(_PART, min_size=1, max_size=5).map("/".join)


_ORDERS = st.lists(_PATHS, max_size=12).flatmap(lambda paths: st.tuples(st.just(paths), st.permutations(paths)))


@given(_ORDERS)
def test_contexts_do_not_depend_on_order(orders: tuple[list[str], list[str]]) -> None:
    """The answer for a path is the same whatever was asked before it, and data is never collected."""
    first, second = (
        {path: roles.context(path) for path in paths} for paths in orders for roles in [Roles(DEFAULTS, paths)]
    )

    assert first == second
    assert not any(context.data and context.collected for context in first.values())


@given(st.text(string.printable + "äß\u202e\udcff", max_size=60))
def test_any_path_has_a_context(path: str) -> None:
    """Odd names raise nothing; only `.py` files are collected."""
    context = context_of(path, Config(accessors=("a.b", path), test_paths=("tests",)))

    assert not context.collected or PurePosixPath(path).name.endswith(".py")
