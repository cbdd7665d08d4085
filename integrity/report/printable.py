r"""Text from the scanned repository made harmless: it cannot move the cursor, hide or reorder text, or end a line.

Whatever `str.isprintable` refuses is written as the escape that Python itself would use: control characters, line and
paragraph separators, bidirectional overrides, zero-width and unusual white space. A byte of a file name that is not
UTF-8 (a surrogate escape inside Python) is written as `\xff`; any other lone surrogate as `\ud800`.
"""

from __future__ import annotations

_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_FIRST_BYTE, _LAST_BYTE = 0xDC80, 0xDCFF  # PEP 383
_OFFSET = 0xDC00
_TWO_DIGITS = 0x100


def printable(text: str) -> str:
    """The text on one line, with every unprintable character written as an escape."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else escape(character) for character in text)


def escape(character: str) -> str:
    """The escape that stands for one character."""
    code = ord(character)
    if _FIRST_BYTE <= code <= _LAST_BYTE:
        code -= _OFFSET
    if code < _TWO_DIGITS:
        return _SHORT.get(character, f"\\x{code:02x}")
    return character.encode("ascii", "backslashreplace").decode("ascii")
