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
_HOOK = "def pytest_"
_WORDS = {
    "specname": ("specname",),
    "collect_ignore": ("collect_ignore",),
    "collect_ignore_glob": ("collect_ignore",),
    "autouse": ("autouse=True", "autouse = True"),
    "atexit": ("atexit.register",),
    "TestReport": ("TestReport.",),
    "runtest": (".runtest =",),
    "obj": (".obj =",),
    "TestCase": ("TestCase.run =",),
    "AssertionError": ("AssertionError =",),
    "pytest": ("pytest.raises =", "pytest.fail =", "pytest.warns ="),
    "setattr": tuple(f"setattr({one}" for one in ("unittest", "TestCase", "pytest", "TestReport", "item", "builtins")),
    "modules": tuple(f"sys.modules[{quote}{one}{quote}]" for one in ("pytest", "unittest") for quote in "\"'"),
}
_REPLACED = {
    "TestCase": re.compile(r"TestCase\.(?:assert|fail)\w* ="),
    "testing": re.compile(r"testing\.assert_\w+ ="),
    **dict.fromkeys(
        ("Mock", "MagicMock", "NonCallableMock", "NonCallableMagicMock"), re.compile(r"Mock\.assert_\w+ =")
    ),
}


def tampering(lexed: Lexed, tree: ast.Module) -> tuple[Tamper, ...]:
    """Every act against the harness in a module, in order of place.

    Args:
        lexed: the text that was parsed.
        tree: what `ast.parse` made of it.
    """
    if not _is_worth_reading(lexed):
        return ()
    found = {one for part in (outcomes, running, collecting) for one in part(tree)}
    return tuple(sorted(found, key=lambda one: (one.span, one.act.value)))


def _is_worth_reading(lexed: Lexed) -> bool:
    text, words = lexed.text, lexed.words
    if _HOOK in text or any(one in text for word, forms in _WORDS.items() if word in words for one in forms):
        return True
    return any(one.search(text) for word, one in _REPLACED.items() if word in words)
