"""Calls of any value: functions, classes, the builtins that matter."""

from __future__ import annotations

from collections.abc import Sequence

from integrity.imports.execution.attributes import Attributes
from integrity.imports.execution.constants import DATACLASS, known
from integrity.imports.values import (
    MAYBE,
    UNKNOWN,
    Bound,
    Builtin,
    Class,
    Frame,
    Func,
    Instance,
    Module,
)

_BY_NAME = frozenset({"getattr", "hasattr", "setattr"})
ANYTHING = (UNKNOWN,)  # with the keyword "*": arguments that nobody knows
_CALLING = frozenset({"map", "filter", "sorted", "min", "max", "iter"})


class Calls(Attributes):
    """The part of an interpreter that calls."""

    def _call_value(
        self, function: object, arguments: list[object], frame: Frame, keywords: Sequence[str] = ()
    ) -> object:
        if isinstance(function, Func):
            return self._call(function, arguments, keywords)
        if isinstance(function, Bound):
            return self._call(function.function, [function.first, *arguments], keywords)
        if isinstance(function, Class):
            return self._instance(function, arguments, keywords)
        if isinstance(function, Builtin) and function.name in _BY_NAME:
            return self._by_name(function.name, arguments, frame)
        if isinstance(function, Builtin) and function.name == DATACLASS:
            return self._dataclass(function, arguments)
        self._strange += 1
        if isinstance(function, Builtin) and function.name in _CALLING:
            self._hand_over(arguments)
        return UNKNOWN

    def _hand_over(self, arguments: Sequence[object]) -> None:
        """A builtin calls the functions that it is given, if it comes to that."""
        with self._in_doubt():
            for argument in arguments:
                if isinstance(argument, Func):
                    self._call(argument, ANYTHING, ("*",))

    def _dataclass(self, decorator: Builtin, arguments: Sequence[object]) -> object:
        """`dataclasses.dataclass`, applied to a class or called with its options first."""
        decorated = next((one for one in arguments if isinstance(one, Class)), None)
        if decorated is not None:
            decorated.data = True
        return decorated or decorator

    def _instance(self, kind: Class, arguments: list[object], keywords: Sequence[str]) -> object:
        made = Instance(kind)
        if kind.open:
            hook = kind.find("__init__")
            if isinstance(hook, Func):
                with self._in_doubt():
                    self._call(hook, [made, *ANYTHING], ("*",))
            return UNKNOWN
        for name in ("__new__", "__init__"):
            hook = kind.find(name)
            if isinstance(hook, Func):
                self._call(hook, [made if name == "__init__" else kind, *arguments], keywords)
        hook = kind.find("__post_init__") if kind.data else None
        if isinstance(hook, Func):
            self._call(hook, [made, *ANYTHING], ("*",))
        return made

    def _by_name(self, name: str, arguments: list[object], frame: Frame) -> object:
        target, wanted = (*arguments, UNKNOWN, UNKNOWN)[:2]
        if name == "setattr" or not isinstance(wanted, str) or not isinstance(target, Module):
            if isinstance(target, Module):
                target.open = True
            return UNKNOWN
        found = self._get(target, wanted)
        if name == "hasattr":
            return (
                UNKNOWN
                if found is MAYBE or (found is UNKNOWN and wanted not in target.namespace)
                else found is not None
            )
        if found is not None:
            return known(found)
        if len(arguments) > 2:  # noqa: PLR2004 - getattr with a default
            return arguments[2]
        return self._attribute(target, wanted, frame)
