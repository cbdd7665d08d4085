"""The acceptance file: `[[accept]]` tables of TOML with code, path, reason and an expiry date."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from integrity.acceptance.entries import Accepted, target_fault
from integrity.config.toml import TomlError, parse
from integrity.errors import ConfigError, did_you_mean
from integrity.rule import AcceptanceAudit, ExpiredEntry

NAME = ".integrity-accept.toml"
LONGEST = 180
"""Days that an acceptance may last at most, counted from today."""

_KEYS = ("code", "path", "reason", "expires")


class Entry(NamedTuple):
    """An entry of the file.

    Attributes:
        accepted: what it accepts.
        expires: the last day on which it does.
        line: of the file.
    """

    accepted: Accepted
    expires: datetime.date
    line: int


def read(content: bytes, shown: str, codes: Mapping[str, str], today: datetime.date) -> list[Entry]:
    """The entries of an acceptance file, expired ones included.

    Args:
        content: of the file.
        shown: its name for messages.
        codes: every code and name of a rule, mapped to the code.
        today: to measure how far off an expiry is.

    Raises:
        ConfigError: every fault of the file.
    """
    try:
        document = parse(content)
    except TomlError as error:
        raise ConfigError([f"{shown}: {error.place or 'file'}: not valid TOML ({error.reason}); correct it"]) from None
    tables = document.get("accept", [])
    faults = [f"{shown}: {key}: unknown key; entries stand under [[accept]]" for key in document if key != "accept"]
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise ConfigError([*faults, f"{shown}: accept: must be a list of tables; write [[accept]]"])
    for number, table in enumerate(tables, 1):
        faults += [f"{shown}: accept {number}: {fault}" for fault in _faults(table, codes, today)]
    if faults:
        raise ConfigError(faults)
    lines = [number for number, line in enumerate(content.decode("utf-8-sig").split("\n"), 1) if _begins(line)]
    return [
        Entry(
            Accepted(codes[table["code"]], table["path"], table["reason"].strip(), f"{shown}:{line}"),
            table["expires"],
            line,
        )
        for table, line in zip(tables, [*lines, *([1] * len(tables))], strict=False)
    ]


def audit_of(content: bytes, shown: str, codes: Mapping[str, str], today: datetime.date) -> AcceptanceAudit:
    """The subject of the rules about an acceptance file.

    Raises:
        ConfigError: every fault of the file.
    """
    expired = (one for one in read(content, shown, codes, today) if one.expires < today)
    return AcceptanceAudit(
        shown,
        tuple(ExpiredEntry(one.line, one.accepted.code, one.accepted.target, str(one.expires)) for one in expired),
    )


def _begins(line: str) -> bool:
    return line.replace(" ", "").replace("\t", "").startswith("[[accept]]")


def _faults(table: Mapping[str, Any], codes: Mapping[str, str], today: datetime.date) -> Iterator[str]:
    """What is wrong with an entry."""
    for key in table:
        if key not in _KEYS:
            yield f"{key}: unknown key{did_you_mean(key, _KEYS) or '; use ' + ', '.join(_KEYS)}"
    for key in _KEYS[:3]:
        value = table.get(key)
        if not isinstance(value, str) or not value.strip():
            yield f"{key}: is missing or no text; say {'why' if key == 'reason' else 'what'}"
    code, path = table.get("code"), table.get("path")
    if isinstance(code, str) and code.strip() and code not in codes:
        yield f"code: unknown rule {code!r}{did_you_mean(code, codes) or '; see `integrity rules`'}"
    if isinstance(path, str) and target_fault(path):
        yield f"path: {target_fault(path)}"
    yield from _expiry_faults(table.get("expires"), today)


def _expiry_faults(expires: object, today: datetime.date) -> Iterator[str]:
    if isinstance(expires, datetime.datetime) or not isinstance(expires, datetime.date):
        yield "expires: is missing or no date; write expires = 2030-12-31"
    elif (expires - today).days > LONGEST:
        yield f"expires: is more than {LONGEST} days ahead; choose an earlier day, and renew it then"
