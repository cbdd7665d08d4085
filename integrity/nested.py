"""What folders below the root of the repository say to pytest.

Pytest takes the configuration nearest to what it is asked to run: called in `services/cart`, or with a path in it, it
reads `services/cart/pytest.ini`, and called at the root without a path what stands there
(https://docs.pytest.org/en/stable/reference/customize.html). A repository of several projects is tested both ways, so
that a test counts as collected when the nearest folder that configures pytest collects it, or the root where that
configures pytest, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

OWN_NAMES = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini")
"""The files that configure pytest by being there, in the order in which it takes the first."""

SHARED_NAMES = ("pyproject.toml", "tox.ini", "setup.cfg")
"""Those that come next, and configure it when they say something to it."""

_NAMES = frozenset({*OWN_NAMES, *SHARED_NAMES})


@dataclass(frozen=True)
class Nested:
    """A folder below the root that configures pytest.

    Attributes:
        folder: its path.
        pytest: what it says, by the name of the option.
        test_paths: folders of tests, by their paths in the repository.
        python_files: globs of test files, those of the root among them where that configures pytest, too.
        python_classes: prefixes or globs of classes, likewise.
        python_functions: prefixes or globs of functions, likewise.
        norecursedirs: globs of the folders that pytest stays out of; None when its own default holds.
        strict_xfail: whether pytest fails what passes although it is marked as failing.
        rooted: whether the root configures pytest, too.
    """

    folder: str
    pytest: Mapping[str, Any] = field(compare=False)
    test_paths: tuple[str, ...] = ()
    python_files: tuple[str, ...] = ()
    python_classes: tuple[str, ...] = ()
    python_functions: tuple[str, ...] = ()
    norecursedirs: tuple[str, ...] | None = None
    strict_xfail: bool = False
    rooted: bool = False


class Nearest:
    """Finds the folder that configures pytest for a path.

    Args:
        folders: those below the root.
    """

    def __init__(self, folders: Iterable[Nested]) -> None:
        self._by_folder = {one.folder: one for one in folders}
        self._known: dict[str, Nested | None] = {"": None}

    def of(self, folder: str) -> Nested | None:
        """The nearest one from a folder upwards, None where that is the root."""
        if not self._by_folder:
            return None
        if folder not in self._known:
            self._known[folder] = self._by_folder.get(folder) or self.of(folder.rpartition("/")[0])
        return self._known[folder]


def candidates(paths: Iterable[str]) -> dict[str, list[str]]:
    """The names of files that pytest would read, by folder below the root, sorted."""
    found: dict[str, list[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        if folder and name in _NAMES and "{{" not in folder:
            found.setdefault(folder, []).append(name)
    return dict(sorted(found.items()))


def above(path: str) -> list[str]:
    """Where files that configure pytest for a path would lie, below the root."""
    folders = list(accumulate(path.split("/")[:-1], "{}/{}".format))
    return [f"{folder}/{name}" for folder in folders for name in sorted(_NAMES)]


def in_folder(read: Callable[[str], bytes | None], folder: str, names: Iterable[str]) -> Callable[[str], bytes | None]:
    """Reads the files of a folder by their names, as far as they are among the given ones and speak of pytest."""
    known = frozenset(names)

    def reader(name: str) -> bytes | None:
        content = read(f"{folder}/{name}") if name in known else None
        return None if content and name in SHARED_NAMES and b"pytest" not in content else content

    return reader


def joined(own: tuple[str, ...], root: tuple[str, ...] | None) -> tuple[str, ...]:
    """The patterns of both, each once."""
    return tuple(dict.fromkeys((*own, *(root or ()))))


def prefixed(folder: str, paths: Iterable[str]) -> Iterator[str]:
    """Paths in a folder as paths in the repository."""
    yield from (f"{folder}/{path}" for path in paths)
