"""What a comparison of two versions needs to know of a file's functions; made for changed files only, never stored.

The strength of an oracle orders what it lets through: an exact equality, an exception with its message and a mock's
call with its arguments are `EXACT`; approximate, ordering and membership tests, an exception without its message and
predicates are `LOOSE`; truthiness, `is not None`, types and `raises(Exception)` are `WEAK`; what cannot fail is `NONE`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from integrity.model import Span

_SHINGLE = 3


class Strength(enum.IntEnum):
    """How much an oracle demands of the code under test."""

    NONE = 0
    WEAK = 1
    LOOSE = 2
    EXACT = 3


class Check(NamedTuple):
    """One oracle of a function.

    Attributes:
        kind: "compare", "truth", "raises", "mock", "fail" or "call".
        operator: the comparison, the expected exception, or the name of the assertion.
        strength: what it demands, leaving aside whether its failure is caught.
        subject: the side under test, as normalised source.
        expected: what it is held against, likewise; "" when there is nothing.
        literal: whether that is written out in literals.
        text: the statement as a message shows it.
        shape: the assertion with literals and local names abstracted.
        span: its place.
        fault: why it cannot fail by itself, "" when it can.
        swallowed: whether its failure is caught and forgotten.
        dead: whether nothing reaches it.
        bounds: numbers that say how far off a result may be, by name.
        origin: the source of the call that the subject was assigned from, or of the subject itself.
        echo: whether the expected value is made by the same call as the subject.
        condition: the conditions under which alone it is reached, "" when there are none.
        gate: what a condition around it, or an early return before it, depends on, as of `gating`; "" without one.
        exits: the conditions under which a return or `continue` before it passes it over.
    """

    kind: str
    operator: str
    strength: Strength
    subject: str
    expected: str
    literal: bool
    text: str
    shape: str
    span: Span
    fault: str = ""
    swallowed: bool = False
    dead: bool = False
    bounds: tuple[tuple[str, float], ...] = ()
    origin: str = ""
    echo: bool = False
    condition: str = ""
    gate: str = ""
    exits: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether it can fail the test."""
        return not (self.fault or self.swallowed or self.dead)

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two checks the same, wherever they stand."""
        return (
            self.kind,
            self.operator,
            self.subject,
            self.expected,
            *(f"{name}={one:g}" for name, one in self.bounds),
            *(["echo"] if self.echo else []),
        )


class Mark(NamedTuple):
    """Something that keeps a test from running or from failing.

    Attributes:
        kind: "skip", "xfail", "expectedFailure", "__test__" or "constructor"; "needs" where the test is skipped unless
            something can be imported, "opt-in" where it runs only if a variable of the environment says so.
        text: the source that says so.
        line: where.
        conditional: whether it depends on something, such as the platform.
        reason: whether a reason is given.
        module: what must be importable, for "needs".
        used: whether it is given a name.
    """

    kind: str
    text: str
    line: int
    conditional: bool = False
    reason: bool = False
    module: str = ""
    used: bool = True


class Double(NamedTuple):
    """A mock or patch.

    Attributes:
        target: the dotted name it replaces as it is written, "" when unknown.
        text: its source.
        line: where.
        resolved: the target, its first part as it is imported.
    """

    target: str
    text: str
    line: int
    resolved: str = ""


class Table(NamedTuple):
    """What a loop that checks something, or a parameter set, goes over.

    Attributes:
        over: the source of the whole of it, a name where it has one.
        text: the source as it stands there.
        cut: whether only a part is taken.
        rows: the sources of its elements, () where they are not known.
        countable: whether they are written out.
        line: where.
        loop: whether it is a loop.
        targets: the names that a loop binds.
    """

    over: str
    text: str
    cut: bool
    rows: tuple[str, ...]
    countable: bool
    line: int
    loop: bool
    targets: tuple[str, ...] = ()


class Product(NamedTuple):
    """What a function makes by a call.

    Attributes:
        name: the name or attribute that it is bound to; "" for what a fixture hands out.
        maker: the dotted name of what is called, "" for a value written out.
        mock: whether it is a mock, a stand-in by its name, or a value written out.
        text: the source of the call.
        line: where.
    """

    name: str
    maker: str
    mock: bool
    text: str
    line: int


@dataclass(frozen=True, eq=False)
class FunctionProfile:
    """One outermost function: a test, a helper or a fixture.

    Attributes:
        qualname: dotted path inside the module.
        name: the bare name.
        span: from the first decorator's `def` line to the end of the body.
        collected: whether a runner collects it as a test.
        tokens: the words and signs of the body, comments and docstring left out, formatting normalised.
        checks: its own oracles, in order of place.
        marks: what switches it off, its classes' and its module's marks included.
        cases: the source of each parameter set, one text a set; () without any.
        countable: whether `cases` is all there is.
        live: the values of each parameter set that runs, whatever its name and marks.
        idle: likewise of those that are skipped or expected to fail, whatever the platform.
        labels: the names of its marks of pytest, those of its class and module included.
        defaults: its parameters that are true or false unless somebody says otherwise.
        given: the source of hypothesis's `given`, "" without it.
        tables: what its loops and parameter sets go over.
        counts: the numbers that its names are given, and that it returns or counts up to.
        budget: `max_examples` of hypothesis, 0 when not given.
        calls: the last names of what it calls, in order, with repetition.
        unresolved: dotted names of calls that may be oracles defined elsewhere.
        parameters: names of its parameters: fixtures, for a test.
        wrapped: the last names of its decorators, those of its class, and of what `with` enters in it.
        doubles: mocks and patches.
        products: what it makes.
        words: identifiers and short texts it mentions.
        fixture: whether it is a fixture.
        autouse: whether it is one that runs for every test around it.
    """

    qualname: str
    name: str
    span: Span
    collected: bool
    tokens: tuple[str, ...]
    checks: tuple[Check, ...] = ()
    marks: tuple[Mark, ...] = ()
    cases: tuple[str, ...] = ()
    countable: bool = True
    live: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()
    labels: frozenset[str] = frozenset()
    defaults: Mapping[str, bool] = field(default_factory=dict)
    given: str = ""
    tables: tuple[Table, ...] = ()
    counts: Mapping[str, float] = field(default_factory=dict)
    budget: int = 0
    calls: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    wrapped: frozenset[str] = frozenset()
    doubles: tuple[Double, ...] = ()
    products: tuple[Product, ...] = ()
    words: frozenset[str] = frozenset()
    fixture: bool = False
    autouse: bool = False

    @property
    def disabled(self) -> tuple[Mark, ...]:
        """The marks that hold whatever the platform."""
        return tuple(mark for mark in self.marks if not mark.conditional)

    @cached_property
    def shingles(self) -> frozenset[tuple[str, ...]]:
        """Every run of three tokens."""
        tokens = self.tokens
        if len(tokens) < _SHINGLE:
            return frozenset([tokens])
        return frozenset(zip(tokens, tokens[1:], tokens[2:], strict=False))


@dataclass(frozen=True, eq=False)
class FileProfile:
    """The functions of one version of a file.

    Attributes:
        functions: the outermost functions, in order; only names where the text does not parse.
        commented: names of tests that stand in comments.
        commented_lines: their lines.
        words: every identifier and short text of the file.
        broken: whether the text does not parse.
        imported: names bound by imports from test support modules.
        markers: tests of the environment that tell a test run from a real one: text and line.
        shortcuts: answers written out for one input: see `Shortcut`.
        left_out: what it keeps the runner from collecting: see `LeftOut`.
        doubles: mocks and patches that it makes when it is imported.
        bases: the dotted names of the base classes of each class, as they are imported.
        lists: what is listed under names that say that it is left out, such as "SKIP".
        equals: names of classes whose objects equal everything.
        swallowers: names of decorators, context managers and classes of such that catch a failed assertion.
        counts: the numbers that its names are given when it is imported.
        budgets: how many examples each profile of hypothesis that it registers asks for.
        names: what imports bind, with the dotted name of what they bind it to.
    """

    functions: tuple[FunctionProfile, ...] = ()
    commented: tuple[str, ...] = ()
    commented_lines: tuple[int, ...] = ()
    words: frozenset[str] = frozenset()
    broken: bool = False
    imported: frozenset[str] = frozenset()
    markers: tuple[tuple[str, int], ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    doubles: tuple[Double, ...] = ()
    bases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    equals: frozenset[str] = frozenset()
    swallowers: frozenset[str] = frozenset()
    counts: Mapping[str, float] = field(default_factory=dict)
    budgets: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = field(default=(), repr=False)

    @property
    def every_double(self) -> tuple[Double, ...]:
        """The mocks and patches of the module and of its functions."""
        return (*self.doubles, *(one for function in self.functions for one in function.doubles))

    @property
    def tests(self) -> tuple[FunctionProfile, ...]:
        """What a runner collects."""
        return tuple(one for one in self.functions if one.collected)


class Shortcut(NamedTuple):
    """`if x == LITERAL: return LITERAL` in a function.

    Attributes:
        function: the function's name.
        given: the literals it compares with.
        answer: the literal it returns.
        text: the source.
        line: where.
    """

    function: str
    given: tuple[str, ...]
    answer: str
    text: str
    line: int


class LeftOut(NamedTuple):
    """Files or tests that a `conftest.py` keeps from collection.

    Attributes:
        kind: "path", "glob" or "name" of files; "items" for tests that a hook removes, "deselected" when it says so,
            "skipped" for tests that it switches off by name, "outcome" for results that it makes up.
        pattern: the path, glob or part of a path; "" for tests.
        text: the statement, shortened.
        line: where.
        symbol: the function around it, "" at module level.
    """

    kind: str
    pattern: str
    text: str
    line: int
    symbol: str = ""


EMPTY = FileProfile()
