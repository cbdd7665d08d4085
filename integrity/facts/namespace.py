"""What the names of a module and of its classes are bound to once the module has been imported.

A name has several values where branches bind it differently, among them "absent" where one does not bind it. Names of
modules are as the source writes them, relative ones with their leading dots, because facts know no paths.
"""

from __future__ import annotations

import enum

import msgspec


class Kind(str, enum.Enum):
    """What a value is."""

    FUNCTION = "function"
    CLASS = "class"
    IMPORT = "import"
    FREE = "free"  # a name that nothing in the file binds: a built-in, or from a star import
    MARK = "mark"  # a mark of pytest
    PLAIN = "plain"  # something that is neither a class nor callable
    UNKNOWN = "unknown"
    ABSENT = "absent"


class Value(msgspec.Struct, frozen=True, array_like=True):
    """One thing that a name may be bound to.

    Attributes:
        kind: what it is.
        index: of a function or class, in the namespace; of a free name, how many star imports stood before it.
        module: the imported module, "" for any other kind.
        rest: the dotted path inside that module, or the free name with its attributes, or the name of a mark,
            or "True" for a plain value that is `True` itself.
        truth: whether a plain value counts as true, None when nobody knows.
    """

    kind: Kind
    index: int = -1
    module: str = ""
    rest: str = ""
    truth: bool | None = None


Values = tuple[Value, ...]


class Function(msgspec.Struct, frozen=True, array_like=True):
    """A function.

    Attributes:
        name: its name, "" for a lambda.
        line: of its `def`.
        decorators: what each decorator is, before it is called.
        cases: how many its own literal `parametrize` makes of it, 0 when that is computed, or it is a fixture's affair.
        asks: its other arguments without a default, which pytest takes for fixtures.
        autouse: whether a decorator asks for its use everywhere.
        drops: for pytest's collection hooks, whether it can take tests out.
        coroutine: whether it is an `async def`.
        asserts: for names that are near those of tests, whether it holds an assertion.
    """

    name: str
    line: int
    decorators: tuple[Values, ...] = ()
    cases: int = 1
    asks: tuple[str, ...] = ()
    autouse: bool = False
    drops: bool = False
    coroutine: bool = False
    asserts: bool = False


class Class(msgspec.Struct, frozen=True, array_like=True):
    """A class.

    Attributes:
        name: its name.
        line: of its `class`.
        bases: what each base is.
        decorators: what each decorator is, before it is called.
        metaclass: what the metaclass is, () when none is named.
        names: what its body, and what follows in the module, binds in it.
        dynamic: whether more names may be bound than can be read.
    """

    name: str
    line: int
    bases: tuple[Values, ...] = ()
    decorators: tuple[Values, ...] = ()
    metaclass: Values = ()
    names: dict[str, Values] = {}
    dynamic: bool = False


class Texts(msgspec.Struct, frozen=True, array_like=True):
    """A list of strings that a module builds.

    Attributes:
        certain: those that are always in it.
        possible: those that may be.
        complete: whether these are all.
    """

    certain: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    complete: bool = True


class Ending(str, enum.Enum):
    """Whether a module runs to its end."""

    REACHED = "reached"
    DOUBTFUL = "doubtful"  # it may skip itself, or fail
    NEVER = "never"


class Namespace(msgspec.Struct, frozen=True, array_like=True):
    """A module's names.

    Attributes:
        names: by name, in the order in which they were last bound. A star import stands among them under a name of its
            own that starts with a star.
        functions: every function that `names` or a class refers to.
        classes: likewise.
        texts: the lists of strings that steer imports and collection: `__all__`, `collect_ignore`, `pytest_plugins`...
        marks: what `pytestmark` holds.
        flags: `__test__` set on functions, by index.
        patched: what else it sets attributes of that decide on collection.
        ending: whether the module runs to its end.
        dynamic: how names may be bound that cannot be read, "" when none are.
        alone: classes with tests, and functions that could be some, that the text mentions once only.
        setups: `setUp` and its like, as far as the text calls them itself.
    """

    names: dict[str, Values] = {}
    functions: tuple[Function, ...] = ()
    classes: tuple[Class, ...] = ()
    texts: dict[str, Texts] = {}
    marks: Values = ()
    flags: dict[int, Values] = {}
    patched: Values = ()
    ending: Ending = Ending.REACHED
    dynamic: str = ""
    alone: tuple[str, ...] = ()
    setups: tuple[str, ...] = ()


class NamespaceHead(msgspec.Struct, frozen=True, array_like=True):
    """What the namespace of every module is asked for; the fields are those of `Namespace`, in its order."""

    names: msgspec.Raw = msgspec.Raw(b"\x80")
    functions: msgspec.Raw = msgspec.Raw(b"\x90")
    classes: msgspec.Raw = msgspec.Raw(b"\x90")
    texts: dict[str, Texts] = {}
    marks: msgspec.Raw = msgspec.Raw(b"\x90")
    flags: msgspec.Raw = msgspec.Raw(b"\x80")
    patched: Values = ()
    ending: Ending = Ending.REACHED
