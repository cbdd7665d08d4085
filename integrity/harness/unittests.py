"""Which tests a command line of unittest, or of Django's runner, selects.

As `python -m unittest --help` says: names of modules, classes and methods, or `discover` with a folder and a pattern
of file names; `-k` takes what a test must be called, and several of them are alternatives.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

BY_PATTERN = "--pattern"
_DEFAULT_PATTERN = "test*.py"
_NAMES = {"-k": "-k", "-p": BY_PATTERN, "--pattern": BY_PATTERN, "--tag": "--tag", "--exclude-tag": "--exclude-tag"}
_PLACES = frozenset({"-s", "--start-directory"})
_VALUED = frozenset({"-t", "--top-level-directory", "--durations", "--settings", "--parallel", "--verbosity"})


class Selection(NamedTuple):
    """What a runner is told.

    Attributes:
        options: the options that leave tests out, each with its value.
        paths: where it looks, () for where its settings say.
    """

    options: tuple[tuple[str, str], ...] = ()
    paths: tuple[str, ...] = ()


def unittest_selection(words: Sequence[str]) -> Selection | None:
    """What a command says to unittest, None when it does not call it."""
    rest = _arguments(words)
    if rest is None:
        return None
    options: list[tuple[str, str]] = []
    paths: list[str] = []
    positions = rest[0:1] == ["discover"]
    for name, value in _pairs(rest[1:] if positions else rest):
        if name in _NAMES:
            options += [] if (name, value) == ("-p", _DEFAULT_PATTERN) else [(_NAMES[name], value)]
        elif name in _PLACES:
            paths.append(value)
        elif not name:
            paths.append(value if positions else _path(value))
    return Selection(tuple(options), tuple(paths))


def _arguments(words: Sequence[str]) -> list[str] | None:
    """What stands behind the name of the runner."""
    for number, word in enumerate(words):
        if word == "unittest" and words[number - 1 : number] == ("-m",):
            return list(words[number + 1 :])
        if word.rpartition("/")[2] in ("manage.py", "django-admin") and words[number + 1 : number + 2] == ("test",):
            return list(words[number + 2 :])
    return None


def _pairs(rest: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Options with their values, and positional words under the name ""."""
    words = iter(rest)
    for word in words:
        name, sign, value = word.partition("=")
        if not word.startswith("-"):
            yield "", word
        elif name in _NAMES or name in _PLACES or name in _VALUED:
            yield name, value if sign else next(words, "")


def _path(name: str) -> str:
    """The file or folder of a dotted name, its classes and methods left out."""
    if "/" in name or name.endswith(".py"):
        return name
    parts = re.split(r"\.(?=[A-Z])", name, maxsplit=1)[0].split(".")
    path = "/".join(parts)
    return f"{path}.py" if parts[-1].startswith("test_") else path
