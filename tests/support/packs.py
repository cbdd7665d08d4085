"""Rule packs written to disk and installed for one test."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

RULE = '''
"""Something is {name}.

Why it matters: a reason.

Instead: a remedy.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.model import Severity, Span
from integrity.rule import Context, Example, File, Hit, Rule, SuppressionAudit

RULE = Rule(code="{code}", name="{name}", severity=Severity.LOW, message="found", since="0.1")
VALID = ["x = 1\\n"]
INVALID = ["import os  # <- {code}\\n"]


def check(file: File) -> Iterator[Hit]:
    for one in file.facts.imports:
        yield RULE.at(one.span)
'''


def rule_source(code: str, name: str, *changes: tuple[str, str]) -> str:
    """The source of a rule that flags every import, with some pieces of its text replaced."""
    source = RULE.format(code=code, name=name).lstrip()
    for old, new in changes:
        assert old in source, f"{old!r} is not in the source"
        source = source.replace(old, new)
    return source


class Packs:
    """A folder on the module search path that stands for the installed distributions.

    Args:
        folder: an empty folder.
        monkeypatch: puts the search path back after the test.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._names: list[str] = []
        monkeypatch.syspath_prepend(folder)

    def install(self, name: str, modules: Mapping[str, str], *, value: str | None = None) -> None:
        """Write a package with modules (path to source) and the metadata that announces it as a rule pack.

        Args:
            name: of the package; must not be the name of any other one.
            modules: file names relative to the package, such as "abc/rule.py".
            value: of the entry point, when it is not the name of the package.
        """
        self.write(name, modules)
        metadata = self._folder / f"{name}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8")
        points = f"[integrity.rules]\n{name} = {value or name}\n"
        (metadata / "entry_points.txt").write_text(points, encoding="utf-8")

    def write(self, name: str, modules: Mapping[str, str]) -> None:
        """Write a package that nothing announces."""
        self._names.append(name)
        for path, source in {"__init__.py": "", **modules}.items():
            file = self._folder / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(textwrap.dedent(source), encoding="utf-8")
        importlib.invalidate_caches()

    def forget(self) -> None:
        """Drop the packages from the imported modules, so that the next test can use their names."""
        for module in [one for one in sys.modules if one.partition(".")[0] in self._names]:
            del sys.modules[module]
