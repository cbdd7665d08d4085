"""Pytest's options as far as they decide on what is collected, from its configuration file and `addopts` in it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_VALUED = {
    "--ignore": "ignored",
    "--ignore-glob": "ignored_globs",
    "--deselect": "deselected",
    "-k": "keyword",
    "-m": "mark",
    "-p": "plugins",
    "-o": "override",
    "--override-ini": "override",
}
_FLAGS = frozenset({"-v", "-vv", "-q", "-qq", "-s", "-x", "-l", "--strict", "--strict-markers", "--strict-config"})


@dataclass(frozen=True)
class Options:
    """The options.

    Attributes:
        paths: files and folders to search, globs allowed; none means the root.
        python_files: globs of test files.
        python_classes: prefixes or globs of test classes.
        python_functions: prefixes or globs of test functions.
        norecursedirs: globs of folders to stay out of.
        ignored: files and folders to leave out.
        ignored_globs: globs of such.
        deselected: beginnings of the ids of tests to leave out.
        keyword: the expression of `-k`.
        mark: the expression of `-m`.
        plugins: modules loaded as plugins.
        imported: whether tests imported from other modules count.
        doctests: whether doctests of modules are collected.
    """

    paths: tuple[str, ...] = ()
    python_files: tuple[str, ...] = ("test_*.py", "*_test.py")
    python_classes: tuple[str, ...] = ("Test",)
    python_functions: tuple[str, ...] = ("test",)
    norecursedirs: tuple[str, ...] = ("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}")
    ignored: tuple[str, ...] = ()
    ignored_globs: tuple[str, ...] = ()
    deselected: tuple[str, ...] = ()
    keyword: str = ""
    mark: str = ""
    plugins: tuple[str, ...] = ()
    imported: bool = True
    doctests: bool = False


def options(table: Mapping[str, Any], arguments: Sequence[str] = ()) -> Options:
    """The options of a project.

    Args:
        table: the options by name, as the configuration file says them.
        arguments: words of the command line, behind those of `addopts`.
    """
    given, paths = _parsed([*_words(table.get("addopts", "")), *arguments])
    settings = dict(table) | dict(_override(one) for one in given.get("override", ()))
    found: dict[str, Any] = {
        name: _words(settings[name])
        for name in ("python_files", "python_classes", "python_functions", "norecursedirs")
        if name in settings
    }
    found |= {name: tuple(given.get(name, ())) for name in ("ignored", "ignored_globs", "deselected", "plugins")}
    found |= {name: given[name][-1] for name in ("keyword", "mark") if name in given}
    return Options(
        **found,
        paths=tuple(paths) or _words(settings.get("testpaths", "")),
        imported=str(settings.get("collect_imported_tests", "true")).lower() not in ("false", "0", "no", "off"),
        doctests="doctests" in given,
    )


def _parsed(words: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    """The values of the options that matter here, and the paths.

    A word behind an option that is not known here is taken for its value.
    """
    given: dict[str, list[str]] = {}
    paths: list[str] = []
    rest = iter(words)
    unclear = False
    for word in rest:
        name, value = _option(word)
        if name in _VALUED:
            given.setdefault(_VALUED[name], []).append(next(rest, "") if value is None else value)
        elif name == "--doctest-modules":
            given["doctests"] = []
        elif not name and not unclear:
            paths.append(word)
        unclear = bool(name) and name not in _VALUED and name not in _FLAGS and value is None
    return given, paths


def _option(word: str) -> tuple[str, str | None]:
    """Name and value of an option; "" for the name of a word that is none, None for a value that is not in the word."""
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return name, value if equals else None
    if word.startswith("-") and len(word) > 1:
        attached = word[:2] in _VALUED and len(word) > 2  # noqa: PLR2004 - a dash and a letter
        return (word[:2], word[2:].removeprefix("=")) if attached else (word, None)
    return "", None


def _override(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _words(value: object) -> tuple[str, ...]:
    """A list's strings, or a string's words as a shell would split them."""
    if isinstance(value, str):
        try:
            return tuple(shlex.split(value))
        except ValueError:  # an unclosed quote
            return tuple(value.split())
    return tuple(_strings(value)) if isinstance(value, list) else ()


def _strings(values: list[Any]) -> Iterator[str]:
    return (value for value in values if isinstance(value, str))
