"""Puts together what a module offers and what it asks for."""

from __future__ import annotations

import ast

from integrity.facts.blocks import blocks_of
from integrity.facts.lexical import Lexed
from integrity.facts.offers import bind_walruses, classes_of, exports_of, functions_of, hooks_of, names_of
from integrity.facts.symbols import Symbols
from integrity.facts.uses import uses_of

_FINDERS = {"meta_path": "sys.meta_path", "path_hooks": "sys.path_hooks"}
_OPEN = frozenset({"__getattr__", "__class__"})


def symbols_of(lexed: Lexed, tree: ast.Module) -> Symbols:
    """The symbols of a module.

    Args:
        lexed: the text that was parsed.
        tree: what `ast.parse` made of it.
    """
    blocks = blocks_of(tree)
    bind_walruses(lexed, blocks)
    uses = uses_of(lexed, blocks)
    names = names_of(blocks)
    return Symbols(
        names=names,
        exports=exports_of(lexed, blocks),
        stars=tuple(dict.fromkeys(module for module, _ in blocks.stars)),
        dynamic=uses.dynamic or not _OPEN.isdisjoint(names),
        path_dynamic="__path__" in lexed.words,
        finder=any(name in lexed.words and finder in lexed.text for name, finder in _FINDERS.items()),
        functions=functions_of(blocks),
        classes=classes_of(lexed, blocks),
        uses=uses.listed(),
        guards=tuple(blocks.guards.all),
        writes=tuple(sorted(uses.writes, key=lambda ref: (ref.module, ref.rest))),
        fakes=tuple(sorted(uses.fakes)),
        hooks=hooks_of(blocks),
    )
