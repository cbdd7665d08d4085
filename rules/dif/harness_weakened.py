"""The harness lets more through: fewer tests, ignored failures or a lower coverage gate.

Why it matters: one line of configuration switches off more tests than anybody would dare to delete.

Instead: repair what fails; move the gate in a change of its own, with the reason.

Known limits: settings and commands are compared over all changed files together, so that a move from `setup.cfg` to
`pyproject.toml` is none. High where tests named are left out, where failures are ignored or the gate is lowered; medium
for settings that may have another reason, and for an expression of `-k` or `-m` that new tests speak of. A command is
compared with the one of the same job or target that it stands for; what other commands of the change run in its place
is not left out. What a `conftest.py` keeps from collection is told where it names test
files of both sides, or takes out tests, and no option, version or import decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from itertools import chain

from integrity.changes.circumstances import Weaker, circumstances
from integrity.changes.model import FilePair, Kind, Withheld
from integrity.harness.model import HarnessSettings, Setting, TestCommand
from integrity.harness.narrowing import Reworded, left_out, reworded
from integrity.harness.selection import ONLY_SOME, selection, test_modules, visited
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
_NARROWING = (
    *ONLY_SOME,
    *("-m", "-p", "--assert", "--snapshot-update", "--maxfail"),
)
_KEPT = ("--doctest-modules", "--doctest-glob")
_UNCOUNTED = ("omit", "exclude_lines", "exclude_also", "norecursedirs")
_FAIL_UNDER = "--cov-fail-under"
_BY_HOOK = {
    "items": "a hook takes tests out of the run",
    "deselected": "a hook takes tests out of the run",
    "skipped": "a hook or automatic fixture skips tests by their names, or expects them to fail",
    "outcome": "a hook puts a result in the place of what a test came to",
}
_RUNS_MORE = re.compile(r"test|tox|nox|check|\bci\b", re.IGNORECASE)  # may run tests in a way that nobody here reads

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


def check(change: Change) -> Iterator[Hit]:
    """One hit a setting or command."""
    files = [(one, *one.settings) for one in change.files if one.settings]
    before = _Totals(old for _, old, _ in files)
    after = _Totals(new for _, _, new in files)
    pairs = {file.path: reworded(old, new, before.commands, after.commands) for file, old, new in files}
    present = [one for _, _, new in files for one in new.commands]
    added = _added(present, pairs.values(), before, after)
    for file, old, new in files:
        every = chain(
            _settings(old, new, before, after),
            _testpaths(old, new, change),
            _python_files(old, new, change),
            _unvisited(old, new, change),
            _commands(old, new, pairs[file.path]),
            _narrowed(pairs[file.path], present, added, change),
            _gone(file, old, new, after, change),
            circumstances(old, new, after.values, dependencies=any(change.of_kind(Kind.DEPENDENCY))),
        )
        for one in every:
            yield _hit(change, file, one)
    for pair in change.files:
        yield from (_kept_out(change, pair, one) for one in pair.withheld)


def _kept_out(change: Change, file: FilePair, found: Withheld) -> Hit:
    """Tests that a `conftest.py` newly keeps from being collected."""
    more = f" and {len(found.paths) - 1} more" if len(found.paths) > 1 else ""
    what = f"{found.paths[0]}{more} is no longer collected" if found.paths else _BY_HOOK[found.by.kind]
    return RULE.at(
        Span(found.by.line),
        symbol=found.by.symbol,
        path=file.path,
        severity=Severity.MEDIUM if found.by.kind == "deselected" else None,
        evidence=evidence(change, "", found.by.text),
        what=what,
    )


def _hit(change: Change, file: FilePair, found: Weaker) -> Hit:
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


def _settings(old: HarnessSettings, new: HarnessSettings, before: _Totals, after: _Totals) -> Iterator[Weaker]:
    if after.gate < before.gate == _gate(old):
        place = next((one.span for one in new.settings if one.name == "fail_under"), Span(1))
        now = f"fail_under = {after.gate:g}" if after.gate else "no fail_under"
        yield Weaker("the coverage that is demanded went down", place, f"fail_under = {before.gate:g}", now)
    words = [one for one in new.settings if one.name == "addopts"]
    fresh = Counter(one.value for one in words) - Counter(old.values("addopts"))
    for number, one in enumerate(words, 1):
        if fresh[one.value] > 0 and not before.values[one.name, one.value]:
            yield from _option(one, words[number].value if number < len(words) else "")
    for one in old.settings:
        if one.name == "addopts" and one.value.startswith(_KEPT) and not after.values[one.name, one.value]:
            yield Weaker("the examples in docstrings are no longer run", Span(1), one.value, "", Severity.MEDIUM)
    yield from _scopes(old, new, before, after)
    yield from _patterns(old, new)


def _patterns(old: HarnessSettings, new: HarnessSettings) -> Iterator[Weaker]:
    """Names of tests that match no longer, where one pattern takes the place of one that is wider."""
    for name in ("python_functions", "python_classes"):
        was, now = old.values(name), [one for one in new.settings if one.name == name]
        if len(was) == len(now) == 1 and _is_narrower(now[0].value, was[0]):
            yield Weaker(f"{name} matches fewer tests", now[0].span, was[0], now[0].value)


def _is_narrower(now: str, was: str) -> bool:
    """Whether all that one pattern matches is matched by another, and not the other way round."""
    wide, narrow = (one if any(sign in one for sign in "*?[") else f"{one}*" for one in (was, now))
    return wide != narrow and fnmatch(narrow.replace("*", "x"), wide) and not fnmatch(wide.replace("*", "x"), narrow)


def _option(one: Setting, following: str) -> Iterator[Weaker]:
    """What a new word of `addopts` leaves out."""
    option, _, value = one.value.partition("=")
    shown = (
        one.value
        if value or not following or option in ("--co", "--collect-only", "--no-cov")
        else f"{option} {following}"
    )
    if option in _LEFT_OUT:
        yield Weaker("a new option of pytest keeps tests from running", one.span, "", f"addopts: {shown}")
    elif option in _NARROWING:
        yield Weaker("a new option of pytest narrows what is run", one.span, "", f"addopts: {shown}", Severity.MEDIUM)


def _scopes(old: HarnessSettings, new: HarnessSettings, before: _Totals, after: _Totals) -> Iterator[Weaker]:
    for one in old.settings:
        if not after.values[one.name, one.value] and before.values[one.name, one.value]:
            yield from _dropped(one, old, new, after)
    quiet = [one for one in new.settings if (one.name, one.value.strip()) == ("filterwarnings", "ignore")]
    if quiet and "ignore" not in map(str.strip, old.values("filterwarnings")) and before.names["filterwarnings"]:
        yield Weaker("all warnings are ignored now", quiet[0].span, "", "filterwarnings: ignore", Severity.MEDIUM)
    for one in new.settings:
        if one.name in _UNCOUNTED and not before.values[one.name, one.value] and before.names[one.name]:
            yield Weaker(f"{one.name} leaves out more", one.span, "", f"{one.name}: {one.value}", Severity.MEDIUM)


def _dropped(one: Setting, old: HarnessSettings, new: HarnessSettings, after: _Totals) -> Iterator[Weaker]:
    """What the loss of a value lets through."""
    left = [other for other in new.settings if other.name == one.name]
    if one.name in _SCOPES and left and len(left) < len(old.values(one.name)):
        now = " ".join(other.value for other in left)
        yield Weaker(f"{one.name} no longer names {one.value}", left[0].span, one.value, now, Severity.MEDIUM)
    elif one.name in _STRICT and one.value.lower() in ("true", "1") and not _on(one.name, after):
        yield Weaker(f"{one.name} is off now", Span(1), f"{one.name} = {one.value}", "", Severity.MEDIUM)
    elif one.name == "filterwarnings" and one.value.strip() == "error":
        yield Weaker("warnings are no longer errors", Span(1), "filterwarnings: error", "", Severity.MEDIUM)


def _on(name: str, side: _Totals) -> bool:
    return any(side.values[name, value] for value in ("true", "True", "1"))


def _added(
    present: Iterable[TestCommand], pairs: Iterable[list[Reworded]], before: _Totals, after: _Totals
) -> list[TestCommand]:
    """The commands that are new and stand in no other one's place."""
    taken = {id(one.now) for found in pairs for one in found}
    return [one for one in present if id(one) not in taken and after.commands[one.words] > before.commands[one.words]]


def _testpaths(old: HarnessSettings, new: HarnessSettings, change: Change) -> Iterator[Weaker]:
    """Folders of tests where pytest looked and no longer looks."""
    was, now = old.values("testpaths"), new.values("testpaths")
    if not was or not now or was == now:
        return
    modules = test_modules(change.around.kept)
    named = [path for file in change.around.settings.values() for path in _named(file)]
    lost = visited(modules, was) - visited(modules, (*now, *named))
    if lost:
        place = next(one.span for one in new.settings if one.name == "testpaths")
        shown = f"{min(lost)} is" if len(lost) == 1 else f"{len(lost)} files of tests, {min(lost)} among them, are"
        yield Weaker(f"{shown} no longer below testpaths", place, " ".join(was), " ".join(now))


def _python_files(old: HarnessSettings, new: HarnessSettings, change: Change) -> Iterator[Weaker]:
    """Files of tests whose paths matched and no longer match."""
    was, now = old.values("python_files"), new.values("python_files")
    if not was or not now or set(was) <= set(now):
        return
    lost = {one for one in test_modules(change.around.kept) if _is_matched(one, was) and not _is_matched(one, now)}
    if lost:
        place = next(one.span for one in new.settings if one.name == "python_files")
        shown = f"{min(lost)} is" if len(lost) == 1 else f"{len(lost)} files of tests, {min(lost)} among them, are"
        yield Weaker(f"{shown} no longer matched by python_files", place, " ".join(was), " ".join(now))


def _unvisited(old: HarnessSettings, new: HarnessSettings, change: Change) -> Iterator[Weaker]:
    """Folders of tests into which pytest no longer goes."""
    for one in new.settings:
        if one.name == "norecursedirs" and one.value not in old.values("norecursedirs"):
            inside = {path for path in test_modules(change.around.kept) if f"/{one.value}/" in f"/{path}"}
            if inside:
                shown = f"{min(inside)} is" if len(inside) == 1 else f"{len(inside)} files of tests are"
                yield Weaker(f"{shown} in a folder that pytest skips now", one.span, "", f"norecursedirs: {one.value}")


def _is_matched(path: str, globs: Iterable[str]) -> bool:
    """As pytest does: against the name, or the whole path where the glob holds a slash."""
    name = path.rpartition("/")[2]
    return any(fnmatch(f"/{path}", f"*/{one}") if "/" in one else fnmatch(name, one) for one in globs)


def _named(file: HarnessSettings) -> Iterator[str]:
    """The paths that commands name themselves."""
    for one in file.commands:
        found = selection(one.words)
        yield from found.paths if found else ()


def _commands(old: HarnessSettings, new: HarnessSettings, pairs: Iterable[Reworded]) -> Iterator[Weaker]:
    """Commands whose failures are ignored now."""
    known = {one.words: one for one in old.commands} | {one.now.words: one.was for one in pairs}
    for one in new.commands:
        was = known.get(one.words)
        if one.swallowed and was is not None and not was.swallowed and (one.certain or one.swallowed.startswith("`||")):
            what = "the failure of a command that runs tests is ignored now"
            severity = Severity.CRITICAL if one.certain else Severity.HIGH
            yield Weaker(what, one.span, was.text, f"{one.text}: {one.swallowed}", severity)


def _narrowed(
    pairs: Iterable[Reworded], present: list[TestCommand], added: list[TestCommand], change: Change
) -> Iterator[Weaker]:
    """Commands that leave out what they ran before."""
    modules = test_modules(change.around.kept)
    new = frozenset(word for test in change.added for word in test.profile.words)
    for pair in pairs:
        for left in left_out(pair, present, added, modules):
            severity = Severity.MEDIUM if left.mild or new.intersection(left.names) else Severity.HIGH
            what = f"a command that runs tests leaves some out now ({left.shown})"
            yield Weaker(what, pair.now.span, pair.was.text, pair.now.text, severity)


def _gone(
    file: FilePair, old: HarnessSettings, new: HarnessSettings, after: _Totals, change: Change
) -> Iterator[Weaker]:
    """The last command of a file: high where the file stays and nothing else seems to run tests."""
    if not old.commands or new.commands or after.commands:
        return
    rest = [new, *change.around.settings.values()]
    runs = any(one.commands for one in rest)
    may = any(_RUNS_MORE.search(" ".join(words)) for one in rest for words in one.calls)
    severity = Severity.HIGH if file.after_path and not runs and not may else Severity.MEDIUM
    first: TestCommand = old.commands[0]
    yield Weaker("no command runs the tests here any more", Span(1), first.text, "", severity)
