"""What a call is refused for, in the words of CPython: held against CPython itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from integrity.facts.symbols import Ref
from integrity.imports.calls import callee_of, refusal
from integrity.imports.things import ClassOf
from tests.support.worlds import demands

NAMES = ("a", "b", "c", "d")
Arguments = tuple[int, tuple[str, ...]]


def verdict(source: str, name: str, arguments: Arguments) -> str | None:
    """What is said of a call, "" when it succeeds, None when nobody can tell."""
    world = demands({"m.py": source}).world
    thing = world.find(Ref("m", name), "main.py")
    callee = callee_of(thing, world)
    if callee is None:
        return None
    why = refusal(callee, arguments[0], arguments[1], method=isinstance(thing, ClassOf))
    return why.error if why else ""


def truth(source: str, name: str, arguments: Arguments) -> str:
    """What CPython says when the call is made, "" when it succeeds."""
    namespace: dict[str, Any] = {"__name__": __name__}
    exec(compile(source, "m.py", "exec", dont_inherit=True), namespace)  # noqa: S102 - written by this test
    try:
        namespace[name](*[0] * arguments[0], **dict.fromkeys(arguments[1], 0))
    except TypeError as error:
        return str(error).partition(". Did you mean")[0]  # since Python 3.13
    return ""


arguments = st.tuples(st.integers(0, 5), st.lists(st.sampled_from((*NAMES, "x")), unique=True, max_size=4).map(tuple))


@st.composite
def parameters(draw: st.DrawFn) -> str:
    """A list of parameters as it is written."""
    count = draw(st.integers(0, 4))
    only = draw(st.integers(0, count))
    starred = draw(st.integers(only, count))
    defaults = draw(st.integers(0, starred))
    parts: list[str] = []
    for index, name in enumerate(NAMES[:count]):
        if index == only and only:
            parts.append("/")
        if index == starred:
            parts.append(draw(st.sampled_from(("*", "*args"))))
        optional = index >= defaults if index < starred else draw(st.booleans())
        parts.append(f"{name}=0" if optional else name)
    if only == count and only:
        parts.append("/")
    return ", ".join([*parts, *draw(st.sampled_from(((), ("**rest",))))])


@given(parameters(), arguments)
def test_functions_refuse_as_they_do(listed: str, given_: Arguments) -> None:
    """Word for word."""
    source = f"def f({listed}): pass\n"
    assert verdict(source, "f", given_) == truth(source, "f", given_)


@given(parameters(), arguments)
def test_classes_refuse_as_they_do(listed: str, given_: Arguments) -> None:
    """Through an inherited `__init__` as well."""
    source = f"class B:\n    def __init__(self, {listed}): pass\nclass C(B): pass\n"
    if listed.startswith("/"):
        return
    assert verdict(source, "C", given_) == truth(source, "C", given_)


@given(arguments)
def test_classes_without_a_constructor_refuse_as_they_do(given_: Arguments) -> None:
    """They take nothing, and say so in other words."""
    source = "class B: pass\nclass C(B):\n    x = 1\n"
    assert verdict(source, "C", given_) == truth(source, "C", given_)


FIELDS = (
    *("int", "int = 0", "int = field(default=0)", "int = field(init=False, default=0)", "ClassVar[int] = 0", "'int'"),
    *("int = field(kw_only=True)", "InitVar[int]", "int = field(default_factory=int)"),
)
HEADER = "from dataclasses import InitVar, KW_ONLY, dataclass, field\nfrom typing import ClassVar\n"


def dataclass_source(base: Sequence[str], own: Sequence[str], option: str, *, sentinel: bool) -> str:
    """A dataclass with a dataclass as its base."""
    lines = [HEADER, "@dataclass", "class B:", "    pass"]
    lines += [f"    {name}: {kind}" for name, kind in zip(NAMES, base, strict=False)]
    lines += [f"@dataclass{option}", "class C(B):", "    pass"]
    lines += ["    _: KW_ONLY"] * sentinel
    lines += [f"    {name}: {kind}" for name, kind in zip(reversed(NAMES), own, strict=False)]
    return "\n".join(lines) + "\n    def __post_init__(self, *args): pass\n"


@given(
    st.lists(st.sampled_from(FIELDS), max_size=3),
    st.lists(st.sampled_from(FIELDS), max_size=3),
    st.sampled_from(("", "()", "(kw_only=True)", "(frozen=False)")),
    st.booleans(),
    arguments,
)
def test_dataclasses_refuse_as_they_do(
    base: list[str], own: list[str], option: str, sentinel: bool, given_: Arguments
) -> None:
    """With fields inherited, replaced, by keyword only, and left out of `__init__`."""
    source = dataclass_source(base, own, option, sentinel=sentinel)
    try:
        expected = truth(source, "C", given_)
    except TypeError:  # CPython refuses the class itself: a field without a default behind one with it
        return
    inherited = set(NAMES[: len(base)]) & set(NAMES[::-1][: len(own)])  # with a default, maybe
    told = verdict(source, "C", given_)
    assert told == expected or (told is None and inherited)


def test_what_a_compiler_takes_is_not_called() -> None:
    """A decorated function inside a test may be read, not run; one that is only wrapped is run as ever."""
    source = """
        import numba, functools
        from lib import f

        def test_it():
            @numba.njit
            def compiled():
                return f(1, 2)

            @functools.wraps(f)
            def wrapped():
                return f(1, 2)
    """
    found = demands({"lib.py": "def f(x): pass\n", "test_it.py": source}).defects
    assert [one.use.span.line for one in found] == [12]


def test_a_lambda_that_is_to_fail_is_no_defect() -> None:
    """Whether `unittest` or `pytest` runs it."""
    source = """
        import pytest
        from lib import f

        def test_it(self):
            self.assertRaises(TypeError, lambda: f(1, 2))
            pytest.raises(TypeError, lambda: f(1, 2))
            sorted([1], key=lambda one: f(one, 2))
    """
    found = demands({"lib.py": "def f(x): pass\n", "test_it.py": source}).defects
    assert [one.use.span.line for one in found] == [8]


def test_the_first_unknown_keyword_is_named() -> None:
    """As it stands in the call."""
    files = {"lib.py": "def f(x): pass\n", "use.py": "from lib import f\nf(x=1, zeta=2, alpha=3)\n"}
    (found,) = demands(files).defects
    assert found.refusal
    assert found.refusal.error == "f() got an unexpected keyword argument 'zeta'"
