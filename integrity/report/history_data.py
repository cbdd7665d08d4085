"""The score over time as JSON and as CSV.

    {"version": 1, "tool": {"name": "integrity", "version": "..."}, "command": "history",
     "tip": "<sha>", "every": "week|tag|<number>", "whole": false, "first_parent_commits": 0,
     "points": [{"commit": "<sha>", "date": "<time, UTC>", "author": "...", "subject": "...", "tags": ["v1"],
                 "files": 0, "gaps": 0, "score": {as in `scan`, or null}, "reason": "<why null, or empty>"}],
     "falls": [{"kind": "score|tests", "before": "<sha>", "after": "<sha>", "loss": 0.0,
                "from": 0.0, "to": 0.0, "date": "...", "author": "...", "subject": "..."}],
     "work": {"commits": 0, "versions": 0, "distinct": 0, "parsed": 0}}

Points are in order of time, falls in order of loss, those of the score first. `work` counts the commits that were
judged, the files in them, the different ones among those, and the contents that were parsed because no earlier run had.
"""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import Any

import msgspec

import integrity
from integrity.git.log import Commit
from integrity.report.ascii_json import dumps
from integrity.report.printable import printable
from integrity.report.restore_contract import moment
from integrity.timeline.points import Fall, Point, Timeline, value

_COLUMNS = ("date", "commit", "tags", "score", "grade", "known", "live", "hollow", "disabled", "uncollected", "lost",
            "files", "gaps", "subject", "reason")  # fmt: skip


def render_json(timeline: Timeline) -> str:
    """The history as one JSON document."""
    return dumps(
        {
            "version": 1,
            "tool": {"name": "integrity", "version": integrity.__version__},
            "command": "history",
            "tip": timeline.tip,
            "every": timeline.every,
            "whole": timeline.whole,
            "first_parent_commits": timeline.line,
            "points": [_point(point) for point in timeline.points],
            "falls": [_fall(fall) for fall in timeline.falls],
            "work": asdict(timeline.work),
        }
    )


def render_csv(timeline: Timeline) -> str:
    """The points as CSV with a header, lines ending in a line feed; text that a spreadsheet would run is quoted."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([_inert(cell) for cell in _cells(point)] for point in timeline.points)
    return stream.getvalue()


def _cells(point: Point) -> list[str]:
    score = point.score
    tests = score.tests if score else None
    census = [str(getattr(tests, name)) if tests else "" for name in _COLUMNS[5:11]]
    figures = [repr(score.overall), score.grade] if score else ["", ""]
    start = [moment(point.commit.time), point.commit.id, " ".join(point.labels)]
    return [*start, *figures, *census, str(point.files), str(point.gaps), point.commit.subject, point.reason]


def _inert(cell: str) -> str:
    """Without control characters, and no formula (https://owasp.org/www-community/attacks/CSV_Injection)."""
    text = printable(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _point(point: Point) -> dict[str, Any]:
    return {
        **_commit(point.commit),
        "tags": list(point.labels),
        "files": point.files,
        "gaps": point.gaps,
        "score": msgspec.to_builtins(point.score),
        "reason": point.reason,
    }


def _commit(commit: Commit) -> dict[str, Any]:
    return {
        "commit": commit.id,
        "date": moment(commit.time),
        "author": commit.author,
        "subject": commit.subject,
    }


def _fall(fall: Fall) -> dict[str, Any]:
    after = _commit(fall.after.commit)
    return {
        "kind": fall.kind,
        "before": fall.before.commit.id,
        "after": after.pop("commit"),
        "loss": fall.loss,
        "from": value(fall.before, fall.kind),
        "to": value(fall.after, fall.kind),
        **after,
    }
