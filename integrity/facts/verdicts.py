"""What the tests of a file prove: the flaws of their assertions, and the tests that prove nothing. Plain data."""

from __future__ import annotations

import enum

import msgspec

from integrity.model import Span


class Effect(str, enum.Enum):
    """All that a test without a sound oracle amounts to; the first of these that holds."""

    EMPTY = "empty"  # nothing but docstrings, `pass` and `...`
    CONSTANT = "constant"  # asserts what holds whatever the code does, and does nothing else
    CONSTANT_AFTER_ACTS = "constant-after-acts"  # likewise, after running something
    TAUTOLOGY = "tautology"  # every assertion is flawed, at least one by more than a constant
    SWALLOWED = "swallowed"  # whatever fails in it is caught and ignored
    RETURNED = "returned"  # returns its verdict to a runner that ignores it
    IDLE = "idle"  # does nothing that runs other code
    SLEEP = "sleep"  # waits, and does nothing else
    PRINTED = "printed"  # prints that it has passed
    ACTS = "acts"  # runs something, asserts nothing


class Flaw(msgspec.Struct, frozen=True, array_like=True):
    """One assertion, or one statement in the place of one, that cannot fail.

    Attributes:
        kind: which flaw; the vocabulary belongs to `integrity.facts.flaws` and the modules it names.
        definition: index in `FileFacts.definitions` of the outermost function around it, -1 at module level.
        span: its place.
        text: what the message shows.
        certain: False where the statement can have an innocent reading.
        sole: whether that function has no sound oracle at all.
        reason: the statement that makes it one, where that is another.
    """

    kind: str
    definition: int
    span: Span
    text: str = ""
    certain: bool = True
    sole: bool = False
    reason: str = ""


class Reach(msgspec.Struct, frozen=True, array_like=True):
    """What a function uses.

    Attributes:
        asks: the fixtures that it asks for; among them other parameters.
        mentions: dotted names.
        signs: those of both that look like an oracle, and stand for one unless they are found to be none.
        owner: line of the class around it, 0 for none.
    """

    asks: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    owner: int = 0


class Checker(msgspec.Struct, frozen=True, array_like=True):
    """A function to which tests of other files may leave the checking.

    Attributes:
        line: of its `def`.
        asserts: whether it holds an assertion.
        raises: whether it raises anything else.
        reach: what it uses.
        watches: whether it asserts something after the `yield` at which it hands over.
    """

    line: int
    asserts: bool
    raises: bool
    reach: Reach
    watches: bool = False


class Open(msgspec.Struct, frozen=True, array_like=True):
    """A test that holds no sound oracle, and neither does anything in its file that it uses.

    Attributes:
        symbol: its qualified name.
        line: of its `def`.
        reach: what it uses.
        acts: whether it runs something, so that what is run around every test may check that.
    """

    symbol: str
    line: int
    reach: Reach
    acts: bool


class Unproven(msgspec.Struct, frozen=True, array_like=True):
    """A function, named like a test or a method of a class, that has no sound oracle.

    Attributes:
        definition: index in `FileFacts.definitions`.
        effect: all that it amounts to.
        certain: False when something else may check for it: a fixture, a base class.
        calls: dotted names of the functions it calls that the file does not define.
        smoke: whether its name or docstring says that running without an error is the point.
        documented: whether it has a docstring.
        used: whether other code of the file uses its name, in more than a bare call where the file runs as a script;
            looked up for verdicts, returned, or printed where something is returned, alone.
        reach: what it uses, by itself and through the file.
    """

    definition: int
    effect: Effect
    certain: bool = True
    calls: tuple[str, ...] = ()
    smoke: bool = False
    documented: bool = False
    used: bool = False
    reach: Reach = Reach()


class OracleFacts(msgspec.Struct, frozen=True, array_like=True):
    """What is known of the oracles of a file.

    Attributes:
        flaws: in order of place.
        unproven: in order of definition.
        checking: indices of outermost functions that hold an oracle or, as far as tests use them, reach one.
        documented: whether the module has a docstring.
        suspended: tests that only run something, and use something from elsewhere that looks like an oracle.
    """

    flaws: tuple[Flaw, ...] = ()
    unproven: tuple[Unproven, ...] = ()
    checking: tuple[int, ...] = ()
    documented: bool = False
    suspended: tuple[Unproven, ...] = ()
