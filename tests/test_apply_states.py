"""Hostile settings and unusual repositories: no configured program runs, and nothing but files and backups changes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from integrity.apply import ApplyError, apply, backups, refusals, undo
from tests.support.applying import NOW, change, found, state
from tests.support.repository import GitRepository, clone, create

_HOOKS = ("reference-transaction", "pre-commit", "post-index-change", "post-commit", "pre-auto-gc", "post-checkout")


@pytest.fixture
def repo(tmp_path: Path) -> GitRepository:
    """A repository with two commits."""
    repository = create(tmp_path / "repo")
    repository.commit({"a.py": "a = 1\n"})
    repository.commit({"b.py": "b = 1\n"})
    return repository


def there_and_back(repo: GitRepository, *, stage: bool = True) -> None:
    """Apply a change of `a.py` and a new file, undo it, and compare everything."""
    before = state(repo)
    assert refusals(found(repo.path), ["a.py"], include_dirty=True) == {}
    present = (repo.path / "a.py").read_bytes() if (repo.path / "a.py").exists() else None
    changes = [change("a.py", b"a = 2\r\n", present), change("new/c.py", b"c = 1\n", None)]
    apply(found(repo.path), changes, stage=stage, now=NOW)
    assert (repo.path / "a.py").read_bytes() == b"a = 2\r\n"
    assert state(repo).refs == before.refs
    undo(found(repo.path))
    assert state(repo) == before


def trap(repo: GitRepository) -> Path:
    """A program that leaves a mark when it is run; the mark."""
    program = repo.path.parent / "trap"
    mark = repo.path.parent / "sprung"
    program.write_text(f'#!/bin/sh\necho "$0 $@" >> "{mark}"\ncat\n')
    program.chmod(0o755)
    hooks = repo.path.parent / "hooks"
    hooks.mkdir()
    for name in _HOOKS:
        for folder in (hooks, repo.path / ".git/hooks"):
            folder.mkdir(exist_ok=True)
            (folder / name).symlink_to(program)
    return mark


def test_no_configured_program_runs(repo: GitRepository) -> None:
    """Hooks, filters, file system monitors, external diffs, signing programs, pagers, text conversions."""
    mark = trap(repo)
    program = str(repo.path.parent / "trap")
    repo.write(".gitattributes", "*.md filter=evil diff=evil\n")
    settings = {
        "core.hooksPath": str(repo.path.parent / "hooks"),
        "core.fsmonitor": program,
        "core.pager": program,
        "core.editor": program,
        "diff.external": program,
        "diff.evil.textconv": program,
        "filter.evil.clean": program,
        "filter.evil.process": program,
        "filter.evil.required": "true",
        "gpg.program": program,
        "commit.gpgSign": "true",
        "core.autocrlf": "true",
        "core.safecrlf": "true",
        "core.logAllRefUpdates": "always",
        "core.sharedRepository": "group",
        "user.useConfigOnly": "true",
        "user.name": "",
        "color.ui": "always",
    }
    for key, value in settings.items():
        repo.git("config", key, value)
    before = repo.path.joinpath("a.py").read_bytes()
    repository = found(repo.path)
    readme = change("read.md", b"text\n", None)
    apply(repository, [change("a.py", b"a = 2\r\n", before), readme], stage=False, now=NOW)
    undo(repository)
    apply(repository, [change("a.py", b"a = 2\r\n", before)], stage=True, now=NOW)
    undo(repository)
    with pytest.raises(ApplyError, match="filter 'evil', which is not run"):
        apply(repository, [readme], stage=True, now=NOW)
    refusals(repository, ["a.py"], include_dirty=False)
    assert not mark.exists()
    repo.git("update-ref", "refs/heads/other", "HEAD")
    assert mark.exists(), "the trap does not work, so it proves nothing"
    assert (repo.path / "a.py").read_bytes() == before
    assert not (repo.path / "read.md").exists()
    assert not (repo.path / ".git/logs/refs/integrity").exists()


def test_a_detached_head(repo: GitRepository) -> None:
    """It stays where it is."""
    repo.git("checkout", "--quiet", "--detach", "HEAD~1")
    there_and_back(repo)


def test_no_commit_yet(tmp_path: Path) -> None:
    """The backup has no parent then."""
    repo = create(tmp_path / "repo")
    repo.write("a.py", "a = 1\n")
    there_and_back(repo)
    repo.git("add", "a.py")
    there_and_back(repo, stage=False)
    assert repo.text("log", "--format=%P", backups(found(repo.path))[0].ref) == ""


def test_a_linked_work_tree(repo: GitRepository, tmp_path: Path) -> None:
    """It has its own files, index and journal; its backups are refs of the repository, undone only in their tree."""
    repo.git("worktree", "add", "--quiet", str(tmp_path / "linked"), "-b", "side")
    linked = GitRepository(tmp_path / "linked")
    main = state(repo)
    there_and_back(linked)
    applied = apply(found(linked.path), [change("a.py", b"a = 2\n", b"a = 1\n")], stage=True, now=NOW)
    assert state(repo) == main._replace(refs=state(repo).refs)
    assert repo.git("show", f"{applied.backup}:before/a.py") == b"a = 1\n"
    assert backups(found(repo.path)) == []
    with pytest.raises(ApplyError, match=r"another work tree of this repository \(worktrees/linked\)"):
        undo(found(repo.path), applied.backup)
    assert undo(found(linked.path)).restored == ("a.py",)


def test_a_moved_work_tree(repo: GitRepository, tmp_path: Path) -> None:
    """A repository may be moved between applying and undoing."""
    before = state(repo)
    apply(found(repo.path), [change("a.py", b"a = 2\n", b"a = 1\n")], stage=True, now=NOW)
    moved = GitRepository(repo.path.rename(tmp_path / "mo ved"))
    assert undo(found(moved.path)).restored == ("a.py",)
    assert state(moved) == before


def test_a_shallow_clone(repo: GitRepository, tmp_path: Path) -> None:
    """The parent of its only commit is not there."""
    there_and_back(clone(repo, tmp_path / "shallow", "--depth=1"))


def test_a_repository_as_submodule(repo: GitRepository, tmp_path: Path) -> None:
    """Run inside a submodule, it is a repository like any other."""
    outer = create(tmp_path / "outer")
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", repo.path.as_uri(), "sub")
    there_and_back(GitRepository(outer.path / "sub"))


def test_a_split_index_and_index_extensions(repo: GitRepository) -> None:
    """Other formats of the index are as good."""
    repo.git("update-index", "--split-index")
    there_and_back(repo)
    repo.git("update-index", "--no-split-index", "--index-version", "4", "--untracked-cache")
    there_and_back(repo)


def test_sparse_checkouts(repo: GitRepository) -> None:
    """Inside the sparse part all is as ever; outside, files are refused."""
    repo.commit({"in/x.py": "1\n", "out/y.py": "1\n"})
    repo.git("sparse-checkout", "set", "in")
    there_and_back(repo)
    assert "skip-worktree" in refusals(found(repo.path), ["out/y.py"], include_dirty=False)["out/y.py"]


def test_packed_refs_and_many_backups(repo: GitRepository) -> None:
    """Listing does not depend on how refs are stored."""
    for hours in range(3):
        moment = NOW + timedelta(hours=hours)
        text = (repo.path / "a.py").read_bytes()
        apply(found(repo.path), [change("a.py", b"%d\n" % hours, text)], stage=False, now=moment)
    repo.git("pack-refs", "--all")
    undo(found(repo.path))
    assert [one.state for one in backups(found(repo.path))] == ["undone", "complete", "complete"]
    assert (repo.path / "a.py").read_bytes() == b"1\n"


def test_commits_after_applying(repo: GitRepository) -> None:
    """Whoever committed the result gets the old state back as a change; the commit stays."""
    apply(found(repo.path), [change("a.py", b"a = 2\n", b"a = 1\n")], stage=True, now=NOW)
    repo.git("commit", "--quiet", "--message", "restored")
    head = repo.text("rev-parse", "HEAD")
    undo(found(repo.path))
    assert repo.text("rev-parse", "HEAD") == head
    assert repo.text("status", "--porcelain") == "M  a.py"


def test_hard_links(repo: GitRepository) -> None:
    """As with git itself, other names of the same file keep the old content."""
    (repo.path / "twin.txt").hardlink_to(repo.path / "a.py")
    apply(found(repo.path), [change("a.py", b"a = 2\n", b"a = 1\n")], stage=False, now=NOW)
    assert (repo.path / "twin.txt").read_bytes() == b"a = 1\n"


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o2775, 0o711])
def test_modes_are_kept(repo: GitRepository, mode: int) -> None:
    """All bits; another is set only where the change asks for it."""
    place = repo.path / "a.py"
    place.chmod(mode)
    before = state(repo)
    apply(found(repo.path), [change("a.py", b"a = 2\n", b"a = 1\n")], stage=True, now=NOW)
    assert state(repo).files["a.py"][0] == before.files["a.py"][0]
    undo(found(repo.path))
    wanted = 0o100644 if mode & 0o100 else 0o100755
    apply(found(repo.path), [change("a.py", b"a = 2\n", b"a = 1\n", wanted)], stage=True, now=NOW)
    assert bool(place.stat().st_mode & 0o100) is not bool(mode & 0o100)
    assert repo.git("ls-files", "-s", "a.py").startswith(b"%o" % wanted)
    undo(found(repo.path))
    assert state(repo) == before
