"""What code of the test harness does to the outcome of tests. Plain data; `integrity.facts.harness` finds it."""

from __future__ import annotations

import enum

import msgspec

from integrity.model import Span


class Act(str, enum.Enum):
    """What is done."""

    FORGES_REPORT = "forges-report"  # turns the report of a failed test into that of a passed one
    FORGES_LOG = "forges-log"  # likewise, when it is only shown and written down: the run still fails
    EXCUSES_REPORT = "excuses-report"  # turns it into that of an expected failure, or of a skipped test
    FORGES_EXIT = "forges-exit"  # makes the run end with the status of success
    ADMITS_EMPTY = "admits-empty"  # the same, for runs that find no test
    REPLACES_RUN = "replaces-run"  # a hook says that it has run the test, and runs nothing
    REPLACES_TEST = "replaces-test"  # puts a function that does nothing in the place of a test
    PATCHES_REPORT = "patches-report"  # puts something else in the place of a part of the class of reports
    PATCHES_RUNNER = "patches-runner"  # puts something else in the place of the runner's own methods
    DROPS_ALL = "drops-all"  # removes all tests
    DROPS_SOME = "drops-some"  # removes tests by a condition on them
    DESELECTS_SOME = "deselects-some"  # likewise, and tells the runner, so that the summary shows it
    IGNORES_ALL = "ignores-all"  # keeps the runner from looking into any file
    SKIPS_ALL = "skips-all"  # marks every test as skipped, or skips it before it runs
    XFAILS_ALL = "xfails-all"  # marks every test as expected to fail
    ENDS_PROCESS = "ends-process"  # ends the process with the status of success
    BLINDS_ASSERTION = "blinds-assertion"  # puts a function that does nothing in the place of an assertion
    PATCHES_ASSERTION = "patches-assertion"  # puts something else in its place


class Tamper(msgspec.Struct, frozen=True, array_like=True):
    """One place where it is done.

    Attributes:
        act: what is done.
        span: the place of the statement.
        symbol: the function around it, "" at module level.
        text: the statement, shortened.
        condition: what it depends on beyond the state of the report or run itself, "" when on nothing.
        asked: whether that condition is one that somebody sets for a run or a test: an option, a variable, a mark, a
            version.
    """

    act: Act
    span: Span
    symbol: str = ""
    text: str = ""
    condition: str = ""
    asked: bool = False
