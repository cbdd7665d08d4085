"""Tests that are switched off or never run: what the rules say, beside what pytest does with the same file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from integrity.config.config import Config
from integrity.config.detect import detect
from integrity.facts.extract import extract
from integrity.facts.switches import Bound, Condition, Form, Reason, Where
from integrity.registry.loader import load
from integrity.rule import Context, Example
from integrity.testing import run_example

REGISTRY = load()
TESTS = Context(test=True, collected=True, minimum_python="3.10")
CODES = frozenset(one.rule.code for one in REGISTRY.rules if one.rule.code.startswith(("TST1", "TST2")))

OFF = {
    "TST101": "@pytest.mark.skip\ndef test_it():\n    ran()\n",
    "TST101 class": "@unittest.skip('x')\nclass TestIt(unittest.TestCase):\n    def test_it(self):\n        ran()\n",
    "TST101 exception": "@unittest.SkipTest\ndef test_it():\n    ran()\n",
    "TST101 exception on a method": (
        "class TestIt(unittest.TestCase):\n    @unittest.SkipTest\n    def test_it(self):\n        ran()\n"
    ),
    "TST101 alias": "off = pytest.mark.skip('x')\n\n@off\ndef test_it():\n    ran()\n",
    "TST101 pytestmark": (
        "class TestIt:\n    pytestmark = pytest.mark.skip('x')\n    def test_it(self):\n        ran()\n"
    ),
    "TST102": "@pytest.mark.skipif(True, reason='x')\ndef test_it():\n    ran()\n",
    "TST102 text": "@pytest.mark.skipif('1', reason='x')\ndef test_it():\n    ran()\n",
    "TST102 not": "@unittest.skipIf(not False, 'x')\ndef test_it():\n    ran()\n",
    "TST102 switch": "ON = False\n\n@unittest.skipUnless(ON, 'x')\ndef test_it():\n    ran()\n",
    "TST104": "pytestmark = pytest.mark.skip('x')\n\ndef test_it():\n    ran()\n",
    "TST104 call": "pytest.skip('x', allow_module_level=True)\n\ndef test_it():\n    ran()\n",
    "TST104 raise": "raise unittest.SkipTest('x')\n\ndef test_it():\n    ran()\n",
    "TST106": "@pytest.mark.xfail(run=False, reason='x')\ndef test_it():\n    ran()\n",
    "TST106 call": "def test_it():\n    pytest.xfail('x')\n    ran()\n",
    "TST107": "def test_it():\n    pytest.skip('x')\n    ran()\n",
    "TST107 set-up": (
        "class TestIt(unittest.TestCase):\n    def setUp(self):\n        self.skipTest('x')\n"
        "    def test_it(self):\n        ran()\n"
    ),
    "TST108": "class TestIt:\n    __test__ = False\n    def test_it(self):\n        ran()\n",
    "TST108 module": "__test__ = False\n\ndef test_it():\n    ran()\n",
    "TST108 function": "def test_it():\n    ran()\n\ntest_it.__test__ = False\n",
    "TST108 method": "class TestIt:\n    def test_it(self):\n        ran()\n    test_it.__test__ = False\n",
    "TST108 method from outside": (
        "class TestIt:\n    def test_it(self):\n        ran()\n\nTestIt.test_it.__test__ = False\n"
    ),
    "TST108 class from outside": "class TestIt:\n    def test_it(self):\n        ran()\n\nTestIt.__test__ = False\n",
    "TST110": "@pytest.mark.parametrize('a', [])\ndef test_it(a):\n    ran()\n",
    "TST110 range": "@pytest.mark.parametrize('a', range(0))\ndef test_it(a):\n    ran()\n",
    "TST111": "def test_it():\n    1 + len([])\n    pytest.skip('x')\n    ran()\n",
    "TST113": "def _test_it():\n    assert ran() is None\n",
    "TST114": "@pytest.mark.skipif(sys.version_info >= (3, 8), reason='x')\ndef test_it():\n    ran()\n",
    "TST201": "def test_it():\n    assert 0\n\ndef test_it():\n    ran()\n",
    "TST202": "class TestIt:\n    def __init__(self):\n        pass\n    def test_it(self):\n        ran()\n",
    "TST208": "@pytest.mark.filterwarnings('default')\ndef it():\n    assert ran() is None\n",
    "TST209": "if False:\n    def test_it():\n        ran()\n",
    "TST209 else": "if True:\n    pass\nelse:\n    def test_it():\n        ran()\n",
    "TST210": "@pytest.fixture\ndef test_it():\n    assert ran() is None\n",
    "TST212": "class TestIt(unittest.TestCase):\n    def test_it(self):\n        yield ran()\n",
}
ON = {
    "conditional skip": "@pytest.mark.skipif(sys.version_info < (3, 8), reason='x')\ndef test_it():\n    ran()\n",
    "condition that fails": "@pytest.mark.skipif(False, reason='x')\ndef test_it():\n    ran()\n",
    "switch that is on": "ON = True\n\n@unittest.skipUnless(ON, 'x')\ndef test_it():\n    ran()\n",
    "switch bound twice": (
        "ON = False\nif sys:\n    ON = True\n\n@unittest.skipUnless(ON, 'x')\ndef test_it():\n    ran()\n"
    ),
    "expected failure": "@pytest.mark.xfail(reason='GH-12')\ndef test_it():\n    ran()\n",
    "unittest's skip on a plain class": "@unittest.skip('x')\nclass TestIt:\n    def test_it(self):\n        ran()\n",
    "branch": "if sys:\n    def test_it():\n        ran()\nelse:\n    def test_it():\n        ran()\n",
    "switched on": "class TestIt:\n    __test__ = True\n    def test_it(self):\n        ran()\n",
    "constructor of a case": (
        "class TestIt(unittest.TestCase):\n    def __init__(self, name):\n        super().__init__(name)\n"
        "    def test_it(self):\n        ran()\n"
    ),
    "one of its cases": "@pytest.mark.parametrize('a', [1])\ndef test_it(a):\n    ran()\n",
}
HEAD = (
    "import pathlib\nimport sys\nimport unittest\n\nimport pytest\n\n\n"
    "def ran():\n    pathlib.Path('ran').touch()\n\n\n"
)


def codes(source: str, context: Context = TESTS) -> set[str]:
    """The codes of the rules about tests that do not run, as found in a source."""
    return {code for _, code in run_example(REGISTRY, Example(source, context), CODES)}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The names of the sources whose test pytest runs, all in one run."""
    folder = tmp_path_factory.mktemp("sources")
    names = [*OFF, *ON]
    for number, name in enumerate(names):
        text = (HEAD + {**OFF, **ON}[name]).replace("'ran'", f"'ran{number}'")
        (folder / f"test_{number}.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-c", "/dev/null"]
    options = ["--rootdir=.", "--continue-on-collection-errors", "."]
    subprocess.run([*command, *options], cwd=folder, capture_output=True, check=False)
    return frozenset(name for number, name in enumerate(names) if (folder / f"ran{number}").exists())


@pytest.mark.parametrize("name", OFF)
def test_what_is_said_to_be_off_does_not_run(name: str, ran: frozenset[str]) -> None:
    """Pytest is asked, and leaves no trace of the test."""
    assert name.split(maxsplit=1)[0] in codes(HEAD + OFF[name])
    assert (name in ran) is (name == "TST201")


@pytest.mark.parametrize("name", ON)
def test_what_runs_is_not_said_to_be_off(name: str, ran: frozenset[str]) -> None:
    """But for what is said of reasons, of expected failures and of versions gone by."""
    assert codes(HEAD + ON[name]) <= {"TST105", "TST114"}
    assert name in ran


REASONS = {
    "": "TST101",
    "TODO": "TST101 TST103",
    "todo: fix me later": "TST101 TST103",
    "Temporarily disabled": "TST101 TST103",
    "does not round": "TST101",
    "https://bugs.example.org/12": "TST101",
    "broken, see #12": "TST101",
    "JIRA-12": "TST101",
    "broken since 2024-01-31": "TST101",
}


@pytest.mark.parametrize(("reason", "expected"), REASONS.items(), ids=lambda text: text or "none")
def test_reasons_are_judged(reason: str, expected: str) -> None:
    """Words that would fit any test are none; a name that can be followed up is one."""
    mark = f"@pytest.mark.skip(reason={reason!r})" if reason else "@pytest.mark.skip"
    assert codes(f"import pytest\n\n\n{mark}\ndef test_it():\n    assert total() == 3\n") == set(expected.split())


@pytest.mark.parametrize("place", ["beside", "above"])
def test_a_comment_is_a_reason(place: str) -> None:
    """Beside the mark, or on the line above it."""
    mark = "@unittest.expectedFailure"
    lines = [f"{mark}  # GH-12"] if place == "beside" else ["# GH-12", mark]
    body = "".join(f"    {line}\n" for line in (*lines, "def test_it(self):", "    self.assertEqual(total(), 3)"))
    source = f"import unittest\n\n\nclass CartTest(unittest.TestCase):\n{body}"
    assert codes(source) == set()
    assert codes(source.replace("# GH-12", "#")) == {"TST109"}


def test_the_facts_of_a_mark() -> None:
    """Everything that a rule may ask for."""
    mark = "pytest.mark.xfail(sys.version_info < (3, 8), reason='GH-12', strict=True, raises=ValueError, run=False)"
    (switch,) = extract(f"import pytest\n\n@{mark}\ndef test_it():\n    assert total() == 3\n").switches
    assert (switch.form, switch.where, switch.condition) == (Form.XFAIL, Where.MARK, Condition.DEPENDS)
    assert (switch.strict, switch.raises, switch.runs) == (True, True, False)
    assert (switch.reason, switch.why, switch.bound) == (Reason.TEXT, "GH-12", Bound("<", 3, 8))


SETTINGS = {
    "[pytest]\nxfail_strict = true\n": True,
    "[pytest]\nxfail_strict = 1\n": True,
    "[pytest]\nstrict_xfail = true\n": True,
    "[pytest]\nstrict = true\n": True,
    "[pytest]\nxfail_strict = false\n": False,
    "[pytest]\n": False,
}


@pytest.mark.parametrize(("text", "strict"), SETTINGS.items())
def test_whether_expected_failures_are_strict_is_detected(text: str, strict: bool, tmp_path: Path) -> None:
    """Under the old name and the new ones."""
    (tmp_path / "pytest.ini").write_text(text, encoding="utf-8")
    assert detect(tmp_path, Config()).strict_xfail is strict


def test_a_copy_hides_nothing_but_itself() -> None:
    """The same test twice is a slip, another one under its name a loss."""
    twice = "def test_it():\n    assert total() == 3\n"
    result = [one for one in extract(f"{twice}\n\n{twice}").strays if one.kind == "shadowed"]
    assert [one.certain for one in result] == [False]


@pytest.mark.parametrize(
    "between",
    ["first = test_it\n", "register(test_it)\n", "@after(test_it)\ndef test_other():\n    assert total() == 3\n"],
)
def test_what_is_used_before_it_is_bound_again_is_not_hidden(between: str) -> None:
    """Somebody holds on to it."""
    one, other = "def test_it():\n    assert total() == 1\n", "def test_it():\n    assert total() == 2\n"
    assert "TST201" not in codes(f"{one}\n\n{between}\n\n{other}")
