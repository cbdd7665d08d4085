"""Fingerprints of test functions: their text with decorators, without comments, blank lines and layout.

Made of the text, not of a syntax tree, because trees differ between versions of Python.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from integrity.facts.model import Definition

_DIGITS = 12
_CLOSING = (")", "]", "}")


def fingerprints(text: str, definitions: Iterable[Definition]) -> dict[str, str]:
    """The fingerprint of every function, by its dotted path in the module; equal names share one.

    Args:
        text: of the module.
        definitions: in it.
    """
    lines = text.split("\n")
    found: dict[str, list[str]] = {}
    for one in definitions:
        if not one.is_class:
            first = _first(lines, one.span.line - 1)
            found.setdefault(one.qualname, []).extend(_substance(lines[first : one.span.end_line or one.span.line]))
    return {name: digest(parts) for name, parts in found.items()}


def digest(parts: Sequence[str]) -> str:
    """12 hexadecimal digits made of some lines."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def fingerprint_of(test: str, known: Mapping[str, str]) -> str:
    """The fingerprint of a test such as "TestA::test_b"; "inherited" where the file does not define it itself."""
    return known.get(test.replace("::", "."), "inherited")


def _first(lines: Sequence[str], index: int) -> int:
    """The line of the first decorator above a `def`, the line of the `def` itself without any."""
    margin = _indentation(lines[index]) if index < len(lines) else 0
    first = index
    for number in range(index - 1, -1, -1):
        line = lines[number]
        stripped = line.strip()
        if not stripped or (_indentation(line) <= margin and not _belongs(stripped)):
            break
        if _indentation(line) == margin and stripped.startswith("@"):
            first = number
    return first


def _belongs(stripped: str) -> bool:
    return stripped.startswith(("@", "#", *_CLOSING))


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def _substance(lines: Iterable[str]) -> list[str]:
    collapsed = (" ".join(line.split()) for line in lines)
    return [line for line in collapsed if line and not line.startswith("#")]
