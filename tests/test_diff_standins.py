"""Mocks that take the place of what existing tests are about: in fixtures, set-ups, `conftest.py`, and tests."""

from __future__ import annotations

import pytest

from integrity.cache import Cache
from integrity.config.config import Config
from integrity.diff.compare import Terms
from integrity.diff.files import compare_files
from integrity.diff.looking import Looker
from integrity.registry.loader import load

REGISTRY = load()
TERMS = Terms(Config(), REGISTRY, Looker(REGISTRY, Cache(None, "")))
PRODUCT = """
import requests


class Cart:
    def total(self):
        return 5


def total(items):
    return sum(items)


def fetch(url):
    return requests.get(url).json()
"""
HEAD = (
    "from unittest.mock import MagicMock, patch\n\nimport pytest\n"
    "from shop import cart\nfrom shop.cart import Cart, total\n\n\n"
)
TESTS = HEAD + (
    "@pytest.fixture\ndef filled():\n    return Cart()\n\n\n"
    "def test_total():\n    assert cart.total([1, 2]) == 3\n\n\n"
    "def test_filled(filled):\n    assert filled.total() == 5\n\n\n"
    "def test_later(filled):\n    result = filled.total()\n    assert result.amount == 5\n"
)
AUTOUSE = "@pytest.fixture(autouse=True)\ndef steady(monkeypatch):\n    "


def found(before: str, after: str, path: str = "tests/test_cart.py", **others: str) -> list[tuple[str, str]]:
    """Code and severity of what a change of one file does; the product and other tests stay as they are."""
    around = {"src/shop/__init__.py": "", "src/shop/cart.py": PRODUCT, **others}
    old, new = ({**around, path: one} if one else around for one in (before, after))
    sides = [{name: text.encode() for name, text in one.items()} for one in (old, new)]
    return [(one.code, one.severity.value) for one in compare_files(sides[0], sides[1], TERMS).findings]


def with_fixture(body: str) -> str:
    """The tests with an automatic fixture that does this."""
    return TESTS.replace("def test_total", f"{AUTOUSE}{body}\n\n\ndef test_total", 1)


@pytest.mark.parametrize(
    "body",
    [
        "monkeypatch.setattr(cart, 'total', lambda items: 3)",
        "monkeypatch.setattr('shop.cart.total', lambda items: 3)",
        "monkeypatch.setattr(Cart, 'total', lambda self: 5)",
        "with patch.object(Cart, 'total', return_value=5):\n        yield",
        "with patch('shop.cart.Cart.total', return_value=5):\n        yield",
        "cart.total = lambda items: 3",
    ],
)
def test_an_automatic_fixture_patches_what_tests_assert_on(body: str) -> None:
    """High, whether in the file of the tests or in a `conftest.py` above tests that did not change."""
    assert found(TESTS, with_fixture(body)) == [("DIF012", "high")]
    conftest = f"{HEAD}{AUTOUSE}{body}\n"
    assert found("", conftest, "tests/conftest.py", **{"tests/unit/test_cart.py": TESTS}) == [("DIF012", "high")]
    assert (
        found(conftest, conftest + "\n# As it was.\n", "tests/conftest.py", **{"tests/unit/test_cart.py": TESTS}) == []
    )


@pytest.mark.parametrize(
    "body",
    [
        "monkeypatch.setattr(cart.requests, 'get', lambda url: None)",
        "monkeypatch.setattr('shop.cart.requests.get', lambda url: None)",
        "monkeypatch.setattr('shop.cart.fetch', lambda url: {})",
        "monkeypatch.setattr('socket.socket', None)",
        "monkeypatch.setattr('time.sleep', lambda seconds: None)",
        "monkeypatch.setenv('SHOP', '1')",
        "original = cart.total\n    monkeypatch.setattr(cart, 'total', lambda items: original(items))",
        "with patch.object(cart, 'total', wraps=cart.total):\n        yield",
    ],
)
def test_what_reaches_outside_may_be_patched(body: str) -> None:
    """The network, the clock, the environment; and a spy runs the real thing."""
    assert found(TESTS, with_fixture(body)) == []


def test_a_patch_that_may_hold_up_the_tests_is_told_of() -> None:
    """Medium where no test asserts on what is patched itself: it may be what the tests are about, and may not."""
    tests = TESTS.replace("cart.total([1, 2])", "total([1, 2])")
    after = with_fixture("monkeypatch.setattr('shop.cart.total', lambda items: 3)").replace(
        "assert cart.total([1, 2])", "assert total([1, 2])"
    )
    assert found(tests, after) == [("DIF012", "medium")]


@pytest.mark.parametrize(
    "body",
    [
        "return MagicMock(total=lambda: 5)",
        "made = MagicMock()\n    made.total.return_value = 5\n    return made",
        "made = MagicMock(spec=Cart)\n    yield made",
        "with patch('shop.cart.Cart') as made:\n        yield made",
        "return FakeCart()",
    ],
)
def test_a_fixture_hands_out_a_mock_instead_of_the_real_thing(body: str) -> None:
    """High where tests assert on what it returns; also for a fixture that hides one of a `conftest.py`."""
    after = TESTS.replace("return Cart()", body)
    assert found(TESTS, after) == [("DIF012", "high")]
    apart = TESTS.replace("@pytest.fixture\ndef filled():\n    return Cart()\n\n\n", "")
    conftest = f"{HEAD}@pytest.fixture\ndef filled():\n    return Cart()\n"
    assert found(apart, after, **{"tests/conftest.py": conftest}) == [("DIF012", "high")]
    other = conftest.replace("return Cart()", body)
    assert found(conftest, other, "tests/conftest.py", **{"tests/test_cart.py": apart}) == [("DIF012", "high")]
    assert found(after, TESTS) == []


def test_a_collaborator_may_become_a_mock() -> None:
    """Where tests only ask how it was called, it is what they are about in no way that a mock would hide."""
    before = HEAD + (
        "@pytest.fixture\ndef client():\n    return Client()\n\n\n"
        "def test_pay(client):\n    paid = Cart(client).pay(5)\n    assert paid\n"
    )
    after = before.replace("return Client()", "return MagicMock()").replace(
        "    assert paid\n",
        "    assert paid\n    client.charge.assert_called_once_with(5)\n    assert client.charge.call_count == 1\n",
    )
    assert found(before, after) == [("DIF012", "medium")]


def test_a_set_up_binds_a_mock_instead_of_the_real_thing() -> None:
    """And so for `self.cart` of a class of unittest, and for a local name of a test."""
    before = (
        "import unittest\nfrom unittest.mock import MagicMock\nfrom shop.cart import Cart\n\n\n"
        "class CartTest(unittest.TestCase):\n    def setUp(self):\n        self.cart = Cart()\n\n"
        "    def test_total(self):\n        self.assertEqual(self.cart.total(), 5)\n\n"
        "    def test_own(self):\n        own = Cart()\n        own.add(1)\n        self.assertEqual(own.total(), 6)\n"
    )
    assert found(before, before.replace("self.cart = Cart()", "self.cart = MagicMock()")) == [("DIF012", "high")]
    local = before.replace("own = Cart()", "own = MagicMock()\n        own.total.return_value = 6")
    assert ("DIF012", "high") in found(before, local)


def test_a_module_or_a_hook_patches_what_tests_assert_on() -> None:
    """At import, or in a hook of pytest."""
    tests = {"tests/test_cart.py": TESTS}
    plain = "from shop.cart import Cart\n\nCart.total = lambda self: 5\n"
    hook = "from shop.cart import Cart\n\n\ndef pytest_configure(config):\n    Cart.total = lambda self: 5\n"
    assert found("", plain, "tests/conftest.py", **tests) == [("DIF012", "high")]
    assert found("", hook, "tests/conftest.py", **tests) == [("DIF012", "high")]
