"""What a path says about its file: a test, collected, test data, an accessor of the environment.

A file belongs to the **tests** when its name matches `python_files` or is `conftest.py`, or it lies in a test folder:

- one that the configuration names (or pytest's `testpaths`, see `detect`);
- `tests` or `*_tests`, at any depth;
- `test`, `testing` or `test_*`, at the root of the repository only: deeper down these are often shipped to users
  (`numpy/testing`, `sqlalchemy/testing`, `django/test`). A deeper `test` counts while no test path is known, as it is
  mostly what it says (`tools/swig/test`, `tornado/test`); naming the test paths settles the doubt.

It is **data** when damage in it is likely on purpose, which lowers the severity of damage, so that a real test must
never be taken for data. It is data when it lies

- in a project template: a folder with `{{` in its name; or
- in `testdata`, `test_data` or `test-data` anywhere; or
- in `fixtures` at the root, or in one of `DATA_FOLDERS` below a test folder (`black/tests/data`), unless that folder
  and all below it are packages: what tests import (`tests/fixtures/__init__.py`) is code of theirs.

A module named like a test, and a `conftest.py`, is no data even there (`tests/unit/data/test_loader.py`), because
pytest collects it, unless `norecursedirs` keeps pytest out of that folder too. Nothing is **collected** from folders
that `norecursedirs` keeps pytest out of, and that do not configure it themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from fnmatch import translate
from itertools import accumulate
from typing import NamedTuple

from integrity.config.config import Config
from integrity.globs import compile_globs
from integrity.nested import Nearest, Nested
from integrity.rule import Context, Policy

DATA_FOLDERS = frozenset(
    {
        *("data", "fixture", "fixtures", "resources", "sample", "samples", "snippets", "golden", "goldens"),
        *("template", "templates", "cookiecutter", "inputs", "outputs", "expected", "__fixtures__", "__snapshots__"),
    }
)
SAMPLE_FOLDERS = frozenset({"testdata", "test_data", "test-data"})

_TEST_FOLDER = re.compile(r"tests|.+[_-]tests")
_ROOT_TEST_FOLDER = re.compile(r"test|testing|tests?[_-].+")
_MODULE = re.compile(r"[^\W\d]\w*(?:\.(?:\w+|\*{1,2}))*")
_SOURCE_ROOT = r"(?:(?:.+/)?(?:src|lib|python)/)?"
_NORECURSEDIRS = ("*.egg", ".*", "_darcs", "build", "CVS", "dist", "node_modules", "venv", "{arch}")  # pytest's default
_ANY_FILE = "zz/zz/zz.py"  # a pattern that matches this says nothing about tests
_INIT = "/__init__.py"

Matches = Callable[[str], bool]


class _Folder(NamedTuple):
    """What a folder says about the files in it."""

    test: bool
    data: bool
    unvisited: bool  # whether pytest stays out of it


class _Names:
    """The names of files of tests.

    Attributes:
        of_collected: whether a runner collects what is in a file by its path.
        of_tests: whether a path says by itself that the file holds tests.
    """

    def __init__(self, globs: Sequence[str]) -> None:
        self.of_collected = _as_pytest(globs)
        self.of_tests = _as_pytest([glob for glob in globs if not _as_pytest([glob])(_ANY_FILE)])


class Roles:
    """Tells the context of each file of a snapshot.

    Args:
        config: the configuration, after detection.
        paths: every path of the snapshot (not only those to be scanned), so that packages can be told from folders of
            data; without it no folder is known to be a package.
    """

    def __init__(self, config: Config, paths: Iterable[str] = ()) -> None:
        self._config = config
        self._packages = frozenset(path.removesuffix(_INIT) for path in paths if path.endswith(_INIT))
        paths = [*config.test_paths, *(path for one in config.nested for path in one.test_paths)]
        self._test_paths = [compile_globs([f"/{path}"]) for path in paths if path != "."]
        self._nearest = Nearest(config.nested)
        self._is_unvisited = _as_pytest(_NORECURSEDIRS if config.norecursedirs is None else config.norecursedirs)
        self._is_accessor = _accessors(config.accessors)
        self._names = {one.folder: _Names(one.python_files) for one in config.nested}
        self._root_names = _Names(config.python_files)
        self._folders: dict[str, _Folder] = {}
        self._no_mocks = compile_globs(config.no_mock_paths)
        self._required = [(compile_globs([glob]), names) for glob, names in config.required_by_glob.items()]
        self._contexts: dict[tuple[tuple[bool, bool, bool, bool, Policy], str], Context] = {}

    def context(self, path: str) -> Context:
        """What the path, relative to the repository root and separated by `/`, says about its file."""
        parent, _, name = path.rpartition("/")
        folder = self._folders.get(parent)
        if folder is None:
            folder = self._folders[parent] = self._describe(parent)
        module = name.endswith(".py")
        nested = self._nearest.of(parent)
        names = self._names[nested.folder] if nested else self._root_names
        named = module and names.of_tests(path)
        told = named or name == "conftest.py"
        data = (folder.data and (folder.unvisited or not told)) or "{{" in name
        visited = nested is not None or not folder.unvisited
        collected = not data and visited and (named or (module and folder.test and names.of_collected(path)))
        test = told or folder.test
        policy = self._policy(path) if test else Policy()
        return self._context((test, collected, data, self._is_accessor(path), policy), nested)

    def _policy(self, path: str) -> Policy:
        """What the project asks of the tests at a path."""
        required = tuple(name for matches, names in self._required if matches(path) for name in names)
        config = self._config
        no_mocks = bool(config.no_mock_paths) and self._no_mocks(path)
        return Policy(no_mocks, config.no_mock_markers, required, config.forbidden_test_imports)

    def _context(self, answers: tuple[bool, bool, bool, bool, Policy], nested: Nested | None) -> Context:
        """One value for all files that have the same answers."""
        key = (answers, nested.folder if nested else "")
        found = self._contexts.get(key)
        if found is None:
            config, told = self._config, nested or self._config
            patterns = (told.python_classes, told.python_functions)
            functions, strict = config.assertion_functions, told.strict_xfail
            found = Context(*answers[:4], *patterns, config.minimum_python, functions, strict, answers[4])
            self._contexts[key] = found
        return found

    def _describe(self, folder: str) -> _Folder:
        parts = folder.split("/") if folder else []
        prefixes = list(accumulate(parts, "{}/{}".format))
        start = self._start_of_tests(parts, prefixes)
        samples = not SAMPLE_FOLDERS.isdisjoint(parts)
        template = any("{{" in part for part in parts)
        data = samples or template or self._holds_data(parts, prefixes, start)
        test = start is not None or samples or parts[:1] == ["fixtures"]
        return _Folder(test, data, template or any(map(self._is_unvisited, prefixes)))

    def _start_of_tests(self, parts: Sequence[str], prefixes: Sequence[str]) -> int | None:
        """How many leading folders it takes to be among the tests; None outside of them."""
        named = next((depth for depth, part in enumerate(parts, 1) if self._is_test_folder(part, depth)), None)
        firsts = (next((i for i, prefix in enumerate(prefixes, 1) if test(prefix)), None) for test in self._test_paths)
        configured = [depth for depth in firsts if depth]
        if "." in self._config.test_paths:
            configured.append(0)
        return max([*configured, *([named] if named else [])], default=None)

    def _is_test_folder(self, part: str, depth: int) -> bool:
        if _TEST_FOLDER.fullmatch(part) or (depth == 1 and _ROOT_TEST_FOLDER.fullmatch(part)):
            return True
        return part == "test" and not self._config.test_paths

    def _holds_data(self, parts: Sequence[str], prefixes: Sequence[str], start: int | None) -> bool:
        """Whether a folder of data, which is not a package throughout, stands below the tests or at the root."""
        first = len(parts) if start is None else start
        starts = [index for index, part in enumerate(parts) if index >= first and part in DATA_FOLDERS]
        if parts[:1] == ["fixtures"]:
            starts.append(0)
        return any(not self._packages.issuperset(prefixes[index:]) for index in starts)


def context_of(path: str, config: Config) -> Context:
    """The context of one file; for many files, build `Roles` once."""
    return Roles(config).context(path)


def _as_pytest(globs: Iterable[str]) -> Matches:
    """A function that matches paths as pytest does: against the name, or the whole path if the glob holds a slash.

    pytest matches absolute paths, so that a glob with a slash may begin at any folder; `*` crosses slashes.
    """
    names = _compiled(glob for glob in globs if "/" not in glob)
    paths = _compiled(f"*/{glob}" for glob in globs if "/" in glob)

    def matches(path: str) -> bool:
        return bool((names and names.match(path.rpartition("/")[2])) or (paths and paths.match(f"/{path}")))

    return matches


def _compiled(globs: Iterable[str]) -> re.Pattern[str] | None:
    patterns = [translate(glob) for glob in globs]
    return re.compile("|".join(patterns)) if patterns else None


def _accessors(globs: Iterable[str]) -> Matches:
    """A function that tells accessors of the environment by glob (`app/env/*.py`) or dotted module (`app.config`)."""
    dotted = [glob for glob in globs if _MODULE.fullmatch(glob) and not glob.endswith(".py")]
    by_path = compile_globs([glob for glob in globs if glob not in dotted])
    if not dotted:
        return by_path
    modules = re.compile(f"{_SOURCE_ROOT}(?:{'|'.join(map(_module_path, dotted))})(?:\\.pyi?|/__init__\\.pyi?)")
    return lambda path: bool(modules.fullmatch(path)) or by_path(path)


def _module_path(module: str) -> str:
    """The regular expression of a module's path without its suffix; `*` stands for one name, `**` for one or more."""
    wild = {"*": "[^/]+", "**": ".+"}
    return "/".join(wild.get(part) or re.escape(part) for part in module.split("."))
