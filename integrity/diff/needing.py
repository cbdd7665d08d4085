"""What tests newly need to be importable, and whether anything in the project says that it ever is."""

from __future__ import annotations

import re
import sys
from collections.abc import Container, Iterable, Iterator, Sequence

from integrity.changes.model import Kind, Need, Surroundings
from integrity.diff.kinds import kind_of
from integrity.diff.reading import Listing, Pair, Reads
from integrity.errors import UnreadableError
from integrity.harness.kinds import kind_of as kind_of_harness
from integrity.roles import Roles
from integrity.snapshot.readers import Entry

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SIGNS = re.compile(r"[-_.]+")
_LARGEST = 5_000_000  # bytes of a lock file
_COMPILED = (".c", ".cpp", ".pyx", ".rs", ".so", ".pyd", ".pyi", ".f90", ".cu", ".go")


def with_needs(
    around: Surroundings, pairs: Sequence[Pair], listings: tuple[Listing, Listing], by: tuple[Reads, Reads, Roles]
) -> Surroundings:
    """The surroundings with what is known of the modules that tests are newly skipped without.

    Args:
        around: what is known so far.
        pairs: every changed file.
        listings: what there is, before and after.
        by: the readers of both sides, and what paths say after.
    """
    fresh: dict[str, bool] = {}
    for pair in pairs:
        for name, used in _fresh(pair) if pair.file.kind is Kind.TEST else ():
            fresh[name] = used or fresh.get(name, False)
    if not fresh:
        return around
    found = {one: _in_itself(one, listings[1]) for one in fresh}
    open_ = {one for one, need in found.items() if need is None}
    tops = {one.partition(".")[0] for one in open_}
    there = _declared(tops, listings[1], by[1], by[2])
    there |= _imported(tops - there, listings[0], by[0])
    parts = {one for one in open_ if "." in one and not fresh[one]}
    lost = parts - _imported(parts, listings[0], by[0])
    needs = {one: need or _need(one, there, lost) for one, need in found.items()}
    return around._replace(needs=needs)


def _need(module: str, there: Container[str], lost: Container[str]) -> Need:
    return Need.DECLARED if module.partition(".")[0] in there and module not in lost else Need.ABSENT


def _fresh(pair: Pair) -> Iterator[tuple[str, bool]]:
    """The modules that a version of a file asks for and the one before did not, and whether it uses them by name."""
    had = {mark.module for one in pair.file.before.functions for mark in one.marks}
    for one in pair.file.after.functions:
        yield from ((mark.module, mark.used) for mark in one.marks if mark.module and mark.module not in had)


def _in_itself(module: str, listing: Listing) -> Need | None:
    """What Python or the project itself says of a module."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return Need.DECLARED
    path = module.replace(".", "/")
    ends = f"/{path}.py", f"/{path}/__init__.py"
    if any(f"/{one}".endswith(ends) for one in listing.python):
        return Need.OWN
    own = any(f"/{one}".endswith((f"/{top}/__init__.py", f"/{top}.py")) for one in listing.python)
    if own:
        built = any(one.endswith(_COMPILED) for one in listing.others)
        return Need.DECLARED if built else Need.ABSENT
    return None


def _declared(tops: Iterable[str], listing: Listing, reader: Reads, roles: Roles) -> frozenset[str]:
    """Those top-level modules that a file of dependencies or of CI names."""
    from integrity.imports.declared import distributions

    left = {top: distributions(top) for top in tops}
    found: set[str] = set()
    for path, blob in sorted({**listing.others, **listing.python}.items()):
        if found != left.keys() and _declares(path, roles):
            words = _words(_content(reader, path, blob))
            found |= {top for top, names in left.items() if names & words}
    return frozenset(found)


def _imported(modules: Iterable[str], listing: Listing, reader: Reads) -> frozenset[str]:
    """Those modules that some file imports, or names in full where they are part of another."""
    left = {one: re.compile(_pattern(one).encode()) for one in modules}
    found: set[str] = set()
    for path, blob in sorted(listing.python.items()) if left else ():
        content = _content(reader, path, blob)
        found |= {one for one, pattern in left.items() if one not in found and pattern.search(content)}
        if found == left.keys():
            break
    return frozenset(found)


def _pattern(module: str) -> str:
    parent, _, last = module.rpartition(".")
    if not parent:
        return rf"\b(?:import|from)\s+{re.escape(module)}\b"
    return rf"\b{re.escape(module)}\b|\bfrom\s+{re.escape(parent)}\s+import\b[^\n]*\b{re.escape(last)}\b"


def _declares(path: str, roles: Roles) -> bool:
    if kind_of(path, roles) is Kind.DEPENDENCY or kind_of_harness(path) is not None:
        return True
    return "environment" in path or path.endswith(("/meta.yaml", "/recipe.yaml"))


def _content(reader: Reads, path: str, blob: str) -> bytes:
    try:
        content = reader.read(Entry(path, blob))
    except UnreadableError:
        return b""
    return content if len(content) <= _LARGEST else b""


def _words(content: bytes) -> set[str]:
    return {_SIGNS.sub("_", word).lower() for word in _WORD.findall(content.decode("utf-8", "replace"))}
