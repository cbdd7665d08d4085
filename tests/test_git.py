"""Git is asked safely: nothing a repository names is run, nothing inherited redirects it, nothing is fetched."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.errors import GitError, TargetError, UnreadableError
from integrity.git.format import unopened_folders
from integrity.git.objects import BlobReader, ObjectStore, hash_blob
from integrity.git.repository import GitMissingError, Repository
from integrity.snapshot.snapshot import take
from tests.support.repository import GitRepository, clone, create


@pytest.fixture
def repo(tmp_path: Path) -> GitRepository:
    """A repository with one commit of two files."""
    repository = create(tmp_path / "repo")
    repository.commit({"a.py": "a = 1\n", "pkg/b.py": "b = 2\n"})
    return repository


def found(path: Path) -> Repository:
    """The repository around `path`, which must be there."""
    repository = Repository.discover(path)
    assert repository is not None
    return repository


def test_discovery_finds_the_root_from_below(repo: GitRepository) -> None:
    """Any folder of a work tree, even one that does not exist, leads to its root."""
    assert found(repo.path / "pkg").root == repo.path
    assert found(repo.path / "gone" / "deeper").root == repo.path
    assert not found(repo.path).bare


def test_discovery_finds_nothing_outside_git(tmp_path: Path) -> None:
    """A plain folder is no repository, nor is one with an empty `.git`."""
    (tmp_path / "x" / ".git").mkdir(parents=True)
    assert Repository.discover(tmp_path) is None
    assert Repository.discover(tmp_path / "x") is None


def test_a_bare_repository_has_no_work_tree(tmp_path: Path) -> None:
    """Its root is its git directory."""
    create(tmp_path / "bare.git", bare=True)
    repository = found(tmp_path / "bare.git")
    assert (repository.bare, repository.root) == (True, tmp_path / "bare.git")


def test_dubious_ownership_is_one_clear_line(repo: GitRepository) -> None:
    """A repository of another user is refused, with the command that trusts it."""
    if os.geteuid() == 0:
        for place in (repo.path, repo.path / ".git"):
            os.chown(place, 12345, 12345)
        with pytest.raises(GitError, match=r"safe\.directory") as caught:
            Repository.discover(repo.path)
        assert len(caught.value.lines) == 1
    else:
        assert found(repo.path).root == repo.path


def test_a_broken_configuration_is_a_git_error(repo: GitRepository) -> None:
    """What git cannot read is said, in git's words."""
    (repo.path / ".git" / "config").write_text("[core\n")
    with pytest.raises(GitError, match="bad config"):
        Repository.discover(repo.path)


def test_git_missing_is_said(repo: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With git loaded before, and gone from the PATH now."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitMissingError, match="install it"):
        Repository.discover(repo.path)


def test_git_missing_at_start_is_said_and_a_folder_still_scans(repo: GitRepository, tmp_path: Path) -> None:
    """In a fresh process without git, the work tree is scanned as a plain folder, with a note."""
    code = (
        "import sys; from pathlib import Path; from integrity.snapshot.snapshot import take\n"
        "s = take([Path(sys.argv[1])]); print(len(s.entries), s.in_repository, s.notes)"
    )
    environment = {**os.environ, "PATH": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[1])}
    command = [sys.executable, "-c", code, str(repo.path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.startswith("2 False ('git cannot be run")


@pytest.mark.parametrize("rev", ["HEAD", "main", "HEAD~0", "v1"])
def test_revisions_resolve_to_the_commit(repo: GitRepository, rev: str) -> None:
    """Branches, expressions and annotated tags are peeled."""
    repo.git("tag", "-a", "v1", "-m", "one")
    assert found(repo.path).resolve(rev) == repo.text("rev-parse", "HEAD")


def test_a_tree_is_a_revision(repo: GitRepository) -> None:
    """What names no commit may name a tree."""
    assert found(repo.path).resolve("HEAD:pkg") == repo.text("rev-parse", "HEAD:pkg")


@pytest.mark.parametrize("rev", ["nope", "", "--all", "-x", "HEAD:a.py", "a..b", "x\0y", "HEAD\nHEAD"])
def test_no_such_revision_says_what_to_do(repo: GitRepository, rev: str) -> None:
    """A bad revision, or an option in its place, is one line with advice."""
    with pytest.raises(TargetError, match="no such revision") as caught:
        found(repo.path).resolve(rev)
    assert "git log" in caught.value.lines[0]


def test_advice_knows_unborn_and_shallow(tmp_path: Path, repo: GitRepository) -> None:
    """The advice fits a repository without a commit, and one without its history."""
    empty = create(tmp_path / "empty")
    with pytest.raises(TargetError, match="no commit yet"):
        found(empty.path).resolve("HEAD")
    repo.commit({"a.py": "a = 2\n"})
    shallow = clone(repo, tmp_path / "shallow", "--depth=1")
    with pytest.raises(TargetError, match="--unshallow"):
        found(shallow.path).resolve("HEAD~1")


def test_tracks_says_what_the_index_holds(repo: GitRepository) -> None:
    """Files and folders, literally."""
    repository = found(repo.path)
    assert [repository.tracks(path) for path in ("a.py", "pkg", "*.py", "none")] == [True, True, False, False]


def test_unlistable_folders_are_read_from_the_warnings() -> None:
    """A folder git could not open is not lost."""
    complaint = "warning: could not open directory 'a b/': Permission denied\n"
    assert unopened_folders(complaint) == [("a b", "Permission denied")]


# Hostile settings ---------------------------------------------------------------------------------------------------


def trap(folder: Path, name: str) -> tuple[str, Path]:
    """A program that leaves a mark when it is run: the command, and the mark."""
    mark = folder / f"{name}.ran"
    script = folder / f"{name}.sh"
    script.write_text(f"#!/bin/sh\ntouch '{mark}'\ncat\n")
    script.chmod(0o755)
    return str(script), mark


KEYS = (
    *("core.fsmonitor", "core.pager", "core.sshCommand", "core.askPass", "core.editor", "diff.external"),
    *("filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "filter.My Evil.clean", "diff.evil.textconv"),
    *("diff.evil.command", "credential.helper", "alias.ls-files", "alias.cat-file", "pager.ls-tree", "gpg.program"),
    *("core.alternateRefsCommand", "uploadpack.packObjectsHook", "remote.origin.uploadpack", "remote.origin.vcs"),
)


def test_no_program_named_in_the_configuration_is_run(repo: GitRepository, tmp_path: Path) -> None:
    """Filters, monitors, hooks, pagers, aliases, helpers: with every file racily dirty, none of them starts."""
    repo.commit({".gitattributes": '*.py filter=evil diff=evil\npkg/*.py "filter=My Evil"\n'})
    marks = []
    for number, key in enumerate(KEYS):
        program, mark = trap(tmp_path, f"key{number}")
        repo.git("config", key, program)
        marks.append(mark)
    repo.git("config", "filter.evil.required", "true")
    program, mark = trap(tmp_path, "hook")
    for hook in ("post-index-change", "post-checkout", "pre-commit", "reference-transaction", "fsmonitor-watchman"):
        (repo.path / ".git" / "hooks" / hook).symlink_to(program)
    repo.write("a.py", "a = 3\n")  # the same size, in the same second
    snapshots = [take([repo.path]), take([repo.path], staged=True), take([repo.path], rev="HEAD")]
    for snapshot in snapshots:
        with snapshot.reader.open() as reader:
            assert all(reader.read(entry) for entry in snapshot.entries)
    assert [len(snapshot.entries) for snapshot in snapshots] == [2, 2, 2]
    assert [place.name for place in (*marks, mark) if place.exists()] == []


def test_the_traps_work(repo: GitRepository, tmp_path: Path) -> None:
    """Plain git does run such a program, so that its silence above means something."""
    program, mark = trap(tmp_path, "filter")
    repo.commit({".gitattributes": "*.py filter=evil\n"})
    repo.git("config", "filter.evil.clean", program)
    repo.write("a.py", "a = 3\n")
    repo.git("add", "a.py")
    assert mark.exists()


def test_a_filter_that_cannot_be_switched_off_is_refused(repo: GitRepository) -> None:
    """Its name would be cut at the equals sign."""
    with (repo.path / ".git" / "config").open("a") as config:
        config.write('[filter "a=b"]\n\tclean = false\n')
    with pytest.raises(GitError, match="filter named 'a=b'"):
        take([repo.path])


@pytest.mark.parametrize(
    ("key", "value"),
    [("color.ui", "always"), ("core.quotePath", "true"), ("core.autocrlf", "true"), ("status.showUntrackedFiles", "no"),
     ("core.checkStat", "minimal"), ("diff.noprefix", "true"), ("core.fileMode", "true"), ("core.ignoreCase", "true"),
     ("diff.ignoreSubmodules", "none"), ("submodule.recurse", "true"), ("core.preloadIndex", "false")],
)  # fmt: skip
def test_settings_change_no_listing(repo: GitRepository, key: str, value: str) -> None:
    """The listing is the same whatever the user set."""
    repo.write("new é.py")
    expected = take([repo.path]).entries
    repo.git("config", key, value)
    assert take([repo.path]).entries == expected
    assert [entry.path for entry in expected] == ["a.py", "new é.py", "pkg/b.py"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("GIT_DIR", "/nowhere"), ("GIT_WORK_TREE", "/"), ("GIT_INDEX_FILE", "/nowhere/index"), ("GIT_PREFIX", "pkg/"),
     ("GIT_OBJECT_DIRECTORY", "/nowhere"), ("GIT_COMMON_DIR", "/nowhere"), ("GIT_EXTERNAL_DIFF", "false"),
     ("GIT_CONFIG_PARAMETERS", "'core.bare=true'"), ("GIT_LITERAL_PATHSPECS", "1"), ("GIT_REPLACE_REF_BASE", "refs/x/"),
     ("GIT_DEFAULT_HASH", "sha256"), ("GIT_ATTR_SOURCE", "nope"), ("GIT_INDEX_VERSION", "4")],
)  # fmt: skip
def test_inherited_variables_lead_nowhere_else(
    repo: GitRepository, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """Every way of listing and reading ignores them."""
    monkeypatch.setenv(name, value)
    for options in ({}, {"staged": True}, {"rev": "HEAD"}):
        snapshot = take([repo.path], **options)
        with snapshot.reader.open() as reader:
            assert [reader.read(entry) for entry in snapshot.entries] == [b"a = 1\n", b"b = 2\n"]


def test_the_index_of_a_running_commit_is_the_one_checked(repo: GitRepository, tmp_path: Path) -> None:
    """`git commit -a` and `git commit PATH` show their hooks another index; the hook's scan sees it."""
    report = tmp_path / "report"
    code = (
        "from pathlib import Path; from integrity.snapshot.snapshot import take; s = take([Path()], staged=True)\n"
        "with s.reader.open() as r: text = b''.join(r.read(e) for e in s.entries)\n"
        f"open({str(report)!r}, 'ab').write(text)"
    )
    hook = repo.write(
        ".git/hooks/pre-commit", f'#!/bin/sh\nPYTHONPATH="{Path(__file__).parents[1]}" "{sys.executable}" -c "{code}"\n'
    )
    hook.chmod(0o755)
    repo.write("a.py", "a = 'all'\n")
    repo.git("commit", "-q", "-a", "-m", "all")
    repo.write("a.py", "a = 'left'\n")
    repo.write("pkg/b.py", "b = 'only'\n")
    repo.git("commit", "-q", "pkg/b.py", "-m", "only")
    assert report.read_bytes() == b"a = 'all'\nb = 2\n" + b"a = 'all'\nb = 'only'\n"


def test_replacements_do_not_change_what_is_read(repo: GitRepository) -> None:
    """`refs/replace` would give one id another content."""
    blob = repo.text("rev-parse", "HEAD:a.py")
    repo.git("replace", blob, repo.text("rev-parse", "HEAD:pkg/b.py"))
    expected = repo.text("rev-parse", "HEAD:pkg")
    repo.commit({"pkg/b.py": "b = 3\n"})
    repo.git("replace", "HEAD", "HEAD~1")
    with BlobReader(ObjectStore.of(found(repo.path))) as blobs:
        assert blobs.read(blob) == b"a = 1\n"
    assert found(repo.path).resolve("HEAD:pkg") != expected


# Objects ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_ids_and_reading_in_both_formats(tmp_path: Path, object_format: str) -> None:
    """An id computed here is git's, and leads back to the bytes."""
    repo = create(tmp_path / "repo", object_format=object_format)
    content = b"\0\xff\r\n"
    repo.commit({"a.py": content})
    blob = hash_blob(content, object_format)
    assert blob == repo.text("rev-parse", "HEAD:a.py")
    store: ObjectStore = pickle.loads(pickle.dumps(ObjectStore.of(found(repo.path))))  # noqa: S301 - our own
    with BlobReader(store) as blobs:
        assert blobs.read(blob) == content
    assert take([repo.path]).entries == take([repo.path], rev="HEAD").entries


@given(st.binary(max_size=200))
def test_ids_are_those_of_git(content: bytes) -> None:
    """Any bytes get the id that `git hash-object` gives."""
    done = subprocess.run(["git", "hash-object", "--stdin"], input=content, capture_output=True, check=True)
    assert hash_blob(content, "sha1") == done.stdout.decode().strip()


def test_missing_damaged_and_foreign_objects_are_unreadable_one_by_one(repo: GitRepository) -> None:
    """Each says why, and the next good one is still read."""
    bad = repo.text("hash-object", "-w", str(repo.write("bad.txt", "bad\n")))
    place = repo.path / ".git" / "objects" / bad[:2] / bad[2:]
    place.chmod(0o644)
    place.write_bytes(b"rubbish")
    good = repo.text("rev-parse", "HEAD:a.py")
    with BlobReader(ObjectStore.of(found(repo.path))) as blobs:
        for blob, why in (("0" * 39 + "1", "missing"), (bad, "missing|damaged"), ("x\n" + good, "not an object id")):
            with pytest.raises(UnreadableError, match=why):
                blobs.read(blob)
            assert blobs.read(good) == b"a = 1\n"
        with pytest.raises(UnreadableError, match="is a tree, not a blob"):
            blobs.read(repo.text("rev-parse", "HEAD^{tree}"))


def test_a_killed_process_is_replaced(repo: GitRepository) -> None:
    """The loss of git in the middle costs nothing."""
    good = repo.text("rev-parse", "HEAD:a.py")
    with BlobReader(ObjectStore.of(found(repo.path))) as blobs:
        assert blobs.read(good) == b"a = 1\n"
        assert blobs._process is not None
        blobs._process.kill()
        blobs._process.wait()
        assert blobs.read(good) == b"a = 1\n"


def test_a_partial_clone_has_gaps_and_fetches_nothing(repo: GitRepository, tmp_path: Path) -> None:
    """Absent blobs are named, and are still absent afterwards."""
    program, mark = trap(tmp_path, "uploadpack")
    partial = clone(repo, tmp_path / "partial", "--filter=blob:none", "--no-checkout")
    partial.git("config", "remote.origin.uploadpack", program)
    partial.git("config", "protocol.file.allow", "always")
    snapshot = take([partial.path], rev="HEAD")
    assert [gap.path for gap in snapshot.gaps] == ["a.py", "pkg/b.py"]
    assert all("missing" in gap.reason for gap in snapshot.gaps)
    assert not mark.exists()
    assert b"?" in partial.git("rev-list", "--objects", "--missing=print", "HEAD")
    with BlobReader(ObjectStore.of(found(partial.path))) as blobs, pytest.raises(UnreadableError, match="missing"):
        blobs.read(repo.text("rev-parse", "HEAD:a.py"))


def test_nothing_is_left_behind(repo: GitRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in the temporary folder nor in the repository."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    before = sorted((path, path.stat().st_mtime_ns) for path in repo.path.rglob("*"))
    for options in ({}, {"staged": True}, {"rev": "HEAD"}):
        snapshot = take([repo.path], **options)
        with snapshot.reader.open() as reader:
            assert all(reader.read(entry) for entry in snapshot.entries)
    assert list(scratch.iterdir()) == []
    assert sorted((path, path.stat().st_mtime_ns) for path in repo.path.rglob("*")) == before
