"""All facts of one text, in one parse and one walk."""

from __future__ import annotations

import ast

from integrity.facts.comments import commented
from integrity.facts.definitions import Walk, walk
from integrity.facts.environ import environment_accesses
from integrity.facts.lexical import Lexed
from integrity.facts.model import FileFacts, Parse
from integrity.facts.oracles import oracle_facts
from integrity.facts.recovery import recover
from integrity.facts.residue import traces
from integrity.facts.suppressions import suppressions
from integrity.facts.syntax import parse


def extract(text: str) -> FileFacts:
    """The facts of a text.

    Args:
        text: as `source.decode` gives it.

    Raises:
        ParserLimit: the text exhausts the parser, so that nothing can be said of it.
    """
    return extract_lexed(Lexed(text))


def extract_lexed(lexed: Lexed) -> FileFacts:
    """The facts of a text that was split already; otherwise as `extract`."""
    verdict, tree = parse(lexed)
    return _facts(lexed, verdict, tree, recover(lexed) if tree is None else walk(lexed, tree))


def extract_recoverable(lexed: Lexed, verdict: Parse) -> FileFacts:
    """What can be recovered without a parser, for text that must not be given to one."""
    return _facts(lexed, verdict, None, recover(lexed))


def _facts(lexed: Lexed, verdict: Parse, tree: ast.Module | None, found: Walk) -> FileFacts:
    return FileFacts(
        parse=verdict,
        lines=sum(1 for line in lexed.lines if line.strip()),
        counted=found.has_statement or bool(lexed.comments) or tree is None,
        definitions=found.definitions,
        imports=found.imports,
        environ=environment_accesses(lexed, tree) if tree else (),
        commented=commented(lexed, tree, found.definitions),
        traces=traces(lexed, tree),
        suppressions=suppressions(lexed, tree),
        exports_nothing=found.exports_nothing,
        oracles=oracle_facts(lexed, tree, found) if tree else None,
    )
