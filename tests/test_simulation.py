"""The simulation of imports against CPython: the same module ends the same way, error text included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count, product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from integrity.imports.entry import enter
from tests.support.cpython import CPython
from tests.support.packages import SWITCHES, packages
from tests.support.simulated import outcome, sources_of

_NUMBER = count()
ENVIRONMENTS = [
    {name: "1" for name, chosen in zip(SWITCHES, wanted, strict=True) if chosen}
    for wanted in product((False, True), repeat=len(SWITCHES))
]


@pytest.fixture(scope="module")
def cpython() -> Iterator[CPython]:
    """A server that imports for real."""
    with CPython() as server:
        yield server


def _names(files: Mapping[str, str]) -> list[str]:
    return [path.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for path in files]


def _write(root: Path, files: Mapping[str, str]) -> Path:
    place = root / str(next(_NUMBER))
    for path, text in files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text)
    return place


def _truth(cpython: CPython, root: Path, files: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    place = _write(root, files)
    answers = cpython.outcomes(place, _names(files))
    told = [(kind, text.replace(f"{place}/", "")) for kind, text in answers]
    return dict(zip(_names(files), told, strict=True))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(files=packages())
def test_every_module_of_every_package_ends_as_in_cpython(
    cpython: CPython, tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]
) -> None:
    """Each module imported first, all of them with one memory of what is the same in every order."""
    truth = _truth(cpython, tmp_path_factory.mktemp("packages"), files)
    sources = sources_of(files)
    for name, (kind, text) in truth.items():
        found = enter(sources, name, ("",))
        assert not found.unknown
        told = (found.failure.kind, found.failure.text) if found.failure else ("", "")
        assert told in ((kind, text), (kind, "")), name


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(files=packages(undecided=True))
def test_a_failure_in_doubt_is_one_in_every_world(
    cpython: CPython, tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]
) -> None:
    """Branches depend on the environment: what is said to fail does so whatever that holds."""
    place = _write(tmp_path_factory.mktemp("packages"), files)
    names = _names(files)
    worlds = [cpython.outcomes(place, names, environment) for environment in ENVIRONMENTS]
    sources = sources_of(files)
    for number, name in enumerate(names):
        failure = enter(sources, name, ("",)).failure
        if failure:
            assert all(world[number][0] for world in worlds), (name, failure)


OTHERWISE = {
    "both ways": "import os\nif os.environ.get('Q'):\n    import b\nelse:\n    import c\nx = y = 1\n",
    "in a function": "import os\ndef f():\n    if os.environ.get('Q'):\n        import b\n    else:\n        import c\n"
    "f()\nx = y = 1\n",
    "the rest of the module": "import os\nif os.environ.get('Q'):\n    import b\nimport c\nx = y = 1\n",
}


@pytest.mark.parametrize("start", OTHERWISE.values(), ids=OTHERWISE.keys())
def test_a_crash_either_way_is_one(cpython: CPython, tmp_path: Path, start: str) -> None:
    """Every way fails, each in its own words."""
    files = {"a.py": start, "b.py": "from a import x\n", "c.py": "from a import y\n"}
    place = _write(tmp_path, files)
    truth = [cpython.outcomes(place, ["a"], environment)[0] for environment in ({"Q": "1"}, {})]
    found = outcome(files, "a")
    told = {(one.kind, one.text) for one in (found.failure, *found.others) if one}
    assert told == {(kind, text.replace(f"{place}/", "")) for kind, text in truth}


CRASHES = {
    "a class body": {"a.py": "import b\nclass X: pass\n", "b.py": "import a\nclass Y(a.X): pass\n"},
    "a default": {"a.py": "import b\nx = 1\n", "b.py": "import a\ndef f(y=a.x): pass\n"},
    "a decorator": {"a.py": "import b\ndef deco(f): return f\n", "b.py": "from a import *\n@deco\ndef g(): pass\n"},
    "a call": {"a.py": "import b\nb.f()\nx = 1\n", "b.py": "def f():\n    from a import x\n"},
    "a call too early": {"a.py": "import b\nx = 1\ndef g(): return x\n", "b.py": "import a\na.g()\n"},
    "a method": {
        "a.py": "import b\nb.K().m()\n",
        "b.py": "class K:\n    def m(self):\n        import a\n        a.nope\n",
    },
    "a constructor": {
        "a.py": "import b\nb.K()\nz = 1\n",
        "b.py": "class K:\n    def __init__(self):\n        from a import z\n",
    },
    "a subclass hook": {
        "a.py": "import b\nclass C(b.B): pass\ny = 1\n",
        "b.py": "class B:\n    def __init_subclass__(cls):\n        from a import y\n",
    },
    "the package around it": {
        "p/__init__.py": "from p.m import x\n",
        "p/m.py": "from q import y\nx = 1\n",
        "p/n.py": "z = 1\n",
        "q.py": "from p.n import z\ny = 1\n",
    },
    "a literal import_module": {
        "a.py": "import importlib\nm = importlib.import_module('b')\nx = 1\n",
        "b.py": "from a import x\n",
    },
    "a literal import_module in a function": {
        "a.py": "import importlib\ndef f(): return importlib.import_module('b')\nimport c\nf()\nx = 1\n",
        "b.py": "from a import x\n",
        "c.py": "",
    },
    "suppressed": {
        "a.py": "import b\nx = 1\n",
        "b.py": "import contextlib\nwith contextlib.suppress(ImportError):\n    from a import x\n",
    },
    "raised again": {
        "a.py": "import b\nx = 1\n",
        "b.py": "try:\n    from a import x\nexcept ImportError:\n    raise\n",
    },
    "a closure": {
        "a.py": "import b\n",
        "b.py": "def f():\n    import a\n    def g(): return a.x\n    return g\nf()()\n",
    },
    "a global": {"a.py": "import b\nb.f()\nprint(b.x)\nb.y\n", "b.py": "def f():\n    global x\n    x = 1\n"},
    "a lambda": {"a.py": "import b\n(lambda: b.q)()\n", "b.py": "p = 1\n"},
    "a generator that nobody runs": {
        "a.py": "import b\nb.f()\n",
        "b.py": "def f():\n    import nowhere.x\n    yield 1\n",
    },
    "bound twice": {"p/__init__.py": "from .f import f\n", "p/f.py": "def f(): pass\n", "q.py": "import p.f\np.f()\n"},
    "a module hook": {
        "a.py": "def __getattr__(n):\n    from b import y\n    return y\n",
        "b.py": "from a import z\ny = 1\n",
    },
}


@pytest.mark.parametrize("files", CRASHES.values(), ids=CRASHES.keys())
def test_constructs_one_by_one(cpython: CPython, tmp_path: Path, files: dict[str, str]) -> None:
    """Each that the generator does not write, or rarely."""
    truth = _truth(cpython, tmp_path, files)
    found = {name: outcome(files, name) for name in truth}
    assert {name: one.failure.kind if one.failure else "" for name, one in found.items()} == {
        name: kind for name, (kind, _) in truth.items()
    }


UNDECIDED = {
    "a condition": "import os\nif os.environ.get('Q'):\n    import b\n",
    "an installed package": "try:\n    import not_installed_here\nexcept ImportError:\n    import b\n",
    "a loop": "import os\nfor _ in os.environ:\n    import b\n",
    "a call from outside": "import os\nimport b\nos.register(b)\n",
}


@pytest.mark.parametrize("start", UNDECIDED.values(), ids=UNDECIDED.keys())
def test_what_nobody_can_decide_is_no_crash(start: str) -> None:
    """Whether b is there already decides whether it crashes."""
    files = {"a.py": f"{start}import c\nx = 1\n", "b.py": "y = 1\nimport c\n", "c.py": "import b\nb.y\n"}
    assert outcome(files, "a").failure is None


CERTAIN = {
    "what may have been loaded needs what is not there yet": {
        "a.py": "import log\nfrom d import base\nclass A: pass\n",
        "log.py": "import os\ndef get():\n    if os.environ.get('Q'):\n        return\n    import conf\nget()\n",
        "conf.py": "try:\n    import d\nexcept ImportError:\n    pass\n",
        "d.py": "from m import *\nbase = 1\n",
        "m.py": "from a import A\n",
    },
    "the same end on both ways": {
        "a.py": "import os\nif os.environ.get('Q'):\n    import c\nimport b\nx = 1\n",
        "b.py": "import c\n",
        "c.py": "def f():\n    from a import x\nf()\n",
    },
}


@pytest.mark.parametrize("files", CERTAIN.values(), ids=CERTAIN.keys())
def test_a_crash_in_every_world_is_one(cpython: CPython, tmp_path: Path, files: dict[str, str]) -> None:
    """Whatever the environment holds, `a` cannot be imported first, with this text."""
    place = _write(tmp_path, files)
    truth = {cpython.outcomes(place, ["a"], environment)[0][1] for environment in ({}, {"Q": "1"})}
    failure = outcome(files, "a").failure
    assert failure
    assert truth == {failure.text.replace("(", f"({place}/").replace(f"({place}/most", "(most")}


HELD_BACK = {
    "only one arm fails": "import os\nif os.environ.get('Q'):\n    import c\nx = 1\n",
    "the name is there in the end": "import os\nx = 1\nif os.environ.get('Q'):\n    import c\ndel x\nimport c\nx = 2\n",
    "another end on each way": "import os\nif os.environ.get('Q'):\n    from c import y\nelse:\n    x = 1\nimport c\n",
}


@pytest.mark.parametrize("start", HELD_BACK.values(), ids=HELD_BACK.keys())
def test_a_crash_in_some_worlds_is_none(cpython: CPython, tmp_path: Path, start: str) -> None:
    """Where the environment can save the import, nothing is said."""
    files = {"a.py": start, "c.py": "from a import x\n"}
    place = _write(tmp_path, files)
    assert {cpython.outcomes(place, ["a"], environment)[0][0] for environment in ({}, {"Q": "1"})} == {
        "",
        "ImportError",
    }
    assert outcome(files, "a").failure is None
