"""Expressions: names, choices, closures."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from integrity.facts.importtime import ALWAYS_BOUND
from integrity.facts.program import (
    Attribute,
    Call,
    Choice,
    Closure,
    Group,
    Literal,
    Name,
    Not,
    Texts,
    Value,
    Walrus,
)
from integrity.imports.execution.calls import Calls
from integrity.imports.execution.constants import NONE, known, truth_of
from integrity.imports.execution.machine import Values
from integrity.imports.values import (
    UNKNOWN,
    Builtin,
    Frame,
    Func,
    Module,
)

_UNBOUND_LOCAL = (
    "UnboundLocalError",
    "cannot access local variable {!r} where it is not associated with a value"
    if sys.version_info >= (3, 11)
    else "local variable {!r} referenced before assignment",
)
_UNBOUND_FREE = (
    "NameError",
    "cannot access free variable {!r} where it is not associated with a value in enclosing scope"
    if sys.version_info >= (3, 11)
    else "free variable {!r} referenced before assignment in enclosing scope",
)


class Expressions(Calls):
    """The part of an interpreter that evaluates."""

    def _name(self, value: Name, frame: Frame) -> object:
        name = value.name
        if frame.kind == "function" and name in frame.local:
            return known(frame.names[name]) if name in frame.names else self._unbound(value, frame, _UNBOUND_LOCAL)
        if frame.kind == "class" and name in frame.names:
            return known(frame.names[name])
        outer = self._outer(name, frame)
        if outer:
            return known(outer.names[name]) if name in outer.names else self._unbound(value, frame, _UNBOUND_FREE)
        return self._global(value, frame.module)

    def _global(self, value: Name, module: Module) -> object:
        """A name of the module, or a builtin."""
        name = value.name
        found = self.loader.attribute(module, name) if name not in ALWAYS_BOUND else module.namespace.get(name)
        if found is not None:
            return known(found)
        if name in ALWAYS_BOUND:
            return Builtin(name) if not module.open else UNKNOWN
        if self.loader.doubt:
            return UNKNOWN
        module.line = value.line
        self.loader.fail("NameError", f"name {name!r} is not defined", module, name=name, culprit=self._early(module))
        return UNKNOWN

    def _unbound(self, value: Name, frame: Frame, error: tuple[str, str]) -> object:
        """A name of a function that has no value yet."""
        kind, text = error
        if not self.loader.doubt:
            frame.module.line = value.line
            self.loader.fail(kind, text.format(value.name), frame.module, name=value.name)
        return UNKNOWN

    def _early(self, module: Module) -> Module | None:
        """The module, when its function runs before its own code has come to the end."""
        active = [one for one, _ in self.loader.stack]
        return module if module.initializing and active.index(module) < len(active) - 1 else None

    def _attribute_of(self, value: Attribute, frame: Frame) -> object:
        target = self._value(value.value, frame)
        frame.module.line = value.line
        return self._attribute(target, value.name, frame)

    def _literal(self, value: Literal, frame: Frame) -> object:
        _ = frame
        return value.value if value.value is not None else NONE

    def _texts(self, value: Texts, frame: Frame) -> object:
        _ = frame
        return value.values

    def _group(self, value: Group, frame: Frame) -> object:
        for part in value.parts:
            self._value(part, frame)
        return UNKNOWN

    def _choice(self, value: Choice, frame: Frame) -> object:
        return self._CHOICES[value.kind](self, value.parts, frame)

    def _and(self, parts: Sequence[Value], frame: Frame) -> object:
        return self._until(False, parts, frame)

    def _or(self, parts: Sequence[Value], frame: Frame) -> object:
        return self._until(True, parts, frame)

    def _until(self, truth: bool, parts: Sequence[Value], frame: Frame) -> object:
        """The first part of that truth, else the last; from an undecided one on the rest is in doubt."""
        for number, part in enumerate(parts):
            found = self._value(part, frame)
            known = truth_of(found)
            if known is truth or number == len(parts) - 1:
                return found
            choice = self._met(frame, parts, number) if known is None else None
            if choice:
                known = self._decided(choice)
            if known is truth:
                return found
            if choice and known is None:
                with self._in_doubt(choice):
                    for other in parts[number + 1 :]:
                        self._value(other, frame)
                return UNKNOWN
        return UNKNOWN

    def _conditional(self, parts: Sequence[Value], frame: Frame) -> object:
        truth = truth_of(self._value(parts[0], frame))
        choice = self._met(frame, parts) if truth is None else None
        if choice:
            truth = self._decided(choice)
        if truth is not None:
            return self._value(parts[1 if truth else 2], frame)
        with self._in_doubt(choice):
            self._value(parts[1], frame)
            self._value(parts[2], frame)
        return UNKNOWN

    def _maybe(self, parts: Sequence[Value], frame: Frame) -> object:
        self._value(parts[0], frame)
        with self._in_doubt():
            for part in parts[1:]:
                self._value(part, frame)
        return UNKNOWN

    def _equal(self, parts: Sequence[Value], frame: Frame) -> object:
        left, right = (self._value(part, frame) for part in parts)
        if isinstance(left, str) and isinstance(right, str):
            return left == right
        return UNKNOWN

    def _is_none(self, parts: Sequence[Value], frame: Frame) -> object:
        found = self._value(parts[0], frame)
        return found is NONE if found is not UNKNOWN else UNKNOWN

    def _last(self, parts: Sequence[Value], frame: Frame) -> object:
        found: object = UNKNOWN
        for part in parts:
            found = self._value(part, frame)
        return found

    def _not(self, value: Not, frame: Frame) -> object:
        truth = truth_of(self._value(value.value, frame))
        return UNKNOWN if truth is None else not truth

    def _closure(self, value: Closure, frame: Frame) -> object:
        enclosing = (frame, *frame.enclosing) if frame.kind == "function" else frame.enclosing
        return Func(frame.code.functions[value.function], frame.module, enclosing)

    def _walrus(self, value: Walrus, frame: Frame) -> object:
        found = self._value(value.value, frame)
        self._bind(value.name, found, frame)
        return found

    def _call_step(self, value: Call, frame: Frame) -> object:
        function = self._value(value.function, frame)
        arguments = [self._value(one, frame) for one in value.arguments]
        frame.module.line = value.line
        return self._call_value(function, arguments, frame, value.keywords)

    _CHOICES: ClassVar[dict[str, Callable[[Expressions, Any, Frame], object]]] = {
        "and": _and,
        "or": _or,
        "if": _conditional,
        "maybe": _maybe,
        "==": _equal,
        "is None": _is_none,
        "last": _last,
    }

    values: ClassVar[Values] = {
        Name: _name,
        Attribute: _attribute_of,
        Call: _call_step,
        Literal: _literal,
        Texts: _texts,
        Group: _group,
        Choice: _choice,
        Not: _not,
        Closure: _closure,
        Walrus: _walrus,
    }
