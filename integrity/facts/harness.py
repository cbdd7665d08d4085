"""What a module does to the harness that runs tests: outcomes forged, tests replaced, removed or skipped as a whole."""

from __future__ import annotations

import ast
import re

from integrity.facts.harness_collecting import collecting
from integrity.facts.harness_outcomes import outcomes
from integrity.facts.harness_running import running
from integrity.facts.lexical import Lexed
from integrity.facts.tampering import Tamper

# Looking for words one after the other takes a twentieth of the time of one expression with as many branches. What
# several begin with is looked for first.
_WORDS = (
    *("def pytest_", "specname", "collect_ignore", "autouse=True", "autouse = True", "atexit.register", "TestReport."),
    *(".runtest =", ".obj =", "TestCase.run =", "AssertionError ="),
)
_WORDS_BEHIND = {
    "pytest.": ("pytest.raises =", "pytest.fail =", "pytest.warns ="),
    "setattr(": tuple(f"setattr({one}" for one in ("unittest", "TestCase", "pytest", "TestReport", "item", "builtins")),
    "sys.modules[": tuple(f"sys.modules[{quote}{one}{quote}]" for one in ("pytest", "unittest") for quote in "\"'"),
}
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
    words = [*_WORDS, *(word for first, words in _WORDS_BEHIND.items() if first in text for word in words)]
    return any(word in text for word in words) or any(one.search(text) for one in _REPLACED)
