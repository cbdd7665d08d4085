"""Which switches concern tests, and how findings name what they switch off."""

from __future__ import annotations

from collections.abc import Iterator

from integrity.facts.model import Definition
from integrity.facts.switches import Condition, Form, Stray, Switch
from integrity.rule import File

from ._tests import tests
from ._wording import counted

_SETUPS = frozenset(
    {
        *("setUp", "asyncSetUp", "setUpClass", "setUpModule"),
        *("setup", "setup_method", "setup_class", "setup_function", "setup_module"),
    }
)
UNCONDITIONAL = (Condition.NONE, Condition.ALWAYS, Condition.SWITCH)


def switches(file: File, *forms: Form) -> Iterator[tuple[Switch, str, str]]:
    """The switches of these forms that concern collected tests: each with the symbol and a name for what it hits."""
    found = [one for one in file.facts.switches if one.form in forms]
    if not found or file.context.data:
        return
    live = tests(file)
    for switch in found:
        hit = _hit(file, switch, live)
        if hit:
            yield (switch, *hit)


def strays(file: File, kind: str) -> Iterator[tuple[Stray, Definition]]:
    """The strays of a kind in a collected module, each with its definition."""
    if file.context.collected and not file.context.data:
        for one in file.facts.strays:
            if one.kind == kind and one.definition >= 0:
                yield one, file.facts.definitions[one.definition]


def _hit(file: File, switch: Switch, live: tuple[Definition, ...]) -> tuple[str, str] | None:
    """Symbol and name of what a switch hits; None when no collected test is among it."""
    if switch.definition < 0:
        return ("", _everything(live)) if live else None
    definition = file.facts.definitions[switch.definition]
    if definition.is_class:
        return _of_class(definition, live)
    if definition.name in _SETUPS:
        if definition.parent >= 0:
            return _of_class(file.facts.definitions[definition.parent], live)
        return ("", _everything(live)) if live else None
    return (definition.qualname, definition.name) if definition in live else None


def _everything(live: tuple[Definition, ...]) -> str:
    return f"the module with its {counted(len(live), 'test')}"


def _of_class(definition: Definition, live: tuple[Definition, ...]) -> tuple[str, str] | None:
    inside = [one for one in live if one.qualname.startswith(f"{definition.qualname}.")]
    if not inside:
        return None
    return definition.qualname, f"{definition.name} with its {counted(len(inside), 'test')}"
