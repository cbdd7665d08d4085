"""What a wheel holds: the documented rules of each build backend, and findings through the whole tool."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrity.imports.declared import read
from tests.support.program import scan
from tests.support.repository import create

FILES = (
    *("app/__init__.py", "app/a.py", "app/sub/__init__.py", "app/sub/b.py", "app/sub/deep/c.py", "extra.py"),
    *("src/lib/__init__.py", "src/lib/l.py", "src/lib/in/__init__.py", "tests/__init__.py", "tests/t.py"),
)

SETUPTOOLS = {
    'packages = ["app"]': "app/__init__.py app/a.py",
    'packages = ["app", "app.sub"]\npy-modules = ["extra"]': "app/*.py -app/sub/deep/c.py extra.py",
    'packages = ["lib"]\npackage-dir = {"" = "src"}': "src/lib/__init__.py src/lib/l.py",
    'packages = ["lib.in"]\npackage-dir = {lib = "src/lib"}': "src/lib/in/__init__.py",
    '[tool.setuptools.packages.find]\nwhere = ["src"]': "src/*.py",
    '[tool.setuptools.packages.find]\ninclude = ["app*"]': "app/*.py",
    '[tool.setuptools.packages.find]\ninclude = ["app*"]\nnamespaces = false': "app/*.py -app/sub/deep/c.py",
    '[tool.setuptools.packages.find]\ninclude = ["app", "app.*"]\nexclude = ["app.sub"]': (
        "app/*.py -app/sub/b.py -app/sub/__init__.py"
    ),
}
OTHERS = {
    ("hatchling.build", '[tool.hatch.build.targets.wheel]\npackages = ["src/lib"]'): "src/lib/*.py",
    ("hatchling.build", '[tool.hatch.build.targets.wheel]\nonly-include = ["app/sub"]'): "app/sub/*.py",
    ("poetry.core.masonry.api", '[tool.poetry]\npackages = [{include = "lib", from = "src"}]'): "src/lib/*.py",
    ("flit_core.buildapi", '[project]\nname = "lib"'): "src/lib/*.py",
    ("flit_core.buildapi", '[project]\nname = "other"\n[tool.flit.module]\nname = "extra"'): "extra.py",
}
SILENT = {
    "no list": ("setuptools.build_meta", '[project]\nname = "app"'),
    "another backend": ("pdm.backend", '[tool.setuptools]\npackages = ["app"]'),
    "computed by hatch": (
        "hatchling.build",
        '[tool.hatch.build.targets.wheel]\npackages = []\nartifacts = ["a"]',
    ),
    "a glob of poetry": ("poetry.core.masonry.api", '[tool.poetry]\npackages = [{include = "a*"}]'),
    "no TOML": ("setuptools.build_meta", '[tool.setuptools]\npackages = ["app"'),
    "another type": ("setuptools.build_meta", "[tool.setuptools]\npackages = 3"),
}


def _shipped(texts: dict[str, str], more: tuple[str, ...] = ()) -> set[str] | None:
    """The files of the wheel, None when nothing is said of it."""
    wheels = read((*FILES, *texts, *more), lambda path: texts[path].encode() if path in texts else None).wheels
    return {path for path in FILES if wheels[0].ships(path)} if wheels else None


def _expected(patterns: str) -> set[str]:
    found: set[str] = set()
    for pattern in patterns.split():
        hits = {path for path in FILES if Path(path).match(pattern.lstrip("-"))}
        if pattern.endswith("/*.py"):
            hits = {path for path in FILES if path.startswith(pattern.lstrip("-").removesuffix("*.py"))}
        found = found - hits if pattern[0] == "-" else found | hits
    return found


def _project(backend: str, text: str) -> dict[str, str]:
    return {"pyproject.toml": f'{text}\n[build-system]\nbuild-backend = "{backend}"\n'}


@pytest.mark.parametrize(("text", "files"), SETUPTOOLS.items())
def test_setuptools(text: str, files: str) -> None:
    """Lists, mapped folders, and what `find` finds."""
    text = text if text.startswith("[") else f"[tool.setuptools]\n{text}"
    assert _shipped(_project("setuptools.build_meta", text)) == _expected(files)


@pytest.mark.parametrize(("project", "files"), OTHERS.items())
def test_other_backends(project: tuple[str, str], files: str) -> None:
    """Whole folders."""
    assert _shipped(_project(*project)) == _expected(files)


@pytest.mark.parametrize("project", SILENT.values(), ids=SILENT)
def test_what_is_not_certain_is_not_said(project: tuple[str, str]) -> None:
    """No list, or one that does not tell everything."""
    assert _shipped(_project(*project)) is None


def test_setup_cfg() -> None:
    """Alone it counts; beside a `setup.py` it may be overruled."""
    text = "[options]\npackages = find:\npackage_dir =\n    = src\n[options.packages.find]\nwhere = src\n"
    assert _shipped({"setup.cfg": text}) == _expected("src/*.py")
    assert _shipped({"setup.cfg": "[options]\npackages =\n    app\npy_modules = extra\n"}) == _expected(
        "app/__init__.py app/a.py extra.py"
    )
    assert _shipped({"setup.cfg": text}, ("setup.py",)) is None


def test_data_of_a_package_may_be_code() -> None:
    """With a MANIFEST.in, setuptools may ship what lies below a listed package."""
    project = _project("setuptools.build_meta", '[tool.setuptools]\npackages = ["app"]')
    assert _shipped(project, ("MANIFEST.in",)) == _expected("app/*.py")


def test_a_module_that_the_wheel_leaves_out_is_found(tmp_path: Path) -> None:
    """Where a shipped module imports it; not where a test does, nor in a project of its own inside."""
    repository = create(tmp_path / "project")
    repository.commit(
        {
            **_project("setuptools.build_meta", '[tool.setuptools]\npackages = ["app"]'),
            "app/__init__.py": "",
            "app/api.py": "from app.core import run\nimport other.module\n",
            "app/core/__init__.py": "def run(): pass\n",
            "app/test_api.py": "import tools\n",
            "tools.py": "",
            "libs/pyproject.toml": "",
            "libs/other/module.py": "",
        }
    )
    ran = scan(repository.path, "--select", "IMP008")
    assert ran.codes == [("app/api.py", 1, "IMP008")]
    (finding,) = ran.json["findings"]
    assert finding["message"] == (
        "app/core/__init__.py is imported here but not shipped in the wheel of this project: "
        "pyproject.toml does not list it for the wheel"
    )
