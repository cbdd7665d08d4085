"""The configuration of the harness from end to end: read wherever it is kept, judged, suppressed, counted."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from integrity.harness.extract import facts_of
from integrity.harness.kinds import Kind, kind_of
from tests.support.program import Ran, integrity, scan
from tests.support.repository import GitRepository, create

TESTS = "def test_total():\n    assert sum([1, 2]) == 3\n"
WORKFLOW = (
    "on: push\njobs:\n  test:\n    steps:\n      - run: |\n          pip install .\n          pytest tests || true\n"
)
FILES: dict[str, str | bytes] = {
    "tests/test_total.py": TESTS,
    ".github/workflows/ci.yml": WORKFLOW,
    "pyproject.toml": '[tool.pytest.ini_options]\naddopts = [\n    "-q",\n    "--co",\n]\n',
    "Makefile": "test:\n\t-pytest\n",
    "scripts/test.sh": "set +e\npytest\nexit 0\n",
    "tox.ini": "[testenv]\ncommands =\n    - pytest tests\n",
    ".coveragerc": "[report]\nomit =\n    *\n",
}
FOUND = [
    (".coveragerc", 3, "HAR014", "medium"),
    (".github/workflows/ci.yml", 7, "HAR012", "high"),
    ("Makefile", 2, "HAR012", "medium"),
    ("pyproject.toml", 4, "HAR010", "critical"),
    ("scripts/test.sh", 2, "HAR012", "medium"),
    ("tox.ini", 3, "HAR012", "medium"),
]


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """A repository whose harness lies in every file."""
    made = create(tmp_path / "project")
    made.commit(FILES)
    return made


def found(ran: Ran) -> list[tuple[str, int, str, str]]:
    """Path, line, code and severity of every finding."""
    return [(one["path"], one["line"], one["code"], one["severity"]) for one in ran.json["findings"]]


@pytest.mark.parametrize("options", [[], ["--staged"], ["--rev", "HEAD"]], ids=["work tree", "index", "revision"])
def test_all_is_found_wherever_it_is_kept(repository: GitRepository, options: list[str]) -> None:
    """With the place in the file; a second run, from the cache, says the same."""
    first = scan(repository.path, *options)
    assert found(first) == FOUND
    assert scan(repository.path, *options).stdout == first.stdout


def test_a_plain_folder_is_no_different(tmp_path: Path) -> None:
    """Without git."""
    for path, content in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(str(content))
    assert found(scan(tmp_path)) == FOUND


def test_only_what_is_asked_for_is_reported(repository: GitRepository) -> None:
    """A file of configuration can be named, and what CI calls is known all the same."""
    repository.write("Makefile", "check:\n\t-pytest\n")
    repository.write(".github/workflows/ci.yml", WORKFLOW.replace("pytest tests || true", "make check"))
    assert found(scan(repository.path, "Makefile")) == [("Makefile", 2, "HAR012", "high")]
    assert found(scan(repository.path, "tests")) == []


def test_excluded_files_are_left_alone(repository: GitRepository) -> None:
    """As for Python files."""
    ran = scan(repository.path, "--exclude", ".github", "--exclude", "*.ini", "--exclude", "Makefile")
    assert [path for path, _, _, _ in found(ran)] == [".coveragerc", "pyproject.toml", "scripts/test.sh"]


SUPPRESSED = {
    ".github/workflows/ci.yml": WORKFLOW.replace("|| true", "|| true  # integrity: ignore[HAR012] -- by design"),
    "pyproject.toml": (
        '[tool.pytest.ini_options]\naddopts = [\n    "--co",  # integrity: ignore[HAR010] -- by design\n]\n'
    ),
    "Makefile": "test:\n\t# integrity: ignore[HAR012] -- by design\n\t-pytest\n",
    "scripts/test.sh": "set +e\n# integrity: ignore[HAR012] -- by design\npytest\nexit 0\n",
    "tox.ini": "[testenv]\ncommands =\n    # integrity: ignore[HAR012] -- by design\n    - pytest tests\n",
    ".coveragerc": "# integrity: file-ignore[HAR014] -- by design\n[report]\nomit =\n    *\n",
}


@pytest.mark.parametrize("path", SUPPRESSED)
def test_comments_suppress(repository: GitRepository, path: str) -> None:
    """In every kind of file, and only what they cover."""
    repository.write(path, SUPPRESSED[path])
    ran = scan(repository.path)
    assert found(ran) == [one for one in FOUND if one[0] != path]
    assert ran.json["summary"]["suppressed"] == 1


@pytest.mark.parametrize("path", SUPPRESSED)
def test_unused_comments_are_findings(repository: GitRepository, path: str) -> None:
    """They would hide what comes later."""
    repository.write(
        path, SUPPRESSED[path].replace("HAR012", "HAR013").replace("HAR010", "HAR013").replace("HAR014", "HAR013")
    )
    codes = [code for where, _, code, _ in found(scan(repository.path)) if where == path]
    assert sorted(codes) == sorted([next(code for where, _, code, _ in FOUND if where == path), "SUP001"])


BROKEN: dict[str, str | bytes] = {
    ".github/workflows/ci.yml": "jobs:\n  test: [\n",
    "pyproject.toml": "[tool.black\n",
    "tox.ini": "[testenv]\ncommands\n",
    ".gitlab-ci.yml": b"\x00\x01",
    ".circleci/config.yml": "[" * 5000,
    "pytest.ini": b"\xff\xfe[pytest]",
}


@pytest.mark.parametrize("path", [path for path in BROKEN if path != "pyproject.toml"])
def test_what_cannot_be_read_is_a_gap(tmp_path: Path, path: str) -> None:
    """One line that says where; never silent, never a traceback."""
    repository = create(tmp_path / "project")
    repository.commit({"tests/test_total.py": TESTS, path: BROKEN[path]})
    ran = scan(repository.path)
    assert ran.code == 2
    assert [gap["path"] for gap in ran.json["gaps"]] == [path]
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"\xff\xfe\x00", b"a: &x [*x]", b"[a]\nb\n", b"- " * 3000, b"{" * 3000]
)
def test_no_content_is_an_error(kind: Kind, content: bytes) -> None:
    """Whatever the reader."""
    facts = facts_of(content, kind)
    assert "\n" not in facts.problem
    assert not facts.counted


def test_a_checked_file_is_a_unit_of_the_tests(repository: GitRepository) -> None:
    """And one in which there is nothing to check is none."""
    before = scan(repository.path).json["score"]["scopes"]
    repository.write("setup.cfg", "[metadata]\nname = app\n")
    repository.write(".github/workflows/docs.yml", "")
    assert scan(repository.path).json["score"]["scopes"] == before
    assert (before["tests"]["compliant"], before["tests"]["files"]) == (5, 7)
    assert before["production"]["files"] == 0


def test_checked_files_are_counted_as_files(repository: GitRepository) -> None:
    """So that no report finds something in more files than there are."""
    ran = scan(repository.path)
    assert ran.json["snapshot"]["files"] == 7
    assert "6 of 7 files" in integrity(repository.path, "scan").stdout


def test_without_the_rules_nothing_is_checked(repository: GitRepository) -> None:
    """Neither findings nor units."""
    ran = scan(repository.path, "--select", "COR")
    assert found(ran) == []
    assert ran.json["score"]["scopes"]["tests"]["files"] == 1


def test_data_of_tests_is_no_harness(tmp_path: Path) -> None:
    """Broken files that tests are about are left alone."""
    repository = create(tmp_path / "project")
    repository.commit(
        {
            "tests/test_total.py": TESTS,
            "tests/data/pyproject.toml": "[broken",
            "tests/cases/one/pytest.ini": "[pytest]\naddopts = --co\n",
            "template/{{name}}/tox.ini": "{% if %}",
        }
    )
    ran = scan(repository.path)
    assert found(ran) == []
    assert ran.json["gaps"] == []


def test_the_report_for_people_names_the_file(repository: GitRepository) -> None:
    """As it does for Python."""
    ran = integrity(repository.path, "scan", "--output-format", "concise", ".github")
    assert ".github/workflows/ci.yml:7:11: HAR012 the failure of `pytest tests` is lost: `|| true`" in ran.stdout


def test_commands_of_tox_in_toml() -> None:
    """They are lists of words."""
    text = (
        '[tool.tox.env_run_base]\ncommands = [["pytest", "-q", {replace = "posargs"}]]\n'
        '[tool.tox.env.slow]\ncommands = [\n    ["-", "pytest", "-m", "slow"],\n]\n'
        "[tool.tox.env.odd]\ncommands = 1\n"
    )
    said = facts_of(text.encode(), Kind.PYPROJECT).settings.commands
    assert [(one.where, one.text, one.span.line, bool(one.swallowed)) for one in said] == [
        ("testenv", "pytest -q", 2, False),
        ("slow", "pytest -m slow", 5, True),
    ]


def test_files_are_told_by_their_paths() -> None:
    """Only where the programs look for them."""
    assert kind_of(".github/workflows/a.yaml") is Kind.GITHUB
    assert kind_of("sub/.github/workflows/a.yaml") is None
    assert kind_of("sub/tox.ini") is Kind.TOX_INI
    assert kind_of("ci/run.sh") is Kind.SHELL
    assert kind_of("docs/run.sh") is None
    assert kind_of("mk/rules.mk") is Kind.MAKEFILE


FAILING = "def test_sum():\n    assert 1 + 1 == 3\n"


def run(folder: Path, *command: str) -> int:
    """What a command ends with in a folder, with this Python first on the path."""
    path = os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"])
    done = subprocess.run(command, cwd=folder, env={"PATH": path}, capture_output=True, check=False, timeout=60)
    return done.returncode


def test_the_option_that_is_critical_makes_a_failing_suite_pass(tmp_path: Path) -> None:
    """Pytest says so."""
    (tmp_path / "test_sums.py").write_text(FAILING)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --co\n")
    assert run(tmp_path, "pytest", "-p", "no:cacheprovider") == 0
    assert found(scan(tmp_path, "--no-cache")) == [("pytest.ini", 2, "HAR010", "critical")]


def test_without_any_assert_a_failing_suite_passes(tmp_path: Path) -> None:
    """Pytest says so: optimised and plain; optimised alone it still fails."""
    (tmp_path / "test_sums.py").write_text(FAILING)
    (tmp_path / "Makefile").write_text("test:\n\tpython -O -m pytest -p no:cacheprovider --assert=plain\n")
    assert run(tmp_path, "python", "-O", "-m", "pytest", "-p", "no:cacheprovider", "--assert=plain") == 0
    assert run(tmp_path, "python", "-O", "-m", "pytest", "-p", "no:cacheprovider") == 1
    assert found(scan(tmp_path, "--no-cache")) == [("Makefile", 2, "HAR011", "high")]


RECIPES = {
    "minus": ("-pytest", True),
    "silent minus": ("@-pytest", True),
    "or": ("pytest || true", True),
    "goes on": ("pytest; echo done", True),
    "variable": ("$(RUN) || :", True),
    "plain": ("pytest", False),
    "and": ("pytest && echo done", False),
    "lines": ("pytest\n\techo done", False),
    "status": ("pytest; status=$$?; echo done; exit $$status", False),
}


@pytest.mark.parametrize(("recipe", "lost"), RECIPES.values(), ids=RECIPES.keys())
def test_recipes_end_as_make_says(tmp_path: Path, recipe: str, lost: bool) -> None:
    """A failure is lost exactly where make ends well."""
    (tmp_path / "test_sums.py").write_text(FAILING)
    (tmp_path / "Makefile").write_text(f"RUN = pytest\n\ntest:\n\t{recipe}\n")
    assert (run(tmp_path, "make", "test") == 0) is lost
    (command,) = facts_of((tmp_path / "Makefile").read_bytes(), Kind.MAKEFILE).settings.commands
    assert bool(command.swallowed) is lost
