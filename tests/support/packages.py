"""Hypothesis strategies for packages full of import cycles, whose every construct has a known meaning."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import strategies as st

MODULES = ("pk", "pk.a", "pk.b", "pk.c", "pk.su", "pk.su.d", "pk.su.e", "to")
SWITCHES = ("Q0", "Q1")
_PACKAGES = ("pk", "pk.su")
NAMES = ("x", "y", "z", "f", "g", "K")

CALLS = ("h()", "h(len)", "h(q=len)", "h(None, len)", "h(p=None, s=len)", "h(h, h, h)")
TESTS = ("p is None", "p is not None", "q is None", "s is None", "p", "not q", "p is None and q")

_BINDING = re.compile(r"^(?:([xyzfgK])(?::.*)? = |def ([xyzfgK])|class ([xyzfgK])|.*import .*\b([xyzfgK])$)")


def path_of(module: str) -> str:
    """The file of a module."""
    return module.replace(".", "/") + ("/__init__.py" if module in _PACKAGES else ".py")


@st.composite
def packages(draw: st.DrawFn, undecided: bool = False) -> dict[str, str]:
    """Path to source of every module of a small repository.

    Args:
        draw: given by Hypothesis.
        undecided: whether branches may depend on the environment, by the variables `SWITCHES`.
    """
    present = draw(st.lists(st.sampled_from(MODULES[1:]), min_size=2, max_size=7, unique=True))
    modules = sorted({*present, *(_parents(present))})
    return {path_of(module): draw(sources(module, modules, undecided)) for module in modules}


def _parents(modules: Sequence[str]) -> list[str]:
    return [module.rpartition(".")[0] for module in modules if "." in module] + [
        "pk" for module in modules if module.startswith("pk.su")
    ]


@st.composite
def sources(draw: st.DrawFn, module: str, modules: Sequence[str], undecided: bool = False) -> str:
    """The source of one module."""
    lines: list[str] = []
    if draw(st.integers(0, 9)) == 0:
        lines.append("from __future__ import annotations")
    for _ in range(draw(st.integers(0, 7))):
        if undecided and draw(st.integers(0, 3)) == 0:
            lines += draw(_undecided(module, modules, _pool(lines)))
        lines += draw(_statement(module, modules, 2, _pool(lines)))
    return "\n".join(lines) + "\n"


def _pool(lines: Sequence[str]) -> tuple[str, ...]:
    """Names to use: mostly such as the lines so far have bound, so that few modules fail by themselves."""
    bound = [match[match.lastindex or 0] for line in lines for match in _BINDING.finditer(line)]
    return (*(bound or ["len"]) * 12, *NAMES)


@st.composite
def _statement(draw: st.DrawFn, module: str, modules: Sequence[str], depth: int, pool: Sequence[str]) -> list[str]:
    kinds = [_import, _import, _import, _import, _definition, _definition, _use, _use, _name_work]
    if depth:
        kinds += [_guarded, _branch, _function]
    lines: list[str] = draw(draw(st.sampled_from(kinds))(module, modules, depth, pool))
    return lines


@st.composite
def _import(draw: st.DrawFn, module: str, modules: Sequence[str], depth: int, pool: Sequence[str]) -> list[str]:
    _ = pool
    target = draw(st.sampled_from(modules))
    name = draw(st.sampled_from(NAMES))
    several = ", ".join(draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True)))
    last = target.rpartition(".")[2]
    parent = target.rpartition(".")[0]
    forms = [
        f"import {target}",
        f"import {target} as {name}",
        f"from {target} import {name}",
        f"from {target} import {name}",
        f"from {target} import {name} as {draw(st.sampled_from(NAMES))}",
        f"from {target} import {several}",
        f'import importlib; {name} = importlib.import_module("{target}")',
        f"import {target}.{draw(st.sampled_from(('nowhere', 'a', 'd')))}",
    ]
    if depth == 2:  # only a module may do this
        forms += [f"from {target} import *"] * 2
    if parent:
        forms += [f"from {parent} import {last}", f"from {parent} import {last} as {name}"]
    forms += _relative(module, target, name)
    return [draw(st.sampled_from(forms))]


def _relative(module: str, target: str, name: str) -> list[str]:
    """Relative forms of an import."""
    package = module if module in _PACKAGES else module.rpartition(".")[0]
    forms = [f"from . import {name}", f"from ... import {name}"]
    if package and target.startswith(f"{package}."):
        below = target[len(package) + 1 :]
        forms += [f"from .{below} import {name}"] * 2
        if "." not in below:
            forms += [f"from . import {below}"] * 2
    if package == "pk.su" and target in ("pk.a", "pk.b"):
        forms += [f"from ..{target[3:]} import {name}", f"from .. import {target[3:]}"]
    return forms


@st.composite
def _definition(draw: st.DrawFn, module: str, modules: Sequence[str], depth: int, pool: Sequence[str]) -> list[str]:
    name = draw(st.sampled_from(NAMES))
    other = draw(st.sampled_from(pool))
    kind = draw(st.integers(0, 9))
    _ = module, modules
    options = [
        [f"{name} = 1"],
        [f"{name} = {draw(st.sampled_from(('True', 'False', 'None')))}"],
        [f"{name} = {other}"],
        [f"class {name}:", f"    {other} = {draw(st.sampled_from(('1', *pool)))}"],
        [f"def {name}(*args):", f"    return {draw(st.sampled_from(('None', *pool)))}"],
        [f"def {name}(p={draw(st.sampled_from(('1', *pool)))}): pass"],
        [f"def {name}(p: {other}): pass"],
        [f"{name}: {other} = 1"],
        [f"__all__ = [{other!r}]"] if depth == 2 else [f"{name} = 2"],
        [f"{name}: {other}"],
    ]
    return options[kind]


@st.composite
def _use(draw: st.DrawFn, module: str, modules: Sequence[str], depth: int, pool: Sequence[str]) -> list[str]:
    _ = module, depth
    target = draw(st.sampled_from(modules))
    name = draw(st.sampled_from(pool))
    wanted = draw(st.sampled_from(NAMES))
    forms = [
        name,
        f"import {target}; {target}.{wanted}",
        f"import {target}; {target}.{wanted}",
        f"hasattr({name}, {draw(st.sampled_from(NAMES))!r})",
        f"[{name} for q in (1, 2)]",
        f"(lambda: {name})",
        f"{name} and {draw(st.sampled_from(pool))}",
        f"{draw(st.sampled_from(NAMES))} = ({name}, 1)",
        f"import {target}; {wanted} = getattr({target}, {draw(st.sampled_from(NAMES))!r}, None)",
        f"import {target}; {target}.{wanted} = 3",
    ]
    return [draw(st.sampled_from(forms))]


@st.composite
def _name_work(draw: st.DrawFn, module: str, modules: Sequence[str], depth: int, pool: Sequence[str]) -> list[str]:
    """Names deleted and bound again, and functions called."""
    _ = module, depth, pool
    name = draw(st.sampled_from(NAMES))
    target = draw(st.sampled_from(modules))
    options = [
        [f"{name} = 1", f"del {name}"],
        [
            f"def {name}(*args):",
            f"    import {target}",
            f"    return {target}.{draw(st.sampled_from(NAMES))}",
            f"{name}()",
        ],
        [f"def {name}(*args):", f"    from {target} import {draw(st.sampled_from(NAMES))}", f"{name}()"],
        [f"import {target}", f"if hasattr({target}, {name!r}):", f"    {target}.{name}"],
        [f"def {name}(value): return value", f"@{name}", f"class {draw(st.sampled_from(NAMES))}: pass"],
        _called_with(name, target, draw(st.sampled_from(CALLS)), draw(st.sampled_from(TESTS))),
        [f"{name} = None", "def h():", f"    global {name}", f"    if {name} is None:",
         f"        from {target} import {draw(st.sampled_from(NAMES))} as {name}", "h()", "h()"],
        ["from dataclasses import dataclass", "@dataclass", f"class {name}:", "    q: int = 1",
         "    def __post_init__(self):", f"        from {target} import {draw(st.sampled_from(NAMES))}",
         draw(st.sampled_from((f"{name}()", f"{name}(q=2)", f"{name} = {name}()")))],
    ]  # fmt: skip
    return draw(st.sampled_from(options))


def _called_with(name: str, target: str, call: str, test: str) -> list[str]:
    """A function whose arguments decide whether it imports."""
    return [
        "def h(p=None, q=None, *r, s=None):",
        f"    if {test}:",
        f"        from {target} import {name}",
        call,
    ]


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"    {line}" for line in lines]


@st.composite
def _guarded(draw: st.DrawFn, module: str, modules: Sequence[str], depth: int, pool: Sequence[str]) -> list[str]:
    body = draw(_statement(module, modules, depth - 1, pool))
    body += draw(st.sampled_from([[], ["y = 7"]]))
    handler = draw(_statement(module, modules, depth - 1, pool))
    caught = draw(
        st.sampled_from(
            (
                *("except ImportError:", "except ImportError as error:", "except ModuleNotFoundError:"),
                *("except AttributeError:", "except (ImportError, AttributeError):", "except Exception:"),
                *("except NameError:", "except:"),
            )
        )
    )
    lines = ["try:", *_indented(body), caught, *_indented(handler)]
    if draw(st.integers(0, 4)) == 0:
        lines += ["else:", *_indented(draw(_statement(module, modules, depth - 1, pool)))]
    if draw(st.integers(0, 4)) == 0:
        lines += ["finally:", *_indented(draw(_statement(module, modules, depth - 1, pool)))]
    return lines


@st.composite
def _branch(draw: st.DrawFn, module: str, modules: Sequence[str], depth: int, pool: Sequence[str]) -> list[str]:
    test = draw(st.sampled_from(["True", "False", "not True", "__name__ == '__main__'", "TYPE_CHECKING", "None"]))
    first = ["from typing import TYPE_CHECKING"] if test == "TYPE_CHECKING" else []
    body = draw(_statement(module, modules, depth - 1, pool))
    lines = [*first, f"if {test}:", *_indented(body)]
    if draw(st.booleans()):
        lines += ["else:", *_indented(draw(_statement(module, modules, depth - 1, pool)))]
    return lines


@st.composite
def _undecided(draw: st.DrawFn, module: str, modules: Sequence[str], pool: Sequence[str]) -> list[str]:
    """A branch that depends on the environment: at the level of the module, or in a function that is called."""
    test = draw(st.sampled_from([f"os.environ.get({name!r})" for name in SWITCHES]))
    body = (
        draw(_import(module, modules, 1, pool)) if draw(st.booleans()) else draw(_statement(module, modules, 1, pool))
    )
    lines = [f"if {draw(st.sampled_from(('', 'not ')))}{test}:", *_indented(body)]
    kind = draw(st.integers(0, 9))
    if kind > 6:  # either way leads somewhere, and both ways may crash
        ways = [draw(_import(module, modules, 1, pool)) for _ in range(2)]
        lines = [lines[0], *_indented(ways[0]), "else:", *_indented(ways[1])]
    if kind == 0:
        lines += ["else:", *_indented(draw(_statement(module, modules, 1, pool)))]
    if kind == 1:
        lines = ["try:", *_indented(lines), "except ImportError:", "    pass"]
    if kind == 2:
        lines = ["def f(*args):", f"    if {test}:", "        return", *_indented(body), "f()", "f()"]
    if kind == 3:
        lines = [f"{draw(st.sampled_from(NAMES))} = {test} {draw(st.sampled_from(('and', 'or')))} {pool[0]}"]
    if kind == 4:
        lines = [f"x = {pool[0]} if {test} else {pool[-1]}"]
    return ["import os", *lines]


@st.composite
def _function(draw: st.DrawFn, module: str, modules: Sequence[str], depth: int, pool: Sequence[str]) -> list[str]:
    """A function with a body, perhaps called here; or a class body; or the hook for missing attributes."""
    body = draw(_statement(module, modules, depth - 2 if depth > 1 else 0, pool))
    name = draw(st.sampled_from(("f", "g")))
    kind = draw(st.integers(0, 5))
    if kind == 0:
        return [f"class {name}:", *_indented(body)]
    if kind == 1 and depth == 2:
        return ["def __getattr__(name):", f"    if name == {draw(st.sampled_from(NAMES))!r}:", "        return 1",
                "    raise AttributeError(name)"]  # fmt: skip
    lines = [f"def {name}(*args):", *_indented(body)]
    return [*lines, f"{name}()"] if kind > 2 else lines
