"""The lock file: one line a test below the line of its file, sorted, so that each change is a line of a diff.

The lines of files never change, and stand between the tests of different files; so two branches conflict only where
they change tests of one file that stand next to each other.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from integrity.errors import IntegrityError

HEAD = (
    "# Tests that can be collected, by file: `integrity lock` writes this. A line that goes is a test that is lost.\n"
)
_TEST = re.compile(r"  (?P<name>\S+) (?P<body>[0-9a-f]{12}|inherited|possible)(?: x(?P<cases>[0-9]{1,9}))?")
_CONFLICT = ("<<<<<<< ", "=======", ">>>>>>> ", "||||||| ")


class LockError(IntegrityError):
    """A lock file that cannot be used."""


class DamagedLockError(LockError):
    """A lock file of this tool that cannot be read to its end; it can be written anew."""


class Locked(NamedTuple):
    """What is on record of a test.

    Attributes:
        body: 12 hexadecimal digits made of its text; "inherited" when the text is another file's, "possible" when only
            a run can tell whether it is collected.
        cases: how many tests its literal parameters make of it, 0 when that cannot be told.
    """

    body: str
    cases: int = 0


Tests = Mapping[str, Mapping[str, Locked]]
"""Tests by file and by name."""


def render(tests: Tests) -> str:
    """The text of a lock file; files without tests are left out."""
    return HEAD + "".join(line for path in sorted(tests) if tests[path] for line in _block(path, tests[path]))


def parse(content: bytes, shown: str) -> dict[str, dict[str, Locked]]:
    """The tests in a lock file.

    Args:
        content: of the file.
        shown: its name for messages.

    Raises:
        DamagedLockError: it is damaged.
        LockError: it is none at all.
    """
    lines = content.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    if lines[0] + "\n" != HEAD:
        raise LockError(
            f"{shown}: line 1: not a lock file; delete it and run `integrity lock`, or name another with --file"
        )
    found: dict[str, dict[str, Locked]] = {}
    tests: dict[str, Locked] | None = None
    for number, line in enumerate(lines[1:], 2):
        match = _TEST.fullmatch(line)
        if line.startswith(_CONFLICT):
            raise DamagedLockError(
                f"{shown}: line {number}: a merge conflict; run `integrity lock` on the merged tests"
            )
        if match and tests is not None:
            tests[match["name"]] = Locked(match["body"], int(match["cases"] or 0))
        elif line and not line.startswith(" "):
            tests = found.setdefault(_path(line, shown, number), {})
        elif line:
            raise DamagedLockError(
                f"{shown}: line {number}: neither a file nor a test; run `integrity lock` to write it anew"
            )
    return found


def _block(path: str, tests: Mapping[str, Locked]) -> Iterator[str]:
    yield f"{_written(path)}\n"
    for name, one in sorted(tests.items()):
        yield f"  {name} {one.body}{f' x{one.cases}' if one.cases else ''}\n"


def _written(path: str) -> str:
    """A path as a line holds it: as it is, or as JSON where it could be mistaken or not be printed."""
    plain = path.isprintable() and path == path.strip() and not path.startswith(('"', "#", "<", "=", ">", "|"))
    return path if plain else json.dumps(path)


def _path(line: str, shown: str, number: int) -> str:
    if not line.startswith('"'):
        return line
    try:
        path = json.loads(line)
    except ValueError:
        path = None
    if not isinstance(path, str):
        raise DamagedLockError(f"{shown}: line {number}: not the name of a file; run `integrity lock` to write it anew")
    return path
