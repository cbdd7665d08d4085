"""What runs tests in a `noxfile.py` or a `tasks.py`: the commands of sessions and tasks, read and never run.

As nox (https://nox.thea.codes/en/stable/config.html) and Invoke (https://docs.pyinvoke.org) read them: a session hands
the words of a command to `session.run`, with the exit statuses that are no failure in `success_codes`; a task hands a
line for the shell to `c.run`, and `warn=True` goes on after a failure.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from integrity.harness.model import HarnessSettings
from integrity.harness.scripts import Collected, Place
from integrity.harness.shell import Options
from integrity.model import Span

_NAMES = frozenset({"noxfile.py", "tasks.py"})
_RUNS = frozenset({"run", "run_always", "run_install", "sudo"})
_UNKNOWN = "${X}"  # what is computed


def holds_sessions(path: str) -> bool:
    """Whether a file is one of those that `sessions` reads, by its path."""
    return path.rpartition("/")[2] in _NAMES


def sessions(content: bytes) -> HarnessSettings:
    """The commands of every session and task; none of a text that does not parse."""
    found = Collected()
    try:
        tree = ast.parse(content)
        for function in tree.body:
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                _add(function, found)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return HarnessSettings()
    return found.done()


def _add(function: ast.FunctionDef | ast.AsyncFunctionDef, found: Collected) -> None:
    for call in _calls(function):
        words = tuple(_words(call))
        span = Span(call.lineno, call.col_offset + 1, call.lineno)
        if len(words) == 1 and " " in words[0]:
            found.add_script(words[0], Options(), _at(span), where=function.name, lost=_lost(call))
        elif words:
            found.add_words(words, span, where=function.name, lost=_lost(call))


def _at(span: Span) -> Place:
    return lambda _one: span


def _calls(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Call]:
    """The calls that run a command, in no order."""
    for one in ast.walk(function):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr in _RUNS and one.args:
            yield one


def _words(call: ast.Call) -> Iterator[str]:
    """The words of a command; positional arguments that somebody gives nox are none."""
    for one in call.args:
        if isinstance(one, ast.Starred):
            if isinstance(one.value, (ast.List, ast.Tuple)):
                yield from map(_word, one.value.elts)
            elif not isinstance(one.value, ast.Attribute):
                yield _UNKNOWN
        else:
            yield _word(one)


def _word(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else _UNKNOWN


def _lost(call: ast.Call) -> str:
    """How the failure of a command is lost, "" when it is not."""
    for one in call.keywords:
        if one.arg == "success_codes" and isinstance(one.value, (ast.List, ast.Tuple, ast.Set)):
            codes = [each.value for each in one.value.elts if isinstance(each, ast.Constant)]
            if 1 in codes:
                return f"success_codes={codes}"
        if one.arg == "warn" and isinstance(one.value, ast.Constant) and one.value.value is True:
            return "warn=True"
    return ""
