"""Merges on the level of definitions: the healthy version, and in it what is honest and new in today's.

Used where lines collide: a definition is compared as a whole with what it was in the damaged and in the healthy
version, a class member by member.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

from integrity.facts.lexical import Lexed
from integrity.facts.limits import ParserLimit, guard_libcst
from integrity.restore.mergeimports import merge_imports
from integrity.restore.mergejudge import Accept, Sides, faults, unmet, weakened
from integrity.restore.mergestatements import (
    Entry,
    Statement,
    entries,
    in_place,
    own_comments,
    spaced,
    without_comments,
)

_GUARD = "if __name__"
_HEAD = re.compile(r"\b(def|class)\s+(\w+)\s*[(:]")


@dataclass
class DefinitionMerge:
    """What came of it.

    Attributes:
        text: the merged text, None when it is not clean.
        kept: the number of definitions, statements and imported names taken from today's file.
        conflicts: the number of those that contradict the healthy version.
        notes: one line each.
    """

    text: str | None = None
    kept: int = 0
    conflicts: int = 0
    notes: list[str] = field(default_factory=list)

    def keep(self, what: str) -> None:
        """Count what was taken from today's file."""
        self.kept += 1
        self.notes.append(f"kept {what}")

    def collide(self, what: str) -> None:
        """Count what contradicts."""
        self.conflicts += 1
        self.notes.append(what)


def merge_tests(sides: Sides, accept: Accept) -> DefinitionMerge:
    """Merge by definitions.

    Args:
        sides: the three texts.
        accept: whether a text is sound; asked once.
    """
    if sides.ours is None or sides.theirs is None:
        return DefinitionMerge(
            None, 0, 1, ["today's file does not parse, so nothing can be taken from it by definitions"]
        )
    bare = _without_residue(sides)
    healthy, today = _parsed(bare.healthy), _parsed(bare.today)
    if healthy is None or today is None:
        return DefinitionMerge(None, 0, 1, ["the texts cannot be taken apart into definitions"])
    merger = _Merger(bare, _heads(sides.today), healthy, today)
    text, result = merger.merged(), merger.result
    reasons = [fault.text for fault in faults(bare, text)] + unmet(bare, text)
    if not reasons and not accept(text):
        reasons = ["the merged text would be damaged by the rules"]
    for reason in reasons:
        result.collide(reason)
    result.text = None if result.conflicts else text
    return result


def _without_residue(sides: Sides) -> Sides:
    """The three texts without the comments that the damage left in two of them."""
    old = own_comments(sides.damaged)
    residue = old - own_comments(sides.healthy)
    damaged = without_comments(sides.damaged, residue, old, sides.base)
    return Sides(sides.healthy, damaged, without_comments(sides.today, residue, old, sides.ours))


def _parsed(text: str) -> cst.Module | None:
    """The concrete tree, None when libcst cannot read the text."""
    try:
        guard_libcst(Lexed(text))
        return cst.parse_module(text)
    except (cst.ParserSyntaxError, ParserLimit, RecursionError, MemoryError, ValueError):
        return None


class _Merger:
    """One merge at work."""

    def __init__(self, sides: Sides, heads: dict[str, list[str]], healthy: cst.Module, today: cst.Module) -> None:
        self.sides = sides
        self.healthy = healthy
        self.today = today
        self.result = DefinitionMerge()
        self.heads = heads
        damaged = _parsed(sides.damaged) if sides.base else None
        self.before = _codes(damaged) if damaged else None

    def merged(self) -> str:
        """The text of the healthy version with everything of today's that is to be kept."""
        body = self._body(entries(self.healthy, self.healthy.body), entries(self.today, self.today.body), "")
        before = self.sides.base.imports if self.sides.base else {}
        statements, kept = merge_imports(body, self.today.body, before)
        for what in kept:
            self.result.keep(what)
        return self.healthy.with_changes(body=statements).code

    def _body(self, theirs: list[Entry], ours: list[Entry], prefix: str) -> list[Statement]:
        """The statements of one body, module or class."""
        merged = {entry.key: entry.node for entry in theirs}
        order = [entry.key for entry in theirs]
        healthy = {entry.key: entry for entry in theirs}
        anchor = ""
        for entry in ours:
            known = healthy.get(entry.key)
            if known is not None:
                merged[entry.key] = self._same_place(known, entry, prefix)
                anchor = entry.key
            elif self._is_new(entry, prefix):
                order.insert(self._index(order, anchor or self._above(entry, order), entry.key), entry.key)
                merged[entry.key] = spaced(entry.node, 1 if prefix else 2)
                anchor = entry.key
        return [merged[key] for key in order]

    def _same_place(self, known: Entry, entry: Entry, prefix: str) -> Statement:
        """Which of two statements with the same key stands."""
        if known.code == entry.code or self._unedited(entry, prefix):
            return known.node
        if isinstance(known.node, cst.ClassDef) and isinstance(entry.node, cst.ClassDef):
            return self._class(known, entry, prefix)
        if isinstance(known.node, cst.FunctionDef):
            return self._function(known, entry, prefix)
        if entry.is_docstring or self._was_damaged(known, entry, prefix):
            self.result.notes.append(f"took {entry.label} from the healthy version")
            return known.node
        self.result.keep(f"{entry.label} as edited")
        return in_place(entry.node, known.node)

    def _function(self, known: Entry, entry: Entry, prefix: str) -> Statement:
        """Which of two versions of a function stands, today's being edited."""
        name = prefix + entry.name
        ours = self.sides.ours.functions.get(name) if self.sides.ours else None
        theirs = self.sides.theirs.functions.get(name) if self.sides.theirs else None
        if ours is None or theirs is None:
            self.result.collide(f"{name} cannot be told apart in both versions")
            return known.node
        lack = weakened(theirs, ours)
        if lack:
            self.result.notes.append(f"dropped today's {name}: it {lack}")
            return known.node
        base = self.sides.base.functions.get(name) if self.sides.base else None
        if base and not base.hollow and base.text != theirs.text:
            self.result.collide(f"{name} differs in all three versions")
        elif ours.asserts < theirs.asserts and (base is None or base.text != theirs.text):
            self.result.collide(f"{name} was written anew with fewer assertions than the healthy version has")
        else:
            self.result.keep(f"{name} as edited")
        return in_place(entry.node, known.node)

    def _class(self, known: Entry, entry: Entry, prefix: str) -> Statement:
        """A class merged member by member; its head is today's where that was edited."""
        theirs, ours = known.node, entry.node
        if not (isinstance(theirs, cst.ClassDef) and isinstance(ours, cst.ClassDef)):
            return theirs
        if not (isinstance(theirs.body, cst.IndentedBlock) and isinstance(ours.body, cst.IndentedBlock)):
            return theirs
        members = entries(self.healthy, theirs.body.body), entries(self.today, ours.body.body)
        body = self._body(*members, f"{prefix}{entry.name}.")
        merged = theirs.with_changes(body=theirs.body.with_changes(body=body))
        return self._headed(merged, ours, prefix + entry.key)

    def _headed(self, merged: cst.ClassDef, ours: cst.ClassDef, key: str) -> cst.ClassDef:
        """The class with today's decorators and bases, if those were edited."""
        head = _head(self.today, ours)
        if self.before is None or head == _head(self.healthy, merged) or (f"{key} head", head) in self.before:
            return merged
        self.result.keep(f"the decorators and bases of {key}")
        parts = ("decorators", "bases", "keywords", "lpar", "rpar")
        return merged.with_changes(**{part: getattr(ours, part) for part in parts})

    def _is_new(self, entry: Entry, prefix: str) -> bool:
        """Whether a statement that the healthy version lacks is honest and to be kept."""
        node, name = entry.node, prefix + entry.name
        if entry.is_import or entry.is_docstring or (entry.key.startswith(_GUARD) and self._guarded):
            return False
        if isinstance(node, cst.FunctionDef):
            return self._wanted({name})
        if isinstance(node, cst.ClassDef):
            ours = self.sides.ours.functions if self.sides.ours else {}
            members = {key for key in ours if key.startswith(f"{name}.")}
            return self._wanted(members) if members else self._note_new(entry, prefix)
        return self._note_new(entry, prefix)

    @property
    def _guarded(self) -> bool:
        last = entries(self.healthy, self.healthy.body[-1:])
        return bool(last) and last[0].key.startswith(_GUARD)

    def _note_new(self, entry: Entry, prefix: str) -> bool:
        """Keep a statement if it is new since the damage."""
        if self._unedited(entry, prefix) or entry.is_idle:
            return False
        self.result.keep(entry.label)
        return True

    def _wanted(self, names: set[str]) -> bool:
        """Whether any of these functions is to be kept; says so of each."""
        wanted = names.intersection(self.sides.wanted)
        for name in sorted(wanted):
            self.result.keep(name)
        for name in sorted(names - wanted):
            self.result.notes.append(f"dropped {name}: it does nothing, or belongs to the damage")
        return bool(wanted)

    def _unedited(self, entry: Entry, prefix: str) -> bool:
        """Whether the damaged version held the same statement."""
        if self.before is None:
            return entry.code.strip() in self.sides.damaged
        return (prefix + entry.key, entry.code) in self.before

    def _was_damaged(self, known: Entry, entry: Entry, prefix: str) -> bool:
        """Whether neither side agrees with the damaged version, which held the statement: a contradiction."""
        if self.before is None or (prefix + known.key, known.code) in self.before:
            return False
        held = any(key == prefix + known.key for key, _ in self.before)
        if held:
            self.result.collide(f"{entry.label} differs in all three versions")
        return held

    def _index(self, order: Sequence[str], anchor: str, key: str) -> int:
        """Where a new statement goes: behind its anchor and all imports; else at the end, before the main guard."""
        guard = bool(order) and order[-1].startswith(_GUARD)
        if key.startswith(_GUARD) or anchor not in order:
            return len(order) - guard
        return max(order.index(anchor) + 1, _behind_head(order))

    def _above(self, entry: Entry, order: Sequence[str]) -> str:
        """The definition whose commented-out head stands nearest above a new one in today's text, "" for none."""
        for name in self.heads.get(entry.name, ()):
            for key in (f"def {name}", f"class {name}"):
                if key in order:
                    return key
        return ""


def _head(module: cst.Module, node: cst.ClassDef) -> str:
    """The text of a class without its body and what stands above it."""
    body = cst.SimpleStatementSuite([cst.Pass()])
    return module.code_for_node(node.with_changes(body=body, leading_lines=(), lines_after_decorators=()))


def _behind_head(order: Sequence[str]) -> int:
    """The place behind the imports at the head of a module."""
    first = next((n for n, key in enumerate(order) if key.startswith(("def ", "class "))), len(order))
    return max((n + 1 for n in range(first) if order[n].startswith(("import ", "from "))), default=0)


def _heads(text: str) -> dict[str, list[str]]:
    """For each definition of a text, the commented-out ones above it, nearest first: a few, and the nearest class."""
    heads: dict[str, list[str]] = {}
    above: list[str] = []
    cls = ""
    for line in text.split("\n"):
        match = _HEAD.search(line)
        if match and line.lstrip().startswith("#"):
            above = [match[2], *above[:3]]
            cls = match[2] if match[1] == "class" else cls
        elif match:
            heads.setdefault(match[2], [*above, cls])
    return heads


def _codes(module: cst.Module) -> set[tuple[str, str]]:
    """Every statement of a module and its classes, with its key."""
    found: set[tuple[str, str]] = set()
    pending = [("", entries(module, module.body))]
    while pending:
        prefix, body = pending.pop()
        for entry in body:
            found.add((prefix + entry.key, entry.code))
            if isinstance(entry.node, cst.ClassDef) and isinstance(entry.node.body, cst.IndentedBlock):
                found.add((f"{prefix}{entry.key} head", _head(module, entry.node)))
                pending.append((f"{prefix}{entry.name}.", entries(module, entry.node.body.body)))
    return found
