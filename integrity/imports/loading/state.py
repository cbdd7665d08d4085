"""The state of one simulated interpreter, and how it fails."""

from __future__ import annotations

from collections.abc import Callable

from integrity.facts.program import Code
from integrity.imports.loading.sources import Sources
from integrity.imports.values import Choice, Failure, Module, Place, RaisedError, UnknowableError

_MAX_STEPS = 2_000_000


class State:
    """One interpreter's modules, and what is known of the way to them.

    Args:
        sources: the repository.
        execute: runs the body of a module.

    Attributes:
        modules: the first-party part of `sys.modules`.
        tainted: modules of which nobody knows whether they were loaded.
        doubted_before: those of them of which nobody knew it when the module that was asked for began to run.
        loading: the modules being imported, outermost first.
        attached: per module attributes that were set after its import had ended.
        stack: the modules whose code runs, outermost first, once for every frame.
        masked: failures that an `except` has ended, with the place of the handler.
        doubt: above 0 while what runs may not run in fact.
        origin: the branch that everything in doubt depends on, where there is a single one.
        blamed: branches that it would be good to know more about, for something came to depend on them.
        foreign: how many imports so far were of modules that nobody here knows.
        perilous: how many steps so far, gone through in doubt, may fail: imports of modules around cycles, `raise`.
        forks: branches of which each way holds such a step.
    """

    def __init__(self, sources: Sources, execute: Callable[[Module, Code], None]) -> None:
        self.sources = sources
        self.modules: dict[str, Module] = {}
        self.tainted: dict[str, Choice | None] = {}
        self.doubted_before: frozenset[str] = frozenset()
        self.loading: list[Module] = []
        self.attached: dict[str, dict[str, object]] = {}
        self.stack: list[tuple[Module, int]] = []
        self.masked: list[tuple[Failure, Place]] = []
        self.doubt = 0
        self.origin: Choice | None = None
        self.blamed: dict[Choice, None] = {}
        self.foreign = 0
        self.perilous = 0
        self.forks: list[Choice] = []
        self._doubts: list[tuple[str, Choice | None]] = []
        self._steps = 0
        self._execute = execute

    def set_attribute(self, module: Module, name: str, value: object) -> None:
        """Give a module an attribute from outside."""
        if module.initializing:
            module.namespace[name] = value
        else:
            self.attached.setdefault(module.name, {})[name] = value

    def fail(
        self,
        kind: str,
        text: str,
        importer: Module,
        *,
        name: str = "",
        site: int = -1,
        culprit: Module | None = None,
    ) -> None:
        """Raise a simulated exception where the importer stands.

        Raises:
            RaisedError: always, unless what runs may not run in fact.
        """
        if self.doubt:
            if self.origin:
                self.blamed[self.origin] = None
            raise UnknowableError("may fail")
        outer = [Place(one.name, one.path, line) for one, line in self.stack[:-1]]
        trace = (*outer, *(Place(one.name, one.path, one.line) for one, _ in self.stack[-1:]))
        place = Place(importer.name, importer.path, importer.line)
        blamed = culprit.name if culprit is not None and culprit.initializing else ""
        raise RaisedError(Failure(kind, text, place, trace, name, blamed, site))

    def tick(self) -> None:
        """Count a step.

        Raises:
            UnknowableError: there were too many.
        """
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise UnknowableError("takes too long")
