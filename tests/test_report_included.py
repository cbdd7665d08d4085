"""Reports of a real scan, with what they may know beside the verdict: gates, bases, reports of other commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrity.report.outputs import FORMATS
from tests.support.program import Ran, integrity
from tests.support.repository import GitRepository, create

HEALTHY = "def test_total():\n    assert sum([1, 2]) == 3\n\n\ndef test_empty():\n    assert sum([]) == 0\n"
DAMAGED = "".join(f"# REMOVED_SYNTAX_ERROR: {line}\n" for line in HEALTHY.split("\n") if line)


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository whose second commit hollowed one of two test modules."""
    made = create(tmp_path / "shop")
    made.commit({"tests/test_total.py": HEALTHY, "tests/test_other.py": HEALTHY})
    made.git("tag", "before")
    made.commit({"tests/test_total.py": DAMAGED}, "make it green")
    return made


def scanned(repository: GitRepository, *options: str) -> Ran:
    """A scan of the repository, without a cache."""
    return integrity(repository.path, "scan", "--no-cache", "--quiet", *options)


def test_the_page_includes_incident_and_plan(repository: GitRepository) -> None:
    """As the commands themselves print them: who did it, and what can be done."""
    ran = scanned(repository, "--output-format", "html", "--include", "incident", "--include", "restore")

    assert ran.code == 1
    assert "<title>Test integrity: shop: " in ran.stdout
    assert "Incident: who damaged what, and when" in ran.stdout
    assert "make it green" in ran.stdout
    assert "1 of 1 file can be restored: 2 tests regained" in ran.stdout
    assert "<i>1</i> # REMOVED_SYNTAX_ERROR: def test_total():" in ran.stdout


def test_history_cannot_be_included_where_there_is_none(tmp_path: Path) -> None:
    """One line that says what is needed."""
    (tmp_path / "test_a.py").write_text(HEALTHY)
    ran = integrity(tmp_path, "scan", "--no-cache", "--include", "incident", "--output-format", "html")

    assert ran.code == 2
    assert ran.stdout == ""
    assert "--include needs the work tree of a git repository" in ran.stderr


@pytest.mark.parametrize("option", ["--since", "--fail-on-decrease"])
def test_the_comment_compares_with_the_base(repository: GitRepository, option: str) -> None:
    """The score's change, the lost tests, and what is new."""
    repository.git("checkout", "--quiet", "-b", "work")
    ran = scanned(repository, "--output-format", "markdown", option, "before")

    assert ran.code == 1
    assert "points from 100.0 % on before" in ran.stdout
    assert "2 live tests fewer than on before" in ran.stdout
    assert "### New findings (1)" in ran.stdout


def test_a_gate_that_only_the_base_shows_is_part_of_the_report(repository: GitRepository) -> None:
    """A score that fell fails, whatever the findings."""
    ran = scanned(
        repository, "--output-format", "markdown", "--fail-on-decrease", "before", "--fail-severity", "critical"
    )
    assert ":x: **The gate is not met**" in ran.stdout
    assert "the score fell by" in ran.stdout


def test_every_format_is_the_same_whatever_the_workers(repository: GitRepository, tmp_path: Path) -> None:
    """Byte for byte."""
    names = [name for name in FORMATS if name != "text"]
    for jobs in ("1", "2"):
        scanned(repository, "--jobs", jobs, *(f"-o{name}:{tmp_path / f'{name}-{jobs}'}" for name in names))
    for name in names:
        assert (tmp_path / f"{name}-1").read_bytes() == (tmp_path / f"{name}-2").read_bytes()
