"""The failure of a command that runs tests is lost.

Why it matters: the tests run, some fail, and the check is green. Nobody looks into the log of a green check.

Instead: let the failure through. Where a suite may fail for now, give it a job of its own, and say so in its name.

Known limits: `|| true` and the like, `set +e`, pipes without `pipefail`, scripts that go on after a failure,
`continue-on-error`, `allow_failure`, `if: false`, a leading `-` of make and tox. What is read afterwards (`$?`,
`steps.<id>.outcome`) or given as an expression is not lost, nor is what is run to be shown something: the plugins,
the fixtures. Jobs that say in their names that they may fail (experimental, nightly, ...) are low, and so are runs
that only measure times (`--store-durations`). Medium are scripts and targets that CI does not call, and jobs that CI
is told to call optional as a whole while others are not. Actions, scripts and reusable workflows are judged where
they stand, not together with what calls them.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.harness.model import TestCommand
from integrity.harness.subject import Harness, HarnessFile
from integrity.model import Severity
from integrity.rule import Example, Hit, Rule

RULE = Rule(
    code="HAR012",
    name="swallowed-test-command",
    severity=Severity.HIGH,
    message="the failure of `{text}` is lost: {how}",
    since="0.1",
)

_MEASURING = "--store-durations"  # pytest-split: the run is there for its times
_OPTIONAL_JOBS = ("continue-on-error: true of its job", "allow_failure: true of its job")  # how CI calls a job optional

VALID = [
    Example(
        "",
        files={
            ".github/workflows/ci.yml": """
            jobs:
              test:
                continue-on-error: ${{ matrix.experimental }}
                steps:
                  - run: |
                      ruff check . || true
                      pytest tests || [ $? -eq 5 ]
                  - id: slow
                    continue-on-error: true
                    run: pytest slow
                  - if: steps.slow.outcome == 'failure'
                    run: exit 1
                  - shell: bash
                    run: pytest | tee log
                  - run: pytest --trace-config | grep -q shop_plugin
            """,
            "Makefile": "lint:\n\t-ruff check .\n",
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
                steps:
                  - run: pytest tests || true  # <- HAR012
                  - run: |
                      set +e
                      pytest slow  # <- HAR012
                      exit 0
                  - run: pytest | tee log  # <- HAR012
                  - run: python -m unittest  # <- HAR012
                    continue-on-error: true
                  - run: make test  # <- HAR012
                    if: false
            """,
        },
    ),
    Example("", files={".gitlab-ci.yml": "test:\n  allow_failure: true\n  script:\n    - pytest  # <- HAR012\n"}),
    Example("", files={"tox.ini": "[testenv]\ncommands =\n    - pytest tests  # <- HAR012\n"}),
    # High: CI calls it.
    Example(
        "",
        files={
            "Makefile": "check:\n\t-pytest  # <- HAR012\n",
            ".circleci/config.yml": "jobs:\n  test:\n    steps:\n      - run: make check\n",
        },
    ),
    # Medium.
    Example(
        "",
        files={
            ".github/workflows/ci.yml": """
            jobs:
              test:
                steps:
                  - run: pytest
              test-riscv:
                continue-on-error: true
                steps:
                  - run: pytest  # <- HAR012
            """
        },
    ),
    Example("", files={"Makefile": "check:\n\tpytest; echo done  # <- HAR012\n"}),
    # Low.
    Example(
        "",
        files={
            ".github/workflows/nightly.yml": """
            jobs:
              nightly-upstream:
                continue-on-error: true
                steps:
                  - run: pytest  # <- HAR012
            """
        },
    ),
]


def check(harness: Harness) -> Iterator[Hit]:
    """One hit a command."""
    for file, command in harness.commands():
        if command.swallowed:
            yield RULE.at(
                command.span,
                path=file.path,
                symbol=command.where,
                severity=_severity(harness, file, command),
                text=command.text[:60],
                how=command.swallowed,
            )


def _severity(harness: Harness, file: HarnessFile, command: TestCommand) -> Severity:
    if command.optional or _MEASURING in command.text:
        return Severity.LOW
    if not command.certain or not harness.runs_in_ci(file, command):
        return Severity.MEDIUM
    declared = command.swallowed.startswith(_OPTIONAL_JOBS)
    kept = declared and any(not one.swallowed for _, one in harness.commands(harness.ci))
    return Severity.MEDIUM if kept else Severity.HIGH
