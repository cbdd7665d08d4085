"""The coverage that a project demands is nothing.

Why it matters: a gate of 0 % never closes, and coverage of nothing is always complete. The badge looks the same.

Instead: demand what the suite has today, and raise it; leave out single files, by name.

Known limits: this looks at what the configuration says now. What a change takes away from it shows in a comparison.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.harness.model import Setting
from integrity.harness.subject import Harness
from integrity.model import Severity
from integrity.rule import Example, Hit, Rule

RULE = Rule(
    code="HAR014",
    name="coverage-gate-off",
    severity=Severity.MEDIUM,
    message="`{setting}` {what}",
    since="0.1",
)

_EVERY_FILE = frozenset({"*", "**", "*/*", "**/*", "*.py", "**/*.py", "*/*.py", "./*", "/*"})
_EVERY_LINE = frozenset({".*", ".", "^", ".+", "^.*$", "", r"\s*", r"[\s\S]*"})

VALID = [
    Example(
        "",
        files={
            ".coveragerc": """
            [run]
            omit =
                */migrations/*
            [report]
            fail_under = 90
            exclude_lines =
                pragma: no cover
            """
        },
    ),
]
INVALID = [
    Example(
        "",
        files={
            "pyproject.toml": """
            [tool.coverage.report]
            fail_under = 0  # <- HAR014
            omit = ["*"]  # <- HAR014
            exclude_lines = [".*"]  # <- HAR014
            """
        },
    ),
    Example("", files={"pytest.ini": "[pytest]\naddopts = --cov=app --no-cov  # <- HAR014\n"}),
]


def check(harness: Harness) -> Iterator[Hit]:
    """One hit a value."""
    options = list(harness.options())
    measured = any(one.value.startswith("--cov") for _, one in options)
    for file in harness.files:
        for one in file.settings.settings:
            severity, what = _judged(one)
            if severity:
                yield RULE.at(
                    one.span, path=file.path, severity=severity, setting=f"{one.name} = {one.value}", what=what
                )
    for file, one in options:
        if one.value == "--no-cov" and measured:
            yield RULE.at(one.span, path=file.path, setting=one.value, what="switches coverage off in every run")
        elif one.value in ("--cov-fail-under=0", "--cov-fail-under=0.0"):
            yield RULE.at(
                one.span, path=file.path, severity=Severity.LOW, setting=one.value, what="demands no coverage at all"
            )


def _judged(one: Setting) -> tuple[Severity | None, str]:
    """How serious a value is, None when it is not, and what it does."""
    if one.name == "fail_under" and one.value in ("0", "0.0"):
        return Severity.LOW, "demands no coverage at all"
    if one.name == "omit" and one.value in _EVERY_FILE:
        return Severity.MEDIUM, "leaves every file out of the measurement"
    if one.name in ("exclude_lines", "exclude_also") and one.value in _EVERY_LINE:
        return Severity.MEDIUM, "leaves every line out of the measurement"
    return None, ""
