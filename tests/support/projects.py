"""Random projects full of what decides on collection: each is a function of its seed, and can mostly be imported."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence

_FOLDERS = ("", "", "sub/", "sub/deep/", "tests/", "build/")
_FILES = ("test_{}.py", "test_{}.py", "{}_test.py", "check_{}.py")
_LISTS = {
    "python_files": ("test_*.py", "check_*.py", "*_test.py", "sub/*.py", "test_?.py *_test.py"),
    "python_classes": ("Test", "Check", "*Suite", "Test Check", "Test? *Mixin"),
    "python_functions": ("test", "check", "*_a", "test_a check", "test_[ab]"),
    "norecursedirs": ("deep", "sub", "sub/deep", "tests build", "*e*"),
    "testpaths": ("sub", "tests", "tests sub", "su*", "gone", ".", "sub/deep tests"),
    "addopts": ("--ignore=sub", "--ignore tests -v", "--ignore-glob=*_test.py", "--ignore-glob=*/deep/*"),
}
_CLASSES = ("TestA", "TestB", "Base", "Mixin", "CheckC", "MySuite", "TestAMixin")
_FUNCTIONS = ("test_a", "test_b", "check_c", "help_a", "testing")
_FLAGS = ("False", "True", "0", "'yes'", "None")
_DECORATORS = ("@pytest.fixture", "@pytest.mark.slow", "@pytest.mark.parametrize('x', [1, 2])", "@unittest.skip('no')")
_HEADER = "import abc, dataclasses, enum, sys, typing, unittest\nimport pytest\n"
_OUTSIDE = (
    "unittest.TestCase",
    "abc.ABC",
    "object",
    "Exception",
    "typing.Generic[T]",
    "unittest.IsolatedAsyncioTestCase",
)


def project(seed: int) -> dict[str, str]:
    """The files of a project."""
    return _Project(random.Random(seed)).made()  # noqa: S311 - nothing secret


class _Project:
    """Writes a project.

    Args:
        chance: decides on everything.
    """

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._modules: dict[str, list[str]] = {}  # dotted name to the names of its classes and functions
        self._names: list[str] = []
        self._files: dict[str, str] = {}

    def made(self) -> dict[str, str]:
        """The files, by path."""
        for name in ("base", "lib.more", "lib.again"):
            path = name.replace(".", "/") + ".py"
            self._files[path] = self._module()
            self._modules[name] = [one for one in dict.fromkeys(self._names) if "." not in one]
        self._files["lib/__init__.py"] = self._chosen("", "from .more import *\n", "from base import *\n")
        for letter in "klmnop"[: self._chance.randint(2, 6)]:
            folder = self._chance.choice(_FOLDERS)
            self._files[folder + self._chance.choice(_FILES).format(letter)] = self._module()
        self._configure()
        return self._files

    def _configure(self) -> None:
        chance = self._chance
        lines = {name: chance.choice(texts) for name, texts in _LISTS.items() if chance.random() < 0.3}
        lines["pythonpath"] = "."
        if chance.random() < 0.2:
            lines["collect_imported_tests"] = "false"
        name, section = chance.choice([("pytest.ini", "pytest"), ("setup.cfg", "tool:pytest"), ("tox.ini", "pytest")])
        self._files[name] = f"[{section}]\n" + "".join(f"{key} = {text}\n" for key, text in lines.items())
        if chance.random() < 0.2:
            tables = "".join(f"{key} = {json.dumps(text)}\n" for key, text in lines.items())
            self._files["pyproject.toml"] = f"[tool.pytest.ini_options]\n{tables}"
        for folder in ("", "sub/"):
            if chance.random() < 0.2:
                ignored = self._chosen("['sub/deep', 'test_k.py', 'deep']", "['test_l.py']", "[]")
                globbed = self._chosen("['*_test.py']", "['test_[kl].py', 'd*']", "['sub/*']")
                text = self._chosen(f"collect_ignore = {ignored}\n", f"collect_ignore_glob = {globbed}\n")
                self._files[f"{folder}conftest.py"] = text
        if chance.random() < 0.3:
            self._files["sub/__init__.py"] = ""

    def _chosen(self, *texts: str) -> str:
        return self._chance.choice(texts)

    def _module(self) -> str:
        self._names = []
        text = f"{_HEADER}T = typing.TypeVar('T')\n"
        if self._modules:
            text += "".join(self._import() for _ in range(self._chance.randint(0, 3)))
        text += "".join(self._statement("") for _ in range(self._chance.randint(1, 7)))
        if self._chance.random() < 0.05:
            text += f"__test__ = {self._chance.choice(_FLAGS)}\n"
        return text

    def _import(self) -> str:
        module, names = self._chance.choice(list(self._modules.items()))
        if not names or self._chance.random() < 0.2:
            return f"from {module} import *\n" + self._taken(names)
        name = self._chance.choice(names)
        if self._chance.random() < 0.3:
            return f"import {module}\n" + self._taken([f"{module}.{name}"])
        renamed = self._chance.choice([name, *(_CLASSES if name in _CLASSES else _FUNCTIONS)])
        return f"from {module} import {name} as {renamed}\n" + self._taken([renamed])

    def _taken(self, names: Sequence[str]) -> str:
        self._names += names
        return ""

    def _statement(self, margin: str) -> str:
        roll = self._chance.random()
        if roll < 0.35:
            return self._function(margin, method=False)
        if roll < 0.75:
            return self._class(margin)
        return self._change(margin) if roll < 0.88 or margin else self._condition()

    def _condition(self) -> str:
        head = self._chosen(
            "if sys.argv:", "if False:", "if True:", "try:", "if __name__ == '__main__':", "for _ in [0]:"
        )
        names = list(self._names)
        text = f"{head}\n{self._statement('    ')}"
        if head in ("if False:", "if __name__ == '__main__':"):
            self._names = names
        if head == "try:":
            return f"{text}except ValueError:\n    pass\n"
        if head == "if sys.argv:" and self._chance.random() < 0.5:
            text += f"else:\n{self._statement('    ')}"
            self._names = [name for name in self._names if name in names]
        return text

    def _change(self, margin: str) -> str:
        """Something that happens to a name after it has been bound."""
        local = [name for name in dict.fromkeys(self._names) if "." not in name]
        if not local:
            return f"{margin}test_a = 1\n"
        name = self._chance.choice(local)
        classes = [one for one in self._names if one.rpartition(".")[2] in _CLASSES]
        roll = self._chance.random()
        if roll < 0.25:
            self._names = [one for one in self._names if one != name] if not margin else self._names
            return f"{margin}{name} = {self._chosen('1', 'None', '[]', 'lambda *args: None')}\n"
        if roll < 0.5:
            return f"{margin}{name}.__test__ = {self._chance.choice(_FLAGS)}\n"
        if roll < 0.7 and classes:
            value = self._chosen("None", "lambda self: None", "1")
            return f"{margin}{self._chance.choice(classes)}.{self._chance.choice(_FUNCTIONS)} = {value}\n"
        other = self._chance.choice(_CLASSES if name in _CLASSES else _FUNCTIONS)
        self._names.append(other)
        return f"{margin}{other} = {name}\n"

    def _function(self, margin: str, *, method: bool) -> str:
        name = self._chance.choice(_FUNCTIONS)
        decorator = f"{margin}{self._chance.choice(_DECORATORS)}\n" if self._chance.random() < 0.2 else ""
        first = "self, " if method else ""
        if method and not decorator and self._chance.random() < 0.15:
            decorator = f"{margin}{self._chosen('@staticmethod', '@classmethod', '@property', '@abc.abstractmethod')}\n"
        if not method:
            self._names.append(name)
        value = "" if "parametrize" in decorator else "=1"
        keyword = "async def" if self._chance.random() < 0.1 else "def"
        return f"{decorator}{margin}{keyword} {name}({first}x{value}): pass\n"

    def _class(self, margin: str, depth: int = 0) -> str:
        name = self._chance.choice(_CLASSES)
        known = [one for one in dict.fromkeys(self._names) if one.rpartition(".")[2] in _CLASSES]
        bases = self._chance.sample(known, min(len(known), self._chance.choice([0, 0, 1, 1, 2])))
        if self._chance.random() < 0.3:
            bases.append(self._chance.choice(_OUTSIDE))
        inner = f"{margin}    "
        body = "".join(self._member(inner, depth) for _ in range(self._chance.randint(0, 4)))
        if not depth:
            self._names.append(name)
        decorator = f"{margin}@dataclasses.dataclass\n" if self._chance.random() < 0.05 else ""
        return f"{decorator}{margin}class {name}({', '.join(bases)}):\n{inner}pass\n{body}"

    def _member(self, margin: str, depth: int) -> str:
        roll = self._chance.random()
        if roll < 0.6:
            return self._function(margin, method=True)
        if roll < 0.66:
            return f"{margin}def {self._chosen('__init__', '__new__')}(cls, *args, **rest): pass\n"
        if roll < 0.76:
            return f"{margin}__test__ = {self._chance.choice(_FLAGS)}\n"
        if roll < 0.84:
            name = self._chance.choice(_FUNCTIONS)
            return f"{margin}{name} = {self._chosen('1', 'None', 'lambda self: None', 'print')}\n"
        if roll < 0.88:
            return f"{margin}if sys.argv:\n{self._function(margin + '    ', method=True)}"
        return self._class(margin, depth + 1) if depth < 2 else f"{margin}x = 1\n"
