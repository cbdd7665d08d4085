"""The tests of a whole project, against `pytest --collect-only`."""

from __future__ import annotations

import ast
import re
import time
from pathlib import Path

import pytest

from integrity.collection.collect import collect
from integrity.collection.expressions import ExpressionError, holds
from integrity.collection.options import options
from integrity.facts.binding import namespace
from integrity.facts.lexical import Lexed
from integrity.imports.resolver import Resolver
from tests.support.collecting import Tree, disagreements, predicted, shown, write
from tests.support.projects import project

TEST = "def test_a(): pass\n"
CASE = "import unittest\n"
PACKAGES: dict[str, Tree] = {
    "functions": {"test_m.py": f"{TEST}def helper(): pass\nasync def test_b(): pass\ntest_c = lambda: None\n"},
    "no functions": {"test_m.py": "test_a = [1]\ntest_b = 'x'\nTestC = None\ntest_d = not 1\n"},
    "last binding": {"test_m.py": f"{TEST}test_a = 1\ndef test_b(): pass\ndel test_b\n{TEST.replace('_a', '_c')}"},
    "branches": {
        "test_m.py": "import sys\nif sys.argv:\n    def test_a(): pass\nelse:\n    def test_a(x): pass\n"
        "try:\n    import nothing_at_all\nexcept ImportError:\n    def test_b(): pass\nelse:\n"
        "    def test_b(): pass\n"
        "if __name__ == '__main__':\n    def test_c(): pass\nif False:\n    def test_d(): pass\n"
        "with open(__file__):\n    def test_e(): pass\n"
    },
    "conditions": {
        "test_m.py": f"import sys\nif sys.byteorder == 'big':\n    {TEST}if sys.argv:\n    def test_b(): pass\n"
    },
    "imported": {
        "base.py": f"{TEST}class TestB:\n    def test_b(self): pass\n",
        "test_m.py": "from .base import test_a, TestB as TestC, TestB\n",
    },
    "starred": {
        "base.py": f"__all__ = ['test_a']\n{TEST}def test_b(): pass\n",
        "more.py": "def test_c(): pass\ndef _test_d(): pass\n",
        "test_m.py": "from .base import *\nfrom .more import *\n",
    },
    "starred until bound": {
        "base.py": "class Base:\n    def test_base(self): pass\nclass Other:\n    def test_other(self): pass\n",
        "more.py": "class Other:\n    def test_more(self): pass\n",
        "test_m.py": "from .base import *\nfrom os.path import *\nclass TestA(Base): pass\nclass TestB(Other): pass\n"
        "class Base:\n    def test_late(self): pass\nclass TestC(Base): pass\n"
        "from .more import *\nclass TestD(Other): pass\n",
        "test_n.py": "from .base import *\nclass TestA(Base): pass\nfrom .more import *\nclass TestB(Other): pass\n"
        "class Other: pass\n",
    },
    "module": {"base.py": TEST, "test_m.py": "from . import base as test_base\nimport os.path as test_path\n"},
    "inherited": {
        "base.py": "class Base:\n    def test_a(self): pass\n    class TestIn:\n        def test_in(self): pass\n",
        "test_m.py": "from . import base\nfrom .base import Base\nclass TestA(base.Base): pass\n"
        "class TestB(Base):\n    test_a = None\n    def test_b(self): pass\n",
    },
    "inherited constructor": {
        "base.py": "class Base:\n    def __init__(self): pass\nclass Error(Exception): pass\n",
        "test_m.py": "from .base import Base, Error\nclass TestA(Base):\n    def test_a(self): pass\n"
        "class TestError(Error):\n    def test_a(self): pass\nclass TestName(str):\n    def test_b(self): pass\n"
        "import dataclasses\n@dataclasses.dataclass\nclass TestData:\n    x: int = 1\n    def test_a(self): pass\n"
        "import enum, typing\nclass TestEnum(enum.Enum):\n    test_x = 1\n"
        "T = typing.TypeVar('T')\nclass TestGeneric(typing.Generic[T]):\n    def test_a(self): pass\n",
    },
    "mixin deleted": {
        "test_m.py": "class TestBase:\n    def test_a(self): pass\nclass TestB(TestBase): pass\ndel TestBase\n"
    },
    "unittest elsewhere": {
        "base.py": f"{CASE}class Base(unittest.TestCase):\n    def test_base(self): pass\nclass Mixin:\n"
        f"    def test_mix(self): pass\n",
        "test_m.py": "from .base import Base, Mixin\nclass A(Mixin, Base):\n    def testB(self): pass\n    x = 1\n"
        "    test_c = 3\n    class TestInner:\n        def test_x(self): pass\n",
    },
    "of unittest alone": {
        "test_m.py": f"{CASE}import pytest\nclass A(unittest.TestCase):\n    @pytest.mark.parametrize('x', [1, 2])\n"
        "    def test_a(self, x): pass\n    @pytest.fixture\n    def test_b(self): pass\n"
    },
    "chosen elsewhere": {
        "base.py": "def plain(): pass\nclass Plain:\n    __test__ = False\n    class Nested:\n"
        "        def test_a(self): pass\nclass Test(Plain): pass\n",
        "test_m.py": "from .base import plain, Plain, Test\nplain.__test__ = True\nPlain.__test__ = True\n",
    },
    "run test": {
        "test_n.py": f"{CASE}class C(unittest.TestCase):\n    test_x = 1\n    def runTest(self): pass\n",
        "test_m.py": f"{CASE}class A(unittest.TestCase):\n    def check(self): pass\n"
        "class B(unittest.TestCase):\n    def runTest(self): pass\n",
    },
    "fixtures": {
        "tools.py": "import pytest\nmade = pytest.fixture\n@pytest.fixture(name='x')\ndef test_fixture(): pass\n",
        "test_m.py": "from pytest import fixture as fix, fixture\nfrom .tools import test_fixture\n@fix\n"
        "def test_a(): pass\n"
        "@fixture()\ndef test_b(): pass\ndef test_c(): pass\n",
    },
    "decorated": {
        "test_m.py": "import functools, unittest, pytest\nfrom unittest import mock\nslow = pytest.mark.slow\n"
        "def keep(f):\n    @functools.wraps(f)\n    def g(): pass\n    return g\n"
        "@keep\ndef test_a(): pass\n@slow\ndef test_b(): pass\n@mock.patch('os.sep')\ndef test_c(sep): pass\n"
        "@unittest.skip('x')\ndef test_d(): pass\nclass TestE:\n    @property\n    def test_e(self): pass\n"
        "    @staticmethod\n    def test_f(): pass\n    @classmethod\n    def test_g(cls): pass\n"
        "@pytest.mark.parametrize('x', [1, 2])\ndef test_h(x): pass\ndef plain(): pass\n"
        "test_i = pytest.mark.slow(plain)\ntest_j = pytest.mark.skipif(True, reason='x')\n"
    },
    "switched off": {
        "test_m.py": "class TestA:\n    __test__ = False\n    def test_a(self): pass\nclass TestB(TestA):\n"
        "    __test__ = True\n"
        "class TestC(TestA): pass\nclass Other:\n    __test__ = True\n    def test_o(self): pass\n"
        f"{TEST}test_a.__test__ = False\nclass TestD:\n    def test_d(self): pass\nTestD.__test__ = False\n",
        "test_n.py": f"__test__ = False\n{TEST}",
        "test_o.py": "class Any:\n    __test__ = 'yes'\n    def test_a(self): pass\nclass TestB:\n    __test__ = 1\n"
        "    def test_b(self): pass\ndef plain(): pass\nplain.__test__ = True\ndef other(): pass\nother.__test__ = 1\n",
    },
    "changed later": {
        "test_m.py": "class TestA:\n    def test_a(self): pass\n    def test_b(self): pass\ndef f(self): pass\n"
        "TestA.test_c = f\ndel TestA.test_b\n"
    },
    "abstract": {
        "test_m.py": "import abc\nclass TestA(abc.ABC):\n    @abc.abstractmethod\n    def make(self): pass\n"
        "    def test_a(self): pass\nclass TestB(TestA):\n    def make(self): pass\n"
        "class Plain:\n    @abc.abstractmethod\n    def test_d(self): pass\nclass TestD(abc.ABC, Plain): pass\n"
        "class TestC(metaclass=abc.ABCMeta):\n    @abc.abstractmethod\n    def test_c(self): pass\n"
    },
    "skipped module": {
        "test_m.py": f"import pytest\n{TEST}pytest.skip('no', allow_module_level=True)\n",
        "test_n.py": f"import pytest\nnumpy = pytest.importorskip('no_such_module')\n{TEST}",
    },
    "skipped package": {
        "pkg/__init__.py": "import pytest\npytest.importorskip('no_such_module')\n",
        "pkg/sub/__init__.py": "",
        "pkg/sub/test_m.py": TEST,
        "test_n.py": f"from .pkg import sub\n{TEST}",
        "test_o.py": TEST,
    },
    "dynamic": {
        "test_m.py": "for n in range(2):\n    globals()[f'test_{n}'] = lambda: None\n",
        "test_p.py": "import sys\nsetattr(sys.modules[__name__], 'test_a', lambda: None)\n",
        "test_n.py": "class TestA: pass\nsetattr(TestA, 'test_a', lambda self: None)\n",
        "test_o.py": "from collections import namedtuple\nTestA = namedtuple('TestA', 'x')\n"
        "import functools\ntest_b = functools.partial(print)\nTestC = type('TestC', (), {'test_c': print})\n",
    },
    "re-exported": {
        "pkg/__init__.py": "from .inner import Base\n",
        "pkg/inner.py": "class Base:\n    def test_a(self): pass\n",
        "test_m.py": "from .pkg import Base\nfrom . import pkg\nclass TestA(Base): pass\n"
        "class TestB(pkg.inner.Base): pass\n",
    },
    "circle": {
        "test_m.py": "from . import test_n\nclass TestA:\n    def test_a(self): pass\n",
        "test_n.py": "from . import test_m\nclass TestB:\n    def test_b(self): pass\n",
    },
    "parameters": {
        "test_m.py": "import pytest\nboth = pytest.mark.parametrize\nVALUES = [1, 2, 3]\n"
        "@pytest.mark.parametrize('x', [1, 2])\n@pytest.mark.parametrize('y, z', [(1, 2), (3, 4), (5, 6)])\n"
        "def test_a(x, y, z, tmp_path, w=1): pass\n@both('x', VALUES)\ndef test_b(x): pass\n"
        "@both(('x', 'y'), ([1, 2], [3, 4]))\ndef test_c(x, *, y): pass\n@both('x', [])\ndef test_d(x): pass\n"
        "@pytest.mark.parametrize('x', [1, 2])\nclass TestE:\n    def test_e(self, x): pass\n"
        "class TestF:\n    @both('x', [*VALUES, 4])\n    def test_f(self, x): pass\n"
        "    @both('x', [1, 2])\n    @staticmethod\n    def test_g(x): pass\n    @both('x', [1, 2])\n"
        "    def test_h(self, x): pass\n@pytest.fixture(params=[1, 2])\ndef two(): pass\ndef test_i(two): pass\n",
        "test_o.py": "import pytest\n@pytest.fixture(params=[1, 2])\ndef two(): pass\n"
        "@pytest.mark.usefixtures('two')\ndef test_a(): pass\nclass TestB:\n    @pytest.fixture(autouse=True)\n"
        "    def some(self, two): pass\n    def test_b(self): pass\ndef test_c(): pass\n",
        "test_p.py": "import pytest\n@pytest.fixture(params=[1, 2], autouse=True)\ndef two(): pass\n"
        "def test_a(): pass\n",
        "test_n.py": "def pytest_generate_tests(metafunc): metafunc.parametrize('x', [1, 2])\ndef test_a(x): pass\n",
    },
    "metaclass": {
        "test_m.py": "class Meta(type):\n    def __new__(cls, name, bases, names):\n"
        "        return super().__new__(cls, name, bases, names | {'test_x': lambda self: None})\n"
        "class TestA(metaclass=Meta):\n    def test_a(self): pass\n"
    },
}

A = {"test_a.py": TEST, "sub/test_b.py": TEST, "sub/deep/c_test.py": TEST, "check_d.py": f"{TEST}def check_x(): pass\n"}
MARKED = (
    "import pytest\npytestmark = [pytest.mark.unit]\n@pytest.mark.slow\ndef test_slow(): pass\n"
    "def test_fast(): pass\n"
    "@pytest.mark.slow\nclass TestAll:\n    def test_one(self): pass\n    @pytest.mark.net(1)\n"
    "    def test_two(self): pass\n"
)
CONFIGURED: dict[str, Tree] = {
    "nothing": A,
    "testpaths": A | {"pytest.ini": "[pytest]\ntestpaths = sub\n"},
    "globbed testpaths": A | {"pytest.ini": "[pytest]\ntestpaths = s*/d*\n"},
    "missing testpaths": A | {"pytest.ini": "[pytest]\ntestpaths = gone\n"},
    "a file": A | {"pytest.ini": "[pytest]\ntestpaths = check_d.py sub\n"},
    "patterns": A
    | {"tox.ini": "[pytest]\npython_files = check_*.py\npython_functions = check *_a\n"},
    "python_classes": {"setup.cfg": "[tool:pytest]\npython_classes = *Suite\n",
                       "test_a.py": "class TestA:\n    def test_a(self): pass\nclass MySuite:\n"
                           "    def test_b(self): pass\n"},
    "norecursedirs": A | {"pyproject.toml": "[tool.pytest.ini_options]\nnorecursedirs = ['deep']\n"},
    "default norecursedirs": {"build/test_a.py": TEST, "x.egg/test_b.py": TEST, ".h/test_c.py": TEST, "test_d.py": ""},
    "precedence": A | {"pytest.ini": "[pytest]\ntestpaths = sub\n", "tox.ini": "[pytest]\ntestpaths = gone\n"},
    "ignore": A | {"pytest.ini": "[pytest]\naddopts = --ignore=sub/deep --ignore test_a.py -v\n"},
    "ignore-glob": A | {"pytest.ini": "[pytest]\naddopts = --ignore-glob='*/c_*'\n"},
    "paths in addopts": A | {"pytest.ini": "[pytest]\naddopts = -q sub/deep\ntestpaths = sub\n"},
    "override": A | {"pytest.ini": "[pytest]\naddopts = -o python_files=check_*.py\n"},
    "deselect": {"test_m.py": MARKED, "pytest.ini": "[pytest]\naddopts = --deselect test_m.py::TestAll::test_one\n"},
    "marks": {"test_m.py": MARKED, "pytest.ini": "[pytest]\naddopts = -m 'unit and not slow'\n"},
    "other marks": {"test_m.py": MARKED, "pytest.ini": "[pytest]\naddopts = -m 'net or not (slow)'\n"},
    "keywords": {"test_m.py": MARKED, "pytest.ini": "[pytest]\naddopts = -k 'ALL and not two'\n"},
    "keyword of the file": {"test_m.py": MARKED, "sub/test_b.py": TEST, "pytest.ini": "[pytest]\n"
        "addopts = -k 'sub'\n"},
    "collect_ignore": A | {"conftest.py": "collect_ignore = ['test_a.py', 'sub/deep']\n"},
    "nearest collect_ignore": A
    | {"conftest.py": "collect_ignore = ['sub/test_b.py']\n", "sub/conftest.py": "collect_ignore = ['deep']\n"},
    "collect_ignore_glob": A | {"conftest.py": "collect_ignore_glob = ['*_b.py', 'sub/d*']\n"},
    "computed collect_ignore": A
    | {"conftest.py": "import sys\ncollect_ignore = []\nold = ['test_a.py']\nif sys.argv:\n"
        "    collect_ignore += old\n"},
    "hook": A | {"sub/conftest.py": "def pytest_ignore_collect(collection_path): return True\n"},
    "selection": A
    | {"conftest.py": "def pytest_collection_modifyitems(config, items):\n"
        "    config.hook.pytest_deselected(items=items[1:])\n"
       "    del items[1:]\n"},
    "plugin": A | {"conftest.py": "pytest_plugins = ['plugged']\n"
        "", "plugged.py": "def pytest_ignore_collect(): return True\n"},
    "starred hook": A
    | {"sub/conftest.py": "from hooks import *\n", "hooks.py": "from deeper import *\n",
       "deeper.py": "def pytest_pycollect_makeitem(collector, name, obj): return []\n",
       "pytest.ini": "[pytest]\npythonpath = .\n"},
    "loaded hook": A
    | {"sub/conftest.py": "import sys, types\nhooks = sys.modules['hooks_of_nobody'] = types.ModuleType('hooks')\n"
        "exec('def pytest_pycollect_makeitem(collector, name, obj): return []', vars(hooks))\n"
        "from hooks_of_nobody import *\n"},
    "harmless star": A | {"conftest.py": "from os.path import *\nfrom fixtures import *\n", "fixtures.py": "x = 1\n"},
    "imported tests": {"base_m.py": TEST, "test_a.py": "from base_m import test_a\ndef test_b(): pass\n",
                       "pytest.ini": "[pytest]\ncollect_imported_tests = false\npythonpath = .\n"},
    "source folder": {"src/lib/cases.py": "class Base:\n    def test_a(self): pass\n",
                      "tests/test_m.py": "from lib.cases import Base\nclass TestM(Base): pass\n",
                      "pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['src']\n"},
}  # fmt: skip


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all packages, since starting pytest takes longest."""
    folder = tmp_path_factory.mktemp("packages")
    for name, tree in PACKAGES.items():
        package = folder / name.replace(" ", "_").replace("-", "_")
        write(package, {"__init__.py": "", **tree})
    write(folder, {"pytest.ini": "[pytest]\n"})
    return folder


def test_names_lead_where_pytest_finds_them(packages: Path) -> None:
    """Through imports, stars, packages, base classes, decorators and branches."""
    assert disagreements(packages, *shown([packages])) == []


def test_literal_parameters_are_counted(packages: Path) -> None:
    """Those of classes, fixtures and hooks are not, nor are computed ones."""
    found = predicted(packages)
    cases = {name.rpartition("::")[2]: count for name, count in found["parameters/test_m.py"].cases.items()}
    assert cases == {"test_a": 6, "test_c": 2, "test_d": 1, "test_g": 2, "test_h": 2}
    assert found["parameters/test_o.py"].cases == {"parameters/test_o.py::test_c": 1}
    assert not found["parameters/test_n.py"].cases
    assert not found["parameters/test_p.py"].cases


UNCERTAIN = {
    "conditions": {"test_m.py": {"test_a", "test_b"}},
    "skipped_module": {"test_n.py": {"test_a"}},
    "skipped_package": {"pkg/sub/test_m.py": {"test_a"}, "test_n.py": {"test_a"}},
    "dynamic": {"test_n.py": {"TestA::"}, "test_o.py": {"TestA", "test_b", "TestC"}},
    "metaclass": {"test_m.py": {"TestA::"}},
    "chosen_elsewhere": {"test_m.py": {"plain", "Plain::", "Test::"}},
}


def test_no_more_is_possible_than_need_be(packages: Path) -> None:
    """Whatever is not computed is certain."""
    found = predicted(packages)
    possible: dict[str, dict[str, set[str]]] = {}
    for path, one in found.items():
        if one.possible:
            package, _, name = path.partition("/")
            possible.setdefault(package, {})[name] = {test.partition("::")[2] for test in one.possible}
    assert possible == UNCERTAIN
    assert [path for path, one in found.items() if one.unknown] == ["dynamic/test_m.py", "dynamic/test_p.py"]


_CONFIGURATIONS = {"pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml"}


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """By name of a project: its folder, and what pytest prints there."""
    folders = {name: tmp_path_factory.mktemp("configured") for name in CONFIGURED}
    for name, folder in folders.items():
        write(folder, {"pytest.ini": "[pytest]\n"} if not CONFIGURED[name].keys() & _CONFIGURATIONS else {})
        write(folder, CONFIGURED[name])
    texts = shown(list(folders.values()))
    return {name: (folders[name], text) for name, text in zip(folders, texts, strict=True)}


@pytest.mark.parametrize("name", CONFIGURED)
def test_files_are_those_that_pytest_visits(configured: dict[str, tuple[Path, str]], name: str) -> None:
    """Whatever the configuration says."""
    assert disagreements(*configured[name]) == []


_BLAMED = re.compile("has pytest_|takes its names from")


@pytest.mark.parametrize("name", ["hook", "selection", "plugin", "starred hook", "loaded hook"])
def test_hooks_make_a_file_unknown(tmp_path: Path, name: str) -> None:
    """With the place that is to blame."""
    write(tmp_path, CONFIGURED[name])
    unknown = {path for path, found in predicted(tmp_path).items() if _BLAMED.search(found.unknown)}
    everything = {"test_a.py", "sub/test_b.py", "sub/deep/c_test.py"}
    assert unknown == (everything - {"test_a.py"} if "hook" in name else everything)


SEEDS = (*range(30), 78, 150, 226, 290, 318, 321, 412)
"""Of random projects: some of any kind, and those that once found a fault."""


def test_random_projects_hold_what_pytest_collects(tmp_path: Path) -> None:
    """Whatever decides on collection, in any mixture."""
    folders = {seed: tmp_path / str(seed) for seed in SEEDS}
    for seed, folder in folders.items():
        write(folder, project(seed))
    texts = shown(list(folders.values()))
    assert sum(text.count(".py::") for text in texts) > 2 * len(SEEDS)
    found = {seed: disagreements(folder, text) for (seed, folder), text in zip(folders.items(), texts, strict=True)}
    assert {seed: wrong for seed, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes", True),
        ("no", False),
        ("perhaps", None),
        ("not yes", False),
        ("not perhaps", None),
        ("yes and perhaps", None),
        ("no and perhaps", False),
        ("yes or perhaps", True),
        ("no or perhaps", None),
        ("not (yes and no) and yes", True),
        ("no or yes and no", False),
        ("", False),
        ("test_a[1-x] or yes", True),
    ],
)
def test_an_expression_holds(text: str, expected: bool | None) -> None:
    """Doubt spreads only where it decides."""
    assert holds(text, {"yes": True, "no": False, "perhaps": None, "test_a[1-x]": False}.__getitem__) is expected


@pytest.mark.parametrize("text", ["a and", "(a", "a b", "mark(x=1)", "not", ")", "a or or b", "not " * 2000 + "a"])
def test_what_is_no_expression_is_refused(text: str) -> None:
    """Also what nobody could judge."""
    with pytest.raises(ExpressionError):
        holds(text, lambda _: True)


@pytest.mark.parametrize(
    "text",
    [
        "class A0:\n def test_a(self): 0\n" + "".join(f"class A{n + 1}(A{n}): pass\n" for n in range(3000)),
        "".join(f"def test_{n}(): pass\n" for n in range(20_000)),
        "if a: pass\n" + "".join(f"elif a == {n}:\n def test_{n}(): pass\n" for n in range(500)),
        "".join(f"from .m import *\ndef test_{n}(): pass\n" for n in range(1000)),
        "".join(f"test_{n + 1} = test_{n}\n" for n in range(3000)),
        "class TestA:\n def test_a(self): 0\nTestA.TestA = TestA\n",
        "x = " + "a." * 500 + "b\nclass TestA(" + "a." * 500 + "b): pass\n",
    ],
    ids=["chain", "many", "branches", "stars", "aliases", "itself", "attributes"],
)
def test_hostile_modules_take_no_time(text: str) -> None:
    """Nothing grows faster than the text, and nothing nests on the stack."""
    modules = {
        "pkg/__init__.py": namespace(ast.parse(""), Lexed("")),
        "pkg/test_m.py": namespace(ast.parse(text), Lexed(text)),
    }
    start = time.process_time()
    assert set(collect(modules, modules, options({}), Resolver(modules))) == {"pkg/test_m.py"}
    assert time.process_time() - start < 10
