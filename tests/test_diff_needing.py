"""Tests that are skipped now unless something can be imported."""

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
TREE = {
    "pyproject.toml": (
        '[project]\nname = "shop"\ndependencies = ["attrs"]\n\n[project.optional-dependencies]\nfast = ["PyYAML>=6"]\n'
    ),
    "requirements/test.txt": "python-dateutil\n",
    ".github/workflows/ci.yml": "on: push\njobs:\n  test:\n    steps:\n      - run: pip install pandas\n",
    "src/shop/__init__.py": "",
    "src/shop/cart.py": (
        "try:\n    import rapid\nexcept ImportError:\n    rapid = None\n\n\ndef total(items):\n    return sum(items)\n"
    ),
}
TEST = "import pytest\nfrom shop.cart import total\n\n\n{}def test_total():\n    {}assert total([1]) == 1\n"
PLAIN = TEST.format("", "")


def found(before: str, after: str, **others: str) -> list[tuple[str, str]]:
    """Code and severity of what an edit of a file of tests does."""
    sides = [{**TREE, **others, "tests/test_cart.py": one} for one in (before, after)]
    old, new = ({path: text.encode() for path, text in one.items()} for one in sides)
    return [(one.code, one.severity.value) for one in compare_files(old, new, TERMS).findings]


def skipping(module: str) -> list[str]:
    """The tests, skipped in four ways without a module."""
    return [
        TEST.format(f"pytest.importorskip('{module}')\n\n\n", ""),
        TEST.format(f"extra = pytest.importorskip('{module}', reason='uses the parser of that library')\n\n\n", ""),
        TEST.format("", f"pytest.importorskip('{module}')\n    "),
        TEST.format(
            f"@pytest.mark.skipif(find_spec('{module}') is None, reason='uses the parser of that library')\n", ""
        ),
    ]


@pytest.mark.parametrize("after", [*skipping("no_such_module"), *skipping("shop.missing")])
def test_a_module_that_nobody_asks_for(after: str) -> None:
    """No dependency, no import, no part of Python or of the project."""
    assert found(PLAIN, after) == [("DIF008", "high")]
    assert found(after, after + "\n\ndef test_more():\n    assert total([2]) == 2\n") == []
    assert found(after, PLAIN) == []


@pytest.mark.parametrize("module", ["yaml", "dateutil", "attr", "pandas", "rapid", "fcntl", "curses", "_ssl"])
def test_an_optional_dependency_may_be_missing(module: str) -> None:
    """Declared under whatever name, installed by CI, imported by the product, or part of some Pythons."""
    assert [found(PLAIN, after) for after in skipping(module)] == [[], [], [], []]


def test_a_part_of_the_project_may_hide_its_failure() -> None:
    """Medium for a module of the project; none where it is compiled."""
    assert found(PLAIN, skipping("shop.cart")[0]) == [("DIF008", "medium")]
    assert found(PLAIN, skipping("shop._speedups")[0], **{"src/shop/_speedups.pyx": "x = 1\n"}) == []


def test_a_part_of_a_dependency_that_nobody_imports() -> None:
    """`importorskip("yaml.rapid")` for its own sake; where it is used by name, the test speaks of it."""
    assert found(PLAIN, skipping("yaml.rapid")[0]) == [("DIF008", "high")]
    assert found(PLAIN, skipping("yaml.rapid")[1]) == []
    user = {"src/shop/load.py": "from yaml import reader, rapid\n"}
    assert found(PLAIN, skipping("yaml.rapid")[0], **user) == []


def test_what_was_imported_before_may_become_optional() -> None:
    """`import torch` that becomes `importorskip("torch")` asks for no more than before."""
    before = TEST.format("import torch\n\n\n", "")
    assert found(before, TEST.format("torch = pytest.importorskip('torch')\n\n\n", "")) == []


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("not os.getenv('CI')", []),
        ("sys.version_info < (3, 14) and (not os.getenv('CI'))", []),
        ("os.getenv('CI')", [("DIF008", "high")]),
        ("'x' in os.environ.get('CI', '')", [("DIF008", "high")]),
        ("os.environ.get('SKIP_SLOW')", [("DIF008", "high")]),
    ],
)
def test_a_skip_outside_of_ci_is_a_condition(condition: str, expected: list[tuple[str, str]]) -> None:
    """What is skipped in CI is switched off where it matters; what runs only there still guards."""
    after = TEST.format(f"import os\nimport sys\n\n\n@pytest.mark.skipif({condition}, reason='crashes here')\n", "")
    assert found(PLAIN, after) == expected
