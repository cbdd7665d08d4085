"""What a module does to the harness that runs tests: outcomes forged, tests replaced, removed or skipped as a whole."""

from __future__ import annotations

import ast
import re

from integrity.facts.harness_collecting import collecting
from integrity.facts.harness_outcomes import outcomes
from integrity.facts.harness_running import running
from integrity.facts.lexical import Lexed
from integrity.facts.tampering import Tamper

_WORTH_READING = re.compile(
    r"""\bpytest_(?:runtest|pyfunc|sessionfinish|unconfigure|collection|ignore|terminal|itemcollected|configure|keyboard)
      | specname | \bcollect_ignore | \bautouse | \batexit\b | TestReport
      | \.runtest\b | \.obj[ ]*= | node\.obj\b
      | TestCase\.(?:assert|fail|run)\w*[ ]*= | testing\.assert_\w+[ ]*= | \.AssertionError[ ]*=
      | pytest\.(?:raises|fail|warns)[ ]*= | sys\.modules\[["'](?:pytest|unittest)["']\][ ]*=
      | \bsetattr\([\w.]*(?:TestCase|TestReport|pytest|builtins|testing|Function|item)\b""",
    re.VERBOSE,
)


def tampering(lexed: Lexed, tree: ast.Module) -> tuple[Tamper, ...]:
    """Every act against the harness in a module, in order of place.

    Args:
        lexed: the text that was parsed.
        tree: what `ast.parse` made of it.
    """
    if not _WORTH_READING.search(lexed.text):
        return ()
    found = {one for part in (outcomes, running, collecting) for one in part(tree)}
    return tuple(sorted(found, key=lambda one: (one.span, one.act.value)))
