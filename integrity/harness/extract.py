"""One file of configuration to its facts."""

from __future__ import annotations

import re
from collections.abc import Callable

from integrity.harness import settings, workflows
from integrity.harness.kinds import Kind
from integrity.harness.located import HarnessFileError
from integrity.harness.makefile import makefile
from integrity.harness.model import HarnessFacts, HarnessSettings
from integrity.harness.remarks import remarks
from integrity.harness.scripts import Collected
from integrity.harness.shell import Options, ShellCommand
from integrity.model import Span
from integrity.source import decode

_OTHER_LANGUAGE = re.compile(r"python|node|ruby|perl|php")
_INI = frozenset({Kind.PYTEST_INI, Kind.TOX_INI, Kind.SETUP_CFG, Kind.COVERAGERC})


def facts_of(content: bytes, kind: Kind) -> HarnessFacts:
    """The facts of a file; whatever is wrong with it becomes its problem.

    Args:
        content: of the file.
        kind: what reads it.
    """
    text = decode(content).text
    found = Collected()
    problem = ""
    try:
        _READERS[kind](text, found)
    except HarnessFileError as error:
        problem = str(error)
    except RecursionError:
        problem = "nested too deeply"
    said = HarnessSettings() if problem else found.done()
    return HarnessFacts(said, remarks(text, inline=kind not in _INI), problem)


def _shell(text: str, found: Collected) -> None:
    first = text.split("\n", 1)[0]
    if first.startswith("#!") and _OTHER_LANGUAGE.search(first):
        return
    errexit = first.startswith("#!") and " -" in first and "e" in first.rpartition(" -")[2]

    def place(one: ShellCommand) -> Span:
        return Span(one.line, one.column, one.line)

    found.add_script(text, Options(errexit=errexit, known=errexit), place)


_READERS: dict[Kind, Callable[[str, Collected], None]] = {
    Kind.PYPROJECT: settings.pyproject,
    Kind.PYTEST_TOML: settings.pytest_toml,
    Kind.PYTEST_INI: settings.pytest_ini,
    Kind.TOX_INI: settings.tox_ini,
    Kind.SETUP_CFG: settings.setup_cfg,
    Kind.COVERAGERC: settings.coveragerc,
    Kind.GITHUB: workflows.github,
    Kind.ACTION: workflows.action,
    Kind.GITLAB: workflows.gitlab,
    Kind.AZURE: workflows.azure,
    Kind.CIRCLE: workflows.circle,
    Kind.PRE_COMMIT: workflows.pre_commit,
    Kind.MAKEFILE: makefile,
    Kind.SHELL: _shell,
}
