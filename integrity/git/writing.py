"""The only place that writes to git: backups as commits under refs of their own, and entries of the index.

Like `git stash`, a backup is a commit that no branch knows; unlike it, no temporary index, no reflog and no work tree
are involved: one `git fast-import` takes the bytes as they are, makes the trees, and creates the ref when all is
durable. No hook, filter, signing program or other configured program is run. Every process keeps the descriptor of the
caller's lock open, so that a process which outlives a killed caller still holds the lock.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NamedTuple

from integrity.errors import GitError
from integrity.git import environment as gitenv
from integrity.git.format import Listed, index_entries, reason, records
from integrity.git.objects import ObjectStore
from integrity.git.repository import Answer, Repository, ask, start

BACKUPS = "refs/integrity/backup/"
UNDONE = "refs/integrity/undone/"
_IDENTITY = "integrity <integrity@localhost>"  # the tool's own: the user may have none, and did not make this commit
_SETTINGS = {
    "core.fsync": "all",
    "core.logAllRefUpdates": "false",
    "core.safecrlf": "false",
    "core.splitIndex": "false",
    "fastimport.unpackLimit": "0",  # a pack is durable in every version of git, loose objects are not
    "gc.auto": "0",
    "maintenance.auto": "false",
    "index.skipHash": "false",
}
_OPTIONS = tuple(part for key, value in _SETTINGS.items() for part in ("-c", f"{key}={value}"))
_FORMAT = "--format=%(refname)%00%(objectname)%00%(contents)%00"
_REF = re.compile(r"\n?([^\0]+)\0([0-9a-f]+)\0([^\0]*)\0")
_ABSENT = "0"


class Kept(NamedTuple):
    """One file of a backup's tree.

    Attributes:
        path: in that tree.
        executable: its mode.
        source: its bytes, or the id of a blob that the repository holds.
    """

    path: str
    executable: bool
    source: bytes | str


class Ref(NamedTuple):
    """A ref, the commit it points at, and that commit's message."""

    name: str
    commit: str
    message: str


class IndexEntry(NamedTuple):
    """What the index holds for a path: six octal digits of the mode, and the id of the blob."""

    mode: str
    blob: str


def refs(repository: Repository) -> list[Ref]:
    """Every backup and every mark on one, by name."""
    answer = ask(["-C", str(repository.root), "for-each-ref", _FORMAT, BACKUPS, UNDONE])
    found = _REF.findall(_checked(answer, "list the backups").decode("utf-8", "surrogateescape"))
    return [Ref(*groups) for groups in found]


def head(repository: Repository) -> tuple[str, str]:
    """The commit that HEAD is at and the branch it names; "" for none."""
    at = ["-C", str(repository.root)]
    commit = ask([*at, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
    branch = ask([*at, "symbolic-ref", "--quiet", "HEAD"])
    return _line(commit), _line(branch)


def entries(repository: Repository) -> dict[str, list[Listed]]:
    """Everything in the index, by path."""
    answer = ask(["-C", str(repository.root), "ls-files", "-s", "-v", "-z"])
    found: dict[str, list[Listed]] = {}
    for entry in index_entries(_checked(answer, "read the index")):
        found.setdefault(entry.path, []).append(entry)
    return found


def changed(repository: Repository) -> dict[str, str]:
    """The tracked paths that differ between HEAD, index and work tree: two letters each, as `git status` has them.

    Raises:
        GitError: git cannot tell.
    """
    question = ("status", "--porcelain=v2", "-z", "--untracked-files=no", "--ignore-submodules=all", "--no-renames")
    answer = ask(["-C", str(repository.root), *without_filters(repository), *question])
    lines = records(_checked(answer, "compare the work tree with the index"))
    fields = [(line, line.split(" ", 10 if line.startswith("u") else 8)) for line in lines]
    return {parts[-1]: parts[1] for line, parts in fields if line[:1] in {"1", "u"}}


def filtered(repository: Repository, paths: Iterable[str]) -> dict[str, str]:
    """Those paths that a content filter stands between the work tree and the index of, and its name."""
    question = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
    answer = ask(["-C", str(repository.root), "check-attr", "-z", "--stdin", "filter"], None, question)
    fields = records(_checked(answer, "read the attributes"))
    triples = zip(fields[::3], fields[2::3], strict=True)
    return {path: value for path, value in triples if value not in {"unspecified", "unset"}}


def without_filters(repository: Repository) -> list[str]:
    """Options that switch off every content filter which the configuration names."""
    answer = ask(["-C", str(repository.root), "config", "-z", "--name-only", "--get-regexp", r"^filter\."])
    return gitenv.without_filters(records(answer.output))


@dataclass(frozen=True)
class Writer:
    """Writes to one repository.

    Attributes:
        repository: which.
        lock: the descriptor that keeps other writers out; every process inherits it.
    """

    repository: Repository
    lock: int

    def save(self, ref: str, files: Sequence[Kept], parent: str, message: str, time: int) -> None:
        """Create a ref at a new commit that holds `files`.

        Args:
            ref: its full name; it must not exist.
            files: each path once; blobs that are missing from the repository are left out.
            parent: the id of the parent commit, "" for none.
            message: of the commit.
            time: seconds since 1970.

        Raises:
            GitError: it cannot be created; what was written of it is unreachable.
        """
        named = [file.source for file in files if isinstance(file.source, str)]
        present = ObjectStore.of(self.repository).sizes(named) if named else {}
        there = [file for file in files if isinstance(file.source, bytes) or file.source in present]
        self._checked(["fast-import", "--quiet", "--done"], _stream(ref, there, parent, message, time), "save a backup")

    def mark(self, ref: str, commit: str) -> None:
        """Let a ref point at a commit.

        Raises:
            GitError: git failed.
        """
        self._checked(["update-ref", "--no-deref", ref, commit], b"", "mark a backup")

    def set_index(self, wanted: Mapping[str, IndexEntry | None]) -> None:
        """Replace the entries of some paths, all or none; None removes one.

        Raises:
            GitError: another process holds the index, or git failed.
        """
        null = "0" * (64 if self.repository.object_format == "sha256" else 40)
        lines = [
            f"{entry.mode} {entry.blob}\t{path}\0" if entry else f"{_ABSENT} {null}\t{path}\0"
            for path, entry in wanted.items()
        ]
        question = "".join(lines).encode("utf-8", "surrogateescape")
        self._checked(["update-index", "-z", "--index-info"], question, "update the index")

    def as_added(self, contents: Mapping[str, bytes], scratch: Path) -> dict[str, str]:
        """Store what `git add` would store for files of these bytes, without touching the index or the work tree.

        Line ends, encodings and keywords are converted as attributes and configuration say; filters are not run.

        Args:
            contents: the bytes by path.
            scratch: a folder that does not exist; it is removed at the end.

        Returns:
            the ids of the blobs, by path.

        Raises:
            GitError: git failed.
            OSError: the scratch folder cannot be written.
        """
        try:
            return self._added(contents, scratch)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _added(self, contents: Mapping[str, bytes], scratch: Path) -> dict[str, str]:
        tree, index = scratch / "tree", scratch / "index"
        tree.mkdir(parents=True)
        _fill(tree, self.repository.root, contents)
        if (self.repository.git_dir / "index").is_file():
            shutil.copyfile(self.repository.git_dir / "index", index)
        extra = {
            "GIT_DIR": str(self.repository.git_dir),
            "GIT_WORK_TREE": str(tree),
            "GIT_INDEX_FILE": str(index),
        }
        question = "".join(f"{path}\0" for path in contents).encode("utf-8", "surrogateescape")
        options = (*_OPTIONS, *without_filters(self.repository))
        self._checked([*options, "update-index", "--add", "-z", "--stdin"], question, "store the result", extra)
        listing = self._checked(["ls-files", "-s", "-v", "-z"], b"", "read the index", extra)
        return {entry.path: entry.blob for entry in index_entries(listing) if entry.path in contents}

    def _checked(
        self, arguments: Sequence[str], question: bytes, deed: str, extra: Mapping[str, str] | None = None
    ) -> bytes:
        place = extra["GIT_WORK_TREE"] if extra else str(self.repository.root)
        with tempfile.TemporaryFile() as file:
            _feed(file, question, deed)
            command = ["-C", place, *_OPTIONS, *arguments]
            inherited = (self.lock,)
            process = start(command, extra or {}, stdin=file.fileno(), stderr=subprocess.PIPE, inherited=inherited)
            with process:
                output, errors = process.communicate()
        answer = Answer(process.returncode, output, errors.decode("utf-8", "surrogateescape"))
        return _checked(answer, f"{deed} in {self.repository.root}")


def _fill(tree: Path, root: Path, contents: Mapping[str, bytes]) -> None:
    """Make a work tree of some files and of the attributes that apply to them."""
    for path, content in contents.items():
        place = tree / _local(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    folders = {parent for path in contents for parent in Path(_local(path)).parents}
    for folder in folders:
        source, copy = root / folder / ".gitattributes", tree / folder / ".gitattributes"
        if source.is_file() and not source.is_symlink() and not copy.exists():
            shutil.copyfile(source, copy)


def _local(path: str) -> str:
    """A path of git as the file system knows it, whatever the locale."""
    import os

    return os.fsdecode(path.encode("utf-8", "surrogateescape"))


def _stream(ref: str, files: Sequence[Kept], parent: str, message: str, time: int) -> bytes:
    """What `git fast-import` reads."""
    parts: list[bytes] = []
    for mark, file in enumerate(files, 1):
        if isinstance(file.source, bytes):
            parts += [b"blob\nmark :%d\n" % mark, *_data(file.source)]
    parts += [f"commit {ref}\ncommitter {_IDENTITY} {time} +0000\n".encode(), *_data(message.encode())]
    if parent:
        parts.append(f"merge {parent}\n".encode())  # unlike `from`, this does not start with the parent's files
    for mark, file in enumerate(files, 1):
        mode = "100755" if file.executable else "100644"
        name = file.source if isinstance(file.source, str) else f":{mark}"
        parts.append(f"M {mode} {name} ".encode() + _quoted(file.path) + b"\n")
    return b"".join([*parts, b"done\n"])


def _data(content: bytes) -> tuple[bytes, bytes, bytes]:
    return b"data %d\n" % len(content), content, b"\n"


def _quoted(path: str) -> bytes:
    """A path as git quotes it, every unusual byte in octal."""
    plain = (byte for byte in path.encode("utf-8", "surrogateescape"))
    usual = re.compile(rb"[A-Za-z0-9_./ -]")
    return b'"' + b"".join(bytes([b]) if usual.match(bytes([b])) else b"\\%03o" % b for b in plain) + b'"'


def _feed(file: IO[bytes], question: bytes, deed: str) -> None:
    """Put what git shall read into a temporary file."""
    try:
        file.write(question)
        file.seek(0)
    except OSError as error:
        raise GitError(
            f"git cannot {deed}: {tempfile.gettempdir()} has no room for {len(question):,} bytes: {error.strerror}"
        ) from error


def _line(answer: Answer) -> str:
    return answer.output.decode("utf-8", "surrogateescape").strip() if answer.status == 0 else ""


def _checked(answer: Answer, deed: str) -> bytes:
    if answer.status < 0:
        raise GitError(f"git cannot {deed}: it was stopped by signal {-answer.status}; is the disk full?")
    if answer.status != 0:
        raise GitError(f"git cannot {deed}: {reason(answer.complaint)}")
    return answer.output
