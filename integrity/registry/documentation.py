"""The documentation of the rules, made from their docstrings and examples; nothing is written down twice."""

from __future__ import annotations

import json
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator

from integrity.errors import ConfigError, did_you_mean
from integrity.registry.loader import LoadedRule, Registry
from integrity.rule import Example, Rule

TABLE_BEGIN = "<!-- rules: begin -->"
TABLE_END = "<!-- rules: end -->"

_BACKTICKS = re.compile(r"`{3,}")
_HEADER = ("Code", "Name", "Severity", "Restorable", "What it finds")


def lookup(registry: Registry, text: str) -> LoadedRule:
    """The rule with this code or name, in capitals or not.

    Raises:
        ConfigError: there is none; offers the closest.
    """
    loaded = registry.get(text) or registry.get(text.upper()) or registry.get(text.lower())
    if loaded is None:
        hint = did_you_mean(text, registry.codes) or "; `integrity rules` lists them"
        raise ConfigError([f"no rule has the code or name {text!r}{hint}"])
    return loaded


def explain(loaded: LoadedRule) -> str:
    """Everything a user should know about one rule, as Markdown that also reads well on a terminal."""
    parts = [f"# {loaded.rule.code} {loaded.rule.name}", " ".join(_properties(loaded.rule)), loaded.documentation]
    parts += ["Flagged:", _block(loaded.invalid[0]), "Not flagged:", _block(loaded.valid[0])]
    return "\n\n".join(part for part in parts if part) + "\n"


def explain_many(rules: Iterable[LoadedRule]) -> str:
    """The explanations of several rules, one after the other."""
    return "\n".join(map(explain, rules))


def rules_list(registry: Registry, width: int = 0) -> str:
    """All rules as aligned text, one a line: code, name, severity, what it finds.

    Args:
        registry: the rules.
        width: columns to wrap what it finds at; 0 for one line whatever its length.
    """
    columns = [(one.rule.code, one.rule.name, one.rule.severity.value) for one in registry.rules]
    widths = [max(map(len, column)) for column in zip(*columns, strict=True)]
    padded = ["  ".join(map(str.ljust, column, widths)) for column in columns]
    indent = "\n" + " " * (sum(widths) + 6)
    room = max(20, width - len(indent) + 1) if width else sys.maxsize
    return "".join(
        f"{row}  {indent.join(textwrap.wrap(one.summary, room))}\n"
        for row, one in zip(padded, registry.rules, strict=True)
    )


def rules_json(registry: Registry) -> str:
    """All rules as a JSON list, with everything they declare and their documentation."""
    return json.dumps([_declaration(loaded) for loaded in registry.rules], indent=2, ensure_ascii=False) + "\n"


def rules_table(registry: Registry) -> str:
    """All rules as a GitHub-flavoured Markdown table."""
    rows = [_HEADER, tuple("---" for _ in _HEADER), *map(_row, registry.rules)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def with_rules_table(text: str, registry: Registry) -> str:
    """A Markdown text with the table of all rules between its two markers.

    Raises:
        ValueError: the markers are missing or in the wrong order.
    """
    before, begin, rest = text.partition(TABLE_BEGIN)
    _, end, after = rest.partition(TABLE_END)
    if not begin or not end:
        raise ValueError(f"the text has no {TABLE_BEGIN} followed by {TABLE_END}")
    return f"{before}{begin}\n{rules_table(registry)}{end}{after}"


def _properties(rule: Rule) -> Iterator[str]:
    yield f"Severity: {rule.severity.value}. Since version {rule.since}."
    if rule.restorable:
        yield "What it finds can be brought back from git history."
    if rule.explained_by:
        yield f"Folded into a finding of {' or '.join(rule.explained_by)} in the same file."
    if not rule.enabled:
        yield f"Off by default; `--extend-select {rule.code}` switches it on."


def _declaration(loaded: LoadedRule) -> dict[str, object]:
    rule = loaded.rule
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": rule.severity.value,
        "summary": loaded.summary,
        "since": rule.since,
        "restorable": rule.restorable,
        "enabled": rule.enabled,
        "explained_by": list(rule.explained_by),
        "pack": loaded.pack,
        "documentation": loaded.documentation,
    }


def _row(loaded: LoadedRule) -> tuple[str, ...]:
    rule = loaded.rule
    restorable = "yes" if rule.restorable else ""
    return (rule.code, f"`{rule.name}`", rule.severity.value, restorable, loaded.summary.replace("|", "\\|"))


def _block(example: Example) -> str:
    """An example as a code block, its fence longer than any the example holds."""
    text = _printable(example.shown).strip("\n")
    fence = "`" * max((len(run) + 1 for run in _BACKTICKS.findall(text)), default=3)
    return f"{fence}python\n{text}\n{fence}"


def _printable(text: str) -> str:
    """The text with characters that could disturb a terminal escaped."""
    return "".join(char if char.isprintable() or char in "\n\t" else ascii(char)[1:-1] for char in text)
