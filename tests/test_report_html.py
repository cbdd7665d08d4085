"""The page of HTML, as an HTML parser reads it; `test_report_browser.py` opens it in a real browser."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import msgspec
import pytest
from hypothesis import given, settings

from integrity.model import Census, Gap, Related, Severity, Verdict
from integrity.registry.loader import load
from integrity.report.folders import rows
from integrity.report.html import render
from integrity.report.options import Base, Options, Point, Section
from integrity.report.printable import printable
from tests.support import verdicts

HISTORY = (Point("1.0", 97.5, 3400), Point("1.1", 60.25, 1200))


def page(verdict: Verdict, options: Options = Options()) -> Element:  # noqa: B008 - immutable
    """The page, parsed by the rules of HTML 5; errors of syntax fail."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(render(verdict, options))  # type: ignore[no-any-return]


def text(element: Element) -> str:
    """All text in an element."""
    return " ".join("".join(element.itertext()).split())


def items(root: Element) -> list[Element]:
    """The findings."""
    return root.findall(".//section[@class='file']/ul/li")


def section(root: Element, name: str) -> Element:
    """The section with this label."""
    found = root.find(f".//section[@aria-labelledby='{name}']")
    assert found is not None
    return found


@pytest.mark.parametrize("build", [verdicts.clean, verdicts.mixed, lambda: verdicts.many(60)])
def test_the_page_is_correct_and_complete(build: Any) -> None:
    """One item a finding, in sections with headings, in the language that it is written in."""
    verdict = build()
    root = page(verdict, Options(rules=load().rules, project="shop", history=HISTORY))

    assert root.attrib["lang"] == "en"
    assert len(items(root)) == len(verdict.findings)
    assert text(root.findall(".//h1")[0]) == "Test integrity: shop"
    labels = [one.attrib["aria-labelledby"] for one in root.iter("section") if "aria-labelledby" in one.attrib]
    ids = [one.attrib["id"] for one in root.iter() if "id" in one.attrib]
    assert set(labels) <= set(ids)
    assert len(ids) == len(set(ids))


def test_the_policy_names_the_pages_own_style_and_script_alone() -> None:
    """Nothing else can load or run, so that nothing foreign could even if it were not escaped."""
    document = render(verdicts.mixed())
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', document)
    assert policy
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].replace("&#39;", "'").split(";"))
    assert rules.pop("default-src") == rules.pop("base-uri") == rules.pop("form-action") == "'none'"
    assert rules.pop("img-src") == "data:"
    for tag in ("style", "script"):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", document, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules.pop(f"{tag}-src") == f"'sha256-{digest}'"
    assert not rules


@given(verdicts.any_verdict())
@settings(max_examples=30)
def test_whatever_a_repository_holds_stays_text(verdict: Verdict) -> None:
    """No element, no attribute, and no script that is not the template's, wherever foreign text goes."""
    hostile = verdicts.HOSTILE
    options = Options(
        project=hostile,
        base=Base(hostile, verdicts.SCORE, frozenset()),
        history=[Point(hostile, 1.0, 2)] * 2,
        failures=(hostile,),
        sections=[Section(hostile, hostile)],
        read=lambda paths: dict.fromkeys(paths, hostile.encode()),
    )
    root = page(replace_names(verdict), options)

    assert len(list(root.iter("script"))) == 1
    assert not [name for one in root.iter() for name in one.attrib if name.startswith("on") or name == "style"]
    assert sorted(text(one.find("p/code")) for one in items(root)) == sorted(one.code for one in verdict.findings)  # type: ignore[arg-type]
    assert all(character.isprintable() or character == "\n" for character in "".join(root.itertext()))


def replace_names(verdict: Verdict) -> Verdict:
    """The verdict with hostile notes and folders, too."""
    census = {verdicts.HOSTILE: Census(known=3, live=1, hollow=1, lost=1)}
    return Verdict(verdict.snapshot, verdict.findings, verdict.gaps, 0, verdict.score, (verdicts.HOSTILE,), census)


def test_the_gate_is_said_in_words() -> None:
    """By the judge, or by the defaults of a scan when nobody judged."""
    assert text(section(page(verdicts.clean()), "verdict")).startswith("The gate is met Clean: 271 files")
    failed = text(section(page(verdicts.mixed()), "verdict"))
    assert failed.startswith("The gate is not met 2 gaps: the check is incomplete 2 findings of severity high or above")
    assert "is met" in text(section(page(verdicts.mixed(), Options(failures=())), "verdict"))


def test_a_finding_shows_its_source_its_symbol_and_what_explains_it() -> None:
    """The marked characters are marked; further places are listed."""
    related = tuple(Related("b.py", line, f"place {line}") for line in range(1, 7))
    found = verdicts.finding(
        path="a.py", line=2, column=5, end_line=2, end_column=8, symbol="f", message="gutted", related=related,
        restorable=True,
    )  # fmt: skip
    (item,) = items(page(verdicts.verdict([found]), Options(read=lambda _: {"a.py": b"x\n    foo()\n"})))
    mark = item.find(".//mark")

    assert mark is not None
    assert text(mark) == "foo"
    assert text(item).startswith("critical COR001 2:5 gutted in f restorable2 foo()b.py:1: place 1")
    assert text(item).endswith("b.py:4: place 4and 2 more (json lists all)")


def test_what_is_cut_is_counted() -> None:
    """Source for the most serious ones only, when there is much; and never more findings than a browser bears."""
    found = [verdicts.finding(path=f"{n}.py", line=1, message="m" * 100, severity=Severity.LOW) for n in range(10_002)]
    document = render(
        verdicts.verdict([*found, verdicts.finding(path="z.py")]),
        Options(read=lambda paths: dict.fromkeys(paths, b"x" * 400)),
    )

    assert "3 findings, the least serious, are left out to keep this page usable" in document
    excerpts = document.count("<pre>")
    assert f"{10_000 - excerpts:,} others are without, to keep this page small" in document
    assert 0 < excerpts < 10_000


def test_three_thousand_findings_stay_under_a_megabyte() -> None:
    """With the messages, names and lines of a large repository that is badly damaged."""
    found = [
        verdicts.finding(
            path=f"netra_backend/tests/integration/agents/test_supervisor_{n // 3}.py",
            line=n % 900 + 1,
            end_line=n % 900 + 1,
            symbol="TestSupervisor.test_it",
            message="no module named 'netra_backend.app.services.state'; 7 places in this file; 21 files hit",
        )
        for n in range(3000)
    ]
    line = b"        from netra_backend.app.services.state_persistence import StatePersistence\n"
    document = render(
        verdicts.verdict(found), Options(read=lambda paths: dict.fromkeys(paths, line * 1000), rules=load().rules)
    )

    assert len(document.encode()) < 1_000_000
    assert document.count("<pre>") > 300


def test_history_is_drawn_and_tabled() -> None:
    """Two charts with names for screen readers, and the numbers; the present is the last point."""
    trend = section(page(verdicts.mixed(), Options(history=HISTORY)), "trend")
    labels = [one.attrib["aria-label"] for one in trend.iter("{http://www.w3.org/2000/svg}svg")]

    assert labels == ["Score, from 1.0: 97.5 % to now: 98.7 %", "Live tests, from 1.0: 3,400 to now: 3,412"]
    assert [text(row) for row in trend.findall(".//tbody/tr")] == ["1.097.5 %3,400", "1.160.2 %1,200", "now98.7 %3,412"]


def test_other_reports_are_included() -> None:
    """An incident or a plan, as a section of its own."""
    root = page(verdicts.mixed(), Options(sections=[Section("Incident", "347 files\n  by bot")]))
    assert [one.text for one in root.iter("pre")] == ["347 files\n  by bot"]
    assert text(section(root, "section-1")).startswith("Incident")


def test_the_base_is_compared_and_new_findings_are_marked() -> None:
    """Against an older state."""
    old = replace(verdicts.SCORE_BASE, fingerprints=frozenset({"old"}))
    found = [verdicts.finding(fingerprint="old"), verdicts.finding(fingerprint="new", line=2)]
    root = page(verdicts.verdict(found), Options(base=old))

    assert "up 1.26 points from 97.5 % on main" in text(section(root, "score"))
    assert "88 live tests fewer than on main" in text(section(root, "tests"))
    assert [" new" in text(one) for one in items(root)] == [False, True]


def test_gaps_and_notes_are_listed() -> None:
    """What could not be checked is never silent."""
    root = page(verdicts.verdict(gaps=[Gap("a.py", "no permission")], notes=("a submodule",)))
    assert text(section(root, "gaps")) == "Not checked (1) a.py: no permission"
    assert "a submodule" in text(section(root, "notes"))


def test_folders_are_opened_where_most_is_broken() -> None:
    """Every test and finding counts in exactly one row; what has no row of its own stays with the folder above."""
    census = {
        ".": Census(known=2, live=2),
        "a/x": Census(known=10, live=1, lost=9),
        "a/y": Census(known=5, live=5),
        "b": Census(known=3, live=3),
        "c": Census(known=4, live=3, disabled=1),
    }
    found = [verdicts.finding(path="a/x/t.py"), verdicts.finding(path="b/t.py", severity=Severity.LOW)]
    all_rows = rows(census, found)
    few = rows(census, found, limit=3)

    assert [(row.path, row.census.known, row.partial) for row in all_rows] == [
        ("a/x", 10, False), ("c", 4, False), ("a/y", 5, False), ("b", 3, False), ("", 2, False),
    ]  # fmt: skip
    assert [(row.path, row.census.known, row.partial) for row in few] == [
        ("a", 15, False),
        ("c", 4, False),
        ("", 5, True),
    ]
    assert sum(sum(row.findings.values()) for row in few) == 2


def test_foreign_characters_are_visible() -> None:
    """What could reorder or hide text is shown as an escape."""
    (item,) = items(page(verdicts.verdict([verdicts.finding(message=verdicts.HOSTILE)])))
    assert printable(verdicts.HOSTILE) in "".join(item.itertext())


def test_every_picture_has_a_name() -> None:
    """A folder without tests has no bar: one without a piece would be a picture that nothing can be read of."""
    found = verdicts.verdict([verdicts.finding(path="tools/make.py")])
    root = page(msgspec.structs.replace(found, census={"tests": Census(known=3, live=2, lost=1)}))
    bars = root.findall(".//{*}svg[@role='img']")
    assert [bar for bar in bars if not bar.attrib["aria-label"].strip()] == []
