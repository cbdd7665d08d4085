"""Folders below the root that configure pytest: what is collected in them, beside what pytest collects there."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrity.config.config import Config
from integrity.config.detect import detect
from integrity.nested import above
from tests.support.collecting import shown
from tests.support.program import scan
from tests.support.repository import create

TEST = "def test_a():\n    assert run() == 1\n"
CHECK = "def check_a():\n    assert run() == 1\n"
CLASS = "class CartTests:\n    def test_a(self):\n        assert run() == 1\n"
PROJECTS: dict[str, dict[str, str]] = {
    "names of files": {"cart/pytest.ini": "[pytest]\npython_files = check_*.py\n", "cart/check_a.py": TEST},
    "names of files, and the root's": {
        "pytest.ini": "[pytest]\n",
        "cart/pytest.ini": "[pytest]\npython_files = check_*.py\n",
        "cart/check_a.py": TEST,
        "cart/test_b.py": TEST,
    },
    "names of files, and no root's": {
        "cart/pytest.ini": "[pytest]\npython_files = check_*.py\n",
        "cart/test_b.py": TEST,
        "shop/test_c.py": TEST,
    },
    "names of functions": {
        "cart/pyproject.toml": '[tool.pytest.ini_options]\npython_functions = ["check_*"]\n',
        "cart/tests/test_a.py": TEST + CHECK,
        "tests/test_b.py": TEST + CHECK,
    },
    "names of classes": {
        "cart/setup.cfg": "[tool:pytest]\npython_classes = *Tests\n",
        "cart/tests/test_a.py": CLASS,
        "tests/test_b.py": CLASS,
    },
    "nearest": {
        "cart/tox.ini": "[pytest]\npython_files = check_*.py\n",
        "cart/deep/pytest.ini": "[pytest]\npython_files = probe_*.py\n",
        "cart/check_a.py": TEST,
        "cart/deep/probe_a.py": TEST,
    },
    "of another tool": {
        "cart/tox.ini": "[tox]\nenvlist = py\n",
        "cart/pyproject.toml": "[project]\n",
        "cart/test_a.py": TEST,
    },
    "kept out at the root alone": {
        "pytest.ini": "[pytest]\n",
        "conftest.py": "collect_ignore_glob = ['cart/*']\n",
        "cart/pytest.ini": "[pytest]\n",
        "cart/test_a.py": TEST,
        "shop/test_b.py": TEST,
    },
    "folders left out": {
        "pytest.ini": "[pytest]\nnorecursedirs = slow\n",
        "cart/pytest.ini": "[pytest]\naddopts = --ignore=tests/gone\n",
        "cart/tests/slow/test_a.py": TEST,
        "cart/tests/gone/test_b.py": TEST,
        "tests/slow/test_c.py": TEST,
    },
}


def collected(root: Path, folders: list[str]) -> list[set[str]]:
    """Per folder the tests that pytest collects when it is called there, as paths with names."""
    texts = shown([root / folder for folder in folders])
    return [
        {f"{folder}/{line}".lstrip("/") for line in text.splitlines() if ".py::" in line and not line.startswith(" ")}
        for folder, text in zip(folders, texts, strict=True)
    ]


@pytest.mark.parametrize("name", PROJECTS)
def test_a_test_counts_when_its_folder_or_a_configured_root_collects_it(name: str, tmp_path: Path) -> None:
    """Pytest is called in every folder that it is configured in, and at the root where that is or for the rest."""
    files = PROJECTS[name]
    repository = create(tmp_path / "project")
    repository.commit(dict(files))
    settings = {path.rpartition("/")[0] for path in files if path.endswith((".ini", ".cfg", ".toml"))}
    nested = sorted(settings - {""}) if name != "of another tool" else []

    at_root, *inside = collected(repository.path, ["", *nested])
    report = scan(repository.path).json

    prefixes = tuple(f"{folder}/" for folder in nested)
    outside = at_root if "pytest.ini" in files else {one for one in at_root if not one.startswith(prefixes)}
    tests = report["score"]["tests"]
    assert tests["live"] == len(outside.union(*inside))
    lost = [one for one in report["findings"] if one["code"] in ("TST203", "TST204", "TST205")]
    assert bool(lost) == (tests["uncollected"] > 0)


def test_what_cannot_be_read_is_left_aside_by_its_path(tmp_path: Path) -> None:
    """And what the root says holds."""
    (tmp_path / "cart").mkdir()
    (tmp_path / "cart" / "pytest.ini").write_bytes(b"[pytest\npython_files = check_*.py\n")
    found = detect(tmp_path, Config(), paths=["cart/pytest.ini"])
    assert found.nested == ()
    assert [note.partition(" is")[0] for note in found.notes] == ["cart/pytest.ini"]


def test_a_setting_of_the_own_configuration_holds_everywhere(tmp_path: Path) -> None:
    """The project's settings of this tool go before those of pytest."""
    (tmp_path / "cart").mkdir()
    (tmp_path / "cart" / "pytest.ini").write_text("[pytest]\npython_files = check_*.py\n")
    own = Config(python_files=("spec_*.py",), given=frozenset({"python_files"}))
    (nested,) = detect(tmp_path, own, paths=above("cart/tests/spec_a.py")).nested
    assert (nested.folder, nested.python_files) == ("cart", ("spec_*.py",))


def test_a_scan_after_a_change_of_settings_is_that_of_a_scan_without_memory(tmp_path: Path) -> None:
    """What was remembered under other settings is found again."""
    repository = create(tmp_path / "project")
    repository.commit({"cart/test_a.py": CLASS + CHECK, "cart/check_b.py": CLASS, "shop/test_c.py": CLASS})
    settings = ("", "python_classes = *Tests\npython_files = check_*.py", "")
    for text in settings:
        repository.write("cart/pytest.ini", f"[pytest]\n{text}\n")
        warm, cold = scan(repository.path, "--exit-zero"), scan(repository.path, "--exit-zero", "--no-cache")
        assert warm.json == cold.json
