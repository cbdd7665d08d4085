"""The names of oracles: what calls and context managers fail when the code under test is wrong.

Collected from the documentation of pytest, unittest, mock, Django, numpy, pandas, torch, hypothesis, playwright,
PyHamcrest, assertpy, sure, pytest-check, syrupy, inline-snapshot, pytest-regressions, approvaltests, responses, respx,
sybil, nose and SQLAlchemy's test support. Names are judged only where the file does not define them.
"""

from __future__ import annotations

import re
from functools import lru_cache

EXPECTING = frozenset(
    {
        *("raises", "warns", "deprecated_call", "RaisesGroup", "RaisesExc", "expect_warnings", "expect_deprecated"),
        "expected_warnings",
        *("assertRaises", "assertRaisesRegex", "assertRaisesMessage", "assertRaisesRegexp", "assertRaisesWithMessage"),
        *("assertWarns", "assertWarnsRegex", "assertWarnsMessage", "assertLogs", "assertNoLogs", "assertNumQueries"),
    }
)
"""Context managers that expect an exception, a warning or a log line."""

MOCK_ASSERTIONS = frozenset(
    {
        *("assert_called", "assert_called_once", "assert_called_with", "assert_called_once_with", "assert_any_call"),
        *("assert_has_calls", "assert_not_called", "assert_awaited", "assert_awaited_once", "assert_awaited_with"),
        *("assert_awaited_once_with", "assert_any_await", "assert_has_awaits", "assert_not_awaited"),
    }
)

SILENT_MOCK_NAMES = frozenset(
    {
        *("called_once", "called_with", "called_once_with", "any_call", "has_calls", "not_called", "awaited_once"),
        *("awaited_with", "awaited_once_with", "any_await", "has_awaits", "not_awaited", "called_any", "called_never"),
    }
)
"""What people write for them; before Python 3.12 a mock takes such a call and says nothing."""

MOCK_CLASSES = frozenset(
    {"Mock", "MagicMock", "AsyncMock", "NonCallableMock", "NonCallableMagicMock", "PropertyMock", "create_autospec"}
)

SKIPS = frozenset({"pytest.skip", "self.skipTest", "pytest.xfail", "skip", "xfail", "unittest.skip"})
STOPS = frozenset({"pytest.exit", "sys.exit", "os._exit", "os.abort"})
FAILS = frozenset({"pytest.fail", "self.fail", "fail"})

SKIP_MARKS = frozenset({"skip", "skipif", "skipIf", "skipUnless", "xfail", "expectedFailure", "SkipTest"})

_EXACT = frozenset(
    {
        *("fail", "failIf", "failUnless", "failUnlessEqual", "failUnlessRaises", "ensure", "should", "snapshot"),
        *(
            "eq_",
            "ne_",
            "is_",
            "is_not",
            "is_not_",
            "in_",
            "not_in",
            "not_in_",
            "is_true",
            "is_false",
            "is_none",
            "le_",
            "lt_",
        ),
        *(
            "is_instance_of",
            "ok_",
            "startswith_",
            "expect",
            "expects",
            "that",
            "check_call",
            "raise_for_status",
            "check_returncode",
        ),
        *(
            "fnmatch_lines",
            "no_fnmatch_line",
            "re_match_lines",
            "fnmatch_lines_random",
            "no_re_match_line",
            "stdout_matches",
        ),
        *("run_state_machine_as_test", "find", "minimal", "find_any", "reveal_type", "benchmark", "image_regression"),
        *("data_regression", "file_regression", "num_regression", "dataframe_regression", "ndarrays_regression"),
        *(
            "image_comparison",
            "check_figures_equal",
            "testmod",
            "testfile",
            "run_docstring_examples",
            "matchesSnapshot",
        ),
        *("match_snapshot", "matchMock", "inline_run", "makeconftest_and_run", "raiseExceptions"),
    }
)
_LOOKS = re.compile(
    r"_*(?:assert|check|verif|validat|expect|ensure|should|must|compare|test_|approv|confirm|match_)"
    r"|(?:.+_)?(?:assert(?:s|ions?|ed)?|snapshot|golden|regression|raises|equal|equals|matches)(?:_.+)?$",
    re.IGNORECASE,
)
_ASSERTION = re.compile(r"_*(?:assert|fail(?:Unless|If))", re.IGNORECASE)

FIXTURES = re.compile(
    r".*(?:snapshot|regression|benchmark|doctest|golden|assert|check|verif|expect|image_diff|mpl_cleanup|compare).*",
    re.IGNORECASE,
)
"""Fixtures that check something for the test that asks for them."""

DECORATORS = re.compile(
    r"(?:.*\.)?(?:raises|image_comparison|check_figures_equal|function_call_count|variation|expected_warnings?|assert\w*"
    r"|expect\w*|should\w*|verif\w*|checks?_\w+|fails\w*|run_in_subprocess|mpl_image_compare|numpydoc\w*)",
    re.IGNORECASE,
)

SMOKE = re.compile(
    r"smoke|no_?error|not?_(?:raise|crash|fail|error|throw|hang|leak)|doesnt_|does_not_|without_(?:error|exception|raising)"
    r"|no_exception|n'?t (?:raise|crash|fail|error|throw|hang|break|blow|leak)"
    r"|(?:does|do|should|must|will) not (?:raise|crash|fail|error|throw|hang|break|leak)"
    r"|(?:no|without|any) (?:error|exception|warning|crash|segfault|raising|failing)|segfault|regression|\bcrash"
    r"|\bgh-?\d|#\d+|issue|can be (?:imported|called)"
    r"|nothing happens|no_?warn|bench|_pass(?:es)?$|succe(?:ss|ed)|accept|allow|permit|is possible"
    r"|fuzz|import(?:s|able)?$|_import(?:s|able|_|$)|deadlock|leak",
    re.IGNORECASE,
)

NOT_RAISED = re.compile(
    r"#[^\n]*(?:n't|\bnot|\bno|\bwithout|\bnever) +(?:\w+ +){0,2}"
    r"(?:rais|crash|fail|error|throw|explod|exception|hang|segfault)",
    re.IGNORECASE,
)
"""A comment that says that nothing is raised."""


@lru_cache(maxsize=4096)
def is_assertion(dotted: str) -> bool:
    """Whether a call by this name is an assertion that raises AssertionError, by the custom of all frameworks."""
    return bool(_ASSERTION.match(dotted.rpartition(".")[2]))


@lru_cache(maxsize=4096)
def looks_like_oracle(dotted: str) -> bool:
    """Whether a call by this name, defined elsewhere, most likely fails when the code under test is wrong."""
    first, _, rest = dotted.partition(".")
    last = dotted.rpartition(".")[2]
    return (
        last in _EXACT
        or last in EXPECTING
        or bool(_LOOKS.match(last))
        or (bool(rest) and first in ("check", "expect", "soft", "ensure", "verify", "approvals", "checker"))
        or any(part in ("should", "must", "to", "expect", "snapshot") for part in dotted.split(".")[:-1])
    )
