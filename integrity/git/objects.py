"""Reads a repository's objects: trees, sizes and blobs by the thousand, through one git process each.

Git is shown the object store alone, from an empty git directory made for the purpose. So the repository's
configuration has no say, and in a partial clone a missing object is simply missing: with the real configuration git
would fetch it or, when that is forbidden, end.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from integrity.errors import GitError, UnreadableError
from integrity.git.format import Listed, reason, tree_entries
from integrity.git.repository import Repository, ask, start

_OBJECT_ID = re.compile("[0-9a-f]{40}(?:[0-9a-f]{24})?")
_CONFIG = {
    "sha1": "[core]\nrepositoryformatversion = 0\nbare = true\n",
    "sha256": "[core]\nrepositoryformatversion = 1\nbare = true\n[extensions]\nobjectFormat = sha256\n",
}


def hash_blob(content: bytes, object_format: str) -> str:
    """The id git gives to a blob of these bytes; `object_format` is "sha1" or "sha256"."""
    digest = hashlib.new(object_format, b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return digest.hexdigest()


@dataclass(frozen=True)
class ObjectStore:
    """Where a repository's objects lie; small, and picklable for worker processes."""

    folder: Path
    object_format: str

    @classmethod
    def of(cls, repository: Repository) -> ObjectStore:
        """The object store of `repository`."""
        return cls(repository.common_dir / "objects", repository.object_format)

    def tree(self, tree_id: str) -> list[Listed]:
        """Everything under the tree or commit of that id, in git's order.

        Raises:
            GitError: the tree, or one below it, is missing or damaged.
        """
        with self.opened() as environment:
            answer = ask(["ls-tree", "-r", "-z", "--full-tree", tree_id], environment)
        if answer.status != 0:
            raise GitError(f"git cannot list {tree_id}: {reason(answer.complaint)}")
        return tree_entries(answer.output)

    def sizes(self, ids: Iterable[str]) -> dict[str, int]:
        """The size in bytes of each object that is there; missing ones are left out."""
        question = "".join(f"{object_id}\n" for object_id in sorted(set(ids))).encode()
        with self.opened() as environment:
            answer = ask(["cat-file", "--batch-check=%(objectname) %(objectsize)"], environment, question)
        pairs = (line.split(" ") for line in answer.output.decode("ascii", "replace").splitlines())
        return {object_id: int(size) for object_id, size in pairs if size.isdigit()}

    @contextmanager
    def opened(self) -> Iterator[dict[str, str]]:
        """The environment in which git sees this store and nothing else, while the context lasts."""
        with tempfile.TemporaryDirectory(prefix="integrity-") as folder:
            place = Path(folder)
            (place / "refs").mkdir()
            (place / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii")
            (place / "config").write_text(_CONFIG[self.object_format], encoding="ascii")
            yield {"GIT_DIR": folder, "GIT_OBJECT_DIRECTORY": str(self.folder)}


class BlobReader:
    """Reads blobs of one store by id, in one git process that is started when first needed.

    A context manager; a process that dies over one damaged object is replaced for the next.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._context = store.opened()
        self._environment: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> BlobReader:
        self._environment = self._context.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()
        self._context.__exit__(kind, error, trace)

    def read(self, blob_id: str) -> bytes:
        """The bytes of a blob.

        Raises:
            UnreadableError: there is no such blob, or it is damaged.
            GitMissingError: there is no git to run.
        """
        if not _OBJECT_ID.fullmatch(blob_id):
            raise UnreadableError(f"{blob_id!r} is not an object id")
        for _ in range(2):  # the process may have died over an earlier object, or been killed
            with suppress(OSError, EOFError):
                return self._read(blob_id)
        raise UnreadableError(f"object {blob_id} is damaged: git cannot read it")

    def _read(self, blob_id: str) -> bytes:
        """Ask the running process; whatever stops the answer half-way ends the process too."""
        try:
            kind, content = _exchange(*self._streams(), blob_id)
        except BaseException:
            self._stop()
            raise
        if kind == b"missing":
            raise UnreadableError(f"object {blob_id} is missing from the repository; `git fetch` may bring it")
        if kind != b"blob":
            raise UnreadableError(f"object {blob_id} is a {kind.decode('ascii', 'replace')}, not a blob")
        return content

    def _streams(self) -> tuple[IO[bytes], IO[bytes]]:
        """Standard input and output of the process, started if need be."""
        process = self._process
        if process is None:
            command = ["cat-file", "--batch"]
            process = start(command, self._environment, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
            self._process = process
        if process.stdin is None or process.stdout is None:
            raise EOFError
        return process.stdin, process.stdout

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        with suppress(OSError), process:  # closing flushes into a pipe that may be broken
            pass


def _exchange(questions: IO[bytes], answers: IO[bytes], object_id: str) -> tuple[bytes, bytes]:
    """One question and answer with `git cat-file --batch`: the object's kind, or "missing", and its bytes.

    Raises:
        EOFError, OSError: the process ended.
    """
    questions.write(object_id.encode() + b"\n")
    questions.flush()
    header = answers.readline().split()
    if len(header) == 2:  # noqa: PLR2004 - "<id> missing"
        return header[1], b""
    if len(header) != 3:  # noqa: PLR2004 - "<id> <kind> <size>"
        raise EOFError
    size = int(header[2])
    content = answers.read(size + 1)
    if len(content) != size + 1:
        raise EOFError
    return header[1], content[:-1]
