"""`integrity history`: every figure is that of a scan of the commit, and the commits where most is lost are named."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrity.git.log import Commit
from integrity.report.history_text import spark
from integrity.timeline.sampling import POINTS, sampled, usual
from tests.support.program import Ran, integrity, scan
from tests.support.repository import GitRepository, create

_TESTS = """from app import total


def test_{0}():
    assert total([{0}]) == {0}


def test_{0}_more():
    assert total([{0}, 1]) > 1
"""
_APP = "def total(prices):\n    return sum(prices)\n"


def _marked(text: str) -> str:
    return "".join(f"# REMOVED_SYNTAX_ERROR: {line}\n" if line else "\n" for line in text.splitlines())


def _date(number: int) -> str:
    return f"2024-{1 + number // 28:02}-{1 + number % 28:02}T12:00:00Z"


@pytest.fixture
def repository(tmp_path: Path) -> GitRepository:
    """Forty commits, one a day: a test file each for ten, then one that comments six of them out, then nothing much."""
    made = create(tmp_path / "repo")
    made.commit({"app.py": _APP}, "begin", date=_date(0))
    for number in range(1, 11):
        made.commit({f"tests/test_{number}.py": _TESTS.format(number)}, f"test {number}", date=_date(number))
    made.git("tag", "v1")
    for number in range(11, 20):
        made.commit({"app.py": f"{_APP}\n\nVERSION = {number}\n"}, f"version {number}", date=_date(number))
    made.commit({f"tests/test_{n}.py": _marked(_TESTS.format(n)) for n in range(1, 7)}, "tidy up", date=_date(20))
    for number in range(21, 40):
        made.commit({"app.py": f"{_APP}\n\nVERSION = {number}\n"}, f"version {number}", date=_date(number))
    made.git("tag", "v2")
    return made


def _history(made: GitRepository, *arguments: str) -> Ran:
    return integrity(made.path, "history", *arguments)


def test_every_figure_is_that_of_a_scan(repository: GitRepository) -> None:
    """The score, the groups, the scopes and the census of each commit, as `scan --rev` has them without imports."""
    points = _history(repository, "--every", "13", "--output-format", "json").json["points"]
    assert len(points) == 4
    for point in points:
        score = scan(repository.path, "--rev", point["commit"], "--ignore", "IMP,CYC,HAR").json["score"]
        point["score"]["groups"].pop("imports", None)
        assert point["score"] == score


def test_whole_is_what_a_scan_says(repository: GitRepository) -> None:
    """With imports and everything else that only the whole repository tells."""
    points = _history(repository, "--every", "20", "--whole", "--output-format", "json").json["points"]
    scores = [scan(repository.path, "--rev", point["commit"]).json["score"] for point in points]
    assert [point["score"] for point in points] == scores
    assert "imports" in scores[0]["groups"]


@pytest.mark.parametrize("every", ["1", "7", "week", "tag"])
def test_the_commit_that_did_it_is_named(repository: GitRepository, every: str) -> None:
    """However coarsely the line is sampled, the greatest fall is traced to the commit on it."""
    document = _history(repository, "--every", every, "--output-format", "json").json
    falls = {fall["kind"]: fall for fall in document["falls"]}
    assert {kind: fall["subject"] for kind, fall in falls.items()} == {"score": "tidy up", "tests": "tidy up"}
    assert (falls["tests"]["from"], falls["tests"]["to"], falls["tests"]["loss"]) == (20, 8, 12)
    assert repository.text("rev-parse", f"{falls['score']['after']}^") == falls["score"]["before"]


def test_text_tells_the_story(repository: GitRepository) -> None:
    """Sparklines, the table, the falls, and what has no part in it."""
    text = _history(repository, "--every", "tag").stdout
    assert "live tests  █▁  20 to 8, lowest 8\n" in text
    assert "2024-02-12" in text
    assert "v2\n" in text
    assert "-12 live tests        2024-01-21" in text
    assert "20 to 8  tidy up\n" in text
    assert "--whole adds what only" in text


def test_contents_are_parsed_once(repository: GitRepository) -> None:
    """Only contents that no run has seen are parsed, however many commits hold them."""
    work = _history(repository, "--every", "1", "--output-format", "json").json["work"]
    assert (work["commits"], work["distinct"], work["parsed"]) == (40, 1 + 10 + 28 + 6, 1 + 10 + 28 + 6)
    assert work["versions"] == sum(range(1, 12)) + 29 * 11
    again = _history(repository, "--every", "3", "--output-format", "json").json["work"]
    assert again["parsed"] == 0
    repository.commit({"app.py": f"{_APP}\n\nVERSION = 99\n"}, "one more", date=_date(41))
    assert _history(repository, "--every", "1", "--output-format", "json").json["work"]["parsed"] == 1


def test_output_does_not_depend_on_the_cache_or_the_processes(repository: GitRepository) -> None:
    """Cold, warm, one process or two: the same points."""
    runs = [("--no-cache", "-j", "1"), ("--no-cache", "-j", "2"), (), ()]
    texts = {_history(repository, "--output-format", "csv", *flags).stdout for flags in runs}
    assert len(texts) == 1


def test_csv_has_a_row_a_commit(repository: GitRepository) -> None:
    """Unrounded figures, and text that no spreadsheet runs."""
    repository.commit({"app.py": _APP}, "=HYPERLINK(1)", date=_date(41))
    rows = list(csv.DictReader(io.StringIO(_history(repository, "--every", "1", "--output-format", "csv").stdout)))
    assert len(rows) == 41
    assert rows[-1]["subject"] == "'=HYPERLINK(1)"
    assert (rows[20]["live"], rows[20]["lost"], rows[19]["live"]) == ("8", "12", "20")
    assert float(rows[19]["score"]) == 100.0


def test_a_range_begins_and_ends_where_it_says(repository: GitRepository) -> None:
    """OLD..NEW holds both ends, OLD.. goes on to HEAD."""
    points = _history(repository, "v1..HEAD~5", "--every", "9", "--output-format", "json").json["points"]
    ends = [repository.text("rev-parse", rev) for rev in ("v1^{commit}", "HEAD~5")]
    assert [points[0]["commit"], points[-1]["commit"]] == ends
    newest = _history(repository, "v1..", "--every", "week", "--output-format", "json").json["points"][-1]
    assert newest["commit"] == repository.text("rev-parse", "HEAD")
    assert newest["tags"] == ["v2"]


def test_missing_objects_are_gaps_or_reasons(repository: GitRepository) -> None:
    """A blob that a mirror lacks counts against its commits; a commit whose tree is missing is named, not scored."""
    blob = repository.text("rev-parse", "v1:tests/test_1.py")
    (repository.path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    tree = repository.text("rev-parse", "HEAD~3^{tree}")
    (repository.path / ".git/objects" / tree[:2] / tree[2:]).unlink()
    ran = _history(repository, "--every", "1", "--output-format", "json")
    points = ran.json["points"]
    assert points[-4]["score"] is None
    assert "cannot list" in points[-4]["reason"]
    assert [point["gaps"] for point in points[:3]] == [0, 1, 1]
    assert points[2]["score"]["groups"]["corruption"]["compliant"] == 2
    text = _history(repository, "--every", "1").stdout
    assert "not scored: git cannot list" in text
    assert "[1 gap]" in text
    assert _history(repository, "--every", "39").code == 0


def test_a_merge_is_one_step_of_the_line(tmp_path: Path) -> None:
    """What a branch did shows at the merge that brought it in."""
    made = create(tmp_path / "repo")
    made.commit({"app.py": _APP, "tests/test_1.py": _TESTS.format(1)}, "begin", date=_date(0))
    made.branch("side")
    made.commit({"tests/test_1.py": _marked(_TESTS.format(1))}, "hide", date=_date(1))
    made.git("checkout", "--quiet", "main")
    made.commit({"app.py": f"{_APP}\n\n\nX = 1\n"}, "work", date=_date(2))
    made.git("merge", "--quiet", "--no-edit", "-m", "bring it in", "side", date=_date(3))
    document = _history(made, "--every", "1", "--output-format", "json").json
    assert [point["subject"] for point in document["points"]] == ["begin", "work", "bring it in"]
    assert {fall["subject"] for fall in document["falls"]} == {"bring it in"}


def test_a_tag_beside_the_line_is_not_taken_for_a_predecessor(tmp_path: Path) -> None:
    """Where more tests stood on a branch that was merged than on the line it was merged into, nothing was lost."""
    made = create(tmp_path / "repo")
    made.commit({"app.py": _APP, "tests/test_1.py": _TESTS.format(1)}, "begin", date=_date(0))
    made.branch("side")
    made.commit({f"tests/test_{n}.py": _TESTS.format(n) for n in range(2, 9)}, "more", date=_date(1))
    made.git("tag", "side-1")
    made.git("checkout", "--quiet", "main")
    made.commit({"app.py": f"{_APP}\n\n\nX = 1\n"}, "work", date=_date(2))
    made.git("merge", "--quiet", "--no-ff", "--no-commit", "side")
    made.git("rm", "--quiet", "-f", "tests/test_8.py")
    made.commit({}, "bring most of it in", date=_date(3))
    made.git("tag", "v1")
    assert _history(made, "--every", "tag", "--output-format", "json").json["falls"] == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], 'no such revision "nowhere"'),
        (["..HEAD"], "has no beginning"),
        (["--every", "0"], "neither `week`, `tag` nor a number"),
        (["--every", "month"], "neither `week`, `tag` nor a number"),
    ],
)
def test_errors_are_one_line(repository: GitRepository, arguments: list[str], message: str) -> None:
    """What is wrong, and nothing on standard output."""
    ran = _history(repository, *arguments)
    assert (ran.code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert message in ran.stderr


def test_without_git_or_python_there_is_no_history(tmp_path: Path) -> None:
    """One line each."""
    assert "not in a git repository" in integrity(tmp_path, "history").stderr
    made = create(tmp_path / "repo")
    made.commit({"README": "text"})
    ran = _history(made)
    assert (ran.code, ran.stderr.count("\n")) == (2, 1)
    assert "no commit of the history" in ran.stderr


_LINES = st.integers(1, 400).map(
    lambda length: [Commit(str(number), (), 10**9 - number * 86_400, "", "", "") for number in range(length)]
)


@given(_LINES, st.one_of(st.just("week"), st.integers(1, 500).map(str), st.just("")))
def test_samples_hold_the_newest_and_keep_the_order(line: list[Commit], every: str) -> None:
    """Oldest first, each once, and by default no more than a screen shows."""
    chosen = sampled(line, every or usual(line))
    assert chosen[-1] == line[0]
    assert [commit.time for commit in chosen] == sorted({commit.time for commit in chosen})
    assert every or len(chosen) <= POINTS


@given(st.lists(st.floats(0, 100), min_size=1), st.floats(0, 100))
def test_sparklines_keep_the_order(values: list[float], span: float) -> None:
    """One bar a value, and a higher value has no lower bar."""
    bars = spark(values, span)
    assert len(bars) == len(values)
    pairs = sorted(zip(values, bars, strict=True))
    assert [bar for _, bar in pairs] == sorted(bar for _, bar in pairs)
