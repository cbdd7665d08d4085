"""A test that ran is switched off: skipped, expected to fail, or renamed so that no runner collects it.

Why it matters: a skip is how a failing test becomes a passing suite. The report counts one skip more, which nobody
reads, and what the test guarded is unguarded.

Instead: repair the code or the test. Where a platform cannot run it, use `skipif` with the condition and the reason.

Known limits: marks with a condition are left alone, unless the file or the lowest Python of the project says that it
always holds. High instead of critical where a reason is given, because then a reviewer can judge it. A test that is now
skipped unless a module can be imported is told where the module is none of Python's, nothing in the project names it
as a dependency and nothing imported it before; medium where it is the project's own, whose failure would hide. So is
an example of a doctest that gets `+SKIP`, and a test that runs only where a variable of the environment is set.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, pairwise

from integrity.changes.model import Fate, FilePair, Need, Removed, TestPair
from integrity.facts.profile import Mark
from integrity.model import Severity, Span
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import evidence, place, was

RULE = Rule(
    code="DIF008",
    name="test-disabled",
    severity=Severity.CRITICAL,
    message="{name} {how}",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

_HOW = {
    "skip": "is skipped now",
    "xfail": "is expected to fail now",
    "expectedFailure": "is expected to fail now",
    "__test__": "is kept from collection now",
    "opt-in": "depends on a variable of the environment now",
}

_NOT = re.compile(r"\bnot\s+(\w+)")
_PUT_ASIDE = re.compile(
    r"quarantined?|disabled|broken|wip|todo|manual|ignored?|excluded?|known_?(?:bug|failure|issue)|off"
)
_SLOW = re.compile(r"slow|network|online|integration|e2e|nightly|expensive|large|heavy|performance|external|live")

VALID = [
    Example(
        """
        import sys
        import pytest


        @pytest.mark.skipif(sys.platform == "win32", reason="no fork on Windows")
        def test_total():
            assert total([1]) == 1
        """,
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([1]) == 1\n"},
    ),
]
INVALID = [
    Example(
        """
        import pytest


        @pytest.mark.skip(reason="flaky")  # <- DIF008
        def test_total():
            assert total([1]) == 1


        def _test_none():  # <- DIF008
            assert total([]) == 0
            assert total(()) == 0
        """,
        _TESTS,
        before={
            "example.py": """
            def test_total():
                assert total([1]) == 1


            def test_none():
                assert total([]) == 0
                assert total(()) == 0
            """
        },
    ),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit a mark, so that a module that is switched off is told once; and one a test that is not collected."""
    seen: set[tuple[str, int, str]] = set()
    for pair, mark, hit in chain.from_iterable(_of(change, pair) for pair in change.pairs):
        key = (pair.after.path, mark.line, mark.text)
        if key not in seen:
            seen.add(key)
            yield hit
    yield from (_uncollected(change, one) for one in change.removed if one.fate is Fate.UNCOLLECTED)
    for file in change.files:
        yield from (_undone(change, file, text, line) for text, line in file.undone)


def _of(change: Change, pair: TestPair) -> Iterator[tuple[TestPair, Mark, Hit]]:
    """What switches a test off that ran."""
    yield from ((pair, mark, _marked(change, pair, mark)) for mark in _new_marks(pair))
    yield from ((pair, mark, _marked(change, pair, mark)) for mark in _opted(pair))
    yield from ((pair, mark, _labelled(change, pair, mark)) for mark in _labels(change, pair))
    for mark in _new_needs(pair):
        need = change.around.needs.get(mark.module, Need.DECLARED)
        if need is not Need.DECLARED:
            yield pair, mark, _needing(change, pair, mark, need)


def _opted(pair: TestPair) -> Iterator[Mark]:
    """What makes a test that always ran wait for a variable of the environment."""
    if not pair.before.profile.disabled and not any(one.kind == "opt-in" for one in pair.before.profile.marks):
        yield from [mark for mark in pair.after.profile.marks if mark.kind == "opt-in"][:1]


def _labels(change: Change, pair: TestPair) -> Iterator[Mark]:
    """Marks of its own making by which a test may be left out now."""
    line = pair.after.profile.span.line
    for one in sorted(pair.after.profile.labels - pair.before.profile.labels):
        if one in _deselected(change) or _PUT_ASIDE.fullmatch(one) or _SLOW.fullmatch(one):
            yield Mark("label", one, line)


def _labelled(change: Change, pair: TestPair, mark: Mark) -> Hit:
    left = mark.text in _deselected(change)
    aside = _PUT_ASIDE.fullmatch(mark.text)
    return RULE.at(
        Span(mark.line),
        symbol=pair.after.symbol,
        path=pair.after.path,
        severity=Severity.HIGH if left else Severity.MEDIUM if aside else Severity.LOW,
        evidence=evidence(change, f"def {pair.before.profile.name}(...)", f"@pytest.mark.{mark.text}"),
        name=pair.after.symbol,
        how=f"is marked {mark.text} now" + (", which the settings of pytest leave out" if left else ""),
    )


def _deselected(change: Change) -> frozenset[str]:
    """The marks that pytest is always told to leave out."""
    words = [word for one in change.around.settings.values() for word in one.values("addopts")]
    asked = [word for option, word in pairwise(words) if option == "-m"]
    asked += [word.partition("=")[2] or word[2:] for word in words if word.startswith(("-m=", "-mnot"))]
    return frozenset(name for text in asked for name in _NOT.findall(text))


def _undone(change: Change, file: FilePair, text: str, line: int) -> Hit:
    """An example of a doctest that is skipped now; whether anybody runs doctests is not known."""
    return RULE.at(
        Span(line),
        path=file.after_path,
        severity=Severity.MEDIUM,
        evidence=evidence(change, text.partition("# doctest")[0].rstrip(), text),
        name="an example of a doctest",
        how="is skipped now",
    )


def _new_needs(pair: TestPair) -> Iterator[Mark]:
    """Modules that a test which always ran is skipped without now."""
    if not pair.before.profile.disabled:
        had = {mark.module for mark in pair.before.profile.marks}
        yield from (mark for mark in pair.after.profile.marks if mark.module and mark.module not in had)


def _needing(change: Change, pair: TestPair, mark: Mark, need: Need) -> Hit:
    own = need is Need.OWN
    why = "is part of the project" if own else "nothing in the project asks for"
    return RULE.at(
        Span(mark.line),
        symbol=pair.after.symbol,
        path=pair.after.path,
        severity=Severity.MEDIUM if own else Severity.HIGH,
        evidence=evidence(change, f"def {pair.before.profile.name}(...)", mark.text),
        name=pair.after.symbol,
        how=f"is skipped now where {mark.module}, which {why}, cannot be imported",
    )


def _new_marks(pair: TestPair) -> Iterator[Mark]:
    """Unconditional marks that the test did not have, itself or through its class or module."""
    if pair.before.file.before.broken:
        return
    had = Counter(mark.kind for mark in pair.before.profile.disabled)
    if had["skip"] or had["__test__"]:
        return
    for mark in pair.after.profile.disabled:
        if had[mark.kind] > 0:
            had[mark.kind] -= 1
        else:
            yield mark


def _marked(change: Change, pair: TestPair, mark: Mark) -> Hit:
    return RULE.at(
        Span(mark.line),
        symbol=pair.after.symbol,
        path=pair.after.path,
        severity=Severity.MEDIUM if mark.kind == "opt-in" else Severity.HIGH if mark.reason else None,
        evidence=evidence(change, f"def {pair.before.profile.name}(...)", mark.text),
        name=pair.after.symbol,
        how=_HOW.get(mark.kind, "no longer runs"),
    )


def _uncollected(change: Change, removed: Removed) -> Hit:
    test, heir = removed.test, removed.heir or removed.test
    same = heir.profile.name == test.profile.name
    return RULE.at(
        place(heir),
        symbol=heir.symbol,
        path=heir.path,
        trace=was(test),
        evidence=evidence(change, f"def {test.profile.name}(...)", f"def {heir.profile.name}(...)"),
        name=test.symbol,
        how="is no longer collected where it stands"
        if same
        else f"was renamed to {heir.symbol}, which no runner collects",
    )
