"""Whether two versions of a module offer the same to those who ask for a name of it, whatever lines it stands on."""

from __future__ import annotations

from typing import Any

import msgspec

from integrity.facts.symbols import UNKNOWN, Name, NameKind, Symbols

_ABSENT = (NameKind.TYPING, NameKind.DELETED)  # a message names the line of these


def same_symbols(one: Symbols | None, other: Symbols | None, name: str) -> bool:
    """Whether whoever looks up a name cannot tell two versions of a module apart, except by lines.

    Args:
        one: what a version offers, None when nobody knows.
        other: what another version offers.
        name: what is looked up; "*" for all names.
    """
    if one is None or other is None:
        return one is other
    if _manner(one) != _manner(other):
        return False
    if name == "*":
        return one.exports == other.exports and one.names.keys() == other.names.keys() and _alike(one, other)
    return _shown(one, name) == _shown(other, name)


def _alike(one: Symbols, other: Symbols) -> bool:
    return all(_shown(one, name) == _shown(other, name) for name in one.names)


def _manner(symbols: Symbols) -> tuple[object, ...]:
    """How a module offers names at all."""
    unread = symbols.exports == (UNKNOWN,)
    fakes = UNKNOWN in symbols.fakes
    return symbols.dynamic, symbols.path_dynamic, symbols.stars, symbols.exports is None, unread, fakes


def _shown(symbols: Symbols, name: str) -> tuple[object, ...]:
    """What a module says of one of its names."""
    classes = [_plain(each, shape) for each, shape in symbols.classes.items() if _is_part(each, name)]
    exported = symbols.exports is not None and name in symbols.exports
    return _bound(symbols.names.get(name)), symbols.functions.get(name), exported, classes


def _bound(name: Name | None) -> Name | None:
    return name if name is None or name.kind in _ABSENT else msgspec.structs.replace(name, line=0)


def _is_part(qualified: str, name: str) -> bool:
    """Whether a class is the one of a name, or nested in it."""
    return qualified == name or qualified.startswith(f"{name}.")


def _plain(qualified: str, shape: Any) -> tuple[object, ...]:
    return qualified, msgspec.structs.replace(shape, line=0, reads=tuple(name for name, _ in shape.reads))
