"""INI files with the lines of their values, as `configparser` and pytest read them.

No library gives lines, keeps every form that either of the two accepts, and reads on behind a line it does not know.
"""

from __future__ import annotations

import re

from integrity.harness.located import HarnessFileError, Located

Sections = dict[str, dict[str, list[Located]]]
"""Per section and key the lines of the value that hold something."""

_HEADER = re.compile(r"\[(?P<name>[^\]]+)\]\s*(?:[#;].*)?$")
_PAIR = re.compile(r"(?P<key>[^=:\s][^=:]*?)\s*[=:]\s*(?P<value>.*)$")


def sections(text: str) -> Sections:
    """The sections of a text.

    Raises:
        HarnessFileError: a line is no section, key, continuation or comment.
    """
    found: Sections = {}
    keys: dict[str, list[Located]] | None = None
    value: list[Located] | None = None
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.strip()
        if not stripped or stripped[0] in "#;":
            continue
        if line[0].isspace() and value is not None:
            value.append(Located(stripped, number, line.index(stripped) + 1))
            continue
        header = _HEADER.match(line)
        if header:
            keys, value = found.setdefault(header["name"], {}), None
            continue
        pair = _PAIR.match(stripped)
        if pair is None or keys is None:
            raise HarnessFileError(f"line {number} is neither a section nor a key with a value")
        value = keys.setdefault(pair["key"], [])
        if pair["value"]:
            value.append(Located(pair["value"].rstrip(), number, line.index(pair["value"], len(pair["key"])) + 1))
    return found
