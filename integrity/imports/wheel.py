"""The Python files of a wheel, as data; `wheels` reads it from build files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wheel:
    """The Python files of a wheel; all paths are relative to the root of the repository.

    Attributes:
        source: the path of the file that says so.
        project: the folder of the project.
        folders: folders whose own files are shipped.
        trees: files, and folders of which everything is shipped.
        others: the folders of projects inside of this one, which have wheels of their own.
    """

    source: str
    project: str
    folders: tuple[str, ...] = ()
    trees: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def ships(self, path: str) -> bool:
        """Whether a file is in the wheel."""
        return path.rpartition("/")[0] in self.folders or any(below(path, tree) for tree in self.trees)

    def lacks(self, path: str) -> str:
        """Why a file of the project is not in the wheel, "" when it is, or belongs to another project."""
        own = below(path, self.project) and not any(below(path, other) for other in self.others)
        return f"{self.source} does not list it for the wheel" if own and not self.ships(path) else ""


def below(path: str, place: str) -> bool:
    """Whether a path is a place or lies below it; everything lies below the root, ""."""
    return not place or path == place or path.startswith(f"{place}/")
