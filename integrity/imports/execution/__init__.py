"""Runs import-time programs: an interpreter for the few values that decide whether an import fails.

What is unknown never fails. Of a branch that nobody can decide on, every arm is gone through in doubt: names become
"maybe bound", and modules that it would load are tainted.
"""

from integrity.imports.execution.interpreter import Interpreter

__all__ = ["Interpreter"]
