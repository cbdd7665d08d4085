"""Assertions that still stand and can no longer fail their test: caught, behind a return, compared with themselves."""

from __future__ import annotations

import pytest

from integrity.cache import Cache
from integrity.config.config import Config
from integrity.diff.compare import Terms
from integrity.diff.files import compare_files
from integrity.diff.looking import Looker
from integrity.model import Severity
from integrity.registry.loader import load

REGISTRY = load()
TERMS = Terms(Config(), REGISTRY, Looker(REGISTRY, Cache(None, "")))
HEAD = "import gc, os, sys, time, warnings\nimport pytest\nfrom p.m import add, run\n\n\n"
TEST = "def test_add():\n    assert add(1, 2) == 3\n"


def blocking(before: str, after: str) -> list[str]:
    """The codes of the findings of the change of a test that stop it."""
    old, new = ({"tests/test_m.py": (HEAD + text).encode()} for text in (before, after))
    found = compare_files(old, new, TERMS).findings
    return [one.code for one in found if one.code.startswith("DIF") and one.severity.at_least(Severity.HIGH)]


def caught(handler: str, rest: str = "") -> str:
    """The test with its assertion in a `try`."""
    tried = "    try:\n        assert add(1, 2) == 3\n    except AssertionError as error:\n"
    return f"def test_add():\n{tried}        {handler}\n{rest}"


def looped(head: str, handler: str, rest: str = "") -> str:
    """The test with its assertion in a `try` in a loop."""
    tried = "        try:\n            assert add(1, 2) == 3\n            break\n        except AssertionError:\n"
    return f"def test_add():\n    n = 0\n    {head}\n{tried}            {handler}\n{rest}"


FORGOTTEN = {
    "sleep": caught("time.sleep(0.5)"),
    "collect": caught("gc.collect()"),
    "warn": caught("warnings.warn('flaky')"),
    "flag": caught("ok = False"),
    "flag, later overwritten": caught("ok = False", "    ok = True\n"),
    "call": caught("add(1, 2)"),
    "list nobody reads": caught("errors = [error]"),
    "append nobody reads": caught("ERRORS.append(error)"),
    "sleep and return": caught("time.sleep(1)\n        return"),
    "once": looped("for _ in range(1):", "pass"),
    "for": looped("for _ in range(3):", "time.sleep(0.5)"),
    "for, another assertion": looped("for _ in range(3):", "continue", "    assert add(0, 0) == 0\n"),
    "while": looped("while n < 3:", "n += 1"),
    "while true": looped("while True:", "break"),
}


@pytest.mark.parametrize("after", FORGOTTEN.values(), ids=list(FORGOTTEN))
def test_a_failure_that_is_caught_and_forgotten_blocks(after: str) -> None:
    """Whatever the handler does with what nobody reads."""
    assert blocking(TEST, after) == ["DIF011"]


TOLD = {
    "raise": caught("time.sleep(1)\n        raise"),
    "fail": caught("pytest.fail(str(error))"),
    "flag read": "def test_add():\n    ok = True\n" + caught("ok = False", "    assert ok\n").partition("\n")[2],
    "list read": caught("errors.append(error)", "    assert not errors\n"),
    "own": caught("self.errors.append(error)"),
    "helper": caught("tell(error)"),
    "else": looped("for _ in range(3):", "time.sleep(0.5)", "    else:\n        pytest.fail('never')\n"),
    "last raises": looped("for n in range(3):", "if n == 2:\n                raise"),
    "raise behind": looped("while time.time() < 9:", "time.sleep(1)", "    raise TimeoutError\n"),
    "until it holds": looped("while True:", "time.sleep(1)"),
    "asserted behind": looped("for _ in range(3):", "time.sleep(1)", "    assert add(1, 2) == 3\n"),
    "done": looped("for _ in range(3):", "done = False", "    assert done\n"),
}


@pytest.mark.parametrize("after", TOLD.values(), ids=list(TOLD))
def test_a_failure_that_is_told_later_passes(after: str) -> None:
    """A retry that ends in a failure is honest."""
    assert "DIF011" not in blocking(TEST, after)


ENVIRONMENT = [
    "os.environ.get('RUN')",
    "'RUN' in os.environ",
    "os.getenv('RUN', '0') == '1'",
    "sys.platform == 'win32'",
    "sys.version_info < (3, 8)",
]


@pytest.mark.parametrize("condition", ENVIRONMENT)
def test_assertions_that_newly_depend_on_the_environment_block(condition: str) -> None:
    """An early return without a word, or a condition around them; a skip is told of elsewhere."""
    left = f"def test_add():\n    if not ({condition}):\n        return\n    assert add(1, 2) == 3\n"
    wrapped = f"def test_add():\n    if {condition}:\n        assert add(1, 2) == 3\n"
    skipped = left.replace("return", "pytest.skip('needs RUN')")
    assert blocking(TEST, left) == ["DIF011"]
    assert blocking(TEST, wrapped) == ["DIF011"]
    assert blocking(TEST, skipped) == []
    assert blocking(left, left.replace("== 3\n", "== 3\n    assert add(0, 0) == 0\n")) == []


def test_one_assertion_for_one_platform_is_honest() -> None:
    """Where others of the test hold everywhere, or where the other branch asserts as well."""
    more = TEST + "    assert mode() == 6\n"
    some = TEST + "    if sys.platform != 'win32':\n        assert mode() == 6\n"
    both = TEST + "    if sys.platform != 'win32':\n        assert mode() == 6\n    else:\n        assert mode() == 7\n"
    assert blocking(more, some) == []
    assert blocking(more, both) == []


def test_a_return_where_the_assertion_would_fail_blocks() -> None:
    """`if r != 3: return` takes the failure away."""
    before = "def test_add():\n    r = add(1, 2)\n    assert r == 3\n"
    assert blocking(before, before.replace("    assert", "    if r != 3:\n        return\n    assert")) == ["DIF011"]
    assert blocking(before, before.replace("    assert", "    if not add:\n        return\n    assert")) == []


ROWS = "@pytest.mark.parametrize('a', [1, {}])\ndef test_add(a):\n    assert add(a, 1) == a + 1\n"


@pytest.mark.parametrize("mark", ["skip", "skip(reason='x')", "xfail(reason='later')", "xfail"])
def test_a_case_that_is_switched_off_is_a_case_less(mark: str) -> None:
    """A new case that is expected to fail is none, nor one that a platform leaves out."""
    for marks in (f"pytest.mark.{mark}", f"[pytest.mark.slow, pytest.mark.{mark}]"):
        off = f"pytest.param(2, marks={marks})"
        assert blocking(ROWS.format("2"), ROWS.format(off)) == ["DIF010"]
        assert blocking(ROWS.format("pytest.param(2, id='two')"), ROWS.format(off)) == ["DIF010"]
        assert blocking(ROWS.format("2"), ROWS.format(f"2, {off.replace('2', '3')}")) == []
    windows = "pytest.param(2, marks=pytest.mark.skipif(sys.platform == 'win32', reason='x'))"
    assert blocking(ROWS.format("2"), ROWS.format(windows)) == []


RUN = "def test_run():\n    result = run(['--help'])\n    assert result.output.splitlines() == ['x']\n"


def test_a_result_held_against_itself_made_anew_asserts_nothing() -> None:
    """Also through attributes and methods."""
    same = RUN.replace("    assert", "    expected = run(['--help']).output\n    assert").replace(
        "['x']", "expected.splitlines()"
    )
    assert blocking(RUN, same) == ["DIF006"]
    assert "DIF006" not in blocking(RUN, same.replace("expected = run(['--help'])", "expected = run(['-h'])"))
