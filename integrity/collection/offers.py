"""Whether two versions of a module offer the same under a name, whatever lines it stands on."""

from __future__ import annotations

from integrity.facts.namespace import Class, Function, Kind, Namespace, Value, Values

_Shown = tuple[object, ...]


def same_offer(one: Namespace | None, other: Namespace | None, name: str) -> bool:
    """Whether whoever looks up a name cannot tell two versions of a module apart, except by lines.

    Args:
        one: the names of a version, None when it could not be read.
        other: those of another version.
        name: what is looked up; "" for what concerns every name, "*" for all names.
    """
    if one is None or other is None:
        return one is other
    names = list(one.names) if name == "*" else [name]
    if name == "*" and names != list(other.names):
        return False
    try:
        return all(_shown(one, each) == _shown(other, each) for each in names)
    except RecursionError:
        return False


def _shown(module: Namespace, name: str) -> _Shown:
    """Everything that a name of a module leads to inside of it, without places."""
    render = _Render(module)
    order = tuple(one for one in module.names if one == name or one.startswith("*"))
    stars = tuple((one, render.values(module.names[one])) for one in order if one != name)
    return order, stars, module.texts.get("__all__"), render.values(module.names.get(name, ()))


class _Render:
    """Shows values with the functions and classes behind them, each once, by numbers in the order of appearance."""

    def __init__(self, module: Namespace) -> None:
        self._module = module
        self._numbers: dict[tuple[Kind, int], int] = {}

    def values(self, values: Values) -> _Shown:
        return tuple([self._value(value) for value in values])

    def _value(self, value: Value) -> _Shown:
        if value.kind not in (Kind.FUNCTION, Kind.CLASS):
            return (value,)
        key = value.kind, value.index
        if key in self._numbers:
            return value.kind, self._numbers[key]
        self._numbers[key] = len(self._numbers)
        if value.kind is Kind.FUNCTION:
            return value.kind, self._function(self._module.functions[value.index], value.index)
        return value.kind, self._class(self._module.classes[value.index])

    def _function(self, one: Function, index: int) -> _Shown:
        rest = (one.name, one.cases, one.asks, one.autouse, one.drops, one.coroutine, one.asserts)
        flags = self._module.flags.get(index, ())
        return rest, tuple(map(self.values, one.decorators)), self.values(flags)

    def _class(self, one: Class) -> _Shown:
        parts = (*one.bases, *one.decorators, one.metaclass, *one.names.values())
        counts = (one.name, len(one.bases), len(one.decorators), one.dynamic, tuple(one.names))
        return counts, tuple(map(self.values, parts))
