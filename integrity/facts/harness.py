"""What a module does to the harness that runs tests: outcomes forged, tests replaced, removed or skipped as a whole."""

from __future__ import annotations

import ast
import re

from integrity.facts.harness_collecting import collecting
from integrity.facts.harness_outcomes import outcomes
from integrity.facts.harness_running import running
from integrity.facts.lexical import Lexed
from integrity.facts.tampering import Tamper

# Looking for twenty words one after the other takes a twentieth of the time of one expression with twenty branches.
_WORDS = (
    *("def pytest_", "specname", "collect_ignore", "autouse=True", "autouse = True", "atexit.register", "TestReport."),
    *(
        ".runtest =",
        ".obj =",
        "TestCase.run =",
        "AssertionError =",
        "pytest.raises =",
        "pytest.fail =",
        "pytest.warns =",
    ),
    *(
        "setattr(unittest",
        "setattr(TestCase",
        "setattr(pytest",
        "setattr(TestReport",
        "setattr(item",
        "setattr(builtins",
    ),
    *('sys.modules["pytest"]', "sys.modules['pytest']", 'sys.modules["unittest"]', "sys.modules['unittest']"),
)
_REPLACED = (
    re.compile(r"TestCase\.(?:assert|fail)\w* ="),
    re.compile(r"testing\.assert_\w+ ="),
    re.compile(r"Mock\.assert_\w+ ="),
)


def tampering(lexed: Lexed, tree: ast.Module) -> tuple[Tamper, ...]:
    """Every act against the harness in a module, in order of place.

    Args:
        lexed: the text that was parsed.
        tree: what `ast.parse` made of it.
    """
    if not _is_worth_reading(lexed.text):
        return ()
    found = {one for part in (outcomes, running, collecting) for one in part(tree)}
    return tuple(sorted(found, key=lambda one: (one.span, one.act.value)))


def _is_worth_reading(text: str) -> bool:
    return any(word in text for word in _WORDS) or any(one.search(text) for one in _REPLACED)
