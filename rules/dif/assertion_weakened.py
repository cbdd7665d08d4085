"""An assertion is replaced by one that lets more through.

Why it matters: the test still asserts something, so it looks alive, but the wrong results that it used to catch pass:
an exact value became "not None", an exception with its message became any exception.

Instead: assert the exact new result; where exactness is impossible, say in the test why.

Known limits: oracles are ordered from exact over loose (approximate, ordering, membership) to weak (truth, type, not
None). High where an exact one became weak or an exception became any, where membership became mere truth, and where
nothing is left: one of True and False, a size of at least 0, what equals everything, a pattern for any text; medium for
a smaller step. To compare a part or a coarser form of the result (`x[:3]`, `len(x)`, `x.lower()`) is high where no
production code changed; without its order or the spaces around it, medium. A falsy literal replaced by `not`, or
`== True` by the value itself, is a matter of style.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from integrity.changes.anything import is_any_text, is_anything, is_wild
from integrity.changes.lossy import less
from integrity.changes.model import TestPair
from integrity.facts.profile import Check, Strength
from integrity.model import Severity, Span
from integrity.rule import Change, Context, Example, Hit, Rule

from .._changes import at, evidence

RULE = Rule(
    code="DIF005",
    name="assertion-weakened",
    severity=Severity.HIGH,
    message="{name} demands less: {what}",
    since="0.1",
    restorable=True,
)

_TESTS = Context(test=True, collected=True)

_FALSY = frozenset({"False", "0", "''", "[]", "{}", "()", "None", "set()", "0.0"})
_SIZE = re.compile(r"(?:\b|_)(?:len|length|q?size|count|nbytes)(?:\(.*\))?$")
_OF_PARTS = frozenset({"startswith", "endswith", "issubset", "issuperset", "match", "search", "fullmatch"})
_BROAD = frozenset({"Exception", "BaseException", ""})

VALID = [
    # A matter of style.
    Example(
        "def test_total():\n    assert not total([])\n    assert is_sum(total)\n",
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([]) == 0\n    assert is_sum(total) == True\n"},
    ),
    # Another question, as exact as before.
    Example(
        "def test_total():\n    assert total([2]) == 2\n",
        _TESTS,
        before={"example.py": "def test_total():\n    assert total([1]) == 1\n"},
    ),
]
INVALID = [
    Example(
        """
        import pytest


        def test_total():
            assert total([1]) is not None  # <- DIF005


        def test_error():
            with pytest.raises(Exception):  # <- DIF005
                total(None)
        """,
        _TESTS,
        before={
            "example.py": """
            import pytest


            def test_total():
                assert total([1]) == 1


            def test_error():
                with pytest.raises(TypeError):
                    total(None)
            """
        },
    ),
]


def check(change: Change) -> Iterator[Hit]:
    """One hit an assertion; one of a helper is told once, and not for every test that calls it."""
    seen: set[tuple[Span, str]] = set()
    equals = frozenset(name for file in change.files for name in file.after.equals)
    for pair in (*change.helpers, *change.pairs):
        for before, after in pair.lost:
            if after is None or not after.sound or _is_style(before, after) or _is_backed(pair, before, after):
                continue
            found = _weaker(change, pair, (before, after), equals)
            if found and (after.span, after.text) not in seen:
                seen.add((after.span, after.text))
                yield _hit(change, pair, (before, after), found)


def _hit(change: Change, pair: TestPair, checks: tuple[Check, Check], found: tuple[str, Severity]) -> Hit:
    return RULE.at(
        at(checks[1]),
        symbol=pair.after.symbol,
        path=pair.after.path,
        severity=found[1],
        evidence=evidence(change, checks[0].text, checks[1].text, pair.after),
        name=pair.after.symbol,
        what=found[0],
    )


def _weaker(
    change: Change, pair: TestPair, checks: tuple[Check, Check], equals: frozenset[str]
) -> tuple[str, Severity] | None:
    """How the new oracle lets more through, and how serious that is; None when it does not."""
    before, after = checks
    if is_anything(before, after, equals) or is_any_text(before, after):
        return "anything will do now", Severity.HIGH if change.why(pair.after) else Severity.MEDIUM
    what = _way(before, after)
    if what:
        return what, _severity(change, before, after)
    if is_wild(before, after):
        return "an argument may be anything now", Severity.MEDIUM
    part, coarse = less(before, after)
    if not part:
        return None
    return f"only {part} of it is compared now", Severity.HIGH if coarse and change.test_only else Severity.MEDIUM


def _way(before: Check, after: Check) -> str:
    """How the new oracle lets more through, "" when it does not."""
    if before.kind == after.kind == "raises":
        return _broader(before, after)
    if "raises" in (before.kind, after.kind):
        return ""
    if _is_bare(before, after):
        return "any true value will do now"
    if _is_drained(before, after):
        return "whatever comes out will do now"
    if after.strength < before.strength:
        return f"{_named(before.strength)} oracle became {_named(after.strength)}"
    return ""


def _broader(before: Check, after: Check) -> str:
    old, new = set(before.operator.split(", ")), set(after.operator.split(", "))
    if new & _BROAD and not old & _BROAD:
        return "any exception will do now"
    if old < new:
        return "more kinds of exceptions will do now"
    if before.expected and not after.expected and old == new:
        return "the exception's message is no longer checked"
    return ""


def _is_bare(before: Check, after: Check) -> bool:
    """Whether what was compared with a value needs only be true now."""
    if after.kind != "truth" or before.subject != after.subject or after.operator in _OF_PARTS:
        return False
    if after.operator.startswith("not") or before.expected in _FALSY:
        return False  # another expectation
    contained = before.operator == "in" and after.strength is Strength.WEAK and not after.operator.startswith("not")
    return before.operator in ("==", "is", "~") or contained


def _is_drained(before: Check, after: Check) -> bool:
    """Whether what was compared with a value is now one of all truth values, or a size of at least nothing."""
    if before.operator not in ("==", "is") or before.subject != after.subject:
        return False
    if after.operator == "in":
        return _is_either(after.expected)
    least = (after.operator, after.expected) in ((">=", "0"), (">", "-1"), (">=", "0.0"))
    return least and bool(_SIZE.search(after.subject))


def _is_either(choice: str) -> bool:
    """Whether a collection, as source, lists True and False."""
    try:
        tree = ast.parse(choice, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    listed = tree.elts if isinstance(tree, (ast.Tuple, ast.List, ast.Set)) else []
    values = [one.value for one in listed if isinstance(one, ast.Constant)]
    return any(one is True for one in values) and any(one is False for one in values)


def _named(strength: Strength) -> str:
    return {Strength.EXACT: "an exact", Strength.LOOSE: "a loose", Strength.WEAK: "a weak"}.get(strength, "no")


def _severity(change: Change, before: Check, after: Check) -> Severity:
    """High where next to nothing is demanded any more of the same thing."""
    if before.kind == after.kind == "raises":
        broad = bool(set(after.operator.split(", ")) & _BROAD)
        return Severity.HIGH if broad and change.test_only else Severity.MEDIUM
    other = after.kind == "truth" and (after.operator.startswith("not") or before.expected in _FALSY)
    far = before.strength is Strength.EXACT and after.strength is Strength.WEAK and not other
    far = far or _is_bare(before, after) or _is_drained(before, after)
    same = before.subject == after.subject or before.kind == after.kind == "mock"
    same = same or before.subject.startswith(f"{after.subject}(")
    return Severity.HIGH if far and same else Severity.MEDIUM


def _is_style(before: Check, after: Check) -> bool:
    """Whether only the spelling differs: `== []` and `not`, `== True` and nothing."""
    if after.kind != "truth" or before.subject != after.subject:
        return False
    expected = _FALSY if after.operator.startswith("not") else {"True"}
    return before.operator in ("==", "is", "~") and before.expected in expected


def _is_backed(pair: TestPair, before: Check, after: Check) -> bool:
    """Whether another new oracle is as exact about the same thing."""
    others = [one for one in pair.gained if one is not after and one.sound]
    return any(one.strength >= before.strength and before.subject in one.subject for one in others)
