"""From text back to bytes: in the encoding of the version it comes from, with the line ends that the disk has."""

from __future__ import annotations

import codecs

from integrity.source import declared_encoding, decode

_CRLF = b"\r\n"


def line_count(content: bytes) -> int:
    """Number of lines."""
    return len(decode(content).text.splitlines())


def encode(text: str, model: bytes) -> bytes:
    """A text whose lines end in line feeds as bytes like those of `model`: its mark, encoding and line ends.

    Raises:
        UnicodeEncodeError: the text holds what that encoding has not.
    """
    mark = codecs.BOM_UTF8 if model.startswith(codecs.BOM_UTF8) else b""
    body = text.encode(declared_encoding(model), "surrogateescape")
    return mark + (body.replace(b"\n", _CRLF) if ends_in_crlf(model) else body)


def ends_in_crlf(content: bytes) -> bool:
    """Whether every line ends in CR LF."""
    return _CRLF in content and content.count(b"\n") == content.count(_CRLF)


def as_on_disk(content: bytes, disk: bytes, committed: bytes) -> bytes:
    """What git would have written to disk, where it turned the line feeds of `committed` into the CR LF of `disk`."""
    converted = ends_in_crlf(disk) and b"\r" not in committed
    return content.replace(b"\n", _CRLF) if converted and b"\r" not in content else content
