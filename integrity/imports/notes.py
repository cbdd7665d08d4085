"""Notes about a whole repository that outlive changes to its list of files by which no name leads elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

import msgspec

from integrity.imports.hints import closest
from integrity.imports.resolver import Resolver, is_module, module_at, steers

_NAMED_ELSEWHERE = ("/__init__", "/conftest")  # they decide on more than their own names


class _Listing(msgspec.Struct, frozen=True, array_like=True):
    """A list of files, with all that was asked of it for the sake of a note.

    Attributes:
        paths: every file that says where names lead.
        asked: every dotted name that was looked up.
        owned: every name under which a file was found to be imported, with the file.
        compared: folders whose modules were compared with a word, with that word.
    """

    paths: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    owned: dict[str, str] = {}
    compared: frozenset[tuple[str, str]] = frozenset()

    def holds(self, paths: frozenset[str]) -> bool:
        """Whether everything that was looked up leads to the same in another list of files."""
        changed = self.paths ^ paths
        if not changed:
            return True
        before, after = _folders(self.paths), _folders(paths)
        return all(self._is_unasked(path, before ^ after) for path in changed)

    def _is_unasked(self, path: str, folders: frozenset[str]) -> bool:
        """Whether nobody looked for a file, nor for a folder that has modules with it alone."""
        place = module_at(path)
        if not place or f"/{place}".endswith(_NAMED_ELSEWHERE):
            return False
        folder = path.rpartition("/")[0]
        places = [place, *(one for one in folders if f"{folder}/".startswith(f"{one}/"))]
        names = [name for place in places for name in _names(place)]
        owners = {self.owned.get(name, path) for name in names}
        return self.asked.isdisjoint(names) and owners == {path} and not any(map(self._is_similar, places))

    def _is_similar(self, place: str) -> bool:
        """Whether a module or folder could have been meant by a name that does not exist."""
        folder, _, name = place.rpartition("/")
        return any(closest(word, [name]) for where, word in self.compared if where == folder)


class _Filed(msgspec.Struct, frozen=True, array_like=True):
    """What is in store: a note, and the list of files that it was made for, encoded, with a digest of their paths."""

    paths: str
    listing: bytes
    payload: bytes


class Notes:
    """Notes about a repository; each takes the place of the one before about the same subject.

    Args:
        resolver: tells where names lead in it.
        paths: every path of it.
        given: whatever else every note depends on.
        read: gives what is in store under a key, None for nothing.
        write: puts something in store under a key.
    """

    def __init__(
        self,
        resolver: Resolver,
        paths: Iterable[str],
        given: object,
        read: Callable[[str], bytes | None],
        write: Callable[[str, bytes], None],
    ) -> None:
        self._resolver = resolver
        self._paths = frozenset(path for path in paths if is_module(path) or steers(path))
        self._digest = _digest(sorted(self._paths))
        self._manner = _digest((given, resolver.roots.digest))
        self._read = read
        self._write = write
        self._before: dict[str, bytes] = {}

    def note(self, about: str) -> bytes | None:
        """What was noted last about a subject, None when nothing was, or when it may hold no longer."""
        content = self._read(self._key(about))
        filed = msgspec.msgpack.decode(content, type=_Filed) if content else None
        if filed is None or (filed.paths != self._digest and not _listing(filed.listing).holds(self._paths)):
            return None
        self._before[about] = filed.listing
        return filed.payload

    def keep(self, about: str, note: object) -> None:
        """Keep a note, of which parts may rest on what was looked up for the one before."""
        before, now = _listing(self._before.get(about)), self._resolver
        asked, owned, compared = before.asked | now.asked, before.owned | now.owned, before.compared | now.compared
        with suppress(UnicodeEncodeError):  # a path that is not UTF-8
            listing = msgspec.msgpack.encode(_Listing(self._paths, asked, owned, compared))
            filed = _Filed(self._digest, listing, msgspec.msgpack.encode(note))
            self._write(self._key(about), msgspec.msgpack.encode(filed))

    def _key(self, about: str) -> str:
        return f"{about}-{self._manner}"


def _listing(content: bytes | None) -> _Listing:
    return msgspec.msgpack.decode(content, type=_Listing) if content else _Listing()


def _folders(paths: Iterable[str]) -> frozenset[str]:
    """Every folder that holds a module, at any depth."""
    found: set[str] = set()
    for path in (one for one in paths if one.endswith(".py")):
        place = path.rpartition("/")[0]
        while place and place not in found:
            found.add(place)
            place = place.rpartition("/")[0]
    return frozenset(found)


def _names(place: str) -> Iterator[str]:
    """Every dotted name that may lead to a place, from whatever root."""
    parts = place.split("/")
    return (".".join(parts[start:]) for start in range(len(parts)))


def _digest(everything: object) -> str:
    return hashlib.sha256(repr(everything).encode("utf-8", "surrogateescape")).hexdigest()
