"""One demand of a module that cannot be met."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from integrity.facts.symbols import Use
from integrity.imports.calls import Refusal
from integrity.imports.things import Missing


class Reach(enum.IntEnum):
    """When a defect strikes, and what becomes of it; the worst first."""

    IMPORT = 0  # the module cannot be imported
    CALL = 1  # when a function is called, or under a condition
    CAUGHT = 2  # an `except Exception` swallows it
    EXPECTED = 3  # an `except` clause for exactly this error is there


@dataclass(frozen=True)
class Defect:
    """One demand that cannot be met.

    Attributes:
        path: the file.
        use: the demand.
        reach: when it strikes.
        missing: what does not exist, for all but calls.
        refusal: why the call fails.
        about: what the defect is about, the same for all files that share it.
        similar: the most similar name that there is, "" when none is.
    """

    path: str
    use: Use
    reach: Reach
    missing: Missing | None = None
    refusal: Refusal | None = None
    about: str = ""
    similar: str = ""

    @property
    def name(self) -> str:
        """What does not exist: for a module its full name, else the bare name."""
        if self.missing is None:
            return ""
        return self.missing.at if self.missing.kind == "module" else self.missing.name

    @property
    def owner(self) -> str:
        """The dotted name of what should have it."""
        return self.missing.owner if self.missing else ""

    @property
    def at(self) -> str:
        """The dotted name up to what does not exist."""
        return self.missing.at if self.missing else ""
