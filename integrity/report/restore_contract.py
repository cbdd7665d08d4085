"""A restore plan as JSON: the contract that scripts rely on."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from integrity.git.log import Commit
from integrity.report.ascii_json import dumps
from integrity.restore.plan import Item, Plan, Source


def render(plan: Plan, *, applied: bool, backup: str | None) -> str:
    """The plan as one JSON document.

    Args:
        plan: what would be, or was, done.
        applied: whether it was.
        backup: the ref that holds everything as it was before, None when nothing was written.
    """
    return dumps(_document(plan, applied, backup))


def _document(plan: Plan, applied: bool, backup: str | None) -> dict[str, Any]:
    return {
        "version": 1,
        "command": "restore",
        "repository": {"head": plan.head or None},
        "plan": [_item(item) for item in plan.items],
        "summary": {
            "files": len(plan.items),
            "restorable": len(plan.doable),
            "tests_regained": plan.tests_regained,
        },
        "applied": applied,
        "backup": backup,
        "notes": list(plan.notes),
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "path": item.path,
        "action": item.action,
        "reason": item.reason,
        "damage": [finding.code for finding in item.damage],
        "source": _source(item.source) if item.source else None,
        "damaged_by": _commit(item.damaged_by) if item.damaged_by else None,
        "broken_by": _commit(item.broken_by) if item.broken_by else None,
        "tests": {"now": item.tests_now, "after": item.tests_after},
        "lines": {"now": item.lines_now, "after": item.lines_after},
        "kept_edits": item.kept_edits,
        "conflicts": item.conflicts,
        "notes": list(item.notes),
        "unresolved_imports": list(item.unresolved),
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "commit": source.commit.id,
        "path": source.path,
        "blob": source.blob,
        "date": moment(source.commit.time),
        "subject": source.commit.subject,
    }


def _commit(commit: Commit) -> dict[str, str]:
    return {
        "commit": commit.id,
        "author": commit.author,
        "date": moment(commit.time),
        "subject": commit.subject,
    }


def moment(time: float) -> str:
    """A time in seconds since 1970 as ISO 8601 in UTC."""
    return datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
