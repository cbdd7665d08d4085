"""What an edit does to the tests, as far as it is serious enough to be refused."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from integrity.changes.model import FilePair
from integrity.config.config import Config, from_texts, load
from integrity.config.files import SETTINGS
from integrity.diff.compare import Pair, Terms, compare_texts, judged
from integrity.diff.edits import compare_edit, looks_around
from integrity.diff.kinds import kind_of
from integrity.diff.looking import NOTHING, Look
from integrity.harness.kinds import kind_of as kind_of_harness
from integrity.model import Finding, Severity
from integrity.roles import Roles

if TYPE_CHECKING:
    from integrity.git.repository import Repository
    from integrity.snapshot.snapshot import Snapshot

_MOST = 200  # other changed files that are looked at
_PYTHON = (".py", ".pyi", ".pyw")
_CACHE = "hook"  # in the folder of the cache
_WORKTREE = ("worktree", None)


@dataclass(frozen=True)
class Place:
    """Where an edited file belongs.

    Attributes:
        root: of the repository, or the folder to call so.
        path: relative to it.
        in_repository: whether git knows the root.
    """

    root: Path
    path: str
    in_repository: bool

    @cached_property
    def repository(self) -> Repository | None:
        """The repository, asked for only where it is needed; None outside, and for a bare one."""
        if not self.in_repository:
            return None
        from integrity.git.repository import Repository

        found = Repository.discover(self.root)
        return None if found is None or found.bare else found


def place_of(path: Path) -> Place | None:
    """The repository around a file; None for a file in git's own folder.

    Looked for by hand, because git takes longer than all else together.
    """
    for folder in path.parents:
        if (folder / ".git").exists():
            relative = path.relative_to(folder).as_posix()
            return None if relative.startswith(".git/") else Place(folder, relative, in_repository=True)
    return Place(path.parent, path.name, in_repository=False)


def objections(place: Place, before: bytes | None, after: bytes | None, terms: Terms) -> tuple[Finding, ...]:
    """The findings for which an edit is to be refused.

    Judged by the file alone first, which is quick; only where that gives a reason to refuse, or where the edit depends
    on other files, is it looked at together with what else has changed since the last commit. So a test that has been
    written elsewhere already counts as moved, and one whose subject has changed counts as adapted.

    Args:
        place: of the file.
        before: its content before.
        after: its content after.
        terms: what to judge by.
    """
    python = place.path.endswith(_PYTHON)
    if not python and (not place.in_repository or kind_of_harness(place.path) is None):
        return ()
    alone = compare_texts(place.path, before, after, terms) if python else None
    found = _serious(alone.findings, terms.config) if alone else ()
    around = place.in_repository and (alone is None or looks_around(alone.change))
    if not (found and place.in_repository) and not around:
        return found
    return _serious(_together(place, before, after, terms, around=around), terms.config)


def cache_folder(place: Place, config: Config) -> Path | None:
    """Where versions that were read are remembered; nowhere when git tracks the place, as for a scan.

    Apart from the results of scans, which all rules have a part in.
    """
    folder = place.root / config.cache_dir / _CACHE
    repository = place.repository if place.path.endswith(_PYTHON) else None
    return None if repository is None or repository.tracks(config.cache_dir) else folder


def configured(place: Place) -> Config:
    """The configuration in force: that of the last commit, because an agent may have edited the one on disk.

    Without any commit, and outside a repository, the one on disk.

    Raises:
        ConfigError: every fault of it.
    """
    blobs = place.repository.blobs("HEAD", SETTINGS) if place.repository else None
    if place.repository is None or blobs is None:
        return load(place.root, place.root)
    texts = _contents(place.root, place.repository, blobs)
    return from_texts(texts, place.root) or Config()


def _contents(root: Path, repository: Repository, blobs: Mapping[str, str]) -> dict[str, bytes]:
    """What blobs at the root hold; the file on disk is read where it is the same, which saves a process.

    Raises:
        ConfigError: git no longer has one of them.
    """
    from integrity.errors import ConfigError, UnreadableError
    from integrity.git.objects import BlobReader, ObjectStore, hash_blob
    from integrity.hook.event import EventError, read_file

    found = {}
    with BlobReader(ObjectStore.of(repository)) as reader:
        for name, blob in blobs.items():
            content = None
            with suppress(EventError):  # what is on disk does not matter where it cannot be read
                content = read_file(root / name)
            same = content is not None and hash_blob(content, "sha1") == blob
            try:
                found[name] = content if content is not None and same else reader.read(blob)
            except UnreadableError as error:
                raise ConfigError([f"{name} of the last commit cannot be read: {error}"]) from error
    return found


def committed(place: Place) -> bytes | None:
    """A file as the last commit has it, None when it has none."""
    from integrity.errors import TargetError, UnreadableError
    from integrity.git.objects import BlobReader, ObjectStore

    repository = place.repository
    try:
        blob = repository.resolve_path("HEAD", place.path) if repository else ""
        if repository is None or not blob:
            return None
        with BlobReader(ObjectStore.of(repository)) as reader:
            return reader.read(blob)
    except (TargetError, UnreadableError):
        return None


def _serious(findings: tuple[Finding, ...], config: Config) -> tuple[Finding, ...]:
    least = config.fail_severity
    return tuple(one for one in findings if one.severity is Severity.CRITICAL or one.severity.at_least(least))


def _together(
    place: Place, before: bytes | None, after: bytes | None, terms: Terms, *, around: bool
) -> tuple[Finding, ...]:
    """What is found in the file when the other changes in the work tree are taken into account.

    Where the edit depends on files that did not change (`around`), those of the last commit are read, too.
    """
    repository = place.repository
    roles = Roles(terms.config)
    others = _others(repository, place, roles, terms) if repository is not None else []
    snapshot = _committed(place) if around else None
    if snapshot is not None:
        compared = compare_edit(snapshot, place.path, (before, after), others, terms)
    else:
        pairs = [_pair(place.path, before, after, roles, terms), *others]
        compared = judged(pairs, [], (_WORKTREE, _WORKTREE), terms)
    return tuple(one for one in compared.findings if one.path == place.path)


def _committed(place: Place) -> Snapshot | None:
    """The last commit; None where there is none."""
    from integrity.errors import IntegrityError
    from integrity.snapshot.snapshot import take

    try:
        return take([place.root], rev="HEAD")
    except IntegrityError:
        return None


def _others(repository: Repository, place: Place, roles: Roles, terms: Terms) -> list[Pair]:
    """The other files that differ from the last commit."""
    from integrity.errors import UnreadableError
    from integrity.git.objects import BlobReader, ObjectStore
    from integrity.hook.event import EventError, read_file

    pairs = []
    with BlobReader(ObjectStore.of(repository)) as reader:
        for path, blob in repository.changed()[:_MOST]:
            if path == place.path:
                continue
            try:
                old, new = (reader.read(blob) if blob else None), read_file(repository.root / path)
            except (EventError, UnreadableError):
                old, new = None, None
            if old != new:
                pairs.append(_pair(path, old, new, roles, terms))
    return pairs


def _pair(path: str, before: bytes | None, after: bytes | None, roles: Roles, terms: Terms) -> Pair:
    context, kind = roles.context(path), kind_of(path, roles)
    python = path.endswith(_PYTHON)
    looks: list[Look] = [
        terms.looker.look(one, context, kind) if one is not None and python else NOTHING for one in (before, after)
    ]
    names = ["" if one is None else path for one in (before, after)]
    collected = context.collected, context.collected
    file = FilePair(names[0], names[1], looks[0].profile, looks[1].profile, kind, collected, python=python)
    return Pair(file, looks[0], looks[1])
