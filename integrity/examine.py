"""One file's bytes to its facts and hits: everything that depends on nothing but content and context."""

from __future__ import annotations

from integrity.errors import IntegrityError
from integrity.facts.collection import census_of
from integrity.facts.extract import extract_lexed, extract_recoverable
from integrity.facts.lexical import Lexed
from integrity.facts.model import FileFacts, Parse, Syntax
from integrity.facts.syntax import ParserLimit
from integrity.registry.loader import Registry
from integrity.result import Anchored, Result
from integrity.rule import Context, File
from integrity.source import decode


def examine(content: bytes, context: Context, registry: Registry) -> tuple[Result, FileFacts]:
    """The result and the facts of one file; whatever goes wrong becomes a gap in the result."""
    source = decode(content)
    lexed = Lexed(source.text)
    facts, gap = _extract(lexed, source.problem)
    if gap:
        return Result(counted=True, suppressions=facts.suppressions, gaps=(gap,)), facts
    hits, failures = _run(registry, File(facts, context), lexed)
    census = census_of(
        facts, context.python_classes, context.python_functions, collected=context.collected, data=context.data
    )
    return Result(facts.counted, hits, facts.suppressions, census, failures, lasting=not failures), facts


def _extract(lexed: Lexed, problem: str) -> tuple[FileFacts, str]:
    """The facts, and why they are not the whole truth."""
    broken = Parse(Syntax.BROKEN, problem)
    if problem:
        return extract_recoverable(lexed, broken), problem
    try:
        return extract_lexed(lexed), ""
    except (ParserLimit, RecursionError, MemoryError) as error:
        reason = (
            error.lines[0] if isinstance(error, IntegrityError) else f"exhausts the parser ({type(error).__name__})"
        )
        return extract_recoverable(lexed, broken), reason


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


def _anchor(lexed: Lexed, line: int) -> str:
    """The text of a line, white space collapsed."""
    return " ".join(lexed.lines[line - 1].split())[:200] if 0 < line <= len(lexed.lines) else ""
