"""Whether a dotted name leads to something once all modules have run: yes, no, or nobody can tell.

Names are followed through imports, re-exports and star imports of the whole repository. "No" is only said of what
nothing could bring about: everything dynamic, everything from outside and every cycle of re-exports is "unknown".
"""

from __future__ import annotations

import builtins
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property

from integrity.facts.symbols import BUILTINS, UNKNOWN, NameKind, Ref, Symbols, SymbolsHead
from integrity.imports.ancestry import PLAIN_BASES, is_plain, merged
from integrity.imports.memo import Asked, Noting
from integrity.imports.resolver import Kind, Located, Resolver
from integrity.imports.things import UNCLEAR, ClassOf, FunctionOf, Missing, Module, Thing

_OF_EVERY_MODULE = frozenset(
    {
        *("__name__", "__file__", "__doc__", "__path__", "__dict__", "__loader__", "__spec__", "__package__"),
        *("__cached__", "__builtins__", "__annotations__", "__class__"),
    }
)
_BUILTINS = frozenset(dir(builtins))
_STUB = ".pyi"
_DEEPEST = 60  # re-exports in a row; more are nobody's code


class World(Noting):
    """Everything that the modules of a repository offer.

    Args:
        resolver: finds modules.
        symbols: by path; files that are absent, or that do not parse, offer nothing that anyone knows.
        stubs: the paths of all stubs; one without a module says that there is a compiled one.
        heads: what is asked of every module, where that can be had for less.

    Attributes:
        resolver: as given.
        symbols: as given.
        similar: what `hints` has found out so far.
    """

    def __init__(
        self,
        resolver: Resolver,
        symbols: Mapping[str, Symbols],
        stubs: Iterable[str] = (),
        heads: Mapping[str, SymbolsHead] | None = None,
    ) -> None:
        self.resolver = resolver
        self.symbols = symbols
        self._heads: Mapping[str, Symbols | SymbolsHead] = symbols if heads is None else heads
        self._stubs = [f"/{path.removesuffix(_STUB)}" for path in stubs]
        super().__init__()
        self._looked_up: dict[tuple[str, str], tuple[Thing, frozenset[Asked]]] = {}
        self.similar: dict[tuple[str, ...], str] = {}
        self._query: dict[tuple[str, str], Thing | None] = {}
        self._depth = 0
        self._cuts = 0
        self._names: dict[str, str] = {}
        self._families: dict[tuple[str, str], tuple[list[ClassOf] | None, frozenset[Asked]]] = {}

    def find(self, ref: Ref, importer: str) -> Thing:
        """What a reference in a file leads to."""
        return self._find(ref, importer)

    def find_module(self, name: str, importer: str) -> Thing:
        """What a dotted name leads to that is imported as a module."""
        if self._is_rivalled(name.partition(".")[0]):
            return UNCLEAR
        return self._module(self.resolver.locate(name, importer), importer)

    def find_text(self, text: str, importer: str) -> Thing:
        """What a dotted name in a string leads to; on the way to its last part a package must have a submodule."""
        first, _, rest = text.partition(".")
        found = self.find(Ref(first, rest), importer)
        if isinstance(found, Missing) and found.kind == "name" and found.at != text:
            owner = self.resolver.locate(found.owner, importer)
            return replace(found, kind="module") if owner.is_package else found
        return found

    def module_name(self, ref: Ref, importer: str) -> str | None:
        """The absolute name of the module of a reference, None where there is none."""
        bare = ref.module.lstrip(".")
        level = len(ref.module) - len(bare)
        if not level:
            return bare
        name = self.name(importer)
        return self.resolver.absolute(bare, level, self.resolver.package_of(name, importer)) if name else None

    def name(self, path: str) -> str:
        """The dotted name of a file, "" when it has none."""
        if path not in self._names:
            self._names[path] = self.resolver.name(path)
        return self._names[path]

    def names(self, located: Located, word: str) -> list[str]:
        """The names that a module is known to have, its submodules among them, sorted; to be compared with a word."""
        symbols = self._read(located.path, "*") or Symbols()
        bound = {name for name, one in symbols.names.items() if one.kind not in (NameKind.TYPING, NameKind.DELETED)}
        return sorted(bound.union(self.resolver.submodules(located, word) if located.is_package else ()))

    def modules_called(self, last: str) -> list[str]:
        """The paths of the modules and packages whose name ends in this part."""
        return [path[1:] for path in self._by_last.get(last, ())]

    def _find(self, ref: Ref, importer: str) -> Thing:
        if ref.module in (BUILTINS, UNKNOWN):
            return UNCLEAR
        if ref.module:
            name = self.module_name(ref, importer)
            if not name or self._is_rivalled(name.partition(".")[0]):
                return UNCLEAR
            thing: Thing = self._module(self.resolver.locate(name, importer), importer)
        else:
            thing = Module(Located(Kind.MODULE, self.name(importer), importer))
        if not isinstance(thing, Module):
            return thing
        at = thing.located.name
        for part in ref.rest.split(".") if ref.rest else ():
            at = f"{at}.{part}"
            thing = self._step(thing, part, importer)
            if isinstance(thing, Missing):
                return replace(thing, at=at)
        return thing

    def _module(self, located: Located, importer: str) -> Thing:
        if located.found:
            return Module(located)
        if located.kind is not Kind.MISSING or self._may_appear(located.name, importer):
            return UNCLEAR
        nearest = self.resolver.locate(located.nearest, importer) if located.nearest else located
        name = located.name[len(located.nearest) :].lstrip(".")
        return Missing("module", located.nearest, name, nearest.path, at=located.name)

    def _is_rivalled(self, top: str) -> bool:
        """Whether a dependency has the name, and the repository has it in some places only."""
        return top.lower() in self.resolver.settings.dependencies and not self.resolver.locate(top).found

    def _may_appear(self, name: str, importer: str) -> bool:
        """Whether a module that is not there may be made while the program runs, or be meant elsewhere."""
        parts = name.split(".")
        above = {".".join(parts[:count]) for count in range(1, len(parts) + 1)}
        if not self._fakes.isdisjoint(above) or self._is_faker(importer) or parts[0] in self._finders:
            return True
        located = [self.resolver.locate(one, importer) for one in above]
        if any(_admits_others(one, symbols) for one in located if (symbols := self._read(one.path, "__path__"))):
            return True
        below = f"/{'/'.join(parts)}"
        elsewhere = self._by_last.get(parts[-1], ())
        if any(path.endswith((f"{below}.py", f"{below}/__init__.py")) for path in elsewhere):
            return True
        return any(stub.endswith((below, f"{below}/__init__")) for stub in self._stubs)

    def _step(self, thing: Thing, part: str, importer: str) -> Thing:
        """An attribute of something."""
        if isinstance(thing, Module):
            return self._attribute(thing.located, part, importer)
        if isinstance(thing, ClassOf):
            return self._member(thing, part)
        return thing if isinstance(thing, Missing) else UNCLEAR

    def _attribute(self, located: Located, part: str, importer: str) -> Thing:
        """A name of a module, else its submodule."""
        if part in _OF_EVERY_MODULE:
            return UNCLEAR
        found: Thing = Missing("name", located.name, part)
        if located.path:
            found = self._look_up(located.path, part)
        if not isinstance(found, Missing):
            return found
        inner = self.resolver.locate(f"{located.name}.{part}", importer) if located.is_package else None
        if inner and inner.found:
            return Module(inner)
        if inner and (inner.kind is not Kind.MISSING or self._may_appear(inner.name, importer)):
            return UNCLEAR
        return Missing(found.kind, located.name, part, located.path, found.line)

    def _look_up(self, path: str, name: str) -> Thing:
        """What a module binds a name to, remembered unless a cycle or the depth cut the search short."""
        key = path, name
        known = self._looked_up.get(key)
        if known:
            self._asked |= known[1]
            return known[0]
        if key in self._query or self._depth > _DEEPEST:
            self._cuts += 1
            return self._query.get(key) or UNCLEAR
        outermost, before = not self._query, self._cuts
        self._query[key] = None
        self._depth += 1
        with self.noting() as asked:
            found = self._query[key] = self._bound(path, name)
        self._depth -= 1
        if outermost:
            self._query = {}
        if outermost or self._cuts == before:
            self._looked_up[key] = found, frozenset(asked)
        return found

    def note(self, asked: Iterable[Asked]) -> None:
        """Say that something was looked up before."""
        self._asked.update(asked)

    def _read(self, path: str, name: str) -> Symbols | None:
        """What a module offers to who looks up a name ("*" for all), None when nobody knows."""
        self._asked.add((path, name))
        return self.symbols.get(path)

    def _bound(self, path: str, name: str) -> Thing:
        """What a module binds a name to."""
        symbols = self._read(path, name)
        if symbols is None:
            return UNCLEAR
        one = symbols.names.get(name)
        if one is None or one.kind in (NameKind.TYPING, NameKind.DELETED):
            kind = one.kind.value if one else "name"
            starred = None if kind == "deleted" and not symbols.dynamic else self._starred(symbols, path, name)
            found = starred or Missing(kind, "", name, path, one.line if one else 0)
            return UNCLEAR if isinstance(found, Missing) and self._is_written(path, name) else found
        if one.kind is NameKind.IMPORT and one.origin and not self._is_written(path, name):
            found = self._find(one.origin, path)
            return UNCLEAR if isinstance(found, Missing) else found
        return self._defined(path, name, symbols)

    def _defined(self, path: str, name: str, symbols: Symbols) -> Thing:
        if self._is_written(path, name):
            return UNCLEAR
        one = symbols.names[name]
        if one.kind is NameKind.FUNCTION and name in symbols.functions:
            return FunctionOf(path, name, symbols.functions[name])
        if one.kind is NameKind.CLASS and name in symbols.classes:
            return ClassOf(path, name, symbols.classes[name])
        return UNCLEAR

    def _starred(self, symbols: Symbols, path: str, name: str) -> Thing | None:
        """What star imports bring, None when they bring nothing of that name."""
        if symbols.dynamic:
            return UNCLEAR
        for module in symbols.stars:
            source = self._find(Ref(module), path)
            if not isinstance(source, Module) or not source.located.path:
                return UNCLEAR
            found = self._exported(source.located.path, name)
            if found is not None:
                return found
        return None

    def _exported(self, path: str, name: str) -> Thing | None:
        symbols = self._read(path, name)
        if symbols is None or symbols.exports == (UNKNOWN,):
            return UNCLEAR
        exported = name in symbols.exports if symbols.exports is not None else name[:1] != "_"
        key = path, name
        if key in self._query and self._query[key] is None:  # it is asked for further up
            self._cuts += 1
            return None
        if not exported:
            return None
        found = self._look_up(path, name)
        return None if isinstance(found, Missing) else found

    def _member(self, owner: ClassOf, part: str) -> Thing:
        """An attribute of a class itself."""
        family = self.family(owner)
        if family is None or any(one.shape.dynamic or "__slots__" in one.shape.names for one in family):
            return UNCLEAR
        for one in family:
            nested = self.symbols[one.path].classes.get(f"{one.name}.{part}")
            if nested:
                return ClassOf(one.path, f"{one.name}.{part}", nested)
            if part in one.shape.names or part in one.shape.stores or f"{one.name}.{part}" in self._set_on_classes:
                return UNCLEAR
        known = part in _OF_EVERY_CLASS or (part.startswith("__") and part.endswith("__"))
        return UNCLEAR if known else Missing("attribute", owner.name, part, owner.path, owner.shape.line)

    def family(self, owner: ClassOf) -> list[ClassOf] | None:
        """A class and all that it derives from in the order of CPython; None when some of it is unknown.

        Of what lies outside, only `object` and what adds nothing to it counts as known.
        """
        key = owner.path, owner.name
        if key not in self._families:
            self._families[key] = None, frozenset()  # what a class that derives from itself finds
            self._depth += 1
            with self.noting() as asked:
                found = self._linear(owner) if self._depth <= _DEEPEST else None
            self._families[key] = found, frozenset(asked)
            self._depth -= 1
        family, asked_for = self._families[key]
        self._asked |= asked_for
        return family

    def _linear(self, owner: ClassOf) -> list[ClassOf] | None:
        if owner.shape.metaclass or not is_plain(owner.shape.decorators):
            return None
        lines: list[list[ClassOf]] = []
        parents: list[ClassOf] = []
        for base in owner.shape.bases:
            if base in PLAIN_BASES:
                continue
            parent = self.find(base, owner.path)
            line = self.family(parent) if isinstance(parent, ClassOf) else None
            if line is None or not isinstance(parent, ClassOf):
                return None
            lines.append(line)
            parents.append(parent)
        ordered = merged([*lines, parents])
        return None if ordered is None else [owner, *ordered]

    def _is_written(self, path: str, name: str) -> bool:
        """Whether another module sets the name."""
        written = self._written.get(path, ())
        return name in written or UNKNOWN in written

    @cached_property
    def _written(self) -> dict[str, set[str]]:
        """Per path the names that other modules set."""
        found: dict[str, set[str]] = defaultdict(set)
        for path, symbols in self._heads.items():
            for ref in symbols.writes:
                owner, rest = (path, ref.rest) if not ref.module else self._owner(ref, path)
                found[owner].add(rest)
        return found

    @cached_property
    def _set_on_classes(self) -> frozenset[str]:
        """The last two parts of every dotted name that is set somewhere: maybe a class and its attribute."""
        rests = (ref.rest.split(".")[-2:] for symbols in self._heads.values() for ref in symbols.writes)
        return frozenset(".".join(rest) for rest in rests)

    def _owner(self, ref: Ref, importer: str) -> tuple[str, str]:
        """The file that a dotted name goes through last as a module, and the rest of the name in it."""
        name = self.module_name(ref, importer)
        located = self.resolver.locate(name, importer) if name else None
        parts = ref.rest.split(".")
        while located and located.is_package and len(parts) > 1:
            inner = self.resolver.locate(f"{located.name}.{parts[0]}", importer)
            if not inner.found:
                break
            located, parts = inner, parts[1:]
        return (located.path if located else ""), ".".join(parts)

    @cached_property
    def common(self) -> str:
        """A digest of what every answer may depend on, besides the modules that are looked into for it."""
        written = sorted((path, sorted(names)) for path, names in self._written.items())
        everything = (written, sorted(self._set_on_classes), sorted(self._fakes),
                      sorted(self._finders), sorted(self._faking), self._stubs)  # fmt: skip
        return hashlib.sha256(repr(everything).encode("utf-8", "surrogateescape")).hexdigest()

    @cached_property
    def hooks(self) -> frozenset[str]:
        """Attributes that any module sets on a test class from outside."""
        return frozenset(name for symbols in self._heads.values() for name in symbols.hooks)

    @cached_property
    def _fakes(self) -> frozenset[str]:
        return frozenset(name for symbols in self._heads.values() for name in symbols.fakes) - {UNKNOWN}

    @cached_property
    def _finders(self) -> frozenset[str]:
        """The top-level names of files that have a say in how modules are found."""
        paths = (path for path, symbols in self._heads.items() if symbols.finder)
        return frozenset(self.resolver.name(path).partition(".")[0] for path in paths) - {""}

    @cached_property
    def _faking(self) -> frozenset[str]:
        return frozenset(path for path, symbols in self._heads.items() if UNKNOWN in symbols.fakes)

    def _is_faker(self, path: str) -> bool:
        """Whether a file, or a `conftest.py` above it, puts modules of any name into `sys.modules`."""
        if path in self._faking:
            return True
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            if f"{folder}/conftest.py".lstrip("/") in self._faking:
                return True
        return False

    @cached_property
    def _by_last(self) -> dict[str, list[str]]:
        """Every path by the last part of its dotted name."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.symbols:
            parts = path.removesuffix(".py").removesuffix("/__init__").rpartition("/")
            found[parts[2]].append(f"/{path}")
        return found


_OF_EVERY_CLASS = frozenset(dir(type)) | {"register", "_abc_impl"}


def _admits_others(located: Located, symbols: Symbols) -> bool:
    """Whether modules may appear below a module without a file of theirs.

    CPython asks the parent for `__path__` as for any attribute: the `__getattr__` of a plain module may give one.
    """
    pathless = not located.is_package and (symbols.dynamic or "__path__" in symbols.names)
    return pathless or symbols.path_dynamic or UNKNOWN in symbols.fakes


def is_builtin(name: str) -> bool:
    """Whether every module sees the name without binding it."""
    return name in _BUILTINS
