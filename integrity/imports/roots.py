"""Source roots: the folders of a repository that stand on `sys.path` when its code runs.

- the repository root, and every folder with a project file (`pyproject.toml`, `setup.py`, `setup.cfg`);
- `src`, `lib` and `python` below those, unless they are packages themselves;
- what build files and pytest's `pythonpath` name;
- for one file: the first folder above it without `__init__.py`, which Python adds for a script, and pytest in its
  default mode ("prepend") for a test module and for every `conftest.py` above it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import accumulate

from integrity.imports.settings import PROJECT_FILES, Settings

_SOURCE_FOLDERS = ("src", "lib", "python")


class Roots:
    """The source roots of a repository.

    Args:
        paths: every path of the snapshot.
        settings: what its files say.

    Attributes:
        everywhere: the roots that hold for every file, the most general first.
        sources: those of them that hold sources for certain; beside other project files lie scripts as well.
        packages: the folders with an `__init__.py`.
    """

    def __init__(self, paths: Iterable[str], settings: Settings) -> None:
        known = list(paths)
        self.packages = frozenset(path[:-12] for path in known if path.endswith("/__init__.py"))
        self._conftest = frozenset(self.base(path) for path in known if path.endswith("conftest.py"))
        self.everywhere = tuple(self._everywhere(known, settings))
        self.sources = frozenset(
            one for one in self.everywhere if not one or one in settings.sources or _is_source_folder(one)
        )
        self._searches: dict[str, tuple[str, ...]] = {}

    @property
    def digest(self) -> str:
        """Identifies the roots."""
        everything = (self.everywhere, sorted(self.sources), sorted(self._conftest))
        return hashlib.sha256(repr(everything).encode("utf-8", "surrogateescape")).hexdigest()

    def base(self, path: str) -> str:
        """The first folder above a file that is no package."""
        folder = path.rpartition("/")[0]
        while folder in self.packages:
            folder = folder.rpartition("/")[0]
        return folder

    def search(self, path: str) -> tuple[str, ...]:
        """The folders to search for what a file imports, in order.

        Its own base goes first, then the roots around it, the closest first, then all others. Projects of one
        repository may each have a package of the same name; a file means its own.
        """
        folder = path.rpartition("/")[0]
        found = self._searches.get(folder)
        if found is None:
            found = self._searches[folder] = tuple(dict.fromkeys(self._search(path, folder)))
        return found

    def roots(self) -> frozenset[str]:
        """Every folder that is a root for some file."""
        return self._conftest.union(self.everywhere)

    def _search(self, path: str, folder: str) -> list[str]:
        around = [*reversed(list(accumulate(folder.split("/"), "{}/{}".format))), ""] if folder else [""]
        roots = self.roots()
        close = [place for place in around if place in roots]
        nested = [f"{place}/{name}".lstrip("/") for place in around for name in _SOURCE_FOLDERS]
        known = set(self.everywhere)
        return [self.base(path), *close, *(place for place in nested if place in known), *self.everywhere]

    def _everywhere(self, paths: list[str], settings: Settings) -> list[str]:
        folders = {folder for path in paths if path.endswith(".py") for folder in _above(path)}
        projects = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] in PROJECT_FILES}
        projects = {"", *(folder for folder in projects if folder in folders)}
        nested = {f"{folder}/{name}".lstrip("/") for folder in projects for name in _SOURCE_FOLDERS}
        sources = [place for place in sorted(nested) if place in folders and place not in self.packages]
        named = [place for place in settings.sources if not place or place in folders]
        rest = sorted(projects, key=lambda folder: (folder.count("/") + bool(folder), folder))
        return list(dict.fromkeys(["", *sources, *named, *rest]))


def _is_source_folder(path: str) -> bool:
    return path.rpartition("/")[2] in _SOURCE_FOLDERS


def _above(path: str) -> list[str]:
    """The folders around a file, except the root."""
    folder = path.rpartition("/")[0]
    return list(accumulate(folder.split("/"), "{}/{}".format)) if folder else []
