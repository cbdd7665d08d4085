"""Finds the configuration file, and the table in it that is ours."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from integrity.errors import ConfigError

SETTINGS = ("integrity.toml", "pyproject.toml")
"""The files that may hold the configuration, the one that is read first in front."""


def nearest(start: Path, stop: Path | None) -> tuple[Path, str, dict[str, Any]] | None:
    """The nearest file that configures this tool: its path, its name for messages, its table; None when there is none.

    Args:
        start: the folder to begin in; `integrity.toml` goes before `pyproject.toml` there, and in every folder above.
        stop: the last folder to look in; None goes up to the root of the file system.

    Raises:
        ConfigError: a file on the way is, or may be, ours and cannot be read.
    """
    for path, shown in _candidates(start, stop):
        table = _table(path, shown, required=path.name == "integrity.toml")
        if table is not None:
            return path, shown, table
    return None


def read(path: Path) -> dict[str, Any]:
    """The table of a file named by the user.

    Raises:
        ConfigError: it cannot be read, or is a `pyproject.toml` without our table.
    """
    return _table(path, str(path), required=True) or {}


def _candidates(start: Path, stop: Path | None) -> Iterator[tuple[Path, str]]:
    """The files to look at, nearest first, each with the name to print."""
    first, last = _real(start), _real(stop) if stop else None
    folders = [first, *first.parents]
    if last in folders:
        folders = folders[: folders.index(last) + 1]
    elif last:
        folders = [first]
    for folder in folders:
        for name in SETTINGS:
            path = folder / name
            if os.path.lexists(path):
                yield path, path.relative_to(last).as_posix() if last in folders else str(path)


def _table(path: Path, shown: str, *, required: bool) -> dict[str, Any] | None:
    """The table with our keys, None where a file that need not be ours does not have one."""
    return table_in(_read(path, shown), path.name, shown, required=required)


def table_in(content: bytes, name: str, shown: str, *, required: bool) -> dict[str, Any] | None:
    """The table with our keys in the content of a file, None where one that need not be ours does not have one.

    Args:
        content: of the file.
        name: of the file, without folders.
        shown: its name for messages.
        required: whether it must have such a table.

    Raises:
        ConfigError: it is no TOML, or has no such table and must.
    """
    from integrity.config.toml import TomlError, parse

    try:
        document = parse(content)
    except TomlError as error:
        if not required and b"integrity" not in content:
            return None
        place = error.place or "file"
        raise ConfigError([f"{shown}: {place}: not valid TOML ({error.reason}); correct it there"]) from None
    if name != "pyproject.toml":
        return document
    tool = document.get("tool")
    table = tool.get("integrity") if isinstance(tool, dict) else None
    if table is None and required:
        raise ConfigError([f"{shown}: tool.integrity: is missing; add the table [tool.integrity]"])
    if table is not None and not isinstance(table, dict):
        raise ConfigError([f"{shown}: tool.integrity: is not a table; write [tool.integrity]"])
    return table


def _read(path: Path, shown: str) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigError([f"{shown}: file: is not a regular file; remove it, or use --isolated"])
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigError([f"{shown}: file: cannot be read ({reason}); mend that, or use --isolated"]) from None


def _real(folder: Path) -> Path:
    """The path without symbolic links; unlike `Path.resolve`, a loop of them raises nothing."""
    return Path(os.path.realpath(folder))
