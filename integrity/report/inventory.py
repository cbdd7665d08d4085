"""The environment variables of a code base: where each is read, written and deleted, and with which defaults.

Three kinds of access are kept apart: to a variable with a literal name, to variables whose names are computed, and to
the environment as a whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

import integrity
from integrity.facts.environ_forms import names_variables
from integrity.facts.model import Access, EnvAccess
from integrity.report.phrases import plural
from integrity.report.printable import escape, printable

VERSION = 1
_COMPUTED = "(computed name)"
_UNNAMED = "(no literal name)"
_VERBS = {
    Access.READ: "read",
    Access.WRITE: "written",
    Access.DELETE: "deleted",
    Access.REFERENCE: "handed on",
}
_KEYS = {Access.READ: "reads", Access.WRITE: "writes", Access.DELETE: "deletes", Access.REFERENCE: "references"}
_VERB = max(map(len, _VERBS.values()))
_MOST_PLACES = 10
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_PLAIN = re.compile(r"""(["'])([^"'\\]*)\1""")


class Use(msgspec.Struct, frozen=True):
    """One direct access to the environment, and the file it stands in (relative to the repository root)."""

    path: str
    access: EnvAccess

    @property
    def order(self) -> tuple[str, int, int, str]:
        """By place."""
        return (self.path, self.access.span.line, self.access.span.column, self.access.form)


class Variable(msgspec.Struct, frozen=True):
    """Everything known of one variable.

    Attributes:
        name: its name; "" for what has none.
        uses: in order of place.
    """

    name: str
    uses: tuple[Use, ...]

    @property
    def defaults(self) -> tuple[str, ...]:
        """The distinct defaults in order of their text, `None` left out; more than one contradict each other."""
        given = {_quoted_alike(use.access.default) for use in self.uses}
        return tuple(sorted(given - {"", "None"}))

    def doing(self, access: Access) -> list[Use]:
        """The uses of one kind."""
        return [use for use in self.uses if use.access.access is access]


class Inventory(msgspec.Struct, frozen=True):
    """The accesses of a code base.

    Attributes:
        variables: in alphabetical order.
        computed: accesses to variables with computed names.
        whole: accesses to the environment as a whole.
    """

    variables: tuple[Variable, ...]
    computed: Variable
    whole: Variable


def collect(uses: Iterable[Use]) -> Inventory:
    """Sort accesses by variable; one that names several variables counts for each."""
    ordered = sorted(uses, key=lambda use: use.order)
    named: dict[str, list[Use]] = {}
    for use in ordered:
        for name in (use.access.variable, *use.access.others):
            named.setdefault(name, []).append(use)
    unnamed = named.pop("", [])
    return Inventory(
        tuple(Variable(name, tuple(found)) for name, found in sorted(named.items())),
        Variable("", tuple(use for use in unnamed if _computed(use.access))),
        Variable("", tuple(use for use in unnamed if not _computed(use.access))),
    )


def render(uses: Iterable[Use], places: int = _MOST_PLACES) -> str:
    """One block a variable in alphabetical order, accesses without a literal name last, then one line of totals.

    Args:
        uses: in any order.
        places: how many places to name for each kind of access to a variable.
    """
    found = list(uses)
    inventory = collect(found)
    blocks = [_block(printable(variable.name), variable, places) for variable in inventory.variables]
    for title, variable in ((_COMPUTED, inventory.computed), (_UNNAMED, inventory.whole)):
        blocks += [_block(title, variable, places)] if variable.uses else []
    return "\n".join([*blocks, _totals(inventory, found)]) + "\n"


def render_json(uses: Iterable[Use]) -> str:
    """The whole inventory as indented ASCII JSON with a line feed at the end; equal uses give equal bytes."""
    found = list(uses)
    inventory = collect(found)
    document = {
        "version": VERSION,
        "tool": {"name": "integrity", "version": integrity.__version__},
        "variables": [_described(variable) for variable in inventory.variables],
        "computed": _by_kind(inventory.computed),
        "whole": _by_kind(inventory.whole),
        "summary": {
            "variables": len(inventory.variables),
            "conflicting_defaults": sum(len(variable.defaults) > 1 for variable in inventory.variables),
            "uses": len(found),
            "files": len({use.path for use in found}),
        },
    }
    return json.dumps(document, indent=2) + "\n"


def _computed(access: EnvAccess) -> bool:
    return access.access is not Access.REFERENCE and names_variables(access.form)


def _quoted_alike(default: str) -> str:
    """A default with its quotes made the same, so that `"a"` and `'a'` are one."""
    return _PLAIN.sub(r"'\2'", default) if _PLAIN.fullmatch(default) else default


def _block(title: str, variable: Variable, places: int) -> str:
    lines = [title]
    if len(variable.defaults) > 1 and variable.name:
        lines.append(f"  conflicting defaults: {', '.join(map(printable, variable.defaults))}")
    for access, verb in _VERBS.items():
        lines += _lines(f"{verb:<{_VERB}}", variable.doing(access), places)
    return "\n".join([*lines, ""])


def _lines(verb: str, uses: Sequence[Use], places: int) -> Iterator[str]:
    for use in uses[:places]:
        access = use.access
        place = f"{printable(use.path)}:{access.span.line}:{access.span.column}"
        default = f", default {printable(access.default)}" if access.default else ""
        yield f"  {verb}  {place}  {printable(access.form)}{default}"
    if len(uses) > places:
        yield f"  {verb}  +{len(uses) - places:,} more"


def _totals(inventory: Inventory, uses: Sequence[Use]) -> str:
    conflicts = sum(len(variable.defaults) > 1 for variable in inventory.variables)
    remarks = [
        plural(len(inventory.variables), "variable"),
        f"{plural(len(uses), 'direct use')} in {plural(len({use.path for use in uses}), 'file')}",
        *([f"{len(inventory.computed.uses):,} with a computed name"] if inventory.computed.uses else []),
        *([f"{plural(conflicts, 'variable')} with conflicting defaults"] if conflicts else []),
    ]
    return ", ".join(remarks)


def _described(variable: Variable) -> dict[str, Any]:
    defaults = variable.defaults
    head = {"name": variable.name, "defaults": defaults, "conflicting_defaults": len(defaults) > 1}
    return head | _by_kind(variable)


def _by_kind(variable: Variable) -> dict[str, Any]:
    return {key: [_place(use) for use in variable.doing(access)] for access, key in _KEYS.items()}


def _place(use: Use) -> dict[str, Any]:
    span = use.access.span
    return {
        "path": _SURROGATE.sub(lambda match: escape(match[0]), use.path),
        "line": span.line,
        "column": span.column,
        "form": use.access.form,
        "default": use.access.default,
        "at_import": use.access.at_import,
    }
