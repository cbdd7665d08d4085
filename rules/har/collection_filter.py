"""A hook takes tests out of the run.

Why it matters: what was removed neither fails nor shows in the summary. A suite can shrink to nothing and stay green.

Instead: mark and skip with a reason, or let an option or a mark select, and tell pytest what was left out
(`config.hook.pytest_deselected`).

Known limits: removal that somebody asks for by an option, a variable or a version is left alone. Removal by a condition
on the test alone is medium; removal of everything is critical.
"""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.tampering import Act, Tamper
from integrity.model import Severity
from integrity.rule import Context, Example, File, Hit, Rule

from .._harness import acts, when

RULE = Rule(
    code="HAR004",
    name="collection-filter",
    severity=Severity.CRITICAL,
    message="`{text}` {what}{when}",
    since="0.1",
)

_TESTS = Context(test=True)
_WHAT = {
    Act.DROPS_ALL: "removes all tests from the run",
    Act.IGNORES_ALL: "keeps pytest from looking into any file here",
    Act.DROPS_SOME: "removes tests from the run, which no summary shows",
}

VALID = [
    Example(
        """
        def pytest_collection_modifyitems(config, items):
            if not config.getoption("--live"):
                items[:] = [item for item in items if "live" not in item.keywords]
            slow, fast = [], []
            for item in items:
                if "slow" in item.keywords:
                    slow.append(item)
                else:
                    fast.append(item)
            items[:] = fast + slow
            items.sort(key=duration)


        collect_ignore_glob = ["*_py311.py"]
        """,
        _TESTS,
    ),
]
INVALID = [
    Example(
        """
        def pytest_collection_modifyitems(config, items):
            items[:] = []  # <- HAR004
        """,
        _TESTS,
    ),
    Example("def pytest_ignore_collect(collection_path):\n    return True  # <- HAR004\n", _TESTS),
    Example('collect_ignore_glob = ["*"]  # <- HAR004\n', _TESTS),
    # Medium.
    Example(
        """
        def pytest_collection_modifyitems(config, items):
            for item in list(items):
                if "billing" in item.nodeid:
                    items.remove(item)  # <- HAR004
        """,
        _TESTS,
    ),
    Example(
        """
        def pytest_collection_modifyitems(config, items):
            kept = []
            for item in items:
                if "billing" not in item.nodeid:
                    kept.append(item)
            items[:] = kept  # <- HAR004
        """,
        _TESTS,
    ),
]


def check(file: File) -> Iterator[Hit]:
    """One hit a statement."""
    for one in acts(file, *_WHAT):
        if not one.asked:
            yield RULE.at(
                one.span, symbol=one.symbol, severity=_severity(one), text=one.text, what=_WHAT[one.act], when=when(one)
            )


def _severity(one: Tamper) -> Severity:
    if one.act is Act.DROPS_SOME:
        return Severity.MEDIUM
    return Severity.HIGH if one.condition else Severity.CRITICAL
