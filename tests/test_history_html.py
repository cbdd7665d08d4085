"""`integrity history --output-format html`: the timeline as one page, as an HTML parser reads it."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest

from integrity.report.history_html import render
from integrity.timeline.points import Point, Timeline
from tests.support.program import integrity
from tests.support.repository import create
from tests.support.timelines import commit, fallen, point

_TEST = "from app import total\n\n\ndef test_{0}():\n    assert total([{0}]) == {0}\n"
_ATTACK = "</style></title><script>alert(1)</script>"


def _page(document: str) -> Element:
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(document)  # type: ignore[no-any-return]


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _table(root: Element, section: str) -> list[list[str]]:
    rows = root.findall(f".//section[@aria-labelledby='{section}']//tbody/tr")
    return [[_text(cell) for cell in row] for row in rows]


def test_the_page_of_a_repository(tmp_path: Path) -> None:
    """Both charts, every commit, and the commit that took the tests away by name."""
    made = create(tmp_path / "shop")
    made.commit({"app.py": "def total(prices):\n    return sum(prices)\n"}, "begin", date="2024-01-01T12:00:00Z")
    tests: dict[str, str | bytes] = {f"tests/test_{number}.py": _TEST.format(number) for number in range(4)}
    made.commit(tests, "tests", date="2024-01-02T12:00:00Z")
    gone: dict[str, str | bytes] = dict.fromkeys(tests, "# REMOVED_SYNTAX_ERROR: def test():\n")
    made.commit(gone, "tidy", date="2024-01-03T12:00:00Z")
    arguments = ("history", "--every", "1", "--output-format", "html")
    ran = integrity(made.path, *arguments)
    root = _page(ran.stdout)

    assert [_text(one) for one in root.iter("h1")] == ["Test integrity over time: shop"]
    assert len(root.findall(".//{*}polyline")) == 2
    assert [row[0] for row in _table(root, "commits")] == ["2024-01-01", "2024-01-02", "2024-01-03"]
    tests_fall = next(row for row in _table(root, "falls") if "live tests" in row[0])
    assert (tests_fall[0], tests_fall[3:5], tests_fall[-1]) == ("-4 live tests", ["4", "0"], "tidy")
    assert len(root.findall(".//tr[@class='fall']")) == 1

    target = tmp_path / "history.html"
    assert integrity(made.path, *arguments, "--output-file", str(target)).stdout == ""
    assert target.read_text(encoding="utf-8") == ran.stdout


def test_nothing_from_the_repository_is_markup() -> None:
    """Subjects, authors, tags and the name of the repository stay text; there is no script at all."""
    document = render(fallen(_ATTACK), _ATTACK)
    root = _page(document)
    assert list(root.iter("script")) == []
    assert document.count("&lt;script&gt;alert(1)") >= 4
    assert "script-src" not in document


def test_what_could_not_be_scored_says_why() -> None:
    """In its row; one point draws no line."""
    unscored = Point(commit("b"), reason="git cannot list it")
    root = _page(render(Timeline("c", "1", 2, (unscored, point("c", 90.0, 10)))))
    assert _table(root, "commits")[0][-1] == "not scored: git cannot list it"
    assert root.findall(".//{*}polyline") == []
    assert "ever fell" in _text(root)


@pytest.mark.parametrize("value", [0.0, 99.4])
def test_noise_does_not_look_like_a_cliff(value: float) -> None:
    """A tenth of a point less is a tenth of a point on a scale of five; a fall to nothing goes to the ground."""
    root = _page(render(Timeline("c", "1", 2, (point("b", 99.5, 10), point("c", value, 10)))))
    line = root.findall(".//{*}polyline")[0].attrib["points"]
    heights = [float(pair.split(",")[1]) for pair in line.split()]
    assert (heights[1] - heights[0] > 100) == (value == 0.0)
