"""Whether two versions of a module do the same when they are imported, as far as others can tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from integrity.facts.program import Assign, Closure, Code, Def, Literal, Program, Step, Texts
from integrity.model import Span


def alike(one: Program, other: Program, unread: Callable[[str], bool], *, lines: bool = False) -> bool:
    """Whether the simulation cannot tell two programs apart, except by the bodies of their functions.

    Args:
        one: a version.
        other: another one.
        unread: whether nobody outside of the module has asked for one of its names.
        lines: whether they must stand on the same lines.
    """
    spare = spared(one, other, unread)
    if _header(one, spare) != _header(other, spare):
        return False
    compared = _Comparison(one.decoded(), other.decoded(), lines=lines)
    return compared.same(one.sites, other.sites) and (one.code == other.code or compared.of_steps(spare))


def same_bodies(one: Code, other: Code, spare: frozenset[str], *, lines: bool) -> bool:
    """Whether code with the bodies of its functions does the same.

    Args:
        one: a version.
        other: another one.
        spare: the names that only one of them binds, and that nobody has asked for.
        lines: whether it must stand on the same lines.
    """
    return one == other or _Comparison(one, other, lines=lines).of_steps(spare)


def spared(one: Program, other: Program, unread: Callable[[str], bool]) -> frozenset[str]:
    """The names that only one of two versions binds, and that nobody outside of the module has asked for."""
    return frozenset(name for name in {*one.names} ^ {*other.names} if unread(name))


def _header(program: Program, spare: frozenset[str]) -> tuple[object, ...]:
    names = [name for name in program.names if name not in spare]
    return names, program.exports, program.dynamic, program.lazy, program.broken


class _Comparison:
    """Compares two versions of code; their functions are told apart by what they do, not by their numbers."""

    def __init__(self, one: Code, other: Code, *, lines: bool) -> None:
        self._codes = one, other
        self._lines = lines

    def of_steps(self, spare: frozenset[str]) -> bool:
        """Whether the same runs, but for steps that do nothing except to bind spare names."""
        one, other = ([step for step in code.steps if not _only_binds(step, spare)] for code in self._codes)
        if spare and (self._mentions(one, 0, spare) or self._mentions(other, 1, spare)):
            return False
        rest = [(code.calls, code.reads if self._lines else ()) for code in self._codes]
        return self.same(tuple(one), tuple(other)) and self.same(*rest)

    def same(self, one: object, other: object) -> bool:
        """Whether two trees are equal, but for places where these do not count."""
        pending: list[tuple[object, object]] = [(one, other)]
        while pending:
            left, right = pending.pop()
            if type(left) is not type(right):
                return False
            if isinstance(left, msgspec.Struct):
                if not isinstance(left, Span) or self._lines:
                    pending += zip(self._parts(left, 0), self._parts(right, 1), strict=True)
            elif isinstance(left, tuple) and isinstance(right, tuple):
                if len(left) != len(right):
                    return False
                pending += zip(left, right, strict=True)
            elif left != right:
                return False
        return True

    def _parts(self, node: object, side: int) -> Iterator[object]:
        """What a node consists of; a function itself in the place of its number."""
        for field in node.__struct_fields__:  # type: ignore[attr-defined]
            if field == "function" and isinstance(node, (Def, Closure)):
                yield self._codes[side].functions[node.function]
            elif field != "line" or self._lines:
                yield getattr(node, field)

    def _mentions(self, steps: Sequence[Step], side: int, names: frozenset[str]) -> bool:
        """Whether steps, or the functions that they define, hold one of some names."""
        pending: list[object] = list(steps)
        while pending:
            node = pending.pop()
            if isinstance(node, str):
                if node in names:
                    return True
            elif isinstance(node, tuple):
                pending += node
            elif isinstance(node, msgspec.Struct) and not isinstance(node, Span):
                pending += self._parts(node, side)
        return False


def _only_binds(step: Step, names: frozenset[str]) -> bool:
    """Whether a step does nothing except to bind some of these names."""
    if isinstance(step, Assign):
        return names.issuperset((*step.names, *step.unpacked)) and _is_plain(step.value)
    if isinstance(step, Def):
        values = (*step.signature, *step.annotations)
        return step.name in names and not step.decorators and all(map(_is_plain, values))
    return False


def _is_plain(value: object) -> bool:
    """Whether nothing can go wrong with an expression."""
    return value is None or isinstance(value, (Literal, Texts))
