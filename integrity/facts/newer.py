"""Syntax newer than the running interpreter, told apart from damage."""

from __future__ import annotations

import ast

from integrity.facts.lexical import Lexed
from integrity.facts.model import Parse


def read_newer(lexed: Lexed, error: SyntaxError) -> tuple[Parse, ast.Module] | None:
    """Nothing yet."""
    return None
