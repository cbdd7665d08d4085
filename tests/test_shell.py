"""Lost failures in shell scripts, against what a shell says; and which commands run tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.harness.runners import runs_tests
from integrity.harness.shell import Options, commands

LOST = {
    "or true": "pytest || true",
    "or colon": "pytest || :",
    "or echo": "pytest || echo failed",
    "or exit": "pytest || exit 0",
    "or block": "pytest || { echo failed; true; }",
    "status of one": "pytest || [ $? -eq 1 ]",
    "status below two": 'pytest || test "$?" -lt 2',
    "any status": "pytest || [[ $? != 0 ]]",
    "number of the status": "pytest || (( $? == 1 ))",
    "condition": "pytest || test -d .",
    "condition in brackets": "pytest || [ 1 = 1 ]",
    "goes on": "bash -c 'pytest; true'",
    "pipe": "pytest | cat",
    "pipe and or": "pytest 2>&1 | cat || true",
    "set": "set +e\npytest\necho done",
    "set and exit": "set +e\npytest\nexit 0",
    "subshell": "(pytest || true)",
    "branch": "if true; then\n  pytest || true\nfi",
    "inner shell": "bash -c 'pytest || true'",
    "inner shell that goes on": 'bash -c "pytest; echo done"',
    "and": "pytest && echo fine\necho done",
    "quoted": 'pytest "a || b" || true',
    "loop": "for one in a; do\n  pytest || true\ndone",
    "continued": "pytest \\\n  -q \\\n  || true",
    "function": "check() {\n  pytest || true\n}\ncheck",
}
KEPT = {
    "plain": "pytest",
    "stops": "pytest\necho done",
    "or false": "pytest || false",
    "or exit": "pytest || exit 1",
    "or block": "pytest || { echo failed; exit 1; }",
    "status read": "set +e\npytest\nstatus=$?\necho done\nexit $status",
    "pipefail": "set -o pipefail\npytest | cat",
    "pipe status": 'set +e\npytest | cat\nexit "${PIPESTATUS[0]}"',
    "condition": "if ! pytest; then exit 1; fi",
    "heredoc": "cat <<END\npytest || true\nEND\nfalse",
    "comment": "pytest # || true",
    "last": "set +e\npytest",
    "inner shell": "bash -ec 'pytest; echo done'",
    "loop": "for one in a; do\n  pytest || failed=1\ndone\nexit $failed",
    "status of five": "pytest || [ $? -eq 5 ]",
    "status above one": "pytest || [ $? -gt 1 ]",
    "status of two": "pytest || test $? = 2",
    "other": "ruff || true\npytest",
}


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a `pytest` and a `ruff` that fail."""
    folder = tmp_path_factory.mktemp("programs")
    for name in ("pytest", "ruff"):
        (folder / name).write_text("#!/bin/sh\nexit 1\n")
        (folder / name).chmod(0o755)
    return folder


def status(script: str, programs: Path) -> int:
    """What bash ends a script with, as GitHub starts it."""
    path = f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin"
    done = subprocess.run(
        ["bash", "-e", "-c", script], env={"PATH": path}, capture_output=True, check=False, timeout=30
    )
    return done.returncode


def lost(script: str) -> bool:
    """Whether the failure of some `pytest` in a script is lost."""
    return any(one.swallowed for one in commands(script, Options(errexit=True)) if one.words[0] == "pytest")


@pytest.mark.parametrize("script", LOST.values(), ids=LOST.keys())
def test_what_is_called_lost_is_lost(programs: Path, script: str) -> None:
    """The script ends well."""
    assert lost(script)
    assert status(script, programs) == 0


@pytest.mark.parametrize("script", KEPT.values(), ids=KEPT.keys())
def test_what_is_kept_ends_the_script(programs: Path, script: str) -> None:
    """It ends with a failure."""
    assert not lost(script)
    assert status(script, programs) != 0


SIMPLE = st.sampled_from(["pytest", "true", "echo x", "false", "set +e", "set -e", "set -o pipefail", "exit 0", ":"])
JOINED = st.tuples(SIMPLE, st.sampled_from([" || ", " && ", " | "]), SIMPLE).map("".join)
SCRIPTS = st.lists(SIMPLE | JOINED, min_size=1, max_size=4).map("\n".join)


@settings(max_examples=60, deadline=None)
@given(SCRIPTS.filter(lambda script: script.count("pytest") == 1))
def test_a_certain_loss_never_fails_the_script_by_itself(programs: Path, script: str) -> None:
    """Where the failure is lost for certain, the script ends as it would with a test command that succeeds.

    What stands in a script after `pytest` may end it either way.
    """
    certain = any(
        one.swallowed and one.certain for one in commands(script, Options(errexit=True)) if one.words[0] == "pytest"
    )
    claimed = certain and " && " not in script
    passing = script.replace("pytest", "true")
    assert not claimed or status(script, programs) == status(passing, programs)


@given(st.text("pytest|&;(){}<>\"'`$\\ \n#!=e-x", max_size=60))
def test_no_script_is_an_error(script: str) -> None:
    """Whatever it holds; places lie in it."""
    for one in commands(script, Options()):
        assert 1 <= one.line <= script.count("\n") + 1
        assert one.column >= 1
        assert one.words


def test_deep_nesting_is_no_error() -> None:
    """Deeper than the stack."""
    assert commands("(" * 5000 + "pytest" + ")" * 5000, Options()) is not None
    assert commands("if true; then\n" * 2000 + "pytest || true", Options()) is not None


def test_expressions_of_github_are_words() -> None:
    """They keep their place."""
    (first, _) = commands("pytest ${{ matrix.a && 'x' || 'y' }} || true", Options())
    assert first.swallowed == "`|| true`"


YES = (
    "pytest", "python -m pytest -x", "python3.12 -Wd -m unittest discover", "tox -e py311,docs", "nox -s tests",
    "make -j2 check", "uv run -m pytest", "poetry run pytest", "coverage run -m pytest", "spin test -- -q",
    "hatch run test:cov", "xvfb-run -a pytest", "./manage.py test", "python tests/runtests.py", "tox",
    "uvx --with tox-uv tox -e py", "pdm run test", "trial app", "timeout 5 pytest", "python unified_test_runner.py",
)  # fmt: skip
NO = (
    "pip install pytest", "tox -e lint", "make lint", "hatch run lint:all", "npm test", "echo pytest", "which pytest",
    "pytest --version", "docker build -t test .", "python -m build", "nox -s lint", "tox -l", "make docs", "cd tests",
    "python scripts/check_style.py", "go test ./...", "git add tests", "python -m pip install -e .[test]",
    "tox --notest",
)  # fmt: skip


@pytest.mark.parametrize("command", YES)
def test_commands_that_run_tests(command: str) -> None:
    """Through whatever they are started."""
    assert runs_tests(command.split())


@pytest.mark.parametrize("command", NO)
def test_commands_that_run_none(command: str) -> None:
    """Though they name them."""
    assert not runs_tests(command.split())
