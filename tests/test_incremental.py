"""What earlier scans have put in store changes no finding, whatever was edited in between."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.packages import MODULES, packages, sources
from tests.support.remembered import Remembered, findings

_ODD = (
    "import sys\nsys.modules['pk.gone'] = None\n",
    "import sys\nsys.modules[__name__ + 'x'] = None\n",
    "from pk.a import x\n\nclass K(x):\n    z = 1\n\nK(1, y=2)\nx.z\n",
    "def x(a): pass\nclass y:\n    def __init__(self, b): pass\n",
    "class z(y):\n    pass\n",
    "def broken(:\n",
    "import pk.a\npk.a.x = 1\n",
    "def __getattr__(name): return 1\n",
    "from unittest.mock import patch\nfrom pk import y\n\n@patch('pk.a.x')\ndef test(m):\n    y(1)\n    y(b=1)\n",
)
_NEW = (
    *("pk/new.py", "pk/x.py", "pk/gone.py", "pk/sub/__init__.py", "pk/sub/x.py", "x.py", "x/y.py", "gone.py"),
    *("test_new.py", "pk/test_new.py", "sub/test_it.py", "sub/conftest.py", "pk/a/x.py", "pk.py", "src/pk/new.py"),
    *("x.pyx", "setup.py", "pk/gone_pb2.py", "new/x.proto", "x.zip", "x/y.zip", "pk/gone.pyx", "sub/__init__.pyx"),
)
_LINES = (
    "x = 1",
    "y = 2",
    "def f(): pass",
    "class K: pass",
    "import pk.a",
    "from pk import x",
    "import pk.new",
    "from pk.sub import x",
    "import x.y",
)


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, str]]:
    """The states of a small repository, one after another."""
    files = draw(packages())
    files["test_it.py"] = draw(st.sampled_from(_ODD))
    states = [files]
    for _ in range(draw(st.integers(1, 5))):
        files = dict(files)
        path = draw(st.sampled_from(sorted(files)))
        files[path] = draw(_edited(files[path]))
        if draw(st.integers(0, 2)) == 0:
            files[draw(st.sampled_from(_NEW))] = draw(st.sampled_from((*_ODD, *_LINES, "")))
        if draw(st.integers(0, 5)) == 0:
            files.pop(draw(st.sampled_from(sorted(files))))
        states.append(files or states[-1])
    return states


@st.composite
def _edited(draw: st.DrawFn, text: str) -> str:
    fresh = draw(sources("pk.a", MODULES))
    line = draw(st.sampled_from(_LINES))
    forms = [
        fresh,
        text.replace("pk.a", "pk.b"),
        f"\n{text}",
        f"{text}{line}\n",
        f"{line}\n{text}",
        text + fresh,
        draw(st.sampled_from(_ODD)),
        "",
    ]
    return draw(st.sampled_from([*forms, "\n".join(text.split("\n")[1:])]))


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(states=histories())
def test_a_memory_of_earlier_states_changes_nothing(states: list[dict[str, str]]) -> None:
    """Each state, scanned with what was concluded from all before it, and as if there had been none."""
    store = Remembered()
    for files in states:
        assert findings(files, store) == findings(files, None)


def test_a_file_is_held_against_what_others_offer_now() -> None:
    """A name that another module loses, through a third one, or a name that it gets."""
    store = Remembered()
    base = {"app/__init__.py": "", "app/core.py": "def run(): pass\n", "app/api.py": "from app.core import *\n"}
    user = {"app/user.py": "from app.api import run\n"}
    assert findings({**base, **user}, store) == {}
    lost = findings({**base, **user, "app/core.py": "def go(): pass\n"}, store)
    assert [hit.code for hit in lost["app/user.py"]] == ["IMP002"]
    assert findings({**base, **user}, store) == {}
