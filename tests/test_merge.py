"""Restoring a damaged text keeps what was honestly changed since, and nothing else."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrity.examine import examine
from integrity.registry.loader import Registry, load
from integrity.restore.merge import Merge, merge
from integrity.rule import Context

CONTEXT = Context(test=True, collected=True)
HEALTHY = '''"""Tests of the cart."""

import json
import os

import pytest

from shop.cart import Cart
from shop.money import Money, round_up

PRICE = Money("3.50")


@pytest.fixture
def cart():
    return Cart()


def total(cart):
    """The sum."""
    return sum(item.price for item in cart)


def test_empty(cart):
    assert not cart.items

    assert total(cart) == 0


class TestAdd:
    """Adding."""

    def test_one(self, cart):
        cart.add("apple", PRICE)
        assert total(cart) == PRICE

    def test_two(self, cart):
        cart.add("apple", PRICE)
        cart.add("pear", PRICE)

        assert total(cart) == PRICE * 2


def test_round():
    # to whole cents
    assert round_up(Money("0.005")) == Money("0.01")


def test_json(cart, tmp_path):
    path = tmp_path / "cart.json"
    path.write_text(json.dumps(cart.dump()))
    assert os.path.exists(path)
'''
NEW_TEST = """def test_discount(cart):
    cart.add("apple", PRICE)
    assert cart.discount(10) == Money("3.15")
"""


@cache
def registry() -> Registry:
    """The real rules, loaded once."""
    return load()


def sound(text: str) -> bool:
    """Whether the real rules find no corruption."""
    result, *_ = examine(text.encode("utf-8", "surrogatepass"), CONTEXT, registry())
    return not result.gaps and not any(found.hit.code.startswith("COR") for found in result.hits)


def restore(healthy: str, damaged: str, today: str) -> Merge:
    """Merge, with the real rules as judge."""
    return merge(healthy, damaged, today, sound)


def commented(text: str, marker: str = "GUTTED_LINE: ", only: Callable[[str], bool] = bool) -> str:
    """Every line of code that `only` chooses put behind a marker."""
    return "".join(_behind(line, marker) if only(line.strip()) else line for line in text.splitlines(keepends=True))


def _behind(line: str, marker: str) -> str:
    code = line.lstrip()
    return f"{line[: len(line) - len(code)]}# {marker}{code}" if code.strip() and code[0] != "#" else line


def staircase(text: str) -> str:
    """Commented out, and indented once more behind each line that opens a block."""
    depth, lines = 0, []
    for line in text.splitlines():
        lines.append("    " * depth + f"# BROKEN: {line.strip()}" if line.strip() else "")
        depth += line.rstrip().endswith(":")
    return "\n".join(lines) + "\n"


def hollowed(text: str, body: str) -> str:
    """Every test reduced to a body."""
    return _rewritten(text, lambda node: node.name.startswith("test"), body)


def _rewritten(text: str, chosen: Callable[[ast.FunctionDef], bool], body: str) -> str:
    lines = text.splitlines()
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef) and chosen(node)]
    for node in sorted(nodes, key=lambda node: -node.lineno):
        lines[node.lineno : node.end_lineno] = [" " * (node.col_offset + 4) + body]
    return "\n".join(lines) + "\n"


def half(text: str) -> str:
    """The first half of the lines."""
    lines = text.splitlines(keepends=True)
    return "".join(lines[: len(lines) // 2])


def swallowed(text: str) -> str:
    """Everything behind the imports in a string."""
    head, mark, tail = text.partition("PRICE =")
    return f"{head}'''\n{mark}{tail}'''\n"


def flattened(text: str) -> str:
    """Every line at column 0, so that nothing parses."""
    return "\n".join(line.lstrip() for line in text.splitlines()) + "\n"


DAMAGES: dict[str, Callable[[str], str]] = {
    "marker": commented,
    "plain hash": lambda text: commented(text, ""),
    "below the imports": lambda text: text.partition("PRICE")[0] + commented("PRICE" + text.partition("PRICE")[2]),
    "staircase": staircase,
    "pass": lambda text: hollowed(text, "pass"),
    "assert True": lambda text: hollowed(text, "assert True"),
    "half": half,
    "docstring": swallowed,
    "flattened": flattened,
    "empty": lambda _: "",
}
damages = pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)


def commented_from(text: str, start: str) -> str:
    """Everything from a certain text on commented out."""
    before, found, after = text.partition(start)
    return before + commented(found + after)


def block(number: int) -> str:
    """One test of `module` without its helper."""
    return f"def test_{number}():\n    assert number_{number}() == {number}\n    assert os.sep\n\n\n"


def module(tests: int) -> str:
    """A module of so many helpers and tests."""
    helpers = (f"def number_{n}():  # about {n}\n    return {n}\n\n\n# ----\n" for n in range(tests))
    return '"""Tests of numbers."""\n\nimport os\n\n\n' + "".join(
        helper + block(number) for number, helper in enumerate(helpers)
    )


def replaced(text: str, edits: Mapping[str, str]) -> str:
    """The text with every replacement made, each at least once."""
    for old, new in edits.items():
        assert old in text
        text = text.replace(old, new)
    return text


def kept(result: Merge) -> str:
    """The text of a merge that must have succeeded, and be sound."""
    assert result.text is not None, result.notes
    assert sound(result.text), result.text
    return result.text


def names(text: str | None) -> set[str]:
    """Every function of a text that parses."""
    return {node.name for node in ast.walk(ast.parse(text or "")) if isinstance(node, ast.FunctionDef)}


@damages
def test_without_a_later_edit_the_healthy_version_comes_back(damage: Callable[[str], str]) -> None:
    """Byte for byte."""
    damaged = damage(HEALTHY)
    assert restore(HEALTHY, damaged, damaged) == Merge(HEALTHY, "plain")


@damages
def test_a_test_added_at_the_end_is_kept(damage: Callable[[str], str]) -> None:
    """The most common edit, whatever the damage above it."""
    damaged = damage(HEALTHY)
    result = kept(restore(HEALTHY, damaged, f"{damaged}\n\n{NEW_TEST}"))
    assert names(result) == names(HEALTHY) | {"test_discount"}
    assert NEW_TEST in result


@damages
def test_an_import_renamed_after_the_damage_stays_renamed(damage: Callable[[str], str]) -> None:
    """Whether the import was live, commented out, or displaced."""
    damaged = damage(HEALTHY)
    today = damaged.replace("from shop.cart import Cart", "from store.cart import Cart")
    result = kept(restore(HEALTHY, damaged, today))
    assert result == (HEALTHY if today == damaged else HEALTHY.replace("shop.cart", "store.cart"))


def test_an_import_that_was_commented_out_and_is_imported_from_elsewhere_today_is_renamed() -> None:
    """A new live import of a name that the healthy version has from another module."""
    damaged = commented(HEALTHY)
    result = restore(HEALTHY, damaged, "from store.cart import Cart\n" + damaged)
    assert kept(result) == HEALTHY.replace("from shop.cart", "from store.cart")
    assert (result.level, result.kept_edits) == ("tests", 1)


def test_one_of_several_imported_names_is_imported_from_elsewhere() -> None:
    """The others stay where they were."""
    damaged = commented(HEALTHY)
    result = kept(restore(HEALTHY, damaged, "from shop.rounding import round_up\n" + damaged))
    assert "from shop.money import Money\nfrom shop.rounding import round_up\n" in result
    assert names(result) == names(HEALTHY)


def test_a_test_added_between_commented_out_ones_is_kept_in_its_place() -> None:
    """Between the functions that it stood between."""
    damaged = commented(HEALTHY)
    anchor = "# GUTTED_LINE: def test_round"
    today = damaged.replace(anchor, f"{NEW_TEST}\n\n{anchor}")
    result = kept(restore(HEALTHY, damaged, today))
    assert result == HEALTHY.replace("def test_round", f"{NEW_TEST}\n\ndef test_round")


def test_a_method_added_to_a_class_with_damaged_methods_is_kept() -> None:
    """Beside the restored ones."""
    damaged = commented(HEALTHY, only=lambda code: "pear" in code or "PRICE * 2" in code)
    new = "\n    def test_none(self, cart):\n        assert total(cart) == 0\n"
    today = damaged.replace("\n\ndef test_round", f"{new}\n\ndef test_round")
    result = kept(restore(HEALTHY, damaged, today))
    assert result == HEALTHY.replace("\n\ndef test_round", f"{new}\n\ndef test_round")


def test_a_class_is_merged_method_by_method() -> None:
    """A collision in one method leaves the new one beside it."""
    damaged = commented(HEALTHY, only=lambda code: "test_one" in code or '("apple", PRICE)' in code)
    damaged = damaged.replace("        assert total(cart) == PRICE\n", "        # assert total(cart) == PRICE\n")
    anew = "    def test_one(self, cart):\n        cart.put('apple', PRICE)\n        assert total(cart) == PRICE\n"
    new = "\n    def test_none(self, cart):\n        assert total(cart) == 0\n"
    start = damaged.index("    # GUTTED_LINE: def test_one")
    end = damaged.index("\n    def test_two")
    today = damaged[:start] + anew + new + damaged[end:]
    result = restore(HEALTHY, damaged, today.replace("class TestAdd", "@pytest.mark.slow\nclass TestAdd"))
    assert names(kept(result)) == names(HEALTHY) | {"test_none"}
    assert "cart.put" in kept(result)
    assert "@pytest.mark.slow\nclass TestAdd:" in kept(result)
    assert result.level == "tests"


def test_marker_import_rename_added_test_and_edited_helper_together() -> None:
    """All at once, the bytes around them untouched."""
    damaged = commented_from(HEALTHY, "def test_empty")
    edits = {
        "from shop.money": "from shop.coins",
        "return sum(item.price for item in cart)": "return cart.total()",
    }
    result = restore(HEALTHY, damaged, replaced(damaged, edits) + "\n\n" + NEW_TEST)
    assert kept(result) == replaced(HEALTHY, edits) + "\n\n" + NEW_TEST
    assert (result.level, result.kept_edits, result.conflicts) == ("text", 3, 0)


def test_a_partly_damaged_file_loses_only_what_is_damaged() -> None:
    """One test of twenty commented out, three honest edits since: all twenty and the three, byte for byte."""
    healthy = module(20)
    damaged = replaced(healthy, {block(7): commented(block(7))})
    edits = {"def number_3": "def  number_3", "  # about 11": "", "return 15": "return 15 + 0"}
    result = restore(healthy, damaged, replaced(damaged, edits))
    assert kept(result) == replaced(healthy, edits)
    assert result.kept_edits == 3


@pytest.mark.parametrize("body", ["pass", "assert True"])
def test_a_second_wave_of_hollowing_is_not_kept(body: str) -> None:
    """Damage done after the damage is no honest edit, the edit beside it is."""
    damaged = replaced(module(6), {block(2): commented(block(2))})
    today = replaced(hollowed(damaged, body), {"import os": "import os, sys"})
    assert kept(restore(module(6), damaged, today)) == replaced(module(6), {"import os": "import os, sys"})


def test_a_second_wave_of_commenting_out_is_not_kept() -> None:
    """By another marker, in other lines."""
    damaged = replaced(module(6), {block(2): commented(block(2))})
    edits = {"return 5": "return 5 + 0"}
    today = replaced(damaged, {block(4): commented(block(4), "DISABLED "), **edits})
    result = restore(module(6), damaged, today)
    assert kept(result) == replaced(module(6), edits)
    assert any("comments code out" in note or "lost" in note for note in result.notes)


def test_a_test_deleted_after_the_damage_comes_back() -> None:
    """A loss is never carried over."""
    damaged = replaced(module(6), {block(2): commented(block(2))})
    assert kept(restore(module(6), damaged, damaged.replace(block(4), ""))) == module(6)


def test_a_renamed_test_is_not_restored_under_its_old_name() -> None:
    """It is the same test."""
    damaged = replaced(module(6), {block(2): commented(block(2))})
    edits = {"def test_4": "def test_four"}
    assert kept(restore(module(6), damaged, replaced(damaged, edits))) == replaced(module(6), edits)


def test_an_import_removed_because_the_damage_left_it_unused_comes_back() -> None:
    """A linter removes imports whose users were commented out; the restored tests need them again."""
    damaged = commented_from(HEALTHY, "PRICE")
    today = replaced(damaged, {"import json\n": "", "import os\n": "", "shop.cart": "store.cart"})
    assert kept(restore(HEALTHY, damaged, today)) == replaced(HEALTHY, {"shop.cart": "store.cart"})


def test_a_script_that_strips_the_marker_adds_nothing() -> None:
    """What it left does not parse, and the healthy version holds all of it."""
    damaged = staircase(HEALTHY)
    assert kept(restore(HEALTHY, damaged, damaged.replace("# BROKEN: ", ""))) == HEALTHY


def test_a_placeholder_written_over_the_damage_is_dropped() -> None:
    """With its imports, which nothing uses."""
    placeholder = '"""Placeholder."""\nimport sys\n\n\ndef test_placeholder():\n    assert True\n'
    result = restore(HEALTHY, commented(HEALTHY), placeholder)
    assert kept(result) == HEALTHY
    assert any("test_placeholder" in note for note in result.notes)


def test_a_rename_inside_commented_out_lines_is_carried_into_the_restored_ones() -> None:
    """As a mass edit does that knows nothing of comments."""
    damaged = commented(HEALTHY)
    result = restore(HEALTHY, damaged, damaged.replace("shop.", "store."))
    assert kept(result) == HEALTHY.replace("shop.", "store.")
    assert result.kept_edits == 2


def test_an_assertion_weakened_inside_commented_out_lines_is_not_carried() -> None:
    """It would hollow the restored test."""
    damaged = commented(HEALTHY)
    today = damaged.replace("assert not cart.items", "assert True").replace("shop.cart", "store.cart")
    assert kept(restore(HEALTHY, damaged, today)) == HEALTHY.replace("shop.cart", "store.cart")


def test_a_lost_test_written_anew_wins_when_it_checks_as_much() -> None:
    """Someone repaired it by hand."""
    healthy, damaged = module(4), replaced(module(4), {block(2): commented(block(2))})
    anew = "def test_2():\n    assert number_2() in {2}\n    assert os.name\n"
    result = restore(healthy, damaged, replaced(damaged, {commented(block(2)): f"{anew}\n\n"}))
    assert names(kept(result)) == names(healthy)
    assert anew in kept(result)


def test_a_lost_test_written_anew_that_checks_less_is_a_conflict() -> None:
    """Neither is chosen silently."""
    healthy, damaged = module(4), replaced(module(4), {block(2): commented(block(2))})
    anew = "def test_2():\n    assert os.name\n\n\n"
    result = restore(healthy, damaged, replaced(damaged, {commented(block(2)): anew}))
    assert result.text is None
    assert result.conflicts >= 1
    assert any("test_2" in note for note in result.notes)


def test_two_different_edits_of_one_function_are_a_conflict() -> None:
    """The damaged version differs from both."""
    healthy = module(3)
    damaged = healthy.replace("return 1\n", "return 10\n")
    result = restore(healthy, damaged, healthy.replace("return 1\n", "return 11\n"))
    assert result.text is None
    assert any("number_1" in note for note in result.notes)


def test_live_edits_inside_a_text_that_no_longer_parses_are_a_conflict() -> None:
    """Nothing can be taken from it, and it is not dropped silently."""
    damaged = commented(HEALTHY)
    line = "# GUTTED_LINE: def test_empty(cart):"
    result = restore(HEALTHY, damaged, damaged.replace(line, "def test_nothing(cart:\n    cart.clear("))
    assert result.text is None
    assert result.conflicts >= 1
    assert any("does not parse" in note for note in result.notes)


def test_a_result_that_is_not_accepted_is_no_result() -> None:
    """The judge has the last word."""
    damaged = commented(HEALTHY)
    result = merge(HEALTHY, damaged, f"{damaged}\n\n{NEW_TEST}", lambda _: False)
    assert result.text is None
    assert result.conflicts >= 1


def test_the_judge_is_asked_seldom() -> None:
    """It scans the whole text."""
    asked: list[str] = []

    def accept(text: str) -> bool:
        asked.append(text)
        return sound(text)

    damaged = commented_from(module(200), "def test_100")
    today = damaged
    for number in range(0, 90, 2):
        today = today.replace(f"return {number}\n", f"return {number} + 0\n")
    assert merge(module(200), damaged, today, accept).kept_edits == 45
    assert len(asked) <= 3


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, 9), min_size=1), st.sets(st.integers(0, 9)), st.sampled_from(["X: ", "", "OFF - ", "!"]))
def test_edits_outside_the_damage_are_kept_whatever_is_damaged(lost: set[int], edited: set[int], how: str) -> None:
    """Some tests damaged, some helpers edited: the healthy version with those edits."""
    healthy = damaged = module(10)
    for number in lost:
        harm = commented(block(number), how) if how != "!" else f"def test_{number}():\n    pass\n\n\n"
        damaged = damaged.replace(block(number), harm)
    edits = {f"return {number}\n": f"return {number} + 0\n" for number in edited}
    assert kept(restore(healthy, damaged, replaced(damaged, edits))) == replaced(healthy, edits)


def test_a_function_damaged_in_one_line_and_edited_in_another_gets_both() -> None:
    """Two changes of one function that do not touch."""
    damaged = HEALTHY.replace('        cart.add("pear", PRICE)\n', '        # GONE: cart.add("pear", PRICE)\n')
    edits = {"def test_two(self, cart):": "def test_two(self, cart) -> None:"}
    assert kept(restore(HEALTHY, damaged, replaced(damaged, edits))) == replaced(HEALTHY, edits)


def test_a_lost_test_added_again_below_its_commented_out_text_is_there_once() -> None:
    """As it was added, in its old place."""
    damaged = commented_from(HEALTHY, "def test_round")
    anew = 'def test_round():\n    assert round_up(Money("0.004")) == Money("0.01")\n'
    result = kept(restore(HEALTHY, damaged, f"{damaged}\n\n{anew}"))
    assert result.count("def test_round") == 1
    assert anew in result
    assert names(result) == names(HEALTHY)


def test_lost_tests_uncommented_by_hand_are_not_doubled() -> None:
    """The healthy version holds them."""
    damaged = commented_from(HEALTHY, "def test_empty")
    head, name, tail = HEALTHY.partition("def test_round")
    today = commented_from(head, "def test_empty") + name + tail
    assert kept(restore(HEALTHY, damaged, today)) == HEALTHY


def test_a_new_class_and_what_it_needs_are_kept() -> None:
    """Its import, its constant, its helper, in order."""
    damaged = commented(HEALTHY)
    start = "import decimal\nfrom store.cart import Cart\n\nTENTH = decimal.Decimal('0.1')\n\n\n"
    new = "def tenth(price):\n    return price * TENTH\n\n\nclass TestTenth:\n    def test_tenth(self):\n"
    new += "        assert tenth(Cart().total) == 0\n"
    result = kept(restore(HEALTHY, damaged, f"{start}{damaged}\n\n{new}"))
    assert names(result) == names(HEALTHY) | {"tenth", "test_tenth"}
    assert (
        result.index("import decimal") < result.index("TENTH =") < result.index("def tenth") < result.index("(Cart()")
    )
    assert "shop.cart" not in result


def test_todays_constant_wins_over_the_healthy_one_only_if_it_was_edited_since() -> None:
    """Else it is part of the damage."""
    damaged = commented_from(HEALTHY, "@pytest").replace('"3.50"', '"0"')
    assert 'PRICE = Money("3.50")' in kept(restore(HEALTHY, damaged, f"{damaged}\n\n{NEW_TEST}"))
    intact = commented_from(HEALTHY, "@pytest")
    today = intact.replace('"3.50"', '"4.50"').replace("from shop.money", "from shop.coins")
    assert 'PRICE = Money("4.50")' in kept(restore(HEALTHY, intact, today))


def test_a_main_guard_stays_last() -> None:
    """New tests are placed above it."""
    healthy = HEALTHY + '\n\nif __name__ == "__main__":\n    pytest.main([__file__])\n'
    damaged = commented(healthy)
    today = "from store.cart import Cart\n" + damaged + f"\n\n{NEW_TEST}"
    result = kept(restore(healthy, damaged, today))
    assert result.endswith('if __name__ == "__main__":\n    pytest.main([__file__])\n')
    assert NEW_TEST in result


def test_what_was_kept_and_dropped_is_told() -> None:
    """One line each."""
    damaged = replaced(module(6), {block(2): commented(block(2))})
    today = replaced(
        damaged, {"return 5": "return 5 + 0", "assert number_4() == 4": "assert True", "    assert os.sep\n": ""}
    )
    notes = restore(module(6), damaged, today).notes
    assert any("kept the edit at line" in note for note in notes)
    assert any("lost or hollowed out" in note for note in notes)
    assert all("\n" not in note for note in notes)


def test_a_test_written_anew_around_a_comment_that_the_damage_left_is_kept() -> None:
    """Comments between commented-out lines are no part of the edit."""
    healthy = HEALTHY.replace("    # to whole cents\n", "")
    damaged = commented_from(HEALTHY, "def test_round")
    anew = 'def test_round():\n    # to whole cents\n    assert round_up(Money("0.004")) == Money("0.01")\n'
    today = HEALTHY.partition("def test_round")[0] + anew
    result = kept(restore(healthy, damaged, today))
    assert 'Money("0.004")' in result
    assert names(result) == names(HEALTHY)
