"""Frames, blocks and names: what every step of a simulated execution rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from integrity.facts.program import (
    Code,
    Step,
    Value,
)
from integrity.imports.loading import Loader, Sources
from integrity.imports.values import (
    MAYBE,
    UNKNOWN,
    Choice,
    Frame,
    Func,
    Module,
)

Steps = Mapping[type, Callable[[Any, Any, Frame], bool]]
"""Per type of step what runs it; whether a `return` ended it."""

Values = Mapping[type, Callable[[Any, Any, Frame], object]]
"""Per type of expression what evaluates it."""


class Machine:
    """Runs the code of modules.

    Args:
        sources: the repository.

    Attributes:
        loader: the modules imported so far.
        steps: per type of step what runs it; whether it ended the block by a `return`.
        values: per type of expression what evaluates it.
    """

    steps: ClassVar[Steps] = {}
    values: ClassVar[Values] = {}

    def __init__(self, sources: Sources) -> None:
        self.loader = Loader(sources, self._module)
        self._calls = 0
        self._strange = 0  # operations so far on values that nobody knows
        self._doubted: set[Func] = set()
        self._passes: dict[tuple[str, int, int], int] = {}

    def _module(self, module: Module, code: Code) -> None:
        self._in_frame(Frame(module, module.namespace, "module", code), code.steps)

    def _in_frame(self, frame: Frame, steps: Sequence[Step]) -> bool:
        """Run the body of a frame, which then stands in the traces; whether it returned."""
        module, stack = frame.module, self.loader.stack
        if stack:
            stack[-1] = (stack[-1][0], stack[-1][0].line)
        line = module.line
        stack.append((module, 0))
        try:
            return self._block(steps, frame)
        finally:
            stack.pop()
            module.line = line

    def _block(self, steps: Sequence[Step], frame: Frame) -> bool:
        """Run steps; whether a `return` ended them."""
        for number, step in enumerate(steps):
            self.loader.tick()
            if frame.doubtful and not self.loader.doubt:
                self._perhaps(steps[number:], frame, frame.origin)
                return False
            if self.steps[type(step)](self, step, frame):
                return True
        return False

    @contextmanager
    def _in_doubt(self, choice: Choice | None = None) -> Iterator[None]:
        """What runs inside may not run in fact, which depends on a branch if that is the first doubt."""
        loader = self.loader
        before = loader.origin
        loader.origin = before if loader.doubt else choice
        loader.doubt += 1
        try:
            yield
        finally:
            loader.doubt -= 1
            loader.origin = before

    def _perhaps(self, steps: Sequence[Step], frame: Frame, choice: Choice | None = None) -> None:
        """Go through steps that may not run."""
        with self._in_doubt(choice):
            if self._block(steps, frame):
                frame.doubtful, frame.origin = True, self.loader.origin

    def _met(self, frame: Frame, part: object, number: int = 0) -> Choice:
        """Identifies an undecided branch that is met; counted are the times that it certainly runs."""
        key = frame.module.path, id(part), number
        passes = self._passes.get(key, 0) + (not self.loader.doubt)
        self._passes[key] = passes
        return (*key, passes)

    def _decided(self, choice: Choice) -> bool | None:
        """Which way an undecided branch goes in the world that is simulated, None for both."""
        sources = self.loader.sources
        return None if self.loader.doubt else sources.decisions.get(choice, sources.otherwise)

    def _value(self, value: Value, frame: Frame) -> object:
        if value is None:
            return UNKNOWN
        return self.values[type(value)](self, value, frame)

    def _bind(self, name: str, value: object, frame: Frame) -> None:
        names = frame.names
        if frame.kind == "function" and name not in frame.local:
            names = self._owner(name, frame)
        if not self.loader.doubt:
            names[name] = value
        elif names.get(name, MAYBE) is MAYBE:
            names[name] = MAYBE
        else:
            names[name] = UNKNOWN

    def _bind_maybe(self, name: str, frame: Frame) -> None:
        with self._in_doubt():
            self._bind(name, UNKNOWN, frame)

    def _owner(self, name: str, frame: Frame) -> dict[str, object]:
        """The namespace of a name that a function shares with what is around it."""
        outer = self._outer(name, frame)
        return outer.names if outer else frame.module.namespace

    def _outer(self, name: str, frame: Frame) -> Frame | None:
        """The frame around a function that a name belongs to, None when it is the module's."""
        if name in frame.shared:
            return None
        return next((one for one in frame.enclosing if name in one.local), None)
