"""TOML bytes to a table, with every way in which they can be wrong as one exception."""

from __future__ import annotations

import re
import sys
from typing import Any

_PLACE = re.compile(r"\s*\(at (?P<place>line \d+, column \d+|end of document)\)$")


class TomlError(Exception):
    """Why the bytes are not TOML.

    Attributes:
        reason: what is wrong, without the place and without a copy of the text.
        place: "line 3, column 7" or "end of document", "" when it is unknown.
    """

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(f"{place}: {reason}" if place else reason)
        self.reason = reason
        self.place = place


def parse(content: bytes) -> dict[str, Any]:
    """The top-level table.

    Raises:
        TomlError: the bytes are not UTF-8 or not TOML, or are nested too deeply to read.
    """
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise TomlError("not UTF-8", f"line {content.count(10, 0, error.start) + 1}") from None
    except ValueError as error:
        place = _PLACE.search(str(error))
        raise TomlError(_PLACE.sub("", str(error)), place["place"] if place else "") from None
    except RecursionError:
        raise TomlError("nested too deeply") from None
