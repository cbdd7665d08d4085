"""Merges on the level of lines: the repair of the damage, and on top every honest edit made since.

The repair is the difference from the damaged to the healthy version, the edits are the difference from the damaged
version to today's. Both are lists of hunks over the same lines, so that each edit can be kept or dropped by itself:
a plain three-way merge would carry a second wave of damage over along with the honest edits. Hunks that merely touch
are no conflict, either, unlike in `git merge-file`: a test added below a commented-out one is the most common edit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from integrity.git.linediff import Hunk, hunks
from integrity.restore.mergejudge import Accept, Sides, faults, unmet
from integrity.restore.mergeoutline import outline

_IMPORT = re.compile(r"from\s+[\w.]+\s+import\s|import\s+\w")
_WORD = re.compile(r"\w+")
_COMMENT = re.compile(r"\s*#")
_MOST_QUESTIONS = 24  # for `accept`, which scans
_MOST_TRIALS = 60
_MOST_EXPLAINED = 20
_STRIPPED_SHARE = 0.9


@dataclass(frozen=True)
class Edit:
    """A replacement of lines of the damaged version.

    Attributes:
        start: first line replaced, counted from 0.
        end: the line after the last one replaced; equal to `start` for an insertion.
        lines: what stands there instead.
        place: the line in today's text, counted from 1; for notes.
    """

    start: int
    end: int
    lines: tuple[str, ...]
    place: int = 0


class Carry(NamedTuple):
    """An edit of a damaged line, as it applies to the restored one: this text for line `line` of repair `repair`."""

    edit: Edit
    repair: int
    line: int
    text: str


@dataclass
class TextMerge:
    """What came of it.

    Attributes:
        healthy: the healthy version, with what was done to its lines while they were damaged.
        text: the merged text, None when an edit could neither be kept nor be told to be damage.
        carried: the number of edits in `healthy`.
        kept: the number of edits in `text`.
        conflicts: the number of edits that could not be kept.
        notes: one line an edit.
    """

    healthy: str
    text: str | None = None
    carried: int = 0
    kept: int = 0
    conflicts: int = 0
    notes: list[str] = field(default_factory=list)


def merge_text(sides: Sides, accept: Accept) -> TextMerge:
    """Merge by lines.

    Args:
        sides: the three texts.
        accept: whether a text is sound; asked about the result, and about edits by themselves when that is refused.

    Raises:
        GitError: git cannot compare the texts.
    """
    return _Weaver(sides, accept).weave()


class _Weaver:
    """One merge at work."""

    def __init__(self, sides: Sides, accept: Accept) -> None:
        self.sides = sides
        self.accept = accept
        self.base = sides.damaged.split("\n")
        self.repairs = _edits(self.base, sides.healthy.split("\n"))
        self.known = {line.strip() for line in sides.healthy.split("\n")}
        self.lines = [_Matches(self.base, repair) for repair in self.repairs]
        self.carries: list[Carry] = []
        self.colliding: list[Edit] = []
        self.result = TextMerge(sides.healthy)

    def weave(self) -> TextMerge:
        """Sort the edits into honest ones and damage, and put the honest ones upon the repair."""
        candidates = self._candidates(_edits(self.base, self.sides.today.split("\n")))
        self._excuse_strip()
        self._carry_all()
        kept = self._sound(candidates) if not self.result.conflicts else []
        if not self.result.conflicts:
            self.result.kept = self.result.carried + len(kept)
            self.result.text = self._woven(kept)
            self.result.notes += [f"kept the edit at line {edit.place}" for edit in kept]
        return self.result

    def _candidates(self, edits: Sequence[Edit]) -> list[Edit]:
        """The edits that do not collide with the repair and are not further damage by their looks."""
        candidates = []
        for edit, touched in _paired(self._pieces(edits), self.repairs):
            if touched:
                self._collide(edit, touched)
            elif self._is_damage(edit):
                self._note(edit, "dropped: it comments code out")
            elif not self._is_space(edit):
                candidates.append(edit)
        return candidates

    def _pieces(self, edits: Sequence[Edit]) -> list[Edit]:
        """The edits, those of damaged lines that replace as many lines as they bring one by one."""
        pieces: list[Edit] = []
        for edit, touched in _paired(edits, self.repairs):
            even = touched and len(edit.lines) == edit.end - edit.start > 1
            pieces += _lines_of(edit) if even else [edit]
        return pieces

    def _collide(self, edit: Edit, touched: Sequence[int]) -> None:
        """An edit of damaged lines: carried into the repair, or already in it, or of no worth, or a conflict."""
        carry = self._carry(edit, touched)
        if carry:
            self.carries.append(carry)
        elif self._is_repair(edit):
            self._note(edit, "dropped: it repairs or repeats lines that the healthy version holds")
        elif all(map(_dead, edit.lines)) and all(map(_dead, self.base[edit.start : edit.end])):
            self._note(edit, "dropped: it changes nothing but commented-out lines")
        else:
            self.colliding.append(edit)
            self.result.conflicts += 1
            self._note(edit, "collides with damaged lines")

    def _excuse_strip(self) -> None:
        """Take what collides for damage when today does not parse and nearly all of it is commented text, uncommented.

        That is what a script leaves which strips a comment prefix, and repairs quotes and brackets as it goes.
        """
        lines = [line for edit in self.colliding for line in edit.lines if _letters(line)]
        if not lines or self.sides.ours is not None:
            return
        held = {_letters(line[cut:]) for line in self.base if _COMMENT.match(line) for cut in _cuts(line)}
        held |= {_letters(line) for line in self.known}
        if sum(_letters(line) in held for line in lines) >= _STRIPPED_SHARE * len(lines):
            self.result.conflicts -= len(self.colliding)
            self.result.notes.append("dropped what collides: lines were uncommented, and no longer parse")

    def _carry(self, edit: Edit, touched: Sequence[int]) -> Carry | None:
        """What was done to the damaged form of a line, as done to the restored line."""
        if len(edit.lines) != 1 or edit.end - edit.start != 1 or len(touched) != 1:
            return None
        before, after = self.base[edit.start], edit.lines[0]
        index = self.lines[touched[0]].restored(edit.start)
        if index is None:
            return None
        line = self.repairs[touched[0]].lines[index]
        prefix = before[: len(before) - len(line.strip())]
        if not after.startswith(prefix) or not _is_rename(line.strip(), after[len(prefix) :].strip()):
            return None
        indent = line[: len(line) - len(line.lstrip())]
        return Carry(edit, touched[0], index, indent + after[len(prefix) :])

    def _carry_all(self) -> None:
        """Carry as many edits of damaged lines into the repair as leave it as healthy as it was."""
        trials = _Trials(self._healthy_with, _MOST_TRIALS)
        carried = trials.largest([], self.carries) if self.carries else []
        if carried and not self.accept(self._with(carried)):
            carried = []
        for carry in self.carries:
            done = carry in set(carried)
            self._note(carry.edit, "carried into the restored line" if done else "dropped: its line is restored")
        if carried:
            self.result.healthy = self._with(carried)
            self.sides = Sides(self.result.healthy, self.sides.damaged, self.sides.today)
            self.repairs = self._repaired(carried)
            self.result.carried = len(carried)

    def _healthy_with(self, carries: Sequence[Carry]) -> bool:
        """Whether the healthy version with these edits defines, checks and binds what it did."""
        before, after = self.sides.theirs, outline(self._with(carries))
        if before is None or after is None or list(before.functions) != list(after.functions):
            return False
        pairs = zip(before.functions.values(), after.functions.values(), strict=True)
        return not (after.missing - before.missing) & before.bound and all(
            new.asserts >= old.asserts and new.hollow <= old.hollow for old, new in pairs
        )

    def _with(self, carries: Sequence[Carry]) -> str:
        """The healthy version with these edits."""
        return _applied(self.base, self._repaired(carries))

    def _repaired(self, carries: Sequence[Carry]) -> list[Edit]:
        """The repairs with these edits in them."""
        lines = {index: list(self.repairs[index].lines) for index in {carry.repair for carry in carries}}
        for carry in carries:
            lines[carry.repair][carry.line] = carry.text
        return [
            replace(repair, lines=tuple(lines[index])) if index in lines else repair
            for index, repair in enumerate(self.repairs)
        ]

    def _is_repair(self, edit: Edit) -> bool:
        """Whether every line is one of the healthy version, or what a comment prefix left when it was stripped."""
        old = [line.strip() for line in self.base[edit.start : edit.end] if _COMMENT.match(line)]
        stripped = _suffixes(old)
        return all(not line.strip() or line.strip() in self.known or line.strip() in stripped for line in edit.lines)

    def _is_damage(self, edit: Edit) -> bool:
        """Whether an edit turns live lines into comments and does nothing else."""
        code = {line.strip() for line in self.base[edit.start : edit.end] if not _dead(line)}
        new = [line.strip() for line in edit.lines if line.strip()]
        if not code or not new or not all(map(_dead, new)):
            return False
        return any(line[cut:] in code for line in new for cut in _cuts(line))

    def _is_space(self, edit: Edit) -> bool:
        """Whether an edit next to a damaged line concerns blank lines only."""
        blank = not any(line.strip() for line in (*edit.lines, *self.base[edit.start : edit.end]))
        return blank and bool(self._edges & {edit.start, edit.end})

    @cached_property
    def _edges(self) -> set[int]:
        return {edge for repair in self.repairs for edge in (repair.start, repair.end)}

    def _sound(self, candidates: list[Edit]) -> list[Edit]:
        """The largest set of the edits, as far as a search by halves finds it, that leaves a sound text."""
        candidates = self._harmless(candidates)
        trials = _Trials[Edit](lambda edits: not faults(self.sides, self._woven(edits)), _MOST_TRIALS)
        kept = trials.largest([], candidates)
        questions = _Trials[Edit](lambda edits: self.accept(self._woven(edits)), _MOST_QUESTIONS)
        kept = questions.largest([], kept)
        left = set(kept)
        self._explain([edit for edit in candidates if edit not in left], questions)
        self._check_last(kept, questions)
        return kept

    def _harmless(self, candidates: Sequence[Edit]) -> list[Edit]:
        """The edits without those of functions that the edits, taken together, hollow out or delete."""
        if self.sides.base is None:
            return list(candidates)
        found = {fault.function for fault in faults(self.sides, self._woven(candidates)) if fault.damage}
        known = [self.sides.base.functions.get(name) for name in found]
        harmed = [Edit(function.first, function.end, ()) for function in known if function]
        kept = []
        for edit, touched in _paired(candidates, sorted(harmed, key=lambda one: one.start)):
            if touched:
                self._note(edit, "dropped: it is in a function that would be lost or hollowed out")
            else:
                kept.append(edit)
        return kept

    def _explain(self, dropped: Sequence[Edit], questions: _Trials[Edit]) -> None:
        """Why each edit was dropped; one that is no damage is a conflict."""
        for edit in dropped[:_MOST_EXPLAINED]:
            found = faults(self.sides, self._woven([edit]))
            damage = any(fault.damage for fault in found) if found else questions.refuses([edit])
            self.result.conflicts += not damage
            reason = found[0].text if found else "together with the rest, the text would be damaged"
            self._note(edit, f"dropped: {reason}")
        self.result.conflicts += len(dropped[_MOST_EXPLAINED:])

    def _check_last(self, kept: Sequence[Edit], questions: _Trials[Edit]) -> None:
        """The result must be sound and hold everything that it has to."""
        text = self._woven(kept)
        reasons = [fault.text for fault in faults(self.sides, text)] + unmet(self.sides, text)
        if not reasons and not kept and questions.refuses(kept):
            reasons = ["the merged text would be damaged by the rules"]
        self.result.conflicts += len(reasons)
        self.result.notes += reasons[:_MOST_EXPLAINED]

    def _woven(self, edits: Sequence[Edit]) -> str:
        """The damaged text with the repair and the edits applied."""
        return _applied(self.base, _ordered(self.repairs, edits))

    def _note(self, edit: Edit, what: str) -> None:
        self.result.notes.append(f"the edit at line {edit.place}: {what}")


class _Matches:
    """Which restored line a damaged line was, inside one repair.

    Args:
        base: the lines of the damaged version.
        repair: the repair.
    """

    def __init__(self, base: Sequence[str], repair: Edit) -> None:
        self._base = base
        self._repair = repair

    def restored(self, line: int) -> int | None:
        """The index of the restored line that a damaged line holds, commented out or displaced; None when unsure."""
        for cut in (0, *_cuts(self._base[line].strip())):
            code = self._base[line].strip()[cut:]
            new = self._restored.get(code, [])
            if code and new:
                old = self._damaged.get(self._base[line].strip(), [])
                return new[old.index(line)] if len(new) == len(old) else None
        return None

    @cached_property
    def _restored(self) -> dict[str, list[int]]:
        return _places(self._repair.lines, 0)

    @cached_property
    def _damaged(self) -> dict[str, list[int]]:
        return _places(self._base[self._repair.start : self._repair.end], self._repair.start)


def _places(lines: Sequence[str], first: int) -> dict[str, list[int]]:
    """Where each line stands, white space around it apart."""
    places: dict[str, list[int]] = {}
    for index, line in enumerate(lines, first):
        places.setdefault(line.strip(), []).append(index)
    return places


T = TypeVar("T")


class _Trials(Generic[T]):
    """A search for the items that pass a test together, within a number of trials."""

    def __init__(self, test: Callable[[Sequence[T]], bool], most: int) -> None:
        self._test = test
        self._left = most

    def passes(self, items: Sequence[T]) -> bool:
        """Whether these pass; never when the trials are used up."""
        self._left -= 1
        return self._left >= 0 and self._test(items)

    def refuses(self, items: Sequence[T]) -> bool:
        """Whether these fail; never when the trials are used up."""
        self._left -= 1
        return self._left >= 0 and not self._test(items)

    def largest(self, kept: list[T], more: list[T]) -> list[T]:
        """`kept` and as many of `more` as pass, halving what does not."""
        if not more or self.passes([*kept, *more]):
            return [*kept, *more]
        if len(more) == 1:
            return kept
        middle = len(more) // 2
        return self.largest(self.largest(kept, more[:middle]), more[middle:])


def _applied(base: Sequence[str], edits: Sequence[Edit]) -> str:
    """A text with edits, in order, applied."""
    lines: list[str] = []
    position = 0
    for edit in edits:
        lines += base[position : edit.start]
        lines += edit.lines
        position = max(position, edit.end)
    return "\n".join([*lines, *base[position:]])


def _edits(old: Sequence[str], new: Sequence[str]) -> list[Edit]:
    """The differences, with their lines."""
    return [_edit(hunk, new) for hunk in hunks(old, new)]


def _edit(hunk: Hunk, new: Sequence[str]) -> Edit:
    return Edit(hunk.old_start, hunk.old_end, tuple(new[hunk.new_start : hunk.new_end]), hunk.new_start + 1)


def _lines_of(edit: Edit) -> list[Edit]:
    """An edit that replaces as many lines as it brings, line by line."""
    return [Edit(edit.start + n, edit.start + n + 1, (line,), edit.place + n) for n, line in enumerate(edit.lines)]


def _paired(edits: Sequence[Edit], repairs: Sequence[Edit]) -> list[tuple[Edit, list[int]]]:
    """Each edit with the indexes of the repairs it overlaps; both in order, in one pass."""
    pairs: list[tuple[Edit, list[int]]] = []
    first = 0
    for edit in edits:
        while first < len(repairs) and repairs[first].end < edit.start:
            first += 1
        index, touched = first, []
        while index < len(repairs) and repairs[index].start <= edit.end:
            if _overlap(edit, repairs[index]):
                touched.append(index)
            index += 1
        pairs.append((edit, touched))
    return pairs


def _overlap(one: Edit, other: Edit) -> bool:
    """Whether two edits replace the same line, or one inserts inside what the other replaces."""
    return max(one.start, other.start) < min(one.end, other.end) or (
        one.start < other.start == other.end < one.end or other.start < one.start == one.end < other.end
    )


def _ordered(repairs: Sequence[Edit], edits: Sequence[Edit]) -> list[Edit]:
    """In order of the lines replaced; at the same place an insertion comes first, and a repair before an edit."""
    return [edit for edit, _ in sorted([(edit, 0) for edit in repairs] + [(edit, 1) for edit in edits], key=_order)]


def _order(pair: tuple[Edit, int]) -> tuple[int, bool, int]:
    edit, rank = pair
    return edit.start, edit.end > edit.start, rank


def _dead(line: str) -> bool:
    """Whether a line is blank or a comment."""
    return not line.strip() or _COMMENT.match(line) is not None


def _is_rename(before: str, after: str) -> bool:
    """Whether only words differ, or imports: the edits that mean the same in a comment and in code."""
    if _IMPORT.match(before) and _IMPORT.match(after):
        return True
    return _WORD.split(before) == _WORD.split(after)


def _letters(line: str) -> str:
    """The words of a line, run together."""
    return re.sub(r"\W", "", line)


def _cuts(line: str) -> list[int]:
    """Where the commented code of a line may begin: behind its hash, a marker's colon, a space."""
    return [match.end() for match in re.finditer(r"[#:\s-]+", line[:120])]


def _suffixes(lines: Sequence[str]) -> set[str]:
    """What the comment lines hold behind a marker."""
    return {line[cut:] for line in lines for cut in _cuts(line)}
