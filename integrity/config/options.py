"""The configuration keys: which there are, what type each has, and what is said of a value that is wrong.

A converter gets the key, the value and a function to complain with; it returns the value as `Config` holds it. What it
returns after a complaint is never used, so it may be anything of the right type.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from posixpath import normpath
from typing import Any, TypeGuard

from integrity.errors import did_you_mean
from integrity.model import Severity

Complain = Callable[[str, str], None]
"""Takes the key and "what is wrong; what to do"."""

SCOPES = ("production", "tests")
GROUPS = ("corruption", "tests", "imports", "environment", "structure")
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_SIZE = re.compile(r"(?P<number>[0-9]{1,12}(?:\.[0-9]{1,6})?) *(?P<unit>[A-Za-z]*)", re.ASCII)
_VERSION = re.compile(r"[23]\.[0-9]{1,2}", re.ASCII)
_TYPES = {bool: "true or false", int: "a number", float: "a number", str: "a string", list: "a list", dict: "a table"}
_FULL = 100.0


@dataclass(frozen=True)
class Option:
    """A key: the field of `Config` it fills, and how its value is converted."""

    field: str
    convert: Callable[[str, Any, Complain], object]


def settings(table: Mapping[str, object], complain: Complain) -> dict[str, object]:
    """The fields of `Config` that a table of the configuration file sets."""
    found = {}
    for key, value in _flat(table, complain):
        option = OPTIONS.get(key)
        if option:
            found[option.field] = option.convert(key, value, complain)
        else:
            complain(key, _unknown(key))
    return found


def kind(value: object) -> str:
    """What a user would call the type of a TOML value."""
    return _TYPES.get(type(value), "a date or time")


def strings(key: str, value: object, complain: Complain) -> tuple[str, ...]:
    """A list of strings, none of them blank."""
    if not isinstance(value, (list, tuple)):
        example = json.dumps([value]) if isinstance(value, str) else '["..."]'
        complain(key, f"is {kind(value)}, must be a list of strings; write {example}")
        return ()
    for number, item in enumerate(value, 1):
        if not isinstance(item, str):
            complain(key, f"item {number} is {kind(item)}, must be a string; put it in quotes")
        elif not item.strip():
            complain(key, f"item {number} is blank; remove it")
    return tuple(item for item in value if isinstance(item, str))


def filled(key: str, value: object, complain: Complain) -> tuple[str, ...]:
    """A list of strings that must hold at least one."""
    if value in ([], ()):
        complain(key, "is empty, so that nothing could match; name at least one, or leave the key out")
    return strings(key, value, complain)


def folders(key: str, value: object, complain: Complain) -> tuple[str, ...]:
    """A list of folders inside the repository, normalised: "tests" for "./tests/"."""
    found = filled(key, value, complain)
    return tuple(folder(key, item, complain) for item in found if item.strip())


def folder(key: str, value: object, complain: Complain) -> str:
    """A folder inside the repository, normalised."""
    if not isinstance(value, str) or not value.strip():
        complain(key, f"is {kind(value) if value != '' else 'empty'}, must be the name of a folder; name one")
        return ""
    path = normpath(value.replace("\\", "/"))
    if path.startswith(("/", "../")) or path == ".." or re.match("[A-Za-z]:", path):
        complain(key, f"{value!r} is outside the repository; give a path relative to its root")
    return path


def file(key: str, value: object, complain: Complain) -> str:
    """A file inside the repository, normalised; "" for none."""
    if not isinstance(value, str):
        complain(key, f"is {kind(value)}, must be the name of a file; name one")
        return ""
    return folder(key, value, complain) if value else ""


def codes_by_glob(key: str, value: object, complain: Complain) -> dict[str, tuple[str, ...]]:
    """A table from globs to lists of rule codes."""
    if not isinstance(value, dict):
        complain(key, f'is {kind(value)}, must be a table; write "tests/legacy/**" = ["CODE"] under [{key}]')
        return {}
    for glob in value:
        if not glob.strip():
            complain(key, "has a blank glob; remove it")
    return {glob: filled(f"{key}.{glob!r}", codes, complain) for glob, codes in value.items()}


def needs_by_glob(key: str, value: object, complain: Complain) -> dict[str, tuple[str, ...]]:
    """A table from globs to lists of base classes, or marks with an `@` in front."""
    if not isinstance(value, dict):
        complain(key, f'is {kind(value)}, must be a table; write "tests/e2e/" = ["BaseE2ETest", "@e2e"] under [{key}]')
        return {}
    return {glob: filled(f"{key}.{glob!r}", names, complain) for glob, names in value.items()}


def dotted_names(key: str, value: object, complain: Complain) -> tuple[str, ...]:
    """A list of dotted names."""
    return tuple(dotted(key, name, complain) for name in strings(key, value, complain))


def forbidden_imports(key: str, value: object, complain: Complain) -> dict[str, tuple[str, ...]]:
    """A table from dotted names to lists of dotted names."""
    if not isinstance(value, dict):
        complain(key, f'is {kind(value)}, must be a table; write "app.core" = ["app.web"] under [{key}]')
        return {}
    return {
        dotted(key, name, complain): tuple(
            dotted(f"{key}.{name!r}", one, complain) for one in filled(f"{key}.{name!r}", names, complain)
        )
        for name, names in value.items()
    }


def artefacts(key: str, value: object, complain: Complain) -> dict[str, dict[str, Any]]:
    """A table from names to tables with entry points and, if need be, context, Dockerfile and ignore file."""
    if not isinstance(value, dict):
        complain(key, f"is {kind(value)}, must be a table; write [tool.integrity.{key}.NAME] and entry-points in it")
        return {}
    return {name: _artefact(f"{key}.{name}", table, complain) for name, table in value.items()}


def _artefact(key: str, table: object, complain: Complain) -> dict[str, Any]:
    if not isinstance(table, dict):
        complain(key, f'is {kind(table)}, must be a table; write entry-points = ["app.main"] in it')
        return {"entry_points": ()}
    places = ("context", "dockerfile", "ignore")
    for unknown in sorted(set(table) - {"entry-points", *places}):
        complain(key, f"unknown key {unknown!r}; there are entry-points, {', '.join(places)}")
    found: dict[str, Any] = {name: folder(f"{key}.{name}", table[name], complain) for name in places if name in table}
    return {**found, "entry_points": filled(f"{key}.entry-points", table.get("entry-points", []), complain)}


def switch(key: str, value: object, complain: Complain) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        complain(key, f"is {kind(value)}, must be true or false; write {key} = true")
        return False
    return value


def canonical_imports(key: str, value: object, complain: Complain) -> dict[str, str]:
    """A table from dotted names to dotted names."""
    if not isinstance(value, dict):
        complain(key, f'is {kind(value)}, must be a table; write "app.old" = "app.new" under [{key}]')
        return {}
    return {dotted(key, name, complain): dotted(f"{key}.{name!r}", one, complain) for name, one in value.items()}


def dotted(key: str, value: object, complain: Complain) -> str:
    """A dotted name."""
    if isinstance(value, str) and value and all(map(str.isidentifier, value.split("."))):
        return value
    complain(key, f'{_quoted(value)} is no dotted name; write it as an import does, as in "app.core"')
    return ""


def severities(key: str, value: object, complain: Complain) -> dict[str, Severity]:
    """A table from rule codes to severities."""
    if not isinstance(value, dict):
        complain(key, f'is {kind(value)}, must be a table; write CODE = "low" under [{key}]')
        return {}
    return {code: severity(f"{key}.{code!r}", level, complain) for code, level in value.items()}


def severity(key: str, value: object, complain: Complain) -> Severity:
    """One of the four severities."""
    try:
        return Severity(value)
    except ValueError:
        names = [level.value for level in Severity]
        hint = did_you_mean(value, names) if isinstance(value, str) else ""
        complain(key, f"{_quoted(value)} is no severity{hint or '; use ' + ', '.join(names[:-1]) + ' or ' + names[-1]}")
        return Severity.HIGH


def size(key: str, value: object, complain: Complain) -> int:
    """A positive number of bytes, from a number or from text such as "10 MB"."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    match = _SIZE.fullmatch(value.strip()) if isinstance(value, str) else None
    found = float(match["number"]) * _UNITS.get(match["unit"].upper(), 0) if match else 0
    if found >= 1:
        return int(found)
    complain(key, f'{_quoted(value)} is no size; give a positive number of bytes, or text such as "10 MB"')
    return 1


def version(key: str, value: object, complain: Complain) -> str:
    """A Python version of two numbers."""
    if isinstance(value, str) and _VERSION.fullmatch(value.strip()):
        return value.strip()
    complain(key, f'{_quoted(value)} is no Python version; write major and minor in quotes, as in "3.10"')
    return ""


def percent(key: str, value: object, complain: Complain) -> float:
    """A number from 0 to 100."""
    if _is_number(value) and 0 <= value <= _FULL:
        return float(value)
    complain(key, f"{_quoted(value)} is no percentage; give a number from 0 to 100")
    return 0.0


def count(key: str, value: object, complain: Complain) -> int:
    """A positive whole number."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    complain(key, f"{_quoted(value)} is no count; give a whole number that is 1 or more")
    return 1


def weights(key: str, value: object, complain: Complain) -> dict[str, float]:
    """A table from score groups to weights, which are not negative and not all zero."""
    if not isinstance(value, dict):
        complain(key, f"is {kind(value)}, must be a table; write {GROUPS[0]} = 2 under [{key}]")
        return {}
    for group, weight in value.items():
        if group not in GROUPS:
            complain(f"{key}.{_key(group)}", "is no score group" + (did_you_mean(group, GROUPS) or _one_of(GROUPS)))
        elif not (_is_number(weight) and 0 <= weight < math.inf):
            complain(f"{key}.{group}", f"{_quoted(weight)} is no weight; give a number that is 0 or more")
    if set(value) >= set(GROUPS) and not any(value.values()):
        complain(key, "are all 0, so that no score can be told; give at least one group a weight")
    return {group: float(weight) for group, weight in value.items() if _is_number(weight)}


def thresholds(key: str, value: object, complain: Complain) -> dict[str, float]:
    """A table from score groups to percentages."""
    return _thresholds(key, value, complain, "score group", GROUPS)


def scope_thresholds(key: str, value: object, complain: Complain) -> dict[str, float]:
    """A table from scopes to percentages."""
    return _thresholds(key, value, complain, "scope", SCOPES)


def _thresholds(key: str, value: object, complain: Complain, noun: str, known: tuple[str, ...]) -> dict[str, float]:
    if not isinstance(value, dict):
        complain(key, f"is {kind(value)}, must be a table; write {known[0]} = 100 under [{key}]")
        return {}
    for name in value:
        if name not in known:
            complain(f"{key}.{_key(name)}", f"is no {noun}" + (did_you_mean(name, known) or _one_of(known)))
    return {name: percent(f"{key}.{_key(name)}", bound, complain) for name, bound in value.items()}


OPTIONS: Mapping[str, Option] = {
    "select": Option("select", filled),
    "ignore": Option("ignore", strings),
    "extend-select": Option("extend_select", strings),
    "exclude": Option("exclude", strings),
    "per-file-ignores": Option("per_file_ignores", codes_by_glob),
    "severity": Option("severity", severities),
    "fail-severity": Option("fail_severity", severity),
    "max-file-size": Option("max_file_size", size),
    "minimum-python": Option("minimum_python", version),
    "cache-dir": Option("cache_dir", folder),
    "baseline": Option("baseline", file),
    "entry-points": Option("entry_points", strings),
    "imports.forbidden": Option("forbidden_imports", forbidden_imports),
    "imports.canonical": Option("canonical_imports", canonical_imports),
    "artefacts": Option("artefacts", artefacts),
    "imports.history": Option("import_history", switch),
    "tests.paths": Option("test_paths", folders),
    "tests.python-files": Option("python_files", filled),
    "tests.python-classes": Option("python_classes", strings),
    "tests.python-functions": Option("python_functions", strings),
    "tests.assertion-functions": Option("assertion_functions", strings),
    "policy.no-mock-paths": Option("no_mock_paths", strings),
    "policy.no-mock-markers": Option("no_mock_markers", strings),
    "policy.required": Option("required_by_glob", needs_by_glob),
    "policy.forbidden-imports": Option("forbidden_test_imports", dotted_names),
    "env.accessors": Option("accessors", strings),
    "structure.max-complexity": Option("max_complexity", count),
    "structure.min-maintainability": Option("min_maintainability", percent),
    "score.weights": Option("weights", weights),
    "score.fail-under": Option("fail_under", percent),
    "score.thresholds": Option("thresholds", thresholds),
    "score.scope-thresholds": Option("scope_thresholds", scope_thresholds),
}
"""Every key by its dotted name, in the order in which settings are shown."""

_TABLES = frozenset(key.partition(".")[0] for key in OPTIONS if "." in key)


def _flat(table: Mapping[str, object], complain: Complain) -> Iterator[tuple[str, object]]:
    """Keys and values, those of known tables under their dotted name, unprintable or dotted names in quotes."""
    for name, value in table.items():
        if name not in _TABLES:
            yield _key(name), value
        elif isinstance(value, dict):
            yield from ((f"{name}.{_key(key)}", inner) for key, inner in value.items())
        else:
            complain(name, f"is {kind(value)}, must be a table; put its keys under [{name}]")


def _key(name: str) -> str:
    """A key as TOML would spell it: bare where it can be."""
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else repr(name)


def _unknown(key: str) -> str:
    if key == "tool":
        return "unknown key; in this file the keys stand at the top level, without [tool.integrity]"
    scope = key.partition(".")[0] if key.partition(".")[0] in _TABLES else ""
    near = [known for known in OPTIONS if known.rpartition(".")[0] == scope]
    return "unknown key" + (did_you_mean(key, OPTIONS) or _one_of([known.rpartition(".")[2] for known in near]))


def _one_of(names: list[str] | tuple[str, ...]) -> str:
    return f"; use {', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else f"; use {names[0]}"


def _quoted(value: object) -> str:
    """A value for a message: short ones literally, structures by their type."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return kind(value)
    return repr(value)[:60]


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and not math.isnan(value)
