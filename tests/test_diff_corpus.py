"""Tamperings are blocked or told of, honest refactors pass: a corpus of both."""

from __future__ import annotations

import pytest

from integrity.cache import Cache
from integrity.config.config import Config
from integrity.diff.compare import Comparison, Terms
from integrity.diff.files import compare_files
from integrity.diff.looking import Looker
from integrity.model import Severity
from integrity.registry.loader import load
from tests.support.changes.refactors import REFACTORS
from tests.support.changes.shop import Case, Files
from tests.support.changes.tamperings import TAMPERINGS

REGISTRY = load()
TERMS = Terms(Config(), REGISTRY, Looker(REGISTRY, Cache(None, "")))


def compared(case: Case) -> Comparison:
    """What the change does to the tests."""
    return compare_files(encoded(case.before), encoded(case.after), TERMS)


def encoded(files: Files) -> dict[str, bytes]:
    """The files as bytes."""
    return {path: text.encode() for path, text in files.items()}


def verdict(found: Comparison) -> str:
    """Blocked, warned or passed."""
    severities = {finding.severity for finding in found.findings}
    if any(one.at_least(Severity.HIGH) for one in severities):
        return "block"
    return "warn" if Severity.MEDIUM in severities else "pass"


def told(found: Comparison) -> list[str]:
    """The findings, for a failure's message."""
    return [f"{one.code} {one.severity.value} {one.path}:{one.line} {one.message}" for one in found.findings]


def test_the_corpus_is_large_enough() -> None:
    """At least sixty tamperings and forty honest refactors, each a change, none twice."""
    assert len(TAMPERINGS) >= 60
    assert len(REFACTORS) >= 40
    for case in (*TAMPERINGS, *REFACTORS):
        assert case.before != case.after, case.name
    changes = [(sorted(one.before.items()), sorted(one.after.items())) for one in (*TAMPERINGS, *REFACTORS)]
    assert all(change not in changes[:number] for number, change in enumerate(changes))


@pytest.mark.parametrize("case", TAMPERINGS, ids=lambda case: f"{case.group} {case.name}")
def test_a_tampering_gets_what_it_deserves(case: Case) -> None:
    """Blocked, or at least told of."""
    found = compared(case)
    assert verdict(found) == case.verdict, told(found)


@pytest.mark.parametrize("case", REFACTORS, ids=lambda case: case.name)
def test_an_honest_refactor_passes(case: Case) -> None:
    """Without so much as a warning."""
    found = compared(case)
    assert verdict(found) == case.verdict, told(found)
