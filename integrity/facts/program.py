"""The import-time program of a module: what runs when it is imported, reduced to names, imports, attributes and calls.

Plain data, stored apart from the other facts, because only modules in reach of an import cycle are ever run through.
Values are expressions; None stands for one whose value cannot matter.
"""

from __future__ import annotations

import enum
from typing import Union

import msgspec

from integrity.model import Span


class Guard(enum.IntFlag):
    """What stands around an import."""

    DEFERRED = 1  # in a function: runs when that is called
    TYPE_CHECKING = 2  # never runs
    TRIED = 4  # in a `try` whose handlers catch ImportError
    CONDITIONAL = 8  # under an `if`, in a loop, in an `except`
    EXPECTED = 16  # in `pytest.raises`, `assertRaises` or `contextlib.suppress`
    LAZY = 32  # PEP 810
    DYNAMIC = 64  # a literal `importlib.import_module` or `__import__`
    IN_CLASS = 128  # in the body of a class


class ImportSite(msgspec.Struct, frozen=True, array_like=True):
    """One import statement, or one literal call that imports.

    Attributes:
        module: the dotted module as written, "" for `from . import x`.
        names: per imported name the name and the local name; empty for a plain `import`.
        bound: the local name that a plain `import` binds, "" for its topmost package.
        level: the number of leading dots.
        span: its place.
        guard: bits of `Guard`.
        function: the qualified name of the function around it, "" at module level.
    """

    module: str
    names: tuple[tuple[str, str], ...]
    bound: str
    level: int
    span: Span
    guard: int = 0
    function: str = ""


class _Node(msgspec.Struct, frozen=True, array_like=True):
    pass


class Name(_Node, tag="n"):
    """The value of a name."""

    name: str
    line: int


class Attribute(_Node, tag="a"):
    """An attribute of a value."""

    value: Value
    name: str
    line: int


class Call(_Node, tag="c"):
    """A call; keyword arguments stand behind the positional ones."""

    function: Value
    arguments: tuple[Value, ...]
    line: int


class Literal(_Node, tag="l"):
    """True, False, None or a string."""

    value: bool | str | None


class Texts(_Node, tag="t"):
    """A list or tuple of strings."""

    values: tuple[str, ...]


class Group(_Node, tag="g"):
    """Expressions of which all are evaluated, in order."""

    parts: tuple[Value, ...]


class Choice(_Node, tag="o"):
    """Expressions of which the first decides on the others: "and", "or", "if" (test, then, else) or "maybe"."""

    kind: str
    parts: tuple[Value, ...]


class Not(_Node, tag="!"):
    """A negation."""

    value: Value


class Closure(_Node, tag="f"):
    """A function, by its index."""

    function: int


class Walrus(_Node, tag="w"):
    """An assignment inside an expression."""

    name: str
    value: Value


Value = Union[Name, Attribute, Call, Literal, Texts, Group, Choice, Not, Closure, Walrus, None]


class Import(_Node, tag="I"):
    """An import statement, by the index of its site."""

    site: int


class Assign(_Node, tag="="):
    """Names bound to a value; `unpacked` are bound to parts of it."""

    names: tuple[str, ...]
    value: Value
    unpacked: tuple[str, ...] = ()


class SetAttribute(_Node, tag="."):
    """An attribute assigned to."""

    value: Value
    name: str
    assigned: Value
    line: int


class Unbind(_Node, tag="d"):
    """A name deleted."""

    name: str
    line: int


class Run(_Node, tag="r"):
    """An expression evaluated."""

    value: Value


class If(_Node, tag="?"):
    """An `if` with its `elif`s."""

    arms: tuple[tuple[Value, tuple[Step, ...]], ...]
    orelse: tuple[Step, ...]


class Handler(_Node):
    """An `except`: the dotted names of what it catches (none: everything; "" for an expression), the name it binds."""

    catches: tuple[str, ...] | None
    name: str
    body: tuple[Step, ...]
    line: int


class Try(_Node, tag="T"):
    """A `try`."""

    body: tuple[Step, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Step, ...]
    final: tuple[Step, ...]


class With(_Node, tag="W"):
    """A `with`; `swallows` names the exceptions that end it quietly, None when nobody knows."""

    items: tuple[Value, ...]
    names: tuple[str, ...]
    swallows: tuple[str, ...] | None
    body: tuple[Step, ...]


class Perhaps(_Node, tag="p"):
    """Statements that run any number of times, or not at all, after some expressions have been evaluated."""

    head: tuple[Value, ...]
    body: tuple[Step, ...]


class Def(_Node, tag="D"):
    """A function definition: decorators, then what its signature evaluates."""

    name: str
    function: int
    decorators: tuple[Value, ...]
    signature: tuple[Value, ...]
    line: int


class Class(_Node, tag="C"):
    """A class definition; `keywords` are the values of `metaclass=` and the like."""

    name: str
    bases: tuple[Value, ...]
    keywords: tuple[Value, ...]
    decorators: tuple[Value, ...]
    body: tuple[Step, ...]
    line: int


class Return(_Node, tag="R"):
    """A `return`."""

    value: Value


class Raise(_Node, tag="X"):
    """A `raise`; `kind` is the dotted name of what is raised, "" for anything else."""

    kind: str
    value: Value
    line: int


Step = Union[
    Import, Assign, SetAttribute, Unbind, Run, If, Try, With, Perhaps, Def, Class, Return, Raise
]


class Function(_Node):
    """A function.

    Attributes:
        name: the bare name.
        parameters: positional ones in order, then the others.
        local: the names it binds, parameters included.
        body: what it runs; None when calling it runs nothing at once (a generator, `async def`) or nobody knows.
    """

    name: str
    parameters: tuple[str, ...]
    local: tuple[str, ...]
    body: tuple[Step, ...] | None
    line: int


class Code(_Node):
    """What runs at import, and the functions that may be called meanwhile."""

    steps: tuple[Step, ...] = ()
    functions: tuple[Function, ...] = ()


class Program(msgspec.Struct, frozen=True, array_like=True):
    """What a module contributes to the import graph.

    Attributes:
        sites: its imports, in order of line.
        names: the names it may bind at module level, in order, each once.
        exports: the names of `__all__` where they can be read, else None.
        dynamic: whether more names may appear than can be read (`globals()`, `exec`, `setattr` on itself, `sys.modules`).
        lazy: whether it defines `__getattr__` for itself.
        code: the encoded `Code`; empty when the file does not parse.
    """

    sites: tuple[ImportSite, ...] = ()
    names: tuple[str, ...] = ()
    exports: tuple[str, ...] | None = None
    dynamic: bool = False
    lazy: bool = False
    code: bytes = b""

    def decoded(self) -> Code:
        """What runs at import."""
        return _CODE.decode(self.code) if self.code else Code()


_CODE = msgspec.msgpack.Decoder(Code)
