"""The settings of pytest, coverage and tox, from INI and TOML files."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from msgspec import structs

from integrity.harness.inilines import Sections, sections
from integrity.harness.located import Located
from integrity.harness.scripts import Collected
from integrity.harness.shell import Options, ShellCommand
from integrity.harness.tomllines import Document
from integrity.model import Span

_WORDS = ("addopts", "testpaths", "python_files", "python_classes", "python_functions", "norecursedirs")
_LINES = ("filterwarnings", "markers", "required_plugins", "plugins", "omit", "exclude_lines", "exclude_also", "env")
_SINGLE = (
    *("xfail_strict", "strict", "strict_markers", "strict_config", "strict_xfail", "strict_parametrization_ids"),
    *("asyncio_mode", "timeout", "fail_under", "source", "include", "minversion", "empty_parameter_set_mark"),
)
_PYTEST = frozenset({*_WORDS, *_SINGLE, "filterwarnings", "required_plugins", "env", "plugins"}) - {
    "fail_under",
    "source",
    "include",
}
_COVERAGE = frozenset({"omit", "exclude_lines", "exclude_also", "fail_under", "source", "include"})
_TASKS = (
    ("tool", "poe", "tasks"),
    ("tool", "pdm", "scripts"),
    ("tool", "taskipy", "tasks"),
    ("tool", "rye", "scripts"),
)
_ENVIRONMENT = re.compile(r"testenv(?::(?P<name>.*))?")
_FACTORS = re.compile(r"^[\w,{}.!-]+:\s+")
_POSARGS = re.compile(r"\{posargs:((?:[^{}]|\{[^{}]*\})*)\}")  # the arguments given, here what stands for none
_SUBSTITUTION = re.compile(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
_EQUALS = re.compile(r"\s*=\s*")
_TRUE = ("true", "1", "yes", "on")


def pytest_ini(text: str, found: Collected) -> None:
    """Read `pytest.ini`.

    Raises:
        HarnessFileError: it is not INI.
    """
    _pick(sections(text).get("pytest", {}), _PYTEST, found)


def tox_ini(text: str, found: Collected) -> None:
    """Read `tox.ini`, otherwise as `pytest_ini`."""
    parts = sections(text)
    _pick(parts.get("pytest", {}), _PYTEST, found)
    _coverage(parts, "coverage:", found)
    _tox(parts, found)


def setup_cfg(text: str, found: Collected) -> None:
    """Read `setup.cfg`, otherwise as `pytest_ini`."""
    parts = sections(text)
    _pick(parts.get("tool:pytest", {}), _PYTEST, found)
    _coverage(parts, "coverage:", found)
    _tox({name.removeprefix("tox:"): keys for name, keys in parts.items() if name.startswith("tox:")}, found)


def coveragerc(text: str, found: Collected) -> None:
    """Read `.coveragerc`, otherwise as `pytest_ini`."""
    _coverage(sections(text), "", found)


def _coverage(parts: Sections, prefix: str, found: Collected) -> None:
    for name in ("run", "report"):
        _pick(parts.get(prefix + name, {}), _COVERAGE, found)


def _pick(keys: Mapping[str, list[Located]], wanted: Iterable[str], found: Collected) -> None:
    for name in wanted:
        for line in keys.get(name, []):
            for value in _words(line.text) if name in _WORDS else [line.text]:
                found.add(name, [(value, line.span)])


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text, comments=False)
    except ValueError:  # an unclosed quote
        return text.split()


class _Environment(NamedTuple):
    """An environment of tox: its name, how its failures are lost, and the variables that it sets."""

    name: str
    lost: str
    variables: tuple[str, ...]


def _tox(parts: Sections, found: Collected) -> None:
    for section, keys in parts.items():
        match = _ENVIRONMENT.fullmatch(section)
        if not match:
            continue
        variables = [*keys.get("setenv", []), *keys.get("set_env", [])]
        outcome = any(line.text.lower() in _TRUE for line in keys.get("ignore_outcome", []))
        environment = _Environment(
            match["name"] or "testenv",
            "ignore_outcome = true" if outcome else "",
            tuple(_EQUALS.sub("=", line.text, count=1) for line in variables),
        )
        for line in _joined(keys.get("commands", [])):
            _tox_command(line, environment, found)


def _joined(lines: list[Located]) -> Iterator[Located]:
    """The commands, each of which may go on behind a backslash."""
    held: Located | None = None
    for line in lines:
        held = held._replace(text=f"{held.text} {line.text}") if held else line
        if held.text.endswith("\\"):
            held = held._replace(text=held.text[:-1])
        else:
            yield held
            held = None
    if held:
        yield held


def _tox_command(line: Located, around: _Environment, found: Collected) -> None:
    text = _FACTORS.sub("", line.text)
    lost = around.lost
    if text.startswith("-"):
        text, lost = text[1:].lstrip(), "the leading `-` of the command"
    words = _words(_SUBSTITUTION.sub("", _POSARGS.sub(r"\1", text)))
    found.add_words(tuple(words), line.span, where=around.name, lost=lost, environment=around.variables)


def _add_line(found: Collected, text: str, span: Span, *, where: str, lost: str = "") -> None:
    """Read a single line of a shell."""

    def place(_one: ShellCommand) -> Span:
        return span

    found.add_script(text, Options(), place, where=where, lost=lost, names=(where,))


def pyproject(text: str, found: Collected) -> None:
    """Read `pyproject.toml`.

    Raises:
        HarnessFileError: it is not TOML.
    """
    document = Document(text)
    pytest = ("tool", "pytest", "ini_options")
    _table(document, pytest if document.get(*pytest) is not None else pytest[:2], _PYTEST, found)
    for name in ("run", "report"):
        _table(document, ("tool", "coverage", name), _COVERAGE, found)
    for path in _TASKS:
        _tasks(document, path, found)
    for name, table in _tables(document.get("tool", "hatch", "envs")):
        if isinstance(table.get("scripts"), dict):
            _tasks(document, ("tool", "hatch", "envs", name, "scripts"), found)
    _native_tox(document, found)
    legacy = document.get("tool", "tox", "legacy_tox_ini")
    if isinstance(legacy, str):
        first = document.located("", "tool", "tox", "legacy_tox_ini").line
        _legacy(legacy, first, found)


def pytest_toml(text: str, found: Collected) -> None:
    """Read `pytest.toml`, otherwise as `pyproject`."""
    _table(Document(text), ("pytest",), _PYTEST, found)


def _native_tox(document: Document, found: Collected) -> None:
    """Read the environments of `[tool.tox]`, whose commands are lists of words."""
    paths: list[tuple[str, tuple[str, ...]]] = [("testenv", ("tool", "tox", "env_run_base"))]
    paths += [(name, ("tool", "tox", "env", name)) for name, _ in _tables(document.get("tool", "tox", "env"))]
    for where, path in paths:
        commands = document.get(*path, "commands")
        outcome = document.get(*path, "ignore_outcome") is True
        for number, command in enumerate(commands if isinstance(commands, list) else []):
            words = tuple(word for word in command if isinstance(word, str)) if isinstance(command, list) else ()
            lost = "ignore_outcome = true" if outcome else ""
            if words[:1] == ("-",):
                words, lost = words[1:], "the leading `-` of the command"
            place = document.located("", *path, "commands", number).span
            found.add_words(words, place, where=where, lost=lost)


def _legacy(text: str, first: int, found: Collected) -> None:
    """Read a `tox.ini` that stands in another file, from the line `first` on."""
    inner = Collected()
    tox_ini(text, inner)
    found.commands += [structs.replace(one, span=_moved(one.span, first)) for one in inner.commands]
    found.settings += [structs.replace(one, span=_moved(one.span, first)) for one in inner.settings]


def _moved(span: Span, lines: int) -> Span:
    return Span(span.line + lines - 1, span.column, span.end_line + lines - 1 if span.end_line else 0, span.end_column)


def _table(document: Document, path: tuple[str, ...], wanted: Iterable[str], found: Collected) -> None:
    table = document.get(*path)
    if not isinstance(table, dict):
        return
    for name in wanted:
        if name in table:
            found.add(name, _values(document, (*path, name), table[name], split=name in _WORDS))


def _values(document: Document, path: tuple[str, ...], value: Any, *, split: bool) -> Iterator[tuple[str, Span]]:
    items = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
    for number, item in items:
        text = str(item).lower() if isinstance(item, bool) else str(item)
        located = document.located(text, *path, *(() if number is None else (number,)))
        parts = _words(text) if split and number is None else text.strip().split("\n") if number is None else [text]
        yield from ((part.strip(), located.span) for part in parts)


def _tasks(document: Document, path: tuple[str, ...], found: Collected) -> None:
    for name, task in (document.get(*path) or {}).items():
        for number, line in enumerate(_task_lines(task)):
            place = document.located(line, *path, name, number).span
            lost = "the leading `-` of the command" if line.startswith("- ") else ""
            _add_line(found, line.removeprefix("- "), place, where=name, lost=lost)


def _task_lines(task: Any) -> list[str]:
    if isinstance(task, dict):
        task = task.get("cmd") or task.get("shell") or task.get("sequence") or task.get("composite") or []
    lines = [task] if isinstance(task, str) else task if isinstance(task, list) else []
    return [line for line in lines if isinstance(line, str)]


def _tables(table: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(table, dict):
        yield from ((name, one) for name, one in table.items() if isinstance(one, dict))
