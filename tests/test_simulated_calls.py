"""Arguments, defaults and tests for None decide what a called function imports; held against CPython."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrity.imports.entry import enter
from tests.support.cpython import CPython
from tests.support.simulated import sources_of

_LAZY = "def f(x=None, y=None):\n    if x is None:\n        from a import later\n"
_DATA = "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass C:\n    n: int = 1\n"
_CACHED = "_one = None\ndef get():\n    global _one\n    if _one is None:\n        _one = K()\n    return _one\n"

CASES = {
    "a default of None": {"a.py": "import b\nb.f()\nlater = 1\n", "b.py": _LAZY},
    "an argument instead of the default": {"a.py": "import b\nb.f(len)\nlater = 1\n", "b.py": _LAZY},
    "a keyword": {"a.py": "import b\nb.f(x=len)\nlater = 1\n", "b.py": _LAZY},
    "a keyword for another parameter": {"a.py": "import b\nb.f(y=len)\nlater = 1\n", "b.py": _LAZY},
    "a number": {"a.py": "import b\nb.f(y=b)\nb.f(x=b, y=b)\nlater = 1\n", "b.py": _LAZY.replace("is", "is not")},
    "a module for the wrong parameter": {
        "a.py": "import b\nb.f(y=b)\n",
        "b.py": "def f(x=None, y=None):\n    if x: x.nothing\n    y.f\n",
    },
    "a variable parameter": {
        "a.py": "import b\nb.f(b)\n",
        "b.py": "def f(*x):\n    if x is not None: x[0].f\n    x.nothing if x is None else 1\n",
    },
    "only by keyword": {
        "a.py": "import b\nb.f(1, x=b)\nlater = 1\n",
        "b.py": "def f(*p, x=None):\n    if x is None:\n        from a import later\n    from a import later\n",
    },
    "spread arguments": {"a.py": "import b\nb.f(*[len])\nlater = 1\n", "b.py": _LAZY},
    "an instance is not None": {
        "a.py": "import b\nb.f(b.K())\nlater = 1\n",
        "b.py": "class K: pass\n" + _LAZY,
    },
    "an instance of a dataclass": {"a.py": f"{_DATA}import b\nb.f(y=1, x=C())\nlater = 1\n", "b.py": _LAZY},
    "a dataclass by its module": {
        "a.py": "import b, dataclasses\n@dataclasses.dataclass\nclass C: pass\nb.f(C())\nlater = 1\n",
        "b.py": _LAZY,
    },
    "after the constructor of a dataclass": {
        "a.py": f"import b\n{_DATA}    def __post_init__(self):\n        b.f()\nC()\nlater = 1\n",
        "b.py": _LAZY,
    },
    "a global below a local of that name": {
        "a.py": "import b\nx = None\n",
        "b.py": "def f():\n    x = None\n    def h():\n        global x\n        x\n    h()\nf()\n",
    },
    "a number that is true": {"a.py": "from b import n\nn and nothing\n", "b.py": "n = 1\n"},
    "a number that is false": {"a.py": "from b import n\nn and nothing\nn or b\n", "b.py": "n = 0.0\n"},
    "a singleton made at import": {
        "a.py": "import b\nb.get()\nlater = 1\n",
        "b.py": f"class K:\n    def __init__(self):\n        from a import later\n{_CACHED}",
    },
    "a singleton made once": {
        "a.py": "import b\nb.get()\nlater = 1\nb.get()\n",
        "b.py": f"class K: pass\n{_CACHED}get()\ndef K():\n    from a import later\n",
    },
}


@pytest.mark.parametrize("files", CASES.values(), ids=CASES.keys())
def test_a_call_imports_what_it_imports_in_cpython(tmp_path: Path, files: dict[str, str]) -> None:
    """Each module imported first ends as it ends in CPython."""
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    names = [name.removesuffix(".py") for name in files]
    with CPython() as cpython:
        truth = dict(zip(names, cpython.outcomes(tmp_path, names), strict=True))
    sources = sources_of(files)
    for name, (kind, _) in truth.items():
        found = enter(sources, name, ("",))
        assert not found.unknown
        assert (found.failure.kind if found.failure else "") == kind, name
