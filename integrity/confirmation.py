"""Confirms findings about imports by importing for real. This runs the code under analysis: only when asked to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec

from integrity.imports.resolver import Resolver
from integrity.model import Finding, Verdict

CODES = frozenset({"CYC001", "CYC002", "IMP001", "IMP002", "IMP003"})
_SECONDS = 60
_PROGRAM = """
import importlib, json, sys
name, roots = json.loads(sys.argv[1])
sys.path[1:1] = roots
try:
    importlib.import_module(name)
except BaseException as error:
    print("\\n" + json.dumps([type(error).__name__, str(error)]))
else:
    print("\\n" + json.dumps(["", ""]))
"""


def confirm(verdict: Verdict, root: Path, resolver: Resolver, python: str) -> Verdict:
    """The verdict with every finding about imports marked: confirmed, or what happened instead.

    Args:
        verdict: of a scan of the work tree.
        root: the folder that paths are relative to.
        resolver: names the modules.
        python: the interpreter to import with.
    """
    outcomes: dict[str, tuple[str, str]] = {}
    findings = []
    for finding in verdict.findings:
        path = _accused(finding)
        if path and path not in outcomes:
            outcomes[path] = _imported(python, root, resolver.name(path), resolver.roots.search(path))
        findings.append(_marked(finding, outcomes[path], root) if path else finding)
    return msgspec.structs.replace(verdict, findings=tuple(findings))


def interpreter(root: Path, active: str) -> str:
    """The Python of the target's environment: that of the active one, one in the root, else the one that runs this.

    Args:
        root: of the repository.
        active: the folder of the active environment, "" for none.
    """
    folders = [*([Path(active)] if active else []), root / ".venv", root / "venv"]
    found = (place for folder in folders for place in (folder / "bin/python", folder / "Scripts/python.exe"))
    return next((str(place) for place in found if place.exists()), sys.executable)


def _accused(finding: Finding) -> str:
    """The file whose import the finding says will fail, "" when it says no such thing."""
    if finding.code not in CODES:
        return ""
    return finding.related[0].path if finding.code.startswith("CYC") and finding.related else finding.path


def _imported(python: str, root: Path, name: str, search: tuple[str, ...]) -> tuple[str, str]:
    """The type and the text of what importing a module raises, "" for nothing."""
    if not name:
        return "nothing", "no name leads to it"
    roots = [str(root / folder) for folder in search]
    command = [python, "-c", _PROGRAM, json.dumps([name, roots])]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=_SECONDS, check=False)
        kind, text = json.loads(done.stdout.rstrip().rpartition("\n")[2])
    except subprocess.TimeoutExpired:
        return "nothing", f"still importing after {_SECONDS} s"
    except (OSError, ValueError):
        return "nothing", "the interpreter died"
    return str(kind), str(text)


def _marked(finding: Finding, outcome: tuple[str, str], root: Path) -> Finding:
    kind, text = outcome
    text = text.replace(f"{root}{os.sep}", "")
    if kind == "nothing":
        mark = f"not confirmed: {text}"
    elif not kind:
        mark = "not confirmed: the import went well"
    elif text in finding.message or finding.code.startswith("IMP"):
        mark = f"confirmed by importing it: {kind}"
    else:
        mark = f"not confirmed: the import failed otherwise: {kind}: {text}"
    return msgspec.structs.replace(finding, message=f"{finding.message} [{mark[:300]}]")
