"""Facts that are stored encoded, decoded when somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec

T = TypeVar("T")


class Decoded(Mapping[str, T]):
    """Facts by path; each is decoded when it is asked for, once.

    Args:
        encoded: the encoded facts, by path.
        kind: their type.
    """

    def __init__(self, encoded: Mapping[str, bytes], kind: type[T]) -> None:
        self._encoded = encoded
        self._decode = msgspec.msgpack.Decoder(kind).decode
        self._known: dict[str, T] = {}

    def __getitem__(self, path: str) -> T:
        found = self._known.get(path)
        if found is None:
            found = self._known[path] = self._decode(self._encoded[path])
        return found

    def __contains__(self, path: object) -> bool:
        return path in self._encoded

    def __iter__(self) -> Iterator[str]:
        return iter(self._encoded)

    def __len__(self) -> int:
        return len(self._encoded)


def heads(encoded: Mapping[str, bytes], kind: type[T]) -> dict[str, T]:
    """The same facts as a type that takes only some of their fields, which spares making the others."""
    decode = msgspec.msgpack.Decoder(kind).decode
    return {path: decode(content) for path, content in encoded.items()}
