"""The import-time program of a module, read from its syntax tree."""

from integrity.facts.importtime.module import code, program, recovered
from integrity.facts.importtime.reader import ALWAYS_BOUND

__all__ = ["ALWAYS_BOUND", "code", "program", "recovered"]
