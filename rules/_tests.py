"""Which facts about oracles concern tests, and how findings show them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from integrity.facts.collection import live_tests, matches
from integrity.facts.model import Definition
from integrity.facts.verdicts import Effect, Flaw, Unproven
from integrity.rule import File

_FRAMEWORKS = frozenset({"__future__", "pytest", "unittest"})


def flaws(file: File, *kinds: str) -> Iterator[tuple[Flaw, Definition]]:
    """The flaws of these kinds in the functions of a test file, each with its function."""
    facts = file.facts.oracles
    if facts is None or not file.context.test or file.context.data:
        return
    for flaw in facts.flaws:
        if flaw.kind in kinds and flaw.definition >= 0:
            yield flaw, file.facts.definitions[flaw.definition]


def flaws_of_tests(file: File, *kinds: str) -> Iterator[tuple[Flaw, Definition]]:
    """Those in the tests themselves, as far as the runner collects them."""
    found = list(flaws(file, *kinds))
    if found:
        live = _live(file)
        yield from ((flaw, definition) for flaw, definition in found if definition.span in live)


def unproven(file: File, *effects: Effect) -> Iterator[tuple[Unproven, Definition]]:
    """The collected tests without a sound oracle that amount to one of these, each with its function."""
    facts = file.facts.oracles
    if facts is None or not file.context.collected or file.context.data:
        return
    found = [one for one in facts.unproven if one.effect in effects]
    if found:
        live, definitions = _live(file), file.facts.definitions
        yield from ((one, definitions[one.definition]) for one in found if definitions[one.definition].span in live)


def suspended(file: File) -> Iterator[tuple[Unproven, Definition]]:
    """The collected tests that only run something, and that only something from another file can be checking."""
    facts = file.facts.oracles
    if facts is None or not facts.suspended or not file.context.collected or file.context.data:
        return
    live, definitions = _live(file), file.facts.definitions
    found = ((one, definitions[one.definition]) for one in facts.suspended)
    yield from ((one, definition) for one, definition in found if definition.span in live)


def is_sample(file: File, hollow: Sequence[Unproven]) -> bool:
    """Whether a module of hollow tests claims nothing: no docstring, and no import of anything to test.

    Such modules show a test framework what to collect.
    """
    documented = any(test.documented for test in hollow)
    return claims_nothing(file) and not documented and len(hollow) >= len(tests(file))


def claims_nothing(file: File) -> bool:
    """Whether a module has no docstring and imports nothing but test frameworks."""
    facts = file.facts
    foreign = any(one.module.partition(".")[0] not in _FRAMEWORKS or one.level for one in facts.imports)
    return not foreign and facts.oracles is not None and not facts.oracles.documented


def tests(file: File) -> tuple[Definition, ...]:
    """The tests that the runner collects."""
    context = file.context
    return live_tests(file.facts, context.python_classes, context.python_functions) if context.collected else ()


def _live(file: File) -> frozenset[object]:
    """The places of the tests that the runner collects."""
    return frozenset(one.span for one in tests(file))


def named_tests(file: File, index: int) -> list[Definition]:
    """The functions named like tests in a class, or at any level of the module (-1), whether collected or not."""
    definitions = file.facts.definitions
    prefix = f"{definitions[index].qualname}." if index >= 0 else ""
    return [
        one
        for one in definitions
        if not one.is_class
        and one.qualname.startswith(prefix)
        and (one.name.startswith("test") or matches(one.name, file.context.python_functions))
        and (one.parent < 0 or definitions[one.parent].is_class)
    ]


def marks_of(file: File, definition: Definition) -> set[str]:
    """The names of the marks of a function: its own, those of the classes around it, and those of the module."""
    definitions = file.facts.definitions
    found: set[str] = {name for owner, name in file.facts.marks if owner < 0}
    while True:
        found |= {
            name.rpartition(".")[2] for name in definition.decorators if name.startswith(("pytest.mark.", "mark."))
        }
        if definition.parent < 0:
            return found
        found |= {name for owner, name in file.facts.marks if owner == definition.parent}
        definition = definitions[definition.parent]


def bases_of(file: File, definition: Definition) -> set[str]:
    """The names of the bases of the class around a function, those of its bases in the file included."""
    by_name = {one.name: one for one in file.facts.definitions if one.is_class}
    todo = [file.facts.definitions[definition.parent]] if definition.parent >= 0 else []
    found: set[str] = set()
    while todo:
        for base in todo.pop().bases:
            last = base.rpartition(".")[2]
            if last not in found:
                found.add(last)
                todo += [by_name[last]] if last in by_name else []
    return found
