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
    NEVER = 256  # not on the Python that runs


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
    """A step or a value."""


class Name(_Node, frozen=True, array_like=True, tag="n"):
    """The value of a name."""

    name: str
    line: int


class Attribute(_Node, frozen=True, array_like=True, tag="a"):
    """An attribute of a value."""

    value: Value
    name: str
    line: int


class Call(_Node, frozen=True, array_like=True, tag="c"):
    """A call.

    Attributes:
        function: what is called.
        arguments: the values handed over, in order of evaluation.
        line: where.
        keywords: the parameters that the last arguments are for; "*" for one that may be for any of them.
    """

    function: Value
    arguments: tuple[Value, ...]
    line: int
    keywords: tuple[str, ...] = ()


class Literal(_Node, frozen=True, array_like=True, tag="l"):
    """True, False, None or a string."""

    value: bool | str | None


class Texts(_Node, frozen=True, array_like=True, tag="t"):
    """A list or tuple of strings."""

    values: tuple[str, ...]


class Group(_Node, frozen=True, array_like=True, tag="g"):
    """Expressions of which all are evaluated, in order."""

    parts: tuple[Value, ...]


class Choice(_Node, frozen=True, array_like=True, tag="o"):
    """Expressions in a relation.

    In "and", "or", "if" (test, then, else) and "maybe" the first decides on the others; "==" compares, "is None" tests
    a single one; of "last" all are evaluated and the last one counts.
    """

    kind: str
    parts: tuple[Value, ...]


class Not(_Node, frozen=True, array_like=True, tag="!"):
    """A negation."""

    value: Value


class Closure(_Node, frozen=True, array_like=True, tag="f"):
    """A function, by its index."""

    function: int


class Imported(_Node, frozen=True, array_like=True, tag="i"):
    """What a literal call imports, by the index of its site: the module itself, or its topmost package."""

    site: int
    top: bool


class Walrus(_Node, frozen=True, array_like=True, tag="w"):
    """An assignment inside an expression."""

    name: str
    value: Value


Value = Union[  # noqa: UP007 - evaluated at run time, also on Python 3.10, where a class is no forward reference
    Name, Attribute, Call, Literal, Texts, Group, Choice, Not, Closure, Imported, Walrus, None
]


class Import(_Node, frozen=True, array_like=True, tag="I"):
    """An import statement, by the index of its site."""

    site: int


class Assign(_Node, frozen=True, array_like=True, tag="="):
    """Names bound to a value; `unpacked` are bound to parts of it."""

    names: tuple[str, ...]
    value: Value
    unpacked: tuple[str, ...] = ()


class SetAttribute(_Node, frozen=True, array_like=True, tag="."):
    """An attribute assigned to."""

    value: Value
    name: str
    assigned: Value
    line: int


class Unbind(_Node, frozen=True, array_like=True, tag="d"):
    """A name deleted."""

    name: str
    line: int


class Run(_Node, frozen=True, array_like=True, tag="r"):
    """An expression evaluated; an annotation only where annotations are evaluated at once, before Python 3.14."""

    value: Value
    annotation: bool = False


class If(_Node, frozen=True, array_like=True, tag="?"):
    """An `if` with its `elif`s."""

    arms: tuple[tuple[Value, tuple[Step, ...]], ...]
    orelse: tuple[Step, ...]


class Handler(_Node, frozen=True, array_like=True):
    """An `except`: the dotted names of what it catches (none: everything; "" for an expression), the name it binds."""

    catches: tuple[str, ...] | None
    name: str
    body: tuple[Step, ...]
    line: int


class Try(_Node, frozen=True, array_like=True, tag="T"):
    """A `try`."""

    body: tuple[Step, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Step, ...]
    final: tuple[Step, ...]


class With(_Node, frozen=True, array_like=True, tag="W"):
    """A `with`; `swallows` names the exceptions that end it quietly, None when nobody knows."""

    items: tuple[Value, ...]
    names: tuple[str, ...]
    swallows: tuple[str, ...] | None
    body: tuple[Step, ...]


class Perhaps(_Node, frozen=True, array_like=True, tag="p"):
    """Statements that run any number of times, or not at all, after some expressions have been evaluated."""

    head: tuple[Value, ...]
    body: tuple[Step, ...]


class Def(_Node, frozen=True, array_like=True, tag="D"):
    """A function definition.

    Attributes:
        name: what it binds.
        function: its index.
        decorators: evaluated first.
        signature: the defaults, as far as they do something.
        line: where it starts.
        defaults: the parameters that the values of the signature are for.
        annotations: evaluated next where annotations are evaluated at once, as far as they do something.
    """

    name: str
    function: int
    decorators: tuple[Value, ...]
    signature: tuple[Value, ...]
    line: int
    defaults: tuple[str, ...] = ()
    annotations: tuple[Value, ...] = ()


class Class(_Node, frozen=True, array_like=True, tag="C"):
    """A class definition; `keywords` are the values of `metaclass=` and the like."""

    name: str
    bases: tuple[Value, ...]
    keywords: tuple[Value, ...]
    decorators: tuple[Value, ...]
    body: tuple[Step, ...]
    line: int


class Return(_Node, frozen=True, array_like=True, tag="R"):
    """A `return`."""

    value: Value


class Raise(_Node, frozen=True, array_like=True, tag="X"):
    """A `raise`; `kind` is the dotted name of what is raised, "" for anything else."""

    kind: str
    value: Value
    line: int


Step = Union[  # noqa: UP007 - likewise
    Import, Assign, SetAttribute, Unbind, Run, If, Try, With, Perhaps, Def, Class, Return, Raise
]


class Function(_Node, frozen=True, array_like=True):
    """A function.

    Attributes:
        name: the bare name.
        parameters: positional ones in order, then the others.
        local: the names it binds, parameters included.
        body: what it runs; None when it was left out, and must be had from the full code.
        line: where it starts.
        deferred: whether calling it runs nothing at once: a generator, or `async def`.
        positional: how many of the parameters may be given by position.
        shared: the names that it declares `global`.
    """

    name: str
    parameters: tuple[str, ...]
    local: tuple[str, ...]
    body: tuple[Step, ...] | None
    line: int
    deferred: bool = False
    positional: int = 0
    shared: tuple[str, ...] = ()


class Code(_Node, frozen=True, array_like=True):
    """What runs at import, and the functions that may be called meanwhile.

    Attributes:
        steps: the body of the module.
        functions: its functions and lambdas.
        calls: literal calls in functions that import, which a program does not list; a site of -1 is the first.
        reads: names that are read, too, where reading them cannot fail and the value is not used.
    """

    steps: tuple[Step, ...] = ()
    functions: tuple[Function, ...] = ()
    calls: tuple[ImportSite, ...] = ()
    reads: tuple[str, ...] = ()


class Program(msgspec.Struct, frozen=True, array_like=True):
    """What a module contributes to the import graph.

    Attributes:
        sites: its imports, in order of line.
        names: the names it may bind at module level, in order, each once.
        exports: the names of `__all__` where they can be read, else None.
        dynamic: whether more names may appear than can be read: `globals()`, `exec`, `setattr`, `sys.modules`.
        lazy: whether it defines `__getattr__` for itself.
        broken: whether it does not parse; `sites` then holds what could be recovered.
        calls: the bare names of what is called when it is imported, separated by blanks.
        inner: per bare name of a function, likewise, what is called in it.
        code: the encoded `Code`; empty when the file does not parse.
        symbols: the encoded `Symbols`, likewise.
        namespace: the encoded `Namespace`, likewise.
    """

    sites: tuple[ImportSite, ...] = ()
    names: tuple[str, ...] = ()
    exports: tuple[str, ...] | None = None
    dynamic: bool = False
    lazy: bool = False
    broken: bool = False
    calls: str = ""
    inner: dict[str, str] = {}
    code: bytes = b""
    symbols: bytes = b""
    namespace: bytes = b""

    def decoded(self) -> Code:
        """What runs at import."""
        return _CODE.decode(self.code) if self.code else Code()


_CODE = msgspec.msgpack.Decoder(Code)
