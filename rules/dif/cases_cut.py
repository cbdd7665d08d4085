"""A parametrised test loses cases, or a property test most of its examples.

Why it matters: the case that fails is the easiest to delete, and no test disappears from the report by name.

Instead: keep the case, and repair what fails. A case that no longer makes sense goes with the code it was about.

Known limits: only cases written out are counted; one that is marked to be skipped or to fail counts as gone. High
where no production code that the test speaks of was touched; low otherwise. Cases that stand in another test now are
not missed; one whose input stands there with another expectation, or that was skipped already, makes the finding
medium. The tables that loops and fixtures go over count likewise, and so do slices of them, a computed table in whose
place a row or two stand now, counts of repetitions that shrink, and the examples of a registered profile of hypothesis.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from integrity.changes.model import FilePair, Kind, Test, TestPair
from integrity.changes.repeats import Fewer, fewer, fewer_in_module
from integrity.facts.profile import FunctionProfile
from integrity.model import Severity, Span
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import evidence, place

RULE = Rule(
    code="DIF010",
    name="cases-cut",
    severity=Severity.HIGH,
    message="{name} runs on fewer cases: {how}",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

_CUT = 0.5
_TEXT = re.compile(r"""\(?[bru]*('[^'\\]{3,}'|"[^"\\]{3,}")""")
_EXAMPLES = 100  # of hypothesis, where no number is given
_SHOWN = 3

VALID = [
    Example(
        """
        import pytest


        @pytest.mark.parametrize("n", [1, 2, 4])
        def test_sign(n):
            assert sign(n) == 1
        """,
        _TESTS,
        before={
            "example.py": """
            import pytest


            @pytest.mark.parametrize("n", [1, 2, 3])
            def test_sign(n):
                assert sign(n) == 1
            """
        },
    ),
]
INVALID = [
    Example(
        """
        import pytest


        @pytest.mark.parametrize("n", [1, 2])
        def test_sign(n):  # <- DIF010
            assert sign(n) == 1
        """,
        _TESTS,
        before={
            "example.py": """
            import pytest


            @pytest.mark.parametrize("n", [1, 2, 3])
            def test_sign(n):
                assert sign(n) == 1
            """
        },
    ),
    Example(
        """
        import pytest


        @pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.skip)])
        def test_sign(n):  # <- DIF010
            assert sign(n) == 1
        """,
        _TESTS,
        before={
            "example.py": """
            import pytest


            @pytest.mark.parametrize("n", [1, 2])
            def test_sign(n):
                assert sign(n) == 1
            """
        },
    ),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit a test, and one a fixture, table or number."""
    elsewhere = Counter(case for one in change.added for case in _rows(one.profile))
    elsewhere.update(case for pair in change.pairs for case in _gained(pair))
    elsewhere.update(_of_fixtures(change))
    yield from _cases(change, elsewhere)
    seen: set[tuple[str, str]] = set()
    for old, new in (*((pair.before, pair.after) for pair in change.pairs), *_fixtures(change)):
        for one in fewer(old.profile, new.profile, elsewhere):
            if (new.path, one.how) not in seen:
                seen.add((new.path, one.how))
                yield _fewer(change, new, one)
    for file in change.of_kind(Kind.TEST):
        yield from (_in_module(change, file, one) for one in fewer_in_module(file.before, file.after))


def _cases(change: Change, elsewhere: Counter[str]) -> Iterator[Hit]:
    inputs = {_input(case) for case in elsewhere} - {""}
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for pair in change.pairs:
        old, new = pair.before.profile, pair.after.profile
        dropped = [case for case in (Counter(old.cases) - Counter(new.cases)).elements() if not elsewhere[case]]
        if not new.cases:
            dropped = [case for case in dropped if not _is_written(case, (pair.after, *change.added))]
        told = (pair.after.path, tuple(dropped))
        less = old.countable and _is_counted(new) and len(new.cases) < len(old.cases) and dropped
        if less and told not in seen:
            seen.add(told)
            idle = sum(map(_is_marked, dropped)) >= len(old.cases) - len(new.cases)
            judged_anew = idle or all(_input(case) in inputs for case in dropped)
            severity = Severity.MEDIUM if judged_anew else Severity.HIGH
            yield _hit(change, pair, (len(old.cases), len(new.cases)), "\n".join(dropped[:_SHOWN]), severity)
        elif new.budget and new.budget <= _CUT * _budget(old):
            yield _hit(change, pair, (_budget(old), new.budget), f"max_examples={_budget(old)}", Severity.MEDIUM)
        elif switched := _switched_off(pair):
            shown = "\n".join(switched[:_SHOWN])
            yield _hit(change, pair, (len(old.live), len(old.live) - len(switched)), shown, Severity.HIGH)


def _is_counted(new: FunctionProfile) -> bool:
    """Whether the cases of a test are all there are; one without any has none but where values are made for it."""
    return new.countable and bool(new.cases or not (new.given or any(not one.loop for one in new.tables)))


def _budget(test: FunctionProfile) -> int:
    """How many examples of a property test are tried."""
    return test.budget or (_EXAMPLES if test.given else 0)


def _of_fixtures(change: Change) -> Iterator[str]:
    """The rows that fixtures have gained, which every test that takes them runs on."""
    for file in change.of_kind(Kind.TEST):
        sides = [
            Counter(row for one in side.functions if one.fixture for table in one.tables for row in table.rows)
            for side in (file.before, file.after)
        ]
        yield from (sides[1] - sides[0]).elements()


def _is_written(case: str, tests: Iterable[Test]) -> bool:
    """Whether the value of a case stands in a test, as where each got a test of its own."""
    text = case.strip("'\"")
    return any(text in token for test in tests for token in test.profile.tokens if token[:1] == '"' or token == text)


def _is_marked(case: str) -> bool:
    """Whether a case is skipped, or expected to fail, under whatever condition."""
    return "param(" in case and ("skip" in case or "xfail" in case)


def _fixtures(change: Change) -> Iterator[tuple[Test, Test]]:
    """The fixtures of both sides."""
    for file in change.of_kind(Kind.TEST):
        after = {one.qualname: one for one in file.after.functions if one.fixture}
        for one in file.before.functions:
            if one.fixture and one.qualname in after:
                yield Test(file, one, file.before_path), Test(file, after[one.qualname], file.after_path)


def _rows(profile: FunctionProfile) -> Iterator[str]:
    yield from profile.cases
    yield from (row for table in profile.tables if table.loop for row in table.rows)


def _fewer(change: Change, test: Test, one: Fewer) -> Hit:
    severity = Severity.HIGH if one.grave else Severity.MEDIUM
    return RULE.at(
        Span(one.line) if one.line else place(test),
        symbol=test.symbol,
        path=test.path,
        severity=severity if change.why(test) else Severity.LOW,
        evidence=evidence(change, one.before, one.after, test),
        name=test.symbol if test.profile.collected else f"what uses {test.symbol}",
        how=one.how,
    )


def _in_module(change: Change, file: FilePair, one: Fewer) -> Hit:
    return RULE.at(
        Span(1),
        path=file.after_path,
        severity=Severity.HIGH if one.grave else Severity.MEDIUM,
        evidence=evidence(change, one.before, one.after),
        name="what uses this module",
        how=one.how,
    )


def _switched_off(pair: TestPair) -> list[str]:
    """The values of the cases that ran and are skipped or expected to fail now."""
    old, new = pair.before.profile, pair.after.profile
    gone = Counter(old.live) - Counter(new.live)
    return list((gone & (Counter(new.idle) - Counter(old.idle))).elements())


def _input(case: str) -> str:
    """The text that a case begins with, "" when it is none: what is tested, where expectations follow."""
    found = _TEXT.match(case)
    return found[0].lstrip("(") if found else ""


def _gained(pair: TestPair) -> Iterator[str]:
    return (Counter(_rows(pair.after.profile)) - Counter(_rows(pair.before.profile))).elements()


def _hit(change: Change, pair: TestPair, numbers: tuple[int, int], shown: str, severity: Severity) -> Hit:
    return RULE.at(
        place(pair.after),
        symbol=pair.after.symbol,
        path=pair.after.path,
        severity=severity if change.why(pair.after) else Severity.LOW,
        evidence=evidence(change, shown, test=pair.after),
        name=pair.after.symbol,
        how=f"{numbers[0]} before, {numbers[1]} now",
    )
