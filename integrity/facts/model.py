"""The facts of one file. Plain, immutable data, cheap to store; nothing in here depends on the file's path."""

from __future__ import annotations

import enum

import msgspec

from integrity.facts.switches import MockUse, Stray, Switch
from integrity.facts.tampering import Tamper
from integrity.facts.verdicts import OracleFacts
from integrity.model import Span


class Syntax(str, enum.Enum):
    """What CPython makes of the text."""

    OK = "ok"
    NEWER = "newer"  # valid, but only for a newer Python than the one running
    BROKEN = "broken"


class Parse(msgspec.Struct, frozen=True, array_like=True):
    """The result of parsing.

    Attributes:
        syntax: the verdict.
        message: CPython's own error text when broken; the name of the construct (with its PEP) when newer.
        span: where the parser gave up, or the first newer construct.
        needs: the Python version that reads it, as in "3.12", when newer.
        template: whether it parses once each `{{...}}` is filled in, when broken.
    """

    syntax: Syntax = Syntax.OK
    message: str = ""
    span: Span = Span(1)
    needs: str = ""
    template: bool = False


class Definition(msgspec.Struct, frozen=True, array_like=True):
    """A function or class.

    Attributes:
        kind: "def", "async def" or "class".
        name: the bare name.
        qualname: dotted path inside the module, without `<locals>`.
        span: from the `def` or `class` keyword's line to the last line of the body.
        parent: index of the enclosing definition in `FileFacts.definitions`, -1 at module level.
        decorators: dotted names of the decorators, calls and subscripts stripped; "" for anything else.
        bases: dotted names of a class's bases, likewise.
        used: whether the enclosing function uses the name (always True unless the parent is a function).
    """

    kind: str
    name: str
    qualname: str
    span: Span
    parent: int = -1
    decorators: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    used: bool = True

    @property
    def is_class(self) -> bool:
        """Whether this defines a class."""
        return self.kind == "class"


class Import(msgspec.Struct, frozen=True, array_like=True):
    """One imported name: `import module as bound` (name "") or `from module import name as bound` (name may be "*").

    Attributes:
        module: the dotted module, "" for `from . import x`.
        name: the imported name, "" for a plain `import`.
        bound: the local name it binds.
        level: the number of leading dots.
        span: the place of the statement.
    """

    module: str
    name: str
    bound: str
    level: int
    span: Span


class Access(str, enum.Enum):
    """What is done to the environment."""

    READ = "read"
    WRITE = "write"
    DELETE = "delete"
    REFERENCE = "reference"  # handed on, aliased or imported as a whole


class EnvAccess(msgspec.Struct, frozen=True, array_like=True):
    """One direct use of the process environment.

    Attributes:
        access: what is done.
        form: how it is spelt with aliases resolved, as in "os.environ.get".
        variable: the variable's name when it is a literal, else "".
        default: the default's source text (at most 60 characters) when one is given, else "".
        span: the place of the expression.
        others: further variables that the same expression names, as in `os.environ.update({"A": "1", "B": "2"})`.
        at_import: whether it runs when the module is imported, so that later changes are not seen.
    """

    access: Access
    form: str
    variable: str
    default: str
    span: Span
    others: tuple[str, ...] = ()
    at_import: bool = False


class CommentedKind(str, enum.Enum):
    """What commented-out code amounts to; a file has at most one kind, the first of these that holds."""

    RESIDUE = "residue"  # a repeated marker in front of commented code, as tools leave it
    DOMINATED = "dominated"  # a large share of the file is commented-out code
    TEST = "test"  # at least one commented-out test, the rest of the file alive


class Commented(msgspec.Struct, frozen=True, array_like=True):
    """The commented-out code of a file, when there is enough of it to matter.

    Attributes:
        kind: what it amounts to.
        span: from the first to the last commented-out line.
        code_lines: number of comment lines that are code.
        lines: number of non-blank lines in the file.
        marker: the most frequent marker (without `#`), "" when there is none.
        tests: qualified names of the commented-out tests, in order, each once.
        test_lines: the lines those names stand on.
        reason: the sentence standing above a commented-out test that says why, "" when there is none.
        live_lines: number of non-blank lines that are neither comment nor docstring.
        in_string: whether the code stands in a string statement instead of comments.
    """

    kind: CommentedKind
    span: Span
    code_lines: int
    lines: int
    marker: str = ""
    tests: tuple[str, ...] = ()
    test_lines: tuple[int, ...] = ()
    reason: str = ""
    live_lines: int = 0
    in_string: bool = False

    @property
    def share(self) -> float:
        """Commented-out code lines of all non-blank lines, 0 to 1."""
        return self.code_lines / self.lines if self.lines else 0.0


class Trace(msgspec.Struct, frozen=True, array_like=True):
    """One mark that damage leaves in the text: a conflict marker, an elision, a code fence, a replaced character...

    Attributes:
        kind: which mark; the vocabulary belongs to `integrity.facts.residue`, which documents it.
        text: the offending text, at most 80 characters, printable.
        span: its place.
        count: how many like it the file holds (one trace stands for all of the same kind).
        certain: False where the mark can have an innocent reading.
    """

    kind: str
    text: str
    span: Span
    count: int = 1
    certain: bool = True


class Suppression(msgspec.Struct, frozen=True, array_like=True):
    """A suppression comment.

    Attributes:
        codes: the codes or names as written; empty when the comment names none.
        reason: the text after `--`, "" when there is none.
        span: the place of the comment.
        lines: first and last line it covers; (0, 0) for a whole-file one.
    """

    codes: tuple[str, ...]
    reason: str
    span: Span
    lines: tuple[int, int]

    @property
    def whole_file(self) -> bool:
        """Whether it is a `file-ignore`."""
        return self.lines == (0, 0)


class FileFacts(msgspec.Struct, frozen=True, array_like=True):
    """Everything known of one file.

    Attributes:
        parse: the parser's verdict.
        lines: number of non-blank lines.
        counted: whether the file holds at least one statement or comment line (the unit of the score).
        definitions: functions and classes in order of line; recovered ones when the text does not parse.
        imports: imported names in order of line; recovered ones when the text does not parse.
        environ: direct uses of the process environment.
        commented: the commented-out code, or None.
        traces: marks of damage, in order of line, one a kind.
        suppressions: suppression comments.
        exports_nothing: whether the module holds nothing but docstrings, comments, `pass` and imports.
        oracles: what its functions check, None when there is nothing to say.
        tampering: what it does to the harness that runs tests, in order of place.
        switches: what switches tests off, in order of place.
        strays: tests that no runner finds where they stand, in order of place.
        mocks: the functions that make or take a mock, in order of place.
        marks: per mark of `pytestmark` the index of the class, -1 for the module, and its name.
    """

    parse: Parse
    lines: int
    counted: bool
    definitions: tuple[Definition, ...] = ()
    imports: tuple[Import, ...] = ()
    environ: tuple[EnvAccess, ...] = ()
    commented: Commented | None = None
    traces: tuple[Trace, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    exports_nothing: bool = False
    oracles: OracleFacts | None = None
    tampering: tuple[Tamper, ...] = ()
    switches: tuple[Switch, ...] = ()
    strays: tuple[Stray, ...] = ()
    mocks: tuple[MockUse, ...] = ()
    marks: tuple[tuple[int, str], ...] = ()
