"""Both versions of every changed file, read and profiled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from integrity.changes.model import FilePair, Kind
from integrity.diff.kinds import kind_of
from integrity.diff.looking import NOTHING, Look, Looker, words_of
from integrity.diff.pairing import Delta, Side, deltas, renamed
from integrity.errors import UnreadableError
from integrity.facts.profile import EMPTY, FileProfile
from integrity.model import Gap
from integrity.roles import Roles
from integrity.snapshot.readers import Entry

_MIXED = frozenset({"pyproject.toml", "setup.cfg", "tox.ini"})
_PIN = re.compile(
    r"[<>=~!]=\s*[\d\"']|\bdep(?:endenc(?:y|ies)|s)\b|requires|python[-_]?version"
    r"|^\s*[\"'][A-Za-z][\w.-]*[\"'],?$"
)
_DIRECTIVE = re.compile(r"\s*#\s*doctest:.*$")
_WORD = re.compile(r"[^\W\d]\w*")


class Reads(Protocol):
    """Reads the files of one side."""

    def read(self, entry: Entry) -> bytes:
        """The bytes of a file.

        Raises:
            UnreadableError: they cannot be had.
        """


class Pair(NamedTuple):
    """A changed file with all that is known of both versions."""

    file: FilePair
    before: Look
    after: Look


class Listing(NamedTuple):
    """Path to blob of the files of one side, Python and others apart."""

    python: Mapping[str, str]
    others: Mapping[str, str]


def read_pairs(
    listings: tuple[Listing, Listing], readers: tuple[Reads, Reads], roles: tuple[Roles, Roles], looker: Looker
) -> tuple[list[Pair], list[Gap]]:
    """Every changed file, renames followed; and what cannot be read.

    Args:
        listings: what there is, before and after.
        readers: read it.
        roles: what paths say.
        looker: reads versions.
    """
    before, after = listings
    gaps: list[Gap] = []
    pairs = _joined(list(_read(deltas(before.python, after.python), readers, roles, looker, gaps)))
    pairs += _read_others(deltas(before.others, after.others), readers, roles)
    return pairs, gaps


def _read(
    found: Iterable[Delta],
    readers: tuple[Reads, Reads],
    roles: tuple[Roles, Roles],
    looker: Looker,
    gaps: list[Gap],
) -> Iterator[Pair]:
    """Both versions of every changed Python file; what cannot be read becomes a gap."""
    for delta in found:
        looks = []
        for side, reader, role in zip((delta.before, delta.after), readers, roles, strict=True):
            look = NOTHING
            if side.path:
                try:
                    content = reader.read(side.entry)
                    look = looker.look(content, role.context(side.path), kind_of(side.path, role), side.blob)
                except UnreadableError as error:
                    gaps.append(Gap(side.path, str(error)))
            looks.append(look)
        gaps += [Gap(delta.path, reason) for reason in looks[1].result.gaps]
        yield Pair(_file(delta, roles, looks), looks[0], looks[1])


def _file(delta: Delta, roles: tuple[Roles, Roles], looks: Sequence[Look]) -> FilePair:
    before, after = delta.before.path, delta.after.path
    kind = kind_of(after, roles[1]) if after else kind_of(before, roles[0])
    collected = bool(before) and roles[0].context(before).collected, bool(after) and roles[1].context(after).collected
    touched = _touched(looks[0].lines, looks[1].lines) if kind is Kind.PRODUCTION else frozenset[str]()
    undone = tuple(_undone(looks[0].lines, looks[1].lines))
    return FilePair(before, after, looks[0].profile, looks[1].profile, kind, collected, touched=touched, undone=undone)


def _undone(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Examples of doctests that stood there without being skipped."""
    marked = [(line, number) for number, line in enumerate(after, 1) if "+SKIP" in line and ">>>" in line]
    plain = {line.strip() for line in before} if marked else set()
    yield from ((line.strip(), number) for line, number in marked if _DIRECTIVE.sub("", line).strip() in plain)


def _touched(before: Sequence[str], after: Sequence[str]) -> frozenset[str]:
    """The words of the lines that only one of two versions has."""
    lines = set(before) ^ set(after)
    return frozenset(word for line in lines for word in _WORD.findall(line))


def _joined(pairs: list[Pair]) -> list[Pair]:
    """Files that are gone joined with new ones that are largely the same."""
    gone = [(one.file.before_path, one.before.lines) for one in pairs if not one.file.after_path]
    new = {one.file.after_path: one for one in pairs if not one.file.before_path}
    names = renamed(gone, [(path, one.after.lines) for path, one in new.items()]) if gone and new else {}
    taken = set(names.values())
    found = []
    for pair in pairs:
        target = names.get(pair.file.before_path) if not pair.file.after_path else None
        if target:
            found.append(_join(pair, new[target]))
        elif pair.file.before_path or pair.file.after_path not in taken:
            found.append(pair)
    return found


def _join(old: Pair, new: Pair) -> Pair:
    before, after = old.file, new.file
    collected = before.collected[0], after.collected[1]
    touched = _touched(old.before.lines, new.after.lines) if after.kind is Kind.PRODUCTION else frozenset[str]()
    file = FilePair(
        before.before_path, after.after_path, before.before, after.after, after.kind, collected, touched=touched
    )
    return Pair(file, old.before, new.after)


def _read_others(
    found: Iterable[Delta],
    readers: tuple[Reads, Reads],
    roles: tuple[Roles, Roles],
) -> Iterator[Pair]:
    """Changed files that are no Python; only production code among them is read, for its words."""
    for delta in found:
        role = roles[1] if delta.after.path else roles[0]
        kind = kind_of(delta.path, role)
        profiles = [EMPTY, EMPTY]
        if kind is Kind.DEPENDENCY and delta.path.rpartition("/")[2] in _MIXED and not _repins(delta, readers):
            kind = Kind.OTHER
        if kind is Kind.PRODUCTION:
            profiles = [_words(side, reader) for side, reader in zip((delta.before, delta.after), readers, strict=True)]
        before, after = delta.before.path, delta.after.path
        touched = profiles[0].words | profiles[1].words
        file = FilePair(before, after, profiles[0], profiles[1], kind, python=False, touched=touched)
        yield Pair(file, NOTHING, NOTHING)


def _repins(delta: Delta, readers: tuple[Reads, Reads]) -> bool:
    """Whether a file that holds settings and dependencies changed in what looks like one of the latter."""
    texts: list[set[str]] = []
    for side, reader in zip((delta.before, delta.after), readers, strict=True):
        try:
            content = reader.read(side.entry) if side.path else b""
        except UnreadableError:
            return True
        texts.append(set(content.decode("utf-8", "replace").splitlines()))
    return any(map(_PIN.search, texts[0] ^ texts[1]))


def _words(side: Side, reader: Reads) -> FileProfile:
    try:
        return words_of(reader.read(side.entry)) if side.path else EMPTY
    except UnreadableError:
        return EMPTY
