"""Which files pytest visits: test paths, folders left out, `collect_ignore` and the hooks of `conftest.py`.

As `pytest_ignore_collect` and `_getconftest_pathlist` of pytest 8 and 9 do it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatch, translate
from itertools import accumulate
from posixpath import normpath

from integrity.collection.options import Options
from integrity.collection.program import Program
from integrity.facts.namespace import Kind, Texts
from integrity.imports.resolver import Located

_HOOKS = frozenset(
    {
        *("pytest_collect_file", "pytest_collect_directory", "pytest_ignore_collect"),
        *("pytest_pycollect_makemodule", "pytest_pycollect_makeitem"),
    }
)
_SELECTING = "pytest_collection_modifyitems"
_GLOB = re.compile(r"[*?\[]")


class Files:
    """Tells which files of a project pytest visits.

    Attributes:
        plugins: the files of plugins that belong to the project.

    Args:
        paths: every path of the project.
        program: its modules.
        options: pytest's options.
        root: the folder in which pytest is called, "" for the root of the repository.
    """

    def __init__(self, paths: Iterable[str], program: Program, options: Options, root: str = "") -> None:
        self._root = root
        self._paths = frozenset(paths)
        self._modules = program.modules
        self._heads = program.heads
        self._options = options
        self._is_test_file = _matcher(options.python_files)
        self._is_unvisited = _matcher(options.norecursedirs)
        self._ignored = frozenset(normpath(one) for one in options.ignored)
        self._folders: dict[str, str | None] = {}
        self._resolver = program.resolver
        self._hooked: dict[str, str] = {}
        said = {name for path, one in self._heads.items() if path.endswith("conftest.py") for name in one.texts}
        self._lists = {name: match for name, match in _LISTS.items() if name in said}
        self.plugins = tuple(self._loaded())
        self._hooking = next(filter(None, map(self._hooks, self.plugins)), "")

    def visited(self) -> dict[str, str]:
        """Every file that is searched for tests, with the reason why nobody knows which, "" mostly."""
        folders = {folder for path in self._paths for folder in _above(path)}
        starts = [start for one in self._options.paths for start in self._expanded(one, folders)] or [self._root]
        found: dict[str, str] = {}
        for path in sorted(path for path in self._paths if path.endswith(".py")):
            reasons = [reason for start in starts if (reason := self._reason(path, start)) is not None]
            if reasons:
                found[path] = min(reasons) or self._hooking
        return found

    def matching(self, path: str) -> bool:
        """Whether a file is named like a file of tests."""
        return self._is_test_file(path)

    def _expanded(self, path: str, folders: set[str]) -> Iterator[str]:
        """The files and folders that a test path means."""
        normal = normpath(path.partition("::")[0])
        if normal == ".":
            yield ""
        elif _GLOB.search(normal):
            pattern = _path_pattern(normal)
            yield from sorted(one for one in (*folders, *self._paths) if pattern.fullmatch(one))
        elif normal in folders or normal in self._paths:
            yield normal

    def _reason(self, path: str, start: str) -> str | None:
        """Why nobody knows what pytest makes of a file below a start, "" when it visits it, None when it does not."""
        if path == start:
            return self._conftest_reason(path)
        if (start and not path.startswith(f"{start}/")) or not self._is_test_file(path):
            return None
        doubts = []
        for place in [*(folder for folder in _above(path) if len(folder) > len(start)), path]:
            if place not in self._folders:
                self._folders[place] = self._left_out(place, folder=place != path)
            doubt = self._folders[place]
            if doubt is None:
                return None
            doubts.append(doubt)
        return next(filter(None, doubts), "") or self._conftest_reason(path)

    def _left_out(self, place: str, *, folder: bool) -> str | None:
        """None when a place is left out, else the reason why nobody knows, or ""."""
        if place.rpartition("/")[2] == "__pycache__" or place in self._ignored:
            return None
        if any(fnmatch(f"/{place}", f"/{normpath(one)}") for one in self._options.ignored_globs):
            return None
        if folder and (self._is_unvisited(place) or f"{place}/pyvenv.cfg" in self._paths):
            return None
        return self._collect_ignore(place)

    def _collect_ignore(self, place: str) -> str | None:
        """What the lists of the nearest `conftest.py` that has them say of a place."""
        doubt = ""
        for name, match in self._lists.items():
            folder, texts = self._nearest(place.rpartition("/")[0], name)
            if any(match(place, _join(folder, one)) for one in texts.certain):
                return None
            if not texts.complete or any(match(place, _join(folder, one)) for one in texts.possible):
                doubt = f"{_join(folder, 'conftest.py')} computes {name}"
        return doubt

    def _nearest(self, folder: str, name: str) -> tuple[str, Texts]:
        for place in filter(self._is_inside, [*reversed(_chain(folder)), ""]):
            module = self._heads.get(_join(place, "conftest.py"))
            if module and name in module.texts:
                return place, module.texts[name]
        return "", Texts()

    def _is_inside(self, folder: str) -> bool:
        """Whether a `conftest.py` in a folder is loaded: pytest goes no further up than its configuration lies."""
        return not self._root or folder == self._root or folder.startswith(f"{self._root}/")

    def _conftest_reason(self, path: str) -> str:
        """The hook by which a `conftest.py` around a file may change what is collected from it."""
        conftests = [_join(place, "conftest.py") for place in ["", *_above(path)] if self._is_inside(place)]
        return next(filter(None, map(self._hooks, conftests)), "")

    def _hooks(self, path: str) -> str:
        """The hook of a plugin that may change what is collected, its own or one that a star import brings."""
        if path not in self._hooked:
            self._hooked[path] = ""  # while it is being found, and in a circle
            self._hooked[path] = self._own_hook(path) or next(filter(None, self._starred_hooks(path)), "")
        return self._hooked[path]

    def _own_hook(self, path: str) -> str:
        module = self._modules.get(path)
        if not module:
            return ""
        found = sorted(_HOOKS & module.names.keys())
        values = module.names.get(_SELECTING, ())
        if any(one.kind is not Kind.FUNCTION or module.functions[one.index].drops for one in values):
            found.append(_SELECTING)
        return f"{path} has {found[0]}" if found else ""

    def _starred_hooks(self, path: str) -> Iterator[str]:
        """What the star imports of a plugin bring; from a module that cannot be read, that may be anything."""
        for name, values in self._modules[path].names.items() if path in self._modules else ():
            for one in values if name.startswith("*") else ():
                located = self._located(path, one.module) if one.module else None
                if located is None or located.path not in self._modules:
                    known = one.module.partition(".")[0] in sys.stdlib_module_names
                    yield "" if known or not one.module else f"{path} takes its names from {one.module}"
                else:
                    yield self._hooks(located.path)

    def _located(self, path: str, module: str) -> Located | None:
        """Where an import of a file leads."""
        name = module.lstrip(".")
        package = self._resolver.package_of(self._resolver.name(path), path)
        absolute = self._resolver.absolute(name, len(module) - len(name), package)
        return self._resolver.locate(absolute, path) if absolute else None

    def _loaded(self) -> Iterator[str]:
        """The files of plugins that belong to the project."""
        named = {
            one
            for module in self._heads.values()
            if "pytest_plugins" in module.texts
            for one in (*module.texts["pytest_plugins"].certain, *module.texts["pytest_plugins"].possible)
        }
        for name in sorted(named.union(self._options.plugins)):
            located = self._resolver.locate(name) if name and not name.startswith("no:") else None
            if located and located.path:
                yield located.path


def _same(place: str, listed: str) -> bool:
    return place == normpath(listed)


def _globbed(place: str, listed: str) -> bool:
    return fnmatch(f"/{place}", f"/{listed}")


_LISTS: dict[str, Callable[[str, str], bool]] = {"collect_ignore": _same, "collect_ignore_glob": _globbed}


def _matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """A function that matches paths as pytest does: against the name, or the whole path if the glob holds a slash."""
    patterns = list(globs)
    names = re.compile("|".join(translate(one) for one in patterns if "/" not in one) or r"(?!)")
    paths = re.compile("|".join(translate(f"*/{one}") for one in patterns if "/" in one) or r"(?!)")
    return lambda path: bool(names.match(path.rpartition("/")[2]) or paths.match(f"/{path}"))


def _path_pattern(glob: str) -> re.Pattern[str]:
    """The regular expression of a glob as `glob.glob` reads it: `*` stays in its folder, `**` does not."""
    wild = {"**/": "(?:.+/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(wild.get(part) or re.escape(part) for part in re.split(r"(\*\*/|\*\*|\*|\?)", glob)))


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _chain(folder: str) -> list[str]:
    """A folder and those around it, the outermost first, without the root."""
    return list(accumulate(folder.split("/"), "{}/{}".format)) if folder else []


def _above(path: str) -> list[str]:
    return _chain(path.rpartition("/")[0])
