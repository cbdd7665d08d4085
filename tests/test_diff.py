"""`integrity diff` on real repositories: which sides, which exit code, which report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.program import Ran, integrity
from tests.support.repository import GitRepository, create

PRODUCTION = "def total(items):\n    return sum(items)\n"
TESTS = "from cart import total\n\n\ndef test_total():\n    assert total([1, 2]) == 3\n"
GUTTED = "from cart import total\n\n\ndef test_total():\n    total([1, 2])\n"


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with one production file and one test."""
    made = create(tmp_path / "repo")
    made.commit({"cart.py": PRODUCTION, "tests/test_cart.py": TESTS})
    return made


def diff(repository: GitRepository, *arguments: str) -> Ran:
    """Run `integrity diff` in a repository."""
    return integrity(repository.path, "diff", *arguments, "--no-cache")


def document(repository: GitRepository, *arguments: str) -> dict[str, Any]:
    """The JSON report of `integrity diff`."""
    found: dict[str, Any] = diff(repository, *arguments, "--output-format", "json").json
    return found


def test_the_work_tree_is_compared_with_head(repository: GitRepository) -> None:
    """Without arguments, what is not committed yet."""
    assert diff(repository).code == 0
    repository.write("tests/test_cart.py", GUTTED)
    done = diff(repository)
    assert done.code == 1
    assert "DIF003" in done.stdout
    assert "- assert total([1, 2]) == 3" in done.stdout
    assert "no production file changed" in done.stdout


def test_only_what_is_staged_counts(repository: GitRepository) -> None:
    """`--staged` looks at the next commit."""
    repository.write("tests/test_cart.py", GUTTED)
    assert diff(repository, "--staged").code == 0
    repository.git("add", "--all")
    assert diff(repository, "--staged").code == 1


def test_three_dots_mean_the_merge_base(repository: GitRepository) -> None:
    """What the other branch did meanwhile is no loss of this one."""
    repository.branch("feature")
    repository.commit({"other.py": "x = 1\n"})
    repository.git("checkout", "--quiet", "main")
    repository.commit({"tests/test_more.py": TESTS.replace("test_total", "test_more").replace("3", "4 - 1")})
    assert diff(repository, "main...feature").code == 0
    assert diff(repository, "main..feature").code == 1
    assert diff(repository, "main", "feature").code == 1


def test_the_json_contract(repository: GitRepository) -> None:
    """Both sides, the tests, and per finding what was there before."""
    base = repository.text("rev-parse", "HEAD")
    repository.write("tests/test_cart.py", GUTTED)
    found = document(repository)
    assert found["command"] == "diff"
    assert found["base"] == {"kind": "revision", "revision": base, "files": 1, "tests": 1}
    assert found["tests"] == {"before": 1, "after": 1, "lost": 0, "gained": 0, "changed": 1, "moved": 0}
    (finding,) = [one for one in found["findings"] if one["code"] == "DIF003"]
    assert finding["before"] == "assert total([1, 2]) == 3"
    assert finding["path"] == "tests/test_cart.py"
    assert finding["symbol"] == "test_total"
    assert "score" not in found


@pytest.mark.parametrize("name", ["concise", "github", "sarif"])
def test_every_format_names_the_finding(repository: GitRepository, name: str) -> None:
    """Also those that know nothing of changes."""
    repository.write("tests/test_cart.py", GUTTED)
    assert "DIF003" in diff(repository, "--output-format", name).stdout


def test_a_deleted_file_and_its_tests(repository: GitRepository) -> None:
    """One finding for the file; none when what it tested goes with it."""
    (repository.path / "tests/test_cart.py").unlink()
    assert [one["code"] for one in document(repository)["findings"]] == ["DIF001"]
    (repository.path / "cart.py").unlink()
    assert document(repository)["findings"] == []


def test_a_suppression_of_the_base_silences(repository: GitRepository) -> None:
    """One that comes with the change does not: a change cannot approve itself."""
    remark = "# integrity: ignore[DIF003] -- total is checked elsewhere\ndef test"
    repository.write("tests/test_cart.py", GUTTED.replace("def test", remark))
    assert "DIF003" in [one["code"] for one in document(repository)["findings"]]
    repository.commit({"tests/test_cart.py": TESTS.replace("def test", remark)})
    repository.write("tests/test_cart.py", GUTTED.replace("def test", remark))
    found = document(repository)
    assert "DIF003" not in [one["code"] for one in found["findings"]]
    assert found["summary"]["suppressed"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "no such revision"),
        (["HEAD", "HEAD", "--staged"], "exclude each other"),
        (["HEAD...nowhere"], "no such revision"),
    ],
)
def test_what_cannot_be_compared_is_an_error(repository: GitRepository, arguments: list[str], message: str) -> None:
    """One line, exit code 2."""
    done = diff(repository, *arguments)
    assert (done.code, done.stdout) == (2, "")
    assert message in done.stderr


def test_outside_git_there_is_nothing_to_compare(tmp_path: Path) -> None:
    """Said in one line."""
    done = integrity(tmp_path, "diff")
    assert done.code == 2
    assert "not in a git repository" in done.stderr


def test_a_file_that_no_longer_parses_is_no_removed_test(repository: GitRepository) -> None:
    """The syntax error says it all; its tests count as lost."""
    repository.write("tests/test_cart.py", TESTS.replace("def test_total():", "def test_total("))
    found = document(repository)
    assert [one["code"][:3] for one in found["findings"]] == ["COR"]
    assert found["tests"]["lost"] == 1
