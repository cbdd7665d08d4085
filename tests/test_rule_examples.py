"""Every example of every rule gives exactly the findings it marks, and the check of that can fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrity.registry.loader import LoadedRule, load
from integrity.rule import Example
from integrity.testing import check_examples, companions, run_example, verify
from tests.support.packs import Packs, rule_source

REGISTRY = load()
EXAMPLES = [
    pytest.param(loaded, example, id=f"{loaded.rule.code}-{kind}{number}")
    for loaded in REGISTRY.rules
    for kind, examples in (("valid", loaded.valid), ("invalid", loaded.invalid))
    for number, example in enumerate(examples)
]


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packs]:
    """An empty folder for rule packs."""
    found = Packs(tmp_path, monkeypatch)
    yield found
    found.forget()


@pytest.mark.parametrize(("loaded", "example"), EXAMPLES)
def test_an_example_gives_exactly_its_marks(loaded: LoadedRule, example: Example) -> None:
    """The whole list of lines and codes, so that one finding too many fails as one too few does."""
    assert run_example(REGISTRY, example, companions(REGISTRY, loaded)) == example.marks


def test_the_installed_examples_verify() -> None:
    """What `integrity rules --verify` runs says the same."""
    assert verify(REGISTRY) == []


AT = "yield RULE.at(one.span)"
MISSED = "line 1 is marked XCA001, but it is not found there"
EXTRA = "XCA001 is found in line 1, which has no mark"
WRONG = {
    "too lax": ((AT, "yield from ()"), MISSED),
    "too greedy": ((AT, "yield from [RULE.at(one.span)] * 2"), EXTRA),
    "another line": ((AT, "yield RULE.at(Span(2))"), f"{MISSED}; XCA001 is found in line 2, which has no mark"),
    "greedy in valid": (("\nVALID = [", '\nVALID = ["import os\\n", '), f"VALID[0]: {EXTRA}"),
    "another code": (("XCA001\\n", "XCA001, ENV001\\n"), "line 1 is marked ENV001, but it is not found there"),
    "rule raises": ((AT, "yield 1 / 0"), "rule XCA001 failed: ZeroDivisionError"),
    "field missing": (('message="found"', 'message="{what}"'), "rule XCA001 failed: KeyError: 'what'"),
    "undecodable": (('INVALID = ["import', 'INVALID = [b"\\xff import'), "INVALID[0]: line 1 is not utf-8"),
}


@pytest.mark.parametrize(("change", "fault"), WRONG.values(), ids=WRONG.keys())
def test_a_rule_that_breaks_its_word_is_reported(packs: Packs, change: tuple[str, str], fault: str) -> None:
    """With code, module and example."""
    packs.install("broken_pack", {"imports.py": rule_source("XCA001", "imports", change)})
    registry = load()
    loaded = next(one for one in registry.rules if one.rule.code == "XCA001")
    (line,) = check_examples(registry, loaded)
    assert line.startswith("XCA001 broken_pack.imports: ")
    assert fault in line


def test_every_broken_rule_is_reported(packs: Packs) -> None:
    """What verifies an installation names each rule that breaks its word, and no other."""
    sources = {
        f"imports_{n}.py": rule_source(f"XCA00{n}", f"imports-{n}", WRONG[kind][0])
        for n, kind in enumerate(("undecodable", "rule raises"))
    }
    packs.install("broken_pack", sources)
    lines = verify(load())
    assert [line.partition(":")[0] for line in lines] == [
        "XCA000 broken_pack.imports_0",
        "XCA001 broken_pack.imports_1",
    ]


def _faults(family: str) -> list[str]:
    """What is wrong with the examples of one family, among all the rules there are."""
    registry = load()
    return [
        line
        for loaded in registry.rules
        if loaded.rule.code.startswith(family)
        for line in check_examples(registry, loaded)
    ]


def test_packs_do_not_disturb_the_examples_of_each_other(packs: Packs) -> None:
    """A rule that flags every import fails no builtin example, nor one of its own pack's neighbours."""
    packs.install("greedy_pack", {"greedy.py": rule_source("XCB001", "greedy")})
    assert verify(load()) == []


def test_a_rule_that_is_off_by_default_runs_on_its_own_examples_only(packs: Packs) -> None:
    """Nobody has to mark what nobody sees."""
    off = rule_source("XCC001", "off", ('since="0.1"', 'since="0.1", enabled=False'))
    packs.install("off_pack", {"off.py": off, "on.py": rule_source("XCC002", "on")})
    (line,) = _faults("XCC")
    assert line.endswith("XCC001 off_pack.off: INVALID[0]: XCC002 is found in line 1, which has no mark")


def test_examples_see_the_rules_that_explain_them(packs: Packs) -> None:
    """Whatever pack those come from."""
    explained = rule_source("XCD001", "explained", ('since="0.1"', 'since="0.1", explained_by=("XCE001",)'))
    packs.install("explained_pack", {"explained.py": explained})
    packs.install("explaining_pack", {"explaining.py": rule_source("XCE001", "explaining")})
    (line,) = [*_faults("XCD"), *_faults("XCE")]
    assert line == (
        "XCD001 explained_pack.explained: INVALID[0]: line 1 is marked XCD001, but it is not found there;"
        " XCE001 is found in line 1, which has no mark"
    )


def test_no_rules_at_all_is_no_success() -> None:
    """A checker that cannot find anything must say so."""
    empty = type(REGISTRY)((), {}, "")
    assert verify(empty) == ["there are no rules, so that nothing can be found"]
