"""A change of a `conftest.py` that keeps tests from running, or takes the checks out of a fixture."""

from __future__ import annotations

import pytest

from integrity.cache import Cache
from integrity.config.config import Config
from integrity.diff.compare import Terms
from integrity.diff.files import compare_files
from integrity.diff.looking import Looker
from integrity.registry.loader import load

REGISTRY = load()
TERMS = Terms(Config(), REGISTRY, Looker(REGISTRY, Cache(None, "")))
TEST = "from app import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"
HOOK = "def pytest_ignore_collect(collection_path, config):\n    "
ITEMS = "def pytest_collection_modifyitems(config, items):\n    "


def found(before: str, after: str) -> list[tuple[str, str]]:
    """Codes and severities of what a change of `tests/conftest.py` does; the tests next to it stay as they are."""
    tests = {"tests/test_m.py": TEST, "tests/sub/test_n.py": TEST, "tests/test_x_py311.py": TEST}
    old, new = ({**tests, "tests/conftest.py": one} for one in (before, after))
    sides = [{path: text.encode() for path, text in one.items()} for one in (old, new)]
    return [(one.code, one.severity.value) for one in compare_files(sides[0], sides[1], TERMS).findings]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "collect_ignore = ['test_m.py']\n"),
        ("", "collect_ignore = ['sub']\n"),
        ("", "import os\n\ncollect_ignore = [os.path.join(os.path.dirname(__file__), 'sub', 'test_n.py')]\n"),
        ("", "SLOW = ['test_m.py']\ncollect_ignore = [*SLOW]\ncollect_ignore.extend(SLOW)\n"),
        ("", "collect_ignore_glob = ['test_m*']\n"),
        ("collect_ignore = []\n", "collect_ignore = []\ncollect_ignore.append('test_m.py')\n"),
        ("collect_ignore = []\n", "collect_ignore = []\ncollect_ignore.extend(['test_m.py'])\n"),
        ("collect_ignore = []\n", "collect_ignore = []\ncollect_ignore += ['test_m.py']\n"),
        ("", f"{HOOK}return collection_path.name == 'test_m.py'\n"),
        ("", f"{HOOK}if 'test_m' in str(collection_path):\n        return True\n    return None\n"),
    ],
)
def test_an_existing_test_file_is_newly_kept_from_collection(before: str, after: str) -> None:
    """By name, by folder, by glob, or by a hook."""
    codes = found(before, after)
    assert codes
    assert set(codes) == {("DIF018", "high")}
    assert not found(after, after + "\n# As it was.\n")
    assert not found(after, before)


@pytest.mark.parametrize(
    "after",
    [
        "import sys\n\nif sys.version_info < (3, 11):\n    collect_ignore_glob = ['*_py311.py']\n",
        "collect_ignore = []\ntry:\n    import attr\nexcept ImportError:\n    collect_ignore.append('test_m.py')\n",
        "collect_ignore = ['setup.py', 'data']\ncollect_ignore_glob = ['*_gone.py']\n",
        f"{HOOK}if collection_path.suffix != '.py':\n        return True\n    return None\n",
        f"{HOOK}return 'test_m' in str(collection_path) and not config.getoption('--slow')\n",
        f"{HOOK}if 'node_modules' in str(collection_path):\n        return True\n    return None\n",
    ],
)
def test_what_a_version_an_import_or_an_option_decides_is_left_alone(after: str) -> None:
    """And so is what names no test file that there is."""
    assert found("", after) == []


def test_a_hook_that_newly_takes_tests_out_of_the_run() -> None:
    """High where it is new; an option asks for it, or it stood there before: nothing."""
    filtering = f"{ITEMS}items[:] = [one for one in items if 'add' not in one.nodeid]\n"
    assert found("", filtering) == [("DIF018", "high")]
    assert found(filtering, filtering + "\n# As it was.\n") == []
    asked = (
        f"{ITEMS}if not config.getoption('--slow'):\n        items[:] = [one for one in items if 'add' in one.nodeid]\n"
    )
    assert found("", asked) == []


FIXTURE = "import pytest\n\nOPEN = []\n\n\n@pytest.fixture{}\ndef leaks():\n    {}\n"


@pytest.mark.parametrize(
    ("autouse", "before", "after"),
    [
        ("(autouse=True)", "yield\n    assert not OPEN", "yield\n    if OPEN:\n        print('leak')"),
        ("", "yield\n    assert not OPEN", "yield\n    OPEN.clear()"),
        ("(autouse=True)", "assert not OPEN", "pass"),
        (
            "",
            "yield\n    assert not OPEN",
            "yield\n    try:\n        assert not OPEN\n    except AssertionError:\n        pass",
        ),
    ],
)
def test_a_fixture_that_checks_nothing_any_more(autouse: str, before: str, after: str) -> None:
    """What it checked after each test, or for every test, is gone or caught."""
    codes = found(FIXTURE.format(autouse, before), FIXTURE.format(autouse, after))
    assert ("DIF003", "high") in codes


@pytest.mark.parametrize(
    "after",
    [
        FIXTURE.format("", "yield\n    assert OPEN == []"),
        FIXTURE.format("", "yield\n    settle()") + "\n\ndef settle():\n    assert not OPEN\n",
        FIXTURE.format("", "yield\n    check_leaks(OPEN)").replace(
            "import pytest", "import pytest\nfrom helpers import check_leaks"
        ),
    ],
)
def test_a_fixture_that_checks_otherwise(after: str) -> None:
    """By another assertion, or by a helper."""
    assert ("DIF003", "high") not in found(FIXTURE.format("", "yield\n    assert not OPEN"), after)
