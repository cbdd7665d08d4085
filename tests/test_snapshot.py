"""The same content gives the same snapshot however it is read; what cannot be read is a gap, never silence."""

from __future__ import annotations

import os
import pickle
import socket
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.errors import GitError, TargetError, UnreadableError
from integrity.git.objects import hash_blob
from integrity.snapshot.snapshot import Snapshot, take
from tests.support.repository import GitRepository, create


@pytest.fixture
def repo(tmp_path: Path) -> GitRepository:
    """A repository with Python and other files."""
    repository = create(tmp_path / "repo")
    repository.commit(
        {"a.py": "a = 1\n", "pkg/b.py": "b = 2\n", "pkg/c.pyi": "c: int\n", "d.pyw": "d\n", "README": "x\n"}
    )
    return repository


def names(snapshot: Snapshot) -> list[str]:
    """The paths of the entries."""
    return [entry.path for entry in snapshot.entries]


def contents(snapshot: Snapshot) -> dict[str, bytes]:
    """What the reader gives for each entry."""
    with snapshot.reader.open() as reader:
        return {entry.path: reader.read(entry) for entry in snapshot.entries}


def three_ways(repo: GitRepository) -> list[Snapshot]:
    """The work tree, the index and the newest commit."""
    return [take([repo.path]), take([repo.path], staged=True), take([repo.path], rev="HEAD")]


# The same content, however read -----------------------------------------------------------------------------------


def test_work_tree_index_and_revision_agree(repo: GitRepository) -> None:
    """Entries, bytes, gaps, notes and packages are equal; only the kind differs."""
    repo.write("pkg/__init__.py", "")
    (repo.path / "in.py").symlink_to("a.py")
    (repo.path / "out.py").symlink_to("/nowhere/x.py")
    repo.commit()
    disk, index, revision = three_ways(repo)
    assert names(disk) == ["a.py", "d.pyw", "pkg/__init__.py", "pkg/b.py", "pkg/c.pyi"]
    assert disk.entries == index.entries == revision.entries
    assert contents(disk) == contents(index) == contents(revision)
    assert disk.notes == index.notes == revision.notes
    assert disk.notes == ("1 symbolic link that leads out of the tree or nowhere left alone",)
    assert disk.packages == index.packages == revision.packages == ("pkg/__init__.py",)
    assert [disk.kind, index.kind, revision.kind] == ["worktree", "index", "revision"]
    assert [disk.revision, revision.revision] == [None, repo.text("rev-parse", "HEAD")]


PATH_NAMES = st.text(st.sampled_from("ab \n\t\"'\\é*?[]:!-"), min_size=1, max_size=5).filter(lambda name: name.strip())


@settings(max_examples=15, deadline=None)
@given(st.dictionaries(PATH_NAMES.map(lambda name: f"{name}.py"), st.binary(max_size=40), min_size=1, max_size=4))
def test_any_names_and_bytes_agree(files: dict[str, bytes]) -> None:
    """Quotes, line breaks, spaces and any bytes pass through all three ways unchanged."""
    with tempfile.TemporaryDirectory() as folder:
        repo = create(Path(folder) / "repo")
        repo.commit(dict(files))
        for snapshot in three_ways(repo):
            assert contents(snapshot) == files
            assert all(entry.blob == hash_blob(files[entry.path], "sha1") for entry in snapshot.entries)


def test_names_that_are_not_utf8_agree(repo: GitRepository) -> None:
    """Other bytes in a name survive as surrogate escapes."""
    place = os.fsencode(repo.path) + b"/\xff.py"
    with open(place, "wb") as file:  # noqa: PTH123 - a name in bytes
        file.write(b"z\n")
    assert contents(take([repo.path]))["\udcff.py"] == b"z\n"
    repo.commit()
    assert all(contents(snapshot)["\udcff.py"] == b"z\n" for snapshot in three_ways(repo))


def test_a_snapshot_is_read_in_a_spawned_process(repo: GitRepository) -> None:
    """The reader travels to another process."""
    for snapshot in three_ways(repo):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            assert pool.submit(contents, snapshot).result() == contents(snapshot)
        assert pickle.loads(pickle.dumps(snapshot)) == snapshot  # noqa: S301 - our own


def test_the_working_directory_has_no_say(repo: GitRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are relative to the root wherever the user stands."""
    expected = take([repo.path])
    monkeypatch.chdir(repo.path / "pkg")
    assert take([Path("..")]) == expected
    assert names(take([])) == ["pkg/b.py", "pkg/c.pyi"]


# The work tree ----------------------------------------------------------------------------------------------------


def test_the_work_tree_is_what_is_on_disk(repo: GitRepository) -> None:
    """Changed, deleted, untracked and ignored files are seen as they are."""
    repo.write(".gitignore", "ignored.py\n")
    repo.write("ignored.py")
    repo.write("new.py", "new\n")
    repo.write("a.py", "changed\n")
    (repo.path / "d.pyw").unlink()
    snapshot = take([repo.path])
    assert names(snapshot) == ["a.py", "new.py", "pkg/b.py", "pkg/c.pyi"]
    assert snapshot.entries[0].blob == hash_blob(b"changed\n", "sha1")
    assert names(take([repo.path], staged=True)) == ["a.py", "d.pyw", "pkg/b.py", "pkg/c.pyi"]


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_flags_in_the_index_hide_nothing(repo: GitRepository, flag: str) -> None:
    """A change that git was told to overlook is seen; a file that a sparse checkout left out is absent."""
    repo.git("update-index", flag, "a.py", "d.pyw")
    repo.write("a.py", "hidden change\n")
    (repo.path / "d.pyw").unlink()
    snapshot = take([repo.path])
    assert names(snapshot) == ["a.py", "pkg/b.py", "pkg/c.pyi"]
    assert contents(snapshot)["a.py"] == b"hidden change\n"
    assert snapshot.entries[0].blob == hash_blob(b"hidden change\n", "sha1")


@pytest.mark.parametrize("attribute", ["filter=rot", "ident", "working-tree-encoding=UTF-16LE"])
def test_converted_files_are_known_by_what_is_on_disk(repo: GitRepository, attribute: str) -> None:
    """Where git converts between blob and disk, the blob's id is not the file's."""
    repo.git("config", "filter.rot.clean", "tr a-z b-za")
    repo.git("config", "filter.rot.smudge", "tr b-za a-z")
    repo.write(".gitattributes", f"k.py {attribute}\n")
    text = "# $Id$ k\n"
    repo.commit({"k.py": text.encode("utf-16-le" if "UTF-16" in attribute else "utf-8")})
    repo.git("rm", "-q", "--cached", "k.py")
    repo.git("add", "k.py")
    (repo.path / "k.py").unlink()
    repo.git("checkout", "--", "k.py")
    snapshot = take([repo.path / "k.py"])
    read = contents(snapshot)["k.py"]
    assert read == (repo.path / "k.py").read_bytes()
    assert snapshot.entries[0].blob == hash_blob(read, "sha1") != repo.text("rev-parse", ":k.py")


def test_line_ends_alone_keep_the_identity_of_the_blob(repo: GitRepository) -> None:
    """CR LF on disk for LF in git decodes to the same text, so results may be shared; other bytes may not."""
    repo.git("config", "core.autocrlf", "true")
    (repo.path / "a.py").unlink()
    repo.git("checkout", "--", "a.py")
    snapshot = take([repo.path / "a.py"])
    (entry,) = snapshot.entries
    with snapshot.reader.open() as reader:
        content = reader.read(entry)
        assert content == b"a = 1\r\n"
        assert reader.identity(entry, content) == entry.blob == hash_blob(b"a = 1\n", "sha1")
        assert reader.identity(entry, b"a = 2\r\n") == hash_blob(b"a = 2\r\n", "sha1")
        two_line_ends = entry._replace(blob=hash_blob(b"a\r\n", "sha1"))
        assert reader.identity(two_line_ends, b"a\r\r\n") == hash_blob(b"a\r\r\n", "sha1")


def test_a_linked_work_tree_is_a_root_of_its_own(repo: GitRepository, tmp_path: Path) -> None:
    """Its own index and HEAD, the shared objects."""
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"), "-b", "side")
    linked = GitRepository(tmp_path / "linked")
    linked.commit({"only.py": "here\n"})
    assert all("only.py" in contents(snapshot) for snapshot in three_ways(linked))
    assert "only.py" not in names(take([repo.path]))


# The index --------------------------------------------------------------------------------------------------------


def test_staged_content_is_what_is_read(repo: GitRepository) -> None:
    """Not what the work tree holds meanwhile; a file merely announced to git is not in the next commit."""
    repo.write("a.py", "staged\n")
    repo.git("add", "a.py")
    repo.write("a.py", "later\n")
    repo.write("announced.py", "soon\n")
    repo.git("add", "--intent-to-add", "announced.py")
    snapshot = take([repo.path], staged=True)
    assert contents(snapshot)["a.py"] == b"staged\n"
    assert "announced.py" not in names(snapshot)
    assert contents(take([repo.path]))["announced.py"] == b"soon\n"


def test_unmerged_files_are_gaps_when_staged_and_scanned_once_on_disk(repo: GitRepository) -> None:
    """The next commit cannot hold them yet; the work tree does."""
    repo.branch("side")
    repo.commit({"a.py": "side\n"})
    repo.git("checkout", "-q", "main")
    repo.commit({"a.py": "main\n"})
    repo.git("merge", "side", check=False)
    staged = take([repo.path], staged=True)
    assert [(gap.path, gap.reason) for gap in staged.gaps] == [
        ("a.py", "unmerged in the index: resolve the conflict and `git add`")
    ]
    assert "a.py" not in names(staged)
    assert names(take([repo.path])).count("a.py") == 1


def test_a_damaged_index_is_a_git_error(repo: GitRepository) -> None:
    """Without the index nobody knows what is tracked."""
    (repo.path / ".git" / "index").write_bytes(b"rubbish" * 10)
    with pytest.raises(GitError, match="index"):
        take([repo.path])


# Links, submodules, odd files -------------------------------------------------------------------------------------


def test_links_are_never_followed(repo: GitRepository, tmp_path: Path) -> None:
    """Loops, folders, files: each file is scanned once; only links that hide something are counted."""
    outside = create(tmp_path / "outside").write("secret.py").parent
    (repo.path / "loop").symlink_to(".")
    (repo.path / "same.py").symlink_to("pkg/b.py")
    (repo.path / "away").symlink_to(outside)
    (repo.path / "broken.py").symlink_to("nothing.py")
    for snapshot in (take([repo.path]), *(repo.commit() and three_ways(repo))):
        assert names(snapshot) == ["a.py", "d.pyw", "pkg/b.py", "pkg/c.pyi"]
        assert snapshot.notes == ("2 symbolic links that lead out of the tree or nowhere left alone",)


def test_a_folder_replaced_by_a_link_out_is_not_entered(repo: GitRepository, tmp_path: Path) -> None:
    """Tracked files that are only there through a link are not there."""
    (repo.path / "pkg").rename(tmp_path / "moved")
    (repo.path / "pkg").symlink_to(tmp_path / "moved")
    assert names(take([repo.path])) == ["a.py", "d.pyw"]


def test_submodules_and_nested_repositories_are_named_and_left_alone(repo: GitRepository, tmp_path: Path) -> None:
    """In every way of scanning; what lies in one must be scanned on its own."""
    library = create(tmp_path / "library")
    library.commit({"lib.py": "lib\n"})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.path.as_uri(), "vendor/x")
    repo.commit()
    create(repo.path / "nested").commit({"n.py": "n\n"})
    disk, index, revision = three_ways(repo)
    assert index.notes == revision.notes == ("submodule vendor/x left alone",)
    assert disk.notes == ("nested repository nested left alone", "submodule vendor/x left alone")
    assert disk.entries == index.entries == revision.entries
    assert take([repo.path], exclude=["vendor/"], staged=True).notes == ()
    assert names(take([repo.path / "vendor" / "x"])) == ["lib.py"]
    with pytest.raises(TargetError, match="scan it on its own"):
        take([repo.path, repo.path / "vendor" / "x" / "lib.py"])


@pytest.mark.parametrize("kind", ["directory", "pipe", "socket"])
def test_what_is_no_regular_file_is_a_gap(repo: GitRepository, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """In the place of a tracked file, and without waiting for anyone to write to it."""
    (repo.path / "a.py").unlink()
    if kind == "directory":
        (repo.path / "a.py").mkdir()
    elif kind == "pipe":
        os.mkfifo(repo.path / "a.py")
    else:
        monkeypatch.chdir(repo.path)  # the name of a socket must be short
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("a.py")
    snapshot = take([repo.path])
    assert [gap.path for gap in snapshot.gaps] == ["a.py"]
    assert "not a file" in snapshot.gaps[0].reason
    assert names(snapshot) == ["d.pyw", "pkg/b.py", "pkg/c.pyi"]


def test_a_file_that_changes_after_the_listing_is_unreadable_not_wrong(repo: GitRepository, tmp_path: Path) -> None:
    """Gone, turned into a link, a folder or a giant: each is said."""
    snapshot = take([repo.path / "a.py"], max_file_size=100)
    (entry,) = snapshot.entries
    place = repo.path / "a.py"
    with snapshot.reader.open() as reader:
        place.write_bytes(b"x" * 200)
        with pytest.raises(UnreadableError, match="over max-file-size"):
            reader.read(entry)
        place.unlink()
        with pytest.raises(UnreadableError, match="No such file"):
            reader.read(entry)
        place.symlink_to(tmp_path)
        with pytest.raises(UnreadableError, match="symbolic link"):
            reader.read(entry)
        place.unlink()
        place.mkdir()
        with pytest.raises(UnreadableError, match="directory"):
            reader.read(entry)


def test_large_files_are_gaps_in_every_way(repo: GitRepository) -> None:
    """Not read, and said with the size and the limit."""
    repo.commit({"big.py": b"#" * 2_000_000, "edge.py": b"#" * 1_000_000, "over.py": b"#" * 1_000_001})
    for staged, rev in ((False, None), (True, None), (False, "HEAD")):
        snapshot = take([repo.path], staged=staged, rev=rev, max_file_size=1_000_000)
        assert [(gap.path, gap.reason) for gap in snapshot.gaps] == [
            ("big.py", "is 2.0 MB, over max-file-size (1.0 MB)"),
            ("over.py", "is 1,000,001 bytes, over max-file-size (1,000,000 bytes)"),
        ]
        assert "edge.py" in names(snapshot)


# Paths ------------------------------------------------------------------------------------------------------------


def test_paths_restrict_what_is_scanned(repo: GitRepository) -> None:
    """Files and folders, several, overlapping; packages are still known from everywhere."""
    assert names(take([repo.path / "pkg"])) == ["pkg/b.py", "pkg/c.pyi"]
    assert names(take([repo.path / "a.py", repo.path / "pkg" / "b.py"])) == ["a.py", "pkg/b.py"]
    assert names(take([repo.path, repo.path / "pkg"], rev="HEAD")) == ["a.py", "d.pyw", "pkg/b.py", "pkg/c.pyi"]
    repo.commit({"other/__init__.py": ""})
    assert take([repo.path / "pkg"]).packages == ("other/__init__.py",)


def test_a_path_through_a_link_means_what_it_leads_to(repo: GitRepository, tmp_path: Path) -> None:
    """As `/tmp` is a link on some machines."""
    (tmp_path / "alias").symlink_to(repo.path)
    assert names(take([tmp_path / "alias" / "pkg" / "b.py"])) == ["pkg/b.py"]


def test_a_path_in_the_revision_alone_is_fine(repo: GitRepository) -> None:
    """What was deleted since can still be scanned where it was."""
    repo.git("rm", "-rq", "pkg")
    repo.commit()
    assert names(take([repo.path / "pkg"], rev="HEAD~1")) == ["pkg/b.py", "pkg/c.pyi"]
    assert names(take([repo.path / "pkg" / "b.py"], rev="HEAD~1")) == ["pkg/b.py"]
    for rev in (None, "HEAD"):
        with pytest.raises(TargetError, match="no such file or folder"):
            take([repo.path / "pkg"], rev=rev)


def test_wrong_targets_are_one_clear_line(repo: GitRepository, tmp_path: Path) -> None:
    """Nowhere, outside, not Python, contradictory."""
    cases: list[tuple[list[Path], str]] = [
        ([repo.path / "none.py"], "no such file or folder"),
        ([repo.path, tmp_path], "lies outside"),
        ([repo.path / "README"], "not a Python file"),
        ([Path("a\0b")], "cannot be found"),
    ]
    for paths, why in cases:
        with pytest.raises(TargetError, match=why) as caught:
            take(paths)
        assert len(caught.value.lines) == 1
    with pytest.raises(TargetError, match="choose --staged or --rev"):
        take([repo.path], staged=True, rev="HEAD")


@pytest.mark.parametrize(
    "line", ["#!/usr/bin/env python3", "#! /usr/bin/python -u", "#!/usr/bin/env -S uv run --script", "#!/opt/pypy3.10"]
)
def test_a_named_script_is_python_by_its_first_line(repo: GitRepository, line: str) -> None:
    """In every way, but only when it is named."""
    repo.commit({"tool": f"{line}\nprint()\n"})
    for staged, rev in ((False, None), (True, None), (False, "HEAD")):
        assert names(take([repo.path / "tool"], staged=staged, rev=rev)) == ["tool"]
        assert "tool" not in names(take([repo.path], staged=staged, rev=rev))


@pytest.mark.parametrize("line", ["#!/bin/sh", "#!/usr/bin/env pythonic", "# python", "#!/bin/mypython"])
def test_other_scripts_are_not_python(repo: GitRepository, line: str) -> None:
    """A shell script is refused by name."""
    repo.write("tool", f"{line}\n")
    with pytest.raises(TargetError, match="not a Python file"):
        take([repo.path / "tool"])


def test_a_named_file_is_scanned_though_git_ignores_it(repo: GitRepository) -> None:
    """The user's word counts for more than `.gitignore`, and less than the configured excludes."""
    repo.write(".gitignore", "gen/\n")
    repo.write("gen/x.py")
    assert names(take([repo.path / "gen" / "x.py"])) == ["gen/x.py"]
    assert names(take([repo.path / "gen" / "x.py"], exclude=["gen/"])) == []


def test_excludes_apply_to_every_way(repo: GitRepository) -> None:
    """Relative to the root, wherever the scan begins."""
    for staged, rev in ((False, None), (True, None), (False, "HEAD")):
        assert names(take([repo.path], staged=staged, rev=rev, exclude=["pkg/", "*.pyw"])) == ["a.py"]
        assert names(take([repo.path / "pkg"], staged=staged, rev=rev, exclude=["/pkg/b.py"])) == ["pkg/c.pyi"]


# Without git, without a work tree -----------------------------------------------------------------------------------


def test_a_plain_folder_is_walked(tmp_path: Path) -> None:
    """Tools' own folders are skipped by exact name, virtual environments by their marker."""
    for path in ("a.py", "b/c.py", "venv/d.py", "node_modules/e.py", "node_modules2/f.py", "x/env/lib/g.py", "h.txt"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(f"{path!r}\n")
    (tmp_path / "x" / "env" / "pyvenv.cfg").touch()
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "away.py").symlink_to("/nowhere.py")
    os.mkfifo(tmp_path / "pipe.py")
    snapshot = take([tmp_path])
    assert names(snapshot) == ["a.py", "b/c.py", "node_modules2/f.py", "venv/d.py"]
    assert [gap.path for gap in snapshot.gaps] == ["pipe.py"]
    assert (snapshot.in_repository, snapshot.kind) == (False, "worktree")
    assert snapshot.notes == ("1 symbolic link that leads out of the tree or nowhere left alone",)
    assert contents(snapshot)["b/c.py"] == b"'b/c.py'\n"
    assert snapshot.entries[0].blob == hash_blob(b"'a.py'\n", "sha1")


def test_untracked_tool_folders_are_skipped_tracked_ones_are_not(repo: GitRepository) -> None:
    """What is committed is part of the project, whatever its name."""
    repo.write("env/pyvenv.cfg")
    repo.write("env/lib.py")
    repo.write("node_modules/x.py")
    assert names(take([repo.path])) == ["a.py", "d.pyw", "pkg/b.py", "pkg/c.pyi"]
    repo.commit()
    assert {"env/lib.py", "node_modules/x.py"} < set(names(take([repo.path])))


def test_the_root_of_a_plain_folder_is_the_configured_project(tmp_path: Path) -> None:
    """So that paths read the same whichever part is scanned; without a configuration, the folder named."""
    (tmp_path / "p" / "src").mkdir(parents=True)
    (tmp_path / "p" / "src" / "m.py").write_text("m\n")
    assert names(take([tmp_path / "p" / "src"])) == ["m.py"]
    (tmp_path / "p" / "pyproject.toml").touch()
    assert names(take([tmp_path / "p" / "src"])) == ["src/m.py"]
    assert names(take([tmp_path / "p" / "src" / "m.py"])) == ["src/m.py"]


def test_index_and_revision_need_a_repository(tmp_path: Path) -> None:
    """Outside git the message says what works."""
    for staged, rev in ((True, None), (False, "HEAD")):
        with pytest.raises(TargetError, match="is not in a git repository"):
            take([tmp_path], staged=staged, rev=rev)


def test_a_bare_repository_is_scanned_by_revision(repo: GitRepository, tmp_path: Path) -> None:
    """It has no work tree and no index."""
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare.git"))
    assert take([tmp_path / "bare.git"], rev="main").entries == take([repo.path]).entries
    for staged in (False, True):
        with pytest.raises(TargetError, match="--rev"):
            take([tmp_path / "bare.git"], staged=staged)


def test_a_detached_head_and_no_commit_at_all(repo: GitRepository, tmp_path: Path) -> None:
    """Neither hinders a scan; a revision that is not there is said."""
    repo.git("checkout", "-q", "--detach")
    assert len({snapshot.entries for snapshot in three_ways(repo)}) == 1
    unborn = create(tmp_path / "unborn")
    unborn.write("a.py")
    assert names(take([unborn.path])) == ["a.py"]
    assert names(take([unborn.path], staged=True)) == []
    with pytest.raises(TargetError, match="no commit yet"):
        take([unborn.path], rev="HEAD")
