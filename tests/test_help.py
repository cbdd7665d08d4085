"""What `--help` says."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrity.cli.main import COMMANDS
from tests.support.program import integrity


@pytest.mark.parametrize("columns", [80, 120])
def test_the_list_of_commands_is_never_cut(columns: int, tmp_path: Path) -> None:
    """Click cuts the first sentence of a long description, in the middle of what matters."""
    ran = integrity(tmp_path, "--help", environment={"COLUMNS": str(columns)})

    listed = ran.stdout.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == list(COMMANDS)
    assert [line for line in listed if not line.endswith(".") or line.endswith("...")] == []
