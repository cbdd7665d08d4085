"""What a repository's own files say about importing: source folders, pytest's `pythonpath`, declared dependencies.

Everything is read as text; a file that is malformed says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from posixpath import normpath
from typing import Any

from integrity.config import ini, toml
from integrity.imports.settings import PROJECT_FILES, Settings
from integrity.imports.wheel import Wheel
from integrity.imports.wheels import wheel

Read = Callable[[str], "bytes | None"]
"""Gives the content of a file by its path relative to the root, None when it cannot be had."""

_SHIPPING = re.compile(r"(?:.*\.)?(?:[Dd]ockerfile|dockerignore)|[Dd]ockerfile\..*|\.gcloudignore|\.gitignore")
_PYTEST_FILES = frozenset({"pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml", "tox.ini"})
_REQUIREMENTS = re.compile(
    r"(?:.*[-_.])?(?:requirements?|constraints?|deps)(?:[-_.].*)?\.(?:txt|in)|.+/requirements/[^/]+\.(?:txt|in)"
)
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:[;<>=!~@(,].*)?$", re.DOTALL)
_QUOTED = re.compile(r"""["']([A-Za-z0-9][^"'\n]{0,200})["']""")
_SETUP_WHERE = re.compile(r"""(?:where\s*=\s*|package_dir\s*=\s*\{\s*["']{2}\s*:\s*)["']([^"'\n]+)["']""")
_EXTENSION = re.compile(r"""\b\w*(?:Extension|cythonize|mypycify)\(\s*(?:name\s*=\s*|target\s*=\s*)?["']([\w.]+)["']""")
_MESON = re.compile(r"""\bextension_module\(\s*'(\w+)'([^)]*?\bsubdir\s*:\s*'([^']*)')?""", re.DOTALL)
_IMPORTED_AS = {
    "pyyaml": ("yaml",), "pillow": ("pil",), "beautifulsoup4": ("bs4",), "python_dateutil": ("dateutil",),
    "python_dotenv": ("dotenv",), "scikit_learn": ("sklearn",), "protobuf": ("google",), "pyjwt": ("jwt",),
    "python_jose": ("jose",), "opencv_python": ("cv2",), "gitpython": ("git",), "attrs": ("attr", "attrs"),
    "pyserial": ("serial",), "python_multipart": ("multipart",), "websocket_client": ("websocket",),
    "grpcio": ("grpc",), "pyopenssl": ("openssl",), "pycryptodome": ("crypto",), "setuptools": ("pkg_resources",),
}  # fmt: skip


def wanted(path: str) -> bool:
    """Whether a file is one of those that `read` looks into."""
    name = path.rpartition("/")[2]
    return (
        name in PROJECT_FILES
        or name in _PYTEST_FILES
        or name in (".gitignore", "meson.build")
        or bool(_REQUIREMENTS.fullmatch(path.lower()))
    )


def read(paths: Iterable[str], content: Read) -> Settings:
    """The settings of a repository.

    Args:
        paths: every path of the snapshot.
        content: reads one of them.
    """
    paths = sorted(paths)
    found = _Found()
    for path in filter(wanted, paths):
        data = content(path)
        if data is not None:
            found.add(path, data)
    return Settings(
        tuple(dict.fromkeys(found.sources)),
        found.packages,
        tuple(sorted(found.dependencies)),
        tuple(found.scripts),
        found.ignored,
        shipping_texts(paths, content),
        tuple(sorted(set(found.compiled))),
        tuple(_wheels(paths, content)),
    )


def _wheels(paths: list[str], content: Read) -> Iterator[Wheel]:
    for path in paths:
        data = content(path) if path.rpartition("/")[2] in ("pyproject.toml", "setup.cfg") else None
        found = wheel(path, data, paths) if data is not None else None
        if found:
            yield found


def shipping_texts(paths: Iterable[str], content: Read) -> dict[str, str]:
    """The texts of the files that say what is shipped, by path."""
    found = {path: content(path) for path in sorted(paths) if _SHIPPING.fullmatch(path.rpartition("/")[2])}
    return {path: data.decode("utf-8", "replace") for path, data in found.items() if data is not None}


def import_names(requirement: str) -> tuple[str, ...]:
    """The likely import names, lower case, of what a requirement installs; none when it is no requirement."""
    match = _REQUIREMENT.fullmatch(requirement)
    if not match:
        return ()
    name = re.sub(r"[-_.]+", "_", match[1]).lower()
    return (name, name.partition("_")[0] if name.startswith("google_") else name, *_IMPORTED_AS.get(name, ()))


def distributions(module: str) -> frozenset[str]:
    """The likely names, in lower case with underscores, of what installs a top-level module."""
    name = module.lower()
    known = {package for package, names in _IMPORTED_AS.items() if name in names}
    return frozenset({name, f"python_{name}", f"py{name}", f"{name}_python", *known})


class _Found:
    """What the files read so far say."""

    def __init__(self) -> None:
        self.sources: list[str] = []
        self.packages: dict[str, str] = {}
        self.dependencies: set[str] = set()
        self.scripts: list[str] = []
        self.ignored: dict[str, tuple[str, ...]] = {}
        self.compiled: list[str] = []

    def add(self, path: str, data: bytes) -> None:
        """Look into one file."""
        folder, _, name = path.rpartition("/")
        text = data.decode("utf-8", "replace")
        if name == ".gitignore":
            self.ignored[folder] = tuple(text.splitlines())
        elif name == "setup.py":
            self._setup(folder, text)
        elif name == "meson.build":
            self._meson(folder, text)
        elif name.endswith(".toml"):
            self._toml(folder, name, data)
        elif name.endswith((".ini", ".cfg")):
            self._ini(folder, name, text)
        else:
            self._require(line.partition(" #")[0] for line in text.splitlines())

    def _setup(self, folder: str, text: str) -> None:
        self._sources(folder, _SETUP_WHERE.findall(text))
        self._require(_QUOTED.findall(text))
        self.compiled += _EXTENSION.findall(text)

    def _meson(self, folder: str, text: str) -> None:
        """What meson builds: the module lies where `subdir` says, or below some root where the build file does."""
        for name, _, subdir in _MESON.findall(text):
            parts = [*(subdir or folder).split("/"), name]
            self.compiled += [".".join(parts[start:]) for start in range(len(parts))]

    def _toml(self, folder: str, name: str, data: bytes) -> None:
        try:
            table = toml.parse(data)
        except toml.TomlError:
            return
        if name == "pyproject.toml":
            self._project(folder, table)
        else:
            self._sources(folder, _strings(_at(table, "pytest", "pythonpath")))

    def _project(self, folder: str, table: Mapping[str, Any]) -> None:
        for place in (("tool", "pytest", "ini_options"), ("tool", "pytest")):
            self._sources(folder, _strings(_at(table, *place, "pythonpath")))
        self._sources(folder, _strings(_at(table, "tool", "setuptools", "packages", "find", "where")))
        self._package_dir(folder, _at(table, "tool", "setuptools", "package-dir"))
        self._poetry(folder, table)
        self._compiled(table)
        for key in ("scripts", "gui-scripts"):
            commands = _at(table, "project", key)
            self.scripts += _strings(list(commands.values()) if isinstance(commands, Mapping) else None)
        for place in (("project", "dependencies"), ("build-system", "requires")):
            self._require(_strings(_at(table, *place)))
        for groups in (_at(table, "project", "optional-dependencies"), _at(table, "dependency-groups")):
            for group in groups.values() if isinstance(groups, Mapping) else ():
                self._require(_strings(group))

    def _compiled(self, table: Mapping[str, Any]) -> None:
        """What maturin, setuptools-rust and setuptools build."""
        self.compiled += _strings(_at(table, "tool", "maturin", "module-name"))
        for place in (("setuptools-rust", "ext-modules"), ("setuptools", "ext-modules")):
            modules = _at(table, "tool", *place)
            for one in modules if isinstance(modules, list) else ():
                self.compiled += [name for key in ("target", "name") for name in _strings(_at(one, key))]

    def _poetry(self, folder: str, table: Mapping[str, Any]) -> None:
        packages = _at(table, "tool", "poetry", "packages")
        tables = [one for one in packages if isinstance(one, Mapping)] if isinstance(packages, list) else []
        self._sources(folder, [where for one in tables for where in _strings(one.get("from"))])
        poetry = _at(table, "tool", "poetry")
        poetry = poetry if isinstance(poetry, Mapping) else {}
        groups = poetry.get("group")
        tables = [poetry, *(groups.values() if isinstance(groups, Mapping) else ())]
        for one in (one for one in tables if isinstance(one, Mapping)):
            for key in ("dependencies", "dev-dependencies"):
                names = one.get(key)
                self._require(names if isinstance(names, Mapping) else ())

    def _ini(self, folder: str, name: str, text: str) -> None:
        try:
            sections = ini.parse(text)
        except ini.IniError:
            return
        for section in ("pytest", "tool:pytest"):
            self._sources(folder, sections.get(section, {}).get("pythonpath", "").split())
        if name == "setup.cfg":
            self._sources(folder, [sections.get("options.packages.find", {}).get("where", "")])
            pairs = [line.split("=", 1) for line in sections.get("options", {}).get("package_dir", "").splitlines()]
            self._package_dir(folder, {pair[0].strip(): pair[1].strip() for pair in pairs if len(pair) > 1})
            self._require(sections.get("options", {}).get("install_requires", "").splitlines())
            for value in sections.get("options.extras_require", {}).values():
                self._require(value.splitlines())

    def _package_dir(self, folder: str, mapping: object) -> None:
        for name, where in mapping.items() if isinstance(mapping, Mapping) else ():
            place = inside(folder, where) if isinstance(where, str) else None
            if place is None:
                continue
            if name == "":
                self.sources.append(place)
            elif place.rpartition("/")[2] != name and "." not in name:
                self.packages[name] = place

    def _sources(self, folder: str, places: Iterable[str]) -> None:
        found = (inside(folder, place) for place in places if place)
        self.sources += [place for place in found if place is not None]

    def _require(self, requirements: Iterable[str]) -> None:
        for requirement in requirements:
            self.dependencies.update(import_names(requirement))


def inside(folder: str, place: str) -> str | None:
    """A place relative to a folder as a path relative to the root, "" for the root; None when it lies outside."""
    path = normpath(f"{folder}/{place}" if folder else place.replace("\\", "/"))
    if path.startswith(("/", "../")) or path == "..":
        return None
    return "" if path == "." else path


def _at(table: object, *names: str) -> object:
    """The value under nested names, None when there is none."""
    for name in names:
        table = table.get(name) if isinstance(table, Mapping) else None
    return table


def _strings(value: object) -> Iterator[str]:
    """A string, or the strings of a list."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))
