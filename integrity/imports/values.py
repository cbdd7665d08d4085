"""What the simulation knows of values: modules, functions, classes, instances, a few constants; all else is unknown."""

from __future__ import annotations

import builtins
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from integrity.facts.program import Code, Function, Program


class Unknown(enum.Enum):
    """Values of which nothing is known."""

    BOUND = "some value"
    MAYBE = "some value, or none: the name may be unbound"


UNKNOWN = Unknown.BOUND
MAYBE = Unknown.MAYBE

Key = tuple[str, str]
"""Name and path of a module."""

Choice = tuple[str, int, int, int]
"""A branch that nobody can decide on: its file, the identity of its step, the number of the arm, and of the pass."""

Namespace = dict[str, object]


@dataclass(eq=False)
class Module:
    """A module in the simulated `sys.modules`.

    Attributes:
        name: its dotted name.
        path: its file, "" for a namespace package.
        package: its `__package__`.
        folders: where its submodules lie, empty when it is no package.
        search: the folders that stand on the simulated `sys.path`.
        program: what its file holds, None when nobody knows.
        namespace: its names.
        initializing: whether it is being imported.
        open: whether it may hold names that cannot be seen.
        line: the line that runs.
        code: what it runs, as far as the program holds it.
        full: likewise with the bodies of all functions, once it was asked for.
        assumed: whether it was taken for loaded without being run.
        clean: whether its import had nothing to do with modules that were being imported around it.
        failed: whether its import has met a failure.
        soiled: modules loaded by its import whose own import was not clean.
        needs: what its import has asked for.
        taints: what its import has tainted, each with the branch on which that depends.
        forks: branches met by its import of which each way may fail.
    """

    name: str
    path: str
    package: str
    folders: tuple[str, ...]
    search: tuple[str, ...]
    program: Program | None
    namespace: Namespace = field(default_factory=dict)
    initializing: bool = False
    open: bool = False
    line: int = 0
    code: Code | None = None
    full: Code | None = None
    assumed: bool = False
    clean: bool = True
    failed: bool = False
    soiled: list[Module] = field(default_factory=list)
    needs: list[Key] = field(default_factory=list)
    taints: tuple[tuple[str, Choice | None], ...] = ()
    asked: set[str] = field(default_factory=set)
    forks: tuple[Choice, ...] = ()


@dataclass(eq=False)
class Func:
    """A function of a module, with the frames around its definition, and the defaults of its parameters if known."""

    function: Function
    module: Module
    enclosing: tuple[Frame, ...]
    defaults: Mapping[str, object] = field(default_factory=dict)


@dataclass(eq=False)
class Class:
    """A class, with its bases; `open` when one of them is unknown, `data` when it is a dataclass."""

    name: str
    module: Module
    namespace: Namespace
    bases: tuple[Class, ...]
    open: bool
    data: bool = False

    def find(self, name: str, depth: int = 20) -> object | None:
        """The attribute of a name, None when there is none or nobody knows."""
        if name in self.namespace:
            return self.namespace[name]
        if depth:
            for base in self.bases:
                found = base.find(name, depth - 1)
                if found is not None:
                    return found
        return None


@dataclass(eq=False)
class Instance:
    """An instance of a class."""

    kind: Class


@dataclass(eq=False)
class Bound:
    """A function that gets a first argument."""

    function: Func
    first: object


@dataclass(eq=False)
class Builtin:
    """A builtin of a name, or something of the standard library that is known."""

    name: str


@dataclass(eq=False)
class Frame:
    """The execution of a module, a class body or a function.

    Attributes:
        module: whose globals it sees.
        names: its own names; the module's for a module.
        kind: "module", "class" or "function".
        local: the names that belong to it, for a function.
        enclosing: the frames of the functions around it, innermost first.
        code: where the functions it defines stand.
        result: what it returns.
        doubtful: whether it may have returned already.
        origin: the branch on which that depends, where there is a single one.
        handled: the failure that a bare `raise` would raise again.
        shared: the names that a function declares `global`.
    """

    module: Module
    names: Namespace
    kind: str
    code: Code
    local: frozenset[str] = frozenset()
    enclosing: tuple[Frame, ...] = ()
    result: object = None
    doubtful: bool = False
    origin: Choice | None = None
    handled: Failure | None = None
    shared: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Place:
    """A line of a file that ran."""

    module: str
    path: str
    line: int


@dataclass(frozen=True)
class Failure:
    """An exception that importing raises.

    Attributes:
        kind: the name of its (builtin) type.
        text: CPython's message, "" when unknown.
        place: where it was raised.
        trace: the lines that were running, outermost first, the place last.
        name: the name that could not be had, "" when there is none.
        culprit: the module that was only partly there and so lacked it, "" when no such thing is to blame.
        site: the index of the failing import in its module, -1 when no import failed.
    """

    kind: str
    text: str
    place: Place
    trace: tuple[Place, ...] = ()
    name: str = ""
    culprit: str = ""
    site: int = -1

    def caught_by(self, names: tuple[str, ...] | None) -> bool | None:
        """Whether a handler of these exceptions catches it, None when nobody knows."""
        if names is None:
            return True
        own = getattr(builtins, self.kind, None)
        doubt = False
        for name in names:
            other = getattr(builtins, name, None)
            if not (isinstance(own, type) and isinstance(other, type)):
                doubt = True
            elif issubclass(own, other):
                return True
        return None if doubt else False


class RaisedError(Exception):
    """A simulated exception on its way."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text)
        self.failure = failure


class UnknowableError(Exception):
    """The simulation cannot go on: what happens next depends on what it does not know."""
