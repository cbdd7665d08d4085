"""Which tests a command line of pytest selects."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from itertools import product

from integrity.harness.runners import pytest_words
from integrity.harness.unittests import BY_PATTERN, Selection, unittest_selection

__all__ = ["BY_EXPRESSION", "BY_PATH", "BY_PATTERN", "BY_TAG", "COLLECT_ONLY", "ONLY_SOME", "Selection", "selection"]

COLLECT_ONLY = ("--co", "--collect-only")
BY_PATH = ("--ignore", "--ignore-glob", "--deselect")
BY_EXPRESSION = ("-k", "-m")
ONLY_SOME = ("--reruns", "--lf", "--last-failed", "--sw", "--stepwise", "--stepwise-skip", "--sw-skip", "--nf")
BY_TAG = ("--tag", "--exclude-tag")
_VALUED = frozenset(
    {
        *BY_PATH,
        *BY_EXPRESSION,
        *("-p", "-n", "-c", "-o", "-W", "-r", "--cov", "--cov-report", "--cov-config", "--cov-fail-under", "--rootdir"),
        *("--confcutdir", "--junitxml", "--junit-xml", "--basetemp", "--durations", "--maxfail", "--tb", "--dist"),
        *("--numprocesses", "--color", "--timeout", "--reruns", "--log-level", "--override-ini", "--import-mode"),
    }
)
_UNKNOWN = re.compile(r"[${}]|X{4,}")  # what a shell or CI puts in, and what stands for it
_NAME = re.compile(r"(?:^|_)tests?(?:_|$)")
_MOST_NAMES = 8


def selection(words: Sequence[str]) -> Selection | None:
    """What a command says to pytest or unittest, None when it calls neither."""
    given = _arguments(words)
    if given is None:
        return unittest_selection(words)
    options: list[tuple[str, str]] = []
    paths: list[str] = []
    rest = iter(given)
    for word in rest:
        name, sign, value = word.partition("=")
        if name in ONLY_SOME:
            options.append((name, ""))
            value = value if sign or name != "--reruns" else next(rest, "")
        elif word.startswith(BY_EXPRESSION) and len(word) > len("-k"):
            options.append((word[:2], word[2:]))
        elif name in _VALUED:
            value = value if sign else next(rest, "")
            options += [(name, value)] if name in (*BY_PATH, *BY_EXPRESSION) else []
        elif word in COLLECT_ONLY:
            options.append((COLLECT_ONLY[0], ""))
        elif not word.startswith("-"):
            paths.append(word)
    return Selection(tuple(options), tuple(paths))


def _arguments(words: Sequence[str]) -> Sequence[str] | None:
    if any(word.rpartition("/")[2] in ("pytest", "py.test") for word in words):
        return pytest_words(words)
    through = "--" in words and any(word in ("tox", "nox") for word in words)
    return words[words.index("--") + 1 :] if through else None


def is_known(text: str) -> bool:
    """Whether a value is written out, not put in by a shell or by CI."""
    return bool(text) and not _UNKNOWN.search(text)


def test_modules(paths: Iterable[str]) -> frozenset[str]:
    """Those of some paths that pytest takes for modules of tests by their names."""
    return frozenset(
        path
        for path in paths
        if path.endswith(".py") and _NAME.search(path.rpartition("/")[2][:-3]) and not path.endswith("conftest.py")
    )


def visited(modules: Iterable[str], paths: Iterable[str]) -> frozenset[str]:
    """The modules that lie at or below one of some paths."""
    places = [_plain(path) for path in paths]
    return frozenset(module for module in modules if any(_lies(module, place) for place in places))


def _plain(path: str) -> str:
    return path.partition("::")[0].removeprefix("./").rstrip("/")


def _lies(module: str, place: str) -> bool:
    if any(sign in place for sign in "*?["):
        return fnmatch(module, place) or fnmatch(module, f"{place}/*")
    return place in ("", ".", module) or module.startswith(f"{place}/")


def cover_everything(expressions: Sequence[str]) -> bool:
    """Whether every test is selected by one of some expressions of `-k` or `-m`, as by "slow" and "not slow"."""
    trees = [tree for one in expressions if (tree := _parsed(one)) is not None]
    names = sorted({node.id for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name)})
    if not trees or len(names) > _MOST_NAMES:
        return False
    worlds = (dict(zip(names, world, strict=True)) for world in product((False, True), repeat=len(names)))
    return all(any(_holds(tree, world) for tree in trees) for world in worlds)


def _parsed(expression: str) -> ast.expr | None:
    """An expression whose words are made names, None when it is none."""
    words = re.sub(r"[^\s()]+", lambda match: re.sub(r"\W", "_", match[0]), expression)
    try:
        tree = ast.parse(words.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    allowed = (ast.BoolOp, ast.UnaryOp, ast.Name, ast.And, ast.Or, ast.Not, ast.Load)
    return tree if all(isinstance(node, allowed) for node in ast.walk(tree)) else None


def _holds(tree: ast.expr, world: dict[str, bool]) -> bool:
    if isinstance(tree, ast.Name):
        return world[tree.id]
    if isinstance(tree, ast.UnaryOp):
        return not _holds(tree.operand, world)
    if isinstance(tree, ast.BoolOp):
        values = [_holds(one, world) for one in tree.values]
        return all(values) if isinstance(tree.op, ast.And) else any(values)
    return False


def names_of(expression: str) -> Iterator[str]:
    """The names of markers or tests in an expression."""
    return (word for word in re.findall(r"\w+", expression) if word not in ("and", "or", "not"))
