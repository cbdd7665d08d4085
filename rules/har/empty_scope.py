"""Pytest is told to look for tests where there are none.

Why it matters: a test path that does not exist is skipped with a warning at most, so that a moved or misspelt folder
takes its tests out of every run. A pattern that no file matches leaves nothing to run.

Instead: name folders that exist, and patterns that match.

Known limits: only paths that the repository knows; folders that a build makes, and packages named under `--pyargs`, are
left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import accumulate

from integrity.harness.model import Setting
from integrity.harness.subject import Harness, HarnessFile
from integrity.model import Severity
from integrity.rule import Example, Hit, Rule

RULE = Rule(
    code="HAR015",
    name="empty-scope",
    severity=Severity.MEDIUM,
    message="`{name} = {value}` names {what}",
    since="0.1",
)

VALID = [
    Example(
        "",
        files={
            "pytest.ini": "[pytest]\ntestpaths = tests src/*/tests\npython_files = test_*.py check_*.py\n",
            "tests/test_a.py": "",
            "src/app/tests/test_b.py": "",
        },
    ),
]
INVALID = [
    Example(
        "",
        files={
            "pyproject.toml": """
            [tool.pytest.ini_options]
            testpaths = [
                "tests",
                "integration",  # <- HAR015
            ]
            """,
            "tests/test_a.py": "",
        },
    ),
    # High.
    Example(
        "",
        files={"setup.cfg": "[tool:pytest]\npython_files = spec_*.py  # <- HAR015\n", "tests/test_a.py": ""},
    ),
]

_VARIABLE = re.compile(r"[$%{]|^/|^\.\.")


def check(harness: Harness) -> Iterator[Hit]:
    """One hit a path; one for all patterns together."""
    for file in harness.pytest:
        if "--pyargs" in file.settings.values("addopts"):
            continue
        yield from _paths(harness, file)
        yield from _patterns(harness, file)


def _paths(harness: Harness, file: HarnessFile) -> Iterator[Hit]:
    known = _with_folders(harness.paths)
    given = [one for one in file.settings.settings if one.name == "testpaths"]
    missing = [one for one in given if not _VARIABLE.search(one.value) and not _exists(file, one, known)]
    if file.folder and len(missing) == len(given):  # a file that is used from another folder
        return
    for one in missing:
        yield RULE.at(one.span, path=file.path, name=one.name, value=one.value, what="a path that does not exist")


def _exists(file: HarnessFile, one: Setting, known: frozenset[str]) -> bool:
    """Whether a path of a file, relative to its folder, leads to something."""
    place = f"{file.folder}/{one.value.partition('::')[0]}".lstrip("/").removeprefix("./").rstrip("/")
    wild = any(sign in place for sign in "*?[")
    return place in ("", ".") or place in known or (wild and any(fnmatch(path, place) for path in known))


def _patterns(harness: Harness, file: HarnessFile) -> Iterator[Hit]:
    patterns = [one for one in file.settings.settings if one.name == "python_files"]
    modules = [
        path for path in harness.paths if path.endswith(".py") and path.startswith(f"{file.folder}/".lstrip("/"))
    ]
    if not patterns or not modules or any(_matches(path, one.value) for path in modules for one in patterns):
        return
    yield RULE.at(
        patterns[0].span,
        path=file.path,
        severity=Severity.HIGH,
        name="python_files",
        value=" ".join(one.value for one in patterns),
        what="no file of the repository, so that no test is found",
    )


def _matches(path: str, pattern: str) -> bool:
    """Whether pytest takes a file for one of tests by a pattern: of its name, or of its path if it holds a slash."""
    return fnmatch(f"/{path}", f"*/{pattern}") if "/" in pattern else fnmatch(path.rpartition("/")[2], pattern)


def _with_folders(paths: tuple[str, ...]) -> frozenset[str]:
    """The paths, and every folder above one."""
    folders = (place for path in paths for place in accumulate(path.split("/"), "{}/{}".format))
    return frozenset(folders)
