"""The environment variables of a code base: where each is read, where it is written, and with which defaults."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from integrity.facts.model import Access, EnvAccess
from integrity.report.phrases import plural
from integrity.report.printable import printable

_UNNAMED = "(no literal name)"
_VERBS = {
    Access.READ: "read",
    Access.WRITE: "written",
    Access.DELETE: "deleted",
    Access.REFERENCE: "handed on",
}
_VERB = max(map(len, _VERBS.values()))


class Use(msgspec.Struct, frozen=True):
    """One direct access to the environment, and the file it stands in (relative to the repository root)."""

    path: str
    access: EnvAccess

    @property
    def order(self) -> tuple[int, str, int, int]:
        """Reads first, then writes, deletions and references; by place within each."""
        span = self.access.span
        return (list(_VERBS).index(self.access.access), self.path, span.line, span.column)


def render(uses: Iterable[Use]) -> str:
    """One block a variable in alphabetical order, accesses without a literal name last, then one line of totals."""
    variables: dict[str, list[Use]] = {}
    for use in uses:
        variables.setdefault(use.access.variable, []).append(use)
    names = sorted(variables, key=lambda name: (not name, name))
    blocks = [_block(name, sorted(variables[name], key=lambda use: use.order)) for name in names]
    return "\n".join([*blocks, _totals(variables)]) + "\n"


def _block(name: str, uses: list[Use]) -> str:
    return "\n".join([printable(name) or _UNNAMED, *map(_line, uses), ""])


def _line(use: Use) -> str:
    access = use.access
    place = f"{printable(use.path)}:{access.span.line}:{access.span.column}"
    default = f", default {printable(access.default)}" if access.default else ""
    return f"  {_VERBS[access.access]:<{_VERB}}  {place}  {printable(access.form)}{default}"


def _totals(variables: dict[str, list[Use]]) -> str:
    uses = [use for found in variables.values() for use in found]
    files = plural(len({use.path for use in uses}), "file")
    named = plural(len(variables.keys() - {""}), "variable")
    return f"{named}, {plural(len(uses), 'direct use')} in {files}"
