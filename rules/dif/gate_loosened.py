"""A change makes the check itself find less: its configuration, baseline, comments, hook or step in CI.

Why it matters: the judge must not be chosen by the one who is judged. What is loosened in the same change as the tests
would let that change approve itself; so the comparison uses the configuration of the base side, and tells what the
change would loosen for all that come after it.

Instead: mend what is found. If the setting is to change for good reason, change it in a commit of its own that says so
with `Integrity-Accept: DIF019 path -- reason`.

Known limits: hooks and steps in CI are recognised by lines that run `integrity` or name its hook; a new file that
replaces another one is not followed. Suppression comments and entries of the acceptance file are medium, because each
names what it lets through; all else is high.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity, Span
from integrity.rule import Example, GateChange, Hit, Rule

RULE = Rule(
    code="DIF019",
    name="gate-loosened",
    severity=Severity.HIGH,
    message="the check would find less: {what}",
    since="0.1",
)

_HOOK = "repos:\n  - repo: local\n    hooks:\n      - id: integrity\n        entry: integrity scan --staged\n"

VALID = [
    Example(
        "",
        before={"integrity.toml": 'ignore = ["ENV"]\n'},
        files={"integrity.toml": 'fail-severity = "medium"\n'},
    ),
    Example("", before={".pre-commit-config.yaml": _HOOK}, files={".pre-commit-config.yaml": f"# ours\n{_HOOK}"}),
]
INVALID = [
    Example(
        "",
        before={"integrity.toml": 'select = ["ALL"]\n'},
        files={"integrity.toml": 'exclude = ["/tests/"]  # <- DIF019\n'},
    ),
    Example(
        "",
        before={".pre-commit-config.yaml": _HOOK},
        files={".pre-commit-config.yaml": "repos: []  # <- DIF019\n"},
    ),
    Example(
        "",
        before={".github/workflows/test.yml": "      - run: integrity scan .\n"},
        files={".github/workflows/test.yml": "      - run: integrity scan . || true  # <- DIF019\n"},
    ),
]


def check(change: GateChange) -> Iterator[Hit]:
    """One hit for each thing that was loosened."""
    for one in change.loosenings:
        severity = None if one.grave else Severity.MEDIUM
        yield RULE.at(Span(one.line), path=one.path, severity=severity, what=one.what)
