"""In which settings one configuration demands less than another."""

from __future__ import annotations

from collections.abc import Iterator

from integrity.config.config import Config
from integrity.errors import ConfigError
from integrity.model import Severity
from integrity.registry.loader import Registry

_SHOWN = 4
_LISTS = (
    ("exclude", "exclude", "is no longer scanned"),
    ("assertion_functions", "assertion-functions", "counts as an assertion now"),
    ("accessors", "accessors", "may use the environment now"),
)
_PATTERNS = (
    ("test_paths", "paths", "is no longer a folder of tests"),
    ("python_files", "python-files", "no longer names files of tests"),
    ("python_classes", "python-classes", "no longer names classes of tests"),
    ("python_functions", "python-functions", "no longer names tests"),
)


def differences(old: Config, new: Config, registry: Registry) -> Iterator[tuple[str, str]]:
    """The key and, in words, the loss, for each setting that demands less than before."""
    yield from _rules(old, new, registry)
    yield from _severities(old, new, registry)
    yield from _gates(old, new)
    for field, key, what in _LISTS:
        for item in sorted(set(getattr(new, field)) - set(getattr(old, field))):
            yield key, f"{item} {what}"
    for field, key, what in _PATTERNS:
        if field in old.given or field in new.given:
            for item in sorted(set(getattr(old, field)) - set(getattr(new, field))):
                yield key, f"{item} {what}"
    yield from _ignores(old, new, registry)


def _rules(old: Config, new: Config, registry: Registry) -> Iterator[tuple[str, str]]:
    lost = sorted(_selected(old, registry) - _selected(new, registry))
    if lost:
        more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
        key = "ignore" if set(new.ignore) - set(old.ignore) else "select"
        yield key, f"{', '.join(lost[:_SHOWN])}{more} no longer {'run' if len(lost) > 1 else 'runs'}"


def _selected(config: Config, registry: Registry) -> frozenset[str]:
    try:
        return registry.select(config.select, config.extend_select, config.ignore)
    except ConfigError:
        return frozenset()


def _severities(old: Config, new: Config, registry: Registry) -> Iterator[tuple[str, str]]:
    before = {registry.codes.get(name, name): level for name, level in old.severity.items()}
    for name, level in sorted(new.severity.items()):
        loaded = registry.get(name)
        if loaded and level.rank > before.get(loaded.rule.code, loaded.rule.severity).rank:
            yield name, f"{loaded.rule.code} is only {level.value} now"


def _gates(old: Config, new: Config) -> Iterator[tuple[str, str]]:
    if new.fail_severity.rank < old.fail_severity.rank:
        worst = new.fail_severity is Severity.CRITICAL
        yield "fail-severity", f"only {new.fail_severity.value} findings{'' if worst else ' and worse ones'} fail now"
    if old.fail_under is not None and (new.fail_under is None or new.fail_under < old.fail_under):
        now = "no score fails" if new.fail_under is None else f"only a score below {new.fail_under:g} % fails"
        yield "fail-under", f"{now} now, {old.fail_under:g} % before"
    if new.max_file_size < old.max_file_size:
        yield "max-file-size", f"files of more than {new.max_file_size:,} bytes are no longer read"
    if new.baseline and new.baseline != old.baseline:
        yield "baseline", f"{new.baseline} says what is tolerated now"


def _ignores(old: Config, new: Config, registry: Registry) -> Iterator[tuple[str, str]]:
    for glob, selectors in new.per_file_ignores.items():
        before = registry.expand(old.per_file_ignores.get(glob, ()))
        more = sorted(registry.expand(selectors) - before)
        if more:
            rest = f" and {len(more) - _SHOWN} more" if len(more) > _SHOWN else ""
            yield glob, f"{', '.join(more[:_SHOWN])}{rest} ignored in {glob} now"
