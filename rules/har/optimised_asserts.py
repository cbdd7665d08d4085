"""Tests run with assertions switched off.

Why it matters: with `-O` or `PYTHONOPTIMIZE` Python drops `assert` statements. Pytest brings back those of test
modules, but not those of helpers; with `--assert=plain`, or under unittest, none is left.

Instead: run tests without optimisation; test the optimised program as a process of its own.

Known limits: only what the configuration says; a variable set outside of it is not seen. Low where another command of
the same project runs tests without optimisation.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.harness.model import TestCommand
from integrity.harness.runners import pytest_words
from integrity.harness.subject import Harness
from integrity.model import Severity
from integrity.rule import Example, Hit, Rule

RULE = Rule(
    code="HAR011",
    name="optimised-asserts",
    severity=Severity.MEDIUM,
    message="`{text}` runs tests with {how}: Python drops {what}",
    since="0.1",
)

VALID = [
    Example(
        "",
        files={
            "tox.ini": """
            [testenv]
            setenv =
                PYTHONOPTIMIZE = 0
            commands = python -m pytest

            [testenv:build]
            setenv = PYTHONOPTIMIZE=1
            commands = python -m build
            """
        },
    ),
]
INVALID = [
    Example(
        "",
        files={
            ".github/workflows/ci.yml": """
            jobs:
              test:
                runs-on: ubuntu-latest
                env:
                  PYTHONOPTIMIZE: 1
                steps:
                  - run: pytest tests  # <- HAR011
            """
        },
    ),
    # Low.
    Example(
        "",
        files={"tox.ini": "[testenv]\ncommands =\n    python -m pytest\n    python -O -m pytest  # <- HAR011\n"},
    ),
    # High.
    Example("", files={"Makefile": "test:\n\tpython -O -m pytest --assert=plain  # <- HAR011\n"}),
    Example("", files={"Makefile": "test:\n\tpython -OO -m unittest  # <- HAR011\n"}),
]


def check(harness: Harness) -> Iterator[Hit]:
    """One hit a command."""
    found = [(file, command, _optimised(command)) for file, command in harness.commands()]
    extra = any(not how for _, _, how in found)
    for file, command, how in found:
        if how:
            everything = _is_plain(command)
            yield RULE.at(
                command.span,
                path=file.path,
                severity=Severity.LOW if extra else Severity.HIGH if everything else None,
                text=command.text[:60],
                how=how,
                what="every assert" if everything else "the asserts of helpers",
            )


def _optimised(command: TestCommand) -> str:
    for pair in command.environment:
        name, _, value = pair.partition("=")
        if name.strip() == "PYTHONOPTIMIZE" and value.strip().strip("\"'") not in ("", "0"):
            return pair
    before = command.words[: command.words.index("-m")] if "-m" in command.words else ()
    return next((word for word in before if word in ("-O", "-OO")), "")


def _is_plain(command: TestCommand) -> bool:
    words = pytest_words(command.words)
    return "--assert=plain" in words or ("unittest" in command.words and "pytest" not in command.words)
