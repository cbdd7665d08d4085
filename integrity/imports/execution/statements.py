"""Statements: assignments, branches, handlers, definitions."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import ClassVar

from integrity.facts.program import (
    Assign,
    Def,
    If,
    Perhaps,
    Raise,
    Return,
    Run,
    SetAttribute,
    Try,
    Unbind,
    With,
)
from integrity.facts.program import (
    Class as ClassStep,
)
from integrity.imports.execution.calls import ANYTHING, Calls
from integrity.imports.execution.constants import truth_of
from integrity.imports.execution.machine import Steps
from integrity.imports.values import (
    MAYBE,
    UNKNOWN,
    Choice,
    Class,
    Frame,
    Func,
    Module,
    Place,
    RaisedError,
    UnknowableError,
)

_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})


class Statements(Calls):
    """The part of an interpreter that runs statements."""

    def _assign(self, step: Assign, frame: Frame) -> bool:
        value = self._value(step.value, frame)
        for name in step.names:
            self._bind(name, value, frame)
        for name in step.unpacked:
            self._bind(name, UNKNOWN, frame)
        return False

    def _set_attribute(self, step: SetAttribute, frame: Frame) -> bool:
        assigned = self._value(step.assigned, frame)
        target = self._value(step.value, frame)
        if isinstance(target, Module):
            found = self.loader.attribute(target, step.name)
            doubtful = UNKNOWN if found is not None and found is not MAYBE else MAYBE
            self.loader.touch(target)
            self.loader.set_attribute(target, step.name, doubtful if self.loader.doubt else assigned)
        elif isinstance(target, Class):
            names = target.namespace
            if not self.loader.doubt:
                names[step.name] = assigned
            else:
                names[step.name] = UNKNOWN if names.get(step.name, MAYBE) is not MAYBE else MAYBE
        return False

    def _unbind(self, step: Unbind, frame: Frame) -> bool:
        names = frame.names
        if frame.kind == "function" and step.name not in frame.local:
            names = self._owner(step.name, frame)
        if self.loader.doubt:
            if step.name in names:
                names[step.name] = MAYBE
            return False
        found = names.pop(step.name, None)
        if found is None and frame.kind != "function" and not frame.module.open:
            frame.module.line = step.line
            self.loader.fail("NameError", f"name {step.name!r} is not defined", frame.module, name=step.name)
        return False

    def _run(self, step: Run, frame: Frame) -> bool:
        if not (step.annotation and self.loader.sources.postponed):
            self._value(step.value, frame)
        return False

    def _if(self, step: If, frame: Frame) -> bool:
        for number, (test, body) in enumerate(step.arms):
            truth = truth_of(self._value(test, frame))
            choice = self._met(frame, step, number) if truth is None else None
            if choice:
                truth = self._decided(choice)
            if truth:
                return self._block(body, frame)
            if choice and truth is None:
                self._undecided(step, number, frame, choice)
                return False
        return self._block(step.orelse, frame)

    def _undecided(self, step: If, number: int, frame: Frame, choice: Choice) -> None:
        loader = self.loader
        certain, before = not loader.doubt, loader.perilous
        self._perhaps(step.arms[number][1], frame, choice)
        between = loader.perilous
        with self._in_doubt(choice):
            for test, other in step.arms[number + 1 :]:
                self._value(test, frame)
                self._perhaps(other, frame)
        self._perhaps(step.orelse, frame, choice)
        if certain and before < between < loader.perilous:
            loader.forks.append(choice)

    def _try(self, step: Try, frame: Frame) -> bool:
        try:
            returned = self._try_body(step, frame)
        except RaisedError:
            if self._block(step.final, frame):
                return True
            raise
        return self._block(step.final, frame) or returned

    def _try_body(self, step: Try, frame: Frame) -> bool:
        foreign, strange = self.loader.foreign, self._strange
        try:
            returned = self._block(step.body, frame)
        except RaisedError as error:
            return self._handle(step, error, frame)
        for handler in step.handlers:
            imports_only = handler.catches and _IMPORT_ERRORS.issuperset(handler.catches)
            if self.loader.foreign > foreign or (self._strange > strange and not imports_only):
                self._perhaps(handler.body, frame)
        return returned or self._block(step.orelse, frame)

    def _handle(self, step: Try, error: RaisedError, frame: Frame) -> bool:
        failure = error.failure
        for handler in step.handlers:
            caught = failure.caught_by(handler.catches)
            if caught is None:
                raise UnknowableError("an exception is caught by a type nobody knows")
            if not caught:
                continue
            self.loader.masked.append((failure, Place(frame.module.name, frame.module.path, handler.line)))
            if handler.name:
                self._bind(handler.name, UNKNOWN, frame)
            frame.handled = failure
            returned = self._block(handler.body, frame)
            if handler.name:
                frame.names.pop(handler.name, None)
            return returned
        raise error

    def _with(self, step: With, frame: Frame) -> bool:
        for value in step.items:
            self._value(value, frame)
        for name in step.names:
            self._bind(name, UNKNOWN, frame)
        try:
            return self._block(step.body, frame)
        except RaisedError as error:
            caught = None if step.swallows is None else bool(step.swallows) and error.failure.caught_by(step.swallows)
            if caught is None:
                raise UnknowableError("a context manager may end an exception") from None
            if not caught:
                raise
            self.loader.masked.append((error.failure, Place(frame.module.name, frame.module.path, frame.module.line)))
            return False

    def _loop(self, step: Perhaps, frame: Frame) -> bool:
        for value in step.head:
            self._value(value, frame)
        self._perhaps(step.body, frame)
        return False

    def _def(self, step: Def, frame: Frame) -> bool:
        decorators = [self._value(one, frame) for one in step.decorators]
        signature = [self._value(value, frame) for value in step.signature]
        if not self.loader.sources.postponed:
            for value in step.annotations:
                self._value(value, frame)
        function = frame.code.functions[step.function]
        enclosing = (frame, *frame.enclosing) if frame.kind == "function" else frame.enclosing
        defaults = {} if self.loader.doubt else dict(zip(step.defaults, signature, strict=False))
        made = Func(function, frame.module, enclosing, defaults)
        self._bind(step.name, self._decorated(decorators, made, frame), frame)
        return False

    def _decorated(self, decorators: Sequence[object], value: object, frame: Frame) -> object:
        for decorator in reversed(decorators):
            value = self._call_value(decorator, [value], frame)
        return value

    def _class(self, step: ClassStep, frame: Frame) -> bool:
        decorators = [self._value(one, frame) for one in step.decorators]
        bases = [self._value(one, frame) for one in step.bases]
        for value in step.keywords:
            self._value(value, frame)
        enclosing = (frame, *frame.enclosing) if frame.kind == "function" else frame.enclosing
        inner = Frame(frame.module, {}, "class", frame.code, enclosing=enclosing)
        self._in_frame(inner, step.body)
        known = tuple(one for one in bases if isinstance(one, Class))
        unknown = len(known) < len(bases) or bool(step.keywords) or any(one.open for one in known)
        made = Class(step.name, frame.module, inner.names, known, unknown)
        self._announce(made)
        self._bind(step.name, self._decorated(decorators, made, frame), frame)
        return False

    def _announce(self, made: Class) -> None:
        """`type.__new__` tells the bases: `__init_subclass__`."""
        for base in made.bases:
            hook = base.find("__init_subclass__")
            if isinstance(hook, Func):
                self._call(hook, [made, *ANYTHING], ("*",))
                return

    def _return(self, step: Return, frame: Frame) -> bool:
        value = self._value(step.value, frame)
        frame.result = UNKNOWN if self.loader.doubt else value
        return True

    def _raise(self, step: Raise, frame: Frame) -> bool:
        frame.module.line = step.line
        self._value(step.value, frame)
        if self.loader.doubt:
            self.loader.perilous += 1
            return False
        frame.module.line = step.line
        if not step.kind and step.value is None and frame.handled:
            raise RaisedError(frame.handled)
        known = isinstance(getattr(builtins, step.kind, None), type)
        if not known:
            raise UnknowableError("raises an exception of a type nobody knows")
        self.loader.fail(step.kind, "", frame.module)
        return False

    steps: ClassVar[Steps] = {
        Assign: _assign,
        SetAttribute: _set_attribute,
        Unbind: _unbind,
        Run: _run,
        If: _if,
        Try: _try,
        With: _with,
        Perhaps: _loop,
        Def: _def,
        ClassStep: _class,
        Return: _return,
        Raise: _raise,
    }
