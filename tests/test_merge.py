"""Restoring a damaged text keeps what was honestly changed since, and nothing else."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable
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
    return load()


def sound(text: str) -> bool:
    """Whether the real rules find no corruption."""
    result, _ = examine(text.encode("utf-8", "surrogatepass"), CONTEXT, registry())
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


def names(text: str | None) -> set[str]:
    """Every function of a text that parses."""
    return {node.name for node in ast.walk(ast.parse(text or "")) if isinstance(node, ast.FunctionDef)}


@damages
def test_without_a_later_edit_the_healthy_version_comes_back_byte_for_byte(damage: Callable[[str], str]) -> None:
    damaged = damage(HEALTHY)
    assert restore(HEALTHY, damaged, damaged) == Merge(HEALTHY, "plain")


@damages
def test_a_test_added_at_the_end_is_kept(damage: Callable[[str], str]) -> None:
    damaged = damage(HEALTHY)
    result = restore(HEALTHY, damaged, f"{damaged}\n\n{NEW_TEST}")
    if damage is flattened or damage is staircase and result.text is None:
        assert result.conflicts
        return
    assert names(result.text) == names(HEALTHY) | {"test_discount"}
    assert result.text is not None
    assert NEW_TEST in result.text
    assert result.kept_edits >= 1
    assert sound(result.text)
