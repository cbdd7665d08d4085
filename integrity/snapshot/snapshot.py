"""A snapshot: the Python files of a work tree, an index, a revision or a plain folder, as (path, blob id)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from integrity.errors import TargetError, UnreadableError
from integrity.git.objects import ObjectStore, hash_blob
from integrity.git.past import Past
from integrity.git.repository import GitMissingError, Repository
from integrity.globs import compile_globs
from integrity.harness.kinds import kind_of
from integrity.imports.declared import read as read_settings
from integrity.imports.settings import Settings
from integrity.model import Gap
from integrity.snapshot.links import count_outward
from integrity.snapshot.listing import Item, Listing, of_folder, of_index, of_revision, of_worktree
from integrity.snapshot.readers import Entry, Locator, ReaderSpec, obstacle, read_file, too_large
from integrity.snapshot.selection import Selection, common_root, real, relative, select

__all__ = ["Entry", "ReaderSpec", "Snapshot", "take"]

SUFFIXES = (".py", ".pyi", ".pyw")
_MODULES = (".py",)
_SHEBANG = re.compile(rb"#!.*?(?:(?:^|[/ \t!])(?:python|pypy)w?[0-9.]*(?:[ \t]|$)|\buv run\b)")


@dataclass(frozen=True)
class Snapshot:
    """What is to be checked.

    Attributes:
        kind: "worktree" (also of a plain folder), "index" or "revision".
        revision: the id of the commit (or tree) of a revision, else None.
        root: the folder that paths are relative to.
        in_repository: whether git knows the root.
        entries: the Python files, sorted by path.
        gaps: the Python files and folders that cannot be checked, sorted.
        notes: remarks such as submodules left alone.
        reader: reads the entries, in any process.
        packages: the path of every `__init__.py` there is, asked for or not, sorted.
        paths: every path there is, asked for or not, sorted.
        opaque: paths whose content nobody lists: submodules and links.
        around: the Python files that were not asked for, sorted by path.
        settings: what the files of the repository say about importing.
        others: the files that are no Python, sorted by path; one whose blob is "" must be read to learn it.
        harness: the files that configure how tests are run, as far as they were asked for, sorted by path.
        harness_around: those that were not asked for.
        harness_gaps: those among the first that cannot be checked.
        past: the history of the commit that it is, or that a work tree stands on; None when there is none, and for an
            index, of which nobody wants to know.
    """

    kind: str
    revision: str | None
    root: Path
    in_repository: bool
    entries: tuple[Entry, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...]
    reader: ReaderSpec
    packages: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    opaque: tuple[str, ...] = ()
    around: tuple[Entry, ...] = ()
    settings: Settings = field(default_factory=Settings)
    others: tuple[Entry, ...] = ()
    harness: tuple[Entry, ...] = ()
    harness_around: tuple[Entry, ...] = ()
    harness_gaps: tuple[Gap, ...] = ()
    past: Past | None = None


@dataclass(frozen=True)
class _Scene:
    """Where a snapshot is taken: the beginnings of a `Snapshot`, and everything to choose from."""

    kind: str
    root: Path
    listing: Listing
    reader: ReaderSpec
    source: str = ""
    revision: str | None = None
    in_repository: bool = True
    notes: tuple[str, ...] = ()
    past: Past | None = None


def take(
    paths: Sequence[Path],
    *,
    staged: bool = False,
    rev: str | None = None,
    exclude: Sequence[str] = (),
    max_file_size: int = 10_000_000,
) -> Snapshot:
    """List what is to be checked under `paths`, files or folders relative to the current folder.

    Args:
        paths: none means the current folder.
        staged: the index instead of the work tree.
        rev: a revision instead of the work tree.
        exclude: gitignore-like globs relative to the root.
        max_file_size: bytes; a larger file becomes a gap.

    Raises:
        TargetError: a path or the revision does not exist, or what is asked for needs a repository.
        GitError: git is needed and missing, or refuses the repository.
    """
    if staged and rev is not None:
        raise TargetError("the index and a revision cannot be scanned at once; choose --staged or --rev")
    targets = [real(path) for path in paths or (Path(),)]
    scene = _scene(targets, staged, rev, max_file_size)
    selection = select(targets, scene.root, scene.listing, scene.source)
    return _develop(scene, selection, compile_globs(exclude))


def _scene(targets: list[Path], staged: bool, rev: str | None, limit: int) -> _Scene:
    """Find the repository, or do without, and list everything in it."""
    try:
        repository = Repository.discover(targets[0])
    except GitMissingError:
        if staged or rev is not None:
            raise
        return _folder_scene(targets, limit, ("git cannot be run: ignored files were scanned too",))
    if repository is None:
        if staged or rev is not None:
            wanted = "the index (--staged)" if staged else f"the revision {rev} (--rev)"
            raise TargetError(f"{targets[0]} is not in a git repository, so {wanted} cannot be scanned; leave it out")
        return _folder_scene(targets, limit)
    return _repository_scene(repository, staged, rev, limit)


def _folder_scene(targets: list[Path], limit: int, notes: tuple[str, ...] = ()) -> _Scene:
    root = common_root(targets)
    folders = [relative(target, root) for target in targets if target.is_dir()]
    reader = ReaderSpec(root, limit)
    return _Scene("worktree", root, of_folder(root, folders), reader, in_repository=False, notes=notes)


def _repository_scene(repository: Repository, staged: bool, rev: str | None, limit: int) -> _Scene:
    root = repository.root
    stored = ReaderSpec(root, limit, repository.object_format, ObjectStore.of(repository))
    if rev is not None:
        revision = repository.resolve(rev)
        listing = of_revision(repository, revision)
        past = Past(repository, revision) if repository.commit(revision) else None
        return _Scene("revision", root, listing, stored, source=f"the revision {rev}", revision=revision, past=past)
    if repository.bare:
        raise TargetError(f"{root} has no work tree; scan one of its revisions with --rev")
    if staged:
        return _Scene("index", root, of_index(repository), stored, source="the index")
    listing = of_worktree(repository)
    past = Past(repository, listing.head) if listing.head else None
    return _Scene("worktree", root, listing, ReaderSpec(root, limit, repository.object_format), past=past)


def _develop(scene: _Scene, selection: Selection, excluded: Callable[[str], bool]) -> Snapshot:
    """Keep what is Python and asked for, and find out what each file holds."""
    listed = {item.path: item for item in scene.listing.items}
    named = [listed.get(path, Item(path)) for path in sorted(selection.files)]  # git may ignore what the user names
    for item in named:
        _require_python(scene, item)
    chosen = {item.path: item for item in scene.listing.items if selection.holds(item.path)}
    chosen |= {item.path: item for item in named}
    kept = [item for path, item in sorted(chosen.items()) if not excluded(_probe(item))]
    python = [item for item in kept if _is_source(item) and (item.path.endswith(SUFFIXES) or item in named)]
    python = [item for item in python if not _is_harness(item)]
    results = list(_entries(scene, python))
    others = [item for path, item in listed.items() if path not in chosen and _is_source(item)]
    others = [item for item in others if item.path.endswith(_MODULES) and not excluded(item.path)]
    config = list(_entries(scene, [item for item in kept if _is_harness(item)]))
    config_around = [item for path, item in listed.items() if path not in chosen and _is_harness(item)]
    config_around = [item for item in config_around if not excluded(item.path)]
    unlisted = [gap for gap in scene.listing.gaps if selection.holds(gap.path) and not excluded(f"{gap.path}/.")]
    return Snapshot(
        kind=scene.kind,
        revision=scene.revision,
        root=scene.root,
        in_repository=scene.in_repository,
        entries=tuple(result for result in results if isinstance(result, Entry)),
        gaps=tuple(sorted([*unlisted, *(result for result in results if isinstance(result, Gap))])),
        notes=(*scene.notes, *_notes(scene, kept)),
        reader=scene.reader,
        packages=tuple(path for path in listed if path.rpartition("/")[2] == "__init__.py"),
        paths=tuple(path for path, item in listed.items() if _is_source(item)),
        opaque=tuple(path for path, item in listed.items() if not _is_source(item)),
        around=tuple(result for result in _entries(scene, others) if isinstance(result, Entry)),
        settings=_settings(scene, listed),
        harness=tuple(result for result in config if isinstance(result, Entry)),
        harness_around=tuple(result for result in _entries(scene, config_around) if isinstance(result, Entry)),
        harness_gaps=tuple(sorted(result for result in config if isinstance(result, Gap))),
        past=scene.past,
        others=tuple(Entry(one.path, one.blob) for one in kept if _is_source(one) and not one.path.endswith(SUFFIXES)),
    )


def _entries(scene: _Scene, items: list[Item]) -> Iterator[Entry | Gap]:
    return _on_disk(scene, items) if scene.reader.store is None else _stored(scene, items)


def _settings(scene: _Scene, listed: dict[str, Item]) -> Settings:
    """What the files of the repository say about importing, as far as they can be read."""
    with scene.reader.open() as reader:

        def content(path: str) -> bytes | None:
            try:
                return reader.read(Entry(path, listed[path].blob))
            except UnreadableError:
                return None

        return read_settings((path for path, item in listed.items() if item.kind == "file"), content)


def _probe(item: Item) -> str:
    """The path to hold against the globs; a submodule is a folder."""
    return f"{item.path}/." if item.kind == "submodule" else item.path


def _is_source(item: Item) -> bool:
    return item.kind in {"file", "unmerged"}


def _is_harness(item: Item) -> bool:
    return _is_source(item) and kind_of(item.path) is not None


def _require_python(scene: _Scene, item: Item) -> None:
    """Refuse a file named by the user that is not Python, by its suffix or its first line.

    Raises:
        TargetError: it is not.
    """
    if item.path.endswith(SUFFIXES) or item.kind != "file" or _is_harness(item):
        return
    try:
        with scene.reader.open() as reader:
            first = reader.read(Entry(item.path, item.blob)).split(b"\n", 1)[0]
    except UnreadableError:
        return  # becomes a gap
    if not _SHEBANG.match(first):
        raise TargetError(
            f"{item.path} is not a Python file: it has neither a suffix {', '.join(SUFFIXES)} nor a Python '#!' line"
        )


def _on_disk(scene: _Scene, items: Iterable[Item]) -> Iterator[Entry | Gap]:
    """Each file as an entry or a gap; a file that has vanished in the meantime is neither."""
    locate = Locator(scene.root)
    for item in items:
        place = locate(item.path)
        try:
            problem = obstacle(os.lstat(place), scene.reader.limit)
            blob = "" if problem else item.blob or _hashed(scene, place)
        except FileNotFoundError:
            continue
        except (OSError, UnreadableError) as error:
            problem = f"cannot be read: {error.strerror}" if isinstance(error, OSError) else str(error)
        yield Gap(item.path, problem) if problem else Entry(item.path, blob)


def _hashed(scene: _Scene, place: bytes) -> str:
    return hash_blob(read_file(place, scene.reader.limit), scene.reader.object_format)


def _stored(scene: _Scene, items: list[Item]) -> Iterator[Entry | Gap]:
    """Each blob as an entry or a gap."""
    store = scene.reader.store
    sizes = store.sizes(item.blob for item in items) if store else {}
    for item in items:
        size = sizes.get(item.blob)
        if item.kind == "unmerged":
            yield Gap(item.path, "unmerged in the index: resolve the conflict and `git add`")
        elif size is None:
            yield Gap(item.path, f"object {item.blob} is missing from the repository; `git fetch` may bring it")
        elif size > scene.reader.limit:
            yield Gap(item.path, too_large(size, scene.reader.limit))
        else:
            yield Entry(item.path, item.blob)


def _notes(scene: _Scene, kept: list[Item]) -> Iterator[str]:
    """What was left alone."""
    for item in kept:
        if item.kind == "submodule":
            yield f"{'submodule' if item.blob else 'nested repository'} {item.path} left alone"
    links = [(item.path, item.blob) for item in kept if item.kind == "link"]
    known = (item.path for item in scene.listing.items)
    count = count_outward(scene.root, links, known, scene.reader.store)
    if count:
        subject = "1 symbolic link that leads" if count == 1 else f"{count} symbolic links that lead"
        yield f"{subject} out of the tree or nowhere left alone"
