"""`--since` and `--fail-on-decrease`: the same repository at two points of its history."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.renames import renames
from integrity.snapshot.readers import Entry
from tests.support.program import Ran, integrity, scan
from tests.support.repository import GitRepository, clone, create

READS = "import os\n\nHOME = os.environ['HOME']\n" + "".join(f"VALUE_{number} = {number}\n" for number in range(20))
CLEAN = "VALUE = 1\n"


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository with one old finding on main, and a branch."""
    made = create(tmp_path / "project")
    made.commit({"app/a.py": READS, "app/b.py": CLEAN})
    made.branch("work")
    return made


def _codes(ran: Ran) -> list[tuple[str, str]]:
    return [(path, code) for path, _, code in ran.codes]


def test_what_is_old_is_not_reported(repository: GitRepository) -> None:
    """One old finding is counted, one new finding fails."""
    ran = scan(repository.path, "--since", "main")
    assert (ran.code, ran.codes, ran.json["summary"]["baselined"]) == (0, [], 1)
    repository.write("app/b.py", READS)
    assert _codes(scan(repository.path, "--since", "main")) == [("app/b.py", "ENV001")]
    repository.commit()
    ran = scan(repository.path, "--rev", "work", "--since", "main")
    assert (ran.code, _codes(ran)) == (1, [("app/b.py", "ENV001")])


def test_a_second_finding_like_an_old_one_is_new(repository: GitRepository) -> None:
    """Counted, as everywhere."""
    repository.write("app/a.py", READS + "HOME = os.environ['HOME']\n")
    assert len(scan(repository.path, "--since", "main").codes) == 1


@pytest.mark.parametrize("edit", ["", "VALUE_20 = 20\n"])
def test_a_renamed_file_keeps_its_findings(repository: GitRepository, edit: str) -> None:
    """Moved as it is, or moved and edited a little."""
    repository.git("mv", "app/a.py", "app/moved.py")
    repository.write("app/moved.py", READS + edit)
    assert scan(repository.path, "--since", "main").codes == []
    repository.git("add", "--all")
    assert scan(repository.path, "--staged", "--since", "main").codes == []


def test_what_others_did_in_the_meantime_has_no_part(repository: GitRepository) -> None:
    """What counts is where the work began: a finding that main mended since is not new on the branch."""
    repository.git("checkout", "--quiet", "main")
    repository.commit({"app/a.py": CLEAN})
    repository.git("checkout", "--quiet", "work")
    ran = scan(repository.path, "--since", "main", "--fail-on-decrease", "main")
    assert (ran.code, ran.codes) == (0, [])


def test_the_score_may_not_fall(repository: GitRepository) -> None:
    """It says by how much, and where; a score that stays or rises passes."""
    assert scan(repository.path, "--since", "main", "--fail-on-decrease", "main").code == 0
    repository.write("app/b.py", READS)
    ran = scan(repository.path, "--fail-on-decrease", "main", "--exit-zero")
    assert ran.code == 0
    ran = integrity(
        repository.path, "scan", "--ignore", "COR", "--fail-on-decrease", "main", "--fail-severity", "critical"
    )
    assert ran.code == 1
    assert "the score fell by" in ran.stderr
    assert "group environment: by 50.0 points, from 50.0 % to 0.0 %: 1 of 2 files, now 0 of 2" in ran.stderr
    assert "scope production" in ran.stderr
    repository.write("app/a.py", CLEAN)
    repository.write("app/b.py", CLEAN)
    assert scan(repository.path, "--fail-on-decrease", "main").code == 0


def test_an_empty_beginning_is_no_error(tmp_path: Path) -> None:
    """Before the first Python file there was nothing: everything is new, and no score to fall from."""
    made = create(tmp_path / "project")
    first = made.commit({"README.md": "nothing\n"})
    made.commit({"app/a.py": READS})
    assert _codes(scan(made.path, "--since", first, "--fail-on-decrease", first)) == [("app/a.py", "ENV001")]


@pytest.mark.parametrize("ref", ["nowhere", "--all", ""])
def test_a_wrong_revision_is_an_error(repository: GitRepository, ref: str) -> None:
    """Exit code 2 and one line."""
    ran = scan(repository.path, f"--since={ref}")
    if ref:
        assert (ran.code, ran.stdout) == (2, "")
        assert "no such revision" in ran.stderr
    else:
        assert ran.code == 1


def test_outside_git_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    """A clear error."""
    (tmp_path / "a.py").write_text(CLEAN)
    ran = scan(tmp_path, "--since", "main")
    assert ran.code == 2
    assert "not in a git repository" in ran.stderr


def test_unrelated_histories_and_shallow_clones(repository: GitRepository, tmp_path: Path) -> None:
    """No commit in common: an error that says what helps."""
    repository.commit({"app/c.py": CLEAN})
    shallow = clone(repository, tmp_path / "shallow", "--depth=1", "--no-single-branch")
    ran = scan(shallow.path, "--since", "origin/main")
    assert ran.code == 2
    assert "git fetch --unshallow" in ran.stderr
    repository.git("checkout", "--quiet", "--orphan", "other")
    repository.commit({"app/d.py": CLEAN})
    ran = scan(repository.path, "--since", "main")
    assert ran.code == 2
    assert "no commit in common" in ran.stderr


def test_a_missing_object_is_survived(repository: GitRepository, tmp_path: Path) -> None:
    """In a partial clone an old version that is missing is the same as today's, or what is found today is new."""
    repository.commit({"app/b.py": READS.replace("VALUE", "OTHER")})
    partial = clone(repository, tmp_path / "partial", "--filter=blob:none", "--branch=work")
    partial.git("config", "remote.origin.url", str(tmp_path / "gone"))
    ran = scan(partial.path, "--since", "origin/main")
    assert (ran.code, _codes(ran)) == (1, [("app/b.py", "ENV001")])
    assert "app/b.py cannot be read there" in ran.stderr


def _entries(files: dict[str, bytes]) -> list[Entry]:
    return [Entry(path, content.hex()) for path, content in files.items()]


def _read(entry: Entry) -> bytes:
    return bytes.fromhex(entry.blob)


FILES = st.dictionaries(
    st.sampled_from([f"{folder}/{name}.py" for folder in "pq" for name in "abcd"]),
    st.lists(st.sampled_from([b"one", b"two", b"three", b"four", b"five"]), max_size=6).map(b"\n".join),
    max_size=6,
)


@given(FILES, FILES)
def test_renames_lead_from_what_is_gone_to_what_has_come(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    """Each path once; equal content is always recognised as long as there is a partner left."""
    found = renames(_entries(before), _entries(after), _read, _read)
    gone, come = set(before) - set(after), set(after) - set(before)
    assert set(found) <= gone
    assert set(found.values()) <= come
    assert len(set(found.values())) == len(found)
    for content in {before[path] for path in gone}:
        olds = [path for path in gone if before[path] == content]
        news = [path for path in come if after[path] == content]
        assert sum(after.get(found.get(path, "")) == content for path in olds) >= min(len(olds), len(news))
