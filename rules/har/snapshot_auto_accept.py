"""A run of tests accepts whatever the code gives as what was expected.

Why it matters: with `--snapshot-update` and its like, tests write the expectation instead of comparing with it. They
cannot fail.

Instead: update by hand, look at the difference, and commit it; let CI compare.

Known limits: the options of the common snapshot plugins, in pytest's `addopts` and in commands that CI runs. Jobs,
targets and environments whose names say that they update are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from integrity.harness.subject import Harness
from integrity.model import Severity
from integrity.rule import Example, Hit, Rule

RULE = Rule(
    code="HAR013",
    name="snapshot-auto-accept",
    severity=Severity.HIGH,
    message="`{option}` in {where} makes tests accept what they find",
    since="0.1",
)

_OPTION = re.compile(
    r"--(?:snapshot-update|force-regen|regen-all|mpl-generate-path(?:=.*)?|update-(?:snapshots?|goldens?)"
    r"|inline-snapshot(?:=.*\b(?:create|fix|update|trim)\b.*)|approvaltests-use-reporter(?:=.*auto.*)?|image-snapshot-update)"
)
_VARIABLE = re.compile(r"INLINE_SNAPSHOT=.*(?:fix|create|update)|(?:UPDATE_SNAPSHOTS?|SNAPSHOT_UPDATE)=(?:1|true|yes)")
_UPDATING = re.compile(r"updat|regen|record|refresh|generat|baseline|accept|snapshots?$", re.IGNORECASE)

VALID = [
    Example(
        "",
        files={
            "Makefile": "update-snapshots:\n\tpytest --snapshot-update\n",
            ".github/workflows/ci.yml": "jobs:\n  test:\n    steps:\n      - run: pytest --snapshot-warn-unused\n",
        },
    ),
]
INVALID = [
    Example("", files={"pytest.ini": "[pytest]\naddopts = -q --snapshot-update  # <- HAR013\n"}),
    Example(
        "",
        files={
            ".github/workflows/ci.yml": """
            jobs:
              test:
                steps:
                  - run: pytest --inline-snapshot=fix  # <- HAR013
            """
        },
    ),
]


def check(harness: Harness) -> Iterator[Hit]:
    """One hit an option or variable."""
    for file, one in harness.options():
        if _OPTION.fullmatch(one.value):
            yield RULE.at(one.span, path=file.path, option=one.value, where="addopts")
    for file, command in harness.commands():
        if _UPDATING.search(command.where) or not harness.runs_in_ci(file, command):
            continue
        options = [word for word in command.words if _OPTION.fullmatch(word)]
        options += [pair for pair in command.environment if _VARIABLE.fullmatch(pair)]
        for option in options[:1]:
            yield RULE.at(command.span, path=file.path, option=option, where="a command of CI")
