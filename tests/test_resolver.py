"""Names lead where CPython's own path finder says they lead."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.imports import declared
from integrity.imports.resolver import Kind, Resolver
from integrity.imports.settings import Settings

_PARTS = ("aa", "bb", "cc")
_FILES = st.builds(
    lambda folders, name: "/".join([*folders, name]),
    st.lists(st.sampled_from(_PARTS), max_size=3),
    st.sampled_from(("aa.py", "bb.py", "cc.py", "__init__.py", "notes.txt")),
)
_NAMES = st.lists(st.sampled_from(_PARTS), min_size=1, max_size=4).map(".".join)


def _spec(name: str, path: list[str]) -> ModuleSpec | None:
    """What CPython finds, without importing anything."""
    found: ModuleSpec | None = None
    done = ""
    with patch.dict(sys.modules):
        for part in name.split("."):
            done = f"{done}.{part}" if done else part
            found = PathFinder.find_spec(done, path)
            if found is None:
                return None
            path = list(found.submodule_search_locations or [])
            sys.modules[done] = ModuleType(done)  # where a namespace below looks for its parent's path
            sys.modules[done].__path__ = path
    return found


@settings(max_examples=300, deadline=None)
@given(st.lists(_FILES, min_size=1, max_size=8, unique=True), st.lists(_NAMES, min_size=1, max_size=6))
def test_as_the_path_finder(paths: list[str], names: list[str]) -> None:
    """A package beats a module, a module beats a folder, and a folder with modules is a namespace."""
    paths = [path for path in paths if path != "__init__.py"]
    resolver = Resolver(paths)
    with TemporaryDirectory() as folder:
        for path in paths:
            place = Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("")
        for name in names:
            sys.path_importer_cache.clear()
            spec, located = _spec(name, [folder]), resolver.locate_on(name, ("",))
            if spec is None:
                assert not located.found
            elif spec.origin:
                assert located.path == Path(spec.origin).relative_to(folder).as_posix()
            else:  # a namespace of folders that hold no module may be the folder of anything
                assert located.kind in (Kind.NAMESPACE, Kind.EXTERNAL, Kind.MISSING)


CASES = {
    "a package beats a module": (["p/m.py", "p/m/__init__.py", "p/__init__.py"], "p.m", "p/m/__init__.py"),
    "src layout": (["src/app/__init__.py", "pyproject.toml"], "app", "src/app/__init__.py"),
    "a project below": (["api/pyproject.toml", "api/src/svc/__init__.py"], "svc", "api/src/svc/__init__.py"),
    "two portions of a namespace": (["ns/a.py", "src/ns/b.py"], "ns.b", "src/ns/b.py"),
    "a package beats a namespace in front": (["ns/a.py", "src/ns/__init__.py"], "ns", "src/ns/__init__.py"),
}


@pytest.mark.parametrize(("paths", "name", "found"), CASES.values(), ids=CASES.keys())
def test_layouts(paths: list[str], name: str, found: str) -> None:
    """Where a name leads from anywhere in a repository."""
    assert Resolver(paths).locate(name).path == found


UNKNOWN = {
    "compiled": (["p/__init__.py", "p/_fast.cpython-311-x86_64-linux-gnu.so"], "p._fast"),
    "compiled when built": (["p/__init__.py", "p/_fast.pyx"], "p._fast"),
    "generated from a protocol": (["p/__init__.py", "p/api.proto"], "p.api_pb2"),
    "written by the build": (["p/__init__.py"], "p._version"),
}


@pytest.mark.parametrize(("paths", "name"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_may_be_there_is_not_called_missing(paths: list[str], name: str) -> None:
    """Nor anything below it."""
    assert Resolver(paths).locate(name).kind is Kind.UNKNOWN
    assert Resolver(paths).locate(f"{name}.x").kind is Kind.UNKNOWN


def test_ignored_files_submodules_and_links_are_unknown() -> None:
    """They are on disk, perhaps, and in no listing."""
    ignored = Settings(ignored={"": ("secrets.py",)})
    assert Resolver(["p/__init__.py"], ignored).locate("p.secrets").kind is Kind.UNKNOWN
    assert Resolver(["p/__init__.py"], opaque=["p/vendored"]).locate("p.vendored.x").kind is Kind.UNKNOWN
    assert Resolver(["p/__init__.py"], opaque=["p/link.py"]).locate("p.link").kind is Kind.UNKNOWN
    assert Resolver(["p/__init__.py"]).locate("p.gone") == Resolver(["p/__init__.py"]).locate("p.gone")
    assert Resolver(["p/__init__.py"]).locate("p.gone").kind is Kind.MISSING


def test_an_installed_package_beats_a_folder_of_its_name() -> None:
    """As far as the dependencies are declared."""
    files = {"alembic/env.py": b"", "requirements.txt": b"alembic>=1.0  # migrations\n"}
    found = declared.read(files, files.get)
    assert Resolver(files, found).locate("alembic.command").kind is Kind.EXTERNAL
    assert Resolver(["alembic/env.py"]).locate("alembic.env").kind is Kind.MODULE


def test_the_projects_of_one_repository_keep_apart() -> None:
    """A file means the package of its own project."""
    paths = [f"{one}/{name}" for one in ("billing", "search") for name in ("setup.py", "app/__init__.py", "app/run.py")]
    resolver = Resolver(paths)
    assert resolver.locate("app.run", "search/app/run.py").path == "search/app/run.py"
    assert resolver.locate("app.run", "billing/app/run.py").path == "billing/app/run.py"


def test_tests_find_their_neighbours() -> None:
    """As in pytest's default mode, the first folder without `__init__.py` is a root."""
    resolver = Resolver(["tests/unit/helpers.py", "tests/unit/test_a.py", "tests/conftest.py", "tests/common.py"])
    assert resolver.locate("helpers", "tests/unit/test_a.py").path == "tests/unit/helpers.py"
    assert resolver.locate("common", "tests/unit/test_a.py").path == "tests/common.py"
    assert resolver.name("tests/unit/test_a.py") == "test_a"


def test_relative_names() -> None:
    """As `importlib._bootstrap._resolve_name`, and None where that raises."""
    resolver = Resolver(["p/q/__init__.py"])
    assert resolver.absolute("x", 1, "p.q") == "p.q.x"
    assert resolver.absolute("", 2, "p.q") == "p"
    assert resolver.absolute("x", 3, "p.q") is None
    assert resolver.absolute("x", 1, "") is None
    assert resolver.package_of("p.q", "p/q/__init__.py") == "p.q"
    assert resolver.package_of("p.q", "p/q.py") == "p"


def test_what_a_project_says_is_read() -> None:
    """Source folders, mapped packages, dependencies and commands; a malformed file says nothing."""
    files = {
        "pyproject.toml": b"""
[project]
dependencies = ["PyYAML>=6", "google-cloud-storage"]
scripts = {run = "app.cli:main"}
[tool.setuptools.package-dir]
app = "code"
[tool.pytest.ini_options]
pythonpath = ["helpers"]
""",
        "setup.cfg": b"[broken",
        "code/cli.py": b"",
        "helpers/x.py": b"",
    }
    found = declared.read(files, files.get)
    assert found.scripts == ("app.cli:main",)
    assert {"yaml", "google"} <= set(found.dependencies)
    resolver = Resolver(files, found)
    assert resolver.locate("app.cli").path == "code/cli.py"
    assert resolver.locate("x").path == "helpers/x.py"
    assert resolver.name("code/cli.py") == "app.cli"
    assert set(resolver.first_party()) >= {"app", "x"}
