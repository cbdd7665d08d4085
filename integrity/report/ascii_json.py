"""JSON in pure ASCII, so that no terminal, pipe or locale can spoil it.

A byte of a file name that is not UTF-8 is written as a backslash, `x` and two hexadecimal digits, because strict
parsers refuse lone surrogates.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

from integrity.report.printable import escape

_NOT_ASCII = re.compile(r"[^ -~]")
_FIRST_SURROGATE, _LAST_SURROGATE = "\ud800", "\udfff"


def dumps(document: dict[str, Any] | list[Any]) -> str:
    """The document, indented, with a line feed at the end; equal documents give equal bytes."""
    # The standard library's fast encoder cannot indent; msgspec can, but refuses the lone surrogates taken out here.
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return msgspec.json.format(_NOT_ASCII.sub(_ascii, text), indent=2) + "\n"


def _ascii(match: re.Match[str]) -> str:
    """One character that is not printable ASCII, as a string in JSON writes it."""
    character = match[0]
    if _FIRST_SURROGATE <= character <= _LAST_SURROGATE:
        return "\\" + escape(character)
    return json.dumps(character)[1:-1] if character != "\x7f" else r"\u007f"
