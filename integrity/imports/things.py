"""What a dotted name can lead to."""

from __future__ import annotations

from dataclasses import dataclass

from integrity.facts.symbols import Class, Function
from integrity.imports.resolver import Located


@dataclass(frozen=True)
class Unclear:
    """Something that may exist, but that nobody can look into."""


@dataclass(frozen=True)
class Module:
    """A module, package or namespace package."""

    located: Located


@dataclass(frozen=True)
class FunctionOf:
    """A function of a module."""

    path: str
    name: str
    function: Function


@dataclass(frozen=True)
class ClassOf:
    """A class of a module, by its qualified name."""

    path: str
    name: str
    shape: Class


@dataclass(frozen=True)
class Missing:
    """What does not exist.

    Attributes:
        kind: "module", "name" (of a module), "attribute" (of a class), "typing" or "deleted".
        owner: the dotted name of the closest thing that exists, "" for nothing.
        name: what it does not have.
        path: the file of the owner, "" when it has none.
        line: where the name is bound for type checkers, or deleted.
        at: the dotted name up to and including what is missing, as it was asked for.
    """

    kind: str
    owner: str
    name: str
    path: str = ""
    line: int = 0
    at: str = ""


Thing = Unclear | Module | FunctionOf | ClassOf | Missing
UNCLEAR = Unclear()
