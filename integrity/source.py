"""Bytes to text, as CPython would read them, or the reason why not."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")
_UTF_16_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Source:
    """The text of a file.

    Attributes:
        text: decoded, without byte order mark, every line ending as a line feed. Undecodable bytes are replaced.
        problem: why the text is not trustworthy, "" when it is.
    """

    text: str
    problem: str = ""


def decode(content: bytes) -> Source:
    """Decode a Python file by its byte order mark or PEP 263 declaration, UTF-8 by default."""
    encoding, problem = _encoding(content)
    body = content.removeprefix(codecs.BOM_UTF8)
    try:
        return Source(_universal_newlines(body.decode(encoding)), problem)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        problem = problem or f"line {line} is not {encoding} (byte 0x{body[error.start]:02x})"
    return Source(_universal_newlines(body.decode("utf-8", "replace")), problem)


def declared_encoding(content: bytes) -> str:
    """The name of the encoding that `decode` uses."""
    return _encoding(content)[0]


def _encoding(content: bytes) -> tuple[str, str]:
    """The encoding to decode with, and the problem with what the file declares."""
    for mark in _UTF_16_32:
        if content.startswith(mark):
            width = "UTF-32" if len(mark) == 4 else "UTF-16"  # noqa: PLR2004
            return "utf-8", f"is {width} text, which Python does not read; save it as UTF-8"
    declared = _declared(content.removeprefix(codecs.BOM_UTF8))
    if not declared:
        return "utf-8", ""
    try:
        found = codecs.lookup(declared)
    except LookupError:
        return "utf-8", f"declares the unknown encoding {declared!r}"
    if not found._is_text_encoding:  # noqa: SLF001 - the only place where the standard library tells
        return "utf-8", f"declares {declared!r}, which is not a text encoding"
    return found.name, ""


def _declared(body: bytes) -> str:
    """The encoding named in the first two lines, "" when there is none."""
    for line in body.split(b"\n", 2)[:2]:
        match = _COOKIE.match(line)
        if match:
            return match[1].decode("ascii", "replace")
        if not _BLANK.match(line.rstrip(b"\r")):
            break
    return ""


def _universal_newlines(text: str) -> str:
    """Every CR LF and lone CR as a line feed, as CPython's tokenizer sees them."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
