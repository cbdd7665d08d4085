"""Keeps the generated parts of the README: the table of rules and the help of every command.

`python -m tests.support.readme` rewrites them; a test compares them with what is installed.
"""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner

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
    return _replaced(text, "help", "\n\n".join(f"```text\n{_help(name)}```" for name in ("", *COMMANDS)))


def _help(command: str) -> str:
    """What a command says of itself, on a terminal of 100 columns."""
    arguments = [command, "--help"] if command else ["--help"]
    output = CliRunner().invoke(group, arguments, prog_name="integrity", terminal_width=100).output
    return "".join(f"{line.rstrip()}\n" for line in output.splitlines())


def _replaced(text: str, name: str, content: str) -> str:
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    return pattern.sub(lambda _: f"{begin}\n\n{content.strip()}\n\n{end}", text)


if __name__ == "__main__":
    README.write_text(generated(README.read_text(encoding="utf-8")), encoding="utf-8")
