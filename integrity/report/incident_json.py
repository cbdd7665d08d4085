"""The story of the damage as JSON: the contract that scripts rely on.

    {"version": 1,
     "command": "incident",
     "repository": {"head": "<sha>"},
     "since": "<as given, or null>",
     "waves": [{"first": "<time>", "last": "<time>", "author": "...", "tools": ["Claude"], "files": 0, "tests_lost": 0,
                "patterns": [{"code": "COR002", "name": "tool-residue", "marker": "<or null>", "files": 0}],
                "kinds": {"brought": 0, "rewrote": 0, "spread": 0},
                "fates": [{"end": "standing|repaired|overwritten|deleted|unknown", "commit": "<sha or null>",
                           "files": 0}],
                "commits": [{"commit": "<sha>", "date": "<time>", "author": "...", "author_email": "...",
                             "committer": "...", "committer_email": "...", "subject": "...",
                             "trailers": [{"key": "Co-Authored-By", "value": "..."}], "tools": ["Claude"],
                             "tests_lost": 0,
                             "files": [{"path": "...", "kind": "brought|rewrote|spread", "codes": ["COR002"],
                                        "marker": "<or null>", "origin": "<path or null>",
                                        "tests": {"before": 0, "after": 0, "named": 0},
                                        "fate": {"end": "...", "path": "...", "commit": "<sha or null>",
                                                 "date": "<time or null>"},
                                        "stood_seconds": 0}]}]}],
     "scripts": [{"path": "...", "marker": "...", "line": 1, "before_the_damage": true,
                  "likely_culprit": true, "present": true,
                  "added_by": {"commit": "...", "author": "...", "date": "...", "subject": "..."}}],
     "standing": ["<path of a file of HEAD that is damaged>"],
     "summary": {"waves": 0, "commits": 0, "files": 0, "tests_lost": 0, "standing": 0, "versions_examined": 0,
                 "versions_unread": 0},
     "notes": ["..."]}

Waves, and the commits of each, are sorted with the newest first. Times are ISO 8601 in UTC. "brought" damage into a
sound or new file, "rewrote" one damage into another, "spread" it by copying. `tests.named` counts those named in the
damaged text; `summary.tests_lost` counts those of a file that lost some more than once as often as it lost most.
`trailers`, `committer` and its address are missing values (empty list, null) where the commit's message cannot be read.
"""

from __future__ import annotations

from typing import Any

from integrity.git.log import Commit
from integrity.incident.story import Deed, Harm, Script, Story, Wave
from integrity.report.ascii_json import dumps
from integrity.report.incident_timeline import within
from integrity.report.restore_contract import moment


def render(story: Story) -> str:
    """The story as one JSON document."""
    return dumps(_document(story))


def _document(story: Story) -> dict[str, Any]:
    return {
        "version": 1,
        "command": "incident",
        "repository": {"head": story.head},
        "since": story.since or None,
        "waves": [_wave(story, wave) for wave in story.waves],
        "scripts": [_script(script) for script in story.scripts],
        "standing": list(story.standing),
        "summary": _summary(story),
        "notes": list(story.notes),
    }


def _summary(story: Story) -> dict[str, int]:
    return {
        "waves": len(story.waves),
        "commits": len(story.deeds),
        "files": story.files,
        "tests_lost": story.tests_lost,
        "standing": len(story.standing),
        "versions_examined": story.examined,
        "versions_unread": story.unread,
    }


def _wave(story: Story, wave: Wave) -> dict[str, Any]:
    return {
        "first": _date(wave.first.time),
        "last": _date(wave.last.time),
        "author": wave.last.author,
        "tools": list(wave.tools),
        "files": wave.files,
        "tests_lost": wave.tests_lost,
        "patterns": [
            {"code": one.code, "name": one.name, "marker": one.marker or None, "files": files}
            for one, files in wave.patterns
        ],
        "kinds": dict(sorted(wave.kinds.items())),
        "fates": [
            {"end": one.end, "commit": _id(story, order), "files": files}
            for one in wave.outcomes
            for order, files in one.commits
        ],
        "commits": [_deed(story, deed) for deed in wave.deeds],
    }


def _deed(story: Story, deed: Deed) -> dict[str, Any]:
    commit, message = deed.commit, deed.message
    return {
        "commit": commit.id,
        "date": _date(commit.time),
        "author": commit.author,
        "author_email": commit.email,
        "committer": message.committer if message else None,
        "committer_email": message.email if message else None,
        "subject": commit.subject,
        "trailers": [{"key": key, "value": value} for key, value in message.trailers] if message else [],
        "tools": list(deed.tools),
        "tests_lost": deed.tests_lost,
        "files": [_harm(story, harm) for harm in deed.harms],
    }


def _harm(story: Story, harm: Harm) -> dict[str, Any]:
    fate = harm.fate
    return {
        "path": harm.path,
        "kind": harm.kind,
        "codes": [pattern.code for pattern in harm.patterns],
        "marker": next((pattern.marker for pattern in harm.patterns if pattern.marker), None),
        "origin": harm.origin or None,
        "tests": {"before": harm.tests_before, "after": harm.tests_after, "named": harm.named},
        "fate": {
            "end": fate.end,
            "path": fate.path,
            "commit": _id(story, fate.order),
            "date": _date(story.commits[fate.order].time) if fate.order >= 0 else None,
        },
        "stood_seconds": story.stood(harm),
    }


def _id(story: Story, order: int) -> str | None:
    return story.commits[order].id if order >= 0 else None


def _script(script: Script) -> dict[str, Any]:
    return {
        "path": script.path,
        "marker": script.marker,
        "line": script.line,
        "before_the_damage": script.before,
        "likely_culprit": script.likely,
        "present": script.present,
        "added_by": _commit(script.added) if script.added else None,
    }


def _date(time: float) -> str:
    return moment(within(time))


def _commit(commit: Commit) -> dict[str, str]:
    return {"commit": commit.id, "author": commit.author, "date": _date(commit.time), "subject": commit.subject}
