"""What a module offers to others, and what it asks of them: the facts behind every finding about missing names.

All names of modules are as the source writes them, relative ones with their leading dots, because facts know no paths.
A name that leads to something is a pair: the module, and the dotted rest inside it.
"""

from __future__ import annotations

import enum

import msgspec

from integrity.model import Span

UNKNOWN = "?"
"""The module of a reference that leads nowhere anyone can follow."""
BUILTINS = "builtins"


class GuardKind(str, enum.Enum):
    """What decides whether a place is executed, or what becomes of an error there."""

    FUNCTION = "function"  # runs when called
    TYPING = "typing"  # `if TYPE_CHECKING:`
    NEVER = "never"  # `if False:`
    SKIPPED = "skipped"  # behind a `raise` or a skip of the whole module
    SCRIPT = "script"  # `if __name__ == "__main__":`
    CONDITION = "condition"  # some other condition, at module level
    TRY = "try"  # an error of these names is caught and not raised again
    FALLBACK = "fallback"  # inside an `except` clause of these names
    REBUILT = "rebuilt"  # a function of a test that a decorator may turn into something that is not run as Python
    RAISES = "raises"  # an error is expected: `pytest.raises` and its like


class Guard(msgspec.Struct, frozen=True, array_like=True):
    """One condition around a place.

    Attributes:
        kind: what it does.
        names: the last part of the names of the errors, for those kinds that have them.
        outer: index of the guard around it in `Symbols.guards`, -1 for none.
    """

    kind: GuardKind
    names: tuple[str, ...] = ()
    outer: int = -1


class Ref(msgspec.Struct, frozen=True, array_like=True):
    """Something named: a dotted path inside a module ("" for the module that holds the reference)."""

    module: str
    rest: str = ""


class NameKind(str, enum.Enum):
    """What a module's name is bound to once the module has run."""

    VALUE = "value"  # anything, or one of several things
    FUNCTION = "function"
    CLASS = "class"
    IMPORT = "import"
    TYPING = "typing"  # bound for type checkers only
    DELETED = "deleted"


class Name(msgspec.Struct, frozen=True, array_like=True):
    """A name of a module.

    Attributes:
        kind: what it is bound to.
        origin: what an import leads to.
        line: where it is bound last.
    """

    kind: NameKind
    origin: Ref | None = None
    line: int = 0


class Signature(msgspec.Struct, frozen=True, array_like=True):
    """The parameters of a function, `self` included.

    Attributes:
        positional: names of those that can be given by position.
        only: how many of them cannot be given by name.
        required: how many of them have no default.
        keywords: those that can only be given by name, True where one must be.
        args: whether any number of positional arguments is taken.
        kwargs: whether any keyword is taken.
    """

    positional: tuple[str, ...] = ()
    only: int = 0
    required: int = 0
    keywords: tuple[tuple[str, bool], ...] = ()
    args: bool = False
    kwargs: bool = False


class Function(msgspec.Struct, frozen=True, array_like=True):
    """A function at module level, or the `__init__` of a class."""

    signature: Signature
    decorators: tuple[Ref, ...] = ()


class Field(msgspec.Struct, frozen=True, array_like=True):
    """An annotated name of a class body.

    Attributes:
        name: the name.
        annotation: the dotted name of the annotation without subscripts, as in "ClassVar".
        default: whether it has a default.
        init: False for `field(init=False)`.
        keyword: what `field(kw_only=...)` says, None when it says nothing.
        clear: whether the value leaves no doubt about all this.
    """

    name: str
    annotation: str
    default: bool = False
    init: bool = True
    keyword: bool | None = None
    clear: bool = True


class Class(msgspec.Struct, frozen=True, array_like=True):
    """A class at module level, or nested in one.

    Attributes:
        bases: what it derives from.
        decorators: its decorators.
        options: the literal keywords of a `dataclass` decorator; None when one is not literal.
        metaclass: whether the class statement has keywords.
        names: what its body binds.
        stores: attributes that its methods set, on whatever object.
        idle: those of them that only unittest's setup methods set, which nothing calls unless it is a `TestCase`.
        runs_setup: whether one of its methods calls such a method itself.
        dynamic: whether attributes may come from elsewhere: `__getattr__`, `setattr(self, ...)`, `__dict__`.
        init: its own `__init__`.
        fields: its annotated names, in order.
        reads: attributes of `self` that its methods read and nothing in the file sets, each with its first place;
            only for classes that hold tests.
        line: of the class statement.
    """

    bases: tuple[Ref, ...] = ()
    decorators: tuple[Ref, ...] = ()
    options: tuple[tuple[str, bool], ...] | None = ()
    metaclass: bool = False
    names: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    runs_setup: bool = False
    dynamic: bool = False
    init: Function | None = None
    fields: tuple[Field, ...] = ()
    reads: tuple[tuple[str, Span], ...] = ()
    line: int = 0


class UseKind(str, enum.Enum):
    """How a module asks for something of another."""

    IMPORT = "import"
    ATTRIBUTE = "attribute"
    CALL = "call"
    TARGET = "target"  # a dotted name in a string that will be replaced: `patch("a.b.c")`
    MEMBER = "member"  # likewise with the owner as an object: `patch.object(a.b, "c")`
    MODULE = "module"  # a dotted name in a string that will be imported


class Use(msgspec.Struct, frozen=True, array_like=True):
    """One demand; those alike under the same guard stand once.

    Attributes:
        kind: how it asks.
        ref: what for; an import of a whole module has no rest, and a string is all module.
        span: the first place.
        guard: index in `Symbols.guards`, -1 for none.
        count: number of places.
        positional: number of positional arguments of a call.
        keywords: names of its keyword arguments, as written: CPython refuses the first that it does not know.
    """

    kind: UseKind
    ref: Ref
    span: Span
    guard: int = -1
    count: int = 1
    positional: int = 0
    keywords: tuple[str, ...] = ()


class Symbols(msgspec.Struct, frozen=True, array_like=True):
    """What one module offers and asks for.

    Attributes:
        names: every name bound at module level.
        exports: the literal `__all__`, None when there is none; (UNKNOWN,) when it is not literal.
        stars: the modules of `from m import *` at module level.
        dynamic: whether names may come from elsewhere: `__getattr__`, `globals()`, `sys.modules[__name__]`.
        path_dynamic: whether it changes its `__path__`, so that its submodules may lie anywhere.
        finder: whether it has a say in how modules are found.
        functions: functions at module level with exactly one binding.
        classes: classes by qualified name.
        uses: the demands, in order of place.
        guards: what stands around them.
        writes: attributes of other modules that this one sets; rest "" where any may be.
        fakes: dotted names that it puts into `sys.modules`; (UNKNOWN,) among them when some are not literal.
        hooks: attributes set on a test class from outside, as in `request.cls.x = 1`.
    """

    names: dict[str, Name] = {}
    exports: tuple[str, ...] | None = None
    stars: tuple[str, ...] = ()
    dynamic: bool = False
    path_dynamic: bool = False
    finder: bool = False
    functions: dict[str, Function] = {}
    classes: dict[str, Class] = {}
    uses: tuple[Use, ...] = ()
    guards: tuple[Guard, ...] = ()
    writes: tuple[Ref, ...] = ()
    fakes: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()

    def around(self, use: Use) -> list[Guard]:
        """The guards around a use, innermost first."""
        found: list[Guard] = []
        index = use.guard
        while index >= 0:
            found.append(self.guards[index])
            index = self.guards[index].outer
        return found


class SymbolsHead(msgspec.Struct, frozen=True, array_like=True):
    """What the symbols of every module are asked for; the fields are those of `Symbols`, in its order."""

    names: msgspec.Raw = msgspec.Raw(b"\x80")
    exports: msgspec.Raw = msgspec.Raw(b"\xc0")
    stars: msgspec.Raw = msgspec.Raw(b"\x90")
    dynamic: bool = False
    path_dynamic: bool = False
    finder: bool = False
    functions: msgspec.Raw = msgspec.Raw(b"\x80")
    classes: msgspec.Raw = msgspec.Raw(b"\x80")
    uses: msgspec.Raw = msgspec.Raw(b"\x90")
    guards: msgspec.Raw = msgspec.Raw(b"\x90")
    writes: tuple[Ref, ...] = ()
    fakes: tuple[str, ...] = ()
    hooks: tuple[str, ...] = ()
