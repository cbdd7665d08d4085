"""Constructs of newer Pythons, rewritten in place to what the running one reads.

Every line survives, and every column in bytes but those behind a closing parenthesis that had to be added. A formatted
string becomes a call of its expressions: `f"{a["b"]}"` turns into `f( a["b"],)`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from integrity.facts.lexical import Lexed
from integrity.facts.limits import limit, read_tree

Version = tuple[int, int]
Step = Callable[["_Rewriter", Any, int, int], None]

_RUNNING: Version = sys.version_info[:2]
_YIELD = re.compile(r"\s*yield\b")
_VARIABLE = re.compile(r"[a-z_]\w*\Z")


class Construct(NamedTuple):
    """A construct newer than the running interpreter: the version it needs, its name, its place in the text."""

    needs: Version
    name: str
    start: int
    end: int


@dataclass
class _Rewriter:
    """A text being rewritten; nodes are those of libcst, told apart by name because older ones lack the newer kinds.

    Attributes:
        lexed: the text, with the prefix `t` of template strings replaced by `f`.
        original: the text itself.
        places: line and column of each node's start and end, as libcst gives them: outside of its own parentheses.
        characters: the text as it has become, one element a character.
        constructs: what was newer.
    """

    lexed: Lexed
    original: str
    places: Mapping[Any, Any]
    characters: list[str]
    constructs: list[Construct] = field(default_factory=list)

    def offsets(self, node: Any) -> tuple[int, int]:
        """Start and end of a node, without the semicolon that libcst counts as part of a statement."""
        place, starts = self.places[node], self.lexed.starts
        start = starts[place.start.line - 1] + place.start.column
        end = starts[place.end.line - 1] + place.end.column
        return start, start + len(self.lexed.text[start:end].rstrip(" \t;"))

    def newer(self, needs: Version, name: str, start: int, end: int) -> bool:
        """Note a construct; whether the running interpreter cannot read it."""
        if needs <= _RUNNING:
            return False
        self.constructs.append(Construct(needs, name, start, end))
        return True

    def blank(self, start: int, end: int, newline: str = "\n") -> None:
        """Put as many spaces as there were bytes in place of some characters."""
        for index in range(start, end):
            character = self.lexed.text[index]
            self.characters[index] = newline if character == "\n" else " " * len(character.encode())

    def put(self, start: int, text: str) -> None:
        """Put one character each in place of ASCII ones."""
        self.characters[start : start + len(text)] = text


def rewrite(lexed: Lexed, original: str) -> tuple[str, list[Construct]] | None:
    """The text for the running interpreter and what was newer in it, None where even libcst does not read it.

    Args:
        lexed: the text with the prefix `t` of template strings replaced by `f`.
        original: the text itself.

    Raises:
        RecursionError: it is nested too deeply.
        ParserLimit: libcst reads it, but not faithfully.
    """
    module = _module(lexed.text)
    if module is None:
        return None
    if module.code != lexed.text:  # libcst drops a line break behind the conversion of an f-string, and loses its place
        raise limit("too intricate to tell newer syntax from damage")
    rewriter = _Rewriter(lexed, original, _places(module), list(lexed.text))
    adjacent = [node for node in rewriter.places if _kind(node) == "ConcatenatedString"]
    parts = {part for node in adjacent for part in (node.left, node.right)}
    for node in rewriter.places:
        step = _STEPS.get(_kind(node))
        if step and node not in parts:
            step(rewriter, node, *rewriter.offsets(node))
    return "".join(rewriter.characters), rewriter.constructs


def _module(text: str) -> Any:
    """The tree of libcst, None when it cannot read the text, for whatever reason."""
    import libcst

    try:
        return libcst.parse_module(text)
    except (KeyboardInterrupt, SystemExit, RecursionError, MemoryError):
        raise
    except BaseException:  # noqa: BLE001 - it has errors of its own, and panics of Rust are no `Exception`
        return None


def _places(module: Any) -> Mapping[Any, Any]:
    from libcst.metadata import MetadataWrapper, PositionProvider

    return MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)


def _kind(node: Any) -> str:
    return type(node).__name__


def _string(rewriter: _Rewriter, node: Any, start: int, end: int) -> None:
    """A formatted string, or adjacent strings of which some are."""
    formatted = [piece for piece in _pieces(node) if _kind(piece) == "FormattedString"]
    for piece in formatted:
        first, last = rewriter.offsets(piece)
        if "t" in rewriter.original[first : first + len(piece.start)].lower():
            rewriter.newer((3, 14), "template string (PEP 750)", first, last)
    reason = _new_in_format(rewriter, formatted, start, end) if formatted and _RUNNING < (3, 12) else ""
    if reason and rewriter.newer((3, 12), f"f-string {reason} (PEP 701)", start, end):
        fields = [place for piece in formatted for place in _fields(rewriter, piece.parts)]
        _call(rewriter, fields, start, end)


def _pieces(node: Any) -> Iterator[Any]:
    while _kind(node) == "ConcatenatedString":
        yield node.left
        node = node.right
    yield node


def _new_in_format(rewriter: _Rewriter, formatted: list[Any], start: int, end: int) -> str:
    """What the running interpreter cannot read in a string, "" when it can."""
    try:
        read_tree(f"({rewriter.lexed.text[start:end]}\n)")
    except SyntaxError as error:
        if "backslash" in error.msg:
            return "with a backslash in an expression"
        if "'#'" in error.msg:
            return "with a comment in an expression"
        broken = any(len(piece.end) == 1 and _lines(rewriter.places[piece]) > 1 for piece in formatted)
        return "with a line break in an expression" if broken else "reusing its quotes"
    return ""


def _lines(place: Any) -> int:
    return int(place.end.line - place.start.line + 1)


def _fields(rewriter: _Rewriter, parts: Iterable[Any]) -> Iterator[tuple[int, int]]:
    """Start and end of every expression in a formatted string, in order, those of format specifications included."""
    for part in parts:
        if _kind(part) == "FormattedStringExpression":
            end = rewriter.offsets(part.expression)[1]
            for _ in getattr(part.expression, "rpar", ()):
                end = rewriter.lexed.text.index(")", end) + 1
            yield rewriter.offsets(part)[0] + 1, end
            yield from _fields(rewriter, part.format_spec or ())


def _call(rewriter: _Rewriter, fields: list[tuple[int, int]], start: int, end: int) -> None:
    """Make a call of a string: everything blank but its expressions, each followed by a comma."""
    edges = [start, *(edge for place in fields for edge in place), end]
    for gap in list(pairwise(edges))[::2]:
        rewriter.blank(*gap)
    rewriter.put(start, "f(")
    for first, behind in fields:
        bare_yield = _YIELD.match(rewriter.lexed.text, first) is not None
        if bare_yield:
            rewriter.put(first - 1, "(")
        rewriter.characters[behind] = ")," if bare_yield else "," + rewriter.characters[behind].removeprefix(" ")
    rewriter.put(end - 1, ")")


def _type_parameters(rewriter: _Rewriter, node: Any, start: int, end: int) -> None:
    defaults = any(parameter.default is not None for parameter in node.params)
    needs, name = ((3, 13), "type parameter with a default (PEP 696)") if defaults else _TYPE_PARAMETERS
    if rewriter.newer(needs, name, start, end):
        rewriter.blank(start, end, "\\\n")


def _type_alias(rewriter: _Rewriter, _: Any, start: int, end: int) -> None:
    """`type X = int` becomes `_  = X = int`."""
    if rewriter.newer((3, 12), "type statement (PEP 695)", start, end):
        rewriter.put(start, "_  =")


def _except_star(rewriter: _Rewriter, node: Any, start: int, end: int) -> None:
    star = rewriter.lexed.text.index("*", start)
    if rewriter.newer((3, 11), "except* (PEP 654)", start, star + 1):
        rewriter.blank(star, star + 1)
    _except(rewriter, node, start, end)


def _except(rewriter: _Rewriter, node: Any, _: int, __: int) -> None:
    """`except A, B:`; the Python 2 form of `except A as b` looks the same, and is none of this."""
    types = node.type
    if types is None or _kind(types) != "Tuple" or types.lpar or _binds(types.elements):
        return
    start, end = rewriter.offsets(types)
    if rewriter.newer((3, 14), "unparenthesized exception types (PEP 758)", start, end):
        rewriter.put(start - 1, "(")
        rewriter.characters[end - 1] += ")"


def _binds(elements: Any) -> bool:
    """Whether the second of two exception types is rather the variable of Python 2."""
    last = elements[-1].value
    return len(elements) == 2 and _kind(last) == "Name" and _VARIABLE.match(last.value) is not None  # noqa: PLR2004


def _lazy_import(rewriter: _Rewriter, _: Any, start: int, end: int) -> None:
    """`lazy import x` becomes `pass;import x`."""
    if rewriter.newer((3, 15), "lazy import (PEP 810)", start, end):
        rewriter.put(start, "pass;")


def _index(rewriter: _Rewriter, node: Any, start: int, end: int) -> None:
    if node.star and rewriter.newer((3, 11), "unpacking in a subscript (PEP 646)", start, end):
        rewriter.blank(start, start + 1)


def _annotation(rewriter: _Rewriter, node: Any, _: int, __: int) -> None:
    starred = node.annotation
    if _kind(starred) == "StarredElement":
        start, end = rewriter.offsets(starred)
        if rewriter.newer((3, 11), "unpacking in an annotation (PEP 646)", start, end):
            rewriter.blank(start, start + 1)


def _comprehension(rewriter: _Rewriter, node: Any, start: int, end: int) -> None:
    if _kind(node.elt) == "StarredElement" and rewriter.newer((3, 15), _UNPACKING, start, end):
        star = rewriter.offsets(node.elt)[0]
        rewriter.blank(star, star + 1)


def _dict_comprehension(rewriter: _Rewriter, _: Any, start: int, end: int) -> None:
    if rewriter.newer((3, 15), _UNPACKING, start, end):
        stars = rewriter.lexed.text.index("**", start)
        rewriter.blank(stars, stars + 2)


_TYPE_PARAMETERS = ((3, 12), "type parameters (PEP 695)")
_UNPACKING = "unpacking in a comprehension (PEP 798)"
_STEPS: dict[str, Step] = {
    "FormattedString": _string,
    "ConcatenatedString": _string,
    "TypeParameters": _type_parameters,
    "TypeAlias": _type_alias,
    "ExceptStarHandler": _except_star,
    "ExceptHandler": _except,
    "LazyImport": _lazy_import,
    "LazyImportFrom": _lazy_import,
    "Index": _index,
    "Annotation": _annotation,
    "ListComp": _comprehension,
    "SetComp": _comprehension,
    "GeneratorExp": _comprehension,
    "StarredDictComp": _dict_comprehension,
}
