"""Follows names, and the ancestry of classes, through the modules of a project."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from integrity.collection.recall import Recall
from integrity.facts.ancestry import linearize
from integrity.facts.namespace import Class, Ending, Function, Kind, Namespace, NamespaceHead, Value, Values
from integrity.imports.resolver import Kind as Found
from integrity.imports.resolver import Resolver

_DEEPEST = 100  # steps from name to name, and from class to base
_BUILTINS = frozenset(dir(builtins))
_ABSENT = Value(Kind.ABSENT)


class Thing(NamedTuple):
    """What a name leads to.

    Attributes:
        kind: IMPORT for something outside of the project.
        path: the file of a function or class.
        place: of a function or class, in the namespace of its file.
        name: the dotted name outside of the project, or the name of a mark, or "True" for that value.
        truth: whether a plain value counts as true.
    """

    kind: Kind
    path: str = ""
    place: int = -1
    name: str = ""
    truth: bool | None = None


_UNKNOWN = Thing(Kind.UNKNOWN)
_NOTHING = Thing(Kind.ABSENT)
_MODULE = Thing(Kind.PLAIN, truth=True)


@dataclass(frozen=True)
class Family:
    """What a class descends from.

    Attributes:
        order: the classes of the project in which attributes are searched, itself first.
        outside: dotted names of its ancestors outside of the project.
        doubtful: whether there may be others.
    """

    order: tuple[Thing, ...]
    outside: tuple[str, ...] = ()
    doubtful: bool = False


class Member(NamedTuple):
    """An attribute of a class: the file of the class that binds it, and what to."""

    path: str
    values: Values


class Program:
    """The modules of a project.

    Attributes:
        heads: what is asked of every module.
        patched: functions and classes that other modules change when they are imported.
        recall: what was found out, and from which names of which files.

    Args:
        modules: path to namespace, for every module that could be read.
        resolver: where dotted names lead.
        heads: what is asked of every module, where that can be had for less.
    """

    def __init__(
        self,
        modules: Mapping[str, Namespace],
        resolver: Resolver,
        heads: Mapping[str, NamespaceHead] | None = None,
    ) -> None:
        self.modules = modules
        self.heads: Mapping[str, Namespace | NamespaceHead] = modules if heads is None else heads
        self.resolver = resolver
        self.recall = Recall()
        self._packages: dict[str, str] = {}
        self._stars: dict[str, tuple[dict[str, int], list[str]]] = {}
        self._ended = {path for path, module in self.heads.items() if module.ending is not Ending.REACHED}
        self.patched: frozenset[Thing] = frozenset()
        self.patched = frozenset(
            thing for path, module in self.heads.items() for thing in self.things(path, module.patched)
        )
        self.recall = Recall()  # what is patched makes the ancestry of a class doubtful

    def function(self, thing: Thing) -> Function:
        """The function that a thing is."""
        return self.modules[thing.path].functions[thing.place]

    def class_of(self, thing: Thing) -> Class:
        """The class that a thing is."""
        return self.modules[thing.path].classes[thing.place]

    def things(self, path: str, values: Values, depth: int = 0) -> tuple[Thing, ...]:
        """What values of a file lead to, each once."""
        if len(values) == 1:
            return self._follow(path, values[0], depth)
        return tuple(dict.fromkeys(thing for value in values for thing in self._follow(path, value, depth)))

    def named(self, path: str, name: str) -> tuple[Thing, ...]:
        """What a dotted name means in a module, () when the module does not bind it, or nobody knows."""
        head, _, tail = name.partition(".")
        values = self.modules[path].names.get(head, ())
        if len(values) == 1 and values[0].kind is Kind.IMPORT:
            rest = ".".join(filter(None, (values[0].rest, tail)))
            return self._import(path, msgspec.structs.replace(values[0], rest=rest), 0)
        return self._attributes(self._name(path, head, 0), tail, 0)

    def bound(self, path: str, seen: frozenset[str] = frozenset()) -> dict[str, tuple[Thing, ...]]:
        """Every name of a file, those of its star imports included, with what it leads to."""
        found: dict[str, tuple[Thing, ...]] = {}
        for name, values in self.modules[path].names.items():
            if not name.startswith("*"):
                found[name] = self.things(path, values)
                continue
            module, _ = self._star(path, values)
            if module and module not in seen and len(seen) < _DEEPEST:
                for one, things in self._public(module, seen | {path}).items():
                    others = found.get(one, (_NOTHING,)) if _ABSENT in values else ()
                    found[one] = tuple(dict.fromkeys((*others, *things)))
        return found

    def _public(self, path: str, seen: frozenset[str]) -> dict[str, tuple[Thing, ...]]:
        """The names that a star import takes from a file, with what they lead to."""
        self.recall.note(path, "*")
        return {name: things for name, things in self.bound(path, seen).items() if self._is_public(path, name)}

    def _is_public(self, path: str, name: str) -> bool:
        exported = self.modules[path].texts.get("__all__")
        if exported is None:
            return not name.startswith("_")
        return name in exported.certain or name in exported.possible or not exported.complete

    def _star(self, path: str, values: Values) -> tuple[str, str]:
        """File and name of what a star import takes from; the file is "" outside of the project."""
        module = next(value.module for value in values if value.module)
        name = self._absolute(path, module)
        located = self.resolver.locate(name, path) if name else None
        if located and located.path:
            self.recall.note(located.path, "")
        return (located.path if located and located.path in self.modules else ""), name or module

    def ending(self, path: str) -> Ending:
        """Whether a module runs to its end: so must its packages, and what it imports."""
        if not self._ended:
            return Ending.REACHED
        near = {path, *self._packages_around(path)} & self._ended
        if any(self.modules[one].ending is Ending.NEVER for one in near):
            return Ending.NEVER
        imported = {one for name in self._imported(path) if (one := self.resolver.locate(name, path).path)}
        far = {one for place in imported for one in (place, *self._packages_around(place))} & self._ended
        return Ending.DOUBTFUL if near or far else Ending.REACHED

    def _imported(self, path: str) -> Iterator[str]:
        """The names of the modules that a file imports."""
        for values in self.modules[path].names.values():
            for value in values:
                name = self._absolute(path, value.module) if value.module else None
                if name:
                    yield name
                    yield f"{name}.{value.rest}".rstrip(".")

    def _packages_around(self, path: str) -> Iterator[str]:
        folder = path.rpartition("/")[0]
        while f"{folder}/__init__.py" in self.modules:
            yield f"{folder}/__init__.py"
            folder = folder.rpartition("/")[0]

    def family(self, thing: Thing, depth: int = 0) -> Family:
        """The ancestry of a class."""
        unclear = Family((thing,), doubtful=True)
        if depth >= _DEEPEST:
            self.recall.cut()
            return unclear
        return self.recall.answer(("family", thing), lambda: self._ancestry(thing, depth), unclear)

    def members(self, family: Family) -> dict[str, list[Member]]:
        """The attributes of a class by name, inherited ones included; several where it is not clear which."""
        first = family.order[0]
        return self.recall.answer(("members", first), lambda: self._gathered(family), {})

    def _gathered(self, family: Family) -> dict[str, list[Member]]:
        if len(family.order) == 1:
            names = self.class_of(family.order[0]).names
            if not any(_ABSENT in values for values in names.values()):
                return {name: [Member(family.order[0].path, values)] for name, values in names.items()}
        found: dict[str, list[Member]] = {}
        settled: set[str] = set()
        for one in family.order:
            for name, values in self.class_of(one).names.items():
                if name not in settled:
                    found.setdefault(name, []).append(Member(one.path, tuple(v for v in values if v != _ABSENT)))
                    settled.update(() if _ABSENT in values else (name,))
        for name in found.keys() - settled:
            found[name].append(Member("", (_ABSENT,)))
        return found

    def attribute(self, thing: Thing, name: str, depth: int = 0) -> tuple[Thing, ...]:
        """What an attribute of a class leads to."""
        found = self.members(self.family(thing, depth)).get(name, [])
        return tuple(
            dict.fromkeys(
                one for member in found for one in self.things(member.path or thing.path, member.values, depth)
            )
        )

    def _ancestry(self, thing: Thing, depth: int) -> Family:
        orders: list[tuple[Thing, ...]] = []
        outside: list[str] = []
        metas = self.things(thing.path, self.class_of(thing).metaclass, depth + 1)
        doubtful = thing in self.patched or self.class_of(thing).dynamic
        doubtful |= any(not one.name.endswith("ABCMeta") for one in metas)
        for values in self.class_of(thing).bases:
            bases = self.things(thing.path, values, depth + 1)
            classes = [base for base in bases if base.kind is Kind.CLASS]
            others = [base.name for base in bases if base.kind is Kind.IMPORT]
            doubtful |= len(classes) + len(others) < len(bases) or len(classes) > 1 or bool(classes and others)
            outside += others
            if classes:
                family = self.family(classes[0], depth + 1)
                orders.append(family.order)
                outside += family.outside
                doubtful |= family.doubtful
        return Family(tuple(linearize(thing, orders)), tuple(dict.fromkeys(outside)), doubtful)

    def _follow(self, path: str, value: Value, depth: int) -> tuple[Thing, ...]:
        if depth > _DEEPEST:
            self.recall.cut()
            return (_UNKNOWN,)
        if value.kind in (Kind.FUNCTION, Kind.CLASS):
            return (Thing(value.kind, path, value.index),)
        if value.kind is Kind.IMPORT:
            return self._import(path, value, depth)
        if value.kind is Kind.FREE:
            return self._free(path, value, depth + 1)
        return (Thing(value.kind, name=value.rest, truth=value.truth),)

    def _import(self, path: str, value: Value, depth: int) -> tuple[Thing, ...]:
        """What an import leads to; files of one folder mostly import the same."""

        def found() -> tuple[Thing, ...]:
            name = self._absolute(path, value.module)
            return self._member(name, value.rest, path, depth + 1) if name else (_UNKNOWN,)

        key = "import", path.rpartition("/")[0], value.module, value.rest
        return found() if depth else self.recall.answer(key, found, (_UNKNOWN,))

    def _absolute(self, path: str, module: str) -> str | None:
        """The absolute name of a module as a file writes it."""
        name = module.lstrip(".")
        if path not in self._packages:
            self._packages[path] = self.resolver.package_of(self.resolver.name(path), path)
        return self.resolver.absolute(name, len(module) - len(name), self._packages[path])

    def _member(self, module: str, rest: str, importer: str, depth: int) -> tuple[Thing, ...]:
        """What a dotted path inside a module leads to."""
        located = self.resolver.locate(module, importer)
        if not located.found:
            outside = located.kind is Found.EXTERNAL
            return (Thing(Kind.IMPORT, name=f"{module}.{rest}".rstrip(".")) if outside else _UNKNOWN,)
        if not rest:
            return (_MODULE,)
        head, _, tail = rest.partition(".")
        self.recall.note(located.path, head)
        found = self._name(located.path, head, depth) if located.path in self.modules else ()
        if found:
            return self._attributes(found, tail, depth)
        below = f"{module}.{head}"
        return (
            self._member(below, tail, importer, depth) if self.resolver.locate(below, importer).found else (_UNKNOWN,)
        )

    def _name(self, path: str, name: str, depth: int) -> tuple[Thing, ...]:
        """What a name of a module leads to, () when the module does not bind it."""
        self.recall.note(path, name)
        return self.recall.answer(("name", path, name), lambda: self._bindings(path, name, depth), (_UNKNOWN,))

    def _bindings(self, path: str, name: str, depth: int) -> tuple[Thing, ...]:
        """What a name of a module leads to: the last that binds it, and those before it that may."""
        return self._settled(path, name, self._last_first(path, name), depth)

    def _settled(self, path: str, name: str, bindings: Iterable[tuple[str, Values]], depth: int) -> tuple[Thing, ...]:
        """What a name leads to by the first of some bindings that settles it.

        What a star brings from outside of the project cannot be seen: it counts where nothing else brings the name.
        """
        found: list[Thing] = []
        outside: list[Thing] = []
        for one, values in bindings:
            if one == name:
                starred = self.things(path, tuple(value for value in values if value != _ABSENT), depth)
            else:
                starred = self._starred(path, values, name, depth)
            strange = one != name and not self._star(path, values)[0]
            (outside if strange else found).extend(starred)
            if _ABSENT not in values and (one == name or (starred and not strange)):
                break
        return tuple(dict.fromkeys(found or outside))

    def _last_first(self, path: str, name: str) -> Iterator[tuple[str, Values]]:
        """The bindings of a name and the star imports of a file, the last first."""
        if path not in self._stars:
            order = {one: place for place, one in enumerate(self.modules[path].names)}
            self._stars[path] = order, [one for one in reversed(order) if one.startswith("*")]
        order, stars = self._stars[path]
        names = self.modules[path].names
        own = order.get(name, -1)
        yield from ((one, names[one]) for one in stars if order[one] > own)
        if own >= 0:
            yield name, names[name]
        yield from ((one, names[one]) for one in stars if order[one] < own)

    def _starred(self, path: str, values: Values, name: str, depth: int) -> tuple[Thing, ...]:
        """What a name leads to if a star import brings it, () when it does not."""
        module, dotted = self._star(path, values)
        if not module:
            return (Thing(Kind.IMPORT, name=f"{dotted}.{name}"),)
        if depth >= _DEEPEST:
            self.recall.cut()
            return ()
        self.recall.note(module, name)
        return self._name(module, name, depth + 1) if self._is_public(module, name) else ()

    def _free(self, path: str, value: Value, depth: int) -> tuple[Thing, ...]:
        """What a name leads to that its module had not bound yet: a star import had, or it is built in."""
        head, _, tail = value.rest.partition(".")
        names = self.modules[path].names
        stars = ((one, names[one]) for one in (f"*{place}" for place in range(value.index, 0, -1)) if one in names)
        if depth >= _DEEPEST:
            self.recall.cut()
        starred = self._settled(path, head, stars, depth) if depth < _DEEPEST else ()
        if head in _BUILTINS and all(one.kind is Kind.IMPORT for one in starred):
            return (Thing(Kind.IMPORT, name=f"builtins.{value.rest}"),)
        return self._attributes(starred or self._name(path, head, depth), tail, depth) or (_UNKNOWN,)

    def _attributes(self, owners: tuple[Thing, ...], tail: str, depth: int) -> tuple[Thing, ...]:
        for name in filter(None, tail.split(".")):
            owners = tuple(dict.fromkeys(thing for owner in owners for thing in self._step(owner, name, depth)))
        return owners

    def _step(self, owner: Thing, name: str, depth: int) -> tuple[Thing, ...]:
        if owner.kind is Kind.IMPORT:
            return (owner._replace(name=f"{owner.name}.{name}"),)
        return self.attribute(owner, name, depth) if owner.kind is Kind.CLASS else (_UNKNOWN,)
