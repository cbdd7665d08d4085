"""Definitions and imports of a text that CPython refuses, or does not know yet, read line by line.

Nesting follows the indentation. On text that parses the result is that of the tree, but for the last column of a
definition, which is approximate, and for `used`, which takes a name in a comment or a string for a use.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import takewhile
from typing import NamedTuple

import msgspec

from integrity.facts.definitions import Mentions, Walk
from integrity.facts.imports import plain
from integrity.facts.lexical import Lexed
from integrity.facts.logical import LogicalLine, logical_lines
from integrity.facts.model import Definition, Import
from integrity.model import Span

_HEADER = re.compile(r"(?P<kind>async\s+def|def|class)\s+(?P<name>[^\W\d]\w*)\s*(?P<rest>[(\[:)].*)", re.DOTALL)
_IMPORT = re.compile(r"(?:^|[;:])\s*(?P<statement>(?:import|from)\b[^;]*)")
_FROM = re.compile(r"from\b\s*(?P<dots>[.\s]*)(?P<module>[\w.\s]*?)\s*\bimport\b\s*\(?(?P<names>[^()]*)\)?\s*\Z")
_ALIAS = re.compile(r"\s*(?P<name>[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*|\*)(?:\s+as\s+(?P<bound>[^\W\d]\w*))?\s*")
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_KEYWORD = re.compile(r"\*\*|\w+=")
_PART = re.compile(r"[(\[{]|[)\]}]|,|[^()\[\]{},]+")


def recover(lexed: Lexed) -> Walk:
    """The definitions and imports that can be made out; `exports_nothing` is never claimed."""
    reader = _Reader(lexed)
    for line in logical_lines(lexed.text):
        reader.read(line)
    return Walk(reader.finish(), tuple(reader.imports), exports_nothing=False, has_statement=reader.last > 0)


class _Open(NamedTuple):
    """A definition whose body is being read: its number in the list of definitions."""

    indent: int
    number: int


@dataclass
class _Reader:
    """What has been read so far.

    Attributes:
        places: the offsets at which each definition starts and ends, as far as it was read.
        open: the definitions around the line read last, outermost first.
        around: the same for the last line of every indentation.
        indent: the indentation of the line read last.
        last: the offset behind it.
        opens_block: whether a deeper line is to follow it.
    """

    lexed: Lexed
    definitions: list[Definition] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    decorators: list[str] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)
    open: tuple[_Open, ...] = ()
    around: dict[int, tuple[_Open, ...]] = field(default_factory=dict)
    indent: int = 0
    last: int = 0
    opens_block: bool = False

    def read(self, line: LogicalLine) -> None:
        """Take in the next line."""
        self._indent(line.indent)
        header = _HEADER.match(line.code)
        if line.code.startswith("@"):
            self.decorators += _dotted_names(f"({line.code[1:]})")[:1] or [""]
        else:
            self._import(line)
            if header:
                self._define(line, header)
            self.decorators.clear()
        self.last = line.end
        self.opens_block = header is not None or line.code.endswith(":")

    def finish(self) -> tuple[Definition, ...]:
        """All definitions, each with its end and whether the function around it may use it."""
        self._close(0)
        mentions: dict[int, Mentions] = {}
        for number, one in enumerate(self.definitions):
            span = self.lexed.span(*self.places[number])
            if self._nested_test(one) and one.parent not in mentions:
                start, end = self.places[one.parent]
                mentions[one.parent] = Mentions(self.lexed.text[start:end])
            used = not self._nested_test(one) or mentions[one.parent].may_use(one.name)
            self.definitions[number] = msgspec.structs.replace(one, span=span, used=used)
        return tuple(self.definitions)

    def _nested_test(self, definition: Definition) -> bool:
        """Whether it is named like a test and stands in a function."""
        inside = definition.parent >= 0 and not self.definitions[definition.parent].is_class
        return inside and definition.name[:4].lower() == "test"

    def _close(self, indent: int) -> None:
        """End the definitions whose body cannot hold a line of this indentation."""
        while self.open and self.open[-1].indent >= indent:
            number = self.open[-1].number
            self.places[number] = self.places[number][0], self.last
            self.open = self.open[:-1]

    def _indent(self, indent: int) -> None:
        """Find what encloses a line. One that is deeper for no reason goes on where its indentation was left."""
        self._close(indent)
        if indent > self.indent and not self.opens_block:
            self.open = self.around.get(indent, self.open)
        self.around[indent] = self.open
        self.indent = indent

    def _define(self, line: LogicalLine, header: re.Match[str]) -> None:
        parent = self.open[-1].number if self.open else -1
        name, kind = _normal(header["name"]), " ".join(header["kind"].split())
        outer = f"{self.definitions[parent].qualname}." if parent >= 0 else ""
        bases = tuple(_dotted_names(header["rest"])) if kind == "class" else ()
        span = Span(self.lexed.line_at(line.start))
        self.definitions.append(Definition(kind, name, outer + name, span, parent, tuple(self.decorators), bases))
        self.places.append((line.start, line.end))
        self.open += (_Open(line.indent, len(self.places) - 1),)
        self.around = {indent: around for indent, around in self.around.items() if indent <= line.indent}

    def _import(self, line: LogicalLine) -> None:
        """Note what the line imports, be it behind a semicolon or the colon of a one-line block."""
        if "import" not in line.code:
            return
        for match in _IMPORT.finditer(line.code):
            statement = match["statement"].rstrip()
            start = line.start + match.start("statement")
            self.imports += _imported(statement, self.lexed.span(start, start + len(statement)))


def _imported(statement: str, span: Span) -> list[Import]:
    """The names that an import statement binds, up to the first that cannot be read."""
    if statement.startswith("import"):
        return [plain(name, bound, span) for name, bound in _aliases(statement.removeprefix("import"))]
    match = _FROM.match(statement)
    if match is None:
        return []
    module, level = _normal("".join(match["module"].split())), match["dots"].count(".")
    return [Import(module, name, bound or name, level, span) for name, bound in _aliases(match["names"])]


def _aliases(names: str) -> list[tuple[str, str | None]]:
    """Name and alias of each item of a list, up to the first item that is none."""
    found: list[tuple[str, str | None]] = []
    for item in names.split(","):
        match = _ALIAS.fullmatch(item)
        if match is None:
            break
        bound = match["bound"]
        found.append((_normal("".join(match["name"].split())), bound and _normal(bound)))
    return found


def _dotted_names(code: str) -> list[str]:
    """The dotted names that stand between the first parentheses, as `Definition` keeps them; keywords are left out."""
    items, depth, inside = [""], 0, False
    for part in _PART.findall(code):
        if part in "([{":
            depth += 1
            inside = inside or (depth == 1 and part == "(")
        elif part in ")]}":
            depth -= 1
            if inside and depth == 0:
                break
        elif inside and depth == 1:
            items += [""] if part == "," else []
            items[-1] += "" if part == "," else part
    bare = [item for item in ("".join(item.split()) for item in items) if item]
    positional = takewhile(lambda item: not _KEYWORD.match(item), bare)
    return [_normal(item) if _DOTTED.fullmatch(item) else "" for item in positional]


def _normal(name: str) -> str:
    """An identifier as Python compares it."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)
