"""A full disk, a folder that cannot be written, a second run: nothing is lost, and the message says what to do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from integrity.apply import INTERRUPTED, UNDONE, ApplyError, apply, backups, resume, undo
from integrity.errors import GitError, IntegrityError
from tests.support.applying import NOW, change, found, state
from tests.support.repository import GitRepository, create

_ROOT = Path(__file__).parent.parent
_BIG = b"# big\n" * 50_000
_LIMITED = """
import json, resource, sys
from pathlib import Path
from integrity.apply import apply, undo
from integrity.errors import IntegrityError
from tests.support.applying import NOW, change, found
question = json.load(sys.stdin)
resource.setrlimit(resource.RLIMIT_FSIZE, (question["limit"], question["limit"]))
changes = [change(path, b"# big\\n" * 50_000 if big else b"small\\n", b"old\\n") for path, big in question["changes"]]
try:
    apply(found(Path(question["root"])), changes, stage=question["stage"], now=NOW)
except IntegrityError as error:
    print(*error.lines, sep="\\n")
"""
_HOLDING = """
import sys
from pathlib import Path
from integrity.apply.lock import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
_FILLING = """
import os, resource, sys
from pathlib import Path
from integrity.apply import apply
from integrity.errors import IntegrityError
from tests.support.applying import NOW, change, found

def fill(event, arguments):
    if event == "open" and b".integrity-" in os.fsencode(arguments[0] if not isinstance(arguments[0], int) else b""):
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))

sys.addaudithook(fill)
changes = [change("a.py", b"new\\n", b"old\\n"), change("z.py", b"# big\\n" * 50_000, b"old\\n")]
try:
    apply(found(Path(sys.argv[1])), changes, stage=True, now=NOW)
except IntegrityError as error:
    print(*error.lines, sep="\\n")
"""
_SPOILING = """
import os, sys
from pathlib import Path
from integrity.apply import apply
from integrity.errors import IntegrityError
from tests.support.applying import NOW, change, found
root = Path(sys.argv[1])

def spoil(event, arguments):
    if event == "os.rename" and os.fsencode(arguments[1]).endswith(b"m.py"):
        os.system(sys.argv[2])

sys.addaudithook(spoil)
changes = [change(path, b"new\\n", b"old\\n") for path in ("a.py", "m/m.py", "z.py")]
try:
    apply(found(root), changes, stage=True, now=NOW)
except IntegrityError as error:
    print(*error.lines, sep="\\n")
"""


@pytest.fixture
def repo(tmp_path: Path) -> GitRepository:
    """A repository with three files."""
    repository = create(tmp_path / "repo")
    repository.commit({"a.py": "old\n", "m/m.py": "old\n", "z.py": "old\n"})
    return repository


def run(program: str, *arguments: str, question: str = "") -> str:
    """What a child process prints."""
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, input=question, capture_output=True, text=True, check=True, cwd=_ROOT).stdout


def temporary(repo: GitRepository) -> list[Path]:
    """Temporary files in the work tree."""
    return list(repo.path.rglob(".integrity-*"))


@pytest.mark.parametrize("stage", [False, True])
@pytest.mark.parametrize("limit", [0, 1000, 100_000])
def test_a_full_disk(repo: GitRepository, limit: int, stage: bool) -> None:
    """Whatever the first write that does not fit: one line, and everything is as before."""
    before = state(repo)
    question = {"root": str(repo.path), "limit": limit, "stage": stage, "changes": [("a.py", False), ("z.py", True)]}
    said = run(_LIMITED, question=json.dumps(question))
    assert len(said.splitlines()) == 1
    assert "cannot" in said
    assert state(repo) == before
    assert temporary(repo) == []
    changes = [change("a.py", b"small\n", b"old\n"), change("z.py", _BIG, b"old\n")]
    apply(found(repo.path), changes, stage=stage, now=NOW)
    undo(found(repo.path))
    assert state(repo) == before


def test_a_disk_that_fills_up_after_the_backup(repo: GitRepository) -> None:
    """All new contents are written before the first file is replaced; so nothing has been replaced by then."""
    before = state(repo)
    said = run(_FILLING, str(repo.path))
    assert said == (
        "z.py cannot be written: File too large; everything is as before: mend that and run the command again\n"
    )
    assert state(repo) == before
    assert temporary(repo) == []
    assert [one.state for one in backups(found(repo.path))] == [UNDONE]


def test_an_edit_at_the_last_moment(repo: GitRepository) -> None:
    """Half of the files are replaced already when another is changed by somebody: all go back but that one."""
    before = state(repo)
    said = run(_SPOILING, str(repo.path), "printf precious > z.py".replace("z.py", str(repo.path / "z.py")))
    assert said == (
        "z.py was changed by someone else just now; everything else is as before, but left alone was z.py\n"
    )
    assert (repo.path / "z.py").read_text() == "precious"
    repo.write("z.py", "old\n")
    assert state(repo) == before
    assert temporary(repo) == []


def test_a_folder_becomes_a_file_half_way(repo: GitRepository) -> None:
    """The work tree is whole again but for what somebody put in the way; that is named."""
    folder = repo.path / "m"
    said = run(_SPOILING, str(repo.path), f"mv '{folder}' '{folder}.away' && echo mine > '{folder}'")
    assert "m/m.py cannot be written: Not a directory" in said
    assert "left alone was m/m.py" in said
    assert folder.read_text() == "mine\n"
    assert (repo.path / "m.away/m.py").read_text() == "old\n"
    assert (repo.path / "a.py").read_text() == "old\n"
    assert (repo.path / "z.py").read_text() == "old\n"


def test_an_index_that_is_locked_half_way(repo: GitRepository) -> None:
    """Staging fails, so the files go back, too."""
    before = state(repo)
    lock = repo.path / ".git/index.lock"
    said = run(_SPOILING, str(repo.path), f"touch '{lock}'")
    assert said.startswith("git cannot update the index in ")
    assert "index.lock" in said
    assert "everything is as before" in said
    lock.unlink()
    assert state(repo) == before
    assert {one.state for one in backups(found(repo.path))} == {UNDONE}


def test_a_second_run_at_the_same_time(repo: GitRepository) -> None:
    """It is refused while the first lives; the lock of a dead one does not count."""
    before = state(repo)
    apply(found(repo.path), [], stage=False, now=NOW)
    lock = repo.path / ".git/integrity/lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDING, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_ROOT
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(ApplyError, match="another `integrity restore` is writing"):
            apply(found(repo.path), [change("a.py", b"a\n", b"old\n")], stage=False, now=NOW)
        assert state(repo) == before
        holder.kill()
    assert lock.exists()
    apply(found(repo.path), [change("a.py", b"a\n", b"old\n")], stage=False, now=NOW)


def test_a_git_directory_that_cannot_be_written(repo: GitRepository) -> None:
    """Nothing was written, and it is said where."""
    before = state(repo)
    repo.write(".git/integrity", "in the way")
    with pytest.raises(ApplyError, match=r"\.git/integrity.* cannot be written"):
        apply(found(repo.path), [change("a.py", b"a\n", b"old\n")], stage=False, now=NOW)
    assert state(repo) == before


def test_a_backup_that_cannot_be_made(repo: GitRepository) -> None:
    """Then nothing is written, and no unfinished run stays behind."""
    before = state(repo)
    shutil.rmtree(repo.path / ".git/objects/pack")
    repo.write(".git/objects/pack", "in the way")
    with pytest.raises(GitError, match="git cannot save a backup"):
        apply(found(repo.path), [change("a.py", b"a\n", b"old\n")], stage=False, now=NOW)
    assert state(repo) == before
    (repo.path / ".git/objects/pack").unlink()
    (repo.path / ".git/objects/pack").mkdir()
    apply(found(repo.path), [change("a.py", b"a\n", b"old\n")], stage=False, now=NOW)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"ref": "x", "phase": "y"}', "\x00\xff", '{"ref": 1, "phase": []}'])
def test_a_damaged_journal(repo: GitRepository, text: str) -> None:
    """One line that names the file; never a traceback."""
    apply(found(repo.path), [], stage=False, now=NOW)
    (repo.path / ".git/integrity/journal.json").write_text(text, encoding="latin-1")
    for act in (undo, backups, resume):
        with pytest.raises(ApplyError, match=r"journal\.json"):
            act(found(repo.path))


def test_an_interrupted_run_whose_file_was_changed(repo: GitRepository) -> None:
    """Completing it would overwrite that change, so it is refused; going back leaves the file alone."""
    applied = apply(found(repo.path), [change("a.py", b"new\n", b"old\n")], stage=False, now=NOW)
    journal = repo.path / ".git/integrity/journal.json"
    journal.write_text(json.dumps({"ref": applied.backup, "phase": "applying"}))
    repo.write("a.py", "precious\n")
    with pytest.raises(ApplyError, match=r"a\.py was changed since the run was interrupted; run .*--undo"):
        resume(found(repo.path))
    assert [one.state for one in backups(found(repo.path))] == [INTERRUPTED]
    assert list(undo(found(repo.path)).kept) == ["a.py"]
    assert (repo.path / "a.py").read_text() == "precious\n"
    assert not journal.exists()


def test_an_interrupted_undo_comes_first(repo: GitRepository) -> None:
    """Neither another application nor another undo may start on top of it."""
    first = apply(found(repo.path), [change("a.py", b"new\n", b"old\n")], stage=False, now=NOW)
    second = apply(found(repo.path), [change("z.py", b"new\n", b"old\n")], stage=False, now=NOW)
    (repo.path / ".git/integrity/journal.json").write_text(json.dumps({"ref": first.backup, "phase": "undoing"}))
    with pytest.raises(ApplyError, match="--undo` was interrupted"):
        apply(found(repo.path), [change("m/m.py", b"new\n", b"old\n")], stage=False, now=NOW)
    with pytest.raises(ApplyError, match="undone first"):
        undo(found(repo.path), second.backup)
    assert undo(found(repo.path)).backup == first.backup


def test_what_is_in_the_way_of_undoing(repo: GitRepository) -> None:
    """Links, folders and files in the place of folders are never followed or overwritten, even when forced."""
    paths = ["a.py", "m/m.py", "z.py"]
    apply(found(repo.path), [change(path, b"new\n", b"old\n") for path in paths], stage=False, now=NOW)
    target = repo.path.parent / "target"
    target.write_text("new\n")
    (repo.path / "a.py").unlink()
    (repo.path / "a.py").symlink_to(target)
    (repo.path / "z.py").unlink()
    (repo.path / "z.py").mkdir()
    shutil.rmtree(repo.path / "m")
    repo.write("m", "file\n")
    undone = undo(found(repo.path), force=True)
    assert sorted(undone.kept) == paths
    assert target.read_text() == "new\n"


def test_a_file_deleted_since_comes_back(repo: GitRepository) -> None:
    """Even with its folder: there is nothing that this could overwrite."""
    before = state(repo)
    apply(found(repo.path), [change("m/m.py", b"new\n", b"old\n")], stage=False, now=NOW)
    shutil.rmtree(repo.path / "m")
    undo(found(repo.path))
    assert state(repo) == before


def test_errors_are_one_line(repo: GitRepository) -> None:
    """Even for a name with a line break."""
    with pytest.raises(IntegrityError) as caught:
        apply(found(repo.path), [change("line\nbreak", b"", b"x")], stage=False, now=NOW)
    assert len(caught.value.lines) == 1
    assert "'line\\nbreak'" in str(caught.value)
    assert os.linesep not in str(caught.value)
