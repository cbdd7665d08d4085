"""All facts of one text, in one parse and one walk."""

from __future__ import annotations

import ast

import msgspec

from integrity.facts import disabling, straying
from integrity.facts.binding import namespace
from integrity.facts.comments import commented
from integrity.facts.definitions import Walk, walk
from integrity.facts.environ import environment_accesses
from integrity.facts.harness import tampering
from integrity.facts.importtime import program, recovered
from integrity.facts.lexical import Lexed
from integrity.facts.mockuse import marks, mock_uses
from integrity.facts.model import FileFacts, Parse, Syntax
from integrity.facts.oracles import oracle_facts
from integrity.facts.outline import Outline
from integrity.facts.program import Program
from integrity.facts.recovery import recover
from integrity.facts.residue import traces
from integrity.facts.suppressions import suppressions
from integrity.facts.switches import Stray, Switch
from integrity.facts.symbols_of import symbols_of
from integrity.facts.syntax import parse
from integrity.facts.verdicts import OracleFacts

_OF_TESTS = ("test", "skip", "mock")


def extract(text: str) -> FileFacts:
    """The facts of a text.

    Args:
        text: as `source.decode` gives it.

    Raises:
        ParserLimit: the text exhausts the parser, so that nothing can be said of it.
    """
    return extract_lexed(Lexed(text))[0]


def extract_lexed(lexed: Lexed, *, programs: bool = True) -> tuple[FileFacts, Program | None]:
    """The facts of a text that was split already, and its import-time program if asked for; otherwise as `extract`."""
    verdict, tree = parse(lexed)
    if tree is None:
        found = recover(lexed)
        return _facts(lexed, verdict, None, found), recovered(found.imports, broken=verdict.syntax is Syntax.BROKEN)
    imported = _imported(lexed, tree) if programs else None
    return _facts(lexed, verdict, tree, walk(lexed, tree)), imported


def _imported(lexed: Lexed, tree: ast.Module) -> Program:
    """What a module runs at import, with its symbols and what its names are bound to."""
    encode = msgspec.msgpack.encode
    symbols = encode(symbols_of(lexed, tree))
    bound = encode(namespace(tree, lexed))
    return msgspec.structs.replace(program(lexed, tree), symbols=symbols, namespace=bound)


def extract_recoverable(lexed: Lexed, verdict: Parse) -> tuple[FileFacts, Program]:
    """What can be recovered without a parser, for text that must not be given to one."""
    found = recover(lexed)
    return _facts(lexed, verdict, None, found), recovered(found.imports, broken=False)


def _facts(lexed: Lexed, verdict: Parse, tree: ast.Module | None, found: Walk) -> FileFacts:
    oracles = oracle_facts(lexed, tree, found) if tree else None
    outline = Outline(tree, found) if tree and any(word in lexed.lower for word in _OF_TESTS) else None
    switches, strays = _unrun(lexed, outline, found, oracles) if outline else ((), ())
    return FileFacts(
        parse=verdict,
        lines=lexed.non_blank,
        counted=found.has_statement or bool(lexed.comments) or tree is None,
        definitions=found.definitions,
        imports=found.imports,
        environ=environment_accesses(lexed, tree) if tree else (),
        commented=commented(lexed, tree, found.definitions),
        traces=traces(lexed, tree),
        suppressions=suppressions(lexed, tree),
        exports_nothing=found.exports_nothing,
        tampering=tampering(lexed, tree) if tree else (),
        oracles=oracles,
        switches=switches,
        strays=strays,
        mocks=mock_uses(lexed, outline, found) if outline else (),
        marks=marks(outline) if outline and "pytestmark" in lexed.text else (),
    )


def _unrun(
    lexed: Lexed, outline: Outline, found: Walk, oracles: OracleFacts | None
) -> tuple[tuple[Switch, ...], tuple[Stray, ...]]:
    """What switches tests off, and the tests that no runner finds."""
    switches = disabling.switches(lexed, outline, found) if disabling.worth_reading(lexed) else ()
    checking = frozenset(oracles.checking) if oracles else frozenset()
    strays = straying.strays(lexed, outline, found, checking) if straying.worth_reading(lexed) else ()
    return switches, strays
