"""The imports of a merge: the healthy version's, from where today imports them, and the new ones that are used."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import libcst as cst

from integrity.restore.mergeoutline import outline, sources
from integrity.restore.mergestatements import Statement, imports


class _Imported(NamedTuple):
    """Where today's file imports a name from, and the statement."""

    source: str
    node: Statement


_Edited = Mapping[str, _Imported]
_BLANK = cst.Module(body=())


def merge_imports(
    body: Sequence[Statement], today: Sequence[Statement], before: Mapping[str, tuple[str, ...]]
) -> tuple[list[Statement], list[str]]:
    """Bring the imports of today's file into a module.

    Args:
        body: the statements of the module, with the healthy version's imports.
        today: those of today's file.
        before: what the damaged version imported, as in `Outline.imports`.

    Returns:
        The statements, and what was taken from today, for people.
    """
    ours = {name: _Imported(source, node) for node in today for name, source, _ in _names(node)}
    edited = {name: found for name, found in ours.items() if found.source not in before.get(name, ())}
    theirs = {name: source for node in body for name, source, _ in _names(node)}
    moved = {name for name, (source, _) in edited.items() if theirs.get(name, source) != source}
    statements = [new for node in body for new in (_moved(node, moved, edited) if moved else [node])]
    used = _used(statements)
    added = [name for name in edited if name not in theirs and name in used]
    if added:
        place = _behind_imports(statements)
        statements[place:place] = _taken(added, edited)
    kept = [
        f"the import of {name} from {edited[name].source.partition(':')[0]}"
        for name in edited
        if name in moved or name in added
    ]
    return statements, kept


def _names(node: Statement) -> Iterator[tuple[str, str, cst.ImportAlias | None]]:
    """Each name a statement imports, where from, and its part of the statement."""
    found = imports(node)
    if found is None:
        return
    parsed = ast.parse(_BLANK.code_for_node(found)).body[0]
    if isinstance(parsed, ast.Import | ast.ImportFrom):
        aliases = found.names if not isinstance(found.names, cst.ImportStar) else [None]
        yield from ((name, source, alias) for (name, source), alias in zip(sources(parsed), aliases, strict=True))


def _moved(node: Statement, moved: set[str], edited: _Edited) -> list[Statement]:
    """An import with the names that today imports from elsewhere imported from there."""
    names = list(_names(node))
    gone = [name for name, _, _ in names if name in moved]
    if not gone:
        return [node]
    new = _taken(gone, edited)
    if len(gone) == len(names):
        return (
            [new[0].with_changes(leading_lines=node.leading_lines), *new[1:]]
            if isinstance(node, cst.SimpleStatementLine)
            else new
        )
    return [_reduced(node, {name for name, _, _ in names} - moved), *new]


def _taken(names: Sequence[str], edited: _Edited) -> list[Statement]:
    """Today's imports, reduced to these names."""
    nodes = {id(edited[name].node): edited[name].node for name in names}
    return [_reduced(node, set(names)).with_changes(leading_lines=()) for node in nodes.values()]


def _reduced(node: Statement, wanted: set[str]) -> Statement:
    """An import of those of its names that are wanted."""
    names = list(_names(node))
    stay = [alias for name, _, alias in names if name in wanted and alias is not None]
    if len(stay) in {0, len(names)}:
        return node
    stay[-1] = stay[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return _with_names(node, stay)


def _with_names(node: Statement, names: Sequence[cst.ImportAlias]) -> Statement:
    """The import with other names, without brackets when it is one."""
    found = imports(node)
    if found is None or not isinstance(node, cst.SimpleStatementLine):
        return node
    changes: dict[str, object] = {"names": list(names)}
    if isinstance(found, cst.ImportFrom) and len(names) == 1:
        changes |= {"lpar": None, "rpar": None}
    return node.with_changes(body=[found.with_changes(**changes)])


def _used(statements: Sequence[Statement]) -> set[str]:
    """The names that the statements need."""
    found = outline(cst.Module(body=list(statements)).code)  # type: ignore[arg-type]
    return found.needed if found else set()


def _behind_imports(statements: Sequence[Statement]) -> int:
    """The place behind the last import of the module's head."""
    places = [index for index, node in enumerate(statements) if imports(node) is not None]
    first = next((i for i, node in enumerate(statements) if isinstance(node, cst.FunctionDef | cst.ClassDef)), None)
    heads = [place for place in places if first is None or place < first]
    docstring = bool(statements) and _is_docstring(statements[0])
    return heads[-1] + 1 if heads else int(docstring)


def _is_docstring(node: Statement) -> bool:
    only = node.body[0] if isinstance(node, cst.SimpleStatementLine) else None
    return isinstance(only, cst.Expr) and isinstance(only.value, cst.SimpleString | cst.ConcatenatedString)
