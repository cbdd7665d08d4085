"""What must not be written is refused with its reason, before anything is written."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from integrity.apply import ApplyError, apply, backups, refusals, undo
from tests.support.applying import NOW, change, found, state
from tests.support.repository import GitRepository, clone, create


@pytest.fixture
def repo(tmp_path: Path) -> GitRepository:
    """A repository with two files."""
    repository = create(tmp_path / "repo")
    repository.commit({"a.py": "a = 1\n", "pkg/b.py": "b = 1\n"})
    return repository


def refused(repo: GitRepository, path: str, *, dirty: bool = True) -> str:
    """Why a path is refused, "" when it is not."""
    return refusals(found(repo.path), [path], include_dirty=dirty).get(path, "")


@pytest.mark.parametrize(
    "path", ["../x.py", "/etc/x.py", "", "pkg/../../x.py", "pkg//b.py", "./a.py", "nul\0.py", "pkg/"]
)
def test_paths_that_are_not_in_the_repository(repo: GitRepository, path: str) -> None:
    """However they are written."""
    assert refused(repo, path) == "is outside the repository"
    with pytest.raises(ApplyError, match="outside the repository; nothing was written"):
        apply(found(repo.path), [change(path, b"", None)], stage=False, now=NOW)


def test_git_s_own_files(repo: GitRepository) -> None:
    """No plan may reach into a git directory, in whatever case."""
    assert refused(repo, ".git/config") == "belongs to git itself"
    assert refused(repo, "pkg/.GIT/hooks/x") == "belongs to git itself"


def test_symbolic_links(repo: GitRepository, tmp_path: Path) -> None:
    """Neither a link itself nor anything behind one, wherever it leads."""
    (tmp_path / "outside").mkdir()
    (repo.path / "out").symlink_to(tmp_path / "outside")
    (repo.path / "in").symlink_to("pkg")
    (repo.path / "link.py").symlink_to("a.py")
    assert refused(repo, "out/x.py") == "lies behind a symbolic link"
    assert refused(repo, "in/b.py") == "lies behind a symbolic link"
    assert refused(repo, "link.py") == "is a symbolic link"
    repo.commit()
    (repo.path / "link.py").unlink()
    repo.write("link.py")
    assert refused(repo, "link.py") == "is a symbolic link or a submodule in the index"


def test_what_is_no_regular_file(repo: GitRepository) -> None:
    """A folder, a pipe, a file in the place of a folder."""
    os.mkfifo(repo.path / "pipe")
    assert refused(repo, "pkg") == "is not a regular file"
    assert refused(repo, "pipe") == "is not a regular file"
    assert refused(repo, "a.py/b.py") == "lies in a folder whose place is taken by a file"
    (repo.path / "a.py").unlink()
    assert refused(repo, "a.py/b.py") == "lies in a folder whose place is taken by a file in the index"


def test_submodules(repo: GitRepository, tmp_path: Path) -> None:
    """Whether checked out or not; and a repository nested without being one."""
    inner = create(tmp_path / "inner")
    inner.commit({"x.py": "x\n"})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path.as_uri(), "sub")
    create(repo.path / "nested").commit({"x.py": "x\n"})
    assert "a repository of its own" in refused(repo, "sub/x.py")
    assert "a repository of its own" in refused(repo, "nested/x.py")
    shutil.rmtree(repo.path / "sub")
    assert refused(repo, "sub/x.py") == "belongs to a submodule; restore it there"


def test_uncommitted_changes(repo: GitRepository) -> None:
    """Of every kind, unless they are included; a deleted file may come back."""
    repo.commit(dict.fromkeys(("clean", "staged", "unstaged", "both", "deleted", "-x y\n.py"), "1\n"))
    for name in ("staged", "both", "new", "unstaged", "free"):
        repo.write(name, "2\n")
    repo.git("add", "staged", "both", "new")
    for name in ("both", "-x y\n.py"):
        repo.write(name, "3\n")
    (repo.path / "deleted").unlink()
    paths = ["clean", "staged", "unstaged", "both", "deleted", "new", "free", "none", "-x y\n.py"]
    assert refusals(found(repo.path), paths, include_dirty=False) == {
        "staged": "has staged changes",
        "unstaged": "has unstaged changes",
        "-x y\n.py": "has unstaged changes",
        "both": "has staged and unstaged changes",
        "new": "has staged changes",
        "free": "is not tracked by git",
    }
    assert refusals(found(repo.path), paths, include_dirty=True) == {}


def test_unusual_index_entries(repo: GitRepository) -> None:
    """Marks that an update of the index would lose, and conflicts."""
    repo.commit({"skip.py": "1\n", "assume.py": "1\n"})
    repo.git("update-index", "--skip-worktree", "skip.py")
    repo.git("update-index", "--assume-unchanged", "assume.py")
    repo.write("meant.py")
    repo.git("add", "--intent-to-add", "meant.py")
    assert "skip-worktree" in refused(repo, "skip.py")
    assert "assume-unchanged" in refused(repo, "assume.py")
    assert "--intent-to-add" in refused(repo, "meant.py")


def test_read_only_files(repo: GitRepository) -> None:
    """A file without any right to write was protected on purpose."""
    (repo.path / "a.py").chmod(0o444)
    assert refused(repo, "a.py") == "is read-only"


def conflict(repo: GitRepository, operation: str) -> None:
    """Stop amid an operation, `a.py` in conflict."""
    repo.branch("side")
    side = repo.commit({"a.py": "side\n"})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"a.py": "main\n"})
    repo.git(operation, side if operation != "rebase" else "side", check=False)


@pytest.mark.parametrize("operation", ["merge", "rebase", "cherry-pick"])
def test_amid_an_operation(repo: GitRepository, operation: str) -> None:
    """Refused: aborting it would throw the restored files away, continuing it would commit them unseen."""
    conflict(repo, operation)
    assert "merge conflict" in refused(repo, "a.py")
    before = state(repo)
    with pytest.raises(ApplyError, match=f"a {operation} is in progress in .*git {operation} --abort"):
        apply(found(repo.path), [change("pkg/b.py", b"b\n", b"b = 1\n")], stage=False, now=NOW)
    assert (state(repo), backups(found(repo.path))) == (before, [])


def test_undo_amid_an_operation(repo: GitRepository) -> None:
    """Going back is always allowed."""
    apply(found(repo.path), [change("pkg/b.py", b"b\n", b"b = 1\n")], stage=False, now=NOW)
    conflict(repo, "merge")
    assert undo(found(repo.path)).restored == ("pkg/b.py",)


def test_a_bare_repository(tmp_path: Path) -> None:
    """There is nothing to write to."""
    create(tmp_path / "bare.git", bare=True)
    for act in (
        lambda: apply(found(tmp_path / "bare.git"), [], stage=False, now=NOW),
        lambda: undo(found(tmp_path / "bare.git")),
    ):
        with pytest.raises(ApplyError, match="bare repository"):
            act()


def test_a_locked_index(repo: GitRepository) -> None:
    """Staging waits for whoever holds the index; without staging it does not matter."""
    lock = repo.path / ".git/index.lock"
    changes = [change("a.py", b"a\n", b"a = 1\n")]
    before = state(repo)
    lock.touch()
    with pytest.raises(ApplyError, match=r"index\.lock exists"):
        apply(found(repo.path), changes, stage=True, now=NOW)
    assert (state(repo), backups(found(repo.path))) == (before, [])
    apply(found(repo.path), changes, stage=False, now=NOW)
    undo(found(repo.path))
    lock.unlink()
    apply(found(repo.path), changes, stage=True, now=NOW)
    lock.touch()
    with pytest.raises(ApplyError, match=r"index\.lock exists"):
        undo(found(repo.path))
    lock.unlink()
    undo(found(repo.path))
    assert state(repo) == before


def test_the_number_of_git_processes_does_not_depend_on_the_number_of_files(
    repo: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither for judging, nor for applying, nor for undoing."""
    repo.commit({f"many/{number}.py": "1\n" for number in range(300)})
    counts = []
    for paths in (["a.py"], [f"many/{number}.py" for number in range(300)]):
        changes = [change(path, b"new\n", (repo.path / path).read_bytes()) for path in paths]
        log = repo.path.parent / f"trace-{len(paths)}"
        monkeypatch.setenv("PATH", os.fspath(_counting_git(repo.path.parent, log)), prepend=os.pathsep)
        refusals(found(repo.path), paths, include_dirty=False)
        apply(found(repo.path), changes, stage=True, now=NOW)
        undo(found(repo.path))
        counts.append(len(log.read_text().splitlines()))
    assert counts[0] == counts[1] < 60


def _counting_git(folder: Path, log: Path) -> Path:
    """A folder with a `git` that notes each call."""
    programs = folder / log.name.replace("trace", "bin")
    programs.mkdir()
    wrapper = programs / "git"
    wrapper.write_text(f'#!/bin/sh\necho x >> "{log}"\nexec "{shutil.which("git")}" "$@"\n')
    wrapper.chmod(0o755)
    return programs


def test_a_missing_object_is_no_reason(repo: GitRepository, tmp_path: Path) -> None:
    """In a partial clone, where the index names blobs that are not there and nothing may be fetched."""
    partial = clone(repo, tmp_path / "partial", "--filter=blob:none", "--no-checkout")
    partial.git("read-tree", "HEAD")
    partial.git("config", "remote.origin.url", "file:///nowhere")
    partial.write("a.py", "mine\n")
    before = state(partial)
    assert refusals(found(partial.path), ["a.py"], include_dirty=False) == {"a.py": "has unstaged changes"}
    changes = [change("a.py", b"a\n", b"mine\n"), change("pkg/b.py", b"b\n", None)]
    apply(found(partial.path), changes, stage=True, now=NOW)
    assert (partial.path / "pkg/b.py").read_bytes() == b"b\n"
    undo(found(partial.path))
    assert state(partial) == before
