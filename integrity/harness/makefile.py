"""Makefiles: recipes line by line, as `make` hands them to the shell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from integrity.harness.scripts import Collected, shell_lines
from integrity.harness.shell import Options, ShellCommand
from integrity.model import Span

_RULE = re.compile(r"(?P<targets>[^\s:=#][^:=#]*?)\s*::?(?!=)(?P<rest>[^=]*)$")
_VARIABLE = re.compile(r"(?P<name>[\w.-]+)\s*(?:\?|:{1,3}|\+)?=\s*(?P<value>[^#]*)")
_REFERENCE = re.compile(r"\$[({](?P<name>[\w.-]+)[)}]")
_FUNCTION = re.compile(r"\$[({][^)}]*[)}]")
_PREFIX = re.compile(r"[@+\-\s]*")
_PASSES = 4


class _Recipe(NamedTuple):
    """A line of a recipe: its target, its number, its text without prefixes, and whether its failure is ignored."""

    target: str
    line: int
    text: str
    ignored: bool


def makefile(text: str, found: Collected) -> None:
    """Read a Makefile."""
    lines = list(shell_lines(text))
    variables = {match["name"]: match["value"].strip() for _, line in lines if (match := _variable(line))}
    flags = variables.get(".SHELLFLAGS", "")
    options = Options(errexit=bool(re.search(r"-\w*e", flags)), pipefail="pipefail" in flags)
    ignored = _ignored(lines)
    for recipe in _recipes(lines):
        place = Span(recipe.line, 1, recipe.line)
        lost = "the leading `-` of its recipe line" if recipe.ignored else ""
        if not lost and (recipe.target in ignored or "" in ignored):
            lost = ".IGNORE"

        def at(_one: ShellCommand, place: Span = place) -> Span:
            return place

        script = _expanded(recipe.text, variables)
        found.add_script(script, options, at, where=recipe.target, lost=lost, names=(recipe.target,))


def _variable(line: str) -> re.Match[str] | None:
    return None if line.startswith("\t") else _VARIABLE.match(line.removeprefix("export ").strip())


def _recipes(lines: list[tuple[int, str]]) -> Iterator[_Recipe]:
    target = ""
    for number, line in lines:
        if line.startswith("\t") and target:
            text = line.strip()
            prefix = _PREFIX.match(text)
            signs = prefix[0] if prefix else ""
            yield _Recipe(target, number, text[len(signs) :], "-" in signs)
        elif line.strip() and not line.lstrip().startswith("#"):
            rule = _RULE.match(line)
            target = rule["targets"].split()[0] if rule else target if line.startswith(("\t", " ")) else ""


def _ignored(lines: list[tuple[int, str]]) -> frozenset[str]:
    """The targets whose failures `.IGNORE` ignores; "" stands for all."""
    rules = (match for _, line in lines if (match := _RULE.match(line)) and match["targets"] == ".IGNORE")
    return frozenset(name for rule in rules for name in (rule["rest"].split() or [""]))


def _expanded(text: str, variables: dict[str, str]) -> str:
    """The text as the shell gets it, as far as the values of variables are known."""
    for _ in range(_PASSES):
        text = _REFERENCE.sub(
            lambda match: variables.get(match["name"], "make" if match["name"] == "MAKE" else ""), text
        )
    return _FUNCTION.sub("X", text).replace("$$", "$")
