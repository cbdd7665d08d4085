"""Merges on the level of lines: the repair of the damage, and on top every honest edit made since.

The repair is the difference from the damaged to the healthy version, the edits are the difference from the damaged
version to today's. Both are lists of hunks over the same lines, so that each edit can be kept or dropped by itself:
a plain three-way merge would carry a second wave of damage over along with the honest edits. Hunks that merely touch
are no conflict, either, unlike in `git merge-file`: a test added below a commented-out one is the most common edit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from integrity.git.linediff import Hunk, hunks
from integrity.restore.mergejudge import Accept, Sides, faults, unmet

_COMMENT = re.compile(r"\s*#")
_MOST_QUESTIONS = 24  # for `accept`, which scans
_MOST_TRIALS = 60
_MOST_EXPLAINED = 20


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


@dataclass
class TextMerge:
    """What came of it.

    Attributes:
        text: the merged text, None when an edit could neither be kept nor be told to be damage.
        kept: the number of edits carried over.
        conflicts: the number of edits that could not be.
        notes: one line an edit.
    """

    text: str | None = None
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
        self.healthy_lines = sides.healthy.split("\n")
        self.today_lines = sides.today.split("\n")
        self.repairs = _edits(self.base, self.healthy_lines)
        self.known = {line.strip() for line in self.healthy_lines}
        self.result = TextMerge()

    def weave(self) -> TextMerge:
        """Sort the edits into honest ones and damage, and put the honest ones upon the repair."""
        candidates = self._candidates(_edits(self.base, self.today_lines))
        kept = self._sound(candidates) if not self.result.conflicts else []
        self.result.kept += len(kept)
        if not self.result.conflicts:
            self.result.text = self._woven(kept)
            self.result.notes += [f"kept the edit at line {edit.place}" for edit in kept]
        return self.result

    def _candidates(self, edits: Sequence[Edit]) -> list[Edit]:
        """The edits that do not collide with the repair and are not further damage by their looks."""
        candidates = []
        for edit, touched in _paired(self._pieces(edits), self.repairs):
            if not touched:
                if self._is_damage(edit):
                    self._note(edit, "dropped: it comments code out")
                else:
                    candidates.append(edit)
            else:
                self._collide(edit, touched)
        return candidates

    def _pieces(self, edits: Sequence[Edit]) -> list[Edit]:
        """The edits, those cut into lines that replace live and dead lines at once, one by one."""
        pieces: list[Edit] = []
        for edit, touched in _paired(edits, self.repairs):
            even = touched and len(edit.lines) == edit.end - edit.start > 1
            pieces += _lines_of(edit) if even else [edit]
        return pieces

    def _collide(self, edit: Edit, touched: Sequence[int]) -> None:
        """An edit of damaged lines: carried into the repair, or already in it, or of no worth, or a conflict."""
        if self._carry(edit, touched):
            self.result.kept += 1
            self._note(edit, "carried from the damaged line into the restored one")
        elif self._is_repair(edit):
            self._note(edit, "dropped: it repairs or repeats lines that the healthy version holds")
        elif all(map(_dead, edit.lines)) and all(map(_dead, self.base[edit.start : edit.end])):
            self._note(edit, "dropped: it changes nothing but commented-out lines")
        else:
            self.result.conflicts += 1
            self._note(edit, "collides with damaged lines")

    def _carry(self, edit: Edit, touched: Sequence[int]) -> bool:
        """Apply to the restored line what was done to its commented-out form."""
        if len(edit.lines) != 1 or edit.end - edit.start != 1 or len(touched) != 1:
            return False
        before, after = self.base[edit.start], edit.lines[0]
        repair = self.repairs[touched[0]]
        matches = [index for index, line in enumerate(repair.lines) if line.strip() and before.endswith(line.strip())]
        wanted = self._ordinal(before, repair, edit.start)
        if not (_COMMENT.match(before) and len(matches) > wanted >= 0):
            return False
        line = repair.lines[matches[wanted]]
        prefix = before[: len(before) - len(line.strip())]
        if prefix.strip() in {"", before.strip()} or not after.startswith(prefix):
            return False
        indent = line[: len(line) - len(line.lstrip())]
        lines = list(repair.lines)
        lines[matches[wanted]] = indent + after[len(prefix) :]
        self.repairs[touched[0]] = Edit(repair.start, repair.end, tuple(lines))
        return True

    def _ordinal(self, line: str, repair: Edit, at: int) -> int:
        """Which of equal damaged lines this one is; -1 when the restored ones are not as many."""
        equal = [index for index in range(repair.start, repair.end) if self.base[index].strip() == line.strip()]
        restored = [new for new in repair.lines if new.strip() and line.endswith(new.strip())]
        return equal.index(at) if len(restored) == len(equal) else -1

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

    def _sound(self, candidates: list[Edit]) -> list[Edit]:
        """The largest set of the edits, as far as a search by halves finds it, that leaves a sound text."""
        trials = _Trials(self, lambda edits: not faults(self.sides, self._woven(edits)), _MOST_TRIALS)
        kept = trials.largest([], candidates)
        questions = _Trials(self, lambda edits: self.accept(self._woven(edits)), _MOST_QUESTIONS)
        kept = questions.largest([], kept)
        left = set(kept)
        self._explain([edit for edit in candidates if edit not in left], questions)
        self._check_last(kept, questions)
        return kept

    def _explain(self, dropped: Sequence[Edit], questions: _Trials) -> None:
        """Why each edit was dropped; one that is no damage is a conflict."""
        for edit in dropped[:_MOST_EXPLAINED]:
            found = faults(self.sides, self._woven([edit]))
            damage = any(fault.damage for fault in found) if found else questions.refuses([edit])
            self.result.conflicts += not damage
            reason = found[0].text if found else "together with the rest, the text would be damaged"
            self._note(edit, f"dropped: {reason}")
        self.result.conflicts += len(dropped[_MOST_EXPLAINED:])

    def _check_last(self, kept: Sequence[Edit], questions: _Trials) -> None:
        """The result must be sound and hold everything that it has to."""
        text = self._woven(kept)
        reasons = [fault.text for fault in faults(self.sides, text)] + unmet(self.sides, text)
        if not reasons and not kept and questions.refuses(kept):
            reasons = ["the merged text would be damaged by the rules"]
        self.result.conflicts += len(reasons)
        self.result.notes += reasons[:_MOST_EXPLAINED]

    def _woven(self, edits: Sequence[Edit]) -> str:
        """The damaged text with the repair and the edits applied."""
        lines: list[str] = []
        position = 0
        for edit in _ordered(self.repairs, edits):
            lines += self.base[position : edit.start]
            lines += edit.lines
            position = max(position, edit.end)
        return "\n".join(lines + self.base[position:])

    def _note(self, edit: Edit, what: str) -> None:
        self.result.notes.append(f"the edit at line {edit.place}: {what}")


class _Trials:
    """A search for the edits that pass a test, within a number of trials."""

    def __init__(self, weaver: _Weaver, test: Callable[[Sequence[Edit]], bool], most: int) -> None:
        self._weaver = weaver
        self._test = test
        self._left = most

    def passes(self, edits: Sequence[Edit]) -> bool:
        """Whether these edits together pass; never when the trials are used up."""
        self._left -= 1
        return self._left >= 0 and self._test(edits)

    def refuses(self, edits: Sequence[Edit]) -> bool:
        """Whether these edits together fail; not when the trials are used up."""
        self._left -= 1
        return self._left >= 0 and not self._test(edits)

    def largest(self, kept: list[Edit], more: list[Edit]) -> list[Edit]:
        """`kept` and as many of `more` as pass, halving what does not."""
        if not more or self.passes([*kept, *more]):
            return [*kept, *more]
        if len(more) == 1:
            return kept
        middle = len(more) // 2
        return self.largest(self.largest(kept, more[:middle]), more[middle:])


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


def _cuts(line: str) -> list[int]:
    """Where the commented code of a line may begin: behind its hash, a marker's colon, a space."""
    return [match.end() for match in re.finditer(r"[#:\s-]+", line[:120])]


def _suffixes(lines: Sequence[str]) -> set[str]:
    """What the comment lines hold behind a marker."""
    return {line[cut:] for line in lines for cut in _cuts(line)}
