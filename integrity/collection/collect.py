"""The tests of a whole project: a function of its modules' names and of pytest's options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from integrity.collection.expressions import ExpressionError, holds
from integrity.collection.files import Files
from integrity.collection.options import Options
from integrity.collection.program import Program
from integrity.collection.tests import UNCLEAR, Finder, Test
from integrity.facts.namespace import Namespace
from integrity.imports.resolver import Resolver


@dataclass(frozen=True)
class FileTests:
    """The tests of a file, by their ids without parameters, as in "tests/test_a.py::TestB::test_c".

    Attributes:
        tests: those that are collected wherever the file can be imported.
        possible: beginnings of the ids of those that may be collected, too: under a condition, or made while running.
        unknown: why nobody knows which tests the file has, "" when that is known; the others then say what would be
            collected if nothing interfered.
        cases: for those of `tests` of which it is known: how many literal parameters make of it.
        places: file and line of the functions behind `tests`.
        doubtful: file and line of the functions behind `possible`.
    """

    tests: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()
    unknown: str = ""
    cases: Mapping[str, int] = field(default_factory=dict)
    places: frozenset[tuple[str, int]] = frozenset()
    doubtful: frozenset[tuple[str, int]] = frozenset()


def collect(
    modules: Mapping[str, Namespace], paths: Iterable[str], options: Options, resolver: Resolver
) -> dict[str, FileTests]:
    """The tests of every file that pytest visits; a file that is not in the answer is not visited.

    Args:
        modules: path to names, of every module that could be read.
        paths: every path of the project.
        options: pytest's options.
        resolver: where dotted names lead.
    """
    program = Program(modules, resolver)
    finder = Finder(program, options.python_classes, options.python_functions, imported=options.imported)
    visited = Files(paths, program, options).visited()
    return {path: tests_of(path, reason, path in modules, finder, options) for path, reason in visited.items()}


def tests_of(path: str, reason: str, readable: bool, finder: Finder, options: Options) -> FileTests:
    """The tests of a file.

    Args:
        path: the file.
        reason: why nobody knows what is collected from it, "" mostly.
        readable: whether its module could be read.
        finder: finds the tests of a module.
        options: pytest's options.
    """
    if not readable:
        return FileTests(unknown="it cannot be read")
    found = finder.tests(path)
    tests = {f"{path}::{test.name}": test for test in found.certain}
    try:
        chosen = {name: _selected(name, test, options) for name, test in tests.items()}
    except ExpressionError:
        chosen, reason = dict.fromkeys(tests), "the expression of -k or -m cannot be judged"
    certain = frozenset(name for name, answer in chosen.items() if answer)
    doubtful = frozenset(name for name, answer in chosen.items() if answer is None)
    possible = doubtful.union(f"{path}::{name}" for name in found.possible)
    cases = {name: tests[name].cases or 0 for name in certain if tests[name].cases is not None}
    return FileTests(
        certain, possible, found.unknown or reason, cases, frozenset(found.places), frozenset(found.doubtful)
    )


def _selected(name: str, test: Test, options: Options) -> bool | None:
    """Whether the command line keeps a test, None when nobody knows."""
    if any(name.startswith(one) for one in options.deselected):
        return False
    answers = [
        holds(options.mark, lambda word: word in test.marks or (None if UNCLEAR in test.marks else False))
        if options.mark
        else True,
        holds(options.keyword, lambda word: _mentions(name, test, word)) if options.keyword else True,
    ]
    return False if False in answers else None if None in answers else True


def _mentions(name: str, test: Test, word: str) -> bool | None:
    """Whether a keyword is part of a test's name, or of those of its classes, file, folders and marks.

    Parameters are part of the name, too, so that nobody knows when the rest does not hold it.
    """
    path, _, inside = name.partition("::")
    words = [*path.split("/"), *inside.split("::"), *test.marks]
    found = any(word.lower() in one.lower() for one in words)
    return found or (None if test.marks & {UNCLEAR, "parametrize"} else False)
