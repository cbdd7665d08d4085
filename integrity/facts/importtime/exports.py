"""What a module offers to star imports, and whether it may hold names that cannot be read."""

from __future__ import annotations

import ast
import re

from integrity.facts.importtime.shapes import (
    dotted_name,
    literal_texts,
)
from integrity.facts.lexical import Lexed

_DYNAMIC_WORDS = ("globals(", "exec(", "sys.modules", "setattr(", "vars()", "__dict__")
_DYNAMIC_NAMES = frozenset({"globals", "exec", "modules", "setattr", "vars", "__dict__"})
_DYNAMIC = re.compile("|".join(map(re.escape, _DYNAMIC_WORDS)))


def is_dynamic(lexed: Lexed) -> bool:
    """Whether the code spells names or modules freely; a method such as `monkeypatch.setattr` does not."""
    if _DYNAMIC_NAMES.isdisjoint(lexed.words) or not any(word in lexed.text for word in _DYNAMIC_WORDS):
        return False
    if not any(_spells(lexed.text, match.start()) for match in _DYNAMIC.finditer(lexed.text)):
        return False
    return any(_spells(lexed.masked, match.start()) for match in _DYNAMIC.finditer(lexed.masked))


def _spells(text: str, start: int) -> bool:
    before = text[max(start - 5, 0) : start]
    if text[start] in "_s" and text.startswith(("__dict__", "sys."), start):
        return before != "self." and not before[-1:].isidentifier()
    return not (before[-1:] == "." or before[-1:].isidentifier())


def exported_names(tree: ast.Module) -> tuple[str, ...] | None:
    """The names of `__all__`, None when there is none or it cannot be read."""
    names: list[str] | None = None
    for node in tree.body:
        target = _exported(node)
        if target is None:
            continue
        texts = literal_texts(target)
        if texts is None:
            return None
        names = [*texts] if isinstance(node, (ast.Assign, ast.AnnAssign)) else [*(names or []), *texts]
    return None if names is None else tuple(names)


def _exported(node: ast.stmt) -> ast.expr | None:
    """What a statement gives or adds to `__all__`, None when it does neither."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return node.value if any(isinstance(one, ast.Name) and one.id == "__all__" for one in targets) else None
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and dotted_name(call.func).startswith("__all__."):
        return call.args[0] if call.args and dotted_name(call.func) == "__all__.extend" else call.func
    return None
