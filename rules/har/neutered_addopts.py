"""Options that pytest always gets keep tests from running.

Why it matters: `addopts` holds for every run, on every machine. With `--collect-only` nothing runs and the status is 0;
with `--deselect` or `-k` some tests never run anywhere, and no command line shows it.

Instead: give such options on the command line of the run that needs them; skip a test in its file, with a reason.

Known limits: options that keep all tests from running are critical. `--ignore` counts where the path holds test files;
`-m` counts as low, and not where some other command of the project selects by marks.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatch

from integrity.harness.model import Setting
from integrity.harness.runners import pytest_words
from integrity.harness.subject import Harness, HarnessFile
from integrity.model import Severity
from integrity.rule import Example, Hit, Rule

RULE = Rule(
    code="HAR010",
    name="neutered-addopts",
    severity=Severity.CRITICAL,
    message="the option `{option}` in {where} {what}",
    since="0.1",
)

_NOTHING = frozenset(
    {"--collect-only", "--co", "--collectonly", "--setup-plan", "--setuponly", "--fixtures", "--markers"}
)
_ESSENTIAL = frozenset({"no:python", "no:unittest", "no:asyncio", "no:anyio", "no:pytest_asyncio", "no:skipping"})
_PARTIAL = {
    "--deselect": "leaves tests out of every run",
    "-k": "leaves tests out of every run",
    "--ignore": "leaves test files out of every run",
    "--ignore-glob": "leaves test files out of every run",
    "-m": "leaves tests out of every run, and no other command selects by marks",
    "-p": "switches off a plugin that runs tests",
}

VALID = [
    Example(
        "",
        files={
            "pyproject.toml": """
            [tool.pytest.ini_options]
            addopts = ["-ra", "--strict-markers", "--ignore=docs", "-p", "no:cacheprovider"]
            """,
            "docs/conf.py": "",
        },
    ),
    Example(
        "",
        files={
            "pytest.ini": "[pytest]\naddopts = -m 'not slow'\n",
            "tox.ini": "[testenv:slow]\ncommands = pytest -m slow\n",
        },
    ),
    # Pytest reads the first of its files only.
    Example("", files={"pytest.ini": "[pytest]\n", "setup.cfg": "[tool:pytest]\naddopts = --collect-only\n"}),
]
INVALID = [
    Example(
        "",
        files={
            "pyproject.toml": """
            [tool.pytest.ini_options]
            addopts = [
                "-ra",
                "--collect-only",  # <- HAR010
                "--deselect=tests/test_pay.py::test_refund",  # <- HAR010
            ]
            """
        },
    ),
    Example("", files={"setup.cfg": "[tool:pytest]\naddopts = -q\n    --co  # <- HAR010\n"}),
    Example("", files={"pytest.ini": "[pytest]\naddopts = --suppress-tests-failed-exit-code  # <- HAR010\n"}),
    # Medium.
    Example(
        "",
        files={"pytest.ini": "[pytest]\naddopts = --ignore tests/pay  # <- HAR010\n", "tests/pay/test_a.py": ""},
    ),
    # Low.
    Example("", files={"pytest.ini": "[pytest]\naddopts = -m 'not slow'  # <- HAR010\n"}),
]


def check(harness: Harness) -> Iterator[Hit]:
    """One hit an option."""
    options = list(harness.options())
    for number, (file, one) in enumerate(options):
        name, _, value = one.value.partition("=")
        if not value and number + 1 < len(options):
            value = options[number + 1][1].value
        if name.startswith(("-k", "-m", "-p")) and not name.startswith("--") and len(name) > len("-k"):
            name, value = name[:2], name[2:]
        severity, what = _judged(harness, file, name, value)
        if severity:
            yield RULE.at(
                one.span,
                path=file.path,
                severity=severity,
                option=f"{name} {value}" if name in _PARTIAL else name,
                where=_where(one),
                what=what,
            )


def _judged(harness: Harness, file: HarnessFile, name: str, value: str) -> tuple[Severity | None, str]:
    """How serious an option is, None when it is not, and what it does."""
    if name in _NOTHING:
        return Severity.CRITICAL, "keeps every test from running, and the status is that of success"
    if name == "--suppress-tests-failed-exit-code":
        return Severity.CRITICAL, "gives runs with failed tests the status of success"
    if name == "-p" and value not in _ESSENTIAL:
        return None, ""
    if name.startswith("--ignore") and not _holds_tests(harness, file, value):
        return None, ""
    if name == "-m" and _selects_by_marks(harness):
        return None, ""
    severity = Severity.LOW if name == "-m" else Severity.MEDIUM
    return (severity, _PARTIAL[name]) if name in _PARTIAL else (None, "")


def _holds_tests(harness: Harness, file: HarnessFile, value: str) -> bool:
    """Whether a path or a glob of paths holds files that pytest would collect."""
    place = f"{file.folder}/{value}".strip("/").removeprefix("./").removesuffix("/")
    for path in harness.paths:
        if path == place or path.startswith(f"{place}/") or fnmatch(f"/{path}", f"/{place}"):
            name = path.rpartition("/")[2]
            if name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py")):
                return True
    return False


def _selects_by_marks(harness: Harness) -> bool:
    return any(
        word == "-m" or (word.startswith("-m") and not word.startswith("--"))
        for _, command in harness.commands()
        for word in pytest_words(command.words)
    )


def _where(one: Setting) -> str:
    return "PYTEST_ADDOPTS" if one.name == "env" else "addopts"
