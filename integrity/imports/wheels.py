"""What a project's wheel holds, as far as its build file lists it in so many words.

Read are `[tool.setuptools]` and `setup.cfg` (`packages`, `find:`, `py-modules`, `package-dir`), `[tool.hatch]`
(`packages`, `only-include`), `[tool.poetry]` (`packages`) and the module of flit. A build that computes anything, or
adds files in other ways, is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import accumulate
from posixpath import normpath
from typing import Any

from integrity.config import ini, toml
from integrity.imports.wheel import Wheel, below

_ADDING = ("setuptools_scm", "setuptools-scm", "package-data", "package_data")


def wheel(source: str, data: bytes, paths: Sequence[str]) -> Wheel | None:
    """The wheel that a `pyproject.toml` or `setup.cfg` describes, None when it lists nothing that can be relied on.

    Args:
        source: the path of the file.
        data: its content.
        paths: every path of the repository, sorted.
    """
    project = source.rpartition("/")[0]
    text = data.decode("utf-8", "replace")
    inside = [path for path in paths if below(path, project)]
    inner = {path.rpartition("/")[0] for path in inside if path.endswith(("/pyproject.toml", "/setup.py"))}
    build = _Build(project, inside, loose=_adds_files(project, text, inside))
    try:
        found = build.read_toml(toml.parse(data)) if source.endswith(".toml") else build.read_ini(ini.parse(text))
    except (toml.TomlError, ini.IniError):
        return None
    if not found or not any(found):
        return None
    return Wheel(source, project, *found, tuple(sorted(inner - {project})))


_Found = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class _Build:
    """The build of one project: its folder, the paths in it, and whether files may be added in ways not looked into."""

    project: str
    paths: Sequence[str]
    loose: bool

    def read_toml(self, table: Mapping[str, Any]) -> _Found | None:
        """What a `pyproject.toml` lists: folders and trees."""
        backend = str(_table(table, "build-system").get("build-backend", "setuptools")).partition(".")[0]
        if backend == "setuptools":
            return self._setuptools(_table(table, "tool", "setuptools"))
        if backend == "hatchling":
            return self._hatch(_table(table, "tool", "hatch", "build"))
        if backend == "poetry":
            return self._poetry(_table(table, "tool", "poetry"))
        if backend == "flit_core":
            return self._flit(table)
        return None

    def read_ini(self, sections: Mapping[str, Mapping[str, str]]) -> _Found | None:
        """What a `setup.cfg` lists, unless a `pyproject.toml` or `setup.py` beside it may say something else."""
        if not {self._at("pyproject.toml"), self._at("setup.py")}.isdisjoint(self.paths):
            return None
        options = sections.get("options", {})
        packages = options.get("packages", "").strip()
        pairs = [line.split("=", 1) for line in options.get("package_dir", "").splitlines() if "=" in line]
        mapping = {name.strip(): place.strip() for name, place in pairs}
        if packages in ("find:", "find_namespace:"):
            find = sections.get("options.packages.find", {})
            lists = {key: find.get(key, "").replace(",", "\n").split() for key in ("include", "exclude")}
            where = find.get("where", mapping.get("", "."))
            return self._found(self._find(where, lists["include"], lists["exclude"], packages != "find:"), [])
        listed = packages.replace(",", "\n").split()
        return self._listed(listed, options.get("py_modules", "").replace(",", "\n").split(), mapping)

    def _setuptools(self, table: Mapping[str, Any]) -> _Found | None:
        packages, mapping = table.get("packages"), _table(table, "package-dir")
        if isinstance(packages, Mapping) and isinstance(packages.get("find"), Mapping):
            find = packages["find"]
            places = [self._find(where, _texts(find.get("include")), _texts(find.get("exclude")),
                                 find.get("namespaces", True) is True)
                      for where in _texts(find.get("where")) or ["."]]  # fmt: skip
            return self._found({folder for found in places for folder in found}, _texts(table.get("py-modules")))
        if isinstance(packages, list):
            return self._listed(_texts(packages), _texts(table.get("py-modules")), mapping)
        return None

    def _listed(self, packages: Sequence[str], modules: Sequence[str], mapping: Mapping[str, Any]) -> _Found | None:
        folders = {self._folder(name, mapping) for name in packages}
        return self._found(folders, [self._folder(name, mapping) for name in modules])

    def _found(self, folders: Iterable[str], modules: Iterable[str]) -> _Found:
        listed = tuple(sorted(folders))
        files = tuple(f"{place}.py" for place in modules)
        return ((), (*listed, *files)) if self.loose else (listed, files)

    def _folder(self, name: str, mapping: Mapping[str, Any]) -> str:
        """The folder of a package, as `package-dir` places it."""
        parts = name.split(".")
        for count in range(len(parts), 0, -1):
            place = mapping.get(".".join(parts[:count]))
            if isinstance(place, str):
                return self._at(place, *parts[count:])
        return self._at(str(mapping.get("", ".")), *parts)

    def _find(self, where: str, include: Sequence[str], exclude: Sequence[str], namespaces: bool) -> set[str]:
        """The folders that setuptools finds."""
        root = self._at(where)
        inside = [path[len(root) :].lstrip("/") for path in self.paths if below(path, root) and path.endswith(".py")]
        holders = {path.rpartition("/")[0] for path in inside}
        regular = {path.rpartition("/")[0] for path in inside if path.endswith("/__init__.py")}
        folders = {above for one in holders if one for above in accumulate(one.split("/"), "{}/{}".format)}
        found = set()
        for folder in folders:
            above = list(accumulate(folder.split("/"), "{}/{}".format))
            if "." in folder or not (namespaces or regular.issuperset(above)):
                continue
            name = folder.replace("/", ".")
            if _matches(name, include or ["*"]) and not _matches(name, exclude):
                found.add(f"{root}/{folder}".lstrip("/"))
        return found

    def _hatch(self, build: Mapping[str, Any]) -> _Found | None:
        target = _table(build, "targets", "wheel")
        computed = ("force-include", "include", "artifacts", "hooks", "sources")
        if any(key in place for key in computed for place in (build, target)):
            return None
        trees = _texts(target.get("only-include")) or _texts(target.get("packages")) or _texts(build.get("packages"))
        return (), tuple(self._at(tree) for tree in trees)

    def _poetry(self, table: Mapping[str, Any]) -> _Found | None:
        packages = table.get("packages")
        if "include" in table or "build" in table or not isinstance(packages, list):
            return None
        trees = []
        for one in packages:
            include = one.get("include") if isinstance(one, Mapping) else None
            if not isinstance(include, str) or "*" in include:
                return None
            trees.append(self._at(str(one.get("from", ".")), include))
        return (), tuple(trees)

    def _flit(self, table: Mapping[str, Any]) -> _Found | None:
        named = _table(table, "tool", "flit", "module").get("name") or _table(table, "project").get("name")
        if not isinstance(named, str) or "external-data" in _table(table, "tool", "flit"):
            return None
        place = named.replace("-", "_").replace(".", "/")
        places = [self._at(root, place) for root in (".", "src")]
        return (), tuple(one for place in places for one in (place, f"{place}.py") if self._holds(one))

    def _holds(self, place: str) -> bool:
        return any(below(path, place) for path in self.paths)

    def _at(self, *parts: str) -> str:
        """A place in the project as a path relative to the root of the repository."""
        place = normpath("/".join([self.project or ".", *parts]))
        return "" if place == "." else place


def _adds_files(project: str, text: str, paths: Sequence[str]) -> bool:
    """Whether setuptools may ship further files of a package's folder as its data."""
    manifest = f"{project}/MANIFEST.in".lstrip("/") in paths
    return manifest or any(
        word in text for word in ("setuptools_scm", "setuptools-scm", "package-data", "package_data")
    )


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _table(value: object, *names: str) -> Mapping[str, Any]:
    """The table under nested names, empty when there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> list[str]:
    return list(_strings(value))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, str))
