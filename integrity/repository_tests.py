"""The tests of a snapshot: which of them are collected, and one verdict for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import msgspec

from integrity.census import Record, census_of_file
from integrity.config.config import Config
from integrity.examine import Across
from integrity.facts.program import Program
from integrity.facts.verdicts import Checker
from integrity.imports.resolver import Resolver
from integrity.imports.store import Store
from integrity.model import Census
from integrity.result import Result
from integrity.rule import Context, Suite


def suite_of(
    programs: Mapping[str, Program],
    contexts: Mapping[str, Context],
    *,
    paths: Iterable[str],
    config: Config,
    resolver: Resolver,
    results: Mapping[str, Result],
    counts: bool = False,
    checkers: Callable[[str], Iterable[Checker]] = lambda _: (),
    store: Store | None = None,
) -> Suite:
    """The subject of rules about the tests of a repository.

    Args:
        programs: of every module of it, by path.
        contexts: of every module.
        paths: every path of it.
        config: after detection.
        resolver: where dotted names lead.
        results: of the files that were asked for.
        counts: whether the cases that parameters make of a test are counted, which costs time.
        checkers: gives the functions of a file to which tests of others may leave the checking.
        store: remembers the tests of each file; None for nothing.
    """
    given = {
        "python_files": config.python_files,
        "python_classes": config.python_classes,
        "python_functions": config.python_functions,
    }
    if config.norecursedirs is not None:
        given["norecursedirs"] = config.norecursedirs
    names = {path: one.namespace for path, one in programs.items() if one.namespace and not path.endswith(".pyi")}
    tests = [path for path, context in contexts.items() if context.test and not context.data]
    return Suite(
        names,
        paths,
        tests,
        table=config.pytest,
        resolver=resolver,
        given=given,
        nested=config.nested,
        defined={path: result.defined for path, result in results.items()},
        imported=lambda: _imported(programs.values()),
        counts=counts,
        checkers=checkers,
        store=store,
    )


def settled(results: Mapping[str, Result], suite: Suite) -> dict[str, Result]:
    """Results without the hits that other files refute, and with those that they confirm.

    Args:
        results: of the files that were asked for, by path.
        suite: the tests of the whole repository.
    """
    checked = suite.checked({path: result.open for path, result in results.items() if result.open})
    return {path: _settled(result, checked[path]) if result.open else result for path, result in results.items()}


def _settled(result: Result, checked: Iterable[int]) -> Result:
    refuted = {(result.open[place].symbol, result.open[place].line) for place in checked}
    hits = [
        one
        for one in (*result.hits, *result.suspended)
        if not (one.hit.premise and (one.hit.symbol, one.hit.span.line) in refuted)
    ]
    return msgspec.structs.replace(result, hits=tuple(hits), suspended=())


def _imported(programs: Iterable[Program]) -> frozenset[str]:
    """Every name, and every part of a module's name, that imports hold."""
    sites = [site for program in programs for site in program.sites]
    modules = {part for site in sites for part in site.module.split(".")}
    return frozenset(modules.union(name for site in sites for name, _ in site.names))


def censuses(results: Mapping[str, Result], suite: Suite, across: Across) -> dict[str, Census]:
    """The tests of every file, by path.

    Args:
        results: of the files that were asked for.
        suite: the tests of the whole repository.
        across: what rules about the whole repository found.
    """
    lines: dict[str, set[int]] = defaultdict(set)
    for path, line in suite.places:
        lines[path].add(line)
    found: dict[str, Census] = {}
    for path, result in results.items():
        if result.defined or result.lost:
            hits = [*(one.hit for one in result.hits), *across.hits.get(path, ())]
            unknown = bool(result.defined and suite.of(path).unknown)
            record = Record(result.defined, result.lost, frozenset(lines.get(path, ())), hits, unknown=unknown)
            found[path] = census_of_file(record)
    return found
