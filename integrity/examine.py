"""One file's bytes to its facts and hits: everything that depends on nothing but content and context."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from integrity.errors import IntegrityError
from integrity.facts import importtime
from integrity.facts.collection import census_of, defined_tests, lost_tests
from integrity.facts.extract import extract_lexed, extract_recoverable
from integrity.facts.lexical import Lexed
from integrity.facts.model import FileFacts, Parse, Syntax
from integrity.facts.oracles import checkers_of
from integrity.facts.program import Code, Program
from integrity.facts.syntax import ParserLimit, parse
from integrity.facts.verdicts import Checker, Effect, Open
from integrity.registry.loader import Registry
from integrity.result import Anchored, Result
from integrity.rule import SUSPENDED, Change, Context, File, Hit
from integrity.source import decode

if TYPE_CHECKING:
    from integrity.rule import (
        AcceptanceAudit,
        BaselineAudit,
        Demands,
        GateChange,
        Harness,
        IgnoreAudit,
        ImportGraph,
        Structures,
        Suite,
    )

    Whole = (
        ImportGraph
        | Demands
        | Suite
        | Structures
        | Harness
        | IgnoreAudit
        | BaselineAudit
        | GateChange
        | AcceptanceAudit
    )
    """A subject of rules about the whole repository."""


def examine(
    content: bytes, context: Context, registry: Registry, *, programs: bool = True
) -> tuple[Result, FileFacts, Program | None]:
    """The result, the facts and the program of one file; whatever goes wrong becomes a gap in the result.

    Args:
        content: the bytes of the file.
        context: what its path says about it.
        registry: the rules.
        programs: whether the program is wanted; without, it may be None.
    """
    source = decode(content)
    lexed = Lexed(source.text)
    facts, program, gap = _extract(lexed, source.problem, programs=programs)
    if gap:
        return Result(counted=True, suppressions=facts.suppressions, gaps=(gap,)), facts, program
    hits, failures = _run(registry, File(facts, context), lexed)
    census = census_of(
        facts, context.python_classes, context.python_functions, collected=context.collected, data=context.data
    )
    result = Result(
        facts.counted,
        tuple(one for one in hits if one.hit.premise != SUSPENDED),
        facts.suppressions,
        census,
        failures,
        lasting=not failures,
        defined=() if context.data or not context.test else defined_tests(facts, context.python_functions),
        lost=() if context.data else lost_tests(facts),
        open=_open(facts, [one.hit for one in hits]),
        suspended=tuple(one for one in hits if one.hit.premise == SUSPENDED),
    )
    return result, facts, program


def _open(facts: FileFacts, hits: Iterable[Hit]) -> tuple[Open, ...]:
    """The tests with a hit that other files may refute."""
    wanted = {(hit.symbol, hit.span.line) for hit in hits if hit.premise}
    if not wanted or facts.oracles is None:
        return ()
    found = []
    for one in (*facts.oracles.unproven, *facts.oracles.suspended):
        definition = facts.definitions[one.definition]
        if (definition.qualname, definition.span.line) in wanted:
            acts = one.effect is Effect.ACTS
            found.append(Open(definition.qualname, definition.span.line, one.reach, acts))
    return tuple(found)


def _extract(lexed: Lexed, problem: str, *, programs: bool) -> tuple[FileFacts, Program | None, str]:
    """The facts, the program, and why they are not the whole truth."""
    broken = Parse(Syntax.BROKEN, problem)
    if problem:
        return *extract_recoverable(lexed, broken), problem
    try:
        return *extract_lexed(lexed, programs=programs), ""
    except (ParserLimit, RecursionError, MemoryError) as error:
        reason = (
            error.lines[0] if isinstance(error, IntegrityError) else f"exhausts the parser ({type(error).__name__})"
        )
        return *extract_recoverable(lexed, broken), reason


def _run(registry: Registry, file: File, lexed: Lexed) -> tuple[tuple[Anchored, ...], tuple[str, ...]]:
    """The hits of every file rule, and a gap for each rule that failed."""
    hits: list[Anchored] = []
    failures: list[str] = []
    for loaded in registry.for_subject(File):
        try:
            hits += [Anchored(hit, _anchor(lexed, hit.span.line)) for hit in loaded.check(file)]
        except Exception as error:  # noqa: BLE001 - one bad rule must not hide the findings of the others
            failures.append(f"rule {loaded.rule.code} failed: {type(error).__name__}: {error}")
    return tuple(hits), tuple(failures)


class Across(NamedTuple):
    """What the rules about the whole repository found.

    Attributes:
        hits: per path.
        failures: a sentence for each rule that failed.
        anchored: the hits with the text of their lines, where that is known.
        unmeasured: why the structure of a path is not known.
        notes: remarks for the reader.
        dated: whether the history was asked for something.
    """

    hits: dict[str, list[Hit]]
    failures: list[str]
    anchored: Mapping[str, Sequence[Anchored]] = MappingProxyType({})
    unmeasured: Mapping[str, str] = MappingProxyType({})
    notes: tuple[str, ...] = ()
    dated: bool = False


def hits_across(subjects: Sequence[Whole], registry: Registry, active: frozenset[str]) -> Across:
    """Run the selected rules about the whole repository."""
    found = Across({}, [])
    wanted = [(one, loaded) for one in subjects for loaded in registry.for_subject(type(one))]
    for subject, loaded in wanted:
        if loaded.rule.code not in active:
            continue
        try:
            for hit in list(loaded.check(subject)):
                found.hits.setdefault(hit.path, []).append(hit)
        except Exception as error:  # noqa: BLE001 - one bad rule must not hide the findings of the others
            found.failures.append(f"rule {loaded.rule.code} failed: {type(error).__name__}: {error}")
    return found


def together(parts: Iterable[Across]) -> Across:
    """What several of them say, in their order."""
    found = Across({}, [])
    anchored: dict[str, list[Anchored]] = {}
    for part in parts:
        for path, hits in part.hits.items():
            found.hits.setdefault(path, []).extend(hits)
        for path, placed in part.anchored.items():
            anchored.setdefault(path, []).extend(placed)
        found = found._replace(
            failures=[*found.failures, *part.failures],
            notes=(*found.notes, *part.notes),
            dated=found.dated or part.dated,
        )
    return found._replace(anchored=anchored)


def rule_hits(change: Change, registry: Registry, active: Container[str]) -> tuple[list[Hit], list[str]]:
    """What the selected rules about changes find, and a sentence for each that failed."""
    hits: list[Hit] = []
    failures: list[str] = []
    for loaded in registry.for_subject(Change):
        if loaded.rule.code not in active:
            continue
        try:
            hits += list(loaded.check(change))
        except Exception as error:  # noqa: BLE001 - one bad rule must not hide the findings of the others
            failures.append(f"rule {loaded.rule.code} failed: {type(error).__name__}: {error}")
    return hits, failures


def checkers(content: bytes) -> tuple[Checker, ...]:
    """The functions of a module, for tests of other files that use them; none when that cannot be had."""
    lexed = Lexed(decode(content).text)
    try:
        _, tree = parse(lexed)
        return checkers_of(lexed, tree) if tree else ()
    except (ParserLimit, RecursionError, MemoryError):
        return ()


def full_code(content: bytes) -> Code | None:
    """What a module runs at import, with the bodies of its functions; None when that cannot be had."""
    lexed = Lexed(decode(content).text)
    try:
        _, tree = parse(lexed)
        return importtime.code(lexed, tree) if tree else None
    except (ParserLimit, RecursionError, MemoryError):
        return None


def anchored(content: bytes, hits: Iterable[Hit]) -> list[Anchored]:
    """Hits with the text of their first lines in a file."""
    lexed = Lexed(decode(content).text)
    return [Anchored(hit, _anchor(lexed, hit.span.line)) for hit in hits]


def _anchor(lexed: Lexed, line: int) -> str:
    """The text of a line, white space collapsed."""
    return " ".join(lexed.lines[line - 1].split())[:200] if 0 < line <= len(lexed.lines) else ""
