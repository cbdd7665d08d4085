"""An interpreter that imports a module first, in a fresh process."""

from __future__ import annotations

from typing import ClassVar

from integrity.imports.execution.expressions import Expressions
from integrity.imports.execution.imports import Imports
from integrity.imports.execution.machine import Steps, Values
from integrity.imports.execution.statements import Statements
from integrity.imports.values import (
    Module,
    UnknowableError,
)


class Interpreter(Statements, Expressions, Imports):
    """Imports modules of a repository into a fresh, simulated interpreter.

    Args:
        sources: the repository.
    """

    def enter(self, name: str, search: tuple[str, ...]) -> None:
        """Import a module as the first one.

        Raises:
            RaisedError: the import fails.
            UnknowableError: nobody can tell.
        """
        host = Module("", "", "", (), search, None)
        try:
            self.loader.load(name, host)
        except RecursionError:
            raise UnknowableError("nests too deep") from None

    steps: ClassVar[Steps] = {**Statements.steps, **Imports.steps}
    values: ClassVar[Values] = {**Expressions.values, **Imports.values}
