"""More changes that weaken tests: each a file before and after, and whether it is blocked or told of."""

from __future__ import annotations

from typing import NamedTuple


class Weakening(NamedTuple):
    """A file of the shop before and after, and what is said of that.

    Attributes:
        name: what is done.
        path: of the file.
        before: its text, "" where there is none.
        after: likewise.
        verdict: "block" or "warn".
        others: further files that are new, path to text.
    """

    name: str
    path: str
    before: str
    after: str
    verdict: str
    others: tuple[tuple[str, str], ...] = ()


SHOP = {
    "src/shop/__init__.py": "",
    "src/shop/cart.py": "class Cart:\n    def total(self):\n        return 5\n\n\ndef total(items):\n    return sum(items)\n\n\ndef parse(text):\n    return text.split()\n",
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = \"-m 'not network'\"\nmarkers = ['network']\n",
    "tests/__init__.py": "",
    "tests/test_other.py": "from shop.cart import total\n\n\ndef test_other():\n    assert total([5]) == 5\n",
}
HEAD = "import os\nimport re\nimport unittest\nfrom unittest import mock\nimport pytest\nfrom hypothesis import given, settings, strategies as st\nfrom shop import cart\nfrom shop.cart import Cart, total, parse\n\n\n"


def body(name: str, verdict: str, before: str, after: str) -> Weakening:
    """`test_total` with another body."""
    form = f"{HEAD}def test_total():\n    {{}}\n"
    return Weakening(name, "tests/test_cart.py", form.format(before), form.format(after), verdict)


def tests(name: str, verdict: str, before: str, after: str, *others: tuple[str, str]) -> Weakening:
    """A file of tests behind its imports."""
    return Weakening(name, "tests/test_cart.py", HEAD + before, HEAD + after, verdict, others)


def other(name: str, verdict: str, path: str, before: str, after: str) -> Weakening:
    """Any other file."""
    return Weakening(name, path, before, after, verdict)


WEAKENINGS = (
    body('held against mock.ANY', 'block', 'assert total([1]) == 1', 'assert total([1]) == mock.ANY'),
    body('any message will do', 'block', "with pytest.raises(ValueError, match='bad'):\n        parse(1)", "with pytest.raises(ValueError, match='.*'):\n        parse(1)"),
    body('a letter of the message will do', 'warn', "with pytest.raises(ValueError, match='bad thing at 5'):\n        parse(1)", "with pytest.raises(ValueError, match='b'):\n        parse(1)"),
    body('a pattern for any text', 'block', "assert re.match(r'^abc$', parse(1))", "assert re.match(r'.*', parse(1))"),
    body('assertRegex with a pattern for any text', 'block', 'case = unittest.TestCase()\n    case.assertRegex(parse(1), "^abc$")', 'case = unittest.TestCase()\n    case.assertRegex(parse(1), ".*")'),
    body('equal became at least', 'warn', 'assert total([1]) == 1', 'assert total([1]) >= 1'),
    body('equal became not equal to another', 'warn', 'assert total([1]) == 1', 'assert total([1]) != 2'),
    body('a server error will do, too', 'block', 'assert parse(1).status == 200', 'assert parse(1).status in (200, 500)'),
    body('any status below 500', 'warn', 'assert parse(1).status == 200', 'assert parse(1).status < 500'),
    body('a comparison that is not None', 'warn', 'assert total([1]) == 1', 'assert (total([1]) == 1) is not None'),
    body('a comparison that is a bool', 'warn', 'assert total([1]) == 1', 'assert isinstance(total([1]) == 1, bool)'),
    body('called with became called', 'block', 'm = mock.Mock()\n    Cart(m).pay(5)\n    m.pay.assert_called_once_with(5)', 'm = mock.Mock()\n    Cart(m).pay(5)\n    m.pay.assert_called()'),
    body('called with anything', 'block', 'm = mock.Mock()\n    Cart(m).pay(5)\n    m.pay.assert_called_once_with(5)', 'm = mock.Mock()\n    Cart(m).pay(5)\n    m.pay.assert_called_once_with(mock.ANY)'),
    body('the result is written out', 'block', 'result = total([1, 2])\n    assert result == 3', 'result = 3\n    assert result == 3'),
    body('the result is a literal', 'block', "result = total([1, 2])\n    assert result['a'] == 3", "result = {'a': 3}\n    assert result['a'] == 3"),
    body('the expected value is the result', 'block', 'actual = total([1])\n    expected = 1\n    assert actual == expected', 'actual = total([1])\n    expected = actual\n    assert actual == expected'),
    body('issubset', 'warn', 'assert set(parse(1)) == EXPECTED', 'assert set(parse(1)) <= EXPECTED'),
    body('only the keys', 'block', "assert parse(1) == {'a': 1}", "assert parse(1).keys() == {'a'}"),
    body('only one key', 'block', "assert parse(1) == {'a': 1, 'b': 2}", "assert parse(1)['a'] == 1"),
    body('any exception', 'block', 'with pytest.raises(ValueError):\n        parse(1)', 'with pytest.raises(Exception):\n        parse(1)'),
    body('one more exception', 'warn', 'with pytest.raises(ValueError):\n        parse(1)', 'with pytest.raises((ValueError, TypeError)):\n        parse(1)'),
    body('approximately', 'warn', 'assert total([1]) == 1.5', 'assert total([1]) == pytest.approx(1.5, abs=1)'),
    body('rounded', 'block', 'assert total([1]) == 1.512', 'assert round(total([1]), 1) == 1.5'),
    body('printed instead', 'block', 'assert total([1]) == 1', "if total([1]) != 1:\n        print('bad')"),
    body('a warning instead', 'block', 'assert total([1]) == 1', "import warnings\n    if total([1]) != 1:\n        warnings.warn('bad')"),
    body('expected to fail where it fails', 'block', 'assert total([1]) == 1', "try:\n        assert total([1]) == 1\n    except AssertionError:\n        pytest.xfail('known')"),
    body('skipped where it fails', 'block', 'assert total([1]) == 1', "if total([1]) != 1:\n        pytest.skip('broken')\n    assert total([1]) == 1"),
    body('tried until it passes or not', 'block', 'assert total([1]) == 1', 'for _ in range(5):\n        try:\n            assert total([1]) == 1\n            break\n        except AssertionError:\n            continue'),
    body('in a loop that never runs', 'block', 'assert total([1]) == 1', 'while False:\n        assert total([1]) == 1'),
    body('skipped in CI', 'warn', 'assert total([1]) == 1', "if os.environ.get('CI'):\n        pytest.skip('ci')\n    assert total([1]) == 1"),
    body('skipped unless asked for', 'warn', 'assert total([1]) == 1', "if not os.environ.get('FULL'):\n        pytest.skip('only full')\n    assert total([1]) == 1"),
    body('the expected value became a message', 'block', 'case = unittest.TestCase()\n    case.assertEqual(total([1]), 1)', 'case = unittest.TestCase()\n    case.assertTrue(total([1]), 1)'),
    body('in a lambda that nobody calls', 'block', 'assert total([1]) == 1', 'lambda: total([1]) == 1'),
    body('the function itself is true', 'block', 'assert total([1]) == 1', 'assert total'),
    body('the method itself is true', 'block', 'assert Cart().total() == 1', 'assert Cart().total'),
    body('a size of at least one', 'warn', 'assert len(parse(1)) == 5', 'assert len(parse(1)) >= 1'),
    body('divided before it is compared', 'block', 'assert total([1]) == 10', 'assert total([1]) // 10 == 1'),
    body('near enough', 'warn', 'assert total([1]) == 10', 'assert abs(total([1]) - 10) < 5'),
    tests('swallowing decorator same file', 'block', 'def test_total():\n    assert total([1]) == 1\n', 'def lenient(fn):\n    def inner(*args):\n        try:\n            return fn(*args)\n        except AssertionError:\n            pass\n    return inner\n\n\n@lenient\ndef test_total():\n    assert total([1]) == 1\n'),
    tests('swallowing decorator import', 'block', 'def test_total():\n    assert total([1]) == 1\n', 'from tests.helpers import lenient\n\n\n@lenient\ndef test_total():\n    assert total([1]) == 1\n', ('tests/helpers.py', 'def lenient(fn):\n    def inner(*args):\n        try:\n            return fn(*args)\n        except AssertionError:\n            pass\n    return inner\n\n\n')),
    tests('swallowing ctx', 'block', 'def test_total():\n    assert total([1]) == 1\n', 'from contextlib import contextmanager\n\n\n@contextmanager\ndef lenient():\n    try:\n        yield\n    except AssertionError:\n        pass\n\n\ndef test_total():\n    with lenient():\n        assert total([1]) == 1\n'),
    tests('swallowing __exit__', 'block', 'def test_total():\n    assert total([1]) == 1\n', 'class Lenient:\n    def __enter__(self):\n        return self\n\n    def __exit__(self, *args):\n        return True\n\n\ndef test_total():\n    with Lenient():\n        assert total([1]) == 1\n'),
    tests('assertEqual overridden', 'block', 'class CartTest(unittest.TestCase):\n    def test_total(self):\n        self.assertEqual(total([1]), 1)\n', 'class CartTest(unittest.TestCase):\n    def test_total(self):\n        self.assertEqual(total([1]), 1)\n\n    def assertEqual(self, first, second, msg=None):\n        pass\n'),
    tests('base dropped', 'block', 'class CartTest(unittest.TestCase):\n    def test_total(self):\n        self.assertEqual(total([1]), 1)\n', 'class CartTest:\n    def test_total(self):\n        self.assertEqual(total([1]), 1)\n'),
    tests('setUp skip', 'block', 'class CartTest(unittest.TestCase):\n    def test_total(self):\n        self.assertEqual(total([1]), 1)\n', "class CartTest(unittest.TestCase):\n    def setUp(self):\n        self.skipTest('later')\n\n    def test_total(self):\n        self.assertEqual(total([1]), 1)\n"),
    tests('setUpClass raise', 'block', 'class CartTest(unittest.TestCase):\n    def test_total(self):\n        self.assertEqual(total([1]), 1)\n', "class CartTest(unittest.TestCase):\n    @classmethod\n    def setUpClass(cls):\n        raise unittest.SkipTest('x')\n\n    def test_total(self):\n        self.assertEqual(total([1]), 1)\n"),
    tests('flaky reruns', 'warn', 'def test_total():\n    assert total([1]) == 1\n', '@pytest.mark.flaky(reruns=5)\ndef test_total():\n    assert total([1]) == 1\n'),
    tests('marked network', 'block', 'def test_total():\n    assert total([1]) == 1\n', '@pytest.mark.network\ndef test_total():\n    assert total([1]) == 1\n'),
    tests('marked quarantine', 'warn', 'def test_total():\n    assert total([1]) == 1\n', '@pytest.mark.quarantine\ndef test_total():\n    assert total([1]) == 1\n'),
    tests('max_examples new', 'warn', '@given(st.integers())\ndef test_p(n):\n    assert total([n]) == n\n', '@settings(max_examples=1)\n@given(st.integers())\ndef test_p(n):\n    assert total([n]) == n\n'),
    tests('strategy just', 'block', '@given(st.integers())\ndef test_p(n):\n    assert total([n]) == n\n', '@given(st.just(1))\ndef test_p(n):\n    assert total([n]) == n\n'),
    tests('strategy narrowed', 'warn', '@given(st.integers())\ndef test_p(n):\n    assert total([n]) == n\n', '@given(st.integers(0, 1))\ndef test_p(n):\n    assert total([n]) == n\n'),
    tests('given removed', 'block', '@given(st.integers())\ndef test_p(n):\n    assert total([n]) == n\n', 'def test_p():\n    n = 1\n    assert total([n]) == n\n'),
    tests('parametrize removed', 'block', "@pytest.mark.parametrize('n', [1, 2, 3, 4])\ndef test_p(n):\n    assert total([n]) == n\n", 'def test_p():\n    n = 1\n    assert total([n]) == n\n'),
    tests('parametrize filter', 'block', "@pytest.mark.parametrize('n', ALL)\ndef test_p(n):\n    assert total([n]) == n\n", "@pytest.mark.parametrize('n', [n for n in ALL if n != 3])\ndef test_p(n):\n    assert total([n]) == n\n"),
    tests('named filter', 'block', "ALL = discover()\n\n\n@pytest.mark.parametrize('n', ALL)\ndef test_p(n):\n    assert total([n]) == n\n", "ALL = [n for n in discover() if n != 3]\n\n\n@pytest.mark.parametrize('n', ALL)\ndef test_p(n):\n    assert total([n]) == n\n"),
    tests('set minus', 'block', "@pytest.mark.parametrize('n', ALL)\ndef test_p(n):\n    assert total([n]) == n\n", "@pytest.mark.parametrize('n', ALL - {3})\ndef test_p(n):\n    assert total([n]) == n\n"),
    tests('skip list grew', 'warn', "SKIP = {'a'}\n\n\n@pytest.mark.parametrize('n', ALL)\ndef test_p(n):\n    if n in SKIP:\n        pytest.skip('no')\n    assert total([n]) == n\n", "SKIP = {'a', 'b', 'c'}\n\n\n@pytest.mark.parametrize('n', ALL)\ndef test_p(n):\n    if n in SKIP:\n        pytest.skip('no')\n    assert total([n]) == n\n"),
    tests('skip list known failures', 'warn', "KNOWN_FAILURES = ['a']\n\n\n@pytest.mark.parametrize('n', [1, 2, 3, 4])\ndef test_p(n):\n    assert total([n]) == n\n", "KNOWN_FAILURES = ['a', 'b']\n\n\n@pytest.mark.parametrize('n', [1, 2, 3, 4])\ndef test_p(n):\n    assert total([n]) == n\n"),
    tests('fixture canned', 'block', '@pytest.fixture\ndef result():\n    return total([1, 2])\n\n\ndef test_r(result):\n    assert result == 3\n', '@pytest.fixture\ndef result():\n    return 3\n\n\ndef test_r(result):\n    assert result == 3\n'),
    tests('helper early return', 'warn', 'def check(value, expected):\n    assert value == expected\n\n\ndef test_r():\n    check(total([1]), 1)\n', 'def check(value, expected):\n    if not value:\n        return\n    assert value == expected\n\n\ndef test_r():\n    check(total([1]), 1)\n'),
    other('sys.modules', 'block', 'tests/conftest.py', '', "import os\nimport re\nimport unittest\nfrom unittest import mock\nimport pytest\nfrom hypothesis import given, settings, strategies as st\nfrom shop import cart\nfrom shop.cart import Cart, total, parse\n\n\nimport sys\nfrom unittest.mock import MagicMock\n\nsys.modules['shop.cart'] = MagicMock()\n"),
    tests('always equal in test', 'block', 'def test_total():\n    assert total([1]) == 1\n', 'class Anything:\n    def __eq__(self, other):\n        return True\n\n\ndef test_total():\n    assert total([1]) == Anything()\n'),
    tests('async unawaited', 'warn', '@pytest.mark.asyncio\nasync def test_a():\n    assert await total([1]) == 1\n', '@pytest.mark.asyncio\nasync def test_a():\n    assert total([1])\n'),
    tests('string out', 'block', 'def test_total():\n    assert total([1]) == 1\n\n\ndef test_two():\n    assert total([2]) == 2\n', "def test_total():\n    assert total([1]) == 1\n\n\n'''\ndef test_two():\n    assert total([2]) == 2\n'''\n"),
    tests('class rename', 'block', 'class TestX:\n    def test_a(self):\n        assert total([1]) == 1\n', 'class CheckX:\n    def test_a(self):\n        assert total([1]) == 1\n'),
    tests('class init', 'block', 'class TestX:\n    def test_a(self):\n        assert total([1]) == 1\n', 'class TestX:\n    def __init__(self):\n        self.x = 1\n\n    def test_a(self):\n        assert total([1]) == 1\n'),
    tests('nested', 'block', 'def test_a():\n    assert total([1]) == 1\n', 'def tests():\n    def test_a():\n        assert total([1]) == 1\n'),
    tests('shadow', 'block', 'def test_a():\n    assert total([1]) == 1\n', 'def test_a():\n    assert total([1]) == 1\n\n\ndef test_a():\n    pass\n'),
    tests('fixtured', 'block', 'def test_a():\n    assert total([1]) == 1\n', '@pytest.fixture\ndef test_a():\n    assert total([1]) == 1\n'),
    tests('del test', 'block', 'def test_a():\n    assert total([1]) == 1\n', 'def test_a():\n    assert total([1]) == 1\n\n\ndel test_a\n'),
    tests('test = None', 'block', 'def test_a():\n    assert total([1]) == 1\n', 'def test_a():\n    assert total([1]) == 1\n\n\ntest_a = None\n'),
    tests('if False def', 'warn', 'def test_a():\n    assert total([1]) == 1\n', "if os.environ.get('FULL'):\n    def test_a():\n        assert total([1]) == 1\n"),
    tests('module env skip', 'warn', 'def test_a():\n    assert total([1]) == 1\n', "if not os.environ.get('FULL'):\n    pytest.skip('x', allow_module_level=True)\n\n\ndef test_a():\n    assert total([1]) == 1\n"),
    tests('capsys unused', 'warn', "def test_a(capsys):\n    parse(1)\n    assert capsys.readouterr().out == 'x'\n", 'def test_a(capsys):\n    parse(1)\n    assert capsys.readouterr()\n'),
    other('conftest assert off', 'block', 'tests/conftest.py', '', 'import unittest\n\n\ndef pytest_configure(config):\n    unittest.TestCase.assertEqual = lambda self, a, b, msg=None: None\n'),
    other('conftest xfail all', 'block', 'tests/conftest.py', '', "import pytest\n\n\ndef pytest_collection_modifyitems(items):\n    for item in items:\n        if 'total' in item.name:\n            item.add_marker(pytest.mark.xfail)\n"),
    other('conftest skip some', 'block', 'tests/conftest.py', '', "import pytest\n\n\ndef pytest_runtest_setup(item):\n    if 'total' in item.name:\n        pytest.skip('later')\n"),
    other('conftest outcome', 'block', 'tests/conftest.py', '', "import pytest\n\n\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n    outcome = yield\n    report = outcome.get_result()\n    if report.failed:\n        report.outcome = 'passed'\n"),
    other('conftest excinfo', 'block', 'tests/conftest.py', '', 'import pytest\n\n\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_pyfunc_call(pyfuncitem):\n    outcome = yield\n    if outcome.excinfo:\n        outcome.force_result(True)\n'),
    other('conftest sessionfinish', 'block', 'tests/conftest.py', '', 'def pytest_sessionfinish(session, exitstatus):\n    session.exitstatus = 0\n'),
    other('production testing env', 'warn', 'src/shop/total.py', 'def total(items):\n    return sum(items)\n', "import os\n\n\ndef total(items):\n    if os.environ.get('TESTING'):\n        return 5\n    return sum(items)\n"),
    other('matrix cut', 'warn', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.12']\n    steps:\n      - run: pytest\n"),
    other('matrix os', 'warn', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n"),
    other('matrix exclude', 'warn', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        exclude:\n          - os: windows-latest\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n"),
    other('on dispatch', 'block', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  workflow_dispatch:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n"),
    other('on paths', 'warn', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\n    paths: ['docs/**']\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n"),
    other('on branches', 'warn', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n"),
    other('job if false', 'block', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    if: false\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n"),
    other('job if repo', 'warn', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    if: github.event_name == 'schedule'\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n"),
    other('step if', 'warn', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - if: github.ref == 'refs/heads/never'\n        run: pytest\n"),
    other('env addopts', 'warn', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n        env:\n          PYTEST_ADDOPTS: -k 'not total'\n"),
    other('pytest||echo', 'block', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest || echo failed\n"),
    other('echo', 'warn', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: echo tests passed\n"),
    other('continue-on-error job', 'block', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    continue-on-error: true\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n"),
    other('timeout', 'block', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: timeout 60 pytest || true\n"),
    other('reruns', 'warn', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest --reruns 5\n"),
    other('lf', 'warn', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest --lf\n"),
    other('sw', 'warn', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest --stepwise-skip\n"),
    other('collect-only', 'block', '.github/workflows/ci.yml', "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest\n", "on:\n  push:\n  pull_request:\njobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.10', '3.11', '3.12']\n    steps:\n      - run: pytest --collect-only\n"),
    other('tox dash', 'block', 'tox.ini', '[tox]\nenvlist = py310,py312\n\n[testenv]\ncommands = pytest tests\n', '[tox]\nenvlist = py310,py312\n\n[testenv]\ncommands = - pytest tests\n'),
    other('tox ignore_outcome', 'block', 'tox.ini', '[tox]\nenvlist = py310,py312\n\n[testenv]\ncommands = pytest tests\n', '[tox]\nenvlist = py310,py312\n\n[testenv]\ncommands = pytest tests\nignore_outcome = true\n'),
    other('tox help', 'warn', 'tox.ini', '[tox]\nenvlist = py310,py312\n\n[testenv]\ncommands = pytest tests\n', '[tox]\nenvlist = py310,py312\n\n[testenv]\ncommands = pytest --version\n'),
    other('python_functions', 'block', 'pytest.ini', '[pytest]\npython_functions = test_*\npython_classes = Test*\nfilterwarnings =\n    error\n', '[pytest]\npython_functions = test_fast_*\npython_classes = Test*\nfilterwarnings =\n    error\n'),
    other('python_classes', 'block', 'pytest.ini', '[pytest]\npython_functions = test_*\npython_classes = Test*\nfilterwarnings =\n    error\n', '[pytest]\npython_functions = test_*\npython_classes = TestFast*\nfilterwarnings =\n    error\n'),
    other('filterwarnings', 'warn', 'pytest.ini', '[pytest]\npython_functions = test_*\npython_classes = Test*\nfilterwarnings =\n    error\n', '[pytest]\npython_functions = test_*\npython_classes = Test*\nfilterwarnings =\n    error\n    ignore\n'),
    other('addopts reruns', 'warn', 'pytest.ini', '[pytest]\npython_functions = test_*\npython_classes = Test*\nfilterwarnings =\n    error\n', '[pytest]\npython_functions = test_*\npython_classes = Test*\nfilterwarnings =\n    error\naddopts = --reruns 5\n'),
    other('addopts no doctest', 'warn', 'pytest.ini', '[pytest]\naddopts = --doctest-modules\n', '[pytest]\naddopts = -q\n'),
    other('omit', 'warn', '.coveragerc', '[run]\nomit = a\n', '[run]\nomit =\n    a\n    src/shop/*\n'),
    other('make echo', 'block', 'Makefile', 'test:\n\tpytest\n', 'test:\n\t@echo ok\n'),
    other('make dash', 'block', 'Makefile', 'test:\n\tpytest\n', 'test:\n\t-pytest\n'),
    other('sh set -e', 'warn', 'scripts/ci.sh', '#!/bin/bash\nset -e\npytest\necho done\n', '#!/bin/bash\npytest\necho done\n'),
    other('precommit', 'block', '.pre-commit-config.yaml', 'repos:\n- repo: local\n  hooks:\n  - id: pytest\n    entry: pytest\n    language: system\n', 'repos:\n- repo: local\n  hooks:\n  - id: ruff\n    entry: ruff\n    language: system\n'),
)  # fmt: skip
