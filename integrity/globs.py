"""Globs of paths, read as `.gitignore` reads them, without negation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from integrity.gitignore import compile_globs

__all__ = ["compile_globs", "matcher"]

_PART = re.compile(
    r"(?P<stars>\*+) | (?P<any>\?) | \[ (?P<not>[!^]?) (?P<set>\][^\]]*|[^\]]+) \] | \\(?P<escaped>.) | (?P<plain>.)",
    re.VERBOSE | re.DOTALL,
)
_MEANINGFUL = re.compile(r"[\[\]&~|^]")  # in a character class of Python, but not in one of git
_NOTHING = "(?!)"


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """A function that tells whether a path matches any of the globs.

    Paths are relative to the repository root and separated by `/`. A glob without a slash, or with one only at its end,
    matches a file or folder of that name at any depth; any other is relative to the root. `*` and `?` stay within one
    folder, `**` does not. What matches a folder matches everything in it; a slash at the end matches folders alone.
    """
    patterns = [pattern for glob in globs if (pattern := _pattern(glob))]
    if not patterns:
        return lambda _path: False
    compiled = re.compile("|".join(patterns), re.DOTALL)
    return lambda path: compiled.fullmatch(path) is not None


def _pattern(glob: str) -> str:
    """The regular expression that matches a whole path, "" for a glob that names nothing."""
    folder = glob.endswith("/")
    body = glob.rstrip("/").removeprefix("./")
    anchored = "/" in body
    parts = [part for part in body.split("/") if part]
    if not parts:
        return ""
    prefix = "" if anchored else "(?:.+/)?"
    return f"(?:{prefix}{_joined(parts)}{'/.+' if folder else '(?:/.+)?'})"


def _joined(parts: list[str]) -> str:
    """The parts between slashes, where `**` stands for any number of folders, at the end for anything inside."""
    pieces = []
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        if part == "**":
            pieces.append(".+" if last else "(?:.+/)?")
        else:
            pieces.append(_part(part) + ("" if last else "/"))
    return "".join(pieces)


def _part(part: str) -> str:
    return "".join(map(_token, _PART.finditer(part)))


def _token(match: re.Match[str]) -> str:
    if match["stars"]:
        return "[^/]*"
    if match["any"]:
        return "[^/]"
    if match["set"]:
        return _set(match["set"], "^" if match["not"] else "")
    return re.escape(match["escaped"] or match["plain"])


def _set(members: str, negated: str) -> str:
    """A character class; one that makes no sense, such as `[z-a]`, matches nothing."""
    escaped = _MEANINGFUL.sub(r"\\\g<0>", members).replace("--", r"-\-")
    pattern = f"(?!/)[{negated}{escaped}]"
    try:
        re.compile(pattern)
    except re.error:
        return _NOTHING
    return pattern
