"""Which tests a runner collects from a file, and which ones its damage has taken, by name and place alone.

The rules are those of pytest (https://docs.pytest.org/en/stable/explanation/goodpractices.html) and unittest: functions
whose name matches, at module level or in classes whose name matches and that have no constructor, and the `test*`
methods of every subclass of `TestCase`. Bases are followed within the file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from fnmatch import fnmatchcase

from integrity.facts.model import Definition, FileFacts, Syntax
from integrity.model import Census

_GLOB = frozenset("*?[")
_HARMLESS = re.compile(r"(?:pytest|mock|unittest|patch|parametrize|asyncio|anyio|trio|staticmethod)(?:\.|$)")
_TEST_PACKAGE = re.compile(r"test", re.IGNORECASE)
_TEST_MODULE = re.compile(r"(?:^|\.)(?:test_\w+|\w+_tests?|tests)$")
_CONSTRUCTORS = frozenset({"__init__", "__new__"})


def census_of(
    facts: FileFacts, python_classes: Sequence[str], python_functions: Sequence[str], *, collected: bool, data: bool
) -> Census:
    """The numbers of tests of a file.

    Args:
        facts: of the file.
        python_classes: prefixes or globs of collected classes, as pytest.
        python_functions: prefixes or globs of collected functions, likewise.
        collected: whether the runner collects the file by its name.
        data: whether it is damaged on purpose, so that no test is lost in it.
    """
    live = len(live_tests(facts, python_classes, python_functions)) if collected else 0
    lost = 0 if data else len(lost_tests(facts))
    return Census(known=live + lost, live=live, lost=lost)


def live_tests(
    facts: FileFacts, python_classes: Sequence[str], python_functions: Sequence[str]
) -> tuple[Definition, ...]:
    """The test functions and methods that a runner collects from the file; none when it does not parse."""
    if facts.parse.syntax is Syntax.BROKEN:
        return ()
    classes = _collected_classes(facts.definitions, python_classes)
    return tuple(_live(facts.definitions, classes, python_functions))


def _live(
    definitions: Sequence[Definition], classes: dict[int, bool], python_functions: Sequence[str]
) -> Iterator[Definition]:
    for definition in definitions:
        if definition.is_class or _is_fixture(definition):
            continue
        if definition.parent < 0 or definition.parent in classes:
            unittest = classes.get(definition.parent, False)
            if definition.name.startswith("test") if unittest else _matches(definition.name, python_functions):
                yield definition


def _collected_classes(definitions: Sequence[Definition], python_classes: Sequence[str]) -> dict[int, bool]:
    """Index of every class whose tests run, itself or through a subclass in the file; True for unittest's."""
    unittest = _test_cases(definitions)
    constructed = {one.parent for one in definitions if one.name in _CONSTRUCTORS}
    found: dict[int, bool] = {}
    for index, definition in enumerate(definitions):
        nested = found.get(definition.parent) is False  # unittest does not look for classes inside its own
        if not definition.is_class or not (definition.parent < 0 or nested):
            continue
        if index in unittest:
            found[index] = True
        elif _matches(definition.name, python_classes) and index not in constructed:
            found[index] = False
    return found | {base: found[index] for index in list(found) for base in _bases(definitions, index)}


def _test_cases(definitions: Sequence[Definition]) -> set[int]:
    """Index of every class that descends from a `TestCase`, as far as the file tells."""
    names: set[str] = set()
    found: set[int] = set()
    for index, definition in enumerate(definitions):
        last = {base.rpartition(".")[2] for base in definition.bases}
        if definition.is_class and (any(base.endswith("TestCase") for base in last) or last & names):
            names.add(definition.name)
            found.add(index)
    return found


def _bases(definitions: Sequence[Definition], index: int) -> Iterator[int]:
    """Index of every class at module level in the file that a class descends from."""
    by_name = {one.name: place for place, one in enumerate(definitions) if one.is_class and one.parent < 0}
    todo, seen = [index], {index}
    while todo:
        for base in definitions[todo.pop()].bases:
            place = by_name.get(base)
            if place is not None and place not in seen:
                seen.add(place)
                todo.append(place)
                yield place


def _matches(name: str, patterns: Collection[str]) -> bool:
    """Whether a name starts with a prefix or matches a glob, as pytest reads its options."""
    return any(fnmatchcase(name, one) if _GLOB & set(one) else name.startswith(one) for one in patterns)


def imports_tests(facts: FileFacts, python_classes: Sequence[str], python_functions: Sequence[str]) -> bool:
    """Whether the file brings in tests of another one: everything of a module for tests, or a test by its name."""
    patterns = (*python_classes, *python_functions)
    return any(
        _TEST_PACKAGE.search(one.module) or one.level
        if one.name == "*"
        else _matches(one.bound, patterns) and (_TEST_MODULE.search(one.module) or one.level)
        for one in facts.imports
    )


def swallowed_tests(facts: FileFacts) -> tuple[Definition, ...]:
    """Tests inside another function, themselves or with their class, that never uses them: nothing can run them."""
    definitions = facts.definitions
    inside = {index for index, one in enumerate(definitions) if one.is_class and _idle(definitions, one)}
    return tuple(one for one in definitions if _is_test(one) and (one.parent in inside or _idle(definitions, one)))


def _is_test(definition: Definition) -> bool:
    """Whether it is named like a test by every runner's default."""
    return not definition.is_class and definition.name.startswith("test") and not _is_fixture(definition)


def _is_fixture(definition: Definition) -> bool:
    return any(name.rpartition(".")[2] == "fixture" for name in definition.decorators)


def _idle(definitions: Sequence[Definition], definition: Definition) -> bool:
    """Whether a function holds the definition, does not use it, and no decorator registers it elsewhere."""
    if definition.used or definition.parent < 0 or definitions[definition.parent].is_class:
        return False
    return all(map(_HARMLESS.match, definition.decorators))


def lost_tests(facts: FileFacts) -> tuple[str, ...]:
    """Qualified names of the tests in damaged text: commented out, swallowed, or in text that does not parse."""
    commented = facts.commented.tests if facts.commented else ()
    if facts.parse.syntax is Syntax.BROKEN:
        stranded = tuple(one.qualname for one in facts.definitions if _is_test(one))
    else:
        stranded = tuple(one.qualname for one in swallowed_tests(facts))
    return tuple(dict.fromkeys(commented + stranded))
