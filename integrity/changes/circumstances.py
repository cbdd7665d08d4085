"""Where and when CI runs the tests less than before."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from integrity.harness.model import HarnessSettings, Setting
from integrity.model import Severity, Span

_WIDENS = re.compile(r"always\(\)|success\(\)|cancelled\(\)|failure\(\)")
_EVENTS = frozenset({"push", "pull_request", "merge_group", "pull_request_target"})


class Weaker(NamedTuple):
    """What is weaker: in words, where, before and after."""

    what: str
    span: Span
    before: str
    after: str
    severity: Severity = Severity.HIGH


def circumstances(
    old: HarnessSettings, new: HarnessSettings, everywhere: Counter[tuple[str, str]], *, dependencies: bool
) -> Iterator[Weaker]:
    """What a file of CI no longer runs the tests on, or runs them on only under a condition.

    Args:
        old: what it said.
        new: what it says.
        everywhere: name and value of every setting of the changed files now.
        dependencies: whether the change also concerns what is installed, and so which Pythons are supported.
    """
    if not old.commands or not new.commands:
        return
    yield from _matrix(old, new, Severity.LOW if dependencies else Severity.MEDIUM)
    yield from _events(old, new, everywhere)
    for name, what in (("if", "the tests run only under a condition now"), ("on.paths", "fewer changes run the tests")):
        for one in _fresh(old, new, name):
            if not _WIDENS.search(one.value):
                yield Weaker(what, one.span, "", one.value, Severity.MEDIUM)


def _matrix(old: HarnessSettings, new: HarnessSettings, severity: Severity) -> Iterator[Weaker]:
    """Values of a matrix that are gone without another in their place, and combinations that are left out."""
    lost = {one.value: one for one in _fresh(new, old, "matrix")}
    replaced = {_axis(one.value) for one in _fresh(old, new, "matrix")}
    axes = {_axis(one.value): one.span for one in new.settings if one.name == "matrix"}
    for value in lost:
        if _axis(value) in axes and _axis(value) not in replaced:
            yield Weaker("the tests run on less", axes[_axis(value)], value, "", severity)
    for one in _fresh(old, new, "matrix-exclude"):
        yield Weaker("the tests run on less", one.span, "", one.value, severity)


def _axis(value: str) -> str:
    return value.partition("=")[0]


def _events(old: HarnessSettings, new: HarnessSettings, everywhere: Counter[tuple[str, str]]) -> Iterator[Weaker]:
    lost = [one.value for one in _fresh(new, old, "on") if one.value in _EVENTS and not everywhere["on", one.value]]
    if lost:
        left = _EVENTS & set(new.values("on"))
        place = next((one.span for one in new.settings if one.name == "on"), Span(1))
        severity = Severity.MEDIUM if left else Severity.HIGH
        shown = " ".join(new.values("on"))
        yield Weaker(
            f"the tests no longer run on {', '.join(lost)}", place, " ".join(old.values("on")), shown, severity
        )


def _fresh(old: HarnessSettings, new: HarnessSettings, name: str) -> list[Setting]:
    """The values of a setting that one side has and the other has not."""
    known = set(old.values(name))
    return [one for one in new.settings if one.name == name and one.value not in known]
