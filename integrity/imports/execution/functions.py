"""Calls of functions of the repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from integrity.facts.program import (
    Code,
    Function,
)
from integrity.imports.execution.constants import NONE, known
from integrity.imports.execution.machine import Machine
from integrity.imports.values import (
    UNKNOWN,
    Frame,
    Func,
)

_DEEPEST_CALL = 30


class Functions(Machine):
    """The part of an interpreter that runs functions."""

    def _call(self, called: Func, arguments: Sequence[object], keywords: Sequence[str] = ()) -> object:
        """Run the body of a function; the last arguments are for the parameters that `keywords` names."""
        function = self._with_body(called)
        if function is None or function.body is None or function.deferred or self._calls > _DEEPEST_CALL:
            return UNKNOWN
        names = _given(function, called.defaults, arguments, keywords)
        code = called.module.full or called.module.code or Code()
        local, shared = frozenset(function.local), frozenset(function.shared)
        inner = Frame(called.module, names, "function", code, local, called.enclosing, shared=shared)
        if self.loader.doubt:
            if called in self._doubted:
                return UNKNOWN
            self._doubted.add(called)
        self._calls += 1
        try:
            returned = self._in_frame(inner, function.body)
        finally:
            self._calls -= 1
        if inner.doubtful:
            return UNKNOWN
        return known(inner.result) if returned else NONE

    def _with_body(self, called: Func) -> Function | None:
        """The function with its body, which is fetched when it was left out."""
        function, module = called.function, called.module
        if function.body is not None or function.deferred:
            return function
        if module.full is None:
            module.full = self.loader.sources.with_bodies(module.path)
        same = (one for one in module.full.functions if one.line == function.line and one.name == function.name)
        return next(same, None)


def _given(
    function: Function, defaults: Mapping[str, object], arguments: Sequence[object], keywords: Sequence[str]
) -> dict[str, object]:
    """The values of a function's parameters when it is called."""
    names = dict.fromkeys(function.parameters, cast("object", UNKNOWN))
    if "*" not in keywords:
        names.update((name, value) for name, value in defaults.items() if name in names)
    placed = len(arguments) - len(keywords)
    names.update(zip(function.parameters[: function.positional], arguments[:placed], strict=False))
    names.update((name, value) for name, value in zip(keywords, arguments[placed:], strict=False) if name in names)
    return names
