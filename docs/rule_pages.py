"""One page for every rule, made from its docstring and examples; nothing is written down twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from integrity.registry.documentation import explain
from integrity.registry.loader import LoadedRule, Registry, load

_FENCE = re.compile(r"^(`{3,}).*?^\1$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"(`[^`\n]*`)")
_MARKUP = re.compile(r"[*_<>\[\]$|]")
_FAMILIES = {
    "COR": "Damaged files",
    "TST": "Tests that cannot fail, are disabled, or are not collected",
    "HAR": "A test harness that was tampered with",
    "DIF": "Changes that weaken tests",
    "CYC": "Import cycles",
    "IMP": "Imports of what does not exist",
    "ENV": "Access to the environment",
    "SSO": "One source of truth",
    "CPX": "Complexity",
    "SUP": "Suppressions and baselines",
    "GAP": "Not checked",
}


def write(folder: Path) -> None:
    """Write the pages into a folder; pages of rules that are gone are removed.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(exist_ok=True)
    wanted = pages(load())
    for old in folder.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        place = folder / name
        if not place.exists() or place.read_text(encoding="utf-8") != text:  # else everything would be built again
            place.write_text(text, encoding="utf-8")


def pages(registry: Registry) -> dict[str, str]:
    """File name to Markdown: a page for each rule, and `index.md`, which lists them by family."""
    found = {f"{one.rule.code}.md": _page(one) for one in registry.rules}
    return {**found, "index.md": _index(registry)}


def _page(loaded: LoadedRule) -> str:
    """The explanation with its prose escaped: docstrings are written for terminals, where `__all__` is not bold."""
    text, done, parts = explain(loaded), 0, []
    for block in _FENCE.finditer(text):
        parts += [_prose(text[done : block.start()]), block[0]]
        done = block.end()
    return "".join([*parts, _prose(text[done:])])


def _prose(text: str) -> str:
    parts = _CODE.split(text)
    return "".join(part if place % 2 else _MARKUP.sub(r"\\\g<0>", part) for place, part in enumerate(parts))


def _index(registry: Registry) -> str:
    families: dict[str, list[LoadedRule]] = {}
    for loaded in registry.rules:
        families.setdefault(loaded.rule.code[:3], []).append(loaded)
    lines = ["# Rules", "", f"{len(registry.rules)} rules; `integrity explain CODE` prints the same pages.", ""]
    for family, rules in families.items():
        lines += [*_family(family, rules), ""]
    codes = [one.rule.code for one in registry.rules]
    return "\n".join([*lines, "```{toctree}", ":hidden:", "", *codes, "```", ""])


def _family(family: str, rules: list[LoadedRule]) -> Iterator[str]:
    yield from (f"## {family}: {_FAMILIES.get(family, 'Rules of another pack')}", "")
    yield from ("| Rule | Name | Severity | What it finds |", "|---|---|---|---|")
    for loaded in rules:
        rule = loaded.rule
        off = "" if rule.enabled else " (off by default)"
        yield f"| [{rule.code}]({rule.code}.md) | {rule.name} | {rule.severity.value}{off} | {_prose(loaded.summary)} |"
