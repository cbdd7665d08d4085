"""Further weakenings of tests are blocked or told of, and undoing them is not blocked."""

from __future__ import annotations

import pytest

from integrity.cache import Cache
from integrity.config.config import Config
from integrity.diff.compare import Comparison, Terms
from integrity.diff.files import compare_files
from integrity.diff.looking import Looker
from integrity.model import Severity
from integrity.registry.loader import load
from tests.support.changes.weakenings import SHOP, WEAKENINGS, Weakening

REGISTRY = load()
TERMS = Terms(Config(), REGISTRY, Looker(REGISTRY, Cache(None, "")))


def compared(case: Weakening, *, back: bool = False) -> Comparison:
    """What the change does to the tests, or its reverse."""
    before = {**SHOP, **({case.path: case.before} if case.before else {})}
    after = {**SHOP, **dict(case.others), case.path: case.after}
    old, new = ({path: text.encode() for path, text in one.items()} for one in (before, after))
    return compare_files(new, old, TERMS) if back else compare_files(old, new, TERMS)


def is_blocked(found: Comparison) -> bool:
    """Whether something is high or critical."""
    return any(one.severity.at_least(Severity.HIGH) for one in found.findings)


@pytest.mark.parametrize("case", WEAKENINGS, ids=lambda case: case.name)
def test_a_weakening_is_told(case: Weakening) -> None:
    """Blocked where no doubt is left, else told of."""
    found = compared(case)
    assert found.findings
    assert is_blocked(found) == (case.verdict == "block")


@pytest.mark.parametrize("case", WEAKENINGS, ids=lambda case: case.name)
def test_the_reverse_is_not_blocked(case: Weakening) -> None:
    """To demand more is no weakening."""
    found = compared(case, back=True)
    assert [(one.code, one.message) for one in found.findings if one.severity.at_least(Severity.HIGH)] == []
