"""What an edit event says: the public hook format of Claude Code, or a plain form.

Claude Code (https://code.claude.com/docs/en/hooks) writes a JSON object with `hook_event_name`, `tool_name`,
`tool_input`, `cwd` and, after the tool ran, `tool_response`. The plain form is an object with `path`, `before` and
`after`: texts, null where there is no file, and `before` left out to mean what is on disk.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from integrity.errors import IntegrityError

BEFORE, AFTER = "PreToolUse", "PostToolUse"
_TOOLS = ("Write", "Edit", "MultiEdit")
_LARGEST = 50_000_000  # characters of an event


class EventError(IntegrityError):
    """An event that cannot be understood, or whose file cannot be read."""


class Edit(NamedTuple):
    """What happens to one file.

    Attributes:
        path: where it lies on disk.
        before: its content before, None when there was no such file.
        after: its content after, None when it is deleted.
        event: `BEFORE` or `AFTER`, "" for the plain form.
        guessed: whether `before` is not known from the event, so that a committed version should be taken.
    """

    path: Path
    before: bytes | None
    after: bytes | None
    event: str = ""
    guessed: bool = False


def read_event(text: str, here: Path) -> Edit | None:
    """The edit that an event tells of, None when it tells of none.

    Args:
        text: the event.
        here: the folder that relative paths start from when the event names none.

    Raises:
        EventError: it cannot be understood, or the file cannot be read.
    """
    if len(text) > _LARGEST:
        raise EventError(f"the event is longer than {_LARGEST:,} characters")
    try:
        event = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EventError(f"the event is not valid JSON: {error}") from None
    if not isinstance(event, dict):
        raise EventError("the event is not a JSON object")
    if "hook_event_name" in event or "tool_name" in event:
        return _tool_use(event, here)
    return _plain(event, here)


def _plain(event: dict[str, Any], here: Path) -> Edit:
    path = here / _text(event, "path", "the event")
    before = _content(event, "before") if "before" in event else read_file(path)
    if "after" not in event:
        raise EventError("the event has no `after`; give the new text, or null for a deletion")
    return Edit(path, before, _content(event, "after"))


def _content(event: dict[str, Any], name: str) -> bytes | None:
    value = event[name]
    if value is not None and not isinstance(value, str):
        raise EventError(f"`{name}` of the event is neither a text nor null")
    return None if value is None else _encoded(value)


def _tool_use(event: dict[str, Any], here: Path) -> Edit | None:
    kind, tool = event.get("hook_event_name"), event.get("tool_name")
    if kind not in (BEFORE, AFTER) or tool not in _TOOLS:
        return None
    given = event.get("tool_input")
    if not isinstance(given, dict):
        raise EventError(f"the event of {tool} has no `tool_input`")
    folder = event.get("cwd")
    path = (Path(folder) if isinstance(folder, str) and folder else here) / _text(given, "file_path", "`tool_input`")
    return _before_tool(path, tool, given) if kind == BEFORE else _after_tool(path, tool, given, event)


def _before_tool(path: Path, tool: str, given: dict[str, Any]) -> Edit | None:
    """Before the tool runs the file on disk is the old one."""
    before = read_file(path)
    if tool == "Write":
        return Edit(path, before, _encoded(_text(given, "content", "`tool_input`", empty=True)), BEFORE)
    after = _applied(before, _replacements(tool, given), _replaced)
    return None if after is None else Edit(path, before, after, BEFORE)  # the tool itself will refuse


def _after_tool(path: Path, tool: str, given: dict[str, Any], event: dict[str, Any]) -> Edit | None:
    """After the tool ran the file on disk is the new one; the old one is told, or follows from the replacements."""
    after = read_file(path)
    if after is None:
        return None  # the tool failed
    told = event.get("tool_response")
    original = told.get("originalFile") if isinstance(told, dict) else None
    if isinstance(original, str):
        return Edit(path, _encoded(original), after, AFTER)
    if tool == "Write":
        return Edit(path, None, after, AFTER, guessed=True)
    before = _applied(after, [one.reversed for one in reversed(_replacements(tool, given))], _replaced)
    return Edit(path, before, after, AFTER, guessed=before is None)


class _Replacement(NamedTuple):
    old: str
    new: str
    everywhere: bool

    @property
    def reversed(self) -> _Replacement:
        return _Replacement(self.new, self.old, self.everywhere)


def _replacements(tool: str, given: dict[str, Any]) -> list[_Replacement]:
    edits = given.get("edits") if tool == "MultiEdit" else [given]
    if not isinstance(edits, list) or not all(isinstance(one, dict) for one in edits):
        raise EventError("`edits` of `tool_input` is not a list of objects")
    return [
        _Replacement(
            _text(one, "old_string", "the edit", empty=True),
            _text(one, "new_string", "the edit", empty=True),
            one.get("replace_all") is True,
        )
        for one in edits
    ]


def _applied(
    content: bytes | None, replacements: list[_Replacement], replace: Callable[[str, _Replacement], str | None]
) -> bytes | None:
    """The content after all replacements, None when one of them finds nothing to replace."""
    text: str | None = _decoded(content or b"")
    crlf = "\r\n" in (text or "")
    text = text.replace("\r\n", "\n") if crlf and text else text
    for one in replacements:
        text = replace(text, one) if text is not None else None
    if text is None:
        return None
    return _encoded(text.replace("\n", "\r\n") if crlf else text)


def _replaced(text: str, one: _Replacement) -> str | None:
    if not one.old:  # a new file
        return one.new if not text else None
    old, new = one.old.replace("\r\n", "\n"), one.new.replace("\r\n", "\n")
    if old not in text:
        return None
    return text.replace(old, new) if one.everywhere else text.replace(old, new, 1)


def read_file(path: Path) -> bytes | None:
    """The content of a file on disk, None when there is none.

    Raises:
        EventError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise EventError(f"{os.fspath(path)}: cannot be read ({reason})") from None


def _text(table: dict[str, Any], name: str, where: str, *, empty: bool = False) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not (value or empty):
        raise EventError(f"{where} has no text `{name}`")
    return value


def _decoded(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
