"""The structure of a file: how complex its functions are, how maintainable it is, and the shape of its definitions.

Complexity and maintainability are radon's (https://radon.readthedocs.io/en/latest/intro.html). The shape of a class or
function is its tree without docstrings, places and type comments: a digest tells equal ones, and a sketch of 64 minimal
hashes of its runs of five nodes estimates how much two others have in common (A. Broder, "On the resemblance
and containment of documents", 1997).
"""

from __future__ import annotations

import ast
import hashlib
import zlib
from collections.abc import Iterator

import msgspec

from integrity.facts.lexical import Lexed
from integrity.facts.syntax import ParserLimit, parse

_RUN = 5
_HASHES = 64
_PRIME = (1 << 61) - 1
_FACTORS = tuple((0x9E3779B97F4A7C15 * (2 * number + 1)) % _PRIME for number in range(_HASHES))
_OFFSETS = tuple((0xC2B2AE3D27D4EB4F * (2 * number + 1)) % _PRIME for number in range(_HASHES))
_DEFINERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Block(msgspec.Struct, frozen=True, array_like=True):
    """A function or method: its qualified name, its first and last line, and its cyclomatic complexity."""

    name: str
    line: int
    end: int
    complexity: int


class Shape(msgspec.Struct, frozen=True, array_like=True):
    """A class or function of a module.

    Attributes:
        kind: "class" or "function".
        name: its name.
        line: of its `class` or `def`.
        end: its last line.
        digest: equal for definitions that differ in docstrings and layout at most.
        sketch: 64 minimal hashes.
        size: number of nodes in its tree.
    """

    kind: str
    name: str
    line: int
    end: int
    digest: str
    sketch: tuple[int, ...]
    size: int

    def resemblance(self, other: Shape) -> float:
        """The estimated share of runs that two shapes have in common, 0 to 1."""
        same = sum(mine == theirs for mine, theirs in zip(self.sketch, other.sketch, strict=True))
        return same / len(self.sketch)


class Structure(msgspec.Struct, frozen=True, array_like=True):
    """The structure of a file that parses.

    Attributes:
        blocks: its functions and methods, nested ones included, in order of line.
        maintainability: radon's maintainability index, 0 to 100.
        shapes: the classes and functions at module level, in order of line.
        problem: why the above is not known, "" when it is.
    """

    blocks: tuple[Block, ...] = ()
    maintainability: float = 100.0
    shapes: tuple[Shape, ...] = ()
    problem: str = ""


def structure_of(text: str) -> Structure:
    """The structure of a text; an empty one for text that does not parse, of which other rules tell."""
    try:
        tree = parse(Lexed(text))[1]
        return Structure() if tree is None else _measured(text, tree)
    except (ParserLimit, RecursionError, MemoryError) as error:
        return Structure(problem=f"exhausts the parser ({type(error).__name__})")
    except Exception as error:  # noqa: BLE001 - what radon makes of one file must not hide the others
        return Structure(problem=f"radon failed: {type(error).__name__}: {error}")


def _measured(text: str, tree: ast.Module) -> Structure:
    from radon.complexity import add_inner_blocks, cc_visit_ast  # type: ignore[import-untyped]
    from radon.metrics import mi_visit  # type: ignore[import-untyped]

    found = [one for one in add_inner_blocks(cc_visit_ast(tree)) if one.letter in "FM"]
    blocks = sorted({Block(one.fullname, one.lineno, one.endline, one.complexity) for one in found}, key=_line)
    shapes = [_shape(node) for node in tree.body if isinstance(node, _DEFINERS)]
    return Structure(tuple(blocks), float(mi_visit(text, multi=True)), tuple(shapes))


def _line(block: Block) -> tuple[int, str]:
    return block.line, block.name


def _shape(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Shape:
    words = list(_words(node))
    runs = {zlib.crc32("\0".join(words[start : start + _RUN]).encode("utf-8", "surrogatepass")) for start in
            range(max(1, len(words) - _RUN + 1))}  # fmt: skip
    sketch = tuple(
        min((factor * run + offset) % _PRIME for run in runs) & 0xFFFFFFFF
        for factor, offset in zip(_FACTORS, _OFFSETS, strict=True)
    )
    digest = hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    kind = "class" if isinstance(node, ast.ClassDef) else "function"
    return Shape(kind, node.name, node.lineno, node.end_lineno or node.lineno, digest, sketch, len(words))


def _words(node: ast.AST) -> Iterator[str]:
    """A word for each node in order, with its names and constants, and one for the end of each statement."""
    stack: list[ast.AST | str] = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, str):
            yield current
            continue
        plain = [str(value) for value in _plain(current)]
        yield ":".join([type(current).__name__, *plain])
        children = [child for child in _children(current) if not isinstance(child, ast.expr_context)]
        if isinstance(current, ast.stmt):
            stack.append(")")
        stack.extend(reversed(children))


def _plain(node: ast.AST) -> Iterator[object]:
    """The names and constants of a node itself; `True` and `1` are told apart by their types."""
    for name, value in ast.iter_fields(node):
        if isinstance(node, ast.Constant) and name == "value":
            yield type(value).__name__
            yield repr(value)
        elif isinstance(value, (str, int)) and name not in ("kind", "type_comment"):
            yield value


def _children(node: ast.AST) -> list[ast.AST]:
    """The nodes below, without a docstring."""
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, _DEFINERS) and ast.get_docstring(node, clean=False) is not None:
        children.remove(node.body[0])
    return children
