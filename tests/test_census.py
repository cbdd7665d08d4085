"""One verdict a test, over the whole repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import integrity, scan
from tests.support.repository import GitRepository, create

SOUND = "def test_sound():\n    assert len([1]) == 1\n"
COMMENTED = "".join(f"# REMOVED_SYNTAX_ERROR: {line}\n" for line in SOUND.splitlines() * 4)
FILES: dict[str, str | bytes] = {
    "shared/__init__.py": "",
    "shared/cases.py": "class Cases:\n    def test_inherited(self):\n        assert self.value\n",
    "tests/test_a.py": f"import shared.cases\n{SOUND}\n\nclass TestA(shared.cases.Cases):\n    value = 1\n",
    "tests/test_hollow.py": f"{SOUND}\n\ndef test_hollow():\n    pass\n",
    "tests/unit/test_lost.py": COMMENTED,
    "app.py": "def test_connection():\n    return True\n",
}


def numbers(live: int = 0, *, hollow: int = 0, lost: int = 0, unknown: int = 0) -> dict[str, int]:
    """A census as JSON holds it."""
    return {
        "known": live + hollow + lost,
        "live": live,
        "hollow": hollow,
        "disabled": 0,
        "uncollected": 0,
        "lost": lost,
        "unknown_files": unknown,
    }


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """One with a test of several verdicts."""
    made = create(tmp_path / "project")
    made.commit(FILES)
    return made


def test_every_test_has_one_verdict(repository: GitRepository) -> None:
    """By scope and by folder; whatever helper of production code is named like a test is none."""
    found = scan(repository.path).json
    assert found["score"]["tests"] == numbers(2, hollow=1, lost=1)
    assert found["score"]["scopes"]["tests"]["tests"] == numbers(2, hollow=1, lost=1)
    assert found["score"]["scopes"]["production"]["tests"] == numbers()
    assert found["census"] == {"tests": numbers(2, hollow=1), "tests/unit": numbers(lost=1)}
    assert found["snapshot"]["tests"] == 2


def test_a_test_that_another_module_inherits_is_live(repository: GitRepository) -> None:
    """It counts once, where it stands, however many classes inherit it."""
    repository.write("tests/base.py", "class Base:\n    def test_one(self):\n        assert self.value\n")
    repository.write("tests/__init__.py", "")
    assert scan(repository.path).json["score"]["tests"]["live"] == 2

    heirs = "from tests.base import Base\n\n\nclass TestOne(Base):\n    value = 1\n\n\nclass TestTwo(Base): ...\n"
    repository.write("tests/test_heirs.py", heirs)
    assert scan(repository.path).json["score"]["tests"]["live"] == 3


def test_what_only_a_run_can_tell_is_said(repository: GitRepository) -> None:
    """Tests of a file whose collection a hook decides count as if it did nothing, and the report says so."""
    repository.write("tests/unit/conftest.py", "def pytest_collect_file(parent, file_path): ...\n")
    repository.write("tests/unit/test_more.py", SOUND)
    found = scan(repository.path).json["census"]["tests/unit"]
    assert found == numbers(1, lost=1, unknown=1)
    assert "1 file only a run can tell" in integrity(repository.path, "scan", "--no-cache").stdout


def test_a_part_of_the_repository_is_judged_by_the_whole(repository: GitRepository) -> None:
    """Only what was asked for counts, but names are followed everywhere."""
    assert scan(repository.path, "tests/test_a.py").json["score"]["tests"] == numbers(1)
    heirs = "from tests.base import Base\n\n\nclass TestOne(Base):\n    value = 1\n"
    base = "class Base:\n    def test_one(self):\n        assert self.value\n"
    repository.commit({"tests/__init__.py": "", "tests/base.py": base, "tests/test_heirs.py": heirs})
    assert scan(repository.path, "tests/base.py").json["score"]["tests"] == numbers(1)
    assert scan(repository.path, "--rev", "HEAD", "tests/base.py").json["score"]["tests"] == numbers(1)


def test_the_table_shows_each_folder(repository: GitRepository) -> None:
    """And the whole; findings are left out."""
    lines = integrity(repository.path, "scan", "--census").stdout.splitlines()
    assert [line.split() for line in lines] == [
        ["live", "hollow", "disabled", "uncollected", "lost", "known"],
        ["tests", "2", "1", "0", "0", "0", "3"],
        ["tests/unit", "0", "0", "0", "0", "1", "1"],
        ["all", "2", "1", "0", "0", "1", "4"],
    ]


def test_selection_does_not_change_the_census(repository: GitRepository) -> None:
    """What is a fact stays one, reported or not."""
    assert scan(repository.path, "--select", "ENV").json["census"] == scan(repository.path).json["census"]
