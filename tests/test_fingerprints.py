"""Fingerprints and order of findings: what may change them, and what may not."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.facts.lexical import Lexed
from integrity.facts.suppressions import suppressions
from integrity.model import Span
from integrity.policy import fingerprint
from integrity.registry.loader import Registry
from integrity.rule import Hit
from tests.support.judging import CODES, SOURCES, file, hit, outcome, registry_of


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """The builtin rules, and a pack whose rules explain each other."""
    with registry_of(tmp_path_factory.mktemp("packs"), "fingerprint_pack", SOURCES) as found:
        yield found


def test_fingerprints_are_32_hexadecimal_digits_whatever_the_path() -> None:
    """A file name that is no text in any encoding has one, too."""
    found = fingerprint("XPB001", "caf\udce9.py", "", "x = '\ud800'", 0)
    assert len(found) == 32
    assert int(found, 16) >= 0


def test_the_same_text_in_another_definition_changes_no_fingerprint(registry: Registry) -> None:
    """A finding is counted among its equals in its own definition alone."""
    later = hit("XPB001", 2, symbol="g")
    alone = outcome(registry, file("x\nx\n", later))
    both = outcome(registry, file("x\nx\n", hit("XPB001", 1, symbol="f"), later))
    assert both.findings[1].fingerprint == alone.findings[0].fingerprint


TEXT = st.text(st.characters(exclude_characters="\0"), max_size=3)
PARTS = st.tuples(TEXT, TEXT, TEXT, TEXT, st.integers(0, 12))


@given(PARTS, PARTS)
def test_fingerprints_differ_when_anything_differs(
    one: tuple[str, str, str, str, int], other: tuple[str, str, str, str, int]
) -> None:
    """And only then."""
    assert (fingerprint(*one) == fingerprint(*other)) == (one == other)


SYMBOLS = st.sampled_from(["", "f"])
HITS = st.lists(st.builds(hit, st.sampled_from(CODES), st.integers(1, 8), symbol=SYMBOLS), max_size=12)
TEXTS = st.lists(st.sampled_from(["x = 1", "y = 1", "x  =  1", "z = f(x)"]), min_size=8, max_size=8)


@given(TEXTS, HITS, st.integers(0, 3))
def test_fingerprints_are_unique_and_outlive_moved_lines(
    registry: Registry, lines: list[str], hits: list[Hit], shift: int
) -> None:
    """Lines added above change no fingerprint, and no two findings share one."""
    moved = [Hit(one.code, one.severity, one.message, Span(one.span.line + shift), one.symbol) for one in hits]
    before = outcome(registry, file("\n".join(lines), *hits))
    after = outcome(registry, file("\n" * shift + "\n".join(lines), *moved))
    prints = [one.fingerprint for one in before.findings]
    assert prints == [one.fingerprint for one in after.findings]
    assert len(set(prints)) == len(prints)


@given(TEXTS, HITS, st.integers(0, 7), st.sampled_from(CODES))
def test_a_suppression_changes_no_other_finding(
    registry: Registry, lines: list[str], hits: list[Hit], line: int, code: str
) -> None:
    """What is left has the fingerprints it had, and together with what is counted nothing is missing."""
    alone = [one for one in hits if one.code in ("XPA001", "XPB001")]
    plain = file("\n".join(lines), *alone)
    comments = suppressions(Lexed("\n" * line + f"x = 1  # integrity: ignore[{code}]"), None)
    before, after = (outcome(registry, one, select="XP") for one in (plain, plain._replace(suppressions=comments)))
    assert {one.fingerprint for one in after.findings} <= {one.fingerprint for one in before.findings}
    assert len(after.findings) + after.suppressed == len(before.findings)
    assert not [one for one in after.findings if (one.line, one.code) == (line + 1, code)]


@given(TEXTS, HITS, st.randoms(use_true_random=False))
def test_the_order_of_files_and_hits_does_not_matter(
    registry: Registry, lines: list[str], hits: list[Hit], shuffle: random.Random
) -> None:
    """The outcome is the same, and in total order."""
    files = [file("\n".join(lines), *hits, path=path) for path in ("b.py", "a.py", "a/b.py")]
    mixed = [one._replace(hits=shuffle.sample(list(one.hits), len(one.hits))) for one in files]
    shuffle.shuffle(mixed)
    found = outcome(registry, *files)
    assert found == outcome(registry, *mixed)
    assert [one.order for one in found.findings] == sorted(one.order for one in found.findings)
