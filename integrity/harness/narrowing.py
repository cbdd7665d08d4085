"""What a command that runs pytest leaves out that it ran before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from typing import NamedTuple

from integrity.harness.model import HarnessSettings, TestCommand
from integrity.harness.selection import (
    BY_EXPRESSION,
    BY_PATH,
    BY_PATTERN,
    BY_TAG,
    COLLECT_ONLY,
    ONLY_SOME,
    Selection,
    cover_everything,
    is_known,
    names_of,
    selection,
    visited,
)

_ALIKE = 0.5


class Reworded(NamedTuple):
    """A command, and what stands in its place now."""

    was: TestCommand
    now: TestCommand


class Left(NamedTuple):
    """What a command leaves out now.

    Attributes:
        shown: in words.
        names: of markers or tests that its expression speaks of.
        mild: whether it is run again rather than left out, or left out only after a failure.
    """

    shown: str
    names: tuple[str, ...] = ()
    mild: bool = False


def reworded(
    old: HarnessSettings, new: HarnessSettings, before: Counter[tuple[str, ...]], after: Counter[tuple[str, ...]]
) -> list[Reworded]:
    """The commands of a file that became others, the likeliest of the same job or target first.

    Args:
        old: what the file said.
        new: what it says.
        before: how often every command stood in any changed file.
        after: how often it stands there now.
    """
    gone = [one for one in old.commands if after[one.words] < before[one.words]]
    fresh = [one for one in new.commands if after[one.words] > before[one.words]]
    places = {one.where for one in new.commands}
    scored = sorted(
        (-_likeness(was, now), abs(i - j), i, j)
        for i, was in enumerate(gone)
        for j, now in enumerate(fresh)
        if was.where == now.where or (was.where not in places and _likeness(was, now) >= _ALIKE)
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    found = []
    for _, _, i, j in scored:
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            found.append(Reworded(gone[i], fresh[j]))
    return sorted(found, key=lambda one: (one.now.span, one.now.words))


def _likeness(one: TestCommand, other: TestCommand) -> float:
    words = set(one.words), set(other.words)
    return len(words[0] & words[1]) / (len(words[0] | words[1]) or 1)


def left_out(
    pair: Reworded, present: Iterable[TestCommand], added: Iterable[TestCommand], modules: frozenset[str]
) -> Iterator[Left]:
    """What a command no longer runs, and no other one runs in its place.

    Args:
        pair: the command before and after.
        present: every command of the changed files now.
        added: those of them that stand in no other one's place.
        modules: the modules of tests that there were before and still are.
    """
    was, now = selection(pair.was.words), selection(pair.now.words)
    if was is None or now is None:
        return
    others = [one for command in present if (one := selection(command.words)) is not None]
    extra = [one for command in added if (one := selection(command.words)) is not None]
    if any(_replaces(one, was, modules) for one in extra):
        return
    for name, value in Counter(now.options) - Counter(was.options):
        if name in COLLECT_ONLY:
            yield Left(name)
        elif name in ONLY_SOME:
            yield Left(name, mild=True)
        elif is_known(value):
            yield from _by_option(name, value, was, others, modules)
    yield from _by_paths(was, now, (others, extra), modules)


def _replaces(one: Selection, was: Selection, modules: frozenset[str]) -> bool:
    """Whether another command runs everything that one ran."""
    here = visited(modules, one.paths) if one.paths else modules
    return not set(one.options) - set(was.options) and here >= (visited(modules, was.paths) if was.paths else modules)


def _by_option(
    name: str, value: str, was: Selection, others: Sequence[Selection], modules: frozenset[str]
) -> Iterator[Left]:
    """What a new option leaves out."""
    if name in BY_EXPRESSION:
        yield from _by_expression(name, value, was, others)
    elif name in BY_PATH:
        yield from _by_path(name, value, others, modules)
    elif name == BY_PATTERN:
        yield from _by_pattern(value, was, others, modules)
    elif name in BY_TAG:
        yield Left(f"{name} {value}", (value,))


def _by_expression(name: str, value: str, was: Selection, others: Sequence[Selection]) -> Iterator[Left]:
    earlier = [text for option, text in was.options if option == name]
    if earlier and not any(value.startswith(f"{one} and ") for one in earlier):
        return
    if not cover_everything([text for one in others for option, text in one.options if option == name]):
        yield Left(f"{name} {value}", tuple(names_of(value)))


def _by_path(name: str, value: str, others: Sequence[Selection], modules: frozenset[str]) -> Iterator[Left]:
    left = visited(modules, [value, f"*/{value}"])
    without = [one for one in others if (name, value) not in one.options]
    if left - visited(modules, [path for one in without for path in one.paths]):
        yield Left(f"{name} {value}")


def _by_pattern(value: str, was: Selection, others: Sequence[Selection], modules: frozenset[str]) -> Iterator[Left]:
    """Files whose names a pattern of unittest no longer matches, and that no other command names."""
    earlier = [text for option, text in was.options if option == BY_PATTERN] or ["test*.py"]
    ran = visited(modules, was.paths) if was.paths else modules
    left = {one for one in ran if fnmatch(_name(one), earlier[0]) and not fnmatch(_name(one), value)}
    patterns = [text for one in others for option, text in one.options if option == BY_PATTERN]
    left = {one for one in left if not any(fnmatch(_name(one), text) for text in patterns)}
    if left:
        yield Left(f"-p {value}: {min(left)}" + (f" and {len(left) - 1} more" if len(left) > 1 else ""))


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _by_paths(
    was: Selection, now: Selection, around: tuple[Sequence[Selection], Sequence[Selection]], modules: frozenset[str]
) -> Iterator[Left]:
    """Paths that lead to less: to some files of a folder, or to a folder in it."""
    others, extra = around
    if not now.paths or was.paths == now.paths or any(not one.paths for one in extra):
        return
    if not all(visited(modules, [path]) for path in (*was.paths, *now.paths)):
        return  # it runs in another folder, or what it names is no path
    if not was.paths and not all(".py" in path for path in now.paths):
        return
    ran = visited(modules, was.paths) if was.paths else modules
    lost = ran - visited(modules, [path for one in others for path in one.paths])
    if lost and visited(modules, now.paths) < ran:
        yield Left(f"{min(lost)} is not run" if len(lost) == 1 else f"{len(lost)} files are not run, as {min(lost)}")
