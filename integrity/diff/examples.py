"""Compares examples of rules: files that exist nowhere, by path."""

from __future__ import annotations

from collections.abc import Mapping

from integrity.cache import Cache
from integrity.changes.model import FilePair, Kind
from integrity.config.config import Config
from integrity.diff.compare import Comparison, Terms, judged, with_harness
from integrity.diff.files import Memory
from integrity.diff.looking import NOTHING, Looker, words_of
from integrity.diff.reading import Listing, Pair
from integrity.harness.kinds import kind_of as kind_of_harness
from integrity.registry.loader import Registry
from integrity.rule import Context


def compare_example(
    before: Mapping[str, bytes], after: Mapping[str, bytes], context: Context, registry: Registry
) -> Comparison:
    """What happened between two sets of files, Python files in one context; `src/` and all else is production code."""
    terms = Terms(Config(), registry, Looker(registry, Cache(None, "")))
    pairs = [_pair(path, before.get(path), after.get(path), context, terms) for path in sorted({*before, *after})]
    listings = _listing(before), _listing(after)
    pairs, around = with_harness(pairs, listings, (Memory(before), Memory(after)), terms)
    around = around._replace(kept=frozenset(listings[0].python.keys() & listings[1].python.keys()))
    none = ("worktree", None)
    return judged(pairs, [], (none, none), terms, around=around)


def _listing(files: Mapping[str, bytes]) -> Listing:
    python = {path: "" for path in files if path.endswith(".py")}
    return Listing(python, {path: "" for path in files if path not in python})


def _pair(path: str, old: bytes | None, new: bytes | None, context: Context, terms: Terms) -> Pair:
    names = ["" if content is None else path for content in (old, new)]
    if not path.endswith(".py"):
        kind = Kind.PRODUCTION if path.startswith("src/") else Kind.OTHER if kind_of_harness(path) else Kind.DATA
        texts = [words_of(content or b"") for content in (old, new)]
        return Pair(FilePair(names[0], names[1], texts[0], texts[1], kind, python=False), NOTHING, NOTHING)
    kind = Kind.PRODUCTION if path.startswith("src/") else Kind.TEST
    context = Context() if kind is Kind.PRODUCTION else context
    looks = [NOTHING if one is None else terms.looker.look(one, context, kind) for one in (old, new)]
    collected = context.collected, context.collected
    return Pair(FilePair(names[0], names[1], looks[0].profile, looks[1].profile, kind, collected), looks[0], looks[1])
