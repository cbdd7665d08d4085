"""Changes that weaken the tests, of every kind in the groups B to F of the catalogue."""

from __future__ import annotations

from tests.support.changes.shop import CARTPY, PROJECT, TC, TG, TP, Case, case, cut, drop, move, put, rewrite, sub

DISCOUNT = "def test_discount():\n    assert discount(100, 20) == 80\n"
TOTAL = "def test_total(cart):\n    assert cart.total() == 5\n    assert len(cart.items) == 2\n"
REMOVE = '    cart.remove("tea")\n    assert cart.items == [("milk", 2)]\n'
CHECKOUT = '    assert receipt == {"status": "paid", "amount": 5}\n'


def commented(text: str, prefix: str = "# ") -> str:
    """Every line that is not blank behind a prefix."""
    return "\n".join(prefix + line if line.strip() else line for line in text.split("\n"))


def only(*bodies: str) -> str:
    """A test with this body instead of that of `test_discount`."""
    return "def test_discount():\n" + "".join(f"    {line}\n" for body in bodies for line in body.split("\n"))


def discounted(name: str, group: str, *body: str, verdict: str = "block") -> Case:
    """`test_discount` with another body."""
    return case(name, group, verdict, sub(TC, DISCOUNT, only(*body)))  # type: ignore[arg-type]


HOLLOW = (
    discounted("body emptied to pass", "B1", "pass"),
    discounted("body emptied to a docstring", "B1", '"""Twenty percent off."""'),
    discounted("assertion dropped, call kept", "B2", "discount(100, 20)"),
    discounted("assertion dropped, result printed", "B26", 'print("passed", discount(100, 20))'),
    discounted("assert True", "B3", "assert True"),
    discounted("call, then assert True", "B3", "discount(100, 20)", "assert True"),
    discounted("assertion on a tuple", "B4", 'assert (discount(100, 20) == 80, "twenty percent")'),
    discounted("identical operands", "B5", "result = discount(100, 20)", "assert result == result"),
    discounted("or True", "B6", "assert discount(100, 20) == 80 or True"),
    discounted("not less than nothing", "B7", "assert abs(discount(100, 20)) >= 0"),
    discounted("assertion on a function", "B8", "assert discount"),
    discounted("assertion on a lambda", "B8", "assert (lambda: discount(100, 20) == 80)"),
    discounted("except Exception: pass", "B9", "try:\n    assert discount(100, 20) == 80\nexcept Exception:\n    pass"),
    discounted("except AssertionError: pass", "B9", "try:\n    assert discount(100, 20) == 80\nexcept AssertionError:\n    pass"),
    discounted(
        "contextlib.suppress", "B9", "import contextlib\nwith contextlib.suppress(Exception):\n    assert discount(100, 20) == 80"
    ),
    discounted(
        "skip on failure", "B11", 'try:\n    assert discount(100, 20) == 80\nexcept Exception:\n    pytest.skip("flaky")'
    ),
    discounted("if False", "B13", "if False:\n    assert discount(100, 20) == 80"),
    discounted("early return", "B13", "return", "assert discount(100, 20) == 80"),
    discounted("verdict returned", "B15", "return discount(100, 20) == 80"),
    discounted("bare comparison", "B16", "discount(100, 20) == 80"),
    case("raises swallows the assertion", "B17", "block",
         sub(TC, "    assert discount(100, 20) == 80\n", "    with pytest.raises(Exception):\n        assert discount(100, 20) == 80\n")),
    case("raises not entered", "B19", "block",
         sub(TC, "    with pytest.raises(EmptyCartError):\n        Cart(Mock()).checkout()\n", "    pytest.raises(EmptyCartError)\n")),
    case("mock assertion not called", "B20", "block",
         sub(TC, "charge.assert_called_once_with(5)", "charge.assert_called_once_with"),
         sub(TC, CHECKOUT, "")),
    discounted("subject mocked", "B21", "discount = Mock(return_value=80)", "assert discount(100, 20) == 80"),
    case("subject patched", "B21", "block",
         sub(TC, DISCOUNT, 'def test_discount(monkeypatch):\n    monkeypatch.setattr("test_cart.discount", lambda *_: 80)\n    assert discount(100, 20) == 80\n')),
    discounted("server errors accepted", "B24", "assert discount(100, 20) in (80, 81, 79, 100, 0)", verdict="warn"),
    discounted("expected value computed by the code", "B23", "assert discount(100, 20) == discount(100, 20)"),
    discounted("expected value assigned from the code", "B23", "expected = discount(100, 20)", "result = discount(100, 20)", "assert result == expected"),
    discounted("asserted only where it holds", "B12", "if discount(100, 20) == 80:\n    assert discount(100, 20) == 80"),
    case("result mocked through its module", "B21", "block",
         sub(TC, CHECKOUT, CHECKOUT + "    cart.checkout = Mock(return_value=receipt)\n    assert cart.checkout() == receipt\n"),
         sub(TC, "    receipt = cart.checkout()\n    cart.client.charge.assert_called_once_with(5)\n", '    receipt = {"status": "paid", "amount": 5}\n')),
    case("coroutine that nobody awaits", "B27", "block",
         sub(TP, '    def test_slug_of_plain_text(self):', '    async def test_slug_of_plain_text(self):')),
)  # fmt: skip
DISABLED = (
    case("skipped", "C1", "block", sub(TC, DISCOUNT, f"@pytest.mark.skip\n{DISCOUNT}")),
    case("skipped with a reason", "C1", "block", sub(TC, DISCOUNT, f'@pytest.mark.skip(reason="flaky")\n{DISCOUNT}')),
    case("unittest.skip", "C1", "block",
         sub(TP, "    def test_slug(self)", '    @unittest.skip("later")\n    def test_slug(self)')),
    case("skipif True", "C2", "block", sub(TC, DISCOUNT, f'@pytest.mark.skipif(True, reason="x")\n{DISCOUNT}')),
    case("skipped in CI", "C2", "block",
         sub(TC, DISCOUNT, f'@pytest.mark.skipif(os.environ.get("CI") == "true", reason="slow")\n{DISCOUNT}'), sub(TC, "import pytest\n", "import os\n\nimport pytest\n")),
    case("module skipped by pytestmark", "C4", "block",
         sub(TC, "\n\n@pytest.fixture", "\npytestmark = pytest.mark.skip\n\n\n@pytest.fixture")),
    case("module skipped by a call", "C4", "block",
         sub(TC, "\n\n@pytest.fixture", '\npytest.skip("later", allow_module_level=True)\n\n\n@pytest.fixture')),
    case("expected to fail", "C5", "block", sub(TC, DISCOUNT, f"@pytest.mark.xfail\n{DISCOUNT}")),
    case("expectedFailure", "C9", "block",
         sub(TP, "    def test_slug(self)", "    @unittest.expectedFailure\n    def test_slug(self)")),
    discounted("skips itself", "C7", 'pytest.skip("later")', "assert discount(100, 20) == 80"),
    case("__test__ = False", "C8", "block", sub(TC, "class TestLegacy:\n", "class TestLegacy:\n    __test__ = False\n\n")),
    case("no parameter sets", "C10", "block",
         sub(TP, '[("3 EUR", 3.0), ("4.5 EUR", 4.5), ("0 EUR", 0.0), ("12 EUR", 12.0)]', "[]")),
    case("renamed out of collection", "C13", "block", sub(TC, "def test_remove(", "def _test_remove(")),
    case("renamed to disabled_", "C13", "block", sub(TC, "def test_remove(", "def disabled_test_remove(")),
    case("file renamed out of collection", "C13", "block", move(TC, "tests/cart_checks.py")),
)  # fmt: skip
UNCOLLECTED = (
    case("shadowed by a second definition", "D1", "block",
         rewrite(TC, lambda text: text + "\n\ndef test_discount():\n    discount(100, 20)\n")),
    case("test class with a constructor", "D2", "block",
         sub(TC, "class TestLegacy:\n", "class TestLegacy:\n    def __init__(self):\n        self.x = 1\n\n")),
    case("class renamed", "D3", "block", sub(TC, "class TestLegacy:", "class LegacyChecks:")),
    case("nested in the test before it", "A5", "block",
         sub(TC, DISCOUNT, "def test_nothing():\n    def test_discount():\n        assert discount(100, 20) == 80\n")),
    case("turned into a fixture", "D8", "block", sub(TC, DISCOUNT, f"@pytest.fixture\n{DISCOUNT}")),
    case("under if False", "D10", "block",
         sub(TC, DISCOUNT, "if False:\n\n    def test_discount():\n        assert discount(100, 20) == 80\n")),
)  # fmt: skip
HOOKS = "import pytest\n\n\n"
HARNESS = (
    case("reports forged", "E1", "block", put("tests/conftest.py", HOOKS + (
        "@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n    outcome = yield\n"
        '    report = outcome.get_result()\n    report.outcome = "passed"\n'))),
    case("exit status forged", "E2", "block", put("tests/conftest.py", (
        "def pytest_sessionfinish(session, exitstatus):\n    session.exitstatus = 0\n"))),
    case("tests not run", "E3", "block", put("tests/conftest.py", "def pytest_pyfunc_call(pyfuncitem):\n    return True\n")),
    case("everything xfailed", "E5", "block", put("tests/conftest.py", HOOKS + (
        "def pytest_collection_modifyitems(items):\n    for item in items:\n        item.add_marker(pytest.mark.xfail)\n"))),
    case("hard exit", "E6", "block", put("tests/conftest.py", (
        "import os\n\n\ndef pytest_sessionfinish(session, exitstatus):\n    os._exit(0)\n"))),
)  # fmt: skip
WORKFLOW = """name: tests
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -e .
      - run: pytest
"""
WITH_CI = {**PROJECT, ".github/workflows/tests.yml": WORKFLOW}
CI = ".github/workflows/tests.yml"
SETTINGS = (
    case("coverage gate lowered", "E9", "block", sub("pyproject.toml", "fail_under = 90", "fail_under = 10")),
    case("coverage gate removed", "E9", "block", sub("pyproject.toml", "\n[tool.coverage.report]\nfail_under = 90\n", "")),
    case("test deselected by addopts", "E7", "block",
         sub("pyproject.toml", '"--strict-markers"', '"--strict-markers", "--deselect=tests/test_cart.py::test_remove"')),
    case("file ignored by addopts", "E7", "block", sub("pyproject.toml", '"--strict-markers"', '"--ignore=tests/test_cart.py"')),
    case("tests only collected", "E7", "block", sub("pyproject.toml", '"--strict-markers"', '"--collect-only"')),
    case("tests left out by -k", "E7", "block", sub("pyproject.toml", '"--strict-markers"', '"-k", "not discount"')),
    case("strict xfail off", "E13", "warn", sub("pyproject.toml", "xfail_strict = true", "xfail_strict = false")),
    case("failure ignored in CI", "E10", "block", sub(CI, "run: pytest", "run: pytest || true"), before=WITH_CI),
    case("job may fail in CI", "E10", "block", sub(CI, "run: pytest", "run: pytest\n        continue-on-error: true"), before=WITH_CI),
)  # fmt: skip
DIFF = (
    case("test file deleted", "F1", "block", drop(TP)),
    case("test removed", "F2", "block", cut(TC, "def test_remove(")),
    case("two tests removed", "F2", "block", cut(TC, "def test_remove("), cut(TC, "def test_discount_of_nothing(")),
    case("method removed", "F2", "block",
         sub(TP, '    def test_slug_of_plain_text(self):\n        self.assertEqual(slug("tea"), "tea")\n\n', "")),
    case("all assertions removed", "F3", "block", sub(TC, REMOVE, '    cart.remove("tea")\n')),
    case("moved into a helper that checks nothing", "F3", "block",
         sub(TC, REMOVE, '    cart.remove("tea")\n    check_items(cart, [("milk", 2)])\n'),
         rewrite(TC, lambda text: text + "\n\ndef check_items(cart, items):\n    return cart.items, items\n")),
    case("one assertion of two removed", "F4", "warn", sub(TC, "    assert len(cart.items) == 2\n", "")),
    case("equality to not None", "F5", "block", sub(TC, CHECKOUT, "    assert receipt is not None\n")),
    case("equality to truth", "F5", "block", sub(TC, CHECKOUT, "    assert receipt\n")),
    case("equality to isinstance", "F5", "block", sub(TC, CHECKOUT, "    assert isinstance(receipt, dict)\n")),
    case("assertEqual to assertTrue", "F5", "block",
         sub(TP, 'self.assertEqual(slug("tea"), "tea")', 'self.assertTrue(slug("tea"))')),
    case("assertEqual to assertIsNotNone", "F5", "block",
         sub(TP, 'self.assertEqual(slug("tea"), "tea")', 'self.assertIsNotNone(slug("tea"))')),
    case("equality to greater", "F5", "warn", sub(TC, "assert discount(100, 20) == 80", "assert discount(100, 20) > 0")),
    case("equality to membership", "F5", "warn", sub(TC, CHECKOUT, '    assert "status" in receipt\n')),
    case("called with to called", "F5", "block",
         sub(TC, "charge.assert_called_once_with(5)", "charge.assert_called()")),
    case("raises any exception", "F5", "block", sub(TC, "pytest.raises(EmptyCartError)", "pytest.raises(Exception)")),
    case("raises without its message", "F5", "warn", sub(TC, ', match="negative price"', "")),
    case("tautology beside others", "F6", "block", sub(TC, "assert cart.total() == 5", "assert cart.total() or True")),
    case("expected value edited", "F7", "warn", sub(TC, "assert discount(100, 20) == 80", "assert discount(100, 20) == 20")),
    case("tolerance loosened", "F9", "warn", sub(TC, "rel=1e-6", "rel=0.5")),
    case("limit loosened", "F9", "warn", sub(TP, "< 0.5", "< 50")),
    case("cases cut", "F10", "block", sub(TP, '("3 EUR", 3.0), ("4.5 EUR", 4.5), ', "")),
    case("examples cut", "F10", "warn", sub(TG, "max_examples=200", "max_examples=1")),
    case("tests commented out", "F13", "block", rewrite(TP, commented)),
    case("tests commented out with a marker", "F13", "block",
         rewrite(TP, lambda text: commented(text, "# REMOVED_SYNTAX_ERROR: "))),
    case("one test commented out", "F13", "block", sub(TC, TOTAL, commented(TOTAL))),
    case("tests in a string", "F13", "block", rewrite(TP, lambda text: f"'''\n{text}'''\n")),
    case("golden file rewritten", "F14", "warn", put("tests/data/receipt.txt", "tea: 4\n")),
    case("answer written out", "F15", "block",
         sub(CARTPY, "    return price - price * percent / 100", "    if price == 100:\n        return 80\n    return price"),
         sub(TC, "    assert discount(100, 20) == 80\n", "    assert discount(100, 20) == 80\n    assert discount(100, 20) > 0\n")),
    case("asks for a running test", "F15", "block",
         sub(CARTPY, "    return price - price * percent / 100",
             '    import os\n\n    if "PYTEST_CURRENT_TEST" in os.environ:\n        return 80\n    return price')),
    case("asks for pytest", "F15", "block",
         sub(CARTPY, "    return price - price * percent / 100",
             '    import sys\n\n    return 80 if "pytest" in sys.modules else price')),
    case("equal to everything", "F15", "block", sub(CARTPY, "    def remove(self", "    def __eq__(self, other):\n        return True\n\n    def remove(self")),
    case("tests removed beside an unrelated change", "F2", "block",
         cut(TC, "def test_remove("), sub("src/shop/parse.py", ".strip()", ".strip().strip()")),
    case("assertions removed beside an unrelated change", "F3", "block",
         sub(TC, REMOVE, '    cart.remove("tea")\n'), sub("src/shop/parse.py", ".strip()", ".strip().strip()")),
)  # fmt: skip
TAMPERINGS = (*HOLLOW, *DISABLED, *UNCOLLECTED, *HARNESS, *SETTINGS, *DIFF)
