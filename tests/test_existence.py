"""What exists and what does not: held against CPython, and where nobody can tell."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrity.facts.symbols import Ref
from integrity.imports.things import FunctionOf, Missing, Thing
from tests.support.worlds import demands, told

NAMES = ("x", "y", "_z", "__all__", "a", "sub")
MODULES = ("p.a", "p.b", "p.sub.c", "p.sub", "p")  # each imports only from those before it
PATHS = ("p/a.py", "p/b.py", "p/sub/c.py", "p/sub/__init__.py", "p/__init__.py")
SCRIPT = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
found = {}
for name in sys.argv[2].split(","):
    try:
        module = importlib.import_module(name)
    except Exception:
        continue
    found[name] = module
asked = sys.argv[3].split(",")
print(json.dumps({name: [one for one in asked if hasattr(module, one)] for name, module in found.items()}))
"""

name = st.sampled_from(("x", "y", "_z"))
binding = st.one_of(
    name.map("{} = 1".format),
    name.map("def {}(): pass".format),
    name.map("class {}: pass".format),
    st.sampled_from(("x", "y")).map(lambda one: f"{one} = 1\ndel {one}"),
    name.map("(_ := [{} := 1])".format),
    name.map("import os as {}".format),
    st.just("def _bind():\n    global _z\n    _z = 1\n_bind()"),  # of another name: nobody tells when a function runs
    name.map(lambda one: f"if TYPE_CHECKING:\n    {one} = 1"),
    name.map(lambda one: f"if TYPE_CHECKING:\n    pass\nelse:\n    {one} = 1"),
    name.map(lambda one: f"for {one} in [1]:\n    pass"),
    name.map(lambda one: f"with open(__file__) as {one}:\n    pass"),
    name.map(lambda one: f"try:\n    {one} = 1\nfinally:\n    pass"),
    name.map(lambda one: f"{one}: int"),
    name.map(lambda one: f"{one}: int = 1"),
    name.map(lambda one: f"[{one}, *_] = [1]"),
    name.map(lambda one: f"match 1:\n    case {one}:\n        pass"),
    name.map(lambda one: f"def _f({one}):\n    {one} = 2"),
    name.map(lambda one: f"class _C:\n    {one} = 2"),
    name.map(lambda one: f"[{one} for {one} in [1]]"),
    st.lists(name, max_size=2).map(lambda names: f"__all__ = {names!r}"),
)


@st.composite
def packages(draw: st.DrawFn) -> dict[str, str]:
    """Modules of which each imports from earlier ones only, all by statements that leave no doubt."""
    files = {}
    for number, path in enumerate(PATHS):
        lines = ["from typing import TYPE_CHECKING"]
        for _ in range(draw(st.integers(0, 3))):
            lines.append(draw(binding))
            if number and draw(st.booleans()):
                lines.append(draw(importing(number)))
        files[path] = "\n".join(lines) + "\n"
    return files


@st.composite
def importing(draw: st.DrawFn, number: int) -> str:
    """An import from an earlier module, absolute or relative."""
    source = draw(st.sampled_from([one for one in MODULES[:number] if one != "p"]))
    relative = source.removeprefix("p")
    level = ".." if MODULES[number] == "p.sub.c" or MODULES[number] == "p.sub" else "."
    module = draw(st.sampled_from((source, level + relative.lstrip("."))))
    what = draw(st.sampled_from(("*", "x", "y", "_z", "x as y")))
    return draw(st.sampled_from((f"from {module} import {what}", f"import {source}", f"import {source} as x")))


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """The files on disk."""
    for path, source in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(source)
    return folder


def truth(folder: Path) -> dict[str, list[str]]:
    """The names that each module has once all are imported; those that cannot be imported are left out."""
    command = [sys.executable, "-I", "-c", SCRIPT, str(folder), ",".join(MODULES), ",".join(NAMES)]
    found: dict[str, list[str]] = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(packages())
def test_names_exist_exactly_where_they_do(tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]) -> None:
    """No name that a module has is missing, and none that it lacks is said to be there."""
    world = demands(files).world
    imported = truth(write(tmp_path_factory.mktemp("package"), files))
    asked = NAMES if len(imported) == len(MODULES) else NAMES[:4]  # what cannot be imported is no attribute either
    for module, names in imported.items():
        lacking = {one for one in asked if isinstance(world.find(Ref(module, one), "main.py"), Missing)}
        assert lacking == set(asked) - set(names), module


def find(files: dict[str, str], module: str, rest: str) -> Thing:
    """What a name leads to, asked from outside."""
    return demands(files).world.find(Ref(module, rest), "main.py")


DOUBTS = {
    "module __getattr__": "def __getattr__(name): return 1",
    "globals": "globals()['x'] = 1",
    "globals update": "globals().update(x=1)",
    "a helper gets globals": "install(globals())",
    "vars of the module": "vars()['x'] = 1",
    "replaces itself": "import sys\nsys.modules[__name__] = object()",
    "changes its class": "import sys\nsys.modules[__name__].__class__ = object",
    "exec": "exec('x = 1')",
    "star import from outside": "from numpy import *",
    "star import of a dynamic module": "from p.dynamic import *",
    "amended exports": "from p.amended import *",
    "conditional exports": "from p.conditional import *",
    "a condition": "if input():\n    x = 1",
    "an import error": "try:\n    import numpy as x\nexcept ImportError:\n    pass",
    "a cycle of re-exports": "from p.cycle import x",
    "a failed re-export": "from p.cycle import nothing as x",
}
OTHERS = {
    "p/__init__.py": "",
    "p/amended.py": "x = 1\n__all__ = []\n__all__.append('x')",
    "p/conditional.py": "x = 1\n__all__ = []\nif x:\n    __all__ += ['x']",
    "p/dynamic.py": "globals()['x'] = 1",
    "p/cycle.py": "from p.m import x",
}


@pytest.mark.parametrize("source", DOUBTS.values(), ids=DOUBTS.keys())
def test_nothing_dynamic_is_missing(source: str) -> None:
    """Nobody can tell."""
    assert isinstance(find({**OTHERS, "p/m.py": "y = 1"}, "p.m", "x"), Missing)
    assert not isinstance(find({**OTHERS, "p/m.py": source}, "p.m", "x"), Missing)


WRITING = (
    "from p import m\nm.x = 1",
    "import p.m as n\nn.x = 1",
    "import p.m\np.m.x = 1",
    "import p.m as n\nsetattr(n, 'x', 1)",
    "import p.m as n\nsetattr(n, name, 1)",
)


@pytest.mark.parametrize("source", WRITING)
def test_what_another_module_sets_is_not_missing(source: str) -> None:
    """Directly, or by name."""
    files = {**OTHERS, "p/m.py": "y = 1"}
    assert isinstance(find(files, "p.m", "x"), Missing)
    assert not isinstance(find({**files, "p/writer.py": source}, "p.m", "x"), Missing)


def test_an_import_says_why_it_fails() -> None:
    """Module, name, or only for type checkers; inside a function, and caught."""
    files = {
        "p/__init__.py": "from p.real import *\n",
        "p/real.py": """
            from typing import TYPE_CHECKING
            if TYPE_CHECKING:
                from p.types import Shape
            value = 1
            del value
            class Real: pass
            """,
        "p/types.py": "class Shape: pass\n",
        "p/user.py": """
            import p.nowhere
            from p.nothing.deep import x, y
            from p.real import Real, Reel, Shape, value
            from p import real, unreal
            def f():
                from .real import missing
                try:
                    from p.gone import x
                except ImportError:
                    x = None
                try:
                    from p.gone import x
                except Exception:
                    pass
                try:
                    from p.gone import x
                except ImportError:
                    raise RuntimeError
            """,
    }
    assert told(files) == [
        "p/user.py:2 import module p.nowhere",
        "p/user.py:3 import module p.nothing.deep",
        "p/user.py:4 import name p.real.Reel",
        "p/user.py:4 import typing p.real.Shape",
        "p/user.py:4 import deleted p.real.value",
        "p/user.py:5 import name p.unreal",
        "p/user.py:7 call name p.real.missing",
        "p/user.py:9 expected module p.gone",
        "p/user.py:13 caught module p.gone",
        "p/user.py:17 call module p.gone",
    ]


def test_modules_that_star_import_each_other_take_no_time() -> None:
    """Every path through them would be too many; the name behind the last is found, another is not."""
    names = [f"m{number}" for number in range(12)]
    stars = "".join(f"from p.{name} import *\n" for name in names)
    files = {f"p/{name}.py": stars for name in names} | {"p/__init__.py": "", "p/m11.py": f"{stars}def found(): pass\n"}
    world = demands(files).world
    assert isinstance(world.find(Ref("p.m0", "found"), "main.py"), FunctionOf)
    assert isinstance(world.find(Ref("p.m0", "lost"), "main.py"), Missing)


def test_diamonds_and_long_lines_of_classes_take_no_time() -> None:
    """Every path through them would be too many, too; a class too far from its root is unknown."""
    diamonds = "class A0:\n    pass\nclass B0:\n    pass\n" + "".join(
        f"class A{n}(A{n - 1}, B{n - 1}):\n    pass\nclass B{n}(A{n - 1}, B{n - 1}):\n    pass\n" for n in range(1, 40)
    )
    line = "class C0:\n    pass\n" + "".join(f"class C{n}(C{n - 1}):\n    pass\n" for n in range(1, 2000))
    tests = "class TestIt(A39):\n    def test_it(self):\n        self.x\n"
    found = demands({"m.py": diamonds + line, "test_m.py": f"from m import A39\n{tests}"})
    assert [one.name for one in found.unset] == ["x"]
    assert isinstance(found.world.find(Ref("m", "C9.x"), "main.py"), Missing)
    assert not isinstance(found.world.find(Ref("m", "C1999.x"), "main.py"), Missing)
