"""What becomes of tests and oracles in a change, and the laws that every comparison keeps."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.cache import Cache
from integrity.changes.model import Fate
from integrity.config.config import Config
from integrity.diff.compare import Comparison, Terms, compare_texts
from integrity.diff.files import compare_files
from integrity.diff.looking import Looker
from integrity.model import ChangeFinding
from integrity.registry.loader import load
from tests.support.changes.refactors import REFACTORS
from tests.support.changes.shop import PROJECT, Case
from tests.support.changes.tamperings import TAMPERINGS

REGISTRY = load()
TERMS = Terms(Config(), REGISTRY, Looker(REGISTRY, Cache(None, "")))
CASES = (*TAMPERINGS, *REFACTORS)
ENCODED = {path: text.encode() for path, text in PROJECT.items()}
TEST = "def test_total():\n    assert total([1, 2]) == 3\n"


def edit(before: str | bytes | None, after: str | bytes | None, path: str = "tests/test_cart.py") -> Comparison:
    """An edit of one file."""
    old, new = (one.encode() if isinstance(one, str) else one for one in (before, after))
    return compare_texts(path, old, new, TERMS)


def codes(found: Comparison) -> list[str]:
    """The codes of the findings."""
    return [one.code for one in found.findings]


def files(case: Case, *, back: bool = False) -> Comparison:
    """The comparison of a case, or of its reverse."""
    old, new = ({path: text.encode() for path, text in one.items()} for one in (case.before, case.after))
    return compare_files(new, old, TERMS) if back else compare_files(old, new, TERMS)


def test_an_edit_of_one_file_is_judged_by_itself() -> None:
    """Before and after as bytes, None where there is no file."""
    (finding,) = edit(TEST, "def test_total():\n    total([1, 2])\n").findings
    assert isinstance(finding, ChangeFinding)
    assert (finding.code, finding.before, finding.symbol) == ("DIF003", "assert total([1, 2]) == 3", "test_total")
    assert codes(edit(TEST, None)) == ["DIF001"]
    assert codes(edit(None, TEST)) == []
    assert codes(edit(TEST, TEST)) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_happens_to_what_stays_the_same(case: Case) -> None:
    """Whatever the files are."""
    after = {path: text.encode() for path, text in case.after.items()}
    found = compare_files(after, after, TERMS)
    assert (found.findings, found.files, found.verdict.gaps) == ((), 0, ())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_tests_are_neither_made_nor_lost_by_counting(case: Case) -> None:
    """Before minus lost and folded ones plus gained ones is after; the reverse change mirrors both numbers."""
    found = files(case)
    assert found.tests.before - len(found.change.removed) + found.tests.gained == found.tests.after
    back = files(case, back=True)
    assert (back.tests.before, back.tests.after) == (found.tests.after, found.tests.before)


@given(st.randoms(use_true_random=False), st.sampled_from(CASES))
@settings(max_examples=20, deadline=None)
def test_the_order_of_files_does_not_matter(order: random.Random, case: Case) -> None:
    """Nor does anything that was read before."""
    paths = list(case.after)
    order.shuffle(paths)
    shuffled = {path: case.after[path].encode() for path in paths}
    before = {path: text.encode() for path, text in case.before.items()}
    fresh = Terms(Config(), REGISTRY, Looker(REGISTRY, Cache(None, "")))
    assert compare_files(before, shuffled, fresh).findings == files(case).findings


@given(st.binary(max_size=300), st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_can_be_compared(before: bytes, after: bytes) -> None:
    """Undecodable, unparsable, empty: a finding or a gap, never an error."""
    for path in ("tests/test_cart.py", "src/shop/cart.py"):
        compared = compare_files({**ENCODED, path: before}, {**ENCODED, path: after}, TERMS)
        for one in (compared, edit(before, after, path)):
            assert {finding.path for finding in one.findings} <= {*ENCODED, path}


@pytest.mark.parametrize(
    "text",
    ["\0", "# coding: nothing\n", "def test_x(\n", "x = " + "(" * 300 + ")" * 300 + "\n", "", "\ufeff", "if x:\n" * 50],
    ids=["nul", "encoding", "broken", "deep", "empty", "mark", "endless"],
)
def test_what_cannot_be_read_is_told(text: str) -> None:
    """Whatever stands in the place of a test file, its test counts as lost, with a finding or a gap that says so."""
    found = edit(TEST, text)
    assert found.tests.lost == 1
    assert found.findings or found.verdict.gaps


def test_a_broken_file_that_is_repaired_has_gained_nothing_wrong() -> None:
    """The names that can be told from broken text match those of the repaired one."""
    found = edit("def test_total(:\n    assert total([1, 2]) == 3\n", TEST)
    assert (codes(found), found.tests.lost) == ([], 0)


@pytest.mark.parametrize(
    ("after", "fate"),
    [
        ("# def test_total():\n#     assert total([1, 2]) == 3\n", Fate.COMMENTED),
        ("def _test_total():\n    assert total([1, 2]) == 3\n", Fate.UNCOLLECTED),
        ("def test_total(:\n", Fate.BROKEN),
        ("def test_size():\n    assert size(None) is None\n", Fate.REPLACED),
        ("x = 1\n", Fate.LOST),
        ("def test_all():\n    for a in [1]:\n        assert total([1, 2]) == 3\n        assert a\n", Fate.FOLDED),
    ],
    ids=lambda value: value.value if isinstance(value, Fate) else "",
)
def test_the_fate_of_a_test(after: str, fate: Fate) -> None:
    """One for every way in which a test goes."""
    (removed,) = edit(TEST, after).change.removed
    assert removed.fate is fate


ASSERTIONS = [
    # before, after, codes
    ("assert f() == 3", "assert f()", ["DIF005"]),
    ("assert f() == 3", "assert f() is not None", ["DIF005"]),
    ("assert f() == 3", "assert 3 == f()", []),
    ("assert f() == 3", "assert f() in (3, 4)", ["DIF005"]),
    ("assert f() == 3", "assert f() == 4", ["DIF007"]),
    ("assert f() == 3", "assert f() == pytest.approx(3)", ["DIF005"]),
    ("assert f() == True", "assert f()", []),
    ("assert f() == []", "assert not f()", []),
    ("assert f() is None", "assert not f()", []),
    ("self.assertEqual(f(), 3)", "assert f() == 3", []),
    ("self.assertTrue(f() == 3)", "assert f() == 3", []),
    ("self.assertFalse(f() is None)", "self.assertIsNotNone(f())", []),
    ("self.assertAlmostEqual(f(), 3, places=7)", "self.assertAlmostEqual(f(), 3, places=1)", ["DIF009"]),
    ("assert f() < 5", "assert f() < 50", ["DIF009"]),
    ("assert f() > 5", "assert f() > 1", ["DIF009"]),
    ("assert f() < 5", "assert f() < 2", []),
    ("m.assert_called_once_with(3)", "m.assert_called_once_with(4)", ["DIF007"]),
    ("m.assert_called_once_with(3)", "m.assert_called()", ["DIF005"]),
    ("assert f() == 3", "assert f() == 3 or True", ["DIF006"]),
    ("assert f() == 3", "assert f() == f()", ["DIF006"]),
    ("assert f() == 3", "assert f() == 3, 'message'", []),
    ("assert f() == 3\n    assert g() == 4", "assert f() == 3 and g() == 4", []),
    ("assert f() == 3", "with pytest.raises(ValueError):\n        f()", []),
]


@pytest.mark.parametrize(("before", "after", "expected"), ASSERTIONS, ids=[f"{a} -> {b}" for a, b, _ in ASSERTIONS])
def test_what_one_assertion_becomes(before: str, after: str, expected: list[str]) -> None:
    """The lattice: exact, loose, weak, nothing; and what is only spelt otherwise."""
    texts = [
        f"import pytest\n\n\ndef test_f(self, m):\n    {one}\n    assert other(m) == 7\n" for one in (before, after)
    ]
    assert [code for code in codes(edit(*texts)) if code.startswith("DIF")] == expected


def test_an_assertion_under_a_condition_that_was_there_before_is_no_news() -> None:
    """Also where the same one stands without it as well."""
    text = (
        "def test_f():\n    x = f()\n    assert x == 3\n    if x == 3:\n        assert x == 3\n    assert g() == {}\n"
    )
    assert codes(edit(text.format(1), text.format(1) + "    assert h() == 2\n")) == []
