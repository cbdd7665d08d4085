"""`integrity lock`: every test that is lost is a line in a diff."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.lock import document
from integrity.lock.document import Locked, LockError
from integrity.lock.inventory import drift
from tests.support.program import integrity
from tests.support.repository import GitRepository, create

NAME = "integrity.lock"
FIRST = """\
import pytest


@pytest.mark.parametrize("number", [1, 2, 3])
def test_number(number):
    assert number > 0


class TestTotal:
    def test_sum(self):
        assert sum([1, 2]) == 3

    def test_none(self):
        assert sum([]) == 0


def helper():
    return 1
"""
SECOND = "def test_one():\n    assert 1 + 0 == 1\n\n\ndef test_two():\n    assert 1 + 1 == 2\n"


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with five test functions in two files, and its lock file."""
    made = create(tmp_path / "project")
    made.commit({"tests/test_first.py": FIRST, "tests/test_second.py": SECOND, "app.py": "x = 1\n"})
    assert integrity(made.path, "lock").code == 0
    made.commit(message="lock")
    return made


def _locked(repository: GitRepository) -> dict[str, dict[str, Locked]]:
    return document.parse((repository.path / NAME).read_bytes(), NAME)


def test_what_can_be_collected_is_locked(repository: GitRepository) -> None:
    """Tests by file, with the number of their parameters; helpers are none."""
    found = _locked(repository)
    assert {path: sorted(tests) for path, tests in found.items()} == {
        "tests/test_first.py": ["TestTotal::test_none", "TestTotal::test_sum", "test_number"],
        "tests/test_second.py": ["test_one", "test_two"],
    }
    assert found["tests/test_first.py"]["test_number"].cases == 3
    assert integrity(repository.path, "lock", "--check").code == 0


def test_a_lost_test_is_one_line(repository: GitRepository) -> None:
    """Renamed away, so that nothing fails: the review sees the line go."""
    repository.write("tests/test_second.py", SECOND.replace("test_two", "xtest_two"))
    ran = integrity(repository.path, "lock", "--check")
    assert ran.code == 1
    assert ran.stdout.startswith("lost     tests/test_second.py::test_two\n")
    assert integrity(repository.path, "lock").code == 0
    changed = [line for line in repository.text("diff", "-U0", "--", NAME).split("\n") if line[0] in "+-"]
    assert [line.split(" ")[2] for line in changed if not line.startswith(("+++", "---"))] == ["test_two"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("assert sum([1, 2]) == 3", "pass"),
        ("[1, 2, 3]", "[1]"),
        ("    def test_sum", "    @pytest.mark.skip\n    def test_sum"),
    ],
)
def test_a_changed_test_is_named(repository: GitRepository, old: str, new: str) -> None:
    """Its body, its parameters, its decorators."""
    repository.write("tests/test_first.py", FIRST.replace(old, new))
    ran = integrity(repository.path, "lock", "--check")
    assert ran.code == 1
    assert ran.stdout.startswith("changed  tests/test_first.py::")
    assert "0 lost, 1 changed, 0 moved, 0 added" in ran.stdout


def test_layout_and_comments_change_nothing(repository: GitRepository) -> None:
    """Neither does the place in the file."""
    repository.write(
        "tests/test_second.py", "# a remark\n\n\n" + SECOND.replace("    assert", "\n    # why\n    assert")
    )
    assert integrity(repository.path, "lock", "--check").code == 0


def test_a_moved_test_is_not_lost(repository: GitRepository) -> None:
    """To another file, with its text."""
    repository.git("mv", "tests/test_second.py", "tests/test_third.py")
    ran = integrity(repository.path, "lock", "--check")
    assert "moved    tests/test_second.py::test_one -> tests/test_third.py::test_one" in ran.stdout
    assert "0 lost, 0 changed, 2 moved, 0 added" in ran.stdout


def test_branches_that_change_different_files_merge(repository: GitRepository) -> None:
    """Files next to each other, with git itself."""
    for branch, path, text in (
        ("one", "tests/test_first.py", FIRST.replace("test_number", "test_zero")),
        ("two", "tests/test_second.py", SECOND.replace("test_one", "test_uno")),
    ):
        repository.git("checkout", "--quiet", "-b", branch, "main")
        repository.write(path, text)
        integrity(repository.path, "lock")
        repository.commit(message=branch)
    repository.git("merge", "--quiet", "--no-edit", "one")
    assert integrity(repository.path, "lock", "--check").code == 0


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "line 1: not a lock file"),
        ("tests\n", "line 1: not a lock file"),
        (document.HEAD + "  test_a 0123456789ab\n", "line 2: neither a file nor a test"),
        (document.HEAD + "a.py\n  test_a 0123\n", "line 3: neither"),
        (document.HEAD + '"a.py\n', "line 2: not the name"),
        (document.HEAD + "a.py\n<<<<<<< HEAD\n", "line 3: a merge conflict"),
    ],
)
def test_a_damaged_lock_is_an_error(repository: GitRepository, content: str, complaint: str) -> None:
    """Exit code 2, one line, and the line to look at."""
    repository.write(NAME, content)
    ran = integrity(repository.path, "lock", "--check")
    assert (ran.code, ran.stdout) == (2, "")
    assert complaint in ran.stderr


def test_a_conflict_in_the_lock_is_ended_by_writing_it_anew(repository: GitRepository) -> None:
    """As its message says; a file of something else is never overwritten."""
    sound = (repository.path / NAME).read_text()
    repository.write(NAME, sound + "<<<<<<< HEAD\n")
    ran = integrity(repository.path, "lock")
    assert ran.code == 0
    assert "a merge conflict; it is written anew" in ran.stderr
    assert (repository.path / NAME).read_text() == sound

    repository.write(NAME, "notes of mine\n")
    assert "delete it and run `integrity lock`" in integrity(repository.path, "lock").stderr
    assert (repository.path / NAME).read_text() == "notes of mine\n"


def test_a_missing_lock_is_an_error(repository: GitRepository) -> None:
    """For --check alone."""
    (repository.path / NAME).unlink()
    assert integrity(repository.path, "lock", "--check").code == 2


BODIES = st.from_regex("[0-9a-f]{12}", fullmatch=True) | st.sampled_from(["inherited", "possible"])
TESTS = st.dictionaries(
    st.from_regex("[a-zA-Z_]+(::[a-z_]+)?", fullmatch=True), st.builds(Locked, BODIES, st.integers(0, 99)), min_size=1
)
FILES = st.dictionaries(st.text(min_size=1, max_size=20), TESTS, max_size=5)


@settings(max_examples=30)
@given(FILES)
def test_what_is_written_is_read_back(tests: dict[str, dict[str, Locked]]) -> None:
    """Whatever the names of files hold."""
    assert document.parse(document.render(tests).encode("utf-8", "surrogatepass"), NAME) == tests


@settings(max_examples=30)
@given(FILES, FILES)
def test_a_drift_accounts_for_every_test(old: dict[str, dict[str, Locked]], new: dict[str, dict[str, Locked]]) -> None:
    """Each one on record is lost, changed, moved or as it was, and each of today likewise."""
    found = drift(old, new)
    before = {f"{path}::{name}" for path, tests in old.items() for name in tests}
    after = {f"{path}::{name}" for path, tests in new.items() for name in tests}
    assert before - after == {*found.lost, *(pair[0] for pair in found.moved)}
    assert after - before == {*found.added, *(pair[1] for pair in found.moved)}
    assert set(found.changed) <= before & after


@given(st.binary(max_size=120))
def test_no_bytes_are_more_than_an_error(content: bytes) -> None:
    """A lock file or a message."""
    complaint = ""
    try:
        document.parse(content, NAME)
    except LockError as error:
        complaint = str(error)
    assert complaint.startswith(NAME) or content.startswith(document.HEAD.encode().rstrip())
