"""What tests newly need to be importable, and whether anything in the project says that it ever is."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence

from integrity.changes.model import Kind, Need, Surroundings
from integrity.diff.kinds import kind_of
from integrity.diff.reading import Listing, Pair, Reads
from integrity.errors import UnreadableError
from integrity.harness.kinds import kind_of as kind_of_harness
from integrity.imports.declared import distributions
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
    fresh = {one for pair in pairs if pair.file.kind is Kind.TEST for one in _fresh(pair)}
    if not fresh:
        return around
    found = {one: _in_itself(one, listings[1]) for one in fresh}
    unknown = {one.partition(".")[0] for one, need in found.items() if need is None}
    known = _known(unknown, listings, by) if unknown else frozenset()
    return around._replace(
        needs={
            one: need or (Need.DECLARED if one.partition(".")[0] in known else Need.ABSENT)
            for one, need in found.items()
        }
    )


def _fresh(pair: Pair) -> Iterator[str]:
    """The modules that a version of a file asks for and the one before did not."""
    had = {mark.module for one in pair.file.before.functions for mark in one.marks}
    for one in pair.file.after.functions:
        yield from (mark.module for mark in one.marks if mark.module and mark.module not in had)


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


def _known(tops: Iterable[str], listings: tuple[Listing, Listing], by: tuple[Reads, Reads, Roles]) -> frozenset[str]:
    """Those modules that a file of dependencies or of CI names, or that something imported before."""
    left = {top: distributions(top) for top in tops}
    old, new, roles = by
    for listing, reader, wanted in (
        (listings[1].others, new, None),
        (listings[1].python, new, None),
        (listings[0].python, old, left),
    ):
        for path, blob in sorted(listing.items()):
            if not left or (wanted is None and not _declares(path, roles)):
                continue
            content = _content(reader, path, blob)
            for top in _named(content, left) if wanted is None else _imported(content, left):
                left.pop(top, None)
    return frozenset(tops) - left.keys()


def _declares(path: str, roles: Roles) -> bool:
    return kind_of(path, roles) is Kind.DEPENDENCY or kind_of_harness(path) is not None or "environment" in path


def _content(reader: Reads, path: str, blob: str) -> bytes:
    try:
        content = reader.read(Entry(path, blob))
    except UnreadableError:
        return b""
    return content if len(content) <= _LARGEST else b""


def _named(content: bytes, left: Mapping[str, frozenset[str]]) -> list[str]:
    words = {_SIGNS.sub("_", word).lower() for word in _WORD.findall(content.decode("utf-8", "replace"))}
    return [top for top, names in left.items() if names & words]


def _imported(content: bytes, left: Iterable[str]) -> list[str]:
    return [top for top in left if re.search(rb"\b(?:import|from)\s+%s\b" % re.escape(top.encode()), content)]
