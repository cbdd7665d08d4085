"""The verdicts of the simulation for a handful of sources."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from integrity.facts.importtime import code, program
from integrity.facts.lexical import Lexed
from integrity.imports.entry import Outcome, enter
from integrity.imports.loading import Sources
from integrity.imports.resolver import Resolver


def sources_of(files: Mapping[str, str]) -> Sources:
    """What the simulation needs to know of some files, given as path to text."""
    lexed = {path: Lexed(text) for path, text in files.items()}
    programs = {path: program(one, ast.parse(one.text)) for path, one in lexed.items()}
    return Sources(Resolver(files), programs, lambda path: code(lexed[path], ast.parse(lexed[path].text)))


def outcome(files: Mapping[str, str], name: str) -> Outcome:
    """What importing a module first comes to."""
    return enter(sources_of(files), name, ("",))
