"""Honest changes that look a little like tampering."""

from __future__ import annotations

from tests.support.changes.shop import (
    CARTPY,
    TC,
    TEST_CART,
    TEST_PARSE,
    TG,
    TP,
    case,
    cut,
    drop,
    move,
    put,
    rewrite,
    sub,
)

PARSEPY = "src/shop/parse.py"
DISCOUNTS = (
    "def test_discount():\n    assert discount(100, 20) == 80\n\n\n"
    "def test_discount_of_nothing():\n    assert discount(0, 20) == 0\n"
)
LEGACY = """class TestLegacy:
    def test_legacy_total(self):
        assert legacy_total([1, 2]) == 3

    def test_legacy_total_of_none(self):
        assert legacy_total([]) == 0
"""
LEGACY_CODE = """def legacy_total(prices):
    result = 0
    for price in prices:
        result += price
    return result
"""
HEAD = TEST_CART[: TEST_CART.index("def test_total")]
FIRST = TEST_CART[TEST_CART.index("def test_total") : TEST_CART.index("def test_with_tax")]
REST = TEST_CART[TEST_CART.index("def test_with_tax") :]
CHECKOUT = '    cart.client.charge.assert_called_once_with(5)\n    assert receipt == {"status": "paid", "amount": 5}\n'
AMOUNTS = '[("3 EUR", 3.0), ("4.5 EUR", 4.5), ("0 EUR", 0.0), ("12 EUR", 12.0)]'
HELPERS = 'def check_paid(cart, receipt, amount):\n    cart.client.charge.assert_called_once_with(amount)\n    assert receipt == {"status": "paid", "amount": amount}\n'

MOVES = (
    case("file moved", "honest", "pass", move(TC, "tests/unit/test_cart.py")),
    case("file renamed", "honest", "pass", move(TC, "tests/test_shopping.py")),
    case("file moved and edited", "honest", "pass", move(TC, "tests/unit/test_cart.py"),
         sub("tests/unit/test_cart.py", "from unittest.mock import Mock\n", "from unittest import mock\nfrom unittest.mock import Mock\n")),
    case("file split in two", "honest", "pass", drop(TC), put("tests/test_cart_class.py", HEAD + FIRST), put("tests/test_money.py", HEAD + REST)),
    case("files merged", "honest", "pass", drop(TC), drop(TP), put("tests/test_shop.py", TEST_CART + "\n\n" + TEST_PARSE)),
    case("test moved to another file", "honest", "pass", cut(TC, "def test_discount_of_nothing("),
         rewrite(TG, lambda text: text + "\n\ndef test_discount_of_nothing():\n    assert discount(0, 20) == 0\n")),
    case("test renamed", "honest", "pass", sub(TC, "def test_remove(", "def test_remove_takes_one_item_away(")),
    case("test renamed and edited", "honest", "pass",
         sub(TC, 'def test_remove(cart):\n    cart.remove("tea")\n', 'def test_removal(cart):\n    cart.remove("tea")\n    cart.remove("nothing")\n')),
    case("class renamed", "honest", "pass", sub(TC, "class TestLegacy:", "class TestOldInterface:")),
    case("tests reordered", "honest", "pass", put(TC, HEAD + REST + "\n\n" + FIRST)),
    case("functions into a class", "honest", "pass",
         sub(TC, DISCOUNTS, "class TestDiscount:\n    def test_discount(self):\n        assert discount(100, 20) == 80\n\n    def test_discount_of_nothing(self):\n        assert discount(0, 20) == 0\n")),
    case("class into functions", "honest", "pass",
         sub(TC, LEGACY, "def test_legacy_total():\n    assert legacy_total([1, 2]) == 3\n\n\ndef test_legacy_total_of_none():\n    assert legacy_total([]) == 0\n")),
)  # fmt: skip
SHAPES = (
    case("two tests into parameters", "honest", "pass",
         sub(TC, DISCOUNTS, '@pytest.mark.parametrize(("price", "left"), [(100, 80), (0, 0)])\ndef test_discount(price, left):\n    assert discount(price, 20) == left\n')),
    case("two methods into parameters", "honest", "pass",
         sub(TC, LEGACY, '@pytest.mark.parametrize(("prices", "total"), [([1, 2], 3), ([], 0)])\ndef test_legacy(prices, total):\n    assert legacy_total(prices) == total\n')),
    case("parameters into tests", "honest", "pass",
         rewrite(TP, lambda text: text[: text.index("@pytest.mark")] + "".join(
             f'def test_amount_{number}():\n    assert parse_price("{value} EUR")[0] == {float(value)}\n\n\n' for number, value in enumerate(("3", "4.5", "0", "12")))
             + text[text.index("class SlugTest"):])),
    case("cases reformatted", "honest", "pass", sub(TP, AMOUNTS, AMOUNTS.replace(", (", ",\n     ("))),
    case("cases named", "honest", "pass", sub(TP, AMOUNTS, "AMOUNTS"),
         sub(TP, "@pytest.mark.parametrize", f"AMOUNTS = {AMOUNTS}\n\n\n@pytest.mark.parametrize")),
    case("a case added", "honest", "pass", sub(TP, '("12 EUR", 12.0)', '("12 EUR", 12.0), ("13 EUR", 13.0)')),
    case("test split in two", "honest", "pass",
         sub(TC, "    assert len(cart.items) == 2\n", "\n\ndef test_count(cart):\n    assert len(cart.items) == 2\n")),
    case("two tests merged", "honest", "pass",
         sub(TC, DISCOUNTS, "def test_discount():\n    assert discount(100, 20) == 80\n    assert discount(0, 20) == 0\n")),
    case("helper extracted", "honest", "pass", sub(TC, CHECKOUT, "    check_paid(cart, receipt, 5)\n"),
         rewrite(TC, lambda text: text + "\n\n" + HELPERS)),
    case("helper in another file", "honest", "pass", sub(TC, CHECKOUT, "    check_paid(cart, receipt, 5)\n"),
         sub(TC, "from shop.cart", "from tests.helpers import check_paid\n\nfrom shop.cart"), put("tests/helpers.py", HELPERS)),
    case("helper inlined", "honest", "pass", sub(TC, "    check_paid(cart, receipt, 5)\n", CHECKOUT),
         before=case("", "honest", "pass", sub(TC, CHECKOUT, "    check_paid(cart, receipt, 5)\n"), rewrite(TC, lambda text: text + "\n\n" + HELPERS)).after),
    case("fixture extracted", "honest", "pass",
         sub(TC, "def test_empty_checkout():\n    with pytest.raises(EmptyCartError):\n        Cart(Mock()).checkout()\n",
             "@pytest.fixture\ndef empty():\n    return Cart(Mock())\n\n\ndef test_empty_checkout(empty):\n    with pytest.raises(EmptyCartError):\n        empty.checkout()\n")),
    case("unittest to pytest", "honest", "pass",
         sub(TP, '        self.assertEqual(slug(" Green Tea "), "green-tea")\n        self.assertIn("-", slug("Green Tea"))\n', '        assert slug(" Green Tea ") == "green-tea"\n        assert "-" in slug("Green Tea")\n'),
         sub(TP, 'self.assertEqual(slug("tea"), "tea")', 'assert slug("tea") == "tea"'),
         sub(TP, "self.assertRaises(ValueError)", "pytest.raises(ValueError)"), sub(TP, "class SlugTest(unittest.TestCase)", "class TestSlug"), sub(TP, "import unittest\n\n", "")),
    case("pytest to unittest", "honest", "pass",
         sub(TP, 'def test_currency():\n    assert parse_price("3 EUR")[1] == "EUR"\n', 'class CurrencyTest(unittest.TestCase):\n    def test_currency(self):\n        self.assertEqual(parse_price("3 EUR")[1], "EUR")\n')),
    case("variables renamed", "honest", "pass",
         sub(TC, "    receipt = cart.checkout()\n", "    paid = cart.checkout()\n"), sub(TC, "    assert receipt == {", "    assert paid == {")),
    case("reformatted", "honest", "pass", rewrite(TC, lambda text: text.replace('"', "'").replace('("tea", 3)', '(\n        "tea", 3,\n    )'))),
    case("comments and docstrings", "honest", "pass",
         sub(TC, "def test_discount():\n", 'def test_discount():\n    """Twenty percent off."""\n    # a fifth\n')),
    case("== [] becomes not", "honest", "pass", sub(TC, "assert legacy_total([]) == 0", "assert not legacy_total([])")),
    case("assertions strengthened", "honest", "pass", sub(TC, "pytest.raises(EmptyCartError)", 'pytest.raises(EmptyCartError, match="empty")')),
    case("dict asserted by parts", "honest", "pass",
         sub(TC, '    assert receipt == {"status": "paid", "amount": 5}\n', '    assert receipt["status"] == "paid"\n    assert receipt["amount"] == 5\n')),
    case("loop over cases", "honest", "pass",
         sub(TC, DISCOUNTS, "def test_discount():\n    for price, left in [(100, 80), (0, 0)]:\n        assert discount(price, 20) == left\n")),
)  # fmt: skip
BEHAVIOUR = (
    case("feature deleted with its tests", "honest", "pass", sub(CARTPY, LEGACY_CODE, ""), sub(TC, LEGACY, ""), sub(TC, "legacy_total, ", "")),
    case("module deleted with its tests", "honest", "pass", drop(PARSEPY), drop(TP)),
    case("function renamed with its tests", "honest", "pass",
         rewrite(CARTPY, lambda text: text.replace("legacy_total", "plain_total")), rewrite(TC, lambda text: text.replace("legacy_total", "plain_total"))),
    case("behaviour changed with its test", "honest", "pass",
         sub(CARTPY, "price - price * percent / 100", "round(price - price * percent / 100, 1) + 1"), sub(TC, "assert discount(100, 20) == 80", "assert discount(100, 20) == 81")),
    case("message changed with its test", "honest", "pass",
         sub(CARTPY, "negative price for", "no negative price for"), sub(TC, 'match="negative price"', 'match="no negative price"')),
    case("exception changed with its test", "honest", "pass",
         sub(CARTPY, "raise ValueError(f", "raise TypeError(f"), sub(TC, "pytest.raises(ValueError, match", "pytest.raises(TypeError, match")),
    case("feature added with tests", "honest", "pass",
         rewrite(CARTPY, lambda text: text + "\n\ndef double(price):\n    return 2 * price\n"), rewrite(TC, lambda text: text + "\n\ndef test_double():\n    from shop.cart import double\n\n    assert double(2) == 4\n")),
    case("dependency upgraded", "honest", "pass",
         sub("pyproject.toml", "dependencies = []", 'dependencies = ["attrs>=24"]'), sub(TC, "assert with_tax(10) == 12.0", "assert with_tax(10) == 12.1")),
    case("test removed that tests a removed parameter", "honest", "pass",
         sub(CARTPY, "def __init__(self, client=None):\n        self.items = []\n        self.client = client", "def __init__(self):\n        self.items = []"),
         sub(CARTPY, "        self.client.charge(self.total())\n", ""), cut(TC, "def test_checkout_charges_the_total(")),
    case("skipped on one platform", "honest", "pass",
         sub(TC, "def test_discount():", '@pytest.mark.skipif(sys.platform == "win32", reason="rounding")\ndef test_discount():'), sub(TC, "import pytest\n", "import sys\n\nimport pytest\n")),
    case("production refactored alone", "honest", "pass", sub(CARTPY, "    return price - price * percent / 100", "    off = price * percent / 100\n    return price - off")),
    case("documents only", "honest", "pass", put("README.md", "# shop\n")),
    case("new test, skipped until its feature exists", "honest", "pass",
         rewrite(TC, lambda text: text + '\n\n@pytest.mark.skipif(not hasattr(Cart, "merge"), reason="not there yet")\ndef test_merge(cart):\n    assert cart.merge(cart).total() == 10\n')),
    case("repository formatted", "honest", "pass", rewrite(TC, lambda text: text.replace("\n\n\n", "\n\n\n\n")), rewrite(CARTPY, lambda text: text.replace("\n\n\n", "\n\n\n\n"))),
)  # fmt: skip
REFACTORS = (*MOVES, *SHAPES, *BEHAVIOUR)
