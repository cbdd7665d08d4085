"""Compares files that are held in memory: examples, tests, and what an API hands over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from integrity.config.detect import detect
from integrity.diff.bystanders import with_bystanders
from integrity.diff.compare import Comparison, Terms, judged, with_harness
from integrity.diff.needing import with_needs
from integrity.diff.reading import Listing, read_pairs
from integrity.diff.withholding import with_withheld
from integrity.errors import UnreadableError
from integrity.git.objects import hash_blob
from integrity.roles import Roles
from integrity.snapshot.readers import Entry

_PYTHON = (".py", ".pyi", ".pyw")


@dataclass(frozen=True)
class Memory:
    """Reads from a mapping."""

    files: Mapping[str, bytes]

    def read(self, entry: Entry) -> bytes:
        """The bytes of a file.

        Raises:
            UnreadableError: there is no such file.
        """
        if entry.path not in self.files:
            raise UnreadableError(f"{entry.path} is not there")
        return self.files[entry.path]


def compare_files(before: Mapping[str, bytes], after: Mapping[str, bytes], terms: Terms) -> Comparison:
    """What happened between two whole sets of files; how tests are collected is read from the set after the change.

    Args:
        before: path to content.
        after: likewise.
        terms: what to judge by.
    """
    config = detect(Path(), terms.config, after.get, after)
    roles = Roles(config, before), Roles(config, after)
    listings = _listing(before), _listing(after)
    readers = Memory(before), Memory(after)
    terms = replace(terms, config=config)
    pairs, gaps = read_pairs(listings, readers, roles, terms.looker)
    pairs = with_withheld(pairs, listings, roles)
    none = ("worktree", None)
    pairs, around = with_harness(pairs, listings, readers, terms)
    around = with_bystanders(around, pairs, listings, (readers[1], roles[1], terms.looker))
    around = with_needs(around, pairs, listings, (*readers, roles[1]))
    return judged(pairs, gaps, (none, none), terms, around=around)


def _listing(files: Mapping[str, bytes]) -> Listing:
    blobs = {path: hash_blob(content, "sha1") for path, content in files.items()}
    python = {path: blob for path, blob in blobs.items() if path.endswith(_PYTHON)}
    return Listing(python, {path: blob for path, blob in blobs.items() if path not in python})
