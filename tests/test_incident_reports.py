"""The reports of an incident: readable at any width, with and without colour, safe whatever the repository holds."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from integrity.git.log import Commit
from integrity.git.messages import Message
from integrity.incident.state import Pattern
from integrity.incident.story import BROUGHT, DELETED, STANDING, Deed, Fate, Harm, Script, Story, Wave
from integrity.incident.tools import tools
from integrity.report import incident_json, incident_markdown, incident_text
from integrity.report.incident_svg import svg
from integrity.report.incident_timeline import DAMAGED, timeline
from integrity.report.layout import cells
from tests.support.program import integrity
from tests.support.repository import GitRepository, create
from tests.test_incident import DAMAGED as GUTTED
from tests.test_incident import HEALTHY, PATH

_DAY = 86_400
_START = 1_757_030_400  # 2025-09-05 00:00 UTC
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
_RESIDUE = Pattern("COR002", "tool-residue", "GUTTED:")
_HOSTILE = "a|b `c` <script>alert(1)</script> \x1b[31m\u202e[x](http://y) @all #1\n# head"


def story(waves: int = 1, text: str = "Tidy up", days: int = 1) -> Story:
    """A story of so many waves, one a stretch of days, in which every foreign text is the given one."""
    size = waves * 2
    times = [_START + (size - number) // 2 * days * _DAY for number in range(size)]
    commits = [Commit(f"{number:040x}", (), time, text, text, text) for number, time in enumerate(times)]
    found = [
        Wave((Deed(commits[2 * number + 1], _harms(2 * number + 1, text), Message(text, text, text), (text,)),))
        for number in range(waves)
    ]
    script = Script(text, text, 3, commits[0], before=True, delay=None, present=False)
    return Story("0" * 40, commits, found, (script,), 10, 2, (text,), text, (text,))


def _harms(order: int, text: str) -> tuple[Harm, ...]:
    pattern = Pattern("COR002", "tool-residue", text)
    gone = Fate(DELETED, text, order - 1)
    return (
        Harm(order, text, BROUGHT, (pattern,), "", 5, 0, 5, gone),
        Harm(order, f"{text}2", BROUGHT, (pattern,), "", 3, 0, 3, Fate(STANDING, f"{text}2")),
    )


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """An empty repository."""
    return create(tmp_path / "project")


def test_the_text_names_what_matters() -> None:
    """Totals and the next step stand at the end, where a terminal leaves the eye."""
    text = incident_text.render(story())
    assert "1 commit damaged 2 files, 8 live tests lost" in text
    assert "COR002 tool-residue `# Tidy up` (2 files)" in text
    assert "1 file still damaged today" in text
    assert "1 file deleted by 0000000000 of 2025-09-06 00:00 (Tidy up)" in text
    *_, totals = text.split("\n\n")
    assert totals.startswith("2 files damaged by 1 commit, 8 live tests lost\n")
    assert "integrity restore" in totals


def test_small_events_are_summed_up() -> None:
    """A long history does not push the large ones off the screen."""
    text = incident_text.render(story(waves=30))
    assert "And 18 smaller events: 18 commits damaged 2 files" in text


@pytest.mark.parametrize("width", [50, 80, 120, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    """Nor does colour change a single character."""
    long = story(waves=9, text="word " * 30)
    plain = incident_text.render(long, width=width)
    assert max(cells(line) for line in plain.split("\n")) <= width
    colored = incident_text.render(long, width=width, color=True)
    assert colored != plain
    assert _ANSI.sub("", colored) == plain


@pytest.mark.parametrize(
    ("waves", "days", "label"), [(5, 1, "2025-09-06"), (50, 1, "2025-09-08"), (50, 7, "2025-10"), (50, 31, "2026")]
)
def test_the_timeline_fits_whatever_its_length(waves: int, days: int, label: str) -> None:
    """Days where they fit, else weeks (from Monday), months or years."""
    bars = timeline(story(waves=waves, days=days))
    assert len(bars) <= 40
    assert label in [bar.label for bar in bars]
    assert sum(bar.counts.get(DAMAGED, 0) for bar in bars) >= len(bars)


def test_foreign_text_cannot_move_the_cursor() -> None:
    """Nor break a line, nor reorder one."""
    text = incident_text.render(story(text=_HOSTILE))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert all(line.isprintable() for line in text.split("\n"))
    assert "\n# head" not in text


def test_foreign_text_is_no_markdown_and_no_html() -> None:
    """A renderer that allows HTML shows it as it is, and makes no link, heading or element of it."""
    text = incident_markdown.render(story(text=_HOSTILE))
    html = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    assert "<script" not in html
    assert "<a " not in html
    assert "<h1>head" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert {len(re.findall(r"<t[hd]>", row)) for row in re.findall(r"<tr>.*?</tr>", html, re.DOTALL)} <= {2, 4, 7}


def test_the_picture_is_well_formed() -> None:
    """And holds nothing but shapes and text."""
    bars = timeline(story(waves=5))
    picture = ElementTree.fromstring(svg(bars))  # noqa: S314 - our own text
    kinds = {element.tag.rpartition("}")[2] for element in picture.iter()}
    assert kinds == {"svg", "title", "rect", "text"}
    assert [bar.label for bar in bars] == [one.text for one in picture.iter() if (one.text or "").startswith("2025")]
    assert "\n\n" not in svg(bars)  # a blank line would end the block of HTML


@given(st.text(max_size=40))
def test_any_text_can_be_told(text: str) -> None:
    """In every format."""
    told = story(text=text)
    assert incident_json.render(told).isascii()
    assert all(line.isprintable() for line in incident_text.render(told).split("\n"))
    assert all(line.isprintable() for line in incident_markdown.render(told).split("\n"))


@pytest.mark.parametrize(
    ("author", "body", "expected"),
    [
        ("Ada <a@b.c>", "", ()),
        ("Ada <a@b.c>", "Co-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>", ("GitHub Copilot",)),
        ("Ada <a@b.c>", "Co-authored-by: Bob <bob@example.org>", ()),
        ("Ada <a@b.c>", "Co-authored-by: Cursor <cursoragent@cursor.com>", ("Cursor",)),
        ("Ada <a@b.c>", "Co-authored-by: aider (gpt-4o) <aider@aider.chat>", ("ChatGPT", "aider")),
        ("Ada <a@b.c>", "🤖 Generated with [Claude Code](https://claude.ai/code)", ("Claude",)),
        ("Ada <a@b.c>", "Reviewed-by: Claude Monet <claude@example.org>", ()),
        ("Ada <a@b.c>", "Move the cursor and the copilot", ()),
        ("dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>", "", ("dependabot[bot]",)),
        ("devin-ai-integration[bot] <x@users.noreply.github.com>", "", ("Devin",)),
    ],
)
def test_tools_are_read_from_who_wrote_a_commit(author: str, body: str, expected: tuple[str, ...]) -> None:
    """Not from what it is about, and not from who reviewed it."""
    name, _, email = author.partition(" <")
    commit = Commit("0" * 40, (), 0, name, email.rstrip(">"), "Subject")
    assert tools(commit, Message("GitHub", "noreply@github.com", body)) == expected


def test_hostile_names_in_a_repository_are_told(repository: GitRepository) -> None:
    """Paths with line breaks and bytes that are not UTF-8; subjects with escape sequences."""
    path = "tests/test_\n\x1b[31m\udcff|<b>.py"
    content: dict[str, str | bytes] = {path: HEALTHY}
    repository.commit(content)
    repository.commit({path: GUTTED}, "Gut \x1b[2J \u202e|<b>")
    for kind in ("text", "json", "markdown"):
        ran = integrity(repository.path, "incident", "--output-format", kind)
        assert (ran.code, ran.stderr) == (1, "")
        assert "\x1b" not in ran.stdout
        assert "<b>" not in ran.stdout or kind != "markdown"
        assert ("&#92;xff" if kind == "markdown" else "\\xff") in ran.stdout


def test_color_is_only_for_those_who_want_it(repository: GitRepository) -> None:
    """As everywhere: NO_COLOR and FORCE_COLOR count."""
    repository.commit({PATH: HEALTHY})
    repository.commit({PATH: GUTTED})
    plain = integrity(repository.path, "incident")
    forced = integrity(repository.path, "incident", environment={"FORCE_COLOR": "1"})
    assert "\x1b" not in plain.stdout
    assert _ANSI.sub("", forced.stdout) == plain.stdout != forced.stdout


def test_a_commit_of_the_far_future_is_told(repository: GitRepository) -> None:
    """What a commit says of its time is up to whoever wrote it."""
    tree = repository.commit({PATH: GUTTED})
    tree = repository.text("rev-parse", f"{tree}^{{tree}}")
    raw = f"tree {tree}\nauthor A <a@b.c> 9 +0000\ncommitter A <a@b.c> 99999999999999 +0000\n\nGut\n".encode()
    commit = repository.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=raw).decode().strip()
    repository.git("update-ref", "refs/heads/main", commit)
    for kind in ("text", "json", "markdown"):
        ran = integrity(repository.path, "incident", "--output-format", kind)
        assert (ran.code, ran.stderr, "9999-12-31" in ran.stdout) == (1, "", True), kind
