"""Applying writes exactly what was planned, saves what was there, and undoing brings exactly that back."""

from __future__ import annotations

import os
import stat
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrity.apply import COMPLETE, UNDONE, ApplyError, apply, backups, undo
from integrity.git.objects import BlobReader, ObjectStore
from tests.support.applying import NOW, change, found, state
from tests.support.repository import GitRepository, create

_ODD = [
    "a b.py",
    'q"uote.py',
    "new\nline.py",
    "not-utf8-\udcff.py",
    "-x",
    ":(glob)",
    "*.py",
    "tab\t.py",
    "ü.py",
    "back\\slash.py",
]


@pytest.fixture
def repo(tmp_path: Path) -> GitRepository:
    """A repository with a plain, an executable and a nested file."""
    repository = create(tmp_path / "repo")
    repository.write("tool.sh", "tool\n").chmod(0o755)
    repository.commit({"a.py": "a = 1\n", "pkg/b.py": b"b = 1\r\n"})
    return repository


def place(repository: GitRepository, path: str) -> Path:
    """Where a path lies, in any locale."""
    return Path(os.fsdecode(os.fsencode(repository.path) + b"/" + path.encode("utf-8", "surrogateescape")))


def test_files_are_written_and_brought_back(repo: GitRepository) -> None:
    """Bytes and modes, in both directions; neither index, refs nor stash notice."""
    before = state(repo)
    changes = [
        change("a.py", b"a = 2\r\n", b"a = 1\n"),
        change("tool.sh", b"better\n", b"tool\n"),
        change("pkg/b.py", b"", b"b = 1\r\n"),
    ]
    applied = apply(found(repo.path), changes, stage=False, now=NOW)
    assert applied.paths == ("a.py", "pkg/b.py", "tool.sh")
    after = state(repo)
    assert [place(repo, one.path).read_bytes() for one in changes] == [one.content for one in changes]
    assert (after.entries, after.refs) == (before.entries, before.refs)
    assert {path: entry[0] for path, entry in after.files.items()} == {p: e[0] for p, e in before.files.items()}
    undone = undo(found(repo.path))
    assert (undone.backup, undone.restored, undone.kept) == (applied.backup, applied.paths, {})
    assert state(repo) == before


@pytest.mark.parametrize("stage", [False, True])
@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_staged_unstaged_and_untracked_states_come_back(tmp_path: Path, object_format: str, stage: bool) -> None:
    """A file that is staged and changed again, one that is not tracked, one that does not exist: all as before."""
    repo = create(tmp_path / "repo", object_format=object_format)
    repo.commit({"both.py": "1\n", "other.py": "1\n"})
    repo.write("both.py", "2\n")
    repo.write("other.py", "2\n")
    repo.git("add", "both.py", "other.py")
    repo.write("both.py", "3\n").chmod(0o640)
    repo.write("free.py", "free\n").chmod(0o600)
    before = state(repo)
    changes = [
        change("both.py", b"4\n", b"3\n"),
        change("free.py", b"bound\n", b"free\n"),
        change("gone/deep/back.py", b"back\n", None, 0o100755),
    ]
    apply(found(repo.path), changes, stage=stage, now=NOW)
    assert (state(repo).entries != before.entries) is stage
    assert stat.S_IMODE((repo.path / "gone/deep/back.py").stat().st_mode) & 0o100
    undo(found(repo.path))
    assert state(repo) == before


def test_the_backup_holds_what_was_there_and_is_reachable(repo: GitRepository) -> None:
    """Work tree bytes, the index's blob and HEAD survive the strictest garbage collection."""
    repo.write("a.py", "staged\n")
    repo.git("add", "a.py")
    repo.write("a.py", "unstaged\n")
    applied = apply(found(repo.path), [change("a.py", b"new\n", b"unstaged\n")], stage=True, now=NOW)
    assert applied.backup == "refs/integrity/backup/20250906T123000.000000Z"
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("gc", "--quiet", "--prune=now")
    assert repo.git("show", f"{applied.backup}:before/a.py") == b"unstaged\n"
    assert repo.git("show", f"{applied.backup}:index/a.py") == b"staged\n"
    assert repo.text("rev-parse", f"{applied.backup}^") == repo.text("rev-parse", "HEAD")
    assert repo.git("fsck", "--strict") == b""


def test_the_result_is_staged_as_git_would_add_it(repo: GitRepository) -> None:
    """With line ends converted by attributes and configuration, and the entry's mode kept."""
    repo.git("config", "core.autocrlf", "true")
    repo.write(".gitattributes", "raw.py -text\n")
    texts = {"a.py": b"a\r\n", "raw.py": b"raw\r\n", "pkg/b.py": b"mixed\r\nlines\n", "tool.sh": b"tool 2\n"}
    changes = [change(path, text, _content(repo, path)) for path, text in texts.items()]
    apply(found(repo.path), changes, stage=True, now=NOW)
    ours = repo.git("ls-files", "-s")
    repo.git("add", *texts)
    assert repo.git("ls-files", "-s") == ours
    assert repo.git("diff", "--name-only") == b""


def _content(repo: GitRepository, path: str) -> bytes | None:
    return (repo.path / path).read_bytes() if (repo.path / path).exists() else None


@pytest.mark.parametrize("tracked", [True, False])
def test_odd_names(tmp_path: Path, tracked: bool) -> None:
    """Spaces, quotes, line breaks, bytes that are no text, names like options or patterns, case-only twins."""
    repo = create(tmp_path / "repo")
    names = [*_ODD, *(f"fol der\n/{name}" for name in _ODD), "case.py", "CASE.py"]
    if tracked:
        for name in names:
            place(repo, name).parent.mkdir(exist_ok=True)
            place(repo, name).write_bytes(f"{name!r}\n".encode())
        repo.commit()
    before = state(repo)
    changes = [
        change(name, b"now: " + ascii(name).encode(), f"{name!r}\n".encode() if tracked else None) for name in names
    ]
    apply(found(repo.path), changes, stage=True, now=NOW)
    assert [place(repo, one.path).read_bytes() for one in changes] == [one.content for one in changes]
    assert repo.git("status", "--porcelain", "-z").count(b"\0") == len(names)
    undo(found(repo.path))
    assert state(repo) == before


def test_a_file_in_an_ignored_folder(repo: GitRepository) -> None:
    """What the index tracks is written and staged even where an ignore file names its folder."""
    repo.commit({".gitignore": "build/\n"})
    repo.write("build/t.py", "t\n")
    repo.git("add", "--force", "build/t.py")
    repo.git("commit", "-qm", "forced")
    before = state(repo)
    apply(found(repo.path), [change("build/t.py", b"u\n", b"t\n")], stage=True, now=NOW)
    assert repo.text("diff", "--cached", "--name-only") == "build/t.py"
    undo(found(repo.path))
    assert state(repo) == before


def test_later_changes_are_left_alone_unless_forced(repo: GitRepository) -> None:
    """A file that was edited after the application is reported, not overwritten; the others go back."""
    before = state(repo)
    changes = [change("a.py", b"a = 2\n", b"a = 1\n"), change("pkg/b.py", b"b = 2\n", b"b = 1\r\n")]
    applied = apply(found(repo.path), changes, stage=False, now=NOW)
    repo.write("a.py", "precious\n")
    undone = undo(found(repo.path))
    assert (undone.restored, list(undone.kept)) == (("pkg/b.py",), ["a.py"])
    assert (repo.path / "a.py").read_text() == "precious\n"
    assert undo(found(repo.path), applied.backup, force=True).restored == ("a.py",)
    assert state(repo) == before


def test_what_is_staged_meanwhile_stays(repo: GitRepository) -> None:
    """Other paths are not touched; the same path staged anew is reported."""
    changes = [change("a.py", b"a = 2\n", b"a = 1\n"), change("pkg/b.py", b"b = 2\n", b"b = 1\r\n")]
    apply(found(repo.path), changes, stage=True, now=NOW)
    repo.write("other.py")
    repo.write("a.py", "a = 3\n")
    repo.git("add", "other.py", "a.py")
    undone = undo(found(repo.path))
    assert list(undone.kept) == ["a.py"]
    assert repo.git("show", ":a.py") == b"a = 3\n"
    assert repo.git("show", ":pkg/b.py") == b"b = 1\r\n"
    assert repo.git("show", ":other.py") == b"x = 1\n"


def test_folders_that_hold_something_else_stay(repo: GitRepository) -> None:
    """Folders made for a file go with it, unless the user put something there."""
    apply(found(repo.path), [change("x/y/z.py", b"z\n", None), change("u/v.py", b"v\n", None)], stage=False, now=NOW)
    repo.write("x/note.txt", "mine\n")
    undo(found(repo.path))
    assert not (repo.path / "x/y").exists()
    assert not (repo.path / "u").exists()
    assert (repo.path / "x/note.txt").read_text() == "mine\n"


def test_backups_are_listed_newest_first_and_undone_in_that_order(repo: GitRepository) -> None:
    """Each undo takes the newest that is not undone yet; names are unique even within one instant."""
    repository = found(repo.path)
    first = apply(repository, [change("a.py", b"a = 2\n", b"a = 1\n")], stage=False, now=NOW)
    second = apply(repository, [change("a.py", b"a = 3\n", b"a = 2\n")], stage=False, now=NOW)
    local = NOW.astimezone(timezone(timedelta(hours=9))) + timedelta(hours=1)
    third = apply(repository, [change("pkg/b.py", b"b\n", b"b = 1\r\n")], stage=False, now=local)
    assert [one.ref for one in backups(repository)] == [third.backup, second.backup, first.backup]
    assert backups(repository)[0].time == NOW + timedelta(hours=1)
    assert [undo(repository).backup for _ in range(3)] == [third.backup, second.backup, first.backup]
    assert {(one.state, one.files) for one in backups(repository)} == {(UNDONE, 1)}
    with pytest.raises(ApplyError, match="nothing to undo"):
        undo(repository)
    assert undo(repository, first.backup).restored == ()


def test_a_backup_is_named_by_ref_or_time(repo: GitRepository) -> None:
    """And an unknown name is an error that says where to look."""
    applied = apply(found(repo.path), [change("a.py", b"a = 2\n", b"a = 1\n")], stage=False, now=NOW)
    assert [one.state for one in backups(found(repo.path))] == [COMPLETE]
    with pytest.raises(ApplyError, match="--list"):
        undo(found(repo.path), "20010101T000000Z")
    assert undo(found(repo.path), applied.backup.rpartition("/")[2]).restored == ("a.py",)


def test_nothing_to_do_leaves_no_backup(repo: GitRepository) -> None:
    """An empty plan writes nothing."""
    assert apply(found(repo.path), [], stage=True, now=NOW).backup == ""
    assert backups(found(repo.path)) == []


def test_a_plan_made_for_other_bytes_is_refused(repo: GitRepository) -> None:
    """Whether the file was changed, has vanished or has appeared since; and nothing at all is written."""
    before = state(repo)
    good = change("pkg/b.py", b"b\n", b"b = 1\r\n")
    for bad in (change("a.py", b"", b"x"), change("none.py", b"", b"x"), change("a.py", b"", None)):
        with pytest.raises(ApplyError, match="since the plan was made"):
            apply(found(repo.path), [good, bad], stage=False, now=NOW)
    for twice in ([good, good], [good, change("pkg/b.py/c.py", b"", None)]):
        with pytest.raises(ApplyError, match="same path"):
            apply(found(repo.path), twice, stage=False, now=NOW)
    assert (state(repo), backups(found(repo.path))) == (before, [])


def test_a_ref_that_is_no_backup_is_refused(repo: GitRepository) -> None:
    """Whatever somebody put under the name."""
    repo.git("update-ref", "refs/integrity/backup/20240101T000000.000000Z", "HEAD")
    assert backups(found(repo.path)) == []
    with pytest.raises(ApplyError, match="not a backup"):
        undo(found(repo.path), "20240101T000000.000000Z")
    repo.write("record.json", '{"version": 1, "files": {"../../x": []}}')
    repo.commit()
    repo.git("update-ref", "refs/integrity/backup/20240101T000000.000000Z", "HEAD")
    with pytest.raises(ApplyError, match="not a backup"):
        undo(found(repo.path), "20240101T000000.000000Z")


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["a", "b/c", "b/d", "e f", "g/h/i"]),
        st.tuples(*[st.none() | st.binary(max_size=12)] * 3, st.binary(max_size=12)),
        min_size=1,
    ),
    st.booleans(),
)
def test_any_mixture_of_states_comes_back(
    tmp_path_factory: pytest.TempPathFactory,
    files: dict[str, tuple[bytes | None, bytes | None, bytes | None, bytes]],
    stage: bool,
) -> None:
    """Whatever HEAD, index and work tree hold for a path."""
    repo = create(tmp_path_factory.mktemp("any") / "repo")
    repo.commit({path: head for path, (head, *_) in files.items() if head is not None})
    for path, (_, staged, _, _) in files.items():
        if staged is not None:
            repo.write(path, staged)
    repo.git("add", "--all")
    for path, (_, _, unstaged, _) in files.items():
        if unstaged is not None:
            repo.write(path, unstaged)
    before = state(repo)
    changes = [change(path, new, _content(repo, path)) for path, (*_, new) in files.items()]
    applied = apply(found(repo.path), changes, stage=stage, now=NOW)
    assert {path: _content(repo, path) for path in files} == {one.path: one.content for one in changes}
    ids = ObjectStore.of(found(repo.path)).tree(repo.text("rev-parse", applied.backup))
    with BlobReader(ObjectStore.of(found(repo.path))) as blobs:
        kept = {entry.path: blobs.read(entry.blob) for entry in ids if entry.path.startswith("before/")}
    assert kept == {f"before/{one.path}": one.expected for one in changes if one.expected is not None}
    undo(found(repo.path))
    assert state(repo) == before


def test_time_zones_do_not_matter(repo: GitRepository) -> None:
    """The name of a backup is in UTC."""
    moment = datetime(2025, 1, 1, 1, 0, tzinfo=timezone(timedelta(hours=2)))
    applied = apply(found(repo.path), [change("a.py", b"a = 2\n", b"a = 1\n")], stage=False, now=moment)
    assert applied.backup.endswith("/20241231T230000.000000Z")
