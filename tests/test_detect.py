"""What is read from pytest's and the build tool's configuration, compared with pytest, iniconfig and packaging."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import iniconfig
import pytest
from _pytest.config import findpaths
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from integrity.config import ini
from integrity.config.config import Config, load
from integrity.config.detect import detect
from integrity.config.requires import lowest

INI = "[pytest]\ntestpaths = {}\n"
PYPROJECT = "[tool.pytest.ini_options]\ntestpaths = '{}'\n"
FORMS = {
    "pytest.toml": "[pytest]\ntestpaths = ['{}']\n",
    ".pytest.toml": "[pytest]\ntestpaths = ['{}']\n",
    "pytest.ini": INI,
    ".pytest.ini": INI,
    "pyproject.toml": PYPROJECT,
    "tox.ini": INI,
    "setup.cfg": "[tool:pytest]\ntestpaths = {}\n",
}


def write(folder: Path, files: dict[str, str]) -> None:
    """Write files by name."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


@given(st.dictionaries(st.sampled_from(sorted(FORMS)), st.sampled_from(["full", "empty", "foreign"])))
def test_precedence_is_that_of_pytest(tmp_path_factory: pytest.TempPathFactory, present: dict[str, str]) -> None:
    """Of several configuration files, full, empty or about something else, the one that pytest takes is taken."""
    folder = tmp_path_factory.mktemp("repo")
    foreign = "[other]\nx = '1'\n"
    texts = {"full": FORMS, "empty": dict.fromkeys(FORMS, ""), "foreign": dict.fromkeys(FORMS, foreign)}
    names = {name: f"tests_{number}" for number, name in enumerate(sorted(FORMS))}
    write(folder, {name: texts[kind][name].format(names[name]) for name, kind in present.items()})

    _, path, _, _ = findpaths.locate_config(folder, [folder])

    chosen = path.name if path and present[path.name] == "full" else ""
    assert detect(folder, Config()).test_paths == ((names[chosen],) if chosen else ())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "pytest.ini",
            "[pytest]\npython_files = test_*.py\n  check_*.py 'a b.py'\npython_functions=t_* # no comment\n",
        ),
        ("pytest.ini", "[pytest] ; comment\npython_classes: Test Check*\n# c\n\npython_files = x.py\n ; c\n y.py\n"),
        ("tox.ini", "[tox]\nenvlist = %(x)s\n[pytest]\nPYTHON_FILES = no.py\npython_files = yes.py\n"),
        ("setup.cfg", "[tool:pytest]\npython_classes = A B\nnorecursedirs = .* fixtures\n"),
        ("pyproject.toml", "[tool.pytest.ini_options]\npython_files = 'a.py b.py'\npython_classes = ['C D', 'E']\n"),
        ("pyproject.toml", "[tool.pytest]\npython_files = ['a.py', 'b c.py']\npython_functions = ['t']\n"),
        ("pytest.toml", "[pytest]\npython_files = ['a.py']\nnorecursedirs = []\n"),
    ],
)
def test_values_are_those_of_pytest(tmp_path: Path, name: str, text: str) -> None:
    """Strings are split as a shell would, lists are taken as they are: what pytest itself would use."""
    write(tmp_path, {name: text})
    truth = pytest.Config.fromdictargs({}, [f"--rootdir={tmp_path}", f"-c{tmp_path / name}", "-pno:cacheprovider"])

    found = detect(tmp_path, Config())

    for field in ("python_files", "python_classes", "python_functions"):
        assert list(getattr(found, field)) == truth.getini(field)
    given_dirs = "norecursedirs" in text
    assert found.norecursedirs == (tuple(truth.getini("norecursedirs")) if given_dirs else None)
    assert found.notes == ()


_INI_LINES = st.lists(
    st.sampled_from(
        [
            "[pytest]",
            "[tool:pytest] # c",
            "[a",
            "a = 1",
            "b: 2",
            " c",
            "# x",
            "",
            "k:v = w",
            "nothing",
            "d =",
            "\te ; f",
            "[]",
        ]
    ),
    max_size=8,
)


@given(_INI_LINES)
def test_ini_text_reads_as_iniconfig_reads_it(lines: list[str]) -> None:
    """Sections, keys, values and refusals are those of the library that pytest uses."""
    text = "\n".join(lines)

    assert _ours(text) == _theirs(text)


def _ours(text: str) -> dict[str, dict[str, str]] | None:
    try:
        return ini.parse(text)
    except ini.IniError:
        return None


def _theirs(text: str) -> dict[str, dict[str, str]] | None:
    try:
        return {name: dict(section) for name, section in iniconfig.IniConfig("x", data=text).sections.items()}
    except iniconfig.ParseError:
        return None


def test_what_is_set_is_not_detected(tmp_path: Path) -> None:
    """A setting of our own configuration stays, even one equal to the default; the others are filled in."""
    write(
        tmp_path,
        {
            "integrity.toml": 'minimum-python = "3.8"\n[tests]\npython-files = ["test_*.py", "*_test.py"]\n',
            "pytest.ini": "[pytest]\npython_files = check_*.py\npython_classes = Check\ntestpaths = tests\n",
            "pyproject.toml": "[project]\nrequires-python = '>=3.11'\n",
        },
    )

    found = detect(tmp_path, load(tmp_path, tmp_path))

    assert (found.minimum_python, found.python_files) == ("3.8", ("test_*.py", "*_test.py"))
    assert (found.python_classes, found.test_paths) == (("Check",), ("tests",))


@pytest.mark.parametrize(
    ("testpaths", "expected"),
    [
        ("tests", ("tests",)),
        ("./tests/ src/pkg/tests", ("tests", "src/pkg/tests")),
        ("testing unittests e2e", ("testing", "unittests", "e2e")),
        ("src/*/tests tests/unit", ("src/*/tests", "tests/unit")),
        ("src docs pandas", ()),
        ("latest attestation", ()),
        (". .. /tests ../tests", ()),
        ('"unclosed tests', ("tests",)),
    ],
)
def test_testpaths_that_bear_the_names_of_tests(tmp_path: Path, testpaths: str, expected: tuple[str, ...]) -> None:
    """Where pytest looks for doctests is production code; only folders named like tests become test paths."""
    write(tmp_path, {"pytest.ini": INI.format(testpaths)})

    assert detect(tmp_path, Config()).test_paths == expected


@pytest.mark.parametrize(
    ("name", "content", "note"),
    [
        ("pytest.ini", b"[pytest]\nsecret words\n", "pytest.ini is left aside: line 2 is neither a section nor a key"),
        ("pytest.ini", b"[pytest]\na=1\na=2\n", "pytest.ini is left aside: line 3 repeats a name"),
        ("tox.ini", b" x\n", "tox.ini is left aside: line 1 belongs to nothing"),
        ("setup.cfg", b"[a]\nx = \xff\n", "setup.cfg is left aside: it is not UTF-8"),
        ("pyproject.toml", b"[tool\n", "pyproject.toml is left aside: line 1, column 6: "),
        ("pytest.toml", b"\xff", "pytest.toml is left aside: line 1: not UTF-8"),
    ],
)
def test_malformed_files_are_noted_and_left_aside(tmp_path: Path, name: str, content: bytes, note: str) -> None:
    """A file of theirs that is malformed costs one note, which does not quote it, and the next file is read."""
    (tmp_path / name).write_bytes(content)
    if name != "setup.cfg":
        write(tmp_path, {"setup.cfg": FORMS["setup.cfg"].format("tests")})

    found = detect(tmp_path, Config())

    (line,) = found.notes
    assert line.startswith(note)
    assert "secret" not in line
    assert found.test_paths == (() if name == "setup.cfg" else ("tests",))


@pytest.mark.parametrize(
    "text",
    [
        "tool = 1",
        "[tool]\npytest = 1",
        "[tool.pytest]\nini_options = 1",
        "[tool.pytest.ini_options]\npython_files = 1\ntestpaths = [1, {}]\npython_classes = {a = 1}",
        "project = 3\ntool.poetry = 4",
        "[project]\nrequires-python = 3.10",
        "[tool.poetry]\ndependencies = []",
    ],
)
def test_values_of_the_wrong_type_are_ignored(tmp_path: Path, text: str) -> None:
    """Whatever stands in their place, nothing is raised and the defaults hold."""
    write(tmp_path, {"pyproject.toml": text})

    assert detect(tmp_path, Config()) == Config()


def test_old_and_new_tables_side_by_side(tmp_path: Path) -> None:
    """Beside `[tool.pytest.ini_options]`, other tables below `[tool.pytest]` are no configuration."""
    text = "[tool.pytest.ini_options]\ntestpaths = ['tests']\n[tool.pytest.profiling]\ntestpaths = ['tests_b']\n"
    write(tmp_path, {"pyproject.toml": text})

    assert detect(tmp_path, Config()).test_paths == ("tests",)


def test_emptied_patterns_do_not_hide_tests(tmp_path: Path) -> None:
    """An empty `python_files` is not believed."""
    write(tmp_path, {"pytest.ini": "[pytest]\npython_files =\ntestpaths =\n"})

    assert detect(tmp_path, Config()) == Config()


def test_content_may_come_from_anywhere(tmp_path: Path) -> None:
    """The files of an index or a revision can be given, and one that cannot be had is noted."""
    content = {"pytest.ini": b"[pytest]\ntestpaths = tests\n"}

    def read(name: str) -> bytes | None:
        if name == "setup.cfg":
            raise PermissionError(13, "Permission denied")
        return content.get(name)

    found = detect(tmp_path / "absent", Config(), read)

    assert found.test_paths == ("tests",)
    assert found.notes == ("setup.cfg is left aside: Permission denied",)


def test_nothing_is_executed(tmp_path: Path) -> None:
    """Neither setup.py nor conftest.py of the project is run."""
    trap = f"open({str(tmp_path / 'trapped')!r}, 'w')\n"
    write(tmp_path, {"setup.py": trap, "conftest.py": trap, "pytest.ini": "[pytest]\naddopts = -p conftest\n"})

    assert detect(tmp_path, Config()).notes == ()
    assert not (tmp_path / "trapped").exists()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pyproject.toml", "[project]\nrequires-python = '>=3.9,<4'\n", "3.9"),
        ("pyproject.toml", "[tool.poetry.dependencies]\npython = '^3.10'\n", "3.10"),
        ("setup.cfg", "[options]\npython_requires = >=3.8\n", "3.8"),
        ("pyproject.toml", "[build-system]\n", ""),
    ],
)
def test_minimum_python_is_found(tmp_path: Path, name: str, text: str, expected: str) -> None:
    """The places where projects state the Python they need."""
    write(tmp_path, {name: text})

    assert detect(tmp_path, Config()).minimum_python == expected


def test_a_requirement_that_is_none_is_noted(tmp_path: Path) -> None:
    """A requirement that cannot be understood costs a note."""
    write(tmp_path, {"pyproject.toml": "[project]\nrequires-python = 'three'\n"})

    found = detect(tmp_path, Config())

    assert found.minimum_python == ""
    assert found.notes == ("pyproject.toml is left aside: its Python requirement cannot be understood",)


@pytest.mark.parametrize(
    ("requirement", "expected"),
    [
        (">=3.9,<4", "3.9"),
        ("~=3.8", "3.8"),
        ("~=3.8.2", "3.8"),
        ("^3.10", "3.10"),
        ("~3.9", "3.9"),
        ("~3.9 || 3.12.*", "3.9"),
        ("==3.11.*", "3.11"),
        ("3.11", "3.11"),
        ("== 3.11", "3.11"),
        (">=3.12,!=3.14.1", "3.12"),
        (">=2.7, !=3.0.*", "2.7"),
        (">3.8", "3.8"),
        (">=3.8,!=3.8.*", "3.9"),
        (">=3.13.0rc1", "3.13"),
        ("<4", ""),
        ("*", ""),
        ("", ""),
        (">=3.9,<3.9", ""),
    ],
)
def test_lowest_admitted_version(requirement: str, expected: str) -> None:
    """The lowest minor version of which some release is admitted, none without a lower bound."""
    assert lowest(requirement) == expected


@pytest.mark.parametrize("requirement", ["three", ">=", ">=3.x", ">=3.9; rm", "\0"])
def test_text_that_is_no_requirement(requirement: str) -> None:
    """What is no version requirement is refused."""
    with pytest.raises(ValueError, match="not a version requirement"):
        lowest(requirement)


_SIGNS = st.sampled_from([">=", ">", "<=", "<", "==", "!=", "~="])
_BOUNDS = st.tuples(st.just(3), st.integers(0, 15), st.none() | st.integers(0, 3))
_STARRED = st.builds("{}3.{}.*".format, st.sampled_from(["==", "!="]), st.integers(0, 15))
_PLAIN = st.builds(
    lambda sign, bound: sign + ".".join(str(part) for part in bound if part is not None), _SIGNS, _BOUNDS
)


@given(st.lists(_PLAIN | _STARRED, min_size=1, max_size=4).map(",".join))
def test_requirements_mean_what_packaging_says(requirement: str) -> None:
    """The answer is that of trying every release with packaging."""
    admitted = SpecifierSet(requirement)
    minors = [(2, minor) for minor in range(8)] + [(3, minor) for minor in range(20)]
    first = next((m for m in minors if any(f"{m[0]}.{m[1]}.{patch}" in admitted for patch in range(6))), None)

    assert lowest(requirement) == ("" if first in (None, (2, 0)) else "{}.{}".format(*first))


_READERS: list[Callable[[Path], None]] = [lambda path: path.mkdir(), lambda path: path.symlink_to(path)]


@pytest.mark.parametrize("make", _READERS, ids=["folder", "loop"])
def test_what_is_no_file_is_not_read(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A folder or a looping link of such a name is as good as none."""
    make(tmp_path / "pytest.ini")

    assert detect(tmp_path, Config()) == Config()


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("pyproject.toml", "test = 'python -m unittest discover -s shop -p \"*tests.py\"'\n", ("*tests.py",)),
        ("tox.ini", "commands = {envpython} -m unittest discover --pattern=check_*.py shop\n", ("check_*.py",)),
        ("Makefile", "check:\n\tpython3 -m unittest discover -v -p '*_spec.py'\n", ("*_spec.py",)),
        ("Makefile", "check:\n\tpython3 -m unittest discover -v; cp -p setup.py /tmp\n", ()),
        ("Makefile", "check:\n\tpython3 -m unittest shop.tests\n", ()),
        ("Makefile", "check:\n\tpython3 -m unittest discover -p '*.py'\n", ()),
    ],
)
def test_patterns_of_unittest_count(tmp_path: Path, name: str, text: str, found: tuple[str, ...]) -> None:
    """Files of tests bear the names that whoever runs them looks for."""
    write(tmp_path, {name: text})
    assert detect(tmp_path, Config(), paths=[name]).python_files == ("test_*.py", "*_test.py", *found)
