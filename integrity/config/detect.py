"""Fills in what the configuration leaves open, by reading what the project says to pytest and to its build tool.

Everything is read as text and nothing is run. A file of theirs that is malformed is not our configuration: it is left
aside with a note.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from posixpath import normpath
from typing import Any

from integrity import nested
from integrity.config import ini, requires, toml
from integrity.config.config import Config

Read = Callable[[str], bytes | None]
"""Gives the content of a file by its path in the repository, None when there is none; may raise OSError."""

Table = Mapping[str, Any]

_PYTEST_FIELDS = {
    "testpaths": "test_paths",
    "python_files": "python_files",
    "python_classes": "python_classes",
    "python_functions": "python_functions",
    "norecursedirs": "norecursedirs",
}
_DISCOVERING = re.compile(rb"""-m[ \t]+unittest\b[^\n;&|]*?[ \t](?:-p|--pattern)[= \t]+["']?([\w.*?\[\]-]+\.py)\b""")
_TEST_WORD = re.compile(r"test.*|.*tests|specs?|e2e|acceptance|integration|functional|qa")


def detect(root: Path, config: Config, read: Read | None = None, paths: Iterable[str] = ()) -> Config:
    """Fill test paths, collection patterns and the minimum Python where neither file nor flag set them.

    Args:
        root: the repository root, where pytest's own search would end.
        config: what is set.
        read: reads a file by its path, as the index or a revision holds it; from the work tree by default.
        paths: of the files that configure how tests are run; what they say to pytest holds in their folders, and what
            they say to `unittest discover` everywhere.
    """
    paths = tuple(paths)
    read = read or _reader(root)
    files = _Files(read)
    table = next((table for table in _pytest_tables(files) if table is not None), None)
    found: dict[str, Any] = {field: value for field, value in _pytest(table or {}).items() if field not in config.given}
    if "minimum_python" not in config.given:
        found["minimum_python"] = _minimum_python(files)
    if "python_files" not in config.given:
        names = found.get("python_files", config.python_files)
        found["python_files"] = tuple(dict.fromkeys((*names, *_discovered(read, paths))))
    settings: dict[str, Any] = {"pytest": dict(table or {}), "strict_xfail": _strict_xfail(table or {})}
    config = replace(config, **found, **settings, notes=(*config.notes, *files.notes))
    return _with_nested(config, read, paths, rooted=table is not None)


def _discovered(read: Read, paths: Iterable[str]) -> Iterator[str]:
    """The patterns of file names that `unittest discover` is given anywhere, as far as they tell tests from others."""
    for path in paths:
        try:
            content = read(path) or b""
        except OSError:
            continue  # whoever needs the file says so
        if b"unittest" in content:
            found = (match[1].decode("utf-8", "replace") for match in _DISCOVERING.finditer(content))
            yield from (one for one in found if not fnmatchcase("setup.py", one))


def _with_nested(config: Config, read: Read, paths: Iterable[str], *, rooted: bool) -> Config:
    """The configuration with what folders below the root say to pytest."""
    found: list[nested.Nested] = []
    notes = list(config.notes)
    for folder, names in nested.candidates(paths).items():
        files = _Files(nested.in_folder(read, folder, names), folder)
        table = next((table for table in _pytest_tables(files) if table is not None), None)
        notes += files.notes
        if table is not None:
            found.append(_nested(folder, table, config, rooted=rooted))
    return replace(config, nested=tuple(found), notes=tuple(notes)) if found or notes else config


def _nested(folder: str, table: Table, config: Config, *, rooted: bool) -> nested.Nested:
    """What a folder says, together with the root where that configures pytest, too."""
    own = _pytest(table)
    fields: dict[str, Any] = {"test_paths": tuple(nested.prefixed(folder, own.pop("test_paths", ())))}
    for name in ("python_files", "python_classes", "python_functions"):
        root = getattr(config, name)
        said = own.get(name, getattr(Config(), name))
        fields[name] = root if name in config.given else nested.joined(said, root) if rooted else said
    fields["norecursedirs"] = own.get("norecursedirs")
    return nested.Nested(folder, dict(table), **fields, strict_xfail=_strict_xfail(table), rooted=rooted)


def pytest_settings(read: Read) -> Table:
    """What pytest's configuration at the repository root says, by the name of the option; {} when it says nothing.

    Args:
        read: reads a file at the root.
    """
    return next((table for table in _pytest_tables(_Files(read)) if table is not None), {})


class _Files:
    """The files of a folder, each read and parsed once; what is wrong with them goes into `notes`."""

    def __init__(self, read: Read, folder: str = "") -> None:
        self.notes: list[str] = []
        self._read = read
        self._prefix = f"{folder}/" if folder else ""
        self._parsed: dict[str, Table | None] = {}

    def table(self, name: str) -> Table | None:
        """The parsed file: tables of a `.toml`, sections of any other; None when it is missing or malformed."""
        if name not in self._parsed:
            self._parsed[name] = self._parse(name)
        return self._parsed[name]

    def _parse(self, name: str) -> Table | None:
        try:
            content = self._read(name)
            if content is None:
                return None
            return toml.parse(content) if name.endswith(".toml") else ini.parse(content.decode("utf-8"))
        except (toml.TomlError, ini.IniError) as error:
            self.notes.append(f"{self._prefix}{name} is left aside: {error}")
        except UnicodeDecodeError:
            self.notes.append(f"{self._prefix}{name} is left aside: it is not UTF-8")
        except OSError as error:
            self.notes.append(f"{self._prefix}{name} is left aside: {error.strerror or type(error).__name__}")
        return None


def _reader(root: Path) -> Read:
    def read(name: str) -> bytes | None:
        path = root / name
        return path.read_bytes() if os.path.isfile(path) else None  # noqa: PTH113 - unlike Path's, it never raises

    return read


def _pytest(options: Table) -> dict[str, tuple[str, ...]]:
    """The fields that pytest's configuration sets."""
    found = {field: _words(options[key]) for key, field in _PYTEST_FIELDS.items() if key in options}
    if "test_paths" in found:
        found["test_paths"] = tuple(path for item in found["test_paths"] if (path := _test_path(item)))
    return {field: value for field, value in found.items() if value or field == "norecursedirs"}


def _strict_xfail(table: Table) -> bool:
    """Whether pytest fails what passes although it is marked as failing: `xfail_strict`, and pytest 9's new names."""
    said = next((table[key] for key in ("strict_xfail", "xfail_strict", "strict") if key in table), False)
    return str(said).strip().lower() in ("true", "1", "yes", "on")


def _pytest_tables(files: _Files) -> Iterator[Table | None]:
    """What each file configures, in pytest's order of precedence; None where it configures nothing.

    `pytest.toml` and `pytest.ini` configure pytest by existing, even when empty or without a section of that name.
    """
    for name in nested.OWN_NAMES:
        table = files.table(name)
        yield None if table is None else _section(table, "pytest") or {}
    pyproject = _section(files.table("pyproject.toml") or {}, "tool", "pytest")
    yield _native_or_ini(pyproject) if pyproject is not None else None
    yield _section(files.table("tox.ini") or {}, "pytest")
    yield _section(files.table("setup.cfg") or {}, "tool:pytest")


def _native_or_ini(table: Table) -> Table | None:
    """`[tool.pytest.ini_options]` where there is one, else `[tool.pytest]`, which pytest reads from version 9 on."""
    if "ini_options" in table:
        return _section(table, "ini_options")
    return table or None


def _section(table: Table, *names: str) -> Table | None:
    """The table under nested names, None when any of them is missing or not a table."""
    found: object = table
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else None


def _words(value: object) -> tuple[str, ...]:
    """A list's strings, or a string's words as a shell would split them."""
    if isinstance(value, str):
        try:
            return tuple(shlex.split(value))
        except ValueError:  # an unclosed quote
            return tuple(value.split())
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _test_path(path: str) -> str:
    """A test path normalised, "" when it lies outside or no part of it bears a name that tests bear.

    `testpaths` says where pytest looks, and projects with doctests or tests beside the code name their production
    package there (`testpaths = pandas`); taking that for a folder of tests would turn the product into tests.
    """
    normal = normpath(path.replace("\\", "/"))
    inside = not normal.startswith(("/", "../")) and normal not in ("..", ".")
    words = re.split(r"[^a-z0-9]+", normal.lower())
    return normal if inside and any(_TEST_WORD.fullmatch(word) for word in words) else ""


def _minimum_python(files: _Files) -> str:
    """The lowest minor version that the project admits, "" when unknown."""
    for name, value in _requirements(files):
        if not isinstance(value, str) or not value.strip():
            continue
        try:
            return requires.lowest(value)
        except ValueError:
            files.notes.append(f"{name} is left aside: its Python requirement cannot be understood")
    return ""


def _requirements(files: _Files) -> Iterator[tuple[str, object]]:
    """Where a project states the Python it needs, the most binding first."""
    pyproject = files.table("pyproject.toml") or {}
    yield "pyproject.toml", (_section(pyproject, "project") or {}).get("requires-python")
    poetry = _section(pyproject, "tool", "poetry", "dependencies") or {}
    yield "pyproject.toml", poetry.get("python")
    setup = _section(files.table("setup.cfg") or {}, "options") or {}
    yield "setup.cfg", setup.get("python_requires", setup.get("python-requires"))
