"""Globs of paths, with the meaning they have in a `.gitignore` file.

A blank pattern and one that starts with `#` do nothing. `!` takes a path back in, unless a folder above it is out. The
last pattern that matches decides. A slash at the end means folders only; a slash elsewhere ties the pattern to the
root; without one it matches at any depth. `*`, `?` and `[a-z]` stop at a slash, `**` does not. A pattern that matches a
folder matches all below it. Named classes such as `[[:alpha:]]` are not supported; a bracket that is never closed
matches nothing. Unlike in git, `./` at the start and doubled slashes, with which nothing could match, are overlooked.
Stars that touch anything but slashes are one star, as git's manual says and git does not do in `a**/b`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from itertools import groupby
from typing import NamedTuple


class _Rule(NamedTuple):
    """One pattern: whether it takes paths out (or back in), folders only, and the expression for a whole path."""

    out: bool
    folders_only: bool
    expression: str


class _Group(NamedTuple):
    """Neighbouring patterns of the same kind, as one expression for folders and one for files."""

    out: bool
    folder: re.Pattern[str]
    file: re.Pattern[str]


def compile_globs(patterns: Iterable[str]) -> Callable[[str], bool]:
    """A function that tells whether the patterns match a file's path, relative to the root and with `/`."""
    rules = [rule for rule in map(_rule, patterns) if rule]
    groups = [_group(out, list(members)) for out, members in groupby(rules, key=lambda rule: rule.out)]
    groups.reverse()
    if not groups:
        return lambda path: False  # noqa: ARG005 - the common case: nothing is excluded

    @cache
    def folder_excluded(path: str) -> bool:
        parent = path.rpartition("/")[0]
        if parent and folder_excluded(parent):
            return True
        return next((group.out for group in groups if group.folder.match(path)), False)

    def excluded(path: str) -> bool:
        parent = path.rpartition("/")[0]
        if parent and folder_excluded(parent):
            return True
        return next((group.out for group in groups if group.file.match(path)), False)

    return excluded


def _group(out: bool, rules: list[_Rule]) -> _Group:
    return _Group(out, _either(rules), _either([rule for rule in rules if not rule.folders_only]))


def _either(rules: list[_Rule]) -> re.Pattern[str]:
    """One expression for any of the rules; one that never matches for none."""
    return re.compile("|".join(f"(?:{rule.expression})" for rule in rules) or r"(?!)", re.DOTALL)


def _rule(pattern: str) -> _Rule | None:
    """Read one pattern; None for one that does nothing."""
    body = re.sub("//+", "/", _without_trailing_spaces(pattern).removeprefix("./"))
    if not body or body.startswith("#"):
        return None
    out = not body.startswith("!")
    body = body if out else body[1:]
    folders_only = body.endswith("/")
    body = body.removesuffix("/")
    anchored = "/" in body
    body = body.removeprefix("/")
    if not body:
        return None
    return _Rule(out, folders_only, ("" if anchored else "(?:.*/)?") + _expression(body) + r"\Z")


def _without_trailing_spaces(pattern: str) -> str:
    """Without the spaces at the end, but for one that a backslash protects."""
    stripped = pattern.rstrip(" ")
    slashes = len(stripped) - len(stripped.rstrip("\\"))
    return stripped + " " if slashes % 2 and len(stripped) < len(pattern) else stripped


_TOKEN = re.compile(
    r"""(?P<under>/\*{2,}\Z)
      | (?P<between>/(?:\*{2,}/)+)
      | (?P<leading>\A(?:\*{2,}/)+)
      | (?P<all>\A\*{2,}\Z)
      | (?P<star>\*+)
      | (?P<any>\?)
      | (?P<set>\[(?P<not>[!^]?)(?P<members>\]?(?:\\.|[^\]\\])*)\])
      | \\(?P<escaped>.)
      | (?P<broken>[\[\\])
      | (?P<literal>.)""",
    re.VERBOSE | re.DOTALL,
)
_FIXED = {
    "under": "/.+",
    "between": "/(?:.*/)?",
    "leading": "(?:.*/)?",
    "all": ".*",
    "star": "[^/]*",
    "any": "[^/]",
    "broken": "(?!)",
}


def _expression(body: str) -> str:
    """The regular expression for a pattern's body."""
    return "".join(_translated(token) for token in _TOKEN.finditer(body))


def _translated(token: re.Match[str]) -> str:
    kind = token.lastgroup or ""
    if kind in _FIXED:
        return _FIXED[kind]
    if token["set"] is not None:
        return _set(token["members"], negated=bool(token["not"]))
    return re.escape(token["escaped"] or token[0])


def _set(members: str, *, negated: bool) -> str:
    """A bracket expression; of a range that runs backwards only the first character counts."""
    parts = re.findall(r"(\\.|[^\\])(?:-(\\.|[^\\]))?", members, re.DOTALL)
    ranges = [(low[-1], max(low[-1], (high or low)[-1])) for low, high in parts]
    inside = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in ranges)
    return f"(?!/)[{'^' if negated else ''}{inside}]" if inside else "(?!)"
