"""Configuration: `[tool.integrity]` in `pyproject.toml`, or `integrity.toml`, as one frozen value.

Values are data and nothing else: no key names a module to load or a program to run, because the repository being judged
must not choose the judge. `configfile` finds the file, `options` knows the keys; this module
holds the values, puts flags over them, and shows them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from integrity.config import files as configfile
from integrity.config.options import OPTIONS, settings
from integrity.errors import ConfigError, did_you_mean
from integrity.model import Severity
from integrity.nested import Nested


@dataclass(frozen=True)
class Config:
    """What the user asked for; every field has the default that an unconfigured project gets.

    Attributes:
        source: the file it was read from, None when there is none.
        select: codes, code prefixes, names, or "ALL"; what runs.
        ignore: likewise; what is taken out again.
        extend_select: likewise; added to `select`, and switches on rules that are off by default.
        exclude: gitignore-like globs, relative to the repository root; never scanned.
        per_file_ignores: glob to codes.
        severity: rule code to severity, overriding the rule's own.
        fail_severity: findings at least this serious make the exit code 1.
        max_file_size: bytes; a larger file becomes a gap.
        test_paths: folders of tests (globs allowed); empty means detected.
        python_files: globs of test files the runner collects.
        python_classes: prefixes or globs, as pytest.
        python_functions: prefixes or globs, as pytest.
        minimum_python: lowest supported Python, "" when unknown.
        entry_points: modules, paths or `module:function` that are run or imported first; empty means detected.
        artefacts: what is built and shipped: name to the fields of an `Artefact`.
        import_history: whether findings about imports name the commit that removed what is missing.
        forbidden_imports: dotted name to those that nothing below it may import.
        canonical_imports: deprecated dotted name to the one to use instead.
        assertion_functions: globs of functions, by name or dotted name, that check for their callers.
        accessors: globs or dotted modules that may use the environment directly.
        max_complexity: the greatest cyclomatic complexity of a function.
        min_maintainability: the least maintainability index of a file.
        weights: score group to weight.
        fail_under: percentage below which the exit code is 1, or None.
        thresholds: score group to percentage below which the exit code is 1.
        scope_thresholds: scope (production, tests) to percentage, likewise.
        cache_dir: where the cache lives, relative to the repository root.
        baseline: the file of tolerated findings, relative to the repository root, "" for none.
        norecursedirs: pytest's option of that name as detected; None when pytest's own default holds.
        pytest: pytest's own configuration at the repository root, by the name of the option, as detected.
        strict_xfail: whether pytest fails what passes although it is marked as failing, as detected.
        nested: the folders below the root that configure pytest, as detected.
        no_mock_paths: gitignore-like globs of tests in which nothing may be a mock.
        no_mock_markers: marks of such tests.
        required_by_glob: glob to base classes, and marks with an `@` in front, of which each test needs one.
        forbidden_test_imports: dotted names of modules that no test may import.
        given: the fields that the file or a flag set, so that detection leaves them alone.
        flags: flag to the values given with it on the command line, so that a fault can name its origin.
        notes: remarks of the detection, such as a configuration file of pytest that cannot be read.
    """

    source: Path | None = None
    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = field(default_factory=dict)
    severity: dict[str, Severity] = field(default_factory=dict)
    fail_severity: Severity = Severity.HIGH
    max_file_size: int = 10_000_000
    test_paths: tuple[str, ...] = ()
    python_files: tuple[str, ...] = ("test_*.py", "*_test.py")
    python_classes: tuple[str, ...] = ("Test",)
    python_functions: tuple[str, ...] = ("test",)
    minimum_python: str = ""
    entry_points: tuple[str, ...] = ()
    artefacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    import_history: bool = True
    forbidden_imports: dict[str, tuple[str, ...]] = field(default_factory=dict)
    canonical_imports: dict[str, str] = field(default_factory=dict)
    assertion_functions: tuple[str, ...] = ()
    accessors: tuple[str, ...] = ()
    max_complexity: int = 20
    min_maintainability: float = 10.0
    weights: dict[str, float] = field(default_factory=dict)
    fail_under: float | None = None
    thresholds: dict[str, float] = field(default_factory=dict)
    scope_thresholds: dict[str, float] = field(default_factory=dict)
    cache_dir: str = ".integrity_cache"
    baseline: str = ""
    norecursedirs: tuple[str, ...] | None = None
    pytest: dict[str, Any] = field(default_factory=dict, compare=False)
    strict_xfail: bool = False
    nested: tuple[Nested, ...] = ()
    no_mock_paths: tuple[str, ...] = ()
    no_mock_markers: tuple[str, ...] = ()
    required_by_glob: dict[str, tuple[str, ...]] = field(default_factory=dict)
    forbidden_test_imports: tuple[str, ...] = ()
    given: frozenset[str] = field(default=frozenset(), compare=False)
    flags: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)


def load(start: Path, stop: Path | None, explicit: Path | None = None, *, isolated: bool = False) -> Config:
    """Read the nearest configuration file.

    Args:
        start: the folder to begin in.
        stop: the last folder to look in, the repository root; None goes up to the root of the file system.
        explicit: the file to read instead of searching.
        isolated: read no file at all.

    Raises:
        ConfigError: every fault of the file.
    """
    if isolated and explicit:
        raise ConfigError(["command line: --isolated: contradicts --config; leave one of them out"])
    if isolated:
        return Config()
    if explicit:
        return _build(explicit, str(explicit), configfile.read(explicit))
    found = configfile.nearest(start, stop)
    return _build(*found) if found else Config()


def from_texts(texts: Mapping[str, bytes], root: Path) -> Config | None:
    """The configuration at the root of a version of a repository, None when it has none.

    Args:
        texts: the content of `integrity.toml` and `pyproject.toml` there, as far as there are such.
        root: the folder that they would lie in.

    Raises:
        ConfigError: every fault of the file.
    """
    for name in configfile.SETTINGS:
        content = texts.get(name)
        if content is not None:
            table = configfile.table_in(content, name, name, required=name == "integrity.toml")
            if table is not None:
                return _build(root / name, name, table)
    return None


def override(config: Config, **flags: Any) -> Config:
    """Put command-line flags over a configuration.

    Args:
        config: what the file says.
        **flags: fields of `Config` by name, which replace, and `extend_select`, `extend_ignore`, `extend_exclude` and
            `extend_per_file_ignores`, which add. None and () mean that the flag was not given. Lists are split at
            commas; per-file ignores are texts such as "tests/**:COR001,COR002".

    Raises:
        ConfigError: every flag with a wrong value.
        TypeError: a name that is neither.
    """
    faults: list[str] = []
    changes: dict[str, Any] = {}
    origins = dict(config.flags)
    for name, value in flags.items():
        if value is None or value in ((), []):
            continue
        target = name if name == "extend_select" else name.removeprefix("extend_")
        converted = _from_flag(name, target, value, faults)
        adds = name.startswith("extend_")
        changes[target] = _added(changes.get(target, getattr(config, target)), converted) if adds else converted
        origins[name] = (*origins.get(name, ()), *_selectors_of(converted))
    if faults:
        raise ConfigError(faults)
    return replace(config, **changes, given=config.given | set(changes), flags=origins)


def code_faults(config: Config, known: Mapping[str, str]) -> list[str]:
    """One line for every selector of the configuration that selects nothing.

    Args:
        config: what to check.
        known: every code and every kebab-case name, mapped to the code.
    """
    lines = []
    for name, key, selector in _selectors(config):
        one = name == "severity"
        if selector in known or (not one and _selects(selector, known)):
            continue
        origin = _origin(config, name, key, selector)
        if one and _selects(selector, known):
            lines.append(f"{origin}: {selector!r} stands for several rules; name each by its code")
        else:
            hint = did_you_mean(selector, known) or "; see `integrity rules` for those there are"
            lines.append(f"{origin}: unknown rule {selector!r}{hint}")
    return lines


def show_settings(config: Config) -> list[tuple[str, str]]:
    """Every key with its value, in TOML's spelling, after the file they were read from."""
    shown = [("source", str(config.source) if config.source else "none")]
    return shown + [(key, _spelt(getattr(config, option.field))) for key, option in OPTIONS.items()]


def _build(path: Path, shown: str, table: Mapping[str, object]) -> Config:
    faults: list[str] = []
    found = settings(table, lambda key, what: faults.append(f"{shown}: {key}: {what}"))
    if faults:
        raise ConfigError(faults)
    fields: dict[str, Any] = {**found, "given": frozenset(found)}
    return Config(source=path, **fields)


_BY_FIELD = {option.field: (key, option) for key, option in OPTIONS.items()}


def _from_flag(name: str, target: str, value: object, faults: list[str]) -> object:
    """The value of a flag as `Config` holds it."""
    if target not in _BY_FIELD:
        raise TypeError(f"no such setting: {name}")
    if target == "cache_dir":  # unlike the file, the user may put it anywhere
        return str(value)
    if target == "per_file_ignores" and not isinstance(value, Mapping):
        value = _parsed_ignores(value, faults)
    elif isinstance(value, (list, tuple)):
        value = [part.strip() for item in value for part in item.split(",")]
    flag = "--" + name.replace("_", "-")
    return _BY_FIELD[target][1].convert(flag, value, lambda key, what: faults.append(f"command line: {key}: {what}"))


def _parsed_ignores(texts: Any, faults: list[str]) -> dict[str, list[str]]:
    """Globs and codes of texts such as "tests/**:COR001,COR002"."""
    found: dict[str, list[str]] = {}
    for text in texts:
        glob, colon, codes = text.rpartition(":")
        if not (glob.strip() and colon and codes.strip()):
            faults.append(
                f"command line: --per-file-ignores: {text!r} is not GLOB:CODE; write it as in 'tests/**:COR003'"
            )
        else:
            found.setdefault(glob, []).extend(code.strip() for code in codes.split(","))
    return found


def _added(old: Any, new: Any) -> Any:
    """A tuple made longer, or a table of tuples with each of its tuples made longer."""
    if isinstance(old, tuple):
        return old + new
    return {glob: old.get(glob, ()) + new.get(glob, ()) for glob in {**old, **new}}


def _selectors_of(value: Any) -> tuple[str, ...]:
    """The texts in a converted value in which a rule could be named."""
    if isinstance(value, dict):
        return tuple(code for codes in value.values() if isinstance(codes, tuple) for code in codes)
    return value if isinstance(value, tuple) else ()


def _selectors(config: Config) -> Iterator[tuple[str, str, str]]:
    """Field, key as the file spells it, and selector, for every place where a rule is named."""
    for name, key in (("select", "select"), ("ignore", "ignore"), ("extend_select", "extend-select")):
        yield from ((name, key, selector) for selector in getattr(config, name))
    for glob, codes in config.per_file_ignores.items():
        yield from (("per_file_ignores", f"per-file-ignores.{glob!r}", code) for code in codes)
    yield from (("severity", "severity", code) for code in config.severity)


def _selects(selector: str, known: Mapping[str, str]) -> bool:
    """Whether a selector is "ALL" or the beginning of a code."""
    return selector == "ALL" or (bool(selector) and any(code.startswith(selector) for code in known.values()))


def _origin(config: Config, name: str, key: str, selector: str) -> str:
    """Where a selector was written, as far as known."""
    flags = [flag for flag in (name, f"extend_{name}") if selector in config.flags.get(flag, ())]
    if config.source and not flags:
        return f"{config.source.name}: {key}"
    return f"command line: --{(flags or [name])[0].replace('_', '-')}"


def _spelt(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(key, ensure_ascii=False)} = {_spelt(item)}" for key, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, tuple):
        return f"[{_joined(value)}]"
    return json.dumps(value, ensure_ascii=False)


def _joined(values: Iterable[object]) -> str:
    return ", ".join(_spelt(value) for value in values)
