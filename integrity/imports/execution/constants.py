"""Values that the simulation knows by name, and the truth of values."""

from __future__ import annotations

from integrity.imports.values import (
    MAYBE,
    UNKNOWN,
    Builtin,
    Class,
    Func,
    Module,
)


class _Nothing:
    """None, as a value that is known."""


NONE = _Nothing()
DATACLASSES, DATACLASS = "dataclasses", "dataclass"


def known(value: object) -> object:
    """A value that was read: bound now, if it was only perhaps."""
    return UNKNOWN if value is MAYBE else value


def truth_of(value: object) -> bool | None:
    """Whether a value is true, None when nobody knows."""
    if isinstance(value, bool):
        return value
    if value is NONE:
        return False
    if isinstance(value, (str, tuple)):
        return bool(value)
    return True if isinstance(value, (Module, Func, Class, Builtin)) else None
