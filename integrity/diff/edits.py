"""One edit of a file, seen together with what stands around it in the last commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from integrity.changes.model import Change, FilePair, Kind
from integrity.diff.bystanders import concerns_others, with_bystanders
from integrity.diff.compare import Comparison, Terms, concerns_harness, judged, with_harness
from integrity.diff.needing import with_needs
from integrity.diff.pairing import listed
from integrity.diff.reading import Listing, Pair, Reads, read_pairs
from integrity.diff.withholding import with_withheld
from integrity.git.objects import hash_blob
from integrity.roles import Roles
from integrity.snapshot.readers import Entry
from integrity.snapshot.snapshot import Snapshot

_PYTHON = (".py", ".pyi", ".pyw")


@dataclass(frozen=True)
class _Overlaid:
    """Reads one file from memory and the rest from elsewhere."""

    below: Reads
    path: str
    content: bytes | None

    def read(self, entry: Entry) -> bytes:
        """The bytes of a file.

        Raises:
            UnreadableError: they cannot be had.
        """
        if entry.path == self.path and self.content is not None:
            return self.content
        return self.below.read(entry)


def looks_around(change: Change) -> bool:
    """Whether an edit cannot be judged by its file alone: what it does depends on, or concerns, other files."""
    return any(_looks_around(file) for file in change.files)


def _looks_around(file: FilePair) -> bool:
    if file.kind is not Kind.TEST:
        return concerns_harness(file) or concerns_others(file)
    needs = {mark.module for one in file.after.functions for mark in one.marks if mark.module}
    needs -= {mark.module for one in file.before.functions for mark in one.marks}
    known = {one.resolved for one in file.before.every_double}
    own = any(one.resolved not in known for one in file.after.every_double)
    hands = any(one.fixture and any(each.mock for each in one.products) for one in file.after.functions)
    return bool(needs or own or hands or file.after.left_out) or concerns_harness(file)


def compare_edit(
    snapshot: Snapshot, path: str, sides: tuple[bytes | None, bytes | None], others: Sequence[Pair], terms: Terms
) -> Comparison:
    """What an edit does, with everything else as a snapshot has it.

    Args:
        snapshot: what stands around.
        path: of the file.
        sides: its content before and after, None where there is none.
        others: other changes to be taken into account.
        terms: what to judge by.

    Raises:
        GitError: git refuses the repository.
    """
    with snapshot.reader.open() as reader:
        base = Listing(listed(snapshot, reader, python=True), listed(snapshot, reader, python=False))
        listings = _listing(base, path, sides[0]), _listing(base, path, sides[1])
        readers = _Overlaid(reader, path, sides[0]), _Overlaid(reader, path, sides[1])
        roles = Roles(terms.config, snapshot.packages), Roles(terms.config, snapshot.packages)
        pairs, gaps = read_pairs(listings, readers, roles, terms.looker)
        pairs, around = with_harness(with_withheld(pairs, listings, roles), listings, readers, terms)
        around = with_bystanders(around, pairs, listings, (readers[1], roles[1], terms.looker))
        around = with_needs(around, pairs, listings, (*readers, roles[1]))
    kind = ("worktree", None)
    return judged([*pairs, *others], gaps, (kind, kind), terms, around=around)


def _listing(base: Listing, path: str, content: bytes | None) -> Listing:
    """A listing with the content of one path."""
    python, others = dict(base.python), dict(base.others)
    place = python if path.endswith(_PYTHON) else others
    place.pop(path, None)
    if content is not None:
        place[path] = hash_blob(content, "sha1")
    return Listing(python, others)
