"""Under which name a definition goes on that has lost its own."""

from __future__ import annotations

import re

_DEFINITION = re.compile(rb"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)[^\n]*\n(?:[ \t)\]}#][^\n]*\n|\n)*", re.MULTILINE)
_LEAST_LINES = 2  # one line says too little


def renamed(name: str, before: bytes, after: bytes) -> str:
    """The name under which a module goes on to define what it had defined, "" when nothing says so.

    Args:
        name: of a function or class that it no longer defines.
        before: its text before.
        after: its text after.
    """
    old, new = _definitions(before), _definitions(after)
    lost = name.encode("utf-8", "surrogateescape")
    text = old.get(lost)
    if text is None or text.count(b"\n") < _LEAST_LINES:
        return ""
    heirs = [one for one, body in new.items() if one not in old and _without(one, body) == _without(lost, text)]
    return heirs[0].decode("utf-8", "surrogateescape") if len(heirs) == 1 else ""


def _definitions(text: bytes) -> dict[bytes, bytes]:
    """The functions and classes at module level, by name, with their text."""
    return {match[1]: match[0].rstrip() + b"\n" for match in _DEFINITION.finditer(text.replace(b"\r\n", b"\n") + b"\n")}


def _without(name: bytes, text: bytes) -> bytes:
    """A definition but for its own name."""
    return re.sub(rb"\b%b\b" % re.escape(name), b"", text)
