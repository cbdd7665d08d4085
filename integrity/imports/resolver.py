"""Where a dotted name leads, as CPython's path finder answers, for the files of one repository.

Per folder on the path a package beats a module of the same name, an extension module beats a `.py` file, and both
beat a namespace folder, which only counts when no folder on the path has anything better. What is not in the listing
but may be there when the code runs (compiled or generated modules, files that git ignores, submodules) is "unknown",
never "missing".
"""

from __future__ import annotations

import enum
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from integrity.globs import compile_globs
from integrity.imports.roots import Roots
from integrity.imports.settings import PROJECT_FILES, Settings

_BINARY = re.compile(r"(?P<name>[^./]+)(?:\.[^/]*)?\.(?:so|pyd|dll|dylib)")
_SOURCE_OF_BINARY = re.compile(r"(?P<name>[^./]+)\.(?:pyx|pyx\.in|pyx\.tp|c|cc|cpp|cxx|cu|py\.in|py\.tmpl|pyc|zip|egg)")
_PROTO = re.compile(r"(?P<name>[^./]+)\.proto")
_GENERATED = re.compile(r"_?_?version_?_?|.*_pb2(?:_grpc)?|_build_info|_generated.*")
_RUN_ALONE = re.compile(r"test_.*|.*_test\.py|conftest\.py|__main__\.py")
_BUILD_FILES = frozenset({"Cargo.toml", "meson.build", "CMakeLists.txt"})
_STANDARD = frozenset(sys.stdlib_module_names)


def is_module(path: str) -> bool:
    """Whether a file is a module, or the stub of one."""
    return path.endswith((".py", ".pyi"))


def steers(path: str) -> bool:
    """Whether a file that is no module says that one may be there, or where a source root is."""
    name = path.rpartition("/")[2]
    special = _BINARY.fullmatch(name) or _SOURCE_OF_BINARY.fullmatch(name) or _PROTO.fullmatch(name)
    return bool(special) or name in _BUILD_FILES or name in PROJECT_FILES


def module_at(path: str) -> str:
    """The place, without suffix, of the one module that a file is or may become; "" when that is not all it says."""
    folder, _, name = path.rpartition("/")
    if name.endswith(".py"):
        return path.removesuffix(".py")
    match = _BINARY.fullmatch(name) or _SOURCE_OF_BINARY.fullmatch(name)
    return f"{folder}/{match['name']}".lstrip("/") if match else ""


class Kind(str, enum.Enum):
    """What a name leads to."""

    MODULE = "module"
    PACKAGE = "package"
    NAMESPACE = "namespace"
    MISSING = "missing"  # its top-level name is the repository's own, and the module is not there
    EXTERNAL = "external"  # the standard library, a dependency, or nothing that anyone here knows
    UNKNOWN = "unknown"  # may be there when the code runs


@dataclass(frozen=True)
class Located:
    """The answer.

    Attributes:
        kind: what the name leads to.
        name: the dotted name.
        path: the file of a module, the `__init__.py` of a package, else "".
        folders: where the submodules of a package or namespace lie.
        stub: the path of its `.pyi`, "" when there is none.
        nearest: for a missing module, the longest beginning of the name that exists.
    """

    kind: Kind
    name: str
    path: str = ""
    folders: tuple[str, ...] = ()
    stub: str = ""
    nearest: str = ""

    @property
    def found(self) -> bool:
        """Whether it is the repository's own, and there."""
        return self.kind in _FOUND

    @property
    def is_package(self) -> bool:
        """Whether it can hold submodules."""
        return self.kind in (Kind.PACKAGE, Kind.NAMESPACE)


_FOUND = frozenset({Kind.MODULE, Kind.PACKAGE, Kind.NAMESPACE})


@dataclass
class _Folder:
    """What a folder holds, by importable name."""

    modules: dict[str, str] = field(default_factory=dict)
    stubs: dict[str, str] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    opaque: bool = False
    generated: bool = False
    holds: bool = False  # a module, at any depth


class Resolver:
    """Resolves names in one repository.

    Attributes:
        settings: as given.
        roots: the folders to search.
        compared: folders whose modules were compared with a word, with that word.
        owned: the names under which files were found to be imported, with the file.

    Args:
        paths: every path of the snapshot, of whatever type.
        settings: what its files say.
        opaque: folders whose content is not listed: submodules, and links.
    """

    def __init__(self, paths: Iterable[str], settings: Settings | None = None, opaque: Iterable[str] = ()) -> None:
        known = list(paths)
        self.settings = settings or Settings()
        self.roots = Roots(known, self.settings)
        self._folders: dict[str, _Folder] = {"": _Folder()}
        for path in known:
            self._add(path)
        for path in opaque:
            self._hide(path)
        self._is_ignored = {
            folder: compile_globs(patterns) for folder, patterns in self.settings.ignored.items() if patterns
        }
        self._located: dict[tuple[tuple[str, ...], str], Located] = {}
        self._children: dict[tuple[tuple[str, ...], str], Located | None] = {}
        self.compared: set[tuple[str, str]] = set()
        self.owned: dict[str, str] = {}
        self._mapped = {name: Located(Kind.NAMESPACE, name, folders=(place,)) for name, place in self._packages()}

    @property
    def asked(self) -> frozenset[str]:
        """Every dotted name that was looked up, but for those that only the files of these names asked for."""
        return frozenset(name for _, name in self._located)

    def locate(self, name: str, importer: str = "") -> Located:
        """Where an absolute dotted name leads, seen from a file (its path; "" for the repository root)."""
        return self.locate_on(name, self.roots.search(importer))

    def locate_on(self, name: str, search: tuple[str, ...]) -> Located:
        """Where an absolute dotted name leads when these folders are searched, in order."""
        key = search, name
        found = self._located.get(key)
        if found is None:
            found = self._located[key] = self._locate(name, search)
        return found

    def absolute(self, module: str, level: int, package: str) -> str | None:
        """The absolute name that an import statement means.

        Args:
            module: as written, "" for `from . import x`.
            level: the number of leading dots.
            package: the `__package__` of the importer.

        Returns:
            None where CPython raises ImportError: beyond the top-level package, or with no known parent package.
        """
        if not level:
            return module
        parts = package.split(".") if package else []
        if len(parts) < level:
            return None
        base = ".".join(parts[: len(parts) - level + 1])
        return f"{base}.{module}" if module else base

    def name(self, path: str) -> str:
        """The dotted name under which a file is imported, "" when no name leads to it."""
        return next(iter(self.names(path)), "")

    def names(self, path: str) -> tuple[str, ...]:
        """Every dotted name that leads to a file from its own place, the likeliest first.

        The closest root that is not inside a package of the file goes first.
        """
        found = [name for root in self._roots_above(path) if (name := _dotted(path, root))]
        mapped = [name for name in map(_join, *self._by_mapping(path)) if name] if self._mapped else []
        search = self.roots.search(path)
        return tuple(name for name in dict.fromkeys([*mapped, *found]) if self._is_owned(name, search, path))

    def _is_owned(self, name: str, search: tuple[str, ...], path: str) -> bool:
        """Whether a name leads to a file."""
        if self._locate(name, search).path == path:
            self.owned[name] = path
            return True
        return self.locate_on(name, search).path == path

    def package_of(self, name: str, path: str) -> str:
        """The `__package__` of a module with this name and path."""
        return name if path.rpartition("/")[2] == "__init__.py" else name.rpartition(".")[0]

    def first_party(self) -> tuple[str, ...]:
        """The top-level names that are the repository's own from everywhere, sorted."""
        names = set(self._mapped)
        for root in self.roots.everywhere:
            folder = self._folders.get(root)
            if folder:
                names |= {name for name in (*folder.modules, *folder.folders) if name.isidentifier()}
        return tuple(sorted(name for name in names if self.locate(name).found))

    def submodules(self, located: Located, word: str) -> tuple[str, ...]:
        """The names that can be imported from a package or namespace, sorted; to be compared with a word."""
        names: set[str] = set()
        for place in located.folders:
            self.compared.add((place, word))
            folder = self._folders.get(place, _Folder())
            names.update(folder.modules, (name for name in folder.folders if self._folders[f"{place}/{name}"].holds))
        return tuple(sorted(names - {"__init__"}))

    def _locate(self, name: str, search: tuple[str, ...]) -> Located:
        parent, _, last = name.rpartition(".")
        if not parent:
            return self._top(name, search)
        above = self.locate_on(parent, search)
        if above.kind not in _FOUND:
            return Located(above.kind, name, nearest=above.nearest)
        if above.kind is Kind.MODULE:
            return Located(Kind.MISSING, name, nearest=parent)
        found = self._child(above.folders, last, name)
        if found:
            return found
        return Located(self._absence(above.folders, last, name, search), name, nearest=parent)

    def _absence(self, folders: Sequence[str], last: str, name: str, search: tuple[str, ...]) -> Kind:
        """Whether a module that is not in the listing can be there all the same."""
        if name in self.settings.compiled or any(self._may_hold(folder, last) for folder in folders):
            return Kind.UNKNOWN
        below = name.replace(".", "/")
        elsewhere = {*search, *self.roots.roots()}
        return Kind.UNKNOWN if any(self._exists(f"{root}/{below}".lstrip("/")) for root in elsewhere) else Kind.MISSING

    def _exists(self, place: str) -> bool:
        """Whether a module or a folder with modules lies at a place, given without suffix."""
        folder, _, name = place.rpartition("/")
        known = self._folders.get(folder)
        below = self._folders.get(place)
        return (known is not None and name in known.modules) or (below is not None and below.holds)

    def _may_hold(self, folder: str, name: str) -> bool:
        known = self._folders.get(folder)
        if known is None or known.opaque or name in known.unknown or (known.generated and name[:1] == "_"):
            return True
        return (
            bool(_GENERATED.fullmatch(name))
            or self._ignored(f"{folder}/{name}.py")
            or self._ignored(f"{folder}/{name}/__init__.py")
        )

    def _ignored(self, path: str) -> bool:
        return any(
            ignored(path[len(folder) + 1 :] if folder else path)
            for folder, ignored in self._is_ignored.items()
            if not folder or path.startswith(f"{folder}/")
        )

    def _top(self, name: str, search: tuple[str, ...]) -> Located:
        if name in _STANDARD:
            return Located(Kind.EXTERNAL, name)
        if name in self._mapped:
            place = self._mapped[name].folders[0]
            return self._package(place, name) or self._mapped[name]
        found = self._child(search, name, name)
        if found is None:
            late = self._child(tuple(sorted(self.roots.roots())), name, name)
            return Located(Kind.UNKNOWN if late and late.kind is not Kind.NAMESPACE else Kind.EXTERNAL, name)
        if name.lower() in self.settings.dependencies:
            if found.kind is Kind.NAMESPACE:
                return Located(Kind.EXTERNAL, name)
            if found.kind is Kind.MODULE and found.path.rpartition("/")[0] not in self.roots.sources:
                return Located(Kind.UNKNOWN, name)  # a file beside the importer, or the dependency of that name
        return found

    def _child(self, folders: tuple[str, ...], last: str, name: str) -> Located | None:
        """What a name leads to in folders searched in order, None when there is nothing."""
        key = folders, name
        if key not in self._children:
            self._children[key] = self._find(folders, last, name)
        return self._children[key]

    def _find(self, folders: tuple[str, ...], last: str, name: str) -> Located | None:
        portions = []
        for folder in folders:
            known = self._folders.get(folder)
            if known is None:
                continue
            if known.opaque or last in known.unknown:
                return Located(Kind.UNKNOWN, name)
            place = f"{folder}/{last}" if folder else last
            package = self._package(place, name)
            if package:
                return package
            if last in known.modules:
                return Located(Kind.MODULE, name, known.modules[last], stub=known.stubs.get(last, ""))
            if last in known.folders:
                portions.append(place)
        held = any(self._folders[place].holds for place in portions)
        return Located(Kind.NAMESPACE, name, folders=tuple(portions)) if held else None

    def _package(self, place: str, name: str) -> Located | None:
        inside = self._folders.get(place)
        if inside is None:
            return None
        if inside.opaque or "__init__" in inside.unknown:
            return Located(Kind.UNKNOWN, name)
        if "__init__" not in inside.modules:
            return None
        return Located(Kind.PACKAGE, name, inside.modules["__init__"], (place,), stub=inside.stubs.get("__init__", ""))

    def _add(self, path: str) -> None:
        parent, _, name = path.rpartition("/")
        folder = self._folder(parent)
        stem, _, suffix = name.rpartition(".")
        if suffix == "py":
            folder.modules[stem] = path
            self._mark(parent)
        elif suffix == "pyi":
            folder.stubs[stem] = path
        elif match := _BINARY.fullmatch(name) or _SOURCE_OF_BINARY.fullmatch(name):
            if match.re is _BINARY or match["name"] not in folder.modules:
                folder.unknown.add(match["name"])
        elif match := _PROTO.fullmatch(name):
            folder.unknown.update((f"{match['name']}_pb2", f"{match['name']}_pb2_grpc"))
        elif name in _BUILD_FILES:
            folder.generated = True

    def _mark(self, path: str) -> None:
        """Note that a folder, and with it every folder above, holds a module."""
        while not self._folders[path].holds:
            self._folders[path].holds = True
            path = path.rpartition("/")[0]

    def _hide(self, path: str) -> None:
        """Note that nobody knows what lies at a path."""
        parent, _, name = path.rpartition("/")
        if name.endswith((".py", ".pyi")):
            self._folder(parent).unknown.add(name.partition(".")[0])
        else:
            self._folder(path).opaque = True

    def _folder(self, path: str) -> _Folder:
        """What a folder holds; it and those above it are made when they are new."""
        missing = []
        while path not in self._folders:
            missing.append(path)
            path = path.rpartition("/")[0]
        for place in reversed(missing):
            self._folders[place] = _Folder()
            parent, _, name = place.rpartition("/")
            self._folders[parent].folders.add(name)
        return self._folders[missing[0] if missing else path]

    def _packages(self) -> list[tuple[str, str]]:
        return [(name, place) for name, place in self.settings.packages.items() if place in self._folders]

    def _by_mapping(self, path: str) -> tuple[list[str], list[str]]:
        """Names of mapped packages that a file lies in, and its dotted name below each."""
        pairs = [(name, one.folders[0]) for name, one in self._mapped.items() if path.startswith(f"{one.folders[0]}/")]
        return [name for name, _ in pairs], [_dotted(path, place) for _, place in pairs]

    def _roots_above(self, path: str) -> list[str]:
        """The roots around a file: the closest that holds all its packages first, then those inside them."""
        base = self.roots.base(path)
        if base not in self.roots.roots() and not _RUN_ALONE.fullmatch(path.rpartition("/")[2]):
            base = ""
        around = [root for root in self.roots.search(path) if not root or path.startswith(f"{root}/")]
        outer = sorted((root for root in around if len(root) <= len(base)), key=len, reverse=True)
        return [*outer, *(root for root in around if len(root) > len(base))]


def _dotted(path: str, root: str) -> str:
    """The dotted name of a file below a root, "" for the root's own `__init__.py` and for names nobody can write."""
    parts = path[len(root) + 1 if root else 0 :].removesuffix(".py").split("/")
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts) if all(map(str.isidentifier, parts)) else ""


def _join(package: str, below: str) -> str:
    return f"{package}.{below}" if below else package
