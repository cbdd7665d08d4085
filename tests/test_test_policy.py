"""The policy that a project sets for its tests: which files it reaches, and what is said of settings that are wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrity.config.config import Config, load
from integrity.errors import ConfigError
from integrity.facts.extract import extract
from integrity.roles import context_of
from integrity.rule import Policy

CONFIG = Config(
    no_mock_paths=("tests/e2e/",),
    no_mock_markers=("real",),
    required_by_glob={"tests/e2e/": ("Base",), "**/test_slow*.py": ("@slow",)},
    forbidden_test_imports=("shop.internal",),
)
EVERYWHERE = Policy(no_mock_markers=("real",), forbidden=("shop.internal",))
REACHED = {
    "tests/test_cart.py": EVERYWHERE,
    "tests/e2e/test_cart.py": Policy(True, ("real",), ("Base",), ("shop.internal",)),
    "tests/test_slow_cart.py": Policy(False, ("real",), ("@slow",), ("shop.internal",)),
    "tests/conftest.py": EVERYWHERE,
    "shop/cart.py": Policy(),
}


@pytest.mark.parametrize(("path", "policy"), REACHED.items())
def test_a_policy_reaches_tests_by_their_path(path: str, policy: Policy) -> None:
    """And no production code."""
    assert context_of(path, CONFIG).policy == policy


def test_without_a_policy_nothing_is_asked() -> None:
    """The defaults."""
    assert context_of("tests/e2e/test_cart.py", Config()).policy == Policy()


WRONG = {
    "[policy]\nno-mock-path = ['a']": "did you mean 'policy.no-mock-paths'",
    "[policy]\nno-mock-paths = 'a'": "must be a list of strings",
    "[policy]\nrequired = ['Base']": "must be a table",
    "[policy]\nforbidden-imports = ['shop internal']": "is no dotted name",
}


@pytest.mark.parametrize(("text", "said"), WRONG.items())
def test_wrong_settings_are_told(text: str, said: str, tmp_path: Path) -> None:
    """With what was meant."""
    (tmp_path / "integrity.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, tmp_path)
    assert said in caught.value.lines[0]


MOCKS = {
    "from unittest.mock import Mock": "store = Mock()",
    "from unittest import mock": "store = mock.Mock()",
    "import unittest.mock": "store = unittest.mock.Mock()",
    "from mock import patch": "patch('a.b').start()",
}


@pytest.mark.parametrize(("line", "use"), MOCKS.items())
def test_mocks_are_known_however_they_are_imported(line: str, use: str) -> None:
    """One a function, in the line that uses it."""
    (found,) = extract(f"{line}\n\n\ndef test_it():\n    x = 1\n    {use}\n").mocks
    assert found.span.line == 6


def test_what_is_only_called_a_mock_is_none() -> None:
    """Names alone say nothing."""
    assert extract("import shop\n\n\ndef test_mock():\n    assert shop.mock() == 3\n").mocks == ()


def test_marks_of_classes_and_modules_are_read() -> None:
    """One, or a list of them."""
    text = "pytestmark = pytest.mark.e2e\n\n\nclass TestIt:\n    pytestmark = [pytest.mark.a, pytest.mark.b(1)]\n"
    assert extract(text).marks == ((-1, "e2e"), (0, "a"), (0, "b"))
