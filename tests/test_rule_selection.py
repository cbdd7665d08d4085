"""Which rules a selection leaves running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.errors import ConfigError
from integrity.registry.loader import Registry, load
from tests.support.packs import Packs, rule_source


@pytest.fixture(scope="module")
def selectable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """The builtin rules and four more, one of which is off by default."""
    off = ('since="0.1"', 'since="0.1", enabled=False')
    with pytest.MonkeyPatch.context() as monkeypatch:
        packs = Packs(tmp_path_factory.mktemp("packs"), monkeypatch)
        sources = {
            "one.py": rule_source("XBA101", "one"),
            "two.py": rule_source("XBA102", "two"),
            "three.py": rule_source("XBA201", "three"),
            "off.py": rule_source("XBA202", "off", off),
        }
        packs.install("choice_pack", sources)
        yield load()
        packs.forget()


SELECTIONS = [
    (["XBA"], [], [], "XBA101 XBA102 XBA201"),
    (["XBA1"], [], [], "XBA101 XBA102"),
    (["XBA101"], [], [], "XBA101"),
    (["two"], [], [], "XBA102"),
    (["XBA101"], ["XBA2"], [], "XBA101 XBA201 XBA202"),
    (["XBA101", "off"], [], [], "XBA101 XBA202"),
    (["XBA202"], [], [], "XBA202"),
    (["XBA20"], [], [], "XBA201"),
    (["XBA"], [], ["XBA1"], "XBA201"),
    (["XBA"], [], ["two", "three"], "XBA101"),
    (["XBA1"], [], ["XBA"], "XBA101 XBA102"),
    (["XBA1", "XBA"], [], ["XBA1"], "XBA201"),
    (["XBA101"], [], ["ALL"], "XBA101"),
    (["XBA101"], [], ["XBA101"], ""),
    (["ALL"], [], ["ALL"], ""),
    ([], [], [], ""),
    ([], ["XBA202"], [], "XBA202"),
]


@pytest.mark.parametrize(("select", "extend", "ignore", "expected"), SELECTIONS)
def test_the_closest_selector_decides(
    selectable: Registry, select: list[str], extend: list[str], ignore: list[str], expected: str
) -> None:
    """Codes and names before prefixes, long prefixes before short ones, `ignore` on a tie."""
    assert selectable.select(select, extend, ignore) == frozenset(expected.split())


def test_everything_is_what_is_on_by_default(selectable: Registry) -> None:
    """ALL leaves out what has to be asked for by name."""
    assert selectable.select(["ALL"]) == {loaded.rule.code for loaded in selectable.rules if loaded.rule.enabled}
    assert selectable.expand(["ALL"]) == {loaded.rule.code for loaded in selectable.rules}
    assert selectable.expand(["XBA2", "one"]) == {"XBA101", "XBA201", "XBA202"}


SELECTORS = st.lists(st.sampled_from(["ALL", "X", "XBA", "XBA1", "XBA2", "XBA101", "two", "XBA202", "off", "SUP"]))


@given(SELECTORS, SELECTORS, SELECTORS, SELECTORS)
def test_no_selector_has_the_opposite_of_its_effect(
    selectable: Registry, select: list[str], extend: list[str], ignore: list[str], more: list[str]
) -> None:
    """A selection only grows with what is selected, and only shrinks with what is ignored."""
    found = selectable.select(select, extend, ignore)
    assert found <= selectable.expand([*select, *extend])
    assert found <= selectable.select([*select, *more], extend, ignore)
    assert found <= selectable.select(select, [*extend, *more], ignore)
    assert found >= selectable.select(select, extend, [*ignore, *more])


def test_every_unknown_selector_is_reported_at_once(selectable: Registry) -> None:
    """With the place it stands in and what may have been meant; the empty text selects nothing by accident."""
    with pytest.raises(ConfigError) as raised:
        selectable.select(["SUP01", "SUP"], ["unused-supression"], ["sup001", "", "QQQQQQ"])
    assert raised.value.lines == [
        "select: no rule has the code or name 'SUP01'; did you mean 'SUP001'?",
        "extend-select: no rule has the code or name 'unused-supression'; did you mean 'unused-suppression'?",
        "ignore: no rule has the code or name 'sup001'; did you mean 'SUP001'?",
        "ignore: no rule has the code or name ''",
        "ignore: no rule has the code or name 'QQQQQQ'",
    ]
