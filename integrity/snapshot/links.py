"""Symbolic links are never followed; this counts those that hide something by not being followed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from integrity.errors import UnreadableError
from integrity.git.objects import BlobReader, ObjectStore
from integrity.snapshot.readers import Locator


def count_outward(root: Path, links: Iterable[tuple[str, str]], known: Iterable[str], store: ObjectStore | None) -> int:
    """How many links lead to nothing that is known: out of the tree, nowhere, or to an ignored file.

    Args:
        root: the folder that paths are relative to.
        links: path and blob id of each link; ids are not needed on disk.
        known: every path of the tree.
        store: where the blobs lie, None for links on disk.
    """
    pairs = sorted(links)
    if not pairs:
        return 0
    targets = _on_disk(root, pairs) if store is None else _stored(store, pairs)
    reachable = _reachable(known)
    return sum(_destination(root, path, target) not in reachable for path, target in targets)


def _reachable(known: Iterable[str]) -> set[str]:
    """The known paths and every folder above one."""
    reachable = {"."}
    for path in known:
        while path and path not in reachable:
            reachable.add(path)
            path = path.rpartition("/")[0]  # noqa: PLW2901 - climbing
    return reachable


def _on_disk(root: Path, links: list[tuple[str, str]]) -> Iterator[tuple[str, bytes]]:
    locate = Locator(root)
    for path, _ in links:
        with suppress(OSError):  # it has vanished
            yield path, os.readlink(locate(path))  # noqa: PTH115 - bytes


def _stored(store: ObjectStore, links: list[tuple[str, str]]) -> Iterator[tuple[str, bytes]]:
    with BlobReader(store) as blobs:
        for path, blob in links:
            with suppress(UnreadableError):
                yield path, blobs.read(blob)


def _destination(root: Path, path: str, target: bytes) -> str:
    """Where a link leads, relative to the root."""
    folder = os.path.dirname(Locator(root)(path))  # noqa: PTH120 - bytes
    place = os.path.normpath(os.path.join(folder, target))  # noqa: PTH118 - bytes
    relative = os.path.relpath(place, os.fsencode(root))
    return relative.replace(os.fsencode(os.sep), b"/").decode("utf-8", "surrogateescape")
