"""Tests that no runner finds, and what stands around tests that no runner calls, over a whole repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from integrity.collection.aside import Aside, Candidate
from integrity.collection.suite import Suite

_HOOKED = re.compile(r"conftest\.py|__init__\.py|__main__\.py|setup\.py")
_ASYNC_PLUGINS = frozenset(
    {
        *("pytest_asyncio", "anyio", "pytest_trio", "pytest_tornado", "pytest_tornasync", "pytest_twisted", "aiohttp"),
        *("pytest_aiohttp", "pytest_sanic", "pytest_curio", "pytest_asyncio_cooperative", "alt_pytest_asyncio"),
        *("trio", "twisted", "tornado", "curio", "hypothesis_trio"),
    }
)


class Stray(NamedTuple):
    """Something that is left aside.

    Attributes:
        path: its file.
        line: its line.
        symbol: its qualified name.
        tests: the names of the tests that are concerned.
        detail: what a message adds.
    """

    path: str
    line: int
    symbol: str
    tests: tuple[str, ...] = ()
    detail: str = ""


def classes(suite: Suite) -> Iterator[Stray]:
    """Classes with tests whose names no runner looks for, that nothing derives from, and that nothing mentions."""
    for _, aside in _visited(suite):
        for one in aside.classes:
            if one.symbol not in suite.imported and not _collected(suite, one):
                yield Stray(one.path, one.line, one.symbol, tuple(name for name, _ in one.tests))


def functions(suite: Suite) -> Iterator[Stray]:
    """Functions with assertions whose names are near those of tests, and that nothing mentions."""
    for _, aside in _visited(suite):
        for one in aside.functions:
            if one.symbol not in suite.imported:
                yield Stray(one.path, one.line, one.symbol)


def files(suite: Suite) -> Iterator[Stray]:
    """Files of tests that no runner visits and nothing imports."""
    for path in suite.tests:
        name = path.rpartition("/")[2]
        if path in suite.collected or path not in suite.asides or _HOOKED.fullmatch(name):
            continue
        tests = [one for one in suite.asides[path].tests if (path, one.line) not in suite.places]
        if any(one.asserts for one in tests) and name.removesuffix(".py") not in suite.imported:
            names = tuple(one.name for one in tests)
            yield Stray(path, tests[0].line, "", names, "" if suite.matches(path) else name)


def setups(suite: Suite) -> Iterator[Stray]:
    """Methods such as `setUp` of classes with collected tests that are no `TestCase`, each once."""
    seen: set[tuple[str, int]] = set()
    for _, aside in _visited(suite):
        for one in aside.setups:
            tests = _collected(suite, one)
            if tests and one.owner not in suite.cases and (one.path, one.line) not in seen:
                seen.add((one.path, one.line))
                yield Stray(one.path, one.line, one.symbol, tests, one.owner[1])


def coroutines(suite: Suite) -> Iterator[Stray]:
    """Per file the collected coroutines that nothing awaits; none when anything could."""
    for path, aside in _visited(suite):
        found = [one for one in aside.coroutines if (path, one.line) in suite.places]
        if found and _may_await(suite):
            return
        if found:
            yield Stray(path, found[0].line, found[0].symbol, tuple(one.symbol for one in found))


def ratios(suite: Suite) -> Iterator[tuple[Stray, int]]:
    """Per visited file of which some test definitions are not collected: those, and the number of all."""
    for path, _ in _visited(suite):
        defined = suite.defined.get(path, ())
        missing = [one for one in defined if (path, one.line) not in suite.places]
        if missing:
            yield Stray(path, missing[0].line, "", tuple(one.name for one in missing)), len(defined)


def _visited(suite: Suite) -> Iterator[tuple[str, Aside]]:
    """The files of tests that a runner visits, and of which it is known what is collected from them."""
    for path in suite.tests:
        found = suite.collected.get(path)
        if found and not found.unknown and path in suite.asides:
            yield path, suite.asides[path]


def _collected(suite: Suite, candidate: Candidate) -> tuple[str, ...]:
    """The names of those tests of a candidate that are collected."""
    return tuple(name for name, places in candidate.tests if not suite.places.isdisjoint(places))


def _may_await(suite: Suite) -> bool:
    """Whether the repository mentions anything that runs coroutines for pytest."""
    if _ASYNC_PLUGINS & {one.replace("-", "_") for one in suite.resolver.settings.dependencies}:
        return True
    for table in suite.tables:
        if any("async" in key or "anyio" in key for key in table) or "async" in str(table.get("addopts", "")):
            return True
    if _ASYNC_PLUGINS & suite.imported:
        return True
    return suite.mentions("pytest_pyfunc_call") or suite.mentions("pytest_runtest_call")
