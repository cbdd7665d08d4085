"""What the configuration and the comments in the code make of what the rules found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrity.config.config import Config
from integrity.model import Finding, Gap, Related, Severity, Span
from integrity.policy import FileHits, fingerprint
from integrity.registry.loader import Registry
from integrity.rule import Hit
from tests.support.judging import SOURCES, file, hit, marks, outcome, registry_of
from tests.support.packs import rule_source

RAISING = rule_source(
    "XPC001",
    "raising",
    ("def check(file: File)", "def check(audit: SuppressionAudit)"),
    ("    for one in file.facts.imports:\n        yield RULE.at(one.span)", "    yield RULE.at(Span(1))\n    1 / 0"),
)


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """The builtin rules, and a pack whose rules explain each other."""
    with registry_of(tmp_path_factory.mktemp("packs"), "policy_pack", SOURCES) as found:
        yield found


def test_a_hit_becomes_a_finding_with_everything_the_rule_declares(registry: Registry) -> None:
    """Nothing is lost on the way, and places that a rule leaves open are filled."""
    found = outcome(registry, file("x = 1\n", hit("XPA001", 1, symbol="f", related=((7, "there"),))))
    assert found.findings == (
        Finding(
            code="XPA001",
            name="cause",
            severity=Severity.HIGH,
            message="found by XPA001",
            path="a.py",
            line=1,
            column=1,
            end_line=1,
            end_column=1,
            symbol="f",
            fingerprint=fingerprint("XPA001", "a.py", "f", "x = 1", 0),
            restorable=True,
            related=(Related("a.py", 7, "there"),),
            anchor="x = 1",
        ),
    )
    assert found[1:] == (0, (), frozenset())


@pytest.mark.parametrize(
    ("span", "end"),
    [(Span(2, 3), (2, 3)), (Span(2, 3, 2, 9), (2, 9)), (Span(1, 3, 2), (2, 1)), (Span(1, 3, 2, 4), (2, 4))],
)
def test_the_end_of_a_finding_is_never_left_open(registry: Registry, span: Span, end: tuple[int, int]) -> None:
    """Where a rule gives no end, it is the start; a line without a column is meant from its beginning."""
    found = outcome(registry, file("x\ny\n", Hit("XPB001", Severity.LOW, "found", span)))
    assert [(one.end_line, one.end_column) for one in found.findings] == [end]


def test_what_is_not_selected_is_neither_found_nor_suppressed(registry: Registry) -> None:
    """A selection is no suppression, so it is not counted as one."""
    found = outcome(registry, file("x = 1\n", hit("XPA001", 1), hit("XPB001", 1)), select="XPB")
    assert (marks(found), found.suppressed) == ([(1, "XPB001")], 0)


def test_an_explained_hit_is_folded_into_the_first_that_explains_it(registry: Registry) -> None:
    """One damage is one finding, which says what else comes from it."""
    found = outcome(registry, file("x\ny\nz\n", hit("XPA002", 1), hit("XPA001", 2), hit("XPA001", 3)))
    assert marks(found) == [(2, "XPA001"), (3, "XPA001")]
    assert [one.related for one in found.findings] == [(Related("a.py", 1, "also XPA002: found by XPA002"),), ()]
    assert found.suppressed == 0


def test_explanations_are_followed_to_their_end(registry: Registry) -> None:
    """What explains a hit may itself be explained."""
    found = outcome(registry, file("x\ny\nz\n", hit("XPA003", 1), hit("XPA002", 2), hit("XPA001", 3)))
    assert marks(found) == [(3, "XPA001")]
    assert [one.line for one in found.findings[0].related] == [1, 2]


@pytest.mark.parametrize(("select", "expected"), [("XPA002", [(1, "XPA002")]), ("XPA", [(2, "XPA001")])])
def test_only_what_is_selected_explains(registry: Registry, select: str, expected: list[tuple[int, str]]) -> None:
    """A rule that was not asked for cannot make another's finding disappear."""
    assert marks(outcome(registry, file("x\ny\n", hit("XPA002", 1), hit("XPA001", 2)), select=select)) == expected


def test_another_file_explains_nothing(registry: Registry) -> None:
    """Folding stays inside a file."""
    found = outcome(registry, file("x\n", hit("XPA002", 1)), file("x\n", hit("XPA001", 1), path="b.py"))
    assert marks(found) == [(1, "XPA002"), (1, "XPA001")]


def test_folding_prefers_a_hit_that_is_not_silenced(registry: Registry) -> None:
    """What one comment silences must not take the explanation of the rest with it."""
    text = "x = 1  # integrity: ignore[XPA001] -- known\ny = 1\nz = 1\n"
    found = outcome(registry, file(text, hit("XPA001", 1), hit("XPA001", 2), hit("XPA002", 3)))
    assert marks(found) == [(2, "XPA001")]
    assert [one.line for one in found.findings[0].related] == [3]
    assert found.suppressed == 1


def test_a_silenced_hit_takes_what_it_explains_along(registry: Registry) -> None:
    """Folding comes before suppression: the consequences of an accepted cause are accepted with it."""
    text = "x = 1  # integrity: ignore[cause] -- known\ny = 1\n"
    found = outcome(registry, file(text, hit("XPA001", 1), hit("XPA002", 2)))
    assert (marks(found), found.suppressed) == ([], 1)


def test_a_silenced_hit_is_not_mentioned_by_what_explains_it(registry: Registry) -> None:
    """The comment is in use, although what it silences would not have been a finding of its own."""
    text = "x = 1\ny = 1  # integrity: ignore[XPA002] -- known\n"
    found = outcome(registry, file(text, hit("XPA001", 1), hit("XPA002", 2)))
    assert (marks(found), found.suppressed) == ([(1, "XPA001")], 0)
    assert found.findings[0].related == ()


@pytest.mark.parametrize("named", ["XPB001", "other", "XPA001, other", "other XPB001"])
def test_a_comment_silences_the_codes_and_names_it_holds(registry: Registry, named: str) -> None:
    """On its own line alone."""
    text = f"x = 1  # integrity: ignore[{named}] -- known\ny = 1\n"
    found = outcome(registry, file(text, hit("XPB001", 1), hit("XPB001", 2)), select="XP")
    assert (marks(found), found.suppressed) == ([(2, "XPB001")], 1)


def test_two_comments_about_the_same_finding_are_both_in_use(registry: Registry) -> None:
    """Neither is called unused, since removing either by itself would change nothing for the better."""
    text = "# integrity: file-ignore[other] -- known\nx = 1  # integrity: ignore[XPB001] -- known\n"
    found = outcome(registry, file(text, hit("XPB001", 2)))
    assert (marks(found), found.suppressed) == ([], 1)


def test_only_the_first_line_of_a_finding_counts(registry: Registry) -> None:
    """A comment somewhere inside a damaged file does not silence the finding that covers it all."""
    text = "x = 1\ny = 1  # integrity: ignore[XPB001] -- known\n"
    found = outcome(registry, file(text, hit("XPB001", 1, end=2)), select="XP")
    assert marks(found) == [(1, "XPB001")]


def test_a_file_ignore_silences_the_whole_file(registry: Registry) -> None:
    """But no other code, and no other file."""
    text = "x = 1\ny = 1\n# integrity: file-ignore[XPB001] -- known\n"
    hits = [hit("XPB001", 1), hit("XPB001", 2), hit("XPA001", 2)]
    found = outcome(registry, file(text, *hits), file("x = 1\n", hit("XPB001", 1), path="b.py"))
    assert (marks(found), found.suppressed) == ([(2, "XPA001"), (1, "XPB001")], 2)


@pytest.mark.parametrize("selectors", [("XPB001",), ("other",), ("XPB",), ("ALL",)])
def test_per_file_ignores_silence_matching_paths(registry: Registry, selectors: tuple[str, ...]) -> None:
    """Codes, names, prefixes and ALL are accepted, and what is silenced is counted."""
    files = [file("x\n", hit("XPB001", 1), path=path) for path in ("tests/a.py", "src/a.py")]
    found = outcome(registry, *files, config=Config(per_file_ignores={"tests/": selectors}))
    assert ([one.path for one in found.findings], found.suppressed) == (["src/a.py"], 1)


def test_the_configuration_overrides_severities(registry: Registry) -> None:
    """By code or by name, whatever severity a hit has."""
    config = Config(severity={"XPB001": Severity.LOW, "cause": Severity.CRITICAL})
    found = outcome(registry, file("x\n", hit("XPA001", 1), hit("XPA002", 1), hit("XPB001", 1)), config=config)
    assert [(one.code, one.severity.value) for one in found.findings] == [("XPA001", "critical"), ("XPB001", "low")]


UNUSED = "x = 1  # integrity: ignore[XPB001] -- known\n"


def test_an_unused_suppression_is_found(registry: Registry) -> None:
    """With a fingerprint that does not depend on its line."""
    first, second = (outcome(registry, file(text)).findings for text in (UNUSED, f"\n\n{UNUSED}"))
    assert [(one.line, one.code) for one in (*first, *second)] == [(1, "SUP001"), (3, "SUP001")]
    assert first[0].fingerprint == second[0].fingerprint


def test_each_code_of_a_comment_is_judged_by_itself(registry: Registry) -> None:
    """Of three codes, one is in use, one is not, and one does not exist."""
    text = "x = 1  # integrity: ignore[XPA001, other, XPZ001] -- known\n"
    found = outcome(registry, file(text, hit("XPA001", 1)))
    assert [one.message.partition(";")[0] for one in found.findings] == [
        "the suppression of XPB001 silences nothing",
        "no rule has the code or name 'XPZ001'",
    ]


@pytest.mark.parametrize(
    ("judged", "select", "ignores"),
    [
        (file(UNUSED), "XPA SUP", {}),
        (file(UNUSED), "XP", {}),
        (file(UNUSED), "XP SUP", {"a.py": ("XPB",)}),
        (file(UNUSED), "XP SUP", {"a.py": ("SUP001",)}),
        (file(UNUSED, complete=False), "XP SUP", {}),
        (file("# integrity: file-ignore[SUP001] -- known\n" + UNUSED), "XP SUP", {}),
        (file("# integrity: file-ignore[SUP001] -- nothing to silence\n"), "XP SUP", {}),
    ],
    ids=["not selected", "no SUP", "ignored here", "SUP ignored here", "a rule failed", "SUP silenced", "only SUP"],
)
def test_what_was_not_judged_is_not_called_unused(
    registry: Registry, judged: FileHits, select: str, ignores: dict[str, tuple[str, ...]]
) -> None:
    """Only a rule that ran on the file can say that a comment about it does nothing."""
    assert marks(outcome(registry, judged, config=Config(per_file_ignores=ignores), select=select)) == []


def test_findings_about_suppressions_are_only_silenced_for_a_whole_file(registry: Registry) -> None:
    """Else a comment could silence the finding about itself; trying to is a suppression without use."""
    text = "x = 1  # integrity: ignore[XPB001, SUP001] -- known\n"
    found = outcome(registry, file(text))
    assert [one.message.split()[3] for one in found.findings] == ["SUP001", "XPB001"]
    found = outcome(registry, file(f"{text}# integrity: file-ignore[SUP001] -- known\n"))
    assert (marks(found), found.suppressed) == ([], 2)


def test_a_failing_rule_about_suppressions_is_a_gap(packs_with_raising: Registry) -> None:
    """It hides neither the findings of the others nor that it failed."""
    text = "x = 1  # integrity: ignore[XYZ999] -- known\n"
    found = outcome(packs_with_raising, file(text), file("x = 1\n", path="b.py"), select="ALL")
    assert marks(found) == [(1, "SUP002")]
    assert found.gaps == (Gap("a.py", "rule XPC001 failed: ZeroDivisionError: division by zero"),)


@pytest.fixture
def packs_with_raising(tmp_path: Path) -> Iterator[Registry]:
    """The builtin rules, and one that fails."""
    with registry_of(tmp_path, "raising_pack", {"raising.py": RAISING}) as found:
        yield found
