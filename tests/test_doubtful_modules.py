"""Modules that the files listed do not show: compiled ones, rivals of a dependency, and those that others fill."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import scan
from tests.support.repository import GitRepository, create

_MATURIN = '[project]\nname = "app"\nversion = "1"\n[tool.maturin]\nmodule-name = "app._native"\n'
_RUST = '[[tool.setuptools-rust.ext-modules]]\ntarget = "app._native"\n'
_SETUP = 'from setuptools import Extension, setup\nsetup(ext_modules=[Extension("app._native", ["src/native.c"])])\n'


def _created(place: Path, files: dict[str, str]) -> GitRepository:
    repository = create(place)
    for path, text in files.items():
        repository.write(path, text)
    return repository


_MESON = "py.extension_module('inner',\n  ['inner.cpp'],\n  install: true,\n  subdir: 'app/_native'\n)\n"
_USING = {"app/__init__.py": "", "app/main.py": "from app._native.inner import fast\nimport app._native\n"}


@pytest.mark.parametrize(
    "build",
    [{"pyproject.toml": _MATURIN}, {"pyproject.toml": _RUST}, {"setup.py": _SETUP}],
    ids=["maturin", "rust", "c"],
)
def test_a_compiled_module_is_not_missing(tmp_path: Path, build: dict[str, str]) -> None:
    """Its source lies elsewhere, often in another language; only the build file names it."""
    repository = _created(tmp_path, {**_USING, **build})
    assert scan(repository.path, "--select", "IMP").codes == []


@pytest.mark.parametrize("place", ["meson.build", "app/_native/meson.build"])
def test_a_module_that_meson_builds_is_not_missing(tmp_path: Path, place: str) -> None:
    """Under the folder that it names, or where its build file lies; others of that package are missing."""
    build = _MESON if place == "meson.build" else _MESON.replace("  subdir: 'app/_native'\n", "")
    use = "from app._native.inner import fast\nfrom app._native.other import slow\n"
    files = {"app/__init__.py": "", "app/_native/__init__.py": "", "app/main.py": use, place: build}
    assert scan(_created(tmp_path, files).path, "--select", "IMP").codes == [("app/main.py", 2, "IMP001")]


def test_without_a_build_file_it_is_missing(tmp_path: Path) -> None:
    """So that the test above can fail."""
    assert "IMP001" in {code for _, _, code in scan(_created(tmp_path, _USING).path, "--select", "IMP").codes}


def test_a_module_that_code_fills_by_computed_names_may_hold_any(tmp_path: Path) -> None:
    """A compiled caller gives the names; the module is imported from its package inside the function."""
    helper = "def add(kind):\n    from app import kinds\n    setattr(kinds, kind.__name__, kind)\n"
    files = {"app/__init__.py": "", "app/kinds.py": helper, "app/use.py": "from app.kinds import Text\n"}
    assert scan(_created(tmp_path, files).path, "--select", "IMP").codes == []


def test_a_sample_named_like_a_dependency_does_not_import_itself(tmp_path: Path) -> None:
    """Whoever checks `samples/settings_lib.py` has the dependency installed, and means that."""
    sample = "from settings_lib import Base\n\n\nclass Settings(Base):\n    pass\n"
    project = '[project]\nname = "app"\nversion = "1"\ndependencies = ["settings-lib"]\n'
    files = {"app/__init__.py": "", "samples/settings_lib.py": sample}
    named = _created(tmp_path / "a", {**files, "pyproject.toml": project})
    assert scan(named.path, "--select", "IMP,CYC").codes == []
    unnamed = _created(tmp_path / "b", files)
    assert scan(unnamed.path, "--select", "IMP,CYC").codes == [("samples/settings_lib.py", 1, "CYC001")]


def test_a_build_script_of_a_sample_is_not_the_dependency(tmp_path: Path) -> None:
    """`build.py` beside the `pyproject.toml` of a test's sample project hides no installed `build` from the project."""
    sample = {
        "tests/fixtures/demo/pyproject.toml": "[build-system]\nrequires = []\n",
        "tests/fixtures/demo/build.py": "",
    }
    using = {"src/app/__init__.py": "from build import BuildBackendException\nfrom build.env import IsolatedEnv\n"}
    project = '[project]\nname = "app"\nversion = "1"\ndependencies = ["build (>=1.2.1,<2.0.0)"]\n'
    named = _created(tmp_path / "a", {**sample, **using, "pyproject.toml": project})
    assert scan(named.path, "--select", "IMP,CYC").codes == []


@pytest.mark.parametrize(
    "body", ["def __getattr__(name):\n    import other\n    return getattr(other, name)\n", "__path__ = []\n"]
)
def test_a_module_that_may_have_a_path_may_have_submodules(tmp_path: Path, body: str) -> None:
    """CPython asks a parent for `__path__` as for any attribute, so that a module's `__getattr__` may give one."""
    files = {
        "app/__init__.py": "",
        "app/alias.py": body,
        "app/use.py": "from app.alias.inner import x\nimport app.alias.y\n",
    }
    assert scan(_created(tmp_path, files).path, "--select", "IMP,CYC").codes == []


def test_a_function_that_a_decorator_takes_may_be_replaced(tmp_path: Path) -> None:
    """As with the overloads of compilers: the function only stands for others, which take other arguments."""
    source = "from other import overload\n\n\ndef stub():\n    pass\n\n\n{}def real(x):\n    return stub(x)\n"
    taken = _created(tmp_path / "a", {"app/__init__.py": source.format("@overload(stub)\n")})
    assert scan(taken.path, "--select", "IMP").codes == []
    plain = _created(tmp_path / "b", {"app/__init__.py": source.format("")})
    assert scan(plain.path, "--select", "IMP").codes == [("app/__init__.py", 9, "IMP006")]


def test_annotations_wait_where_every_supported_python_lets_them(tmp_path: Path) -> None:
    """PEP 649: from Python 3.14 on a class may name itself, and a later name, in its annotations."""
    data = (
        "from app import use\n\n\nclass Data:\n    next: Data\n\n"
        "    def copy(self, other: Data) -> Data:\n        return other\n"
    )
    files = {"app/__init__.py": "", "app/data.py": data, "app/use.py": "import app.data\n"}
    project = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">={}"\n'
    old = _created(tmp_path / "a", {**files, "pyproject.toml": project.format("3.13")})
    assert [code for _, _, code in scan(old.path, "--select", "CYC").codes] == ["CYC001"]
    new = _created(tmp_path / "b", {**files, "pyproject.toml": project.format("3.14")})
    assert scan(new.path, "--select", "CYC").codes == []


def test_an_attribute_that_code_in_a_string_sets_may_be_there(tmp_path: Path) -> None:
    """The string becomes a module while the tests run."""
    code = "CODE = '''\nimport app\napp.seen = 1\n'''\n"
    test = "import app\n\n\ndef test_it():\n    assert app.seen == 1\n    assert app.never == 1\n"
    files = {"app/__init__.py": "", "tests/test_app.py": code + test}
    assert scan(_created(tmp_path, files).path, "--select", "IMP").codes == [("tests/test_app.py", 10, "IMP003")]


def test_imports_below_the_loss_of_a_folder_are_found_elsewhere(tmp_path: Path) -> None:
    """Another version of the package is meant than the one that lies here; in other functions nothing changes."""
    lost = (
        "import sys\n\n\ndef old():\n    from app.gone import x\n    sys.path.remove('.')\n    from app.api import y\n"
    )
    files = {"app/__init__.py": "", "tasks.py": f"{lost}\n\ndef new():\n    from app.api import z\n"}
    found = scan(_created(tmp_path, files).path, "--select", "IMP").codes
    assert found == [("tasks.py", 5, "IMP001"), ("tasks.py", 11, "IMP001")]
