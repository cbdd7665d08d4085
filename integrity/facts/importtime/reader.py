"""What a reader of a module keeps in mind while it walks the tree: scope, guard, place, what was met."""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec

from integrity.facts.lexical import Lexed
from integrity.facts.program import (
    Code,
    Function,
    Guard,
    ImportSite,
    Step,
)
from integrity.facts.proof import Proof
from integrity.model import Span

_GLOBAL = re.compile(r"\bglobal[ \t]+([\w, \t]+)")
ALWAYS_BOUND = frozenset(dir(builtins)) | {
    *("exit", "quit", "copyright", "credits", "license", "WindowsError"),
    *("_", "get_ipython", "__qualname__", "__module__", "__class__"),
}
"""The names that every module can read without binding them."""
_EAGER_ANNOTATIONS = sys.version_info < (3, 14)


@dataclass
class Scope:
    """A module, class or function whose statements are being read."""

    kind: str
    names: dict[str, None] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)
    yields: bool = False


class Reader:
    """The state of a walk through one module.

    Attributes:
        sites: the imports met so far.
        functions: the functions met so far; None while one is being read.
        calls: the bare names of what is called when the module is imported.
        importing_calls: literal calls in functions that import; they stand apart because the program leaves them out.
        inner: per function's bare name the bare names of what it calls.
    """

    def __init__(self, lexed: Lexed, postponed: bool, *, full: bool) -> None:
        self._full = full
        self.sites: list[ImportSite] = []
        self.functions: list[Function | None] = []
        self.scope = Scope("module")
        self._module = self.scope
        self._lexed = lexed
        self._ascii = lexed.text.isascii()
        self._eager = _EAGER_ANNOTATIONS and not postponed
        self._guard = 0
        self._function = ""
        self._qualname = ""
        self._light = 0
        self._hidden: frozenset[str] = frozenset()
        self._depth = 0
        self.calls: dict[str, None] = {}
        self._calls = self.calls
        self.importing_calls: list[ImportSite] = []
        self.inner: dict[str, dict[str, None]] = {}
        self._straight = True
        shared = _GLOBAL.findall(lexed.text) if "global" in lexed.words else ()
        self._proof = Proof(ALWAYS_BOUND, (name.strip() for names in shared for name in names.split(",")))

    def code(self, steps: tuple[Step, ...]) -> Code:
        """What runs at import, once the whole module has been read."""
        functions = tuple(one for one in self.functions if one)
        return Code(steps, functions, tuple(self.importing_calls), tuple(self._proof.left_out))

    def bind(self, name: str) -> None:
        """Note that the scope at hand binds a name."""
        scope = self._module if name in self.scope.shared else self.scope
        scope.names[name] = None

    def _site(self, node: ast.AST, site: ImportSite, extra: int = 0) -> int:
        guard = self._guard | extra | (Guard.IN_CLASS if self.scope.kind == "class" else 0)
        guard |= Guard.LAZY if getattr(node, "is_lazy", 0) else 0
        placed = msgspec.structs.replace(site, span=self._span(node), guard=int(guard), function=self._function)
        if self._function and guard & Guard.DYNAMIC:
            self.importing_calls.append(placed)
            return -len(self.importing_calls)
        self.sites.append(placed)
        return len(self.sites) - 1

    @contextmanager
    def _hiding(self, names: Sequence[str]) -> Iterator[None]:
        """Names that mean something else inside."""
        before = self._hidden
        if names:
            self._hidden = before.union(names)
        yield
        self._hidden = before

    def _span(self, node: Any) -> Span:
        line, end = node.lineno, node.end_lineno or node.lineno
        return Span(line, self._column(line, node.col_offset), end, self._column(end, node.end_col_offset or 0))

    def _column(self, line: int, offset: int) -> int:
        if self._ascii:
            return offset + 1
        return len(self._lexed.lines[line - 1].encode()[:offset].decode("utf-8", "replace")) + 1
