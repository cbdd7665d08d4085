"""Tests that no runner finds, and what stands around tests that no runner calls, over a whole repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from integrity.collection.program import Family, Thing
from integrity.collection.suite import Suite
from integrity.collection.tests import Sort
from integrity.facts.collection import matches
from integrity.facts.mentions import LIFECYCLE, NEAR_TEST
from integrity.facts.namespace import Kind, Namespace

_PLAIN = re.compile(r"builtins\.object|abc\.ABC|typing\.(?:Generic|Protocol)|(?:unittest|pytest)\..*")
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
    for path, module in _visited(suite):
        for name in module.alone:
            for thing in suite.program.things(path, module.names.get(name, ())):
                if thing.kind is Kind.CLASS and thing.path == path and _is_stray_class(suite, thing, name):
                    tests = _own_tests(suite, thing)
                    yield Stray(path, suite.program.class_of(thing).line, name, tuple(tests))


def functions(suite: Suite) -> Iterator[Stray]:
    """Functions with assertions whose names are near those of tests, and that nothing mentions."""
    for path, module in _visited(suite):
        for name in module.alone:
            for thing in suite.program.things(path, module.names.get(name, ())):
                if thing.kind is Kind.FUNCTION and thing.path == path and _is_stray_function(suite, thing, name):
                    yield Stray(path, suite.program.function(thing).line, name)


def files(suite: Suite) -> Iterator[Stray]:
    """Files of tests that no runner visits and nothing imports."""
    for path in suite.tests:
        module = suite.modules.get(path)
        name = path.rpartition("/")[2]
        if module is None or path in suite.collected or _HOOKED.fullmatch(name):
            continue
        tests = _would_be(suite, path)
        if tests and name.removesuffix(".py") not in suite.imported:
            yield Stray(path, tests[0][0], "", tuple(one for _, one in tests), "" if suite.matches(path) else name)


def setups(suite: Suite) -> Iterator[Stray]:
    """Methods such as `setUp` of classes with collected tests that are no `TestCase`, each once."""
    cases: frozenset[Thing] | None = None
    seen: set[tuple[str, int]] = set()
    for path, module in _visited(suite):
        for name, values in module.names.items():
            for thing in suite.program.things(path, values) if not name.startswith("*") else ():
                if thing.kind is Kind.CLASS and thing.path == path:
                    for stray in _uncalled(suite, thing, module):
                        cases = _turned_into_cases(suite) if cases is None else cases
                        if thing not in cases and (stray.path, stray.line) not in seen:
                            seen.add((stray.path, stray.line))
                            yield stray


def coroutines(suite: Suite) -> Iterator[Stray]:
    """Per file the collected coroutines that nothing awaits; none when anything could."""
    if _may_await(suite):
        return
    for path, module in _visited(suite):
        if suite.program.ending(path).value != "reached" or module.marks:
            continue
        found = list(_unawaited(suite, path, module))
        if found:
            yield Stray(path, found[0][0], found[0][1], tuple(name for _, name in found))


def ratios(suite: Suite) -> Iterator[tuple[Stray, int]]:
    """Per visited file of which some test definitions are not collected: those, and the number of all."""
    for path, _ in _visited(suite):
        defined = suite.defined.get(path, ())
        missing = [one for one in defined if (path, one.line) not in suite.places]
        if missing:
            yield Stray(path, missing[0].line, "", tuple(one.name for one in missing)), len(defined)


def _visited(suite: Suite) -> Iterator[tuple[str, Namespace]]:
    """The files of tests that a runner visits, and of which it is known what is collected from them."""
    for path in suite.tests:
        found = suite.collected.get(path)
        if found and not found.unknown and path in suite.modules:
            yield path, suite.modules[path]


def _is_stray_class(suite: Suite, thing: Thing, name: str) -> bool:
    family = suite.program.family(thing)
    if matches(name, suite.options_at(thing.path).python_classes) or not _is_plain(family) or _is_unittest(family):
        return False
    if name in suite.imported or "__test__" in suite.program.class_of(thing).names:
        return False
    tests = _own_tests(suite, thing)
    return bool(tests) and not any((thing.path, line) in suite.places for line in tests.values())


def _own_tests(suite: Suite, thing: Thing) -> dict[str, int]:
    """Name and line of the tests that a class defines itself."""
    found: dict[str, int] = {}
    for name, values in suite.program.class_of(thing).names.items():
        for one in suite.program.things(thing.path, values):
            if one.kind is Kind.FUNCTION and one.path == thing.path and _is_test(suite, one, name):
                found[name] = suite.program.function(one).line
    return found


def _is_test(suite: Suite, thing: Thing, name: str) -> bool:
    named = name.startswith("test") or matches(name, suite.options_at(thing.path).python_functions)
    return named and suite.finder_at(thing.path).sort(thing, named=True) is Sort.TEST


def _is_stray_function(suite: Suite, thing: Thing, name: str) -> bool:
    function = suite.program.function(thing)
    patterns = suite.options_at(thing.path).python_functions
    if function.name != name or not NEAR_TEST.match(name) or matches(name, patterns):
        return False
    return not function.decorators and name not in suite.imported and not function.asks


def _would_be(suite: Suite, path: str) -> list[tuple[int, str]]:
    """Line and name of the functions that would be tests if a runner visited the file; none without an assertion."""
    found = suite.finder_at(path).tests(path)
    if found.unknown:
        return []
    places = {line for where, line in found.places if where == path and (path, line) not in suite.places}
    made = {one.line: one for one in suite.modules[path].functions if one.line in places}
    return [(line, made[line].name) for line in sorted(made)] if any(one.asserts for one in made.values()) else []


def _turned_into_cases(suite: Suite) -> frozenset[Thing]:
    """The classes that are a `TestCase`, or from which one derives."""
    return frozenset(one for family in _families(suite) if _is_unittest(family) for one in family.order)


def _families(suite: Suite) -> Iterator[Family]:
    """The ancestry of every class in a file of tests."""
    for path in suite.tests:
        for index in range(len(suite.modules[path].classes) if path in suite.modules else 0):
            yield suite.program.family(Thing(Kind.CLASS, path, index))


def _is_unittest(family: Family) -> bool:
    return any(one.endswith("TestCase") for one in family.outside)


def _is_plain(family: Family) -> bool:
    """Whether all ancestors of a class are known, and harmless."""
    return not family.doubtful and all(_PLAIN.fullmatch(one) for one in family.outside)


def _uncalled(suite: Suite, thing: Thing, module: Namespace) -> Iterator[Stray]:
    family = suite.program.family(thing)
    if not _is_plain(family) or _is_unittest(family):
        return
    members = suite.program.members(family)
    if members.keys().isdisjoint(LIFECYCLE):
        return
    tests = [name for name in members if _is_collected(suite, thing, name)]
    if not tests:
        return
    for method in LIFECYCLE:
        for owner in suite.program.attribute(thing, method) if method in members else ():
            if owner.kind is not Kind.FUNCTION or method in module.setups:
                continue
            function = suite.program.function(owner)
            if not function.decorators and method not in suite.modules[owner.path].setups:
                name = suite.program.class_of(thing).name
                yield Stray(owner.path, function.line, f"{name}.{method}", tuple(tests), name)


def _is_collected(suite: Suite, thing: Thing, name: str) -> bool:
    """Whether an attribute of a class is a function that is collected."""
    options = suite.options_at(thing.path)
    if not name.startswith("test") and not matches(name, options.python_functions):
        return False
    found = (one for one in suite.program.attribute(thing, name) if one.kind is Kind.FUNCTION)
    named = matches(suite.program.class_of(thing).name, options.python_classes)
    return named and any((one.path, suite.program.function(one).line) in suite.places for one in found)


def _may_await(suite: Suite) -> bool:
    """Whether the repository mentions anything that runs coroutines for pytest."""
    if _ASYNC_PLUGINS & {one.replace("-", "_") for one in suite.resolver.settings.dependencies}:
        return True
    for table in suite.tables:
        if any("async" in key or "anyio" in key for key in table) or "async" in str(table.get("addopts", "")):
            return True
    if _ASYNC_PLUGINS & suite.imported:
        return True
    return any("pytest_pyfunc_call" in module.names for module in suite.modules.values())


def _unawaited(suite: Suite, path: str, module: Namespace) -> Iterator[tuple[int, str]]:
    """Line and name of the functions of a module that are coroutines, and collected as they are."""
    for name, values in module.names.items():
        for thing in suite.program.things(path, values) if not name.startswith("*") else ():
            if thing.kind is Kind.FUNCTION and thing.path == path:
                function = suite.program.function(thing)
                if function.coroutine and not function.decorators and (path, function.line) in suite.places:
                    yield function.line, name
