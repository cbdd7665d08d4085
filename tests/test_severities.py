"""How much a finding weighs depends on what speaks for the author, and on how sure it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.program import scan
from tests.support.repository import create

_HEAD = "import unittest\n\nimport pytest\n\nfrom app import total\n\n\n"
_ALIVE = "\n\ndef test_alive():\n    assert total() == 3\n"
_SKIP = 'def test_total():\n    pytest.skip("{}")\n    assert total() == 1\n'
_CASE = (
    'class CartTest(unittest.TestCase):\n    def setUp(self):\n        raise unittest.SkipTest("closed on Sunday")\n\n'
)
_HELPER = (
    "def test_positive(number):\n    return number > 0\n\n\ndef check():\n    return map(test_positive, [total()])\n"
)
_SCRIPT = "def test_positive():\n    return total() > 0\n\n\nif __name__ == '__main__':\n    {}\n"
_COMMENT = "def total():\n    return 3\n\n\n" + "".join(
    f"## {line}\n" for line in ("def old():", "    x = 1", "    y = 2", "    z = x + y", "    return z", "old()")
)

WEIGHTS = {
    "a skip without a reason": (_SKIP.format(""), ("TST107", "high")),
    "a skip for a placeholder": (_SKIP.format("This test is flaky"), ("TST107", "high")),
    "a skip in words": (_SKIP.format("does not make sense for surface plots"), ("TST107", "medium")),
    "a skip for an issue": (_SKIP.format("see #123"), ("TST107", "low")),
    "a class skipped in words": (
        f"{_CASE}    def test_a(self):\n        self.assertEqual(total(), 3)\n",
        ("TST107", "high"),
    ),
    "a returned verdict": ("def test_positive():\n    return total() > 0\n", ("TST010", "high")),
    "a helper by the name of a test": (_HELPER, ("TST010", "medium")),
    "a verdict that the script looks at": (
        _SCRIPT.format("raise SystemExit(not test_positive())"),
        ("TST010", "medium"),
    ),
    "a verdict that the script drops": (_SCRIPT.format("test_positive()"), ("TST010", "high")),
    "an empty test": ('def test_total():\n    """Adds up."""\n', ("TST001", "high")),
    "a doctest in the form of a test": (
        'def test_total():\n    """Adds up.\n\n    >>> total()\n    3\n    """\n',
        ("TST001", "medium"),
    ),
}


@pytest.mark.parametrize(("body", "weight"), WEIGHTS.values(), ids=WEIGHTS.keys())
def test_a_finding_weighs_what_is_known(tmp_path: Path, body: str, weight: tuple[str, str]) -> None:
    """The only finding of its rule."""
    repository = create(tmp_path)
    repository.write("tests/test_total.py", f"{_HEAD}{body}{_ALIVE}")
    found = scan(repository.path, "--select", weight[0]).json["findings"]
    assert [(one["code"], one["severity"]) for one in found] == [weight]


def test_two_number_signs_are_no_tool(tmp_path: Path) -> None:
    """Editors and people write them in front of code; a commented-out test behind them is damage all the same."""
    repository = create(tmp_path)
    repository.write("app.py", _COMMENT)
    assert scan(repository.path, "--select", "COR").codes == []
    repository.write("tests/test_total.py", f"{_HEAD}## def test_total():\n##     assert total() == 1\n{_ALIVE}")
    assert [code for _, _, code in scan(repository.path, "--select", "COR").codes] == ["COR002"]
