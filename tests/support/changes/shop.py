"""The project that every change starts from, and how a change is written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Files = Mapping[str, str]
Edit = Callable[[dict[str, str]], None]
Verdict = Literal["block", "warn", "pass"]

CART = '''"""A shopping cart."""

VAT = 0.2


class EmptyCartError(ValueError):
    """There is nothing to pay for."""


class Cart:
    """What somebody wants to buy."""

    def __init__(self, client=None):
        self.items = []
        self.client = client

    def add(self, name, price):
        if price < 0:
            raise ValueError(f"negative price for {name}")
        self.items.append((name, price))
        return self

    def remove(self, name):
        self.items = [item for item in self.items if item[0] != name]

    def total(self):
        return sum(price for _, price in self.items)

    def checkout(self):
        if not self.items:
            raise EmptyCartError("the cart is empty")
        self.client.charge(self.total())
        return {"status": "paid", "amount": self.total()}


def with_tax(price):
    return round(price * (1 + VAT), 2)


def discount(price, percent):
    return price - price * percent / 100


def legacy_total(prices):
    result = 0
    for price in prices:
        result += price
    return result
'''
PARSE = '''"""Reads prices."""


def parse_price(text):
    amount, currency = text.split()
    return float(amount), currency


def slug(name):
    return name.strip().lower().replace(" ", "-")
'''
TEST_CART = """from unittest.mock import Mock

import pytest

from shop.cart import Cart, EmptyCartError, discount, legacy_total, with_tax


@pytest.fixture
def cart():
    return Cart(Mock()).add("tea", 3).add("milk", 2)


def test_total(cart):
    assert cart.total() == 5
    assert len(cart.items) == 2


def test_remove(cart):
    cart.remove("tea")
    assert cart.items == [("milk", 2)]


def test_negative_price():
    with pytest.raises(ValueError, match="negative price"):
        Cart().add("tea", -1)


def test_checkout_charges_the_total(cart):
    receipt = cart.checkout()
    cart.client.charge.assert_called_once_with(5)
    assert receipt == {"status": "paid", "amount": 5}


def test_empty_checkout():
    with pytest.raises(EmptyCartError):
        Cart(Mock()).checkout()


def test_with_tax():
    assert with_tax(10) == 12.0
    assert with_tax(0.1) == pytest.approx(0.12, rel=1e-6)


def test_discount():
    assert discount(100, 20) == 80


def test_discount_of_nothing():
    assert discount(0, 20) == 0


class TestLegacy:
    def test_legacy_total(self):
        assert legacy_total([1, 2]) == 3

    def test_legacy_total_of_none(self):
        assert legacy_total([]) == 0
"""
TEST_PARSE = """import unittest

import pytest

from shop.parse import parse_price, slug


@pytest.mark.parametrize(
    ("text", "amount"),
    [("3 EUR", 3.0), ("4.5 EUR", 4.5), ("0 EUR", 0.0), ("12 EUR", 12.0)],
)
def test_amount(text, amount):
    assert parse_price(text)[0] == amount


class SlugTest(unittest.TestCase):
    def test_slug(self):
        self.assertEqual(slug(" Green Tea "), "green-tea")
        self.assertIn("-", slug("Green Tea"))

    def test_slug_of_plain_text(self):
        self.assertEqual(slug("tea"), "tea")

    def test_bad_price(self):
        with self.assertRaises(ValueError):
            parse_price("free")


def test_currency():
    assert parse_price("3 EUR")[1] == "EUR"


def test_speed():
    assert elapsed(parse_price, "3 EUR") < 0.5


def elapsed(function, argument):
    import time

    start = time.perf_counter()
    function(argument)
    return time.perf_counter() - start
"""
TEST_GOLDEN = """from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from shop.cart import Cart, discount


def test_receipt():
    text = "\\n".join(f"{name}: {price}" for name, price in Cart().add("tea", 3).items)
    assert text == (Path(__file__).parent / "data" / "receipt.txt").read_text().strip()


@settings(max_examples=200)
@given(st.integers(0, 1000))
def test_no_discount_changes_nothing(price):
    assert discount(price, 0) == price
"""
PYPROJECT = """[project]
name = "shop"
version = "1.0"
dependencies = []

[tool.pytest.ini_options]
testpaths = ["tests"]
pythonpath = ["src"]
addopts = ["--strict-markers"]
xfail_strict = true

[tool.coverage.report]
fail_under = 90
"""
PROJECT: Files = {
    "pyproject.toml": PYPROJECT,
    "src/shop/__init__.py": "",
    "src/shop/cart.py": CART,
    "src/shop/parse.py": PARSE,
    "tests/__init__.py": "",
    "tests/test_cart.py": TEST_CART,
    "tests/test_parse.py": TEST_PARSE,
    "tests/test_golden.py": TEST_GOLDEN,
    "tests/data/receipt.txt": "tea: 3\n",
}
TC, TP, TG, CARTPY = "tests/test_cart.py", "tests/test_parse.py", "tests/test_golden.py", "src/shop/cart.py"


@dataclass(frozen=True)
class Case:
    """One change.

    Attributes:
        name: what it does.
        group: the group of the catalogue (B to F) or "honest".
        verdict: what it deserves: "block", "warn" (told, not blocked) or "pass".
        after: every file after the change.
        before: every file before it.
    """

    name: str
    group: str
    verdict: Verdict
    after: Files
    before: Files


def case(name: str, group: str, verdict: Verdict, *edits: Edit, before: Files = PROJECT) -> Case:
    """A change made of edits."""
    files = dict(before)
    for edit in edits:
        edit(files)
    return Case(name, group, verdict, files, before)


def sub(path: str, old: str, new: str) -> Edit:
    """Replace a text that stands in a file.

    Raises:
        ValueError: it does not.
    """

    def edit(files: dict[str, str]) -> None:
        if old not in files[path]:
            raise ValueError(f"{old!r} is not in {path}")
        files[path] = files[path].replace(old, new, 1)

    return edit


def put(path: str, text: str) -> Edit:
    """Write a file."""
    return lambda files: files.update({path: text})


def drop(path: str) -> Edit:
    """Delete a file."""

    def edit(files: dict[str, str]) -> None:
        del files[path]

    return edit


def move(old: str, new: str) -> Edit:
    """Rename a file."""
    return lambda files: files.update({new: files.pop(old)})


def rewrite(path: str, change: Callable[[str], str]) -> Edit:
    """Apply a function to the text of a file."""
    return lambda files: files.update({path: change(files[path])})


def cut(path: str, start: str, end: str = "\n\n\n") -> Edit:
    """Remove from a text up to, not including, the next blank lines."""

    def edit(files: dict[str, str]) -> None:
        text = files[path]
        first = text.index(start)
        last = text.find(end, first)
        rest = text[last + len(end) :] if last >= 0 else ""
        files[path] = (text[:first] + rest).rstrip("\n") + "\n"

    return edit
