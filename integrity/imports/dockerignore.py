"""What a `.dockerignore` file leaves out of a build context, and what a Dockerfile takes from it.

The rules are those of Docker's documentation (build context, `.dockerignore` files; Dockerfile reference, `COPY`):
unlike in a `.gitignore`, every pattern is tied to the root, the last one that matches the path or a folder around it
decides, and `!` takes back a file though its folder is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from posixpath import normpath
from typing import NamedTuple

_INSTRUCTION = re.compile(r"[ \t]*(COPY|ADD)[ \t]+(.*)", re.IGNORECASE | re.DOTALL)
_CONTINUED = re.compile(r"\\[ \t]*\n(?:[ \t]*(?:#[^\n]*)?\n)*")
_FLAG = re.compile(r"--([a-z-]+)(?:=(\S*))?\s+")
_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[\^?[^\]/]+\]|\\.|.", re.DOTALL)


class Pattern(NamedTuple):
    """One line that matters.

    Attributes:
        line: its number, from 1.
        text: as written.
        out: whether it leaves files out, else it takes them back.
        expression: matches a whole path.
    """

    line: int
    text: str
    out: bool
    expression: re.Pattern[str]


def patterns(text: str) -> list[Pattern]:
    """The patterns of a `.dockerignore` file, in order."""
    found = []
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        body = "" if line.startswith("#") else line.strip()
        out = not body.startswith("!")
        bare = body.removeprefix("!").strip()
        if bare:
            found.append(Pattern(number, body, out, _compiled(_clean(bare))))
    return found


def decisive(found: list[Pattern], path: str) -> Pattern | None:
    """The pattern that leaves a path out, None when it is in."""
    parts = path.split("/")
    around = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    last = next((one for one in reversed(found) if any(map(one.expression.fullmatch, around))), None)
    return last if last and last.out else None


def taken(dockerfile: str) -> Callable[[str], bool]:
    """A function that tells whether a Dockerfile copies a path of its build context; in doubt, it does."""
    expressions: list[re.Pattern[str]] = []
    for sources in _copies(dockerfile):
        if any("$" in one or one.startswith("<<") for one in sources):
            return bool
        expressions += [_compiled(_clean(one)) for one in sources]
    return lambda path: any(_covers(one, path) for one in expressions)


def _covers(expression: re.Pattern[str], path: str) -> bool:
    parts = path.split("/")
    return any(expression.fullmatch("/".join(parts[:count])) for count in range(len(parts) + 1))


def _copies(dockerfile: str) -> Iterator[list[str]]:
    """The sources of every instruction that copies from the build context."""
    lines = _CONTINUED.sub(" ", dockerfile.replace("\r\n", "\n")).split("\n")
    for match in filter(None, map(_INSTRUCTION.fullmatch, lines)):
        rest, flags = match[2].strip(), []
        while flag := _FLAG.match(rest):
            flags.append(flag[1])
            rest = rest[flag.end() :]
        if "from" not in flags:
            yield _words(rest)[:-1]


def _words(rest: str) -> list[str]:
    """The arguments, in either form."""
    if rest.startswith("["):
        try:
            found = json.loads(rest)
        except (ValueError, RecursionError):
            return rest.split()
        return [str(one) for one in found] if isinstance(found, list) else []
    return rest.split()


def _clean(pattern: str) -> str:
    return normpath(pattern).lstrip("/") or "."


def _compiled(pattern: str) -> re.Pattern[str]:
    """Go's `filepath.Match` with `**`, as a regular expression; nothing matches a malformed one."""
    expression = "" if pattern == "." else "".join(map(_translated, _TOKEN.findall(pattern)))
    try:
        return re.compile(expression, re.DOTALL)
    except re.error:
        return re.compile(r"(?!)")


def _translated(token: str) -> str:
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if token in known:
        return known[token]
    if token.startswith("[") and len(token) > 1:
        inner = token[1:-1].removeprefix("^").replace("\\", "\\\\").replace("[", "\\[")
        return f"[{'^/' if token[1] == '^' else ''}{inner}]"
    return re.escape(token[-1])
