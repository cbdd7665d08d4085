"""What the README says of the program is what the program says of itself."""

from __future__ import annotations

from tests.support.readme import README, generated


def test_generated_parts_are_current() -> None:
    """The table of rules and the command help are those of the installed program (`make docs` renews them)."""
    text = README.read_text(encoding="utf-8")
    assert generated(text) == text
