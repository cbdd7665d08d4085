"""The surroundings git runs in: nothing inherited may redirect it, nothing configured may run a program or fetch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from integrity.errors import GitError

# What the user, never the repository, sets: where configuration lies and how far up to look for a repository.
_KEPT = frozenset(
    {
        "GIT_CEILING_DIRECTORIES",
        "GIT_DISCOVERY_ACROSS_FILESYSTEM",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_SYSTEM",
        "GIT_CONFIG_NOSYSTEM",
        "GIT_CONFIG_COUNT",
    }
)
_KEPT_PREFIXES = ("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")  # belong to GIT_CONFIG_COUNT; CI sets safe.directory so

_FIXED = {
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # git before 2.44 does not know GIT_NO_LAZY_FETCH
    "GIT_NO_REPLACE_OBJECTS": "1",
}

_SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.pager": "cat",
    "core.quotePath": "false",
    "core.untrackedCache": "false",
    "core.checkStat": "default",  # a laxer comparison would let a changed file pass for a clean one
    "core.trustctime": "true",
    "core.fileMode": "false",
    "color.ui": "false",
    "diff.external": "",
    "submodule.recurse": "false",
}
SETTINGS = tuple(part for key, value in _SETTINGS.items() for part in ("-c", f"{key}={value}"))


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """The environment for git: the inherited one without `GIT_*` that redirect it, and without prompts or network."""
    kept = {name: value for name, value in inherited.items() if _harmless(name)}
    return kept | _FIXED


def _harmless(name: str) -> bool:
    return not name.startswith("GIT_") or name in _KEPT or name.startswith(_KEPT_PREFIXES)


def without_filters(keys: Iterable[str]) -> list[str]:
    """Options that switch off every content filter among the configuration keys, as in `filter.lfs.clean`.

    Raises:
        GitError: a filter's name cannot be written as an option.
    """
    drivers = sorted({key.split(".", 1)[1].rpartition(".")[0] for key in keys})
    for driver in drivers:
        if "=" in driver:
            raise GitError(f"the git configuration defines a filter named {driver!r}; remove the '=' from its name")
    values = ("clean=", "smudge=", "process=", "required=false")
    return [part for driver in drivers for value in values for part in ("-c", f"filter.{driver}.{value}")]
