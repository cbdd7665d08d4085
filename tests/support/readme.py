"""Keeps the generated parts of the README: the table of rules and the help of every command.

`python -m tests.support.readme` rewrites them; a test compares them with what is installed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from integrity.cli.main import COMMANDS, group
from integrity.registry.documentation import rules_table
from integrity.registry.loader import load

README = Path(__file__).parents[2] / "README.md"


def generated(text: str) -> str:
    """A README with its generated parts as they should be.

    Args:
        text: a README, in which `<!-- NAME -->` and `<!-- /NAME -->` enclose each generated part.
    """
    text = _replaced(text, "rules", rules_table(load()))
    return _replaced(text, "help", "\n".join(line for name in COMMANDS for line in _command(name)))


def _command(name: str) -> Iterator[str]:
    """A command's own words and a table of its options, in no layout of click's that another version may change."""
    command = group.get_command(click.Context(group), name)
    assert command is not None
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    shown = "".join(f" [{one.human_readable_name}]" for one in arguments)
    yield from (f"### `integrity {name}{shown}`", "", " ".join((command.help or "").split()), "")
    if isinstance(command, click.Group):
        yield from ("| command | what it does |", "|---|---|")
        for action, inner in command.commands.items():
            yield f"| `integrity {name} {action}` | {' '.join((inner.help or '').split())} |"
        yield ""
    options = [one for one in command.params if isinstance(one, click.Option)]
    if options:
        yield from ("<details>", "<summary>Options</summary>", "", "| option | meaning |", "|---|---|")
        yield from (*map(_row, options), "", "</details>", "")


def _row(option: click.Option) -> str:
    value = f" {option.metavar}" if option.metavar else _choices(option)
    names = ", ".join(f"`{name}{value}`" for name in reversed(option.opts))
    return f"| {names} | {option.help} |"


def _choices(option: click.Option) -> str:
    return f" {' or '.join(option.type.choices)}" if isinstance(option.type, click.Choice) else ""


def _replaced(text: str, name: str, content: str) -> str:
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    return pattern.sub(lambda _: f"{begin}\n\n{content.strip()}\n\n{end}", text)


if __name__ == "__main__":
    README.write_text(generated(README.read_text(encoding="utf-8")), encoding="utf-8")
