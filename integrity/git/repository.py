"""The only door to git: finds a repository and lists what it holds, in a few processes whatever its size.

Read-only, and hardened: no program, hook or filter that a repository names is run, nothing is fetched, and `GIT_*`
variables cannot lead elsewhere. GitPython supplies the safe way to start a program on Windows; its own `Repo` follows
`GIT_DIR` and its kin, so it is not used to find or to read anything. Paths are text with `/`, in UTF-8; bytes that are
not UTF-8 survive as surrogate escapes.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from integrity.errors import GitError, TargetError
from integrity.git import environment as gitenv
from integrity.git.format import EMPTY_BLOBS, Listed, index_entries, reason, records, unopened_folders

_EXECUTABLE = "GIT_PYTHON_GIT_EXECUTABLE"  # where git lies, as GitPython has it
_MISSING = "git cannot be run: install it, or put it on the PATH"
_QUESTIONS = ("--show-object-format", "--absolute-git-dir", "--git-common-dir")
_INDEX = ("ls-files", "-s", "-v", "-z")
_CHANGED = ("diff-files", "-z", "--name-only", "--ignore-submodules=all")
_CONVERTED = ("ls-files", "-z", "--", ":(top,exclude,attr:!filter !ident !working-tree-encoding)")
_UNTRACKED = ("ls-files", "-z", "-o", "--exclude-standard")
_HEAD = ("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
_OUTSIDE = "not a git repository (or any"
_DUBIOUS = re.compile(r"dubious ownership in repository at '(.*)'")


class GitMissingError(GitError):
    """There is no git to run."""


class WorkTree(NamedTuple):
    """What git knows about the files in a work tree.

    Attributes:
        tracked: the entries of the index.
        doubtful: tracked paths whose file may hold something else than its blob: deleted, changed as far as its stat
            data tell, or converted on the way to disk by a filter, an encoding or keywords. Line ends are not counted.
        untracked: paths neither tracked nor ignored; a nested repository ends in `/`.
        unopened: folders that git could not list for untracked files, and why.
        head: the id of the last commit, "" when there is none.
    """

    tracked: list[Listed]
    doubtful: frozenset[str]
    untracked: list[str]
    unopened: list[tuple[str, str]]
    head: str


class Answer(NamedTuple):
    """What a finished git process left."""

    status: int
    output: bytes
    complaint: str


Pending = Callable[[], Answer]


def start(
    arguments: Sequence[str], extra: Mapping[str, str], *, stdin: int, stderr: int, inherited: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start git in the hardened environment plus `extra`, standard output on a pipe; it keeps `inherited` open.

    Raises:
        GitMissingError: there is no git to run.
    """
    command = [os.environ.get(_EXECUTABLE) or "git", "--no-pager", *gitenv.SETTINGS, *arguments]
    env = {**gitenv.environment(os.environ), **extra}
    try:
        return _popen()(command, env=env, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, pass_fds=inherited)
    except OSError as error:
        raise GitMissingError(_MISSING) from error


def _popen() -> Callable[..., subprocess.Popen[bytes]]:
    """What starts a process without looking for the program in the current folder.

    Only Windows looks there, so only there GitPython is imported: that takes as long as all else that a hook does.

    Raises:
        GitMissingError: there is no git to run.
    """
    if os.name != "nt":
        return subprocess.Popen
    try:
        import git.cmd
    except ModuleNotFoundError:
        raise
    except ImportError as error:  # GitPython runs git when it is imported
        raise GitMissingError(_MISSING) from error
    return git.cmd.safer_popen


def launch(
    arguments: Sequence[str], extra: Mapping[str, str] | None = None, stdin: int = subprocess.DEVNULL
) -> Pending:
    """Start git and leave it running; the result waits for its end."""
    process = start(arguments, extra or {}, stdin=stdin, stderr=subprocess.PIPE)

    def finish() -> Answer:
        with process:
            output, errors = process.communicate()
        return Answer(process.returncode, output, errors.decode("utf-8", "surrogateescape"))

    return finish


def ask(arguments: Sequence[str], extra: Mapping[str, str] | None = None, question: bytes = b"") -> Answer:
    """Run git to its end, `question` on its standard input."""
    if not question:
        return launch(arguments, extra)()
    with tempfile.TemporaryFile() as file:  # a pipe would be fed in small pieces, in turn with reading
        file.write(question)
        file.seek(0)
        return launch(arguments, extra, file.fileno())()


@dataclass(frozen=True)
class Repository:
    """A repository and, unless it is bare, its work tree.

    Attributes:
        root: the work tree's root; for a bare repository, its git directory.
        bare: whether there is no work tree.
        object_format: "sha1" or "sha256".
        git_dir: where this work tree's index and HEAD lie.
        common_dir: where the objects and the configuration lie; differs from `git_dir` in a linked work tree.
    """

    root: Path
    bare: bool
    object_format: str
    git_dir: Path
    common_dir: Path

    @classmethod
    def discover(cls, path: Path) -> Repository | None:
        """The nearest repository around `path` (which need not exist), None outside git.

        Raises:
            GitMissingError: there is a repository but no git to read it.
            GitError: git refuses the repository: it belongs to another user, is damaged, or cannot be read.
        """
        folder = os.path.realpath(_existing_folder(path))
        if not _marked(folder):
            return None
        answer = ask(["-C", folder, "rev-parse", *_QUESTIONS, "--show-toplevel"])
        lines = os.fsdecode(answer.output).split("\n")[:-1]
        if len(lines) < len(_QUESTIONS):
            if _OUTSIDE in answer.complaint:
                return None
            raise GitError(_refusal(folder, answer.complaint))
        return cls._from(lines, folder)

    @classmethod
    def _from(cls, lines: list[str], folder: str) -> Repository:
        """Build from the answers to `_QUESTIONS`, followed by the work tree's root unless there is none."""
        if len(lines) > len(_QUESTIONS) + 1:
            raise GitError("the path of the repository holds a line break; rename the folder")
        storage, git_dir, common_dir, *root = lines
        object_format = "sha256" if storage == "sha256" else "sha1"  # git before 2.28 echoes the question
        common = Path(os.path.realpath(os.path.join(folder, common_dir)))  # noqa: PTH118 - either may be absolute
        return cls(Path(root[0] if root else git_dir), not root, object_format, Path(git_dir), common)

    @property
    def shallow(self) -> bool:
        """Whether the history was cut off when the repository was cloned."""
        return (self.common_dir / "shallow").is_file()

    @property
    def partial(self) -> bool:
        """Whether objects were left out when the repository was cloned."""
        return any((self.common_dir / "objects" / "pack").glob("*.promisor"))

    def commit(self, rev: str) -> str:
        """The id of the commit that an id names, "" when it names none."""
        return self._parsed(f"{rev}^{{commit}}")

    def resolve(self, rev: str) -> str:
        """The id of the commit that `rev` names, or of the tree when it names no commit.

        Raises:
            TargetError: there is no such revision.
        """
        usable = rev and not rev.startswith("-") and "\0" not in rev
        found = self._parsed(rev) if usable else ""  # peeled apart: in `HEAD:folder^{tree}` the suffix is a file's name
        peeled = found and (self._parsed(f"{found}^{{commit}}") or self._parsed(f"{found}^{{tree}}"))
        if peeled:
            return peeled
        raise TargetError(f'no such revision "{rev}" in {self.root}: {self._advice()}')

    def _parsed(self, rev: str) -> str:
        """The id that a revision names, "" when it names nothing."""
        answer = self._ask("rev-parse", "--verify", "--quiet", rev)
        return answer.output.decode("ascii", "replace").strip() if answer.status == 0 else ""

    def _advice(self) -> str:
        """What to do when a revision is not found."""
        if not self._parsed("HEAD^{commit}"):
            return "it has no commit yet; scan the work tree, or the index with --staged"
        if self.shallow:
            return "the clone is shallow, `git fetch --unshallow` brings the rest of its history"
        return "`git log --oneline` and `git branch --all` list what there is"

    def index(self) -> list[Listed]:
        """Everything that the next commit would hold, in git's order, unmerged paths once a side.

        Inside a hook of `git commit -a` or `git commit PATH` that is the index which git made for this commit.

        Raises:
            GitError: the index is damaged.
        """
        extra = self._committing_index()
        entries = index_entries(self._checked(self._ask(*_INDEX, extra=extra)))
        if not any(entry.blob in EMPTY_BLOBS for entry in entries):
            return entries
        # `git add --intent-to-add` lists a file as empty that no commit would hold
        answer = self._ask(*self._without_filters, *_CHANGED, "--diff-filter=A", extra=extra)
        intended = set(records(self._checked(answer)))
        return [entry for entry in entries if entry.blob not in EMPTY_BLOBS or entry.path not in intended]

    def worktree(self) -> WorkTree:
        """What git knows about the files in the work tree.

        Raises:
            GitError: the index is damaged.
        """
        commands = _INDEX, (*self._without_filters, *_CHANGED), _CONVERTED, _UNTRACKED, _HEAD
        pending = [launch(["-C", str(self.root), *command]) for command in commands]
        index, changed, converted, untracked, head = [finish() for finish in pending]
        doubtful = frozenset(records(self._checked(changed)) + records(self._checked(converted)))
        unopened = unopened_folders(untracked.complaint)
        last = head.output.decode("ascii", "replace").strip()
        return WorkTree(
            index_entries(self._checked(index)), doubtful, records(self._checked(untracked)), unopened, last
        )

    def changed(self) -> list[tuple[str, str]]:
        """Path and committed blob of what differs from the last commit, "" for what that lacks; sorted by path.

        As far as stat data tell: a file that was only touched is named, too. Untracked files are named, ignored ones
        are not.

        Raises:
            GitError: the index is damaged.
        """
        head = ["HEAD"] if self._parsed("HEAD^{commit}") else []
        differing = (*self._without_filters, "diff-index", "-z", "--raw", "--no-renames", "--no-abbrev", *head)
        commands = (differing, _UNTRACKED) if head else (_UNTRACKED, ("ls-files", "-z"))
        first, second = [self._checked(launch(["-C", str(self.root), *one])()) for one in commands]
        if not head:
            return sorted((path, "") for path in {*records(first), *records(second)})
        fields = records(first)
        found = {path: meta.split(" ")[2] for meta, path in zip(fields[::2], fields[1::2], strict=True)}
        named = {path: "" if set(blob) == {"0"} else blob for path, blob in found.items()}
        return sorted({**dict.fromkeys(records(second), ""), **named}.items())

    def resolve_path(self, rev: str, path: str) -> str:
        """The blob of a file in a revision, "" when there is none."""
        return self._parsed(f"{rev}:{path}")

    def blobs(self, rev: str, names: Iterable[str]) -> dict[str, str] | None:
        """The blobs of files at the root of a revision, by name; None when there is no such revision."""
        answer = self._ask("ls-tree", "-z", rev, "--", *names)
        if answer.status != 0:
            return None
        listed = (one.partition("\t") for one in records(answer.output))
        return {name: entry.split()[2] for entry, _, name in listed if entry.split()[1:2] == ["blob"]}

    def tracks(self, path: str) -> bool:
        """Whether the index holds `path` (relative to the root), or anything below it."""
        return bool(self._checked(self._ask("ls-files", "-z", "--", f":(top,literal){path}")))

    @cached_property
    def _without_filters(self) -> list[str]:
        answer = self._ask("config", "-z", "--name-only", "--get-regexp", r"^filter\.")
        return gitenv.without_filters(records(answer.output))

    def _committing_index(self) -> dict[str, str]:
        """`GIT_INDEX_FILE` as inherited, if it lies in this repository: so `git commit -a` tells its hooks."""
        inherited = os.environ.get("GIT_INDEX_FILE", "")
        path = (self.root / inherited).resolve()
        if inherited and {self.git_dir.resolve(), self.common_dir} & set(path.parents) and path.is_file():
            return {"GIT_INDEX_FILE": str(path)}
        return {}

    def _ask(self, *arguments: str, extra: Mapping[str, str] | None = None) -> Answer:
        return ask(["-C", str(self.root), *arguments], extra)

    def _checked(self, answer: Answer) -> bytes:
        if answer.status != 0:
            raise GitError(f"git cannot read {self.root}: {reason(answer.complaint)}")
        return answer.output


def _existing_folder(path: Path) -> Path:
    """`path` or its nearest parent that is a folder."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps `..`
    return next((place for place in (absolute, *absolute.parents) if os.path.isdir(place)), absolute)  # noqa: PTH112


def _marked(folder: str) -> bool:
    """Whether `folder` or a parent looks like a repository: outside git, git need not even be installed."""
    for place in (Path(folder), *Path(folder).parents):
        entries = (".git",), ("HEAD", "objects")
        if any(all(os.path.lexists(place / name) for name in names) for names in entries):
            return True
    return False


def _refusal(folder: str, complaint: str) -> str:
    """Why git refuses the repository around `folder`, and what helps."""
    dubious = _DUBIOUS.search(complaint)
    if dubious:
        advice = f"git config --global --add safe.directory {dubious[1]}"
        return f"git refuses {dubious[1]} because it belongs to another user; if you trust it: `{advice}`"
    return f"git cannot read the repository around {folder}: {reason(complaint)}"
