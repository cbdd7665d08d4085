"""What fixtures, set-ups and modules of tests newly replace with a mock, and the existing tests that are about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from integrity.changes.model import Change, FilePair, Kind, Test
from integrity.facts.profile import Check, Double, FileProfile, FunctionProfile, Product

_SETUPS = frozenset({
    "setUp", "asyncSetUp", "setUpClass", "setUpModule", "setup_method", "setup_class", "setup_function",
    "setup_module", "setup",
})  # fmt: skip
_WHOLE_MODULE = frozenset({"setUpModule", "setup_module", "setup_function"})
_RECORD = re.compile(r"\.(?:called|call_count|call_args(?:_list)?|mock_calls|method_calls|await_count|await_args)\b")
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_OUTSIDE = re.compile(
    r"fetch\w*|requests?|responses?|https?|urls?|urlopen|sockets?|send|post|sleep|time|now|today|date|clock|connect\w*"
    r"|download|upload|e?mails?|smtp|notify|notif\w*|publish|clients?|sessions?|api|query|queries|db|database|redis|cache"
    r"|queue|broker|random|uuid|token|log\w*|print|input|prompt|open|browser|subprocess|popen|run|exec|env|config|settings?"
    r"|path|home|dir|user|host|platform|version|threads?|async|wait"
)
_NAME = re.compile(r"(?:self\.)?\w+")
_STEPS = 4


class StandIn(NamedTuple):
    """A mock that now takes the place of something real.

    Attributes:
        file: where it is made.
        by: the function that makes it, None at module level.
        target: what it stands in for.
        was: the source that made the real thing, "" for a patch.
        text: the source of the mock.
        line: where.
        tests: the existing tests that hold against something what the mock now returns.
        users: the existing tests that only use it, or run while it is in force.
    """

    file: FilePair
    by: FunctionProfile | None
    target: str
    was: str
    text: str
    line: int
    tests: tuple[Test, ...]
    users: tuple[Test, ...]


class _Existing(NamedTuple):
    """A test that there was before the change and that is still there: as it was, and as it is."""

    was: FunctionProfile
    test: Test


def stand_ins(change: Change) -> Iterator[StandIn]:
    """Every new mock outside of tests that existing tests run into, in order of file and place."""
    known = {one.resolved or one.target for file in change.of_kind(Kind.TEST) for one in file.before.every_double}
    existing = list(_existing(change))
    for file in change.of_kind(Kind.TEST):
        if existing and not file.after.broken:
            found = [*_patches(change, file, known, existing), *_products(file, existing)]
            yield from sorted(found, key=lambda one: (one.line, one.target))


def _existing(change: Change) -> Iterator[_Existing]:
    yield from (_Existing(pair.before.profile, pair.after) for pair in change.pairs)
    for file in change.around.bystanders:
        yield from (_Existing(one, Test(file, one, file.path)) for one in file.after.tests)


# Patches


def _patches(change: Change, file: FilePair, known: set[str], existing: list[_Existing]) -> Iterator[StandIn]:
    """Patches of the project's own code in force while existing tests run."""
    for function, double in _made_outside_tests(file.after):
        target = double.resolved or double.target
        if target in known or "." not in target or not _is_own(target, change.around.kept):
            continue
        reached = [one for one in existing if _in_force(file, function, one.test)]
        about = tuple(one.test for one in reached if _asks(one, target))
        unasked = _unasked(function) and not _OUTSIDE.search(target.rpartition(".")[2])
        if about or (reached and unasked):
            users = tuple(one.test for one in reached)
            yield StandIn(file, function, double.target, "", double.text, double.line, about, users)


def _reaches_outside(name: str) -> bool:
    """Whether a name is that of something that tests should not reach: the network, the clock, files, chance."""
    return any(_OUTSIDE.fullmatch(part.lower()) for part in _PART.findall(name))


def _made_outside_tests(profile: FileProfile) -> Iterator[tuple[FunctionProfile | None, Double]]:
    yield from ((None, one) for one in profile.doubles)
    for function in profile.functions:
        if not function.collected:
            yield from ((function, one) for one in function.doubles)


def _is_own(target: str, kept: Iterable[str]) -> bool:
    """Whether a module of the project defines what a dotted name stands for, as far as names tell.

    A part in lower case between the module and the last name is a module that it imports.
    """
    parts = target.split(".")
    for length in range(len(parts), 0, -1):
        module = "/".join(parts[:length])
        ends = f"/{module}.py", f"/{module}/__init__.py"
        if any(f"/{path}".endswith(ends) for path in kept):
            return len(parts) - length <= 1 or parts[length][:1].isupper()
    return False


def _unasked(function: FunctionProfile | None) -> bool:
    """Whether what it does is in force without a test's asking for it."""
    return function is None or function.autouse or function.name in _SETUPS or function.name.startswith("pytest_")


def _in_force(file: FilePair, function: FunctionProfile | None, test: Test) -> bool:
    """Whether a test runs while what a function of a file makes is there."""
    if not _is_near(file, test):
        return False
    if function is None or function.name.startswith("pytest_"):
        return True
    owner = function.qualname.rpartition(".")[0]
    if owner and function.name not in _WHOLE_MODULE and not test.symbol.startswith(f"{owner}."):
        return False
    return _unasked(function) or _takes(test.profile, function.name)


def _is_near(file: FilePair, test: Test) -> bool:
    """Whether the fixtures of a file reach a test: those of its own file, and of a `conftest.py` above it."""
    folder, _, name = file.after_path.rpartition("/")
    if name == "conftest.py":
        return not folder or test.path.startswith(f"{folder}/")
    return test.path == file.after_path


def _takes(test: FunctionProfile, fixture: str) -> bool:
    return fixture in test.parameters or {"usefixtures", fixture} <= test.words


def _asks(one: _Existing, target: str) -> bool:
    """Whether an oracle is about what a patched callable returns, and the patch reaches the name it is called by.

    Where a whole module is replaced, what the file of the test imports from it is.
    """
    imported = [name for name, origin in one.test.file.after.names.items() if origin.startswith(f"{target}.")]
    if any(_some(one.test.profile, re.compile(rf"\b{re.escape(name)}\b").search) for name in imported):
        return True
    parent, _, last = target.rpartition(".")
    if parent.rpartition(".")[2][:1].isupper():
        called = re.compile(rf"[\w)\]]\.{re.escape(last)}\(")
    else:
        names = [bound for bound, origin in one.test.file.after.names.items() if origin == parent]
        spelt = "|".join(re.escape(f"{name}.{last}") for name in (parent, *names))
        called = re.compile(rf"(?<![\w.])(?:{spelt})\(")
    return all(_some(profile, called.search) for profile in (one.was, one.test.profile))


def _some(profile: FunctionProfile, told: Callable[[str], object]) -> bool:
    """Whether one of the sources that an oracle of a function is about is told by a question."""
    return any(told(text) for check in profile.checks if check.kind != "mock" for text in _sources(profile, check))


def _sources(profile: FunctionProfile, check: Check) -> Iterator[str]:
    """The source of what an oracle is about, and of the calls that it comes from."""
    yield from (check.subject, check.origin)
    made = {product.name: product.maker for product in profile.products}
    name = _NAME.match(check.subject)
    for _ in range(_STEPS):
        maker = made.pop(name[0], "") if name else ""
        if not maker:
            return
        yield f"{maker}("
        name = _NAME.match(maker)


# What fixtures hand out and set-ups bind


def _products(file: FilePair, existing: list[_Existing]) -> Iterator[StandIn]:
    """Mocks that a fixture hands out, or that a set-up binds, where something real was."""
    before = {one.qualname: one for one in file.before.functions if not one.collected}
    for function in file.after.functions:
        if function.collected or not (function.fixture or function.name in _SETUPS):
            continue
        old = before.get(function.qualname)
        earlier = {one.name: one for one in old.products} if old else {}
        for product in function.products:
            was = earlier.get(product.name)
            hides = old is None and not product.name and product.maker
            if product.mock and (not was.mock if was else hides):
                yield from _stood_in(file, function, product, was, existing)


def _stood_in(
    file: FilePair, function: FunctionProfile, product: Product, was: Product | None, existing: list[_Existing]
) -> Iterator[StandIn]:
    """A mock that existing tests get; without something real before it, a fixture of that name from elsewhere."""
    if product.name and not product.name.startswith("self."):
        return
    name = product.name or function.name
    users = [one for one in existing if _in_force(file, function, one.test) and _uses(one, name)]
    if users:
        about = tuple(one.test for one in users if all(_is_about(each, name) for each in (one.was, one.test.profile)))
        text = was.text if was else ""
        every = tuple(one.test for one in users)
        if not about and not product.maker:
            return  # another value for what tests are given
        yield StandIn(file, function, name, text, product.text, product.line, about, every)


def _uses(one: _Existing, name: str) -> bool:
    """Whether a test had, and has, something by that name."""
    last = name.rpartition(".")[2]
    return all(last in (each.words if last != name else each.parameters) for each in (one.was, one.test.profile))


def _is_about(profile: FunctionProfile, name: str) -> bool:
    """Whether an oracle holds against something what an object has or returns, and not how often it was called."""
    starts = re.compile(rf"(?:await )?\(?(?:await )?{re.escape(name)}\b\s*(?:[.(\[]|$)")
    return _some(profile, lambda text: starts.match(text) and not _RECORD.search(text))


def asks_for(profile: FunctionProfile, name: str) -> bool:
    """Whether an oracle of a function is about what a call by this name returns."""
    return _some(profile, lambda text: f"{name}(" in text)


def locally(was: FunctionProfile, now: FunctionProfile) -> Iterator[tuple[Product, Product]]:
    """What a test made and held against something, and the mock that it makes in its place."""
    earlier = {one.name: one for one in was.products}
    for product in now.products:
        old = earlier.get(product.name)
        if product.mock and old and not old.mock and _is_about(was, product.name) and _is_about(now, product.name):
            yield old, product
