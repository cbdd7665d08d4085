"""What switches tests off, in whole or in part, as plain data; `disabling` finds it."""

from __future__ import annotations

import enum

import msgspec

from integrity.model import Span


class Form(str, enum.Enum):
    """How a test is switched off."""

    SKIP = "skip"
    XFAIL = "xfail"
    EXPECTED_FAILURE = "expected-failure"
    FLAKY = "flaky"  # run again until it passes
    OPT_OUT = "opt-out"  # kept out of the collection
    NO_CASES = "no-cases"  # parametrized with nothing


class Where(str, enum.Enum):
    """Where that is said."""

    MARK = "mark"  # a decorator, or `pytestmark` in a class
    ALIAS = "alias"  # a decorator that is a name for a mark made elsewhere in the file
    MODULE = "module"  # `pytestmark`, or a call at module level
    FIRST = "first"  # the first thing that a function does, whatever happens
    LATER = "later"  # further down in a function, whatever happens
    LOADER = "loader"  # `load_tests`
    UNSET = "unset"  # the name of a test, bound to None in a class


class Condition(str, enum.Enum):
    """When it holds."""

    NONE = "none"  # always: there is no condition
    ALWAYS = "always"  # always: the condition is a constant
    NEVER = "never"
    SWITCH = "switch"  # always: the condition is a constant of the file, by its name
    DEPENDS = "depends"


class Reason(str, enum.Enum):
    """What is said of why."""

    NONE = "none"
    TEXT = "text"
    COMPUTED = "computed"


class Bound(msgspec.Struct, frozen=True, array_like=True):
    """A comparison of the running Python with a version, as in `sys.version_info < (3, 8)`."""

    sign: str
    major: int
    minor: int

    def holds_from(self, lowest: str) -> bool | None:
        """Whether every Python from the given one on satisfies it, or none does; None where that depends.

        Args:
            lowest: as in "3.10"; with anything else the answer is None.
        """
        numbers = tuple(int(part) for part in lowest.split(".") if part.isdigit())
        if len(numbers) != len(("major", "minor")):
            return None
        version = (self.major, self.minor)
        if self.sign in ("<", ">="):
            return (self.sign == ">=") if version <= numbers else None
        return (self.sign == ">") if version < numbers else None


class Switch(msgspec.Struct, frozen=True, array_like=True):
    """One thing that switches off a test, a class, or a module.

    Attributes:
        form: how.
        where: where that is said.
        definition: index in `FileFacts.definitions` of what it applies to, -1 for the module.
        span: its place.
        text: what the message shows.
        condition: when it holds.
        reason: whether a reason is given.
        why: the reason, as far as it is literal, or the comment beside it.
        strict: what `strict=` says, None when nothing.
        raises: whether the expected exception is named.
        runs: whether the test is run all the same.
        bound: the version of Python that the condition compares with, None when it does not.
    """

    form: Form
    where: Where
    definition: int
    span: Span
    text: str
    condition: Condition = Condition.NONE
    reason: Reason = Reason.NONE
    why: str = ""
    strict: bool | None = None
    raises: bool = False
    runs: bool = True
    bound: Bound | None = None


class MockUse(msgspec.Struct, frozen=True, array_like=True):
    """A function, outermost of its kind, that makes or takes a mock.

    Attributes:
        definition: index in `FileFacts.definitions`.
        span: the place of the first mock in it.
        text: what the message shows.
    """

    definition: int
    span: Span
    text: str


class Stray(msgspec.Struct, frozen=True, array_like=True):
    """A test, or what looks like one, that no runner finds where it stands.

    Attributes:
        kind: why; the vocabulary belongs to `integrity.facts.straying`.
        definition: index in `FileFacts.definitions`, -1 for the module.
        span: its place.
        text: what the message shows: the condition around it, or the names of the tests.
        line: the line of what hides it, 0 when nothing does.
        certain: False where there can be an innocent reading.
    """

    kind: str
    definition: int
    span: Span
    text: str = ""
    line: int = 0
    certain: bool = True
