"""Whether a function or class of the repository can take the arguments of a call, in the words of CPython."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from integrity.facts.symbols import Class, Field, Function, Ref, Signature
from integrity.imports.ancestry import DATACLASS
from integrity.imports.existence import World
from integrity.imports.things import ClassOf, FunctionOf, Thing

_TRANSPARENT = frozenset(
    {
        *(Ref("functools", name) for name in ("lru_cache", "cache")),
        *(Ref("contextlib", name) for name in ("contextmanager", "asynccontextmanager")),
        *(Ref(module, name) for module in ("typing", "typing_extensions") for name in ("final", "override")),
    }
)


@dataclass(frozen=True)
class Callee:
    """What is called: its name as CPython's error says it, and its parameters without `self`."""

    name: str
    signature: Signature


@dataclass(frozen=True)
class Refusal:
    """Why a call fails: CPython's error text, the offending keyword ("" for none), and the keywords that would do."""

    error: str
    keyword: str = ""
    accepted: tuple[str, ...] = ()


def callee_of(thing: Thing, world: World) -> Callee | None:
    """The parameters of a function or class, None where anything leaves a doubt."""
    if isinstance(thing, FunctionOf):
        plain = all(one in _TRANSPARENT for one in thing.function.decorators)
        return Callee(f"{thing.name}()", thing.function.signature) if plain else None
    if isinstance(thing, ClassOf):
        return _constructor(thing, world)
    return None


def refusal(callee: Callee, positional: int, keywords: Sequence[str], *, method: bool) -> Refusal | None:
    """Why CPython refuses a call, None when it does not.

    Args:
        callee: what is called.
        positional: number of positional arguments.
        keywords: names of the keyword arguments.
        method: whether CPython counts `self` among the arguments.
    """
    signature = callee.signature
    if method and signature == Signature() and (positional or keywords) and not callee.name.endswith("__init__()"):
        return Refusal(f"{callee.name} takes no arguments")
    named = signature.positional[signature.only :]
    accepted = (*named, *(name for name, _ in signature.keywords))
    taken = signature.positional[:positional]
    for name in keywords:
        if name not in accepted and not signature.kwargs:
            return _unexpected(callee, name, keywords, accepted)
        if name in taken and name in named:
            return Refusal(f"{callee.name} got multiple values for argument {name!r}")
    if positional > len(signature.positional) and not signature.args:
        return Refusal(_too_many(callee, positional, keywords, method=method))
    return _lacking(callee, positional, keywords)


def _unexpected(callee: Callee, name: str, keywords: Sequence[str], accepted: tuple[str, ...]) -> Refusal:
    only = [one for one in callee.signature.positional[: callee.signature.only] if one in keywords]
    if only:
        names = ", ".join(only)
        return Refusal(f"{callee.name} got some positional-only arguments passed as keyword arguments: {names!r}")
    return Refusal(f"{callee.name} got an unexpected keyword argument {name!r}", name, accepted)


def _too_many(callee: Callee, positional: int, keywords: Sequence[str], *, method: bool) -> str:
    signature = callee.signature
    most, least = len(signature.positional) + method, signature.required + method
    given, extra = positional + method, sum(name in keywords for name, _ in signature.keywords)
    count = f"from {least} to {most}" if least < most else str(most)
    taken = f"{callee.name} takes {count} positional argument{_plural(0 if least < most else most)}"
    if not extra:
        return f"{taken} but {given} {'was' if given == 1 else 'were'} given"
    more = f"(and {extra} keyword-only argument{_plural(extra)})"
    return f"{taken} but {given} positional argument{_plural(given)} {more} were given"


def _plural(count: int) -> str:
    return "" if count == 1 else "s"


def _lacking(callee: Callee, positional: int, keywords: Sequence[str]) -> Refusal | None:
    signature = callee.signature
    required = signature.positional[positional : signature.required]
    missing = [name for name in required if name not in keywords or name in signature.positional[: signature.only]]
    if missing:
        return Refusal(f"{callee.name} missing {_listed(missing, 'positional')}")
    wanted = [name for name, needed in signature.keywords if needed and name not in keywords]
    return Refusal(f"{callee.name} missing {_listed(wanted, 'keyword-only')}") if wanted else None


def _listed(names: Sequence[str], kind: str) -> str:
    quoted = [repr(name) for name in names]
    several = ", ".join(quoted[:-1]) + ("," if len(names) > 2 else "") + f" and {quoted[-1]}"  # noqa: PLR2004 - as CPython lists
    text = several if len(names) > 1 else quoted[0]
    return f"{len(names)} required {kind} argument{'s' * (len(names) > 1)}: {text}"


def _constructor(owner: ClassOf, world: World) -> Callee | None:
    """What the class takes when it is called."""
    family = world.family(owner)
    if family is None or any("__new__" in one.shape.names or one.shape.metaclass for one in family):
        return None
    place = next((number for number, one in enumerate(family) if _brings_init(one.shape)), None)
    if place is None:
        return None if _is_set_later(family) else Callee(f"{owner.name}()", Signature())
    shape = family[place].shape
    written = "__init__" in shape.names
    signature = _without_self(shape.init) if written else _synthesized(family[place:])
    return Callee(f"{family[place].name}.__init__()", signature) if signature else None


def _brings_init(shape: Class) -> bool:
    """Whether a class has an `__init__` of its own, written or made from its fields."""
    if "__init__" in shape.names:
        return True
    return DATACLASS in shape.decorators and (shape.options is None or dict(shape.options).get("init", True))


def _is_set_later(family: Sequence[ClassOf]) -> bool:
    """Whether the class may get its `__init__` in another way."""
    return any(one.shape.dynamic for one in family)


def _without_self(init: Function | None) -> Signature | None:
    """The parameters of an `__init__` after the first."""
    if init is None or init.decorators or not init.signature.positional:
        return None
    one = init.signature
    return Signature(
        one.positional[1:], max(one.only - 1, 0), max(one.required - 1, 0), one.keywords, one.args, one.kwargs
    )


def _synthesized(family: Sequence[ClassOf]) -> Signature | None:
    """What `dataclass` makes of the fields of a class and its ancestors."""
    fields: dict[str, tuple[Field, bool]] = {}
    for one in reversed(family):
        if DATACLASS not in one.shape.decorators:
            continue
        if one.shape.options is None or not all(field.clear for field in one.shape.fields):
            return None
        for field, keyword in _fields(one.shape):
            if field.name in fields and not field.default:
                return None  # a default that the class inherits would count
            fields[field.name] = field, keyword
    known = [(field, keyword) for field, keyword in fields.values() if field.init and field.annotation != "ClassVar"]
    positional = [field for field, keyword in known if not keyword]
    return Signature(
        tuple(field.name for field in positional),
        0,
        sum(1 for field in positional if not field.default),
        tuple((field.name, not field.default) for field, keyword in known if keyword),
    )


def _fields(shape: Class) -> Iterator[tuple[Field, bool]]:
    """The fields of one class, with those that a ClassVar replaces, and whether each is given by keyword only."""
    keyword = dict(shape.options or ()).get("kw_only", False)
    for field in shape.fields:
        if field.annotation == "KW_ONLY":
            keyword = True
        else:
            yield field, keyword if field.keyword is None else field.keyword
