"""The harness lets more through: fewer tests, ignored failures or a lower coverage gate.

Why it matters: one line of configuration switches off more tests than anybody would dare to delete.

Instead: repair what fails; move the gate in a change of its own, with the reason.

Known limits: settings and commands are compared over all changed files together, so that a move from `setup.cfg` to
`pyproject.toml` is none. High where tests named are left out, where failures are ignored or the gate is lowered; medium
for settings that may have another reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from integrity.changes.model import FilePair
from integrity.harness.model import HarnessSettings, Setting, TestCommand
from integrity.model import Severity, Span
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import evidence

RULE = Rule(
    code="DIF018",
    name="harness-weakened",
    severity=Severity.HIGH,
    message="less is asked of the tests: {what}",
    since="0.1",
)

_SCOPES = ("testpaths", "python_files", "python_classes", "python_functions")
_STRICT = ("xfail_strict", "strict_xfail", "strict", "strict_markers", "strict_config")
_LEFT_OUT = (
    "--ignore",
    "--ignore-glob",
    "--deselect",
    "-k",
    "--co",
    "--collect-only",
    "--no-cov",
    "--suppress-no-test-exit-code",
)
_NARROWING = ("-m", "-p", "--assert", "--snapshot-update", "--maxfail")
_UNCOUNTED = ("omit", "exclude_lines", "exclude_also", "norecursedirs")
_FAIL_UNDER = "--cov-fail-under"

_OLD = """
[tool.pytest.ini_options]
addopts = "--strict-markers"

[tool.coverage.report]
fail_under = 90
"""
VALID = [
    Example(
        "",
        Context(),
        files={"pyproject.toml": _OLD.replace("90", "95")},
        before={"pyproject.toml": _OLD},
    ),
]
INVALID = [
    Example(
        "",
        Context(),
        files={
            "pyproject.toml": """
            [tool.pytest.ini_options]
            addopts = "--strict-markers --deselect tests/test_cart.py::test_total"  # <- DIF018

            [tool.coverage.report]
            fail_under = 20  # <- DIF018
            """
        },
        before={"pyproject.toml": _OLD},
    ),
]


class _Weaker(NamedTuple):
    """What is weaker: in words, where, before and after."""

    what: str
    span: Span
    before: str
    after: str
    severity: Severity = Severity.HIGH


def check(change: Change) -> Iterator[Hit]:
    """One hit a setting or command."""
    files = [(one, *one.settings) for one in change.files if one.settings]
    before = _Totals(old for _, old, _ in files)
    after = _Totals(new for _, _, new in files)
    for file, old, new in files:
        for one in chain(_settings(old, new, before, after), _commands(old, new, after)):
            yield _hit(change, file, one)


def _hit(change: Change, file: FilePair, found: _Weaker) -> Hit:
    return RULE.at(
        found.span,
        path=file.path,
        severity=found.severity,
        evidence=evidence(change, found.before, found.after),
        what=found.what,
    )


class _Totals:
    """What all changed files of one side say together."""

    def __init__(self, files: Iterable[HarnessSettings]) -> None:
        every = list(files)
        self.values = Counter((one.name, one.value) for file in every for one in file.settings)
        self.names = Counter(one.name for file in every for one in file.settings)
        self.commands = Counter(one.words for file in every for one in file.commands)
        self.gate = max((_gate(file) for file in every), default=0.0)


def _gate(file: HarnessSettings) -> float:
    """The coverage that a file demands, 0 when it demands none."""
    words = [one.value for one in file.settings if one.name == "addopts"]
    words += [word for one in file.commands for word in one.words]
    texts = [*file.values("fail_under"), *(word.partition("=")[2] for word in words if word.startswith(_FAIL_UNDER))]
    return max(filter(None, map(_number, texts)), default=0.0)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _settings(old: HarnessSettings, new: HarnessSettings, before: _Totals, after: _Totals) -> Iterator[_Weaker]:
    if after.gate < before.gate == _gate(old):
        place = next((one.span for one in new.settings if one.name == "fail_under"), Span(1))
        now = f"fail_under = {after.gate:g}" if after.gate else "no fail_under"
        yield _Weaker("the coverage that is demanded went down", place, f"fail_under = {before.gate:g}", now)
    words = [one for one in new.settings if one.name == "addopts"]
    fresh = Counter(one.value for one in words) - Counter(old.values("addopts"))
    for number, one in enumerate(words, 1):
        if fresh[one.value] > 0 and not before.values[one.name, one.value]:
            yield from _option(one, words[number].value if number < len(words) else "")
    yield from _scopes(old, new, before, after)


def _option(one: Setting, following: str) -> Iterator[_Weaker]:
    """What a new word of `addopts` leaves out."""
    option, _, value = one.value.partition("=")
    shown = (
        one.value
        if value or not following or option in ("--co", "--collect-only", "--no-cov")
        else f"{option} {following}"
    )
    if option in _LEFT_OUT:
        yield _Weaker("a new option of pytest keeps tests from running", one.span, "", f"addopts: {shown}")
    elif option in _NARROWING:
        yield _Weaker("a new option of pytest narrows what is run", one.span, "", f"addopts: {shown}", Severity.MEDIUM)


def _scopes(old: HarnessSettings, new: HarnessSettings, before: _Totals, after: _Totals) -> Iterator[_Weaker]:
    for one in old.settings:
        if after.values[one.name, one.value] or not before.values[one.name, one.value]:
            continue
        left = [other for other in new.settings if other.name == one.name]
        if one.name in _SCOPES and left and len(left) < len(old.values(one.name)):
            now = " ".join(other.value for other in left)
            yield _Weaker(f"{one.name} no longer names {one.value}", left[0].span, one.value, now, Severity.MEDIUM)
        elif one.name in _STRICT and one.value.lower() in ("true", "1") and not _on(one.name, after):
            yield _Weaker(f"{one.name} is off now", Span(1), f"{one.name} = {one.value}", "", Severity.MEDIUM)
        elif one.name == "filterwarnings" and one.value.strip() == "error":
            yield _Weaker("warnings are no longer errors", Span(1), "filterwarnings: error", "", Severity.MEDIUM)
    for one in new.settings:
        if one.name in _UNCOUNTED and not before.values[one.name, one.value] and before.names[one.name]:
            yield _Weaker(f"{one.name} leaves out more", one.span, "", f"{one.name}: {one.value}", Severity.MEDIUM)


def _on(name: str, side: _Totals) -> bool:
    return any(side.values[name, value] for value in ("true", "True", "1"))


def _commands(old: HarnessSettings, new: HarnessSettings, after: _Totals) -> Iterator[_Weaker]:
    """Commands that run tests: failures newly ignored, or the last one gone."""
    known = {one.words: one for one in old.commands}
    for one in new.commands:
        was = known.get(one.words)
        if one.swallowed and one.certain and was is not None and not was.swallowed:
            what = "the failure of a command that runs tests is ignored now"
            yield _Weaker(what, one.span, was.text, f"{one.text}: {one.swallowed}", Severity.CRITICAL)
    if old.commands and not new.commands and not after.commands:
        first: TestCommand = old.commands[0]
        yield _Weaker("no command runs the tests here any more", Span(1), first.text, "", Severity.MEDIUM)
