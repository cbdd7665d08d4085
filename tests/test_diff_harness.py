"""Settings and commands that run fewer tests than before block a change; what runs them elsewhere does not."""

from __future__ import annotations

import pytest

from integrity.cache import Cache
from integrity.config.config import Config
from integrity.diff.compare import Terms
from integrity.diff.files import compare_files
from integrity.diff.looking import Looker
from integrity.registry.loader import load

REGISTRY = load()
TERMS = Terms(Config(), REGISTRY, Looker(REGISTRY, Cache(None, "")))

TEST = "from p import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"
TREE = {
    "p.py": "def add(a, b):\n    return a + b\n",
    "tests/test_m.py": TEST,
    "tests/unit/test_z.py": TEST.replace("test_add", "test_z"),
    "docs/index.md": "Adds.\n",
}
BLOCKS = {"critical", "high"}


def found(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str]]:
    """Code and severity of what a change of files does."""
    sides = [{path: text.encode() for path, text in {**TREE, **side}.items()} for side in (before, after)]
    return [(one.code, one.severity.value) for one in compare_files(sides[0], sides[1], TERMS).findings]


def blocked(before: dict[str, str], after: dict[str, str]) -> bool:
    """Whether something in a change is high or critical."""
    return any(severity in BLOCKS for _, severity in found(before, after))


def makefile(*commands: str) -> dict[str, str]:
    """A target of make."""
    return {"Makefile": "ci:\n" + "".join(f"\t{one}\n" for one in commands)}


def workflow(**jobs: str) -> dict[str, str]:
    """Jobs of a workflow with one step each."""
    text = "".join(f"  {name}:\n    steps:\n      - run: {run}\n" for name, run in jobs.items())
    return {".github/workflows/ci.yml": f"on: push\njobs:\n{text}"}


def gitlab(run: str) -> dict[str, str]:
    """A job of GitLab."""
    return {".gitlab-ci.yml": f"test:\n  script:\n    - {run}\n"}


def azure(run: str) -> dict[str, str]:
    """A step of Azure."""
    return {"azure-pipelines.yml": f"steps:\n  - script: {run}\n"}


def circle(run: str) -> dict[str, str]:
    """A step of CircleCI."""
    return {".circleci/config.yml": f"jobs:\n  test:\n    steps:\n      - run: {run}\n"}


def shell(run: str) -> dict[str, str]:
    """A script."""
    return {"scripts/ci.sh": f"set -e\n{run}\n"}


def tox(run: str) -> dict[str, str]:
    """An environment of tox."""
    return {"tox.ini": f"[testenv]\ncommands =\n    {run}\n"}


def pyproject(testpaths: str) -> dict[str, str]:
    """Settings of pytest."""
    return {"pyproject.toml": f"[tool.pytest.ini_options]\ntestpaths = {testpaths}\n"}


@pytest.mark.parametrize("place", [makefile, gitlab, azure, circle, shell, tox, lambda run: workflow(t=run)])
@pytest.mark.parametrize(
    "options",
    [
        *("-k 'not add'", "-m 'not slow'", "--ignore=tests/unit", "--ignore tests/unit", "--collect-only", "--co -q"),
        *("--ignore-glob='*/unit/*'", "--deselect tests/test_m.py::test_add", "-n 4 -k unit"),
    ],
)
def test_a_command_that_leaves_tests_out_blocks(place: object, options: str) -> None:
    """Wherever it stands."""
    assert callable(place)
    assert ("DIF018", "high") in found(place("python -m pytest tests"), place(f"python -m pytest tests {options}"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (makefile("pytest tests"), makefile("pytest tests/unit")),
        (makefile("pytest tests"), makefile("pytest tests/test_m.py")),
        (makefile("pytest"), makefile("pytest -q tests/test_m.py")),
        (workflow(t="pytest tests"), workflow(other="pytest tests -k m")),
        (tox("pytest {posargs:-n auto}"), tox("pytest {posargs:-n auto -k z}")),
        (tox("coverage run -m pytest"), tox("coverage run -m pytest -k z")),
        (workflow(a="pytest -m slow"), workflow(a="pytest -m 'slow and not gui'")),
        (workflow(a="pytest tests", b="pytest -n 2"), workflow(a="pytest tests -k z", b="pytest -n 4")),
        (workflow(t="pytest tests"), workflow(t="pytest tests || [ $? -eq 1 ]")),
        (workflow(t="pytest tests"), workflow(t="pytest tests || test -d .")),
        (workflow(t="pytest tests"), workflow(t="pytest tests || exit 0")),
        (makefile("pytest tests"), makefile("pytest tests; true")),
        (makefile("pytest tests"), makefile("pytest -q tests || true")),
        (makefile("pytest tests"), makefile("@echo ok")),
        (pyproject('["tests"]'), pyproject('["tests/unit"]')),
    ],
)
def test_less_is_run(before: dict[str, str], after: dict[str, str]) -> None:
    """By paths, by expressions, by lost failures, or not at all."""
    assert blocked(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (workflow(t="pytest tests"), workflow(t="pytest tests", quick="pytest tests -k m")),
        (workflow(t="pytest tests"), workflow(t="pytest -m 'not slow'", slow="pytest -m slow")),
        (makefile("pytest tests"), makefile("pytest -m 'a or b' tests", "pytest tests -m 'not a and not b'")),
        (makefile("pytest tests"), makefile("pytest tests --ignore=tests/unit", "pytest tests/unit -n 4")),
        (makefile("pytest tests"), makefile("pytest tests/unit", "pytest tests/test_m.py")),
        (makefile("pytest tests"), makefile("pytest tests --co -q", "pytest -q tests")),
        (makefile("pytest tests"), makefile("pytest tests --ignore=tests/bench")),
        (makefile("pytest tests"), makefile("pytest tests --maxfail=1 -n 4 -p no:cacheprovider --durations 5")),
        (makefile("pytest -k m"), makefile("pytest -k 'm or z'")),
        (workflow(t="pytest tests"), workflow(t='pytest tests -k "${{ matrix.part }}"')),
        (workflow(t="pytest tests"), workflow(t="pytest tests || [ $? -eq 5 ]")),
        (makefile("pytest tests"), makefile("tox")),
        ({**makefile("pytest tests"), **workflow(t="tox")}, {**makefile("@echo ok"), **workflow(t="tox")}),
        (pyproject('["tests/unit"]'), pyproject('["tests"]')),
    ],
)
def test_what_is_run_all_the_same_does_not_block(before: dict[str, str], after: dict[str, str]) -> None:
    """A split, a job of its own, options that leave nothing out."""
    assert not blocked(before, after)


@pytest.mark.parametrize("now", ['["tests", "docs"]', '["tests", "tests/unit"]', '["tests/unit", "tests/test_m.py"]'])
def test_test_paths_are_looked_up_among_all_files(now: str) -> None:
    """Also among those that the change leaves alone."""
    assert found(pyproject('["tests"]'), pyproject(now)) == []


def test_test_paths_that_lead_nowhere_are_found() -> None:
    """As a scan finds them."""
    assert ("HAR015", "medium") in found(pyproject('["tests"]'), pyproject('["tests", "missing"]'))


def test_an_expression_that_new_tests_speak_of_may_be_about_them() -> None:
    """They never ran before."""
    marked = "import pytest\n\n\n@pytest.mark.bench\ndef test_fast():\n    assert len('ab') == 2\n"
    before, after = makefile("pytest tests"), makefile("pytest tests -m 'not bench'")
    assert not blocked(before, {**after, "tests/test_fast.py": marked})


def test_python_files_no_longer_match_files_of_tests() -> None:
    """A pattern with a slash is held against the whole path."""
    form = "[tool:pytest]\npython_files = {}\n"
    wide, narrow = ({"setup.cfg": form.format(one)} for one in ("tests/*.py", "tests/test_*.py"))
    assert blocked(wide, narrow)
    assert not blocked(narrow, wide)
    assert not blocked({"setup.cfg": form.format("test_*.py")}, {"setup.cfg": form.format("test_m.py test_z.py")})


def test_a_script_without_an_ending_runs_the_tests() -> None:
    """`scripts/test`, in CI and as a file."""
    step = "scripts/test\n        continue-on-error: true"
    assert blocked(workflow(test="scripts/test"), workflow(test=step))
    script = "#!/bin/sh -e\npytest{}\n"
    assert blocked({"scripts/test": script.format("")}, {"scripts/test": script.format(" -k 'not add'")})
    assert not blocked({"scripts/test": "#!/usr/bin/python\npytest\n"}, {"scripts/test": "#!/usr/bin/python\n"})


def unittests(*words: str) -> dict[str, str]:
    """A target of make that runs unittest."""
    return makefile(" ".join(["python -m unittest", *words]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (unittests(), unittests("-k", "add")),
        (unittests("-v"), unittests("-v", "-k", "'*fast*'")),
        (unittests("discover"), unittests("discover", "-p", "'test_m*.py'")),
        (unittests("discover", "-s", "tests"), unittests("discover", "-s", "tests/unit")),
        (unittests("discover", "-s", "tests"), unittests("tests.unit.test_z")),
        (unittests("tests.test_m", "tests.unit.test_z"), unittests("tests.test_m")),
        (makefile("python manage.py test"), makefile("python manage.py test --exclude-tag=slow")),
        (makefile("python manage.py test"), makefile("python manage.py test -k add")),
    ],
)
def test_unittest_is_told_to_run_fewer_tests(before: dict[str, str], after: dict[str, str]) -> None:
    """By name, pattern, folder, module or tag; and the other way round is none."""
    assert blocked(before, after)
    assert not blocked(after, before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (unittests(), unittests("discover")),
        (unittests(), unittests("-v", "--failfast")),
        (unittests(), unittests("discover", "-p", "'test*.py'")),
        (unittests("discover", "-s", "tests"), unittests("discover", "tests")),
        (unittests("tests.test_m"), unittests("tests.test_m", "tests.unit.test_z")),
        (unittests("-k", "add"), unittests("-k", "add", "-k", "z")),
    ],
)
def test_unittest_is_told_the_same_in_other_words(before: dict[str, str], after: dict[str, str]) -> None:
    """Or to run more."""
    assert not blocked(before, after)


def noxfile(*calls: str) -> dict[str, str]:
    """A session of nox."""
    body = "".join(f"    session.{one}\n" for one in calls)
    return {"noxfile.py": f"import nox\n\n\n@nox.session\ndef tests(session):\n    session.install('.')\n{body}"}


def tasks(call: str) -> dict[str, str]:
    """A task of Invoke."""
    return {"tasks.py": f"from invoke import task\n\n\n@task\ndef test(c):\n    c.{call}\n"}


PYTEST = "run('pytest', 'tests', *session.posargs)"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (noxfile(PYTEST), noxfile("run('pytest', 'tests', '-k', 'not add', *session.posargs)")),
        (noxfile(PYTEST), noxfile("run('pytest', 'tests/unit', *session.posargs)")),
        (noxfile(PYTEST), noxfile("run('pytest', 'tests', '--ignore=tests/unit', *session.posargs)")),
        (noxfile(PYTEST), noxfile("run('pytest', 'tests', *session.posargs, success_codes=[0, 1])")),
        (noxfile(PYTEST), noxfile("run('python', '-c', 'pass')")),
        (noxfile("run('coverage', 'run', '-m', 'pytest')"), noxfile("run('coverage', 'run', '-m', 'pytest', '--co')")),
        (tasks("run('pytest tests')"), tasks("run('pytest tests -k \"not add\"')")),
        (tasks("run('pytest tests')"), tasks("run('pytest tests', warn=True)")),
        (tasks("run('pytest tests')"), tasks("run('pytest tests || true')")),
    ],
)
def test_a_session_is_told_to_run_fewer_tests(before: dict[str, str], after: dict[str, str]) -> None:
    """Of nox or Invoke, as anywhere else; and the other way round is none."""
    assert blocked(before, after)
    assert not blocked(after, before)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (noxfile(PYTEST), noxfile("run('pytest', '--durations=5', 'tests', *session.posargs)")),
        (noxfile(PYTEST), noxfile("run('coverage', 'run', '-m', 'pytest', 'tests', *session.posargs)")),
        (noxfile(PYTEST), noxfile("run('pytest', *(session.posargs or ['tests']))")),
        (noxfile(PYTEST), noxfile("run('pytest', 'tests', '-m', 'slow')", "run('pytest', 'tests', '-m', 'not slow')")),
        (noxfile(PYTEST), {**noxfile("run('mypy')"), **makefile("pytest tests")}),
    ],
)
def test_a_session_is_told_the_same_in_other_words(before: dict[str, str], after: dict[str, str]) -> None:
    """Or split, or run elsewhere."""
    assert ("DIF018", "high") not in found(before, after)
    assert ("DIF018", "critical") not in found(before, after)
